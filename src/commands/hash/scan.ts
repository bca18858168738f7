/** Enumerating the fields of hashes. */

import { OutOfMemory, TYPE_HASH } from "../../keyspace/mod.ts";
import {
  readScanCursor,
  readScanOptions,
  SCAN_NOVALUES,
} from "../_scan_options.ts";
import { type Call, WRONG } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  pattern,
  token,
} from "../spec.ts";

/** `HSCAN` */
export const hscan: CommandSpec = {
  name: "hscan",
  summary: "Incrementally iterate hash fields and associated values",
  since: "2.8.0",
  group: "hash",
  complexity:
    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
  arity: -3,
  flags: ["readonly"],
  acl: ["hash"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    integer("cursor"),
    pattern("pattern", { token: "MATCH", optional: true }),
    integer("count", { token: "COUNT", optional: true }),
    token("novalues", "NOVALUES", { since: "7.4.0", optional: true }),
  ],
  handler: hscanHandler,
};

function hscanHandler(call: Call): void {
  const { x } = call;
  const cursor = readScanCursor(call, 2);
  if (cursor === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) {
    call.reply.array(2);
    call.reply.text("0");
    call.reply.array(0);
    return;
  }
  const options = readScanOptions(call, 3, SCAN_NOVALUES);
  if (options === undefined) return;
  const next = x.hashScanRun(entry, cursor, options.count) >>> 0;
  // A field left out would break the promise of a complete scan.
  if (x.emittedWasLost() !== 0) throw new OutOfMemory();
  call.reply.array(2);
  call.reply.text(String(next));
  const { pattern } = options;
  if (pattern === 0) x.hashScanReply(entry, 0, -1, !options.noValues);
  else {
    x.hashScanReply(
      entry,
      call.argPtr(pattern),
      call.argLength(pattern),
      !options.noValues,
    );
  }
}
