/** The state of the server as text. */

import type { Call } from "../call.ts";
import { type CommandSpec, string, unimplemented } from "../spec.ts";

/** `INFO` */
export const info: CommandSpec = {
  name: "info",
  summary: "Get information and statistics about the server",
  since: "1.0.0",
  group: "server",
  complexity: "O(1)",
  arity: -1,
  flags: ["loading", "stale", "sentinel"],
  acl: ["dangerous"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_shards",
    "response_policy:special",
  ],
  history: [["7.0.0", "Added support for taking multiple section arguments."]],
  arguments: [string("section", { optional: true, multiple: true })],
  handler: infoHandler,
};

function infoHandler(call: Call): void {
  unimplemented(call);
}
