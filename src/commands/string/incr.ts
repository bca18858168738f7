/** Strings as numbers. */

import {
  addLongDouble,
  formatLongDoubleHuman,
  isInfiniteLongDouble,
  isNaNLongDouble,
  type LongDouble,
  longDoubleFromInteger,
} from "../../base/long_double.ts";
import { ENCODING_INT, TYPE_STRING } from "../../keyspace/mod.ts";
import { longDoubleAt } from "../_long_double.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, double, integer, key, keyAt } from "../spec.ts";
import { notifyStored } from "./_values.ts";

/** Results of the core's `stringAdd`. */
const ADD_NOT_AN_INTEGER = -1;
const ADD_OVERFLOW = -2;

const I64_MIN = -0x8000000000000000n;

const ZERO = longDoubleFromInteger(0n);

/** `INCR` */
export const incr: CommandSpec = {
  name: "incr",
  summary: "Increment the integer value of a key by one",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key")],
  handler: incrHandler,
  kernel: "incr",
};

/** `DECR` */
export const decr: CommandSpec = {
  name: "decr",
  summary: "Decrement the integer value of a key by one",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key")],
  handler: decrHandler,
  kernel: "decr",
};

/** `INCRBY` */
export const incrby: CommandSpec = {
  name: "incrby",
  summary: "Increment the integer value of a key by the given amount",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), integer("increment")],
  handler: incrbyHandler,
  kernel: "incrby",
};

/** `DECRBY` */
export const decrby: CommandSpec = {
  name: "decrby",
  summary: "Decrement the integer value of a key by the given number",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), integer("decrement")],
  handler: decrbyHandler,
};

/** `INCRBYFLOAT` */
export const incrbyfloat: CommandSpec = {
  name: "incrbyfloat",
  summary: "Increment the float value of a key by the given amount",
  since: "2.6.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), double("increment")],
  handler: incrbyfloatHandler,
};

function incrHandler(call: Call): void {
  add(call, 1n);
}

function decrHandler(call: Call): void {
  add(call, -1n);
}

function incrbyHandler(call: Call): void {
  const increment = call.needInteger(2);
  if (increment !== undefined) add(call, increment);
}

function decrbyHandler(call: Call): void {
  const decrement = call.needInteger(2);
  if (decrement === undefined) return;
  if (decrement === I64_MIN) {
    call.reply.error("ERR decrement would overflow");
    return;
  }
  add(call, -decrement);
}

/** The sum stays in the core: INCR and DECR allocate nothing. */
function add(call: Call, increment: bigint): void {
  const { x } = call;
  const entry = call.lookupWrite(1);
  if (entry !== 0 && !call.checkType(entry, TYPE_STRING)) return;
  const result = x.stringAdd(
    call.db,
    x.argPtr(1),
    x.argLength(1),
    entry,
    increment,
  );
  if (result === ADD_NOT_AN_INTEGER) {
    call.reply.error(errors.NOT_AN_INTEGER);
    return;
  }
  if (result === ADD_OVERFLOW) {
    call.reply.error(errors.WOULD_OVERFLOW);
    return;
  }
  call.keyspace.need(result);
  notifyStored(call, 1, entry === 0, "incrby");
  x.stringSumReply();
}

function incrbyfloatHandler(call: Call): void {
  const { core, x } = call;
  const entry = call.lookupWrite(1);
  if (entry !== 0 && !call.checkType(entry, TYPE_STRING)) return;
  const value = entry === 0 ? ZERO : numberIn(call, entry);
  const increment = value === null
    ? null
    : longDoubleAt(call, x.argPtr(2), call.argLength(2));
  if (value === null || increment === null) {
    call.reply.error(errors.NOT_A_FLOAT);
    return;
  }
  const sum = addLongDouble(value, increment);
  if (isNaNLongDouble(sum) || isInfiniteLongDouble(sum)) {
    call.reply.error("ERR increment would produce NaN or Infinity");
    return;
  }
  const text = formatLongDoubleHuman(sum);
  const textPtr = call.keyspace.need(core.putText(text));
  call.keyspace.need(
    x.stringSetText(
      call.db,
      x.argPtr(1),
      x.argLength(1),
      textPtr,
      text.length,
    ),
  );
  // Every replica must arrive at the same digits, however it counts.
  if (call.services.effects.isRecording) {
    call.rewrite("SET", call.effectArg(1), text, "KEEPTTL");
  }
  notifyStored(call, 1, entry === 0, "incrbyfloat");
  call.reply.text(text);
}

/** The number a string holds, or null. */
function numberIn(call: Call, entry: number): LongDouble | null {
  const { x } = call;
  if (x.entryEncoding(entry) === ENCODING_INT) {
    return longDoubleFromInteger(x.stringInt(entry));
  }
  const ptr = x.stringView(entry);
  return longDoubleAt(call, ptr, x.stringViewLength() >>> 0);
}
