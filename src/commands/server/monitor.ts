/** A live stream of all commands. */

import type { Call } from "../call.ts";
import type { CommandSpec } from "../spec.ts";

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
  // Inside EXEC and scripts a reply a command is expected, and no more.
  if (call.x.frameDepth() > 0) {
    call.reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
    return;
  }
  if (call.client.isMonitor) return;
  call.services.monitors.add(call.client);
  call.reply.ok();
}
