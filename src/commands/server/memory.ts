/** Memory use, of the server and of a key. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { replyHelp } from "../help.ts";
import { type CommandSpec, integer, key, keyAt } from "../spec.ts";
import { allocatorReport } from "./memory_allocator.ts";
import { memoryReport } from "./memory_doctor.ts";
import { type MemoryOverhead, memoryOverhead } from "./memory_overhead.ts";

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

/** Of a key's slot in its database's table: pointer and tag. */
const SLOT_BYTES = 5;
/** Of a key's node in the expiry index. */
const EXPIRY_NODE_BYTES = 12;

/** Entries freed between two looks at whether there are more. */
const PURGE_BATCH = 1024;

const HELP = [
  "DOCTOR",
  "    Return memory problems reports.",
  "MALLOC-STATS",
  "    Return internal statistics report from the memory allocator.",
  "PURGE",
  "    Attempt to purge dirty pages for reclamation by the allocator.",
  "STATS",
  "    Return information about the memory usage of the server.",
  "USAGE <key> [SAMPLES <count>]",
  "    Return memory in bytes used by <key> and its value. Nested values are",
  "    sampled up to <count> times (default: 5, 0 means sample all).",
];

function memoryDoctorHandler(call: Call): void {
  call.reply.verbatim(memoryReport(call.services));
}

function memoryHelpHandler(call: Call): void {
  replyHelp(call, HELP);
}

function memoryMallocStatsHandler(call: Call): void {
  call.reply.verbatim(allocatorReport(call.core));
}

/**
 * Frees at once what flushed databases still hold. Pages cannot be given back
 * to the system (WebAssembly's memory only grows); they are used again.
 */
function memoryPurgeHandler(call: Call): void {
  const { x, keyspace } = call;
  const before = x.retiredCount();
  while (x.retiredFree(PURGE_BATCH) !== 0);
  keyspace.stats.lazyFreedKeys += before - x.retiredCount();
  call.reply.ok();
}

function memoryStatsHandler(call: Call): void {
  const memory = memoryOverhead(call.services);
  const fields = [...useFields(memory), ...ratioFields(memory)];
  const { reply } = call;
  reply.map(fields.length + memory.databases.length);
  for (const [name, value, isDouble] of fields) {
    // After the caches of functions, Redis lists the databases.
    if (name === "overhead.db.hashtable.lut") databaseFields(call, memory);
    reply.text(name);
    if (isDouble === true) reply.double(value);
    else reply.integer(value);
  }
}

/** A name, its value, and whether that is a double. */
type StatsField = readonly [name: string, value: number, isDouble?: true];

function databaseFields({ reply }: Call, memory: MemoryOverhead): void {
  for (const { db, main, expires } of memory.databases) {
    reply.text(`db.${db}`);
    reply.map(3);
    reply.text("overhead.hashtable.main");
    reply.integer(main);
    reply.text("overhead.hashtable.expires");
    reply.integer(expires);
    reply.text("overhead.hashtable.slot-to-keys");
    reply.integer(0);
  }
}

function useFields(memory: MemoryOverhead): StatsField[] {
  return [
    ["peak.allocated", memory.peak],
    ["total.allocated", memory.used],
    ["startup.allocated", memory.startup],
    ["replication.backlog", 0],
    ["clients.slaves", 0],
    ["clients.normal", memory.clients],
    ["cluster.links", 0],
    ["aof.buffer", 0],
    ["lua.caches", 0],
    ["functions.caches", 0],
    ["overhead.db.hashtable.lut", memory.tables],
    ["overhead.db.hashtable.rehashing", memory.rehashing],
    ["overhead.total", memory.overhead],
    ["db.dict.rehashing.count", memory.rehashingCount],
    ["keys.count", memory.keys],
    ["keys.bytes-per-key", memory.bytesPerKey],
    ["dataset.bytes", memory.dataset],
    ["dataset.percentage", memory.datasetPercent, true],
    ["peak.percentage", memory.peakPercent, true],
  ];
}

function ratioFields(memory: MemoryOverhead): StatsField[] {
  const { used, active, reserved, resident } = memory;
  return [
    ["allocator.allocated", used],
    ["allocator.active", active],
    ["allocator.resident", reserved],
    ["allocator.muzzy", 0],
    ["allocator-fragmentation.ratio", active / used, true],
    ["allocator-fragmentation.bytes", active - used],
    ["allocator-rss.ratio", reserved / active, true],
    ["allocator-rss.bytes", reserved - active],
    ["rss-overhead.ratio", resident / reserved, true],
    ["rss-overhead.bytes", resident - reserved],
    ["fragmentation", resident / used, true],
    ["fragmentation.bytes", resident - used],
  ];
}

/**
 * Bytes of the key's own blocks and its places in the tables, exactly. A key
 * past its time counts as long as it is there. Samples are checked and not
 * needed: nothing has to be estimated.
 */
function memoryUsageHandler(call: Call): void {
  for (let i = 3; i < call.argc; i += 2) {
    if (!call.argIs(i, "samples") || i + 1 >= call.argc) {
      call.reply.error(errors.SYNTAX);
      return;
    }
    const samples = call.needInteger(i + 1);
    if (samples === undefined) return;
    if (samples < 0n) {
      call.reply.error(errors.SYNTAX);
      return;
    }
  }
  const { x } = call;
  const entry = x.find(call.db, call.argPtr(2), call.argLength(2));
  if (entry === 0) {
    call.reply.null();
    return;
  }
  const expires = x.expiryOf(entry) !== -1n;
  call.reply.integer(
    x.entryUsage(entry) + SLOT_BYTES +
      (expires ? EXPIRY_NODE_BYTES : 0),
  );
}
