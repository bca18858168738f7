/** Operations on whole bitmaps. */

import { TYPE_STRING } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, key, keyAt, keyRange, string } from "../spec.ts";
import { notifyStored } from "../string/_values.ts";

/** The operations, by the numbers the core gives them. */
const OPERATIONS = ["and", "or", "xor", "not"] as const;
const NOT = OPERATIONS.indexOf("not");

/** The first of the source keys. */
const FIRST_SOURCE = 3;

/** `BITOP` */
export const bitop: CommandSpec = {
  name: "bitop",
  summary: "Perform bitwise operations between strings",
  since: "2.6.0",
  group: "bitmap",
  complexity: "O(N)",
  arity: -4,
  flags: ["write", "denyoom"],
  acl: ["bitmap"],
  keys: [keyAt(2, "OW", "update"), keyRange(3, -1, 1, "RO", "access")],
  arguments: [
    string("operation"),
    key("destkey"),
    key("key", { keySpecIndex: 1, multiple: true }),
  ],
  handler: bitopHandler,
};

function bitopHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const operation = OPERATIONS.findIndex((name) => call.argIs(1, name));
  if (operation < 0) {
    reply.error(errors.SYNTAX);
    return;
  }
  if (operation === NOT && call.argc !== 4) {
    reply.error("ERR BITOP NOT must be called with a single source key.");
    return;
  }
  const sources: number[] = [];
  let length = 0;
  for (let index = FIRST_SOURCE; index < call.argc; index++) {
    const entry = call.lookupReadOf(index, TYPE_STRING);
    if (entry === WRONG) return;
    sources.push(entry);
    if (entry !== 0) length = Math.max(length, x.stringLength(entry) >>> 0);
  }
  if (length === 0) {
    // Redis does not look whether it has expired, either: the event is `del`.
    const old = x.find(call.db, x.argPtr(2), x.argLength(2));
    if (old !== 0) {
      keyspace.need(x.deleteEntry(call.db, old));
      call.notify("generic", "del", 2);
    }
    reply.integer(0);
    return;
  }
  const isNew = call.lookupWrite(2) === 0;
  keyspace.need(
    x.bitmapOp(
      call.db,
      x.argPtr(2),
      x.argLength(2),
      operation,
      keyspace.need(putEntries(call, sources)),
      sources.length,
      length,
    ),
  );
  notifyStored(call, 2, isNew, "set");
  reply.integer(length);
}

/** Puts the entries where the core can read them; 0 when out of memory. */
function putEntries(call: Call, entries: readonly number[]): number {
  const { core } = call;
  const ptr = core.scratch(entries.length * 4);
  if (ptr !== 0) core.i32.set(entries, (ptr >>> 0) >>> 2);
  return ptr;
}
