/** Setting and removing the time a key expires. */

import { untilNul } from "../../base/byte_string.ts";
import { INT64_MAX, INT64_MIN } from "../../base/int64.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  token,
  unixTime,
} from "../spec.ts";

const CONDITION = oneOf("condition", [
  token("nx", "NX"),
  token("xx", "XX"),
  token("gt", "GT"),
  token("lt", "LT"),
], { since: "7.0.0", optional: true });

/** `EXPIRE` */
export const expire: CommandSpec = {
  name: "expire",
  summary: "Set a key's time to live in seconds",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("seconds"), CONDITION],
  handler: expireHandler,
};

/** `PEXPIRE` */
export const pexpire: CommandSpec = {
  name: "pexpire",
  summary: "Set a key's time to live in milliseconds",
  since: "2.6.0",
  group: "generic",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("milliseconds"), CONDITION],
  handler: pexpireHandler,
};

/** `EXPIREAT` */
export const expireat: CommandSpec = {
  name: "expireat",
  summary: "Set the expiration for a key as a UNIX timestamp",
  since: "1.2.0",
  group: "generic",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), unixTime("unix-time-seconds"), CONDITION],
  handler: expireatHandler,
};

/** `PEXPIREAT` */
export const pexpireat: CommandSpec = {
  name: "pexpireat",
  summary:
    "Set the expiration for a key as a UNIX timestamp specified in milliseconds",
  since: "2.6.0",
  group: "generic",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), unixTime("unix-time-milliseconds"), CONDITION],
  handler: pexpireatHandler,
};

/** `PERSIST` */
export const persist: CommandSpec = {
  name: "persist",
  summary: "Remove the expiration from a key",
  since: "2.2.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key")],
  handler: persistHandler,
};

/** Conditions, as bits. */
const NX = 1;
const XX = 2;
const GT = 4;
const LT = 8;

/** The conditions behind the time; replies with an error and returns undefined if they are wrong. */
function conditionsOrReply(call: Call): number | undefined {
  let conditions = 0;
  for (let index = 3; index < call.argc; index++) {
    if (call.argIs(index, "nx")) conditions |= NX;
    else if (call.argIs(index, "xx")) conditions |= XX;
    else if (call.argIs(index, "gt")) conditions |= GT;
    else if (call.argIs(index, "lt")) conditions |= LT;
    else {
      // As C prints it: up to a zero byte, line ends cut off.
      const shown = untilNul(call.argText(index));
      const text = `ERR Unsupported option ${shown}`;
      call.reply.error(text.replace(/[\r\n]+$/, ""));
      return undefined;
    }
  }
  if ((conditions & NX) !== 0 && conditions !== NX) {
    call.reply.error(
      "ERR NX and XX, GT or LT options at the same time are not compatible",
    );
    return undefined;
  }
  if ((conditions & (GT | LT)) === (GT | LT)) {
    call.reply.error(
      "ERR GT and LT options at the same time are not compatible",
    );
    return undefined;
  }
  return conditions;
}

/**
 * The time of argument 2 in milliseconds of Unix time; replies with an error
 * and returns undefined if it is none, or out of range.
 */
function whenOrReply(
  call: Call,
  baseMs: bigint,
  unitMs: bigint,
): bigint | undefined {
  const value = call.needInteger(2);
  if (value === undefined) return undefined;
  const offsetMs = value * unitMs;
  const whenMs = offsetMs + baseMs;
  if (offsetMs < INT64_MIN || whenMs > INT64_MAX) {
    call.reply.error(errors.invalidExpire(call.entry.fullName));
    return undefined;
  }
  return whenMs;
}

/** Whether the conditions let an expiry (-1: none) become another. */
function allows(conditions: number, fromMs: bigint, toMs: bigint): boolean {
  if (conditions === 0) return true;
  const isForever = fromMs === -1n;
  if ((conditions & NX) !== 0 && !isForever) return false;
  if ((conditions & XX) !== 0 && isForever) return false;
  // A key that never expires counts as expiring at the end of time.
  if ((conditions & GT) !== 0 && (isForever || toMs <= fromMs)) return false;
  return (conditions & LT) === 0 || isForever || toMs < fromMs;
}

/** EXPIRE and its kind: argument 2 counts `unitMs` milliseconds each from `baseMs` on. */
function expireGeneric(call: Call, baseMs: bigint, unitMs: bigint): void {
  const conditions = conditionsOrReply(call);
  if (conditions === undefined) return;
  const whenMs = whenOrReply(call, baseMs, unitMs);
  if (whenMs === undefined) return;
  const entry = call.lookupWrite(1);
  if (entry === 0 || !allows(conditions, call.x.expiryOf(entry), whenMs)) {
    call.reply.integer(0);
    return;
  }
  if (whenMs <= BigInt(call.nowMs)) deleteNow(call, entry);
  else setExpiry(call, entry, whenMs);
}

function deleteNow(call: Call, entry: number): void {
  const { keyspace } = call;
  keyspace.need(call.x.deleteEntry(call.db, entry));
  call.rewrite(keyspace.lazyExpire ? "UNLINK" : "DEL", call.effectArg(1));
  call.notify("generic", "del", 1);
  call.reply.integer(1);
}

function setExpiry(call: Call, entry: number, whenMs: bigint): void {
  call.keyspace.need(call.x.setExpiry(call.db, entry, whenMs));
  call.addDirty(1);
  if (call.entry.fullName !== "pexpireat") {
    const conditions = Array.from(
      { length: call.argc - 3 },
      (_, index) => call.effectArg(index + 3),
    );
    call.rewrite("PEXPIREAT", call.effectArg(1), whenMs, ...conditions);
  }
  // Who hears of its own commands' events has the reply first here, as in Redis.
  call.reply.integer(1);
  call.notify("generic", "expire", 1);
}

function expireHandler(call: Call): void {
  expireGeneric(call, BigInt(call.nowMs), 1000n);
}

function pexpireHandler(call: Call): void {
  expireGeneric(call, BigInt(call.nowMs), 1n);
}

function expireatHandler(call: Call): void {
  expireGeneric(call, 0n, 1000n);
}

function pexpireatHandler(call: Call): void {
  expireGeneric(call, 0n, 1n);
}

function persistHandler(call: Call): void {
  const entry = call.lookupWrite(1);
  if (entry === 0 || call.x.expiryOf(entry) === -1n) {
    call.reply.integer(0);
    return;
  }
  call.keyspace.need(call.x.removeExpiry(call.db, entry));
  call.addDirty(1);
  call.notify("generic", "persist", 1);
  call.reply.integer(1);
}
