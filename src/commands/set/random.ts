/** Members drawn at random. */

import { OutOfMemory, TYPE_SET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, integer, key, keyAt } from "../spec.ts";

/** `SPOP` */
export const spop: CommandSpec = {
  name: "spop",
  summary: "Remove and return one or multiple random members from a set",
  since: "1.0.0",
  group: "set",
  complexity:
    "Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["set"],
  tips: ["nondeterministic_output"],
  history: [["3.2.0", "Added the `count` argument."]],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [
    key("key"),
    integer("count", { since: "3.2.0", optional: true }),
  ],
  handler: spopHandler,
};

/** `SRANDMEMBER` */
export const srandmember: CommandSpec = {
  name: "srandmember",
  summary: "Get one or multiple random members from a set",
  since: "1.0.0",
  group: "set",
  complexity:
    "Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.",
  arity: -2,
  flags: ["readonly"],
  acl: ["set"],
  tips: ["nondeterministic_output"],
  history: [["2.6.0", "Added the optional `count` argument."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    integer("count", { since: "2.6.0", optional: true }),
  ],
  handler: srandmemberHandler,
};

/** More members than this are more than the memory has room for. */
const REPLY_MEMBERS_MAX = 2n ** 31n;

function spopHandler(call: Call): void {
  if (call.argc > 3) return call.reply.error(errors.SYNTAX);
  if (call.argc === 3) return spopSome(call);
  const { core, x } = call;
  const entry = call.lookupWriteOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.null();
  x.setRandom(entry);
  const ptr = x.setMemberPtr();
  const length = x.setMemberLength();
  call.reply.bulk(ptr, length);
  if (call.services.effects.isRecording) {
    call.rewrite("SREM", call.effectArg(1), core.text(ptr, length));
  }
  if (x.setRemove(call.db, entry, ptr, length) < 0) throw new OutOfMemory();
  call.notify("set", "spop", 1);
  call.removeIfEmpty(entry, 1, x.setCard(entry));
}

function spopSome(call: Call): void {
  const { db, x } = call;
  const count = call.argInteger(2);
  if (count === undefined || count < 0n) {
    return call.reply.error("ERR value is out of range, must be positive");
  }
  const entry = call.lookupWriteOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry === 0 || count === 0n) return call.reply.set(0);
  if (count >= x.setCard(entry) >>> 0) {
    x.setMembersReply(entry, 0);
    if (call.services.effects.isRecording) {
      call.rewrite("DEL", call.effectArg(1));
    }
    call.notify("set", "spop", 1);
    call.removeIfEmpty(entry, 1, 0);
    return;
  }
  // The core records an SREM for each member that goes.
  call.suppressEffect();
  if (!x.setPopReply(db, entry, Number(count))) throw new OutOfMemory();
  call.notify("set", "spop", 1);
}

function srandmemberHandler(call: Call): void {
  if (call.argc > 3) return call.reply.error(errors.SYNTAX);
  if (call.argc === 3) return srandmemberSome(call);
  const { x } = call;
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.null();
  x.setRandom(entry);
  call.reply.bulk(x.setMemberPtr(), x.setMemberLength());
}

function srandmemberSome(call: Call): void {
  const { x } = call;
  const count = call.needNegatable(2);
  if (count === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry === 0 || count === 0n) return call.reply.array(0);
  if (count < 0n) {
    if (-count > REPLY_MEMBERS_MAX) throw new OutOfMemory();
    x.setRandomReply(entry, Number(-count));
  } else if (count >= x.setCard(entry) >>> 0) x.setMembersReply(entry, 1);
  else if (!x.setRandomDistinctReply(entry, Number(count))) {
    throw new OutOfMemory();
  }
}
