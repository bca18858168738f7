/** Optimistic locking of keys for a transaction. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  key,
  keyRange,
  MULTIPLE,
  unimplemented,
} from "../spec.ts";

/** `WATCH` */
export const watch: CommandSpec = {
  name: "watch",
  summary:
    "Watch the given keys to determine execution of the MULTI/EXEC block",
  since: "2.2.0",
  group: "transactions",
  complexity: "O(1) for every key.",
  arity: -2,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  keys: [keyRange(1, -1, 1, "RO")],
  arguments: [key("key", MULTIPLE)],
  handler: watchHandler,
};

/** `UNWATCH` */
export const unwatch: CommandSpec = {
  name: "unwatch",
  summary: "Forget about all watched keys",
  since: "2.2.0",
  group: "transactions",
  complexity: "O(1)",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  handler: unwatchHandler,
};

function watchHandler(call: Call): void {
  unimplemented(call);
}

function unwatchHandler(call: Call): void {
  unimplemented(call);
}
