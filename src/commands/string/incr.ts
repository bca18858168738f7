/** Strings as numbers. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  unimplemented,
} from "../spec.ts";

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
  unimplemented(call);
}

function decrHandler(call: Call): void {
  unimplemented(call);
}

function incrbyHandler(call: Call): void {
  unimplemented(call);
}

function decrbyHandler(call: Call): void {
  unimplemented(call);
}

function incrbyfloatHandler(call: Call): void {
  unimplemented(call);
}
