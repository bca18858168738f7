/** Taking the members with the lowest or highest scores, and waiting for some. */

import { TYPE_ZSET } from "../../keyspace/mod.ts";
import { readTimeout } from "../_timeout.ts";
import { type Call, WRONG } from "../call.ts";
import {
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  keyRange,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  token,
} from "../spec.ts";
import { countedKeys } from "./_keys.ts";
import { readCount, refuseSyntax } from "./_ranges.ts";
import { BARE, FLAT, PAIRS, REVERSE, SCORES } from "./_replies.ts";

/** What is taken from the first key that has any. */
interface PopOptions {
  readonly isMax: boolean;
  readonly count: number;
  /** Argument indexes of the keys. */
  readonly firstKey: number;
  readonly keyCount: number;
  /** Replied as an array of key and pairs; else key, member and score. */
  readonly isNested: boolean;
}

/** `BZMPOP` */
export const bzmpop: CommandSpec = {
  name: "bzmpop",
  summary:
    "Remove and return members with scores in a sorted set or block until one is available",
  since: "7.0.0",
  group: "sorted-set",
  complexity:
    "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
  arity: -5,
  flags: ["write", "blocking"],
  acl: ["sortedset"],
  keys: [countedKeys(2, "RW", "access", "delete")],
  arguments: [
    double("timeout"),
    integer("numkeys"),
    key("key", MULTIPLE),
    oneOf("where", [token("min", "MIN"), token("max", "MAX")]),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: bzmpopHandler,
};

/** `BZPOPMAX` */
export const bzpopmax: CommandSpec = {
  name: "bzpopmax",
  summary:
    "Remove and return the member with the highest score from one or more sorted sets, or block until one is available",
  since: "5.0.0",
  group: "sorted-set",
  complexity:
    "O(log(N)) with N being the number of elements in the sorted set.",
  arity: -3,
  flags: ["write", "noscript", "blocking", "fast"],
  acl: ["sortedset"],
  history: [[
    "6.0.0",
    "`timeout` is interpreted as a double instead of an integer.",
  ]],
  keys: [keyRange(1, -2, 1, "RW", "access", "delete")],
  arguments: [key("key", MULTIPLE), double("timeout")],
  handler: bzpopmaxHandler,
};

/** `BZPOPMIN` */
export const bzpopmin: CommandSpec = {
  name: "bzpopmin",
  summary:
    "Remove and return the member with the lowest score from one or more sorted sets, or block until one is available",
  since: "5.0.0",
  group: "sorted-set",
  complexity:
    "O(log(N)) with N being the number of elements in the sorted set.",
  arity: -3,
  flags: ["write", "noscript", "blocking", "fast"],
  acl: ["sortedset"],
  history: [[
    "6.0.0",
    "`timeout` is interpreted as a double instead of an integer.",
  ]],
  keys: [keyRange(1, -2, 1, "RW", "access", "delete")],
  arguments: [key("key", MULTIPLE), double("timeout")],
  handler: bzpopminHandler,
};

/** `ZMPOP` */
export const zmpop: CommandSpec = {
  name: "zmpop",
  summary: "Remove and return members with scores in a sorted set",
  since: "7.0.0",
  group: "sorted-set",
  complexity:
    "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
  arity: -4,
  flags: ["write"],
  acl: ["sortedset"],
  keys: [countedKeys(1, "RW", "access", "delete")],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    oneOf("where", [token("min", "MIN"), token("max", "MAX")]),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: zmpopHandler,
};

/** `ZPOPMAX` */
export const zpopmax: CommandSpec = {
  name: "zpopmax",
  summary: "Remove and return members with the highest scores in a sorted set",
  since: "5.0.0",
  group: "sorted-set",
  complexity:
    "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [key("key"), integer("count", OPTIONAL)],
  handler: zpopmaxHandler,
};

/** `ZPOPMIN` */
export const zpopmin: CommandSpec = {
  name: "zpopmin",
  summary: "Remove and return members with the lowest scores in a sorted set",
  since: "5.0.0",
  group: "sorted-set",
  complexity:
    "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [key("key"), integer("count", OPTIONAL)],
  handler: zpopminHandler,
};

function zpopminHandler(call: Call): void {
  popOne(call, false);
}

function zpopmaxHandler(call: Call): void {
  popOne(call, true);
}

function bzpopminHandler(call: Call): void {
  popBlocking(call, false);
}

function bzpopmaxHandler(call: Call): void {
  popBlocking(call, true);
}

function zmpopHandler(call: Call): void {
  const options = readMultiple(call, 1);
  if (options === undefined) return;
  const entry = firstWithMembers(call, options);
  if (entry !== 0 && entry !== WRONG) popFirst(call, entry, options);
  else if (entry === 0) call.reply.nullArray();
}

function bzmpopHandler(call: Call): void {
  const options = readMultiple(call, 2);
  if (options !== undefined) popOrWait(call, 1, options);
}

/** ZPOPMIN and ZPOPMAX. */
function popOne(call: Call, isMax: boolean): void {
  if (call.argc > 3) {
    refuseSyntax(call);
    return;
  }
  const hasCount = call.argc === 3;
  const count = hasCount ? readCount(call, 2) : 1;
  if (count === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  if (entry === 0 || count === 0) {
    call.reply.array(0);
    return;
  }
  // One member without a count is no pair, whatever the protocol.
  take(call, entry, 1, isMax, count, SCORES | (hasCount ? 0 : FLAT));
}

/** BZPOPMIN and BZPOPMAX. */
function popBlocking(call: Call, isMax: boolean): void {
  popOrWait(call, call.argc - 1, {
    isMax,
    count: 1,
    firstKey: 1,
    keyCount: call.argc - 2,
    isNested: false,
  });
}

/** Replies `count` members, removes them, and tells of it; how many there were. */
function take(
  call: Call,
  entry: number,
  keyIndex: number,
  isMax: boolean,
  count: number,
  flags: number,
): number {
  const { x } = call;
  const length = x.zsetCount(entry) >>> 0;
  const taken = Math.min(count, length);
  x.zrangeReply(entry, 0, taken, flags | (isMax ? REVERSE : 0));
  const start = isMax ? length - taken : 0;
  call.keyspace.need(x.zsetRemoveRange(call.db, entry, start, taken));
  call.notify("zset", isMax ? "zpopmax" : "zpopmin", keyIndex);
  call.removeIfEmpty(entry, keyIndex, length - taken);
  return taken;
}

/** The key index of the entry last returned by `firstWithMembers`. */
let foundKey = 0;

/** The first entry of the keys, 0 if there is none, or WRONG. */
function firstWithMembers(call: Call, options: PopOptions): number {
  const end = options.firstKey + options.keyCount;
  for (let i = options.firstKey; i < end; i++) {
    const entry = call.lookupWrite(i);
    if (entry === 0) continue;
    if (call.isWoken && call.x.entryType(entry) !== TYPE_ZSET) continue;
    if (!call.checkType(entry, TYPE_ZSET)) return WRONG;
    foundKey = i;
    return entry;
  }
  return 0;
}

/** Takes from the set at `foundKey`, and propagates what that amounts to. */
function popFirst(call: Call, entry: number, options: PopOptions): void {
  const { reply, x } = call;
  const { isMax, count } = options;
  const index = foundKey;
  let taken = 1;
  if (options.isNested) {
    reply.array(2);
    reply.bulk(x.argPtr(index), x.argLength(index));
    taken = take(call, entry, index, isMax, count, SCORES | PAIRS);
  } else {
    reply.array(3);
    reply.bulk(x.argPtr(index), x.argLength(index));
    take(call, entry, index, isMax, 1, SCORES | FLAT | BARE);
  }
  const name = isMax ? "ZPOPMAX" : "ZPOPMIN";
  const key = call.effectArg(index);
  if (options.isNested) call.rewrite(name, key, String(taken));
  else call.rewrite(name, key);
}

function popOrWait(
  call: Call,
  timeoutIndex: number,
  options: PopOptions,
): void {
  const timeoutMs = readTimeout(call, timeoutIndex);
  if (timeoutMs === undefined) return;
  const entry = firstWithMembers(call, options);
  if (entry === WRONG) return;
  if (entry !== 0) {
    popFirst(call, entry, options);
    return;
  }
  if (!call.canBlock) {
    call.reply.nullArray();
    return;
  }
  call.services.blocking.block(call, {
    keys: Array.from(
      { length: options.keyCount },
      (_, i) => options.firstKey + i,
    ),
    timeoutMs,
    onTimeout: (reply) => reply.nullArray(),
  });
}

/** The arguments of ZMPOP from the number of keys on; replies and returns undefined. */
function readMultiple(call: Call, countIndex: number): PopOptions | undefined {
  const keyCount = call.needIntegerIn(
    countIndex,
    1,
    Infinity,
    "ERR numkeys should be greater than 0",
  );
  if (keyCount === undefined) return undefined;
  const where = countIndex + keyCount + 1;
  if (where >= call.argc) return refuseSyntax(call);
  const isMax = call.argIs(where, "max");
  if (!isMax && !call.argIs(where, "min")) return refuseSyntax(call);
  let count = 1;
  if (call.argc > where + 1) {
    const isCount = call.argc > where + 2 && call.argIs(where + 1, "count");
    if (!isCount) return refuseSyntax(call);
    const given = call.needIntegerIn(
      where + 2,
      1,
      Infinity,
      "ERR count should be greater than 0",
    );
    if (given === undefined) return undefined;
    if (call.argc > where + 3) return refuseSyntax(call);
    count = given;
  }
  const firstKey = countIndex + 1;
  return { isMax, count, firstKey, keyCount, isNested: true };
}
