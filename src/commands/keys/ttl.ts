/** Reading the time a key expires. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyAt } from "../spec.ts";

/** `TTL` */
export const ttl: CommandSpec = {
  name: "ttl",
  summary: "Get the time to live for a key in seconds",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  history: [["2.8.0", "Added the -2 reply."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: ttlHandler,
};

/** `PTTL` */
export const pttl: CommandSpec = {
  name: "pttl",
  summary: "Get the time to live for a key in milliseconds",
  since: "2.6.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  history: [["2.8.0", "Added the -2 reply."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: pttlHandler,
};

/** `EXPIRETIME` */
export const expiretime: CommandSpec = {
  name: "expiretime",
  summary: "Get the expiration Unix timestamp for a key",
  since: "7.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: expiretimeHandler,
};

/** `PEXPIRETIME` */
export const pexpiretime: CommandSpec = {
  name: "pexpiretime",
  summary: "Get the expiration Unix timestamp for a key in milliseconds",
  since: "7.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: pexpiretimeHandler,
};

/** The reply for a key that is not there. */
const NO_KEY = -2;
/** The reply for a key that does not expire. */
const NO_EXPIRY = -1n;

/**
 * When the key expires, milliseconds of Unix time; if there is nothing to tell,
 * replies and returns undefined.
 */
function expiryOrReply(call: Call): bigint | undefined {
  const entry = call.keyspace.peekCounted(
    call.db,
    call.argPtr(1),
    call.argLength(1),
  );
  if (entry === 0) {
    call.reply.integer(NO_KEY);
    return undefined;
  }
  const whenMs = call.x.expiryOf(entry);
  if (whenMs !== NO_EXPIRY) return whenMs;
  call.reply.bigInteger(NO_EXPIRY);
  return undefined;
}

/** Half a second and more counts as one. */
function roundToSeconds(milliseconds: bigint): bigint {
  return (milliseconds + 500n) / 1000n;
}

/** Milliseconds until then. */
function left(call: Call, whenMs: bigint): bigint {
  const milliseconds = whenMs - BigInt(call.nowMs);
  return milliseconds < 0n ? 0n : milliseconds;
}

function ttlHandler(call: Call): void {
  const whenMs = expiryOrReply(call);
  if (whenMs === undefined) return;
  call.reply.bigInteger(roundToSeconds(left(call, whenMs)));
}

function pttlHandler(call: Call): void {
  const whenMs = expiryOrReply(call);
  if (whenMs !== undefined) call.reply.bigInteger(left(call, whenMs));
}

function expiretimeHandler(call: Call): void {
  const whenMs = expiryOrReply(call);
  if (whenMs !== undefined) call.reply.bigInteger(roundToSeconds(whenMs));
}

function pexpiretimeHandler(call: Call): void {
  const whenMs = expiryOrReply(call);
  if (whenMs !== undefined) call.reply.bigInteger(whenMs);
}
