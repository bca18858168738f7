/** Unions, intersections and differences. */

import { OutOfMemory, TYPE_SET } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  keyRange,
  MULTIPLE,
} from "../spec.ts";

const OF_ALL_MEMBERS =
  "O(N) where N is the total number of elements in all given sets.";
const OF_THE_SMALLEST =
  "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.";

/** `SUNION` */
export const sunion: CommandSpec = {
  name: "sunion",
  summary: "Add multiple sets",
  since: "1.0.0",
  group: "set",
  complexity: OF_ALL_MEMBERS,
  arity: -2,
  flags: ["readonly"],
  acl: ["set"],
  tips: ["nondeterministic_output_order"],
  keys: [keyRange(1, -1, 1, "RO", "access")],
  arguments: [key("key", MULTIPLE)],
  handler: sunionHandler,
};

/** `SINTER` */
export const sinter: CommandSpec = {
  name: "sinter",
  summary: "Intersect multiple sets",
  since: "1.0.0",
  group: "set",
  complexity: OF_THE_SMALLEST,
  arity: -2,
  flags: ["readonly"],
  acl: ["set"],
  tips: ["nondeterministic_output_order"],
  keys: [keyRange(1, -1, 1, "RO", "access")],
  arguments: [key("key", MULTIPLE)],
  handler: sinterHandler,
};

/** `SDIFF` */
export const sdiff: CommandSpec = {
  name: "sdiff",
  summary: "Subtract multiple sets",
  since: "1.0.0",
  group: "set",
  complexity: OF_ALL_MEMBERS,
  arity: -2,
  flags: ["readonly"],
  acl: ["set"],
  tips: ["nondeterministic_output_order"],
  keys: [keyRange(1, -1, 1, "RO", "access")],
  arguments: [key("key", MULTIPLE)],
  handler: sdiffHandler,
};

const DESTINATION_AND_KEYS = [
  key("destination"),
  key("key", { keySpecIndex: 1, multiple: true }),
];

/** `SUNIONSTORE` */
export const sunionstore: CommandSpec = {
  name: "sunionstore",
  summary: "Add multiple sets and store the resulting set in a key",
  since: "1.0.0",
  group: "set",
  complexity: OF_ALL_MEMBERS,
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["set"],
  keys: [keyAt(1, "OW", "update"), keyRange(2, -1, 1, "RO", "access")],
  arguments: DESTINATION_AND_KEYS,
  handler: sunionstoreHandler,
};

/** `SINTERSTORE` */
export const sinterstore: CommandSpec = {
  name: "sinterstore",
  summary: "Intersect multiple sets and store the resulting set in a key",
  since: "1.0.0",
  group: "set",
  complexity: OF_THE_SMALLEST,
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["set"],
  keys: [keyAt(1, "RW", "update"), keyRange(2, -1, 1, "RO", "access")],
  arguments: DESTINATION_AND_KEYS,
  handler: sinterstoreHandler,
};

/** `SDIFFSTORE` */
export const sdiffstore: CommandSpec = {
  name: "sdiffstore",
  summary: "Subtract multiple sets and store the resulting set in a key",
  since: "1.0.0",
  group: "set",
  complexity: OF_ALL_MEMBERS,
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["set"],
  keys: [keyAt(1, "OW", "update"), keyRange(2, -1, 1, "RO", "access")],
  arguments: DESTINATION_AND_KEYS,
  handler: sdiffstoreHandler,
};

/** `SINTERCARD` */
export const sintercard: CommandSpec = {
  name: "sintercard",
  summary: "Intersect multiple sets and return the cardinality of the result",
  since: "7.0.0",
  group: "set",
  complexity: OF_THE_SMALLEST,
  arity: -3,
  flags: ["readonly"],
  acl: ["set"],
  keys: [{
    flags: ["RO", "access"],
    beginSearch: { type: "index", index: 1 },
    findKeys: { type: "keynum", keyNumIndex: 0, firstKey: 1, keyStep: 1 },
  }],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    integer("limit", { token: "LIMIT", optional: true }),
  ],
  handler: sintercardHandler,
};

