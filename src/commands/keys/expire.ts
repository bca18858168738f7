/** Setting and removing the time a key expires. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  token,
  unimplemented,
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

function expireHandler(call: Call): void {
  unimplemented(call);
}

function pexpireHandler(call: Call): void {
  unimplemented(call);
}

function expireatHandler(call: Call): void {
  unimplemented(call);
}

function pexpireatHandler(call: Call): void {
  unimplemented(call);
}

function persistHandler(call: Call): void {
  unimplemented(call);
}
