/** The log of slow commands. */

import type { Call } from "../call.ts";
import { type CommandSpec, integer, OPTIONAL, unimplemented } from "../spec.ts";

const slowlogGet: CommandSpec = {
  name: "get",
  summary: "Get the slow log's entries",
  since: "2.2.12",
  group: "server",
  complexity: "O(N) where N is the number of entries returned",
  arity: -2,
  flags: ["admin", "loading", "stale"],
  tips: ["request_policy:all_nodes", "nondeterministic_output"],
  history: [["4.0.0", "Added client IP address, port and name to the reply."]],
  arguments: [integer("count", OPTIONAL)],
  handler: slowlogGetHandler,
};

const slowlogHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "6.2.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: slowlogHelpHandler,
};

const slowlogLen: CommandSpec = {
  name: "len",
  summary: "Get the slow log's length",
  since: "2.2.12",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "loading", "stale"],
  tips: [
    "request_policy:all_nodes",
    "response_policy:agg_sum",
    "nondeterministic_output",
  ],
  handler: slowlogLenHandler,
};

const slowlogReset: CommandSpec = {
  name: "reset",
  summary: "Clear all entries from the slow log",
  since: "2.2.12",
  group: "server",
  complexity: "O(N) where N is the number of entries in the slowlog",
  arity: 2,
  flags: ["admin", "loading", "stale"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  handler: slowlogResetHandler,
};

/** `SLOWLOG` */
export const slowlog: CommandSpec = {
  name: "slowlog",
  summary: "A container for slow log commands",
  since: "2.2.12",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [slowlogGet, slowlogHelp, slowlogLen, slowlogReset],
};

function slowlogGetHandler(call: Call): void {
  unimplemented(call);
}

function slowlogHelpHandler(call: Call): void {
  unimplemented(call);
}

function slowlogLenHandler(call: Call): void {
  unimplemented(call);
}

function slowlogResetHandler(call: Call): void {
  unimplemented(call);
}
