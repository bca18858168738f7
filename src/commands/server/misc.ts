/** Small facts about the server. */

import type { Call } from "../call.ts";
import { type CommandSpec, integer } from "../spec.ts";
import { lastSaveSeconds } from "./info_durability.ts";
import { lolwutHandler } from "./lolwut.ts";

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
  const microseconds = call.services.figures.wallMicroseconds();
  call.reply.texts([
    String(Math.floor(microseconds / 1e6)),
    String(microseconds % 1e6),
  ]);
}

/** Always a master without replicas, whose offset does not move. */
function roleHandler(call: Call): void {
  const { reply } = call;
  reply.array(3);
  reply.text("master");
  reply.integer(0);
  reply.array(0);
}

function lastsaveHandler(call: Call): void {
  call.reply.integer(lastSaveSeconds(call.services));
}
