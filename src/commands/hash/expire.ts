/** Setting and removing the time a field of a hash expires. */

import type { EffectArgument } from "../../effects/mod.ts";
import { TYPE_HASH } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  OPTIONAL,
  token,
  unixTime,
} from "../spec.ts";
import {
  type FieldList,
  FIELDS_ARGUMENT,
  NO_FIELD,
  readFieldList,
  replyNoFields,
} from "./_field_list.ts";
import { deleteIfEmpty } from "./_fields.ts";

const CONDITION = oneOf("condition", [
  token("nx", "NX"),
  token("xx", "XX"),
  token("gt", "GT"),
  token("lt", "LT"),
], OPTIONAL);

/** `HEXPIRE` */
export const hexpire: CommandSpec = {
  name: "hexpire",
  summary: "Set expiry for hash field using relative time to expire (seconds)",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -6,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("seconds"), CONDITION, FIELDS_ARGUMENT],
  handler: hexpireHandler,
};

/** `HPEXPIRE` */
export const hpexpire: CommandSpec = {
  name: "hpexpire",
  summary:
    "Set expiry for hash field using relative time to expire (milliseconds)",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -6,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("milliseconds"), CONDITION, FIELDS_ARGUMENT],
  handler: hpexpireHandler,
};

/** `HEXPIREAT` */
export const hexpireat: CommandSpec = {
  name: "hexpireat",
  summary:
    "Set expiry for hash field using an absolute Unix timestamp (seconds)",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -6,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [
    key("key"),
    unixTime("unix-time-seconds"),
    CONDITION,
    FIELDS_ARGUMENT,
  ],
  handler: hexpireatHandler,
};

/** `HPEXPIREAT` */
export const hpexpireat: CommandSpec = {
  name: "hpexpireat",
  summary:
    "Set expiry for hash field using an absolute Unix timestamp (milliseconds)",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -6,
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [
    key("key"),
    unixTime("unix-time-milliseconds"),
    CONDITION,
    FIELDS_ARGUMENT,
  ],
  handler: hpexpireatHandler,
};

/** `HPERSIST` */
export const hpersist: CommandSpec = {
  name: "hpersist",
  summary: "Removes the expiration time for each specified field",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -5,
  flags: ["write", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), FIELDS_ARGUMENT],
  handler: hpersistHandler,
};

/** No field expires later than this (Redis: HFE_MAX_ABS_TIME_MSEC). */
const TIME_MS_MAX = 2n ** 46n - 1n;

/** Conditions, as the core's `hashExpireField` takes them. */
const CONDITIONS: Readonly<Record<string, number>> = {
  nx: 1,
  xx: 2,
  gt: 4,
  lt: 8,
};

/** Results of the core's `hashExpireField` and `hashPersistField`. */
const DONE = 1;
const DELETED = 2;
const OUT_OF_MEMORY = -3;

/** What `hexpireGeneric` was asked for. */
interface Expiry {
  readonly whenMs: bigint;
  /** Bits of CONDITIONS. */
  readonly conditions: number;
  readonly fields: FieldList;
}

function hexpireHandler(call: Call): void {
  hexpireGeneric(call, BigInt(call.nowMs), 1000n);
}

function hpexpireHandler(call: Call): void {
  hexpireGeneric(call, BigInt(call.nowMs), 1n);
}

function hexpireatHandler(call: Call): void {
  hexpireGeneric(call, 0n, 1000n);
}

function hpexpireatHandler(call: Call): void {
  hexpireGeneric(call, 0n, 1n);
}

/**
 * The time at argument 2 in milliseconds of Unix time; replies with an error and
 * returns undefined if it is none, or out of range.
 */
function whenOrReply(
  call: Call,
  baseMs: bigint,
  unitMs: bigint,
): bigint | undefined {
  const value = call.needInteger(2);
  if (value === undefined) return undefined;
  if (value < 0n) {
    call.reply.error("ERR invalid expire time, must be >= 0");
    return undefined;
  }
  const whenMs = value * unitMs + baseMs;
  if (whenMs > TIME_MS_MAX) {
    call.reply.error(errors.invalidExpire(call.entry.fullName));
    return undefined;
  }
  return whenMs;
}

function expiryOrReply(
  call: Call,
  baseMs: bigint,
  unitMs: bigint,
): Expiry | undefined {
  const whenMs = whenOrReply(call, baseMs, unitMs);
  if (whenMs === undefined) return undefined;
  const conditions = CONDITIONS[call.argWord(3)] ?? 0;
  const fields = readFieldList(
    call,
    conditions === 0 ? 3 : 4,
    "ERR Parameter `numFields` should be greater than 0",
  );
  return fields && { whenMs, conditions, fields };
}

/** HEXPIRE and its kind: argument 2 counts `unitMs` milliseconds each from `baseMs` on. */
function hexpireGeneric(call: Call, baseMs: bigint, unitMs: bigint): void {
  const entry = call.lookupWriteOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  const expiry = expiryOrReply(call, baseMs, unitMs);
  if (expiry === undefined) return;
  if (entry === 0) return replyNoFields(call, expiry.fields);
  call.keyspace.need(call.x.hashAllowExpiry(entry));
  call.reply.array(expiry.fields.count);
  const updated: number[] = [];
  let deleted = 0;
  for (let index = expiry.fields.first; index < call.argc; index++) {
    const result = expireField(call, entry, index, expiry);
    if (result === DONE) updated.push(index);
    else if (result === DELETED) {
      deleted++;
      call.rewrite("HDEL", call.effectArg(1), call.effectArg(index));
    }
    call.reply.integer(result);
  }
  if (updated.length > 0) propagate(call, expiry, updated);
  if (updated.length + deleted === 0) return;
  call.keyspace.stats.expiredFields += deleted;
  call.notify("hash", deleted > 0 ? "hdel" : "hexpire", 1);
  if (deleted > 0) deleteIfEmpty(call, entry);
}

function expireField(
  call: Call,
  entry: number,
  index: number,
  { whenMs, conditions }: Expiry,
): number {
  const result = call.x.hashExpireField(
    call.db,
    entry,
    call.argPtr(index),
    call.argLength(index),
    whenMs,
    conditions,
  );
  if (result === OUT_OF_MEMORY) call.keyspace.need(0);
  return result;
}

/** The time goes out absolute, for the fields it was set for. */
function propagate(
  call: Call,
  { whenMs, conditions }: Expiry,
  updated: readonly number[],
): void {
  if (!call.services.effects.isRecording) return;
  const condition: EffectArgument[] = conditions === 0
    ? []
    : [call.effectArg(3)];
  call.rewrite(
    "HPEXPIREAT",
    call.effectArg(1),
    whenMs,
    ...condition,
    "FIELDS",
    updated.length,
    ...updated.map((index) => call.effectArg(index)),
  );
}

function hpersistHandler(call: Call): void {
  const { x } = call;
  const entry = call.lookupWriteOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  const fields = readFieldList(call, 2, NO_FIELD);
  if (fields === undefined) return;
  if (entry === 0) return replyNoFields(call, fields);
  call.reply.array(fields.count);
  let isChanged = false;
  for (let index = fields.first; index < call.argc; index++) {
    const ptr = call.argPtr(index);
    const length = call.argLength(index);
    const result = x.hashPersistField(call.db, entry, ptr, length);
    if (result === OUT_OF_MEMORY) call.keyspace.need(0);
    isChanged ||= result === DONE;
    call.reply.integer(result);
  }
  if (!isChanged) return;
  call.addDirty(1);
  call.notify("hash", "hpersist", 1);
}
