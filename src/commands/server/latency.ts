/** Latency events and histograms. */

import type { Call } from "../call.ts";
import { type CommandSpec, string, unimplemented } from "../spec.ts";

const latencyDoctor: CommandSpec = {
  name: "doctor",
  summary: "Return a human readable latency analysis report.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  handler: latencyDoctorHandler,
};

const latencyGraph: CommandSpec = {
  name: "graph",
  summary: "Return a latency graph for the event.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 3,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  arguments: [string("event")],
  handler: latencyGraphHandler,
};

const latencyHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: latencyHelpHandler,
};

const latencyHistogram: CommandSpec = {
  name: "histogram",
  summary:
    "Return the cumulative distribution of latencies of a subset of commands or all.",
  since: "7.0.0",
  group: "server",
  complexity:
    "O(N) where N is the number of commands with latency information being retrieved.",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  arguments: [string("command", { optional: true, multiple: true })],
  handler: latencyHistogramHandler,
};

const latencyHistory: CommandSpec = {
  name: "history",
  summary: "Return timestamp-latency samples for the event.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 3,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  arguments: [string("event")],
  handler: latencyHistoryHandler,
};

const latencyLatest: CommandSpec = {
  name: "latest",
  summary: "Return the latest latency samples for all events.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  handler: latencyLatestHandler,
};

const latencyReset: CommandSpec = {
  name: "reset",
  summary: "Reset latency data for one or more events.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  arguments: [string("event", { optional: true, multiple: true })],
  handler: latencyResetHandler,
};

/** `LATENCY` */
export const latency: CommandSpec = {
  name: "latency",
  summary: "A container for latency diagnostics commands",
  since: "2.8.13",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    latencyDoctor,
    latencyGraph,
    latencyHelp,
    latencyHistogram,
    latencyHistory,
    latencyLatest,
    latencyReset,
  ],
};

function latencyDoctorHandler(call: Call): void {
  unimplemented(call);
}

function latencyGraphHandler(call: Call): void {
  unimplemented(call);
}

function latencyHelpHandler(call: Call): void {
  unimplemented(call);
}

function latencyHistogramHandler(call: Call): void {
  unimplemented(call);
}

function latencyHistoryHandler(call: Call): void {
  unimplemented(call);
}

function latencyLatestHandler(call: Call): void {
  unimplemented(call);
}

function latencyResetHandler(call: Call): void {
  unimplemented(call);
}
