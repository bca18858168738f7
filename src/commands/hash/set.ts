/** Storing and deleting fields of hashes. */

import { TYPE_HASH } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  key,
  keyAt,
  MULTIPLE,
  string,
} from "../spec.ts";
import {
  deleteIfEmpty,
  FIELD_FOUND,
  findField,
  HASH_GONE,
  notifyHash,
} from "./_fields.ts";

const PAIRS = block(
  "field_value",
  [string("field"), string("value")],
  MULTIPLE,
);

/** `HSET` */
export const hset: CommandSpec = {
  name: "hset",
  summary: "Set the string value of a hash field",
  since: "2.0.0",
  group: "hash",
  complexity:
    "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.",
  arity: -4,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  history: [["4.0.0", "Accepts multiple `field` and `value` arguments."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), PAIRS],
  handler: hsetHandler,
  kernel: "hset",
};

/** `HMSET` */
export const hmset: CommandSpec = {
  name: "hmset",
  summary: "Set multiple hash fields to multiple values",
  since: "2.0.0",
  group: "hash",
  complexity: "O(N) where N is the number of fields being set.",
  arity: -4,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  docFlags: ["deprecated"],
  deprecatedSince: "4.0.0",
  replacedBy: "`HSET` with multiple field-value pairs",
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), PAIRS],
  handler: hmsetHandler,
};

/** `HSETNX` */
export const hsetnx: CommandSpec = {
  name: "hsetnx",
  summary: "Set the value of a hash field, only if the field does not exist",
  since: "2.0.0",
  group: "hash",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("field"), string("value")],
  handler: hsetnxHandler,
};

/** `HDEL` */
export const hdel: CommandSpec = {
  name: "hdel",
  summary: "Delete one or more hash fields",
  since: "2.0.0",
  group: "hash",
  complexity: "O(N) where N is the number of fields to be removed.",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["hash"],
  history: [["2.4.0", "Accepts multiple `field` arguments."]],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), string("field", MULTIPLE)],
  handler: hdelHandler,
};

function hsetHandler(call: Call): void {
  const created = storePairs(call);
  if (created !== undefined) call.reply.integer(created);
}

function hmsetHandler(call: Call): void {
  if (storePairs(call) !== undefined) call.reply.ok();
}

/** How many of the fields stored are new; undefined if an error was replied. */
function storePairs(call: Call): number | undefined {
  if (call.argc % 2 === 1) {
    call.reply.error(errors.wrongArity(call.entry.fullName));
    return undefined;
  }
  const entry = call.lookupWriteOf(1, TYPE_HASH);
  if (entry === WRONG) return undefined;
  const created = entry !== 0 && call.argc > 4 && call.x.hashSetMayFail(entry)
    ? storeAllOrNone(call, entry)
    : call.x.hashSetArguments(call.db, entry);
  if (created < 0) call.keyspace.need(0);
  notifyHash(call, entry === 0, "hset");
  return created;
}

/** Stores all pairs or, when memory runs out, none, and then throws. */
function storeAllOrNone(call: Call, entry: number): number {
  const { db, x } = call;
  const isNested = x.undoIsOpen() !== 0;
  const mark = isNested ? x.undoMark() : 0;
  if (!isNested) x.undoBegin();
  const created = x.hashSetArguments(db, entry);
  if (created < 0) {
    if (!x.undoRollback(mark)) throw new Error("no memory to undo HSET");
    return created;
  }
  if (!isNested) x.undoCommit();
  return created;
}

function hsetnxHandler(call: Call): void {
  const { x } = call;
  const old = call.lookupWriteOf(1, TYPE_HASH);
  if (old === WRONG) return;
  const found = findField(call, old, 2);
  if (found === FIELD_FOUND) {
    call.reply.integer(0);
    return;
  }
  const entry = found === HASH_GONE ? 0 : old;
  const result = x.hashSet(
    call.db,
    call.argPtr(1),
    call.argLength(1),
    entry,
    call.argPtr(2),
    call.argLength(2),
    call.argPtr(3),
    call.argLength(3),
    0,
  );
  if (result < 0) call.keyspace.need(0);
  notifyHash(call, entry === 0, "hset");
  call.reply.integer(1);
}

function hdelHandler(call: Call): void {
  const entry = call.lookupWriteOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) {
    call.reply.integer(0);
    return;
  }
  const deleted = call.x.hashDeleteArguments(call.db, entry);
  if (deleted < 0) call.keyspace.need(0);
  if (deleted > 0) {
    call.notify("hash", "hdel", 1);
    deleteIfEmpty(call, entry);
  }
  call.reply.integer(deleted);
}
