/** What a connection says about itself. */

import type { Call } from "../call.ts";
import { type CommandSpec, oneOf, string, unimplemented } from "../spec.ts";

/** `CLIENT SETNAME` */
export const clientSetname: CommandSpec = {
  name: "setname",
  summary: "Set the current connection name",
  since: "2.6.9",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [string("connection-name")],
  handler: clientSetnameHandler,
};

/** `CLIENT GETNAME` */
export const clientGetname: CommandSpec = {
  name: "getname",
  summary: "Get the current connection name",
  since: "2.6.9",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientGetnameHandler,
};

/** `CLIENT SETINFO` */
export const clientSetinfo: CommandSpec = {
  name: "setinfo",
  summary:
    "Set the name or version of the client library for the current connection",
  since: "7.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 4,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  arguments: [
    oneOf("attr", [
      string("libname", { token: "LIB-NAME" }),
      string("libver", { token: "LIB-VER" }),
    ]),
  ],
  handler: clientSetinfoHandler,
};

function clientSetnameHandler(call: Call): void {
  unimplemented(call);
}

function clientGetnameHandler(call: Call): void {
  unimplemented(call);
}

function clientSetinfoHandler(call: Call): void {
  unimplemented(call);
}
