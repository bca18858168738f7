/** Counting distinct elements approximately. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  key,
  keyAt,
  keyRange,
  MULTIPLE,
  string,
} from "../spec.ts";
import { notifyStored } from "../string/_values.ts";
import {
  checkHyperLogLog,
  CORRUPT,
  isDone,
  sparseBytesMax,
} from "./_values.ts";

/** `PFADD` */
export const pfadd: CommandSpec = {
  name: "pfadd",
  summary: "Adds the specified elements to the specified HyperLogLog.",
  since: "2.8.9",
  group: "hyperloglog",
  complexity: "O(1) to add every element.",
  arity: -2,
  flags: ["write", "denyoom", "fast"],
  acl: ["hyperloglog"],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [
    key("key"),
    string("element", { optional: true, multiple: true }),
  ],
  handler: pfaddHandler,
};

/** `PFCOUNT` */
export const pfcount: CommandSpec = {
  name: "pfcount",
  summary:
    "Return the approximated cardinality of the set(s) observed by the HyperLogLog at key(s).",
  since: "2.8.9",
  group: "hyperloglog",
  complexity:
    "O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.",
  arity: -2,
  flags: ["readonly", "may_replicate"],
  acl: ["hyperloglog"],
  keys: [{
    ...keyRange(1, -1, 1, "RW", "access"),
    notes:
      "RW because it may change the internal representation of the key, and propagate to replicas",
  }],
  arguments: [key("key", MULTIPLE)],
  handler: pfcountHandler,
};

/** `PFMERGE` */
export const pfmerge: CommandSpec = {
  name: "pfmerge",
  summary: "Merge N different HyperLogLogs into a single one.",
  since: "2.8.9",
  group: "hyperloglog",
  complexity: "O(N) to merge N HyperLogLogs, but with high constant times.",
  arity: -2,
  flags: ["write", "denyoom"],
  acl: ["hyperloglog"],
  keys: [
    keyAt(1, "RW", "access", "insert"),
    keyRange(2, -1, 1, "RO", "access"),
  ],
  arguments: [
    key("destkey"),
    key("sourcekey", { keySpecIndex: 1, multiple: true }),
  ],
  handler: pfmergeHandler,
};

function pfaddHandler(call: Call): void {
  const entry = call.lookupWrite(1);
  if (entry !== 0 && !checkHyperLogLog(call, entry)) return;
  const changes = call.x.hllAdd(call.db, entry, sparseBytesMax(call));
  if (!isDone(call, changes)) return;
  if (changes > 0) notifyStored(call, 1, entry === 0, "pfadd");
  call.reply.flag(changes > 0);
}

function pfcountHandler(call: Call): void {
  const { reply, x } = call;
  if (call.argc > 2) {
    if (uniteAll(call)) x.hllUnionReply();
    return;
  }
  const entry = call.lookupRead(1);
  if (entry === 0) {
    reply.integer(0);
    return;
  }
  if (!checkHyperLogLog(call, entry)) return;
  if (x.hllCount(call.db, entry)) x.hllCountReply();
  else reply.error(CORRUPT);
}

/** Unites what the keys hold in the core; false if an error was replied. */
function uniteAll(call: Call): boolean {
  const { x } = call;
  x.hllUnionBegin();
  for (let index = 1; index < call.argc; index++) {
    const entry = call.lookupRead(index);
    if (entry === 0) continue;
    if (!checkHyperLogLog(call, entry)) return false;
    if (!x.hllUnionAdd(entry)) {
      call.reply.error(CORRUPT);
      return false;
    }
  }
  return true;
}

function pfmergeHandler(call: Call): void {
  const { x } = call;
  if (!uniteAll(call)) return;
  const entry = call.lookupWrite(1);
  call.keyspace.need(
    x.hllUnionStore(
      call.db,
      x.argPtr(1),
      x.argLength(1),
      entry,
      sparseBytesMax(call),
    ),
  );
  notifyStored(call, 1, entry === 0, "pfadd");
  call.reply.ok();
}
