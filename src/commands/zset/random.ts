/** Members of sorted sets in no order: drawn at random, or a few at a time. */

import { OutOfMemory, TYPE_ZSET } from "../../keyspace/mod.ts";
import { readScanCursor, readScanOptions } from "../_scan_options.ts";
import { type Call, WRONG } from "../call.ts";
import {
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  OPTIONAL,
  pattern,
  token,
} from "../spec.ts";
import { refuseSyntax } from "./_ranges.ts";
import { BARE, SCORES } from "./_replies.ts";

/** Half of the largest count that Redis takes. */
const COUNT_MAX = 2n ** 62n - 1n;

/** Draws that hit a member drawn before are rare while so many times as many are left. */
const SPARSE = 3;

/** `ZRANDMEMBER` */
export const zrandmember: CommandSpec = {
  name: "zrandmember",
  summary: "Get one or multiple random elements from a sorted set",
  since: "6.2.0",
  group: "sorted-set",
  complexity: "O(N) where N is the number of elements returned",
  arity: -2,
  flags: ["readonly"],
  acl: ["sortedset"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    block("options", [
      integer("count"),
      token("withscores", "WITHSCORES", OPTIONAL),
    ], OPTIONAL),
  ],
  handler: zrandmemberHandler,
};

/** `ZSCAN` */
export const zscan: CommandSpec = {
  name: "zscan",
  summary: "Incrementally iterate sorted sets elements and associated scores",
  since: "2.8.0",
  group: "sorted-set",
  complexity:
    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
  arity: -3,
  flags: ["readonly"],
  acl: ["sortedset"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    integer("cursor"),
    pattern("pattern", { token: "MATCH", optional: true }),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: zscanHandler,
};

function zrandmemberHandler(call: Call): void {
  const { reply, x } = call;
  if (call.argc === 2) {
    const entry = call.lookupReadOf(1, TYPE_ZSET);
    if (entry === WRONG) return;
    if (entry === 0) reply.null();
    else x.zrangeReply(entry, drawBelow(call, x.zsetCount(entry)), 1, BARE);
    return;
  }
  const count = call.needNegatable(2);
  if (count === undefined) return;
  const withScores = call.argc === 4 && call.argIs(3, "withscores");
  if (call.argc > 4 || (call.argc === 4 && !withScores)) {
    refuseSyntax(call);
    return;
  }
  if (withScores && (count > COUNT_MAX || count < -COUNT_MAX)) {
    reply.error("ERR value is out of range");
    return;
  }
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  if (entry === 0) {
    reply.array(0);
    return;
  }
  const flags = withScores ? SCORES : 0;
  if (count < 0n) replyDraws(call, entry, -Number(count), flags);
  else replyDistinct(call, entry, Number(count), flags);
}

/** A number from 0 to below a limit. */
function drawBelow(call: Call, limit: number): number {
  return Math.floor((call.x.random32() >>> 0) / 2 ** 32 * (limit >>> 0));
}

/** The header of that many members with what the flags ask for. */
function replyHeader(call: Call, count: number, flags: number): void {
  const isFlat = (flags & SCORES) !== 0 && call.x.replyProtocol() === 2;
  call.reply.array(isFlat ? count * 2 : count);
}

/** Members that may come more than once. */
function replyDraws(
  call: Call,
  entry: number,
  count: number,
  flags: number,
): void {
  const { x } = call;
  const length = x.zsetCount(entry) >>> 0;
  replyHeader(call, count, flags);
  for (let i = 0; i < count; i++) {
    x.zrangeReply(entry, drawBelow(call, length), 1, flags | BARE);
  }
}

/** Members none of which comes twice; all, if that many are asked for. */
function replyDistinct(
  call: Call,
  entry: number,
  count: number,
  flags: number,
): void {
  const { x } = call;
  const length = x.zsetCount(entry) >>> 0;
  if (count >= length) {
    x.zrangeReply(entry, 0, length, flags);
    return;
  }
  replyHeader(call, count, flags);
  if (count * SPARSE < length) {
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(drawBelow(call, length));
    for (const rank of drawn) x.zrangeReply(entry, rank, 1, flags | BARE);
    return;
  }
  // Of those left, each is as likely to be among those still wanted.
  let wanted = count;
  for (let rank = 0; wanted > 0; rank++) {
    if (drawBelow(call, length - rank) >= wanted) continue;
    x.zrangeReply(entry, rank, 1, flags | BARE);
    wanted--;
  }
}

function zscanHandler(call: Call): void {
  const { reply, x } = call;
  const cursor = readScanCursor(call, 2);
  if (cursor === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  if (entry === 0) {
    reply.array(2);
    reply.text("0");
    reply.array(0);
    return;
  }
  const options = readScanOptions(call, 3, 0);
  if (options === undefined) return;
  const next = x.zscanRun(entry, cursor, options.count) >>> 0;
  // A member left out would break the promise of a complete scan.
  if (x.emittedWasLost() !== 0) throw new OutOfMemory();
  reply.array(2);
  reply.text(String(next));
  const { pattern } = options;
  const mark = reply.deferred();
  const count = pattern === 0
    ? x.zscanReply(entry, 0, -1)
    : x.zscanReply(entry, call.argPtr(pattern), call.argLength(pattern));
  reply.deferredArray(mark, count >>> 0);
}
