import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { step } from "./_step.ts";

const KEYS: readonly Argument[] = ["z1", "z2", "z3", "{t}1", "", "ключ"];

/** Keys of sets, which may be combined, too: of integers, small, and large. */
const SETS: readonly string[] = ["s1", "s2", "s3"];

const MEMBERS: readonly Argument[] = [
  ..."a b c d e f aa ab b1 zz 1 2 10 -5 007 1.5".split(" "),
  "",
  "9223372036854775807",
  "m".repeat(64),
  "m".repeat(65),
  "n".repeat(300),
  new Uint8Array([0, 255, 13, 10]),
];

const SCORES: readonly string[] = [
  ..."0 1 2 3 -1 1.5 -0 0.1 3.0 1e3 1e17 123456789012345678 -7.25".split(" "),
  ..."inf -inf +inf Infinity 1e-7 0x10 4611686018427387904 1e300".split(" "),
  ..."9007199254740993 -4611686018427387905 5e-324 .5 5.".split(" "),
];

const BAD_SCORES: readonly string[] = [
  ..."nan abc 1a 1e5000 -1e5000 1e-5000 --1 (1 1,5".split(" "),
  "",
  " 1",
  "1 ",
  "1\x00",
];

function key(sample: Sample): Argument {
  // Now and then a key that may hold a string.
  return sample.random.chance(0.03) ? "text" : sample.random.pick(KEYS);
}

function member(sample: Sample): Argument {
  return sample.random.chance(0.1)
    ? sample.value()
    : sample.random.pick(MEMBERS);
}

function members(sample: Sample, countMax: number): Argument[] {
  const count = sample.random.integer(1, countMax);
  return Array.from({ length: count }, () => member(sample));
}

/** Some of the members that are words: others have no order as text. */
function words(sample: Sample): Argument[] {
  return MEMBERS.slice(0, 11).filter(() => sample.random.chance(0.3))
    .concat(sample.random.pick(["a", "1"]));
}

function score(sample: Sample): string {
  return sample.random.pickWeighted<() => string>([
    [6, () => String(sample.random.integer(-5, 5))],
    [5, () => sample.random.pick(SCORES)],
    [2, () => (sample.random.integer(-1e6, 1e6) / 997).toString()],
    [1, () => sample.random.pick(BAD_SCORES)],
  ])();
}

function pairs(sample: Sample): Argument[] {
  const count = sample.random.integer(1, 5);
  const list: Argument[] = [];
  for (let i = 0; i < count; i++) list.push(score(sample), member(sample));
  // One argument too many.
  if (sample.random.chance(0.02)) list.pop();
  return list;
}

function zadd(sample: Sample): Argument[] {
  const options = sample.random.chance(0.5)
    ? []
    : sample.options([["NX"], ["XX"], ["GT"], ["LT"], ["CH"], ["INCR"]]);
  const added = options.some((word) => /^incr$/i.test(String(word))) &&
      sample.random.chance(0.9)
    ? [score(sample), member(sample)]
    : pairs(sample);
  return ["ZADD", key(sample), ...options, ...added];
}

function scoreBound(sample: Sample): string {
  const bound = sample.random.chance(0.3)
    ? sample.random.pick([
      "-inf",
      "+inf",
      "inf",
      "",
      "(",
      " 1",
      "(inf",
      "1\x00a",
    ])
    : score(sample);
  return sample.random.chance(0.2) ? `(${bound}` : bound;
}

function lexBound(sample: Sample): Argument {
  return sample.random.pickWeighted<() => Argument>([
    [3, () => "-"],
    [3, () => "+"],
    [4, () => `[${sample.random.pick("a b c d ab zz 1 5".split(" "))}`],
    [4, () => `(${sample.random.pick("a b c d ab zz 1 5".split(" "))}`],
    [
      1,
      () => sample.random.pick(["", "a", "[", "(", "-a", "+a", "-\x00", "x"]),
    ],
  ])();
}

function limit(sample: Sample): Argument[][] {
  return [[
    "LIMIT",
    String(sample.random.integer(-1, 4)),
    String(sample.random.integer(-2, 4)),
  ]];
}

