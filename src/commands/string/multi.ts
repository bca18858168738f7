/** Many strings at once. */

import { TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  key,
  keyRange,
  MULTIPLE,
  string,
} from "../spec.ts";
import { notifyStored } from "./_values.ts";

/** `MGET` */
export const mget: CommandSpec = {
  name: "mget",
  summary: "Get the values of all the given keys",
  since: "1.0.0",
  group: "string",
  complexity: "O(N) where N is the number of keys to retrieve.",
  arity: -2,
  flags: ["readonly", "fast"],
  acl: ["string"],
  tips: ["request_policy:multi_shard"],
  keys: [keyRange(1, -1, 1, "RO", "access")],
  arguments: [key("key", MULTIPLE)],
  handler: mgetHandler,
  kernel: "mget",
};

/** `MSET` */
export const mset: CommandSpec = {
  name: "mset",
  summary: "Set multiple keys to multiple values",
  since: "1.0.1",
  group: "string",
  complexity: "O(N) where N is the number of keys to set.",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["string"],
  tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
  keys: [keyRange(1, -1, 2, "OW", "update")],
  arguments: [block("key_value", [key("key"), string("value")], MULTIPLE)],
  handler: msetHandler,
  kernel: "mset",
};

/** `MSETNX` */
export const msetnx: CommandSpec = {
  name: "msetnx",
  summary:
    "Set multiple keys to multiple values, only if none of the keys exist",
  since: "1.0.1",
  group: "string",
  complexity: "O(N) where N is the number of keys to set.",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["string"],
  tips: ["request_policy:multi_shard", "response_policy:agg_min"],
  keys: [keyRange(1, -1, 2, "OW", "insert")],
  arguments: [block("key_value", [key("key"), string("value")], MULTIPLE)],
  handler: msetnxHandler,
};

function mgetHandler(call: Call): void {
  const { x } = call;
  call.reply.array(call.argc - 1);
  for (let index = 1; index < call.argc; index++) {
    const entry = call.lookupRead(index);
    if (entry === 0 || x.entryType(entry) !== TYPE_STRING) call.reply.null();
    else x.stringReply(entry);
  }
}

function msetHandler(call: Call): void {
  if (!hasPairs(call)) return;
  // Keys past their time go first: what an undo log holds is only what MSET did.
  for (let index = 1; index < call.argc; index += 2) call.lookupWrite(index);
  storeAll(call);
  call.reply.ok();
}

function msetnxHandler(call: Call): void {
  if (!hasPairs(call)) return;
  for (let index = 1; index < call.argc; index += 2) {
    if (call.lookupWrite(index) !== 0) {
      call.reply.integer(0);
      return;
    }
  }
  storeAll(call);
  call.reply.integer(1);
}

function hasPairs(call: Call): boolean {
  if (call.argc % 2 === 1) return true;
  call.reply.error(errors.wrongArity(call.entry.fullName));
  return false;
}

/** Stores all values or, when memory runs out, none, and then throws. */
function storeAll(call: Call): void {
  const { db, x } = call;
  const newKeys = call.keyspace.hasListeners ? absentKeys(call) : undefined;
  const dirty = x.dirtyCount();
  const isNested = x.undoIsOpen() !== 0;
  const mark = isNested ? x.undoMark() : 0;
  if (!isNested) x.undoBegin();
  for (let index = 1; index < call.argc; index += 2) {
    const stored = x.stringSet(
      db,
      x.argPtr(index),
      x.argLength(index),
      x.argPtr(index + 1),
      x.argLength(index + 1),
      0,
    );
    if (stored !== 0) continue;
    const isUndone = x.undoRollback(mark) !== 0;
    x.dirtyAdd(dirty - x.dirtyCount());
    if (!isUndone) throw new Error("no memory to undo MSET");
    call.keyspace.need(0);
  }
  if (!isNested) x.undoCommit();
  if (newKeys === undefined) return;
  for (let index = 1; index < call.argc; index += 2) {
    notifyStored(call, index, newKeys.delete(call.argText(index)), "set");
  }
}

/** The keys of the arguments that are not there. */
function absentKeys(call: Call): Set<string> {
  const { db, x } = call;
  const keys = new Set<string>();
  for (let index = 1; index < call.argc; index += 2) {
    if (x.find(db, x.argPtr(index), x.argLength(index)) === 0) {
      keys.add(call.argText(index));
    }
  }
  return keys;
}
