/** Reading fields of hashes. */

import { TYPE_HASH } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { type CommandSpec, key, keyAt, MULTIPLE, string } from "../spec.ts";
import { FIELD_EXPIRED, FIELD_FOUND, findField } from "./_fields.ts";

/** `HGET` */
export const hget: CommandSpec = {
  name: "hget",
  summary: "Get the value of a hash field",
  since: "2.0.0",
  group: "hash",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("field")],
  handler: hgetHandler,
  kernel: "hget",
};

/** `HMGET` */
export const hmget: CommandSpec = {
  name: "hmget",
  summary: "Get the values of all the given hash fields",
  since: "2.0.0",
  group: "hash",
  complexity: "O(N) where N is the number of fields being requested.",
  arity: -3,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("field", MULTIPLE)],
  handler: hmgetHandler,
};

/** `HEXISTS` */
export const hexists: CommandSpec = {
  name: "hexists",
  summary: "Determine if a hash field exists",
  since: "2.0.0",
  group: "hash",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key"), string("field")],
  handler: hexistsHandler,
};

/** `HLEN` */
export const hlen: CommandSpec = {
  name: "hlen",
  summary: "Get the number of fields in a hash",
  since: "2.0.0",
  group: "hash",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: hlenHandler,
};

/** `HSTRLEN` */
export const hstrlen: CommandSpec = {
  name: "hstrlen",
  summary: "Get the length of the value of a hash field",
  since: "3.2.0",
  group: "hash",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key"), string("field")],
  handler: hstrlenHandler,
};

/** `HKEYS` */
export const hkeys: CommandSpec = {
  name: "hkeys",
  summary: "Get all the fields in a hash",
  since: "2.0.0",
  group: "hash",
  complexity: "O(N) where N is the size of the hash.",
  arity: 2,
  flags: ["readonly"],
  acl: ["hash"],
  tips: ["nondeterministic_output_order"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: hkeysHandler,
};

/** `HVALS` */
export const hvals: CommandSpec = {
  name: "hvals",
  summary: "Get all the values in a hash",
  since: "2.0.0",
  group: "hash",
  complexity: "O(N) where N is the size of the hash.",
  arity: 2,
  flags: ["readonly"],
  acl: ["hash"],
  tips: ["nondeterministic_output_order"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: hvalsHandler,
};

/** `HGETALL` */
export const hgetall: CommandSpec = {
  name: "hgetall",
  summary: "Get all the fields and values in a hash",
  since: "2.0.0",
  group: "hash",
  complexity: "O(N) where N is the size of the hash.",
  arity: 2,
  flags: ["readonly"],
  acl: ["hash"],
  tips: ["nondeterministic_output_order"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: hgetallHandler,
};

/** What `hashAllReply` replies, as bits. */
const FIELDS = 1;
const VALUES = 2;

function hgetHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.null();
  const ptr = call.argPtr(2);
  const length = call.argLength(2);
  if (call.x.hashGetReply(entry, ptr, length) !== FIELD_EXPIRED) return;
  call.keyspace.expireField(call.db, entry, ptr, length);
  call.reply.null();
}

function hmgetHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  call.reply.array(call.argc - 2);
  const next = entry === 0 ? 2 : replyUntilGone(call, entry);
  for (let index = next; index < call.argc; index++) call.reply.null();
}

/**
 * Replies with values, and removes the fields that are past their time. Returns
 * the argument from which on there is no hash any more.
 */
function replyUntilGone(call: Call, entry: number): number {
  const { keyspace, x } = call;
  let isAnyDropped = false;
  let index = 2;
  while (true) {
    index = x.hashGetArguments(entry, index);
    if (index === call.argc) break;
    call.reply.null();
    if (!keyspace.isExpiryPaused) {
      const ptr = call.argPtr(index);
      keyspace.dropField(call.db, entry, ptr, call.argLength(index));
      isAnyDropped = true;
    }
    index++;
    if (x.hashCount(entry) === 0) break;
  }
  if (isAnyDropped) keyspace.afterDrop(call.db, entry);
  return index;
}

function hexistsHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.integer(0);
  call.reply.flag(findField(call, entry, 2) === FIELD_FOUND);
}

function hlenHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.integer(0);
  call.reply.integer(call.x.hashCount(entry));
}

function hstrlenHandler(call: Call): void {
  const { x } = call;
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.integer(0);
  if (findField(call, entry, 2) === FIELD_FOUND) {
    x.hashFoundView(entry);
    call.reply.integer(x.hashValueLength() >>> 0);
  } else call.reply.integer(0);
}

function hkeysHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.array(0);
  call.x.hashAllReply(entry, FIELDS);
}

function hvalsHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.array(0);
  call.x.hashAllReply(entry, VALUES);
}

function hgetallHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.map(0);
  call.x.hashAllReply(entry, FIELDS | VALUES);
}
