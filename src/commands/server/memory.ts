/** Memory use, of the server and of a key. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  unimplemented,
} from "../spec.ts";

const memoryDoctor: CommandSpec = {
  name: "doctor",
  summary: "Outputs memory problems report",
  since: "4.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: [],
  tips: [
    "nondeterministic_output",
    "request_policy:all_shards",
    "response_policy:special",
  ],
  handler: memoryDoctorHandler,
};

const memoryHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "4.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: memoryHelpHandler,
};

const memoryMallocStats: CommandSpec = {
  name: "malloc-stats",
  summary: "Show allocator internal stats",
  since: "4.0.0",
  group: "server",
  complexity: "Depends on how much memory is allocated, could be slow",
  arity: 2,
  flags: [],
  tips: [
    "nondeterministic_output",
    "request_policy:all_shards",
    "response_policy:special",
  ],
  handler: memoryMallocStatsHandler,
};

const memoryPurge: CommandSpec = {
  name: "purge",
  summary: "Ask the allocator to release memory",
  since: "4.0.0",
  group: "server",
  complexity: "Depends on how much memory is allocated, could be slow",
  arity: 2,
  flags: [],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  handler: memoryPurgeHandler,
};

const memoryStats: CommandSpec = {
  name: "stats",
  summary: "Show memory usage details",
  since: "4.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: [],
  tips: [
    "nondeterministic_output",
    "request_policy:all_shards",
    "response_policy:special",
  ],
  handler: memoryStatsHandler,
};

const memoryUsage: CommandSpec = {
  name: "usage",
  summary: "Estimate the memory usage of a key",
  since: "4.0.0",
  group: "server",
  complexity: "O(N) where N is the number of samples.",
  arity: -3,
  flags: ["readonly"],
  keys: [keyAt(2, "RO")],
  arguments: [
    key("key"),
    integer("count", { token: "SAMPLES", optional: true }),
  ],
  handler: memoryUsageHandler,
};

/** `MEMORY` */
export const memory: CommandSpec = {
  name: "memory",
  summary: "A container for memory diagnostics commands",
  since: "4.0.0",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    memoryDoctor,
    memoryHelp,
    memoryMallocStats,
    memoryPurge,
    memoryStats,
    memoryUsage,
  ],
};

function memoryDoctorHandler(call: Call): void {
  unimplemented(call);
}

function memoryHelpHandler(call: Call): void {
  unimplemented(call);
}

function memoryMallocStatsHandler(call: Call): void {
  unimplemented(call);
}

function memoryPurgeHandler(call: Call): void {
  unimplemented(call);
}

function memoryStatsHandler(call: Call): void {
  unimplemented(call);
}

function memoryUsageHandler(call: Call): void {
  unimplemented(call);
}
