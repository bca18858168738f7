/** Ending connections and blocked calls of others. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  string,
  token,
  unimplemented,
} from "../spec.ts";

/** `CLIENT KILL` */
export const clientKill: CommandSpec = {
  name: "kill",
  summary: "Kill the connection of a client",
  since: "2.4.0",
  group: "connection",
  complexity: "O(N) where N is the number of client connections",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  history: [
    ["2.8.12", "Added new filter format."],
    ["2.8.12", "`ID` option."],
    ["3.2.0", "Added `master` type in for `TYPE` option."],
    [
      "5.0.0",
      "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.",
    ],
    ["6.2.0", "`LADDR` option."],
    ["7.4.0", "`MAXAGE` option."],
  ],
  arguments: [
    oneOf("filter", [
      string("ip:port", { deprecatedSince: "2.8.12" }),
      oneOf("new-format", [
        integer("client-id", { token: "ID", since: "2.8.12", optional: true }),
        oneOf("normal_master_slave_pubsub", [
          token("normal", "NORMAL"),
          token("master", "MASTER", { since: "3.2.0" }),
          token("slave", "SLAVE"),
          token("replica", "REPLICA", { since: "5.0.0" }),
          token("pubsub", "PUBSUB"),
        ], { token: "TYPE", since: "2.8.12", optional: true }),
        string("username", { token: "USER", optional: true }),
        string("ip:port", { token: "ADDR", optional: true }),
        string("ip:port", { token: "LADDR", since: "6.2.0", optional: true }),
        string("yes/no", { token: "SKIPME", optional: true }),
        integer("maxage", { token: "MAXAGE", since: "7.4.0", optional: true }),
      ], MULTIPLE),
    ]),
  ],
  handler: clientKillHandler,
};

/** `CLIENT UNBLOCK` */
export const clientUnblock: CommandSpec = {
  name: "unblock",
  summary:
    "Unblock a client blocked in a blocking command from a different connection",
  since: "5.0.0",
  group: "connection",
  complexity: "O(log N) where N is the number of client connections",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [
    integer("client-id"),
    oneOf("timeout_error", [
      token("timeout", "TIMEOUT"),
      token("error", "ERROR"),
    ], OPTIONAL),
  ],
  handler: clientUnblockHandler,
};

function clientKillHandler(call: Call): void {
  unimplemented(call);
}

function clientUnblockHandler(call: Call): void {
  unimplemented(call);
}
