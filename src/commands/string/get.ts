/** Reading whole strings, also while deleting, replacing or expiring them. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  OPTIONAL,
  string,
  token,
  unimplemented,
  unixTime,
} from "../spec.ts";

/** `GET` */
export const get: CommandSpec = {
  name: "get",
  summary: "Get the value of a key",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: getHandler,
};

/** `GETDEL` */
export const getdel: CommandSpec = {
  name: "getdel",
  summary: "Get the value of a key and delete the key",
  since: "6.2.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["write", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [key("key")],
  handler: getdelHandler,
};

/** `GETEX` */
export const getex: CommandSpec = {
  name: "getex",
  summary: "Get the value of a key and optionally set its expiration",
  since: "6.2.0",
  group: "string",
  complexity: "O(1)",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["string"],
  keys: [{
    ...keyAt(1, "RW", "access", "update"),
    notes: "RW and UPDATE because it changes the TTL",
  }],
  arguments: [
    key("key"),
    oneOf("expiration", [
      integer("seconds", { token: "EX" }),
      integer("milliseconds", { token: "PX" }),
      unixTime("unix-time-seconds", { token: "EXAT" }),
      unixTime("unix-time-milliseconds", { token: "PXAT" }),
      token("persist", "PERSIST"),
    ], OPTIONAL),
  ],
  handler: getexHandler,
};

/** `GETSET` */
export const getset: CommandSpec = {
  name: "getset",
  summary: "Set the string value of a key and return its old value",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`SET` with the `!GET` argument",
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), string("value")],
  handler: getsetHandler,
};

function getHandler(call: Call): void {
  unimplemented(call);
}

function getdelHandler(call: Call): void {
  unimplemented(call);
}

function getexHandler(call: Call): void {
  unimplemented(call);
}

function getsetHandler(call: Call): void {
  unimplemented(call);
}
