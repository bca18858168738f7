/** Stopping the server. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  oneOf,
  OPTIONAL,
  token,
  unimplemented,
} from "../spec.ts";

/** `SHUTDOWN` */
export const shutdown: CommandSpec = {
  name: "shutdown",
  summary:
    "Synchronously save the dataset to disk and then shut down the server",
  since: "1.0.0",
  group: "server",
  complexity:
    "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
  arity: -1,
  flags: [
    "admin",
    "noscript",
    "loading",
    "stale",
    "sentinel",
    "no_multi",
    "allow_busy",
  ],
  history: [["7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers."]],
  arguments: [
    oneOf(
      "nosave_save",
      [token("nosave", "NOSAVE"), token("save", "SAVE")],
      OPTIONAL,
    ),
    token("now", "NOW", { since: "7.0.0", optional: true }),
    token("force", "FORCE", { since: "7.0.0", optional: true }),
    token("abort", "ABORT", { since: "7.0.0", optional: true }),
  ],
  handler: shutdownHandler,
};

function shutdownHandler(call: Call): void {
  unimplemented(call);
}
