/** Liveness and the choice of a database. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  OPTIONAL,
  string,
  unimplemented,
} from "../spec.ts";

/** `PING` */
export const ping: CommandSpec = {
  name: "ping",
  summary: "Ping the server",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: -1,
  flags: ["fast", "sentinel"],
  acl: ["connection"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  arguments: [string("message", OPTIONAL)],
  handler: pingHandler,
};

/** `ECHO` */
export const echo: CommandSpec = {
  name: "echo",
  summary: "Echo the given string",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  acl: ["connection"],
  arguments: [string("message")],
  handler: echoHandler,
};

/** `SELECT` */
export const select: CommandSpec = {
  name: "select",
  summary: "Change the selected database for the current connection",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  acl: ["connection"],
  arguments: [integer("index")],
  handler: selectHandler,
};

function pingHandler(call: Call): void {
  unimplemented(call);
}

function echoHandler(call: Call): void {
  unimplemented(call);
}

function selectHandler(call: Call): void {
  unimplemented(call);
}
