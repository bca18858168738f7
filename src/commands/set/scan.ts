/** Walking over a set. */

import { OutOfMemory, TYPE_SET } from "../../keyspace/mod.ts";
import { readScanCursor, readScanOptions } from "../_scan_options.ts";
import { type Call, WRONG } from "../call.ts";
import { type CommandSpec, integer, key, keyAt, pattern } from "../spec.ts";

/** `SSCAN` */
export const sscan: CommandSpec = {
  name: "sscan",
  summary: "Incrementally iterate Set elements",
  since: "2.8.0",
  group: "set",
  complexity:
    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
  arity: -3,
  flags: ["readonly"],
  acl: ["set"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    integer("cursor"),
    pattern("pattern", { token: "MATCH", optional: true }),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: sscanHandler,
};

function sscanHandler(call: Call): void {
  const { reply, x } = call;
  const cursor = readScanCursor(call, 2);
  if (cursor === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_SET);
  if (entry === WRONG) return;
  if (entry === 0) {
    // As Redis: what stands behind the cursor is not even read.
    reply.array(2);
    reply.text("0");
    reply.array(0);
    return;
  }
  const options = readScanOptions(call, 3, 0);
  if (options === undefined) return;
  const { pattern, count } = options;
  const next = x.setScanRun(entry, cursor, count) >>> 0;
  // A member left out would break the promise of a complete scan.
  if (x.emittedWasLost() !== 0) throw new OutOfMemory();
  reply.array(2);
  reply.text(String(next));
  const mark = reply.deferred();
  const found = pattern === 0
    ? x.setScanReply(entry, 0, -1)
    : x.setScanReply(entry, call.argPtr(pattern), call.argLength(pattern));
  reply.deferredArray(mark, found);
}
