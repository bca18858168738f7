/** Tools for tests and for developers. */

import type { Call } from "../call.ts";
import { type CommandSpec, unimplemented } from "../spec.ts";

/** `DEBUG` */
export const debug: CommandSpec = {
  name: "debug",
  summary: "A container for debugging commands",
  since: "1.0.0",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale", "protected"],
  docFlags: ["syscmd"],
  handler: debugHandler,
};

function debugHandler(call: Call): void {
  unimplemented(call);
}
