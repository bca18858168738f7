/** Members of one set, and moving them between two. */

import { TYPE_SET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { type CommandSpec, key, keyAt, MULTIPLE, string } from "../spec.ts";

/** `SADD` */
export const sadd: CommandSpec = {
  name: "sadd",
  summary: "Add one or more members to a set",
  since: "1.0.0",
  group: "set",
  complexity:
    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  acl: ["set"],
  history: [["2.4.0", "Accepts multiple `member` arguments."]],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: saddHandler,
  kernel: "sadd",
};

/** `SREM` */
export const srem: CommandSpec = {
  name: "srem",
  summary: "Remove one or more members from a set",
  since: "1.0.0",
  group: "set",
  complexity: "O(N) where N is the number of members to be removed.",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["set"],
  history: [["2.4.0", "Accepts multiple `member` arguments."]],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: sremHandler,
};

/** `SISMEMBER` */
export const sismember: CommandSpec = {
  name: "sismember",
  summary: "Determine if a given value is a member of a set",
  since: "1.0.0",
  group: "set",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly", "fast"],
  acl: ["set"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key"), string("member")],
  handler: sismemberHandler,
  kernel: "sismember",
};

/** `SMISMEMBER` */
export const smismember: CommandSpec = {
  name: "smismember",
  summary:
    "Returns the membership associated with the given elements for a set",
  since: "6.2.0",
  group: "set",
  complexity:
    "O(N) where N is the number of elements being checked for membership",
  arity: -3,
  flags: ["readonly", "fast"],
  acl: ["set"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: smismemberHandler,
};

/** `SMEMBERS` */
export const smembers: CommandSpec = {
  name: "smembers",
  summary: "Get all the members in a set",
  since: "1.0.0",
  group: "set",
  complexity: "O(N) where N is the set cardinality.",
  arity: 2,
  flags: ["readonly"],
  acl: ["set"],
  tips: ["nondeterministic_output_order"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: smembersHandler,
};

/** `SCARD` */
export const scard: CommandSpec = {
  name: "scard",
  summary: "Get the number of members in a set",
  since: "1.0.0",
  group: "set",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["set"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: scardHandler,
};

/** `SMOVE` */
export const smove: CommandSpec = {
  name: "smove",
  summary: "Move a member from one set to another",
  since: "1.0.0",
  group: "set",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "fast"],
  acl: ["set"],
  keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "RW", "insert")],
  arguments: [
    key("source"),
    key("destination", { keySpecIndex: 1 }),
    string("member"),
  ],
  handler: smoveHandler,
};

function saddHandler(call: Call): void {
  const entry = call.lookupWriteOf(1, TYPE_SET);
  if (entry === WRONG) return;
  const added = addArguments(call, entry, 1, 2);
  if (added > 0) {
    if (entry === 0) call.notify("new", "new", 1);
    call.notify("set", "sadd", 1);
  }
  call.reply.integer(added);
}

/** Adds the arguments from `first` on to the set of the key at an argument, and returns how many were new. */
function addArguments(
  call: Call,
  entry: number,
  keyIndex: number,
  first: number,
): number {
  const added = call.x.setAddArguments(
    call.db,
    entry,
    call.argPtr(keyIndex),
    call.argLength(keyIndex),
    first,
  );
  if (added < 0) call.keyspace.need(0);
  return added;
}

/** Removes the arguments from `first` on, and returns how many were there. */
function removeArguments(call: Call, entry: number, first: number): number {
  const removed = call.x.setRemoveArguments(call.db, entry, first);
  if (removed < 0) call.keyspace.need(0);
  return removed;
}

function sremHandler(call: Call): void {
  const entry = call.lookupWriteOf(1, TYPE_SET);
  if (entry === WRONG) return;
  const removed = entry === 0 ? 0 : removeArguments(call, entry, 2);
  if (removed > 0) {
    call.notify("set", "srem", 1);
    call.removeIfEmpty(entry, 1, call.x.setCard(entry));
  }
  call.reply.integer(removed);
}

function sismemberHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  call.reply.flag(entry !== 0 && has(call, entry, 2));
}

function has(call: Call, entry: number, index: number): boolean {
  return call.x.setHas(entry, call.argPtr(index), call.argLength(index)) !== 0;
}

function smismemberHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry !== 0) {
    call.x.setHasReply(entry, 2);
    return;
  }
  call.reply.array(call.argc - 2);
  for (let index = 2; index < call.argc; index++) call.reply.integer(0);
}

function smembersHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry === 0) call.reply.set(0);
  else call.x.setMembersReply(entry, 0);
}

function scardHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  call.reply.integer(entry === 0 ? 0 : call.x.setCard(entry) >>> 0);
}

function smoveHandler(call: Call): void {
  const source = call.lookupWrite(1);
  const destination = call.lookupWrite(2);
  if (source === 0) return call.reply.integer(0);
  if (!call.checkType(source, TYPE_SET)) return;
  if (destination !== 0 && !call.checkType(destination, TYPE_SET)) return;
  if (!has(call, source, 3)) return call.reply.integer(0);
  if (source === destination) return call.reply.integer(1);
  // What may lack memory comes first.
  const added = addArguments(call, destination, 2, 3);
  removeArguments(call, source, 3);
  call.notify("set", "srem", 1);
  call.removeIfEmpty(source, 1, call.x.setCard(source));
  if (destination === 0) call.notify("new", "new", 2);
  if (added > 0) call.notify("set", "sadd", 2);
  call.reply.integer(1);
}
