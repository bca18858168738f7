/** Fields of hashes as numbers. */

import {
  addLongDouble,
  formatLongDoubleHuman,
  isInfiniteLongDouble,
  isNaNLongDouble,
  type LongDouble,
  longDoubleFromInteger,
} from "../../base/long_double.ts";
import { TYPE_HASH } from "../../keyspace/mod.ts";
import { longDoubleAt } from "../_long_double.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  string,
} from "../spec.ts";
import { FIELD_FOUND, findField, HASH_GONE, notifyHash } from "./_fields.ts";

/** Results of the core's `hashAdd`. */
const ADD_NOT_AN_INTEGER = -1;
const ADD_OVERFLOW = -2;

const ZERO = longDoubleFromInteger(0n);

/** `HINCRBY` */
export const hincrby: CommandSpec = {
  name: "hincrby",
  summary: "Increment the integer value of a hash field by the given number",
  since: "2.0.0",
  group: "hash",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), string("field"), integer("increment")],
  handler: hincrbyHandler,
};

/** `HINCRBYFLOAT` */
export const hincrbyfloat: CommandSpec = {
  name: "hincrbyfloat",
  summary: "Increment the float value of a hash field by the given amount",
  since: "2.6.0",
  group: "hash",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), string("field"), double("increment")],
  handler: hincrbyfloatHandler,
};

function hincrbyHandler(call: Call): void {
  const { x } = call;
  const increment = call.needInteger(3);
  if (increment === undefined) return;
  const old = call.lookupWriteOf(1, TYPE_HASH);
  if (old === WRONG) return;
  const entry = findField(call, old, 2) === HASH_GONE ? 0 : old;
  const result = x.hashAdd(
    call.db,
    call.argPtr(1),
    call.argLength(1),
    entry,
    call.argPtr(2),
    call.argLength(2),
    increment,
  );
  if (result === ADD_NOT_AN_INTEGER) {
    call.reply.error("ERR hash value is not an integer");
    return;
  }
  if (result === ADD_OVERFLOW) {
    call.reply.error(errors.WOULD_OVERFLOW);
    return;
  }
  call.keyspace.need(result);
  notifyHash(call, entry === 0, "hincrby");
  x.hashSumReply();
}

function hincrbyfloatHandler(call: Call): void {
  const { core, x } = call;
  const increment = longDoubleAt(call, call.argPtr(3), call.argLength(3));
  if (increment === null) return call.reply.error(errors.NOT_A_FLOAT);
  if (isNaNLongDouble(increment) || isInfiniteLongDouble(increment)) {
    return call.reply.error("ERR value is NaN or Infinity");
  }
  const old = call.lookupWriteOf(1, TYPE_HASH);
  if (old === WRONG) return;
  const found = findField(call, old, 2);
  const entry = found === HASH_GONE ? 0 : old;
  const value = found === FIELD_FOUND ? foundNumber(call, entry) : ZERO;
  if (value === null) return call.reply.error("ERR hash value is not a float");
  const sum = addLongDouble(value, increment);
  if (isNaNLongDouble(sum) || isInfiniteLongDouble(sum)) {
    return call.reply.error("ERR increment would produce NaN or Infinity");
  }
  const text = formatLongDoubleHuman(sum);
  const result = x.hashSet(
    call.db,
    call.argPtr(1),
    call.argLength(1),
    entry,
    call.argPtr(2),
    call.argLength(2),
    call.keyspace.need(core.putText(text)),
    text.length,
    1,
  );
  if (result < 0) call.keyspace.need(0);
  if (call.services.effects.isRecording) propagateSum(call, entry, text);
  notifyHash(call, entry === 0, "hincrbyfloat");
  call.reply.text(text);
}

/** The number the field found last holds, or null. */
function foundNumber(call: Call, entry: number): LongDouble | null {
  const { x } = call;
  x.hashFoundView(entry);
  return longDoubleAt(call, x.hashValuePtr(), x.hashValueLength() >>> 0);
}

/**
 * Every replica must arrive at the same digits, however it counts; and at the
 * same expiry, which HSET takes away.
 */
function propagateSum(call: Call, entry: number, text: string): void {
  const key = call.effectArg(1);
  const field = call.effectArg(2);
  call.rewrite("HSET", key, field, text);
  if (entry === 0) return;
  const { x } = call;
  const whenMs = x.hashFieldExpiry(entry, call.argPtr(2), call.argLength(2));
  if (whenMs > 0n) {
    call.rewrite("HPEXPIREAT", key, whenMs, "FIELDS", "1", field);
  }
}
