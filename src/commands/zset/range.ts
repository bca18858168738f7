/** Members of sorted sets in order: ZRANGE, its older forms, and ZRANGESTORE. */

import { TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import {
  block,
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import {
  limited,
  type Range,
  type RangeKind,
  readRange,
  refuseSyntax,
  type Span,
  spanOf,
} from "./_ranges.ts";
import { REVERSE, SCORES } from "./_replies.ts";
import { storedNothing, storedSome } from "./_store.ts";

/** What a command says of itself, so that no option needs to. */
interface RangeForm {
  readonly kind?: RangeKind;
  readonly isReverse?: boolean;
  readonly isStore?: boolean;
}

interface RangeOptions {
  kind: RangeKind | undefined;
  isReverse: boolean | undefined;
  withScores: boolean;
  offset: number;
  limit: number;
}

/** `ZRANGE` */
export const zrange: CommandSpec = {
  name: "zrange",
  summary: "Return a range of members in a sorted set",
  since: "1.2.0",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
  arity: -4,
  flags: ["readonly"],
  acl: ["sortedset"],
  history: [[
    "6.2.0",
    "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.",
  ]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("start"),
    string("stop"),
    oneOf("sortby", [token("byscore", "BYSCORE"), token("bylex", "BYLEX")], {
      since: "6.2.0",
      optional: true,
    }),
    token("rev", "REV", { since: "6.2.0", optional: true }),
    block("offset_count", [integer("offset"), integer("count")], {
      token: "LIMIT",
      since: "6.2.0",
      optional: true,
    }),
    token("withscores", "WITHSCORES", OPTIONAL),
  ],
  handler: zrangeHandler,
};

/** `ZRANGEBYLEX` */
export const zrangebylex: CommandSpec = {
  name: "zrangebylex",
  summary:
    "Return a range of members in a sorted set, by lexicographical range",
  since: "2.8.9",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
  arity: -4,
  flags: ["readonly"],
  acl: ["sortedset"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`ZRANGE` with the `BYLEX` argument",
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("min"),
    string("max"),
    block("offset_count", [integer("offset"), integer("count")], {
      token: "LIMIT",
      optional: true,
    }),
  ],
  handler: zrangebylexHandler,
};

/** `ZRANGEBYSCORE` */
export const zrangebyscore: CommandSpec = {
  name: "zrangebyscore",
  summary: "Return a range of members in a sorted set, by score",
  since: "1.0.5",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
  arity: -4,
  flags: ["readonly"],
  acl: ["sortedset"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`ZRANGE` with the `BYSCORE` argument",
  history: [["2.0.0", "Added the `WITHSCORES` modifier."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    double("min"),
    double("max"),
    token("withscores", "WITHSCORES", { since: "2.0.0", optional: true }),
    block("offset_count", [integer("offset"), integer("count")], {
      token: "LIMIT",
      optional: true,
    }),
  ],
  handler: zrangebyscoreHandler,
};

/** `ZRANGESTORE` */
export const zrangestore: CommandSpec = {
  name: "zrangestore",
  summary: "Store a range of members from sorted set into another key",
  since: "6.2.0",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.",
  arity: -5,
  flags: ["write", "denyoom"],
  acl: ["sortedset"],
  keys: [keyAt(1, "OW", "update"), keyAt(2, "RO", "access")],
  arguments: [
    key("dst"),
    key("src", { keySpecIndex: 1 }),
    string("min"),
    string("max"),
    oneOf(
      "sortby",
      [token("byscore", "BYSCORE"), token("bylex", "BYLEX")],
      OPTIONAL,
    ),
    token("rev", "REV", OPTIONAL),
    block("offset_count", [integer("offset"), integer("count")], {
      token: "LIMIT",
      optional: true,
    }),
  ],
  handler: zrangestoreHandler,
};

/** `ZREVRANGE` */
export const zrevrange: CommandSpec = {
  name: "zrevrange",
  summary:
    "Return a range of members in a sorted set, by index, with scores ordered from high to low",
  since: "1.2.0",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
  arity: -4,
  flags: ["readonly"],
  acl: ["sortedset"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`ZRANGE` with the `REV` argument",
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    integer("start"),
    integer("stop"),
    token("withscores", "WITHSCORES", OPTIONAL),
  ],
  handler: zrevrangeHandler,
};

/** `ZREVRANGEBYLEX` */
export const zrevrangebylex: CommandSpec = {
  name: "zrevrangebylex",
  summary:
    "Return a range of members in a sorted set, by lexicographical range, ordered from higher to lower strings.",
  since: "2.8.9",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
  arity: -4,
  flags: ["readonly"],
  acl: ["sortedset"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments",
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("max"),
    string("min"),
    block("offset_count", [integer("offset"), integer("count")], {
      token: "LIMIT",
      optional: true,
    }),
  ],
  handler: zrevrangebylexHandler,
};

/** `ZREVRANGEBYSCORE` */
export const zrevrangebyscore: CommandSpec = {
  name: "zrevrangebyscore",
  summary:
    "Return a range of members in a sorted set, by score, with scores ordered from high to low",
  since: "2.2.0",
  group: "sorted-set",
  complexity:
    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
  arity: -4,
  flags: ["readonly"],
  acl: ["sortedset"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments",
  history: [["2.1.6", "`min` and `max` can be exclusive."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    double("max"),
    double("min"),
    token("withscores", "WITHSCORES", OPTIONAL),
    block("offset_count", [integer("offset"), integer("count")], {
      token: "LIMIT",
      optional: true,
    }),
  ],
  handler: zrevrangebyscoreHandler,
};

function zrangeHandler(call: Call): void {
  range(call, {});
}

function zrangebylexHandler(call: Call): void {
  range(call, { kind: "lex", isReverse: false });
}

function zrangebyscoreHandler(call: Call): void {
  range(call, { kind: "score", isReverse: false });
}

function zrangestoreHandler(call: Call): void {
  range(call, { isStore: true });
}

function zrevrangeHandler(call: Call): void {
  range(call, { kind: "rank", isReverse: true });
}

function zrevrangebylexHandler(call: Call): void {
  range(call, { kind: "lex", isReverse: true });
}

function zrevrangebyscoreHandler(call: Call): void {
  range(call, { kind: "score", isReverse: true });
}

/** Reads the options from an argument on; replies an error and returns undefined. */
function readOptions(
  call: Call,
  form: RangeForm,
  start: number,
): RangeOptions | undefined {
  const options: RangeOptions = {
    kind: form.kind,
    isReverse: form.isReverse,
    withScores: false,
    offset: 0,
    limit: -1,
  };
  for (let i = start; i < call.argc; i++) {
    if (!form.isStore && call.argIs(i, "withscores")) options.withScores = true;
    else if (i + 2 < call.argc && call.argIs(i, "limit")) {
      const offset = call.needInteger(i + 1);
      if (offset === undefined) return undefined;
      const limit = call.needInteger(i + 2);
      if (limit === undefined) return undefined;
      options.offset = Number(offset);
      options.limit = Number(limit);
      i += 2;
    } else if (options.isReverse === undefined && call.argIs(i, "rev")) {
      options.isReverse = true;
    } else if (options.kind === undefined && call.argIs(i, "bylex")) {
      options.kind = "lex";
    } else if (options.kind === undefined && call.argIs(i, "byscore")) {
      options.kind = "score";
    } else return refuseSyntax(call);
  }
  return options;
}

/** Whether the options go together; if not, replies an error. */
function checkOptions(call: Call, options: RangeOptions): boolean {
  const kind = options.kind ?? "rank";
  if (options.limit !== -1 && kind === "rank") {
    call.reply.error(
      "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
    );
    return false;
  }
  if (options.withScores && kind === "lex") {
    call.reply.error(
      "ERR syntax error, WITHSCORES not supported in combination with BYLEX",
    );
    return false;
  }
  return true;
}

function range(call: Call, form: RangeForm): void {
  const { reply, x } = call;
  const source = form.isStore ? 2 : 1;
  const options = readOptions(call, form, source + 3);
  if (options === undefined || !checkOptions(call, options)) return;
  const kind = options.kind ?? "rank";
  const isReverse = options.isReverse ?? false;
  // From the highest down, the upper end comes first.
  const isTurned = isReverse && kind !== "rank";
  const minIndex = isTurned ? source + 2 : source + 1;
  const maxIndex = isTurned ? source + 1 : source + 2;
  const given = readRange(call, kind, minIndex, maxIndex);
  if (given === undefined) return;
  const entry = call.lookupReadOf(source, TYPE_ZSET);
  if (entry === WRONG) return;
  const span = spanIn(call, entry, given, isReverse, options);
  if (form.isStore) {
    store(call, entry, span);
    return;
  }
  if (span.count === 0) {
    reply.array(0);
    return;
  }
  const length = x.zsetCount(entry) >>> 0;
  x.zrangeReply(
    entry,
    isReverse ? length - span.start - span.count : span.start,
    span.count,
    (isReverse ? REVERSE : 0) | (options.withScores ? SCORES : 0),
  );
}

/** What the range and LIMIT select; nothing of a key that is not there. */
function spanIn(
  call: Call,
  entry: number,
  range: Range,
  isReverse: boolean,
  options: RangeOptions,
): Span {
  if (entry === 0) return { start: 0, count: 0 };
  const span = spanOf(call, entry, range, isReverse);
  if (range.kind === "rank") return span;
  return limited(span, isReverse, options.offset, options.limit);
}

function store(call: Call, entry: number, { start, count }: Span): void {
  const { x } = call;
  if (count === 0) {
    storedNothing(call);
    return;
  }
  const isNew = call.keyspace.peek(call.db, x.argPtr(1), x.argLength(1)) === 0;
  call.keyspace.need(
    x.zsetStoreRange(
      call.db,
      x.argPtr(1),
      x.argLength(1),
      entry,
      start,
      count,
    ),
  );
  storedSome(call, isNew, "zrangestore", count);
}
