/** Reading the time a key expires. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyAt, unimplemented } from "../spec.ts";

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

function ttlHandler(call: Call): void {
  unimplemented(call);
}

function pttlHandler(call: Call): void {
  unimplemented(call);
}

function expiretimeHandler(call: Call): void {
  unimplemented(call);
}

function pexpiretimeHandler(call: Call): void {
  unimplemented(call);
}