/**
 * Names the sets of the keys from `first` on, before `end`, to the core. Returns
 * how many keys are not there, or undefined after it has replied WRONGTYPE.
 */
function gather(call: Call, first: number, end: number): number | undefined {
  const { x } = call;
  let absent = 0;
  x.setOperandsReset();
  for (let index = first; index < end; index++) {
    const entry = call.lookupRead(index);
    if (entry === 0) absent++;
    else if (!call.checkType(entry, TYPE_SET)) return undefined;
    if (x.setOperand(entry) === 0) throw new OutOfMemory();
  }
  return absent;
}

function sunionHandler(call: Call): void {
  if (gather(call, 1, call.argc) === undefined) return;
  if (!call.x.setUnionReply()) throw new OutOfMemory();
}

function sinterHandler(call: Call): void {
  const absent = gather(call, 1, call.argc);
  if (absent === undefined) return;
  if (absent > 0) call.reply.set(0);
  else call.x.setInterReply();
}

function sdiffHandler(call: Call): void {
  if (gather(call, 1, call.argc) === undefined) return;
  if (!call.x.setDiffReply()) throw new OutOfMemory();
}

function sintercardHandler(call: Call): void {
  const keyCount = call.argInteger(1);
  if (keyCount === undefined || keyCount < 1n) {
    return call.reply.error("ERR numkeys should be greater than 0");
  }
  if (keyCount > call.argc - 2) {
    return call.reply.error(
      "ERR Number of keys can't be greater than number of args",
    );
  }
  const end = 2 + Number(keyCount);
  const limit = readLimit(call, end);
  if (limit === undefined) return;
  const absent = gather(call, 2, end);
  if (absent === undefined) return;
  call.reply.integer(absent > 0 ? 0 : call.x.setInterCount(Number(limit)));
}

/** LIMIT, the last one if there are several; 0 is no limit. Undefined after an error. */
function readLimit(call: Call, first: number): bigint | undefined {
  let limit = 0n;
  for (let index = first; index < call.argc; index += 2) {
    if (!call.argIs(index, "limit") || index + 1 === call.argc) {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
    const value = call.argInteger(index + 1);
    if (value === undefined || value < 0n) {
      call.reply.error("ERR LIMIT can't be negative");
      return undefined;
    }
    limit = value;
  }
  return limit;
}

function sunionstoreHandler(call: Call): void {
  if (gather(call, 2, call.argc) === undefined) return;
  store(
    call,
    (ptr, length) => call.x.setUnionStore(call.db, ptr, length),
    "sunionstore",
  );
}

function sinterstoreHandler(call: Call): void {
  const absent = gather(call, 2, call.argc);
  if (absent === undefined) return;
  if (absent > 0) {
    call.keyspace.delete(call.db, call.argPtr(1), call.argLength(1));
    call.reply.integer(0);
    return;
  }
  store(
    call,
    (ptr, length) => call.x.setInterStore(call.db, ptr, length),
    "sinterstore",
  );
}

function sdiffstoreHandler(call: Call): void {
  if (gather(call, 2, call.argc) === undefined) return;
  store(
    call,
    (ptr, length) => call.x.setDiffStore(call.db, ptr, length),
    "sdiffstore",
  );
}

/**
 * Stores a set and replies with its size; where that is nothing, the key goes.
 * Who hears of its own commands' events has the reply before them, as in Redis.
 */
function store(
  call: Call,
  run: (ptr: number, length: number) => number,
  event: string,
): void {
  const isNew = call.lookupWrite(1) === 0;
  const size = run(call.argPtr(1), call.argLength(1));
  if (size < 0) throw new OutOfMemory();
  if (size > 0 && isNew) call.notify("new", "new", 1);
  call.reply.integer(size);
  if (size > 0) call.notify("set", event, 1);
  else call.keyspace.delete(call.db, call.argPtr(1), call.argLength(1));
}