/** `isLex`: also by members, which only says something where scores are equal. */
function zrange(
  sample: Sample,
  name: string,
  keys: Argument[],
  isLex = false,
): Argument[] {
  const kind = sample.random.pick(["", "BYSCORE", isLex ? "BYLEX" : ""]);
  const bounds = kind === "BYSCORE"
    ? [scoreBound(sample), scoreBound(sample)]
    : kind === "BYLEX"
    ? [lexBound(sample), lexBound(sample)]
    : [sample.offset(), sample.offset()];
  const words = [
    ...(kind === "" ? [] : [[kind]]),
    ...(sample.random.chance(0.4) ? [["REV"]] : []),
    ...(sample.random.chance(kind === "" ? 0.1 : 0.4) ? limit(sample) : []),
    ...(sample.random.chance(
        kind === "BYLEX" || name === "ZRANGESTORE" ? 0.05 : 0.4,
      )
      ? [["WITHSCORES"]]
      : []),
    ...(sample.random.chance(0.02) ? [["NOSUCHOPTION"]] : []),
  ];
  const options = sample.random.shuffle(words).flat()
    .map((word) => sample.mixCase(String(word)));
  return [name, ...keys, ...bounds, ...options];
}

const OLD_RANGES = ["ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZREVRANGE"];
const OLD_LEX_RANGES = ["ZRANGEBYLEX", "ZREVRANGEBYLEX"];

function oldRange(sample: Sample, names: readonly string[]): Argument[] {
  const name = sample.random.pick(names);
  const bound = () =>
    name.endsWith("SCORE")
      ? scoreBound(sample)
      : name.endsWith("LEX")
      ? lexBound(sample)
      : sample.offset();
  return [
    name,
    key(sample),
    bound(),
    bound(),
    ...(name.endsWith("LEX") ? [] : sample.options([["WITHSCORES"]])),
    ...(name === "ZREVRANGE" ? [] : sample.options(limit(sample))),
  ];
}

function inputs(sample: Sample): Argument[] {
  const count = sample.random.integer(1, 4);
  const keys = Array.from(
    { length: count },
    () => sample.random.chance(0.2) ? sample.random.pick(SETS) : key(sample),
  );
  const stated = sample.random.chance(0.94)
    ? String(count)
    : sample.random.pick(["0", "-1", "9", "x", "1"]);
  return [stated, ...keys];
}

function combine(sample: Sample): Argument[] {
  const name = sample.random.pick(["ZUNION", "ZINTER", "ZDIFF"]);
  const isStore = sample.random.chance(0.4);
  const given = inputs(sample);
  const words: Argument[][] = [];
  if (name !== "ZDIFF" || sample.random.chance(0.05)) {
    if (sample.random.chance(0.3)) {
      words.push([
        "WEIGHTS",
        ...given.slice(1).map(() =>
          sample.random.pick(["1", "2", "-1", "0", "0.5", "inf", "nan", "-inf"])
        ),
      ]);
    }
    if (sample.random.chance(0.4)) {
      words.push([
        "AGGREGATE",
        sample.random.pick(["SUM", "MIN", "MAX", "AVG", "min"]),
      ]);
    }
  }
  if (sample.random.chance(isStore ? 0.03 : 0.5)) words.push(["WITHSCORES"]);
  return [
    isStore ? `${name}STORE` : name,
    ...(isStore ? [key(sample)] : []),
    ...given,
    ...sample.random.shuffle(words).flat(),
  ];
}

function zmpop(sample: Sample, name: string, first: Argument[]): Argument[] {
  return [
    name,
    ...first,
    ...inputs(sample),
    sample.random.pick(["MIN", "MAX", "min", "MID"]),
    ...sample.options([
      ["COUNT", sample.random.pick(["1", "2", "10", "0", "-1", "x"])],
    ]),
  ];
}

