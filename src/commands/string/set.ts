/** Writing whole strings. */

import type { Call } from "../call.ts";
import {
  type ArgumentView,
  type CommandSpec,
  integer,
  key,
  keyAt,
  type KeyReference,
  oneOf,
  OPTIONAL,
  string,
  token,
  unimplemented,
  unixTime,
} from "../spec.ts";

/** `SET` */
export const set: CommandSpec = {
  name: "set",
  summary: "Set the string value of a key",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["string"],
  history: [
    ["2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."],
    ["6.0.0", "Added the `KEEPTTL` option."],
    ["6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."],
    ["7.0.0", "Allowed the `NX` and `GET` options to be used together."],
  ],
  keys: [{
    ...keyAt(1, "RW", "access", "update", "variable_flags"),
    notes: "RW and ACCESS due to the optional `GET` argument",
  }],
  arguments: [
    key("key"),
    string("value"),
    oneOf("condition", [token("nx", "NX"), token("xx", "XX")], {
      since: "2.6.12",
      optional: true,
    }),
    token("get", "GET", { since: "6.2.0", optional: true }),
    oneOf("expiration", [
      integer("seconds", { token: "EX", since: "2.6.12" }),
      integer("milliseconds", { token: "PX", since: "2.6.12" }),
      unixTime("unix-time-seconds", { token: "EXAT", since: "6.2.0" }),
      unixTime("unix-time-milliseconds", { token: "PXAT", since: "6.2.0" }),
      token("keepttl", "KEEPTTL", { since: "6.0.0" }),
    ], OPTIONAL),
  ],
  handler: setHandler,
  getKeys: setKeys,
};

/** `SETNX` */
export const setnx: CommandSpec = {
  name: "setnx",
  summary: "Set the value of a key, only if the key does not exist",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "OW", "insert")],
  arguments: [key("key"), string("value")],
  handler: setnxHandler,
};

/** `SETEX` */
export const setex: CommandSpec = {
  name: "setex",
  summary: "Set the value and expiration of a key",
  since: "2.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [keyAt(1, "OW", "update")],
  arguments: [key("key"), integer("seconds"), string("value")],
  handler: setexHandler,
};

/** `PSETEX` */
export const psetex: CommandSpec = {
  name: "psetex",
  summary: "Set the value and expiration in milliseconds of a key",
  since: "2.6.0",
  group: "string",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [keyAt(1, "OW", "update")],
  arguments: [key("key"), integer("milliseconds"), string("value")],
  handler: psetexHandler,
};

/** The key is read as well as written if the option `GET` is there. */
function setKeys(args: ArgumentView): KeyReference[] {
  for (let index = 3; index < args.length; index++) {
    if (args.equals(index, "get")) {
      return [{ index: 1, flags: ["RW", "access", "update"] }];
    }
  }
  return [{ index: 1, flags: ["OW", "update"] }];
}

function setHandler(call: Call): void {
  unimplemented(call);
}

function setnxHandler(call: Call): void {
  unimplemented(call);
}

function setexHandler(call: Call): void {
  unimplemented(call);
}

function psetexHandler(call: Call): void {
  unimplemented(call);
}
