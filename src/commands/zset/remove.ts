/** Removing members from sorted sets. */

import { OutOfMemory, TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import {
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  MULTIPLE,
  string,
} from "../spec.ts";
import { type RangeKind, readRange, spanOf } from "./_ranges.ts";

/** `ZREM` */
export const zrem: CommandSpec = {
  name: "zrem",
  summary: "Remove one or more members from a sorted set",
  since: "1.2.0",
  group: "sorted-set",
  complexity:
    "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["sortedset"],
  history: [["2.4.0", "Accepts multiple elements."]],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: zremHandler,
};

/** `ZREMRANGEBYLEX` */
export const zremrangebylex: CommandSpec = {
  name: "zremrangebylex",
  summary:
    "Remove all members in a sorted set between the given lexicographical range",
  since: "2.8.9",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
  arity: 4,
  flags: ["write"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), string("min"), string("max")],
  handler: zremrangebylexHandler,
};

/** `ZREMRANGEBYRANK` */
export const zremrangebyrank: CommandSpec = {
  name: "zremrangebyrank",
  summary: "Remove all members in a sorted set within the given indexes",
  since: "2.0.0",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
  arity: 4,
  flags: ["write"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), integer("start"), integer("stop")],
  handler: zremrangebyrankHandler,
};

/** `ZREMRANGEBYSCORE` */
export const zremrangebyscore: CommandSpec = {
  name: "zremrangebyscore",
  summary: "Remove all members in a sorted set within the given scores",
  since: "1.2.0",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
  arity: 4,
  flags: ["write"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), double("min"), double("max")],
  handler: zremrangebyscoreHandler,
};

function zremHandler(call: Call): void {
  const { x } = call;
  const entry = call.lookupWriteOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  const removed = entry === 0 ? 0 : x.zremRun(call.db, entry);
  if (removed < 0) throw new OutOfMemory();
  if (removed > 0) {
    call.notify("zset", "zrem", 1);
    call.removeIfEmpty(entry, 1, x.zsetCount(entry));
  }
  call.reply.integer(removed);
}

function zremrangebylexHandler(call: Call): void {
  removeRange(call, "lex");
}

function zremrangebyrankHandler(call: Call): void {
  removeRange(call, "rank");
}

function zremrangebyscoreHandler(call: Call): void {
  removeRange(call, "score");
}

function removeRange(call: Call, kind: RangeKind): void {
  const { x } = call;
  const range = readRange(call, kind, 2, 3);
  if (range === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  if (entry === 0) {
    call.reply.integer(0);
    return;
  }
  const { start, count } = spanOf(call, entry, range, false);
  if (count > 0) {
    call.keyspace.need(x.zsetRemoveRange(call.db, entry, start, count));
    call.notify("zset", call.entry.fullName, 1);
    call.removeIfEmpty(entry, 1, x.zsetCount(entry));
  }
  call.reply.integer(count);
}
