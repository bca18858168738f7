/** What sorted sets say of themselves and of single members. */

import { TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { wrongArity } from "../errors.ts";
import {
  type CommandSpec,
  double,
  key,
  keyAt,
  MULTIPLE,
  string,
  token,
} from "../spec.ts";
import { type RangeKind, readRange, refuseSyntax, spanOf } from "./_ranges.ts";

/** `ZCARD` */
export const zcard: CommandSpec = {
  name: "zcard",
  summary: "Get the number of members in a sorted set",
  since: "1.2.0",
  group: "sorted-set",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: zcardHandler,
};

/** `ZCOUNT` */
export const zcount: CommandSpec = {
  name: "zcount",
  summary:
    "Count the members in a sorted set with scores within the given values",
  since: "2.0.0",
  group: "sorted-set",
  complexity:
    "O(log(N)) with N being the number of elements in the sorted set.",
  arity: 4,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), double("min"), double("max")],
  handler: zcountHandler,
};

/** `ZLEXCOUNT` */
export const zlexcount: CommandSpec = {
  name: "zlexcount",
  summary:
    "Count the number of members in a sorted set between a given lexicographical range",
  since: "2.8.9",
  group: "sorted-set",
  complexity:
    "O(log(N)) with N being the number of elements in the sorted set.",
  arity: 4,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("min"), string("max")],
  handler: zlexcountHandler,
};

/** `ZMSCORE` */
export const zmscore: CommandSpec = {
  name: "zmscore",
  summary: "Get the score associated with the given members in a sorted set",
  since: "6.2.0",
  group: "sorted-set",
  complexity: "O(N) where N is the number of members being requested.",
  arity: -3,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: zmscoreHandler,
};

/** `ZRANK` */
export const zrank: CommandSpec = {
  name: "zrank",
  summary: "Determine the index of a member in a sorted set",
  since: "2.0.0",
  group: "sorted-set",
  complexity: "O(log(N))",
  arity: -3,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  history: [["7.2.0", "Added the optional `WITHSCORE` argument."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("member"),
    token("withscore", "WITHSCORE", { since: "7.2.0", optional: true }),
  ],
  handler: zrankHandler,
};

/** `ZREVRANK` */
export const zrevrank: CommandSpec = {
  name: "zrevrank",
  summary:
    "Determine the index of a member in a sorted set, with scores ordered from high to low",
  since: "2.0.0",
  group: "sorted-set",
  complexity: "O(log(N))",
  arity: -3,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  history: [["7.2.0", "Added the optional `WITHSCORE` argument."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("member"),
    token("withscore", "WITHSCORE", { since: "7.2.0", optional: true }),
  ],
  handler: zrevrankHandler,
};

/** `ZSCORE` */
export const zscore: CommandSpec = {
  name: "zscore",
  summary: "Get the score associated with the given member in a sorted set",
  since: "1.2.0",
  group: "sorted-set",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("member")],
  handler: zscoreHandler,
};

function zcardHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  call.reply.integer(entry === 0 ? 0 : call.x.zsetCount(entry) >>> 0);
}

function zcountHandler(call: Call): void {
  countRange(call, "score");
}

function zlexcountHandler(call: Call): void {
  countRange(call, "lex");
}

function countRange(call: Call, kind: RangeKind): void {
  const range = readRange(call, kind, 2, 3);
  if (range === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  const count = entry === 0 ? 0 : spanOf(call, entry, range, false).count;
  call.reply.integer(count);
}

function zscoreHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry !== WRONG) call.x.zscoreReply(entry, 2);
}

function zmscoreHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  call.reply.array(call.argc - 2);
  for (let i = 2; i < call.argc; i++) call.x.zscoreReply(entry, i);
}

function zrankHandler(call: Call): void {
  replyRank(call, false);
}

function zrevrankHandler(call: Call): void {
  replyRank(call, true);
}

function replyRank(call: Call, isReverse: boolean): void {
  const { reply, x } = call;
  if (call.argc > 4) {
    reply.error(wrongArity(call.entry.fullName));
    return;
  }
  const withScore = call.argc === 4;
  if (withScore && !call.argIs(3, "withscore")) {
    refuseSyntax(call);
    return;
  }
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  const rank = entry === 0
    ? -1
    : x.zsetRank(entry, x.argPtr(2), x.argLength(2));
  if (rank < 0) {
    if (withScore) reply.nullArray();
    else reply.null();
    return;
  }
  if (withScore) reply.array(2);
  reply.integer(isReverse ? (x.zsetCount(entry) >>> 0) - 1 - rank : rank);
  if (withScore) reply.double(x.zsetFoundScore());
}
