/** Small facts about the server. */

import type { Call } from "../call.ts";
import { type CommandSpec, integer, unimplemented } from "../spec.ts";

/** `TIME` */
export const time: CommandSpec = {
  name: "time",
  summary: "Return the current server time",
  since: "2.6.0",
  group: "server",
  complexity: "O(1)",
  arity: 1,
  flags: ["loading", "stale", "fast"],
  tips: ["nondeterministic_output"],
  handler: timeHandler,
};

/** `ROLE` */
export const role: CommandSpec = {
  name: "role",
  summary: "Return the role of the instance in the context of replication",
  since: "2.8.12",
  group: "server",
  complexity: "O(1)",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "sentinel"],
  acl: ["admin", "dangerous"],
  handler: roleHandler,
};

/** `LASTSAVE` */
export const lastsave: CommandSpec = {
  name: "lastsave",
  summary: "Get the UNIX time stamp of the last successful save to disk",
  since: "1.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 1,
  flags: ["loading", "stale", "fast"],
  acl: ["admin", "dangerous"],
  tips: ["nondeterministic_output"],
  handler: lastsaveHandler,
};

/** `LOLWUT` */
export const lolwut: CommandSpec = {
  name: "lolwut",
  summary: "Display some computer art and the Redis version",
  since: "5.0.0",
  group: "server",
  arity: -1,
  flags: ["readonly", "fast"],
  arguments: [integer("version", { token: "VERSION", optional: true })],
  handler: lolwutHandler,
};

function timeHandler(call: Call): void {
  unimplemented(call);
}

function roleHandler(call: Call): void {
  unimplemented(call);
}

function lastsaveHandler(call: Call): void {
  unimplemented(call);
}

function lolwutHandler(call: Call): void {
  unimplemented(call);
}
