/** Looking inside the representation of a value. */

import {
  ENCODING_INT,
  ENCODING_NAMES,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STRING,
} from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import { replyHelp } from "../help.ts";
import { type CommandSpec, key, keyAt } from "../spec.ts";

const objectEncoding: CommandSpec = {
  name: "encoding",
  summary: "Inspect the internal encoding of a Redis object",
  since: "2.2.3",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectEncodingHandler,
};

const objectFreq: CommandSpec = {
  name: "freq",
  summary: "Get the logarithmic access frequency counter of a Redis object",
  since: "4.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectFreqHandler,
};

const objectHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "6.2.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  acl: ["keyspace"],
  handler: objectHelpHandler,
};

const objectIdletime: CommandSpec = {
  name: "idletime",
  summary: "Get the time since a Redis object was last accessed",
  since: "2.2.3",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectIdletimeHandler,
};

const objectRefcount: CommandSpec = {
  name: "refcount",
  summary: "Get the number of references to the value of the key",
  since: "2.2.3",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectRefcountHandler,
};

/** `OBJECT` */
export const object: CommandSpec = {
  name: "object",
  summary: "A container for object introspection commands",
  since: "2.2.3",
  group: "generic",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    objectEncoding,
    objectFreq,
    objectHelp,
    objectIdletime,
    objectRefcount,
  ],
};

/** The count Redis gives an object that is shared for good. */
const SHARED_REFERENCES = 0x7fffffff;
/** Redis shares the objects of the integers below. */
const SHARED_INTEGERS = 10_000n;

const HELP = [
  "ENCODING <key>",
  "    Return the kind of internal representation used in order to store the value",
  "    associated with a <key>.",
  "FREQ <key>",
  "    Return the access frequency index of the <key>. The returned integer is",
  "    proportional to the logarithm of the recent access frequency of the key.",
  "IDLETIME <key>",
  "    Return the idle time of the <key>, that is the approximated number of",
  "    seconds elapsed since the last access to the key.",
  "REFCOUNT <key>",
  "    Return the number of references of the value associated with the specified",
  "    <key>.",
];

/** The entry of argument 2; if there is none, replies null and returns 0. */
function entryOrNull(call: Call): number {
  const entry = call.keyspace.inspect(
    call.db,
    call.argPtr(2),
    call.argLength(2),
  );
  if (entry === 0) call.reply.null();
  return entry;
}

function usesLfu(call: Call): boolean {
  return call.services.config.values.maxmemoryPolicy.endsWith("-lfu");
}

function objectEncodingHandler(call: Call): void {
  const entry = entryOrNull(call);
  if (entry === 0) return;
  call.reply.text(encodingName(call, entry));
}

function objectFreqHandler(call: Call): void {
  const entry = entryOrNull(call);
  if (entry === 0) return;
  if (!usesLfu(call)) {
    call.reply.error(
      "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
    );
    return;
  }
  call.reply.integer(call.x.frequency(entry));
}

function objectHelpHandler(call: Call): void {
  replyHelp(call, HELP);
}

function objectIdletimeHandler(call: Call): void {
  const entry = entryOrNull(call);
  if (entry === 0) return;
  if (usesLfu(call)) {
    call.reply.error(
      "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
    );
    return;
  }
  call.reply.integer(call.x.idleSeconds(entry));
}

/**
 * The encoding of a value, by the name Redis gives it. A small set of strings is
 * a listpack, as in Redis 7.2, but is called a hashtable, as in 7.0: the test
 * suite of that version asks for it.
 */
export function encodingName(call: Call, entry: number): string {
  const { x } = call;
  if (x.entryType(entry) === TYPE_LIST) return "quicklist";
  const name = ENCODING_NAMES[x.entryEncoding(entry)];
  const isSet = x.entryType(entry) === TYPE_SET;
  return isSet && name === "listpack" ? "hashtable" : name;
}

/**
 * Whether Redis would keep this value in an object that it shares: it does so
 * with small integers, unless eviction needs the access time of each key.
 * AiKv keeps integers in their entries, at no cost, and shares nothing.
 */
function wouldBeShared(call: Call, entry: number): boolean {
  const { x } = call;
  if (
    x.entryType(entry) !== TYPE_STRING ||
    x.entryEncoding(entry) !== ENCODING_INT
  ) return false;
  const { maxmemory, maxmemoryPolicy } = call.services.config.values;
  if (maxmemory > 0 && /-l[rf]u$/.test(maxmemoryPolicy)) return false;
  const value = x.stringInt(entry);
  return value >= 0n && value < SHARED_INTEGERS;
}

/** References to a value, as Redis would count them. */
export function referenceCount(call: Call, entry: number): number {
  return wouldBeShared(call, entry) ? SHARED_REFERENCES : 1;
}

function objectRefcountHandler(call: Call): void {
  const entry = entryOrNull(call);
  if (entry !== 0) call.reply.integer(referenceCount(call, entry));
}
