/** Copying and moving keys between names and databases. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  OPTIONAL,
  token,
} from "../spec.ts";

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** `COPY` */
export const copy: CommandSpec = {
  name: "copy",
  summary: "Copy a key",
  since: "6.2.0",
  group: "generic",
  complexity:
    "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RO", "access"), keyAt(2, "OW", "update")],
  arguments: [
    key("source"),
    key("destination", { keySpecIndex: 1 }),
    integer("destination-db", { token: "DB", optional: true }),
    token("replace", "REPLACE", OPTIONAL),
  ],
  handler: copyHandler,
};

/** `MOVE` */
export const move: CommandSpec = {
  name: "move",
  summary: "Move a key to another database",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), integer("db")],
  handler: moveHandler,
};

/** The database an argument names; if there is none, replies and returns undefined. */
function databaseOrReply(call: Call, index: number): number | undefined {
  const value = call.needInteger(index);
  if (value === undefined) return undefined;
  if (value < INT32_MIN || value > INT32_MAX) {
    call.reply.error(
      `ERR value is out of range, value must between ${INT32_MIN} and ${INT32_MAX}`,
    );
    return undefined;
  }
  if (value < 0 || value >= call.keyspace.databases) {
    call.reply.error(errors.DB_OUT_OF_RANGE);
    return undefined;
  }
  return Number(value);
}

interface CopyOptions {
  readonly db: number;
  readonly replace: boolean;
}

function copyOptionsOrReply(call: Call): CopyOptions | undefined {
  let { db } = call;
  let replace = false;
  for (let index = 3; index < call.argc; index++) {
    if (call.argIs(index, "replace")) replace = true;
    else if (call.argIs(index, "db") && index + 1 < call.argc) {
      index++;
      const named = databaseOrReply(call, index);
      if (named === undefined) return undefined;
      db = named;
    } else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  return { db, replace };
}

function copyHandler(call: Call): void {
  const { keyspace, x } = call;
  const options = copyOptionsOrReply(call);
  if (options === undefined) return;
  const toPtr = call.argPtr(2);
  const toLength = call.argLength(2);
  if (
    options.db === call.db && call.argLength(1) === toLength &&
    x.bytesEqual(call.argPtr(1), toPtr, toLength) !== 0
  ) {
    call.reply.error(errors.SAME_OBJECT);
    return;
  }
  const source = call.lookupRead(1);
  if (source === 0) {
    call.reply.integer(0);
    return;
  }
  const old = keyspace.lookupWrite(options.db, toPtr, toLength);
  if (old !== 0 && !options.replace) {
    call.reply.integer(0);
    return;
  }
  keyspace.need(x.copyEntry(source, options.db, toPtr, toLength));
  keyspace.notify("new", "new", options.db, toPtr, toLength);
  keyspace.notify("generic", "copy_to", options.db, toPtr, toLength);
  call.reply.integer(1);
}

function moveHandler(call: Call): void {
  const { keyspace } = call;
  const toDb = databaseOrReply(call, 2);
  if (toDb === undefined) return;
  if (toDb === call.db) {
    call.reply.error(errors.SAME_OBJECT);
    return;
  }
  const keyPtr = call.argPtr(1);
  const keyLength = call.argLength(1);
  const source = call.lookupWrite(1);
  if (source === 0 || keyspace.lookupWrite(toDb, keyPtr, keyLength) !== 0) {
    call.reply.integer(0);
    return;
  }
  keyspace.need(call.x.moveEntry(call.db, source, toDb, keyPtr, keyLength));
  keyspace.notify("new", "new", toDb, keyPtr, keyLength);
  call.notify("generic", "move_from", 1);
  keyspace.notify("generic", "move_to", toDb, keyPtr, keyLength);
  call.reply.integer(1);
}
