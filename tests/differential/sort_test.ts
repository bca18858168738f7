import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { step } from "./_step.ts";

const NUMBERS: readonly string[] = [
  ..."0 1 2 3 10 20 -1 -10 1.5 2.25 1e3 0x1f inf -inf 007 +4".split(" "),
  ..."9223372036854775807 9007199254740993".split(" "),
  " 5",
];
const TEXTS: readonly string[] = [
  ..."a b c aa ab A Z zebra é -> *".split(" "),
  "",
  "q\x00b",
  "with space",
];

function element(sample: Sample): string {
  return sample.random.pickWeighted<() => string>([
    [6, () => String(sample.random.integer(-20, 20))],
    [2, () => sample.random.pick(NUMBERS)],
    [1, () => sample.random.pick(TEXTS)],
  ])();
}

/** Elements, most often all of them numbers. */
function elements(sample: Sample): Argument[] {
  const { random } = sample;
  const count = random.integer(1, random.chance(0.2) ? 60 : 8);
  const isNumeric = random.chance(0.8);
  return Array.from(
    { length: count },
    () =>
      isNumeric
        ? String(random.integer(-50, 50) / random.pick([1, 1, 2, 4]))
        : element(sample),
  );
}

/** Text, of which no two are equal to strcoll but different. */
function texts(sample: Sample): Argument[] {
  const { random } = sample;
  return Array.from(
    { length: random.integer(1, 12) },
    () => random.pick(["a", "b", "B", "aa", "ab", "10", "9", "", "é", "a b"]),
  );
}

function source(sample: Sample): Argument {
  return sample.random.pick([
    ..."list set zset list set texts words text hash nosuch".split(" "),
  ]);
}

function by(sample: Sample): Argument {
  return sample.random.pick([
    ..."w:* w:* h:*->weight h:*->weight nosort *".split(" "),
    ..."h:*->nosuch nosuch:* h:*-> w:*\0x h:*->weight->x *->weight".split(" "),
    "#",
    "",
  ]);
}

function get(sample: Sample): Argument {
  return sample.random.pick([
    ..."# w:* h:*->weight h:*->text w:*-> const #x nosuch:*".split(" "),
    "#\0x",
    "",
  ]);
}

function limit(sample: Sample): Argument[] {
  const number = () =>
    sample.random.chance(0.9)
      ? String(sample.random.integer(-3, 12))
      : sample.integer();
  return ["LIMIT", number(), number()];
}

/**
 * Equal weights that are texts keep the order elements were loaded in, which is
 * a set's own; so of sets, only numbers are compared, or texts by themselves.
 */
function sort(sample: Sample): Argument[] {
  const { random } = sample;
  const key = source(sample);
  const isSet = ["set", "words", "zset"].includes(String(key));
  const isByText = !isSet && random.chance(0.3);
  const options = sample.options([
    ["ASC"],
    ["DESC"],
    ["GET", get(sample)],
    ["GET", get(sample)],
  ]);
  if (isByText) options.push("ALPHA", "BY", by(sample));
  else if (isSet) {
    options.push(...random.pick([["ALPHA"], [], ["BY", "w:*"]]));
    // A sorted set has an order of its own.
    if (key === "zset" && random.chance(0.4)) options.push("BY", "nosort");
  } else options.push(...random.pick([["ALPHA"], [], ["BY", by(sample)]]));
  // With LIMIT and BY Redis sorts only in part, and equal ones in any order.
  if (!isByText && random.chance(0.3)) options.push(...limit(sample));
  if (random.chance(0.25)) {
    return ["SORT", key, ...options, "STORE", random.pick(["dest", key])];
  }
  return [random.pick(["SORT", "SORT", "SORT_RO"]), key, ...options];
}

const COMMANDS: CommandChoices = [
  [4, (it) => ["RPUSH", "list", ...elements(it)]],
  [4, (it) => ["SADD", "set", ...elements(it)]],
  [
    3,
    (it) => [
      "ZADD",
      "zset",
      ...elements(it).flatMap((one) => [
        String(it.random.integer(-9, 9)),
        one,
      ]),
    ],
  ],
  [2, (it) => ["RPUSH", "texts", ...texts(it)]],
  [2, (it) => ["SADD", "words", ...texts(it)]],
  [4, (it) => ["SET", `w:${element(it)}`, element(it)]],
  [
    4,
    (it) => [
      "HSET",
      `h:${element(it)}`,
      it.random.pick(["weight", "text", "x"]),
      element(it),
    ],
  ],
  [1, (it) => ["SET", `w:${element(it)}`, "1", "PXAT", "1"]],
  [20, sort],
  [1, (it) => ["SORT", source(it), ...it.options([["STORE"], ["LIMIT", "1"]])]],
  [1, (it) => ["SORT_RO", "list", "STORE", it.key()]],
  [1, (it) => ["SORT", source(it), "LIMIT", it.badInteger(), it.integer()]],
  [1, (it) => it.random.pick([["SORT"], ["SORT", "list", "x"], ["SORT_RO"]])],
  [1, () => ["LRANGE", "dest", "0", "-1"]],
  [1, () => ["OBJECT", "ENCODING", "dest"]],
  [1, () => ["EXPIRE", "dest", "1000"]],
  [
    1,
    (it) => ["DEL", it.random.pick(["list", "set", "zset", "texts", "words"])],
  ],
  [1, () => ["DEL", "dest"]],
  [1, () => ["SET", "text", "x"]],
  [1, () => ["HSET", "hash", "f", "v"]],
  [
    1,
    (it) => [
      step(
        "COMMAND",
        "GETKEYS",
        "SORT",
        "a",
        ...it.random.shuffle([
          ["STORE", "b"],
          ["BY", "store"],
          ["GET", "store"],
          ["LIMIT", "store", "1"],
          ["STORE", "c"],
        ]).flat(),
      ),
      step("COMMAND", "GETKEYS", "SORT_RO", "a", "STORE", "b"),
    ],
  ],
];

differentialGroup({
  name: "SORT",
  server: {
    // Redis leaves a sorted set that it has sorted a skiplist.
    options: [
      ...["--set-max-intset-entries", "20"],
      ...["--zset-max-listpack-entries", "0"],
    ],
  },
  // Redis reads errno without clearing it first: after one number beyond a
  // double's range, the next SORT may fail, too. So no foreign arguments.
  generate: (random, length) =>
    generateSequence(random, length, COMMANDS, false),
});
