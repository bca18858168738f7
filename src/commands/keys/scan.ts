/** Enumerating the key space. */

import { OutOfMemory, TYPE_NAMES } from "../../keyspace/mod.ts";
import {
  readScanCursor,
  readScanOptions,
  SCAN_TYPE,
} from "../_scan_options.ts";
import type { Call } from "../call.ts";
import { type CommandSpec, integer, pattern, string } from "../spec.ts";

/** `SCAN` */
export const scan: CommandSpec = {
  name: "scan",
  summary: "Incrementally iterate the keys space",
  since: "2.8.0",
  group: "generic",
  complexity:
    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
  arity: -2,
  flags: ["readonly", "touches_arbitrary_keys"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output", "request_policy:special"],
  history: [["6.0.0", "Added the `TYPE` subcommand."]],
  arguments: [
    integer("cursor"),
    pattern("pattern", { token: "MATCH", optional: true }),
    integer("count", { token: "COUNT", optional: true }),
    string("type", { token: "TYPE", since: "6.0.0", optional: true }),
  ],
  handler: scanHandler,
};

/** `KEYS` */
export const keys: CommandSpec = {
  name: "keys",
  summary: "Find all keys matching the given pattern",
  since: "1.0.0",
  group: "generic",
  complexity:
    "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.",
  arity: 2,
  flags: ["readonly"],
  acl: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "nondeterministic_output_order"],
  arguments: [pattern("pattern")],
  handler: keysHandler,
};

/** `RANDOMKEY` */
export const randomkey: CommandSpec = {
  name: "randomkey",
  summary: "Return a random key from the keyspace",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 1,
  flags: ["readonly", "touches_arbitrary_keys"],
  acl: ["keyspace"],
  tips: ["request_policy:all_shards", "nondeterministic_output"],
  handler: randomkeyHandler,
};

/** What scanFilter takes for "any type", and a number that is no type. */
const ANY_TYPE = -1;
const NO_TYPE = 255;

/** Keys past their time that RANDOMKEY puts up with while they may not be removed. */
const RANDOM_TRIES_MAX = 100;

function typeNumber(name: string): number {
  const type = (TYPE_NAMES as readonly string[]).indexOf(name);
  return type < 0 ? NO_TYPE : type;
}

function scanHandler(call: Call): void {
  const { x, keyspace, db } = call;
  const cursor = readScanCursor(call, 1);
  if (cursor === undefined) return;
  const options = readScanOptions(call, 2, SCAN_TYPE);
  if (options === undefined) return;
  const { pattern } = options;
  const type = options.type === 0
    ? ANY_TYPE
    : typeNumber(call.argWord(options.type));
  const next = x.scanRun(db, cursor, options.count) >>> 0;
  // A key left out would break the promise of a complete scan.
  if (x.emittedWasLost() !== 0) throw new OutOfMemory();
  const kept = pattern === 0
    ? x.scanFilter(0, -1, type)
    : x.scanFilter(call.argPtr(pattern), call.argLength(pattern), type);
  if (!keyspace.isExpiryPaused) {
    const total = x.emittedTotal();
    for (let i = kept; i < total; i++) keyspace.expireEntry(db, x.emittedAt(i));
  }
  call.reply.array(2);
  call.reply.text(String(next));
  call.reply.array(kept);
  x.scanReply(kept);
}

function keysHandler(call: Call): void {
  const mark = call.reply.deferred();
  const found = call.x.keysReply(call.db, call.argPtr(1), call.argLength(1));
  call.reply.deferredArray(mark, found);
}

/** A random entry that is not past its time; 0 if there is none. */
function randomEntry(call: Call): number {
  const { x, keyspace, db } = call;
  for (let tries = 1;; tries++) {
    const entry = x.dictRandom(x.databaseDict(db));
    if (entry === 0 || x.isExpired(entry) === 0) return entry;
    if (!keyspace.isExpiryPaused) keyspace.expireEntry(db, entry);
    else if (tries === RANDOM_TRIES_MAX) return entry;
  }
}

function randomkeyHandler(call: Call): void {
  const entry = randomEntry(call);
  if (entry === 0) {
    call.reply.null();
    return;
  }
  call.reply.bulk(call.x.entryKey(entry), call.x.entryKeyLength(entry));
}
