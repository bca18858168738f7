/** Queueing commands and running them as one. */

import type { Call } from "../call.ts";
import { type CommandSpec, unimplemented } from "../spec.ts";

/** `MULTI` */
export const multi: CommandSpec = {
  name: "multi",
  summary: "Mark the start of a transaction block",
  since: "1.2.0",
  group: "transactions",
  complexity: "O(1)",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  handler: multiHandler,
};

/** `EXEC` */
export const exec: CommandSpec = {
  name: "exec",
  summary: "Execute all commands issued after MULTI",
  since: "1.2.0",
  group: "transactions",
  complexity: "Depends on commands in the transaction",
  arity: 1,
  flags: ["noscript", "loading", "stale", "skip_slowlog"],
  acl: ["transaction"],
  handler: execHandler,
};

/** `DISCARD` */
export const discard: CommandSpec = {
  name: "discard",
  summary: "Discard all commands issued after MULTI",
  since: "2.0.0",
  group: "transactions",
  complexity: "O(N), when N is the number of queued commands",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  handler: discardHandler,
};

function multiHandler(call: Call): void {
  unimplemented(call);
}

function execHandler(call: Call): void {
  unimplemented(call);
}

function discardHandler(call: Call): void {
  unimplemented(call);
}