const COMMANDS: CommandChoices = [
  [22, zadd],
  [6, (it) => ["ZINCRBY", key(it), score(it), member(it)]],
  [4, (it) => ["ZREM", key(it), ...members(it, 4)]],
  [4, (it) => ["ZSCORE", key(it), member(it)]],
  [2, (it) => ["ZMSCORE", key(it), ...members(it, 4)]],
  [2, (it) => ["ZCARD", key(it)]],
  [4, (it) => ["ZCOUNT", key(it), scoreBound(it), scoreBound(it)]],
  // One more argument means something to AiKv, but not to Redis 7.0.
  [3, (it) => step("ZRANK", key(it), member(it))],
  [3, (it) => step("ZREVRANK", key(it), member(it))],
  [14, (it) => zrange(it, "ZRANGE", [key(it)])],
  [5, (it) => zrange(it, "ZRANGESTORE", [key(it), key(it)])],
  [8, (it) => oldRange(it, OLD_RANGES)],
  [2, (it) => ["ZREMRANGEBYRANK", key(it), it.offset(), it.offset()]],
  [2, (it) => ["ZREMRANGEBYSCORE", key(it), scoreBound(it), scoreBound(it)]],
  [10, combine],
  [2, (it) => [
    "ZINTERCARD",
    ...inputs(it),
    ...it.options([["LIMIT", it.random.pick(["0", "1", "2", "-1", "x"])]]),
  ]],
  [2, (it) => ["ZPOPMIN", key(it)]],
  [2, (it) => ["ZPOPMAX", key(it), it.random.pick(["0", "1", "3", "-1", "x"])]],
  [2, (it) => zmpop(it, "ZMPOP", [])],
  // Another timeout might never end.
  [1, (it) => step(...zmpop(it, "BZMPOP", ["0.001"]))],
  [1, (it) => step("BZPOPMIN", key(it), key(it), "0.001")],
  [1, (it) => step("BZPOPMAX", key(it), it.random.pick(["0.001", "x", "-1"]))],
  [1, (it) => ["ZRANDMEMBER", key(it)]],
  [2, (it) => [
    "ZRANDMEMBER",
    key(it),
    it.random.pick(["0", "2", "-2", "100", "x"]),
    ...it.options([["WITHSCORES"]]),
  ]],
  [3, (it) => ["ZSCAN", key(it), "0", "COUNT", "1000"]],
  [1, (it) => ["ZSCAN", key(it), "0", "MATCH", "a*", "COUNT", "1000"]],
  [3, (it) => ["OBJECT", "ENCODING", key(it)]],
  [3, (it) => ["DEBUG", "DIGEST-VALUE", key(it)]],
  [1, (it) => ["COPY", key(it), key(it), "REPLACE"]],
  [1, (it) => ["DEL", key(it)]],
  [1, (it) => ["TYPE", key(it)]],
  [1, (it) => ["SET", "text", it.value()]],
  [1, (it) => step("SADD", "s1", "1", "2", String(it.random.integer(-9, 9)))],
  [2, (it) => step("SADD", "s2", ...words(it))],
  [1, (it) => step("SADD", "s3", ...words(it), "x".repeat(99))],
];

/** Sets in which all scores are equal, so that members have an order. */
const LEX_COMMANDS: CommandChoices = [
  [20, (it) => step("ZADD", key(it), "0", member(it), "0", member(it))],
  [3, (it) => ["ZREM", key(it), ...members(it, 4)]],
  [8, (it) => ["ZLEXCOUNT", key(it), lexBound(it), lexBound(it)]],
  [14, (it) => zrange(it, "ZRANGE", [key(it)], true)],
  [5, (it) => zrange(it, "ZRANGESTORE", [key(it), key(it)], true)],
  [8, (it) => oldRange(it, OLD_LEX_RANGES)],
  [3, (it) => ["ZREMRANGEBYLEX", key(it), lexBound(it), lexBound(it)]],
  [1, (it) => ["DEL", key(it)]],
];

const LARGE = {
  options: [
    ...["--zset-max-listpack-entries", "3"],
    ...["--zset-max-listpack-value", "20"],
  ],
};

for (const server of [undefined, LARGE]) {
  const size = server === undefined ? "small" : "large";
  differentialGroup({
    name: `commands on ${size} sorted sets`,
    generate: (random, length) => generateSequence(random, length, COMMANDS),
    server,
  });
  differentialGroup({
    name: `commands on ranges of members of ${size} sorted sets`,
    generate: (random, length) =>
      generateSequence(random, length, LEX_COMMANDS),
    server,
    commandCount: 1500,
  });
}
