/** A live stream of all commands. */

import type { Call } from "../call.ts";
import { type CommandSpec, unimplemented } from "../spec.ts";

/** `MONITOR` */
export const monitor: CommandSpec = {
  name: "monitor",
  summary: "Listen for all requests received by the server in real time",
  since: "1.0.0",
  group: "server",
  arity: 1,
  flags: ["admin", "noscript", "loading", "stale"],
  handler: monitorHandler,
};

function monitorHandler(call: Call): void {
  unimplemented(call);
}
