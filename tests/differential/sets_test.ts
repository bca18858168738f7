import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { type Step, step } from "./_step.ts";

/** On both sides of each width of an integer. */
const INTEGERS: readonly string[] = [
  ..."0 1 -1 2 7 9 127 128 32767 32768 -32768 -32769".split(" "),
  ..."2147483647 2147483648 -2147483648 -2147483649".split(" "),
  "9223372036854775807",
  "-9223372036854775808",
];
const TEXTS: readonly string[] = [
  ..."a b c d foo bar A 01 +1 1.0 -0".split(" "),
  "",
  "9223372036854775808",
  "m".repeat(64),
  "m".repeat(65),
  "m".repeat(300),
  "x\x00\xff\r\n",
];

function member(sample: Sample): string {
  return sample.random.pickWeighted<() => string>([
    [5, () => String(sample.random.integer(-5, 25))],
    [2, () => sample.random.pick(INTEGERS)],
    [3, () => sample.random.pick(TEXTS)],
  ])();
}

function members(sample: Sample, countMax: number): Argument[] {
  const { random } = sample;
  const count = random.integer(1, countMax);
  return random.pickWeighted<() => Argument[]>([
    [4, () => Array.from({ length: count }, () => member(sample))],
    // Integers only, so that there are intsets.
    [
      3,
      () =>
        Array.from({ length: count }, () => String(random.integer(-20, 40))),
    ],
    // Many, so that there are dicts.
    [1, () => {
      const first = random.integer(0, 300);
      return Array.from(
        { length: random.integer(50, 200) },
        (_, index) => `m:${first + index}`,
      );
    }],
  ])();
}

/** Few keys, so that sets meet; one of them holds a string. */
function key(sample: Sample): Argument {
  return sample.random.pickWeighted<() => Argument>([
    [9, () => sample.random.pick(["s1", "s2", "s3", "s4", "s5"])],
    [1, () => sample.random.pick(["text", "nosuch", new Uint8Array([0, 255])])],
  ])();
}

function keys(sample: Sample, countMax: number): Argument[] {
  const count = sample.random.integer(1, countMax);
  return Array.from({ length: count }, () => key(sample));
}

function count(sample: Sample): string {
  return sample.random.pickWeighted<() => string>([
    [6, () => String(sample.random.integer(-5, 30))],
    [1, () => sample.random.pick(["0", "1000", "9223372036854775807"])],
    [1, () => sample.badInteger()],
  ])();
}

/** SPOP leaves what chance wants; so nobody looks at it. */
function spop(sample: Sample): Step[] {
  const name = key(sample);
  const pop = sample.random.chance(0.4)
    ? step("SPOP", name)
    : step("SPOP", name, count(sample));
  return [pop, step("SCARD", name), step("DEL", name)];
}

function sintercard(sample: Sample): Argument[] {
  const names = keys(sample, 4);
  const numkeys = sample.random.chance(0.9)
    ? String(names.length)
    : sample.integer();
  return [
    "SINTERCARD",
    numkeys,
    ...names,
    ...sample.options([["LIMIT", count(sample)]]),
  ];
}

function sscan(sample: Sample): Step {
  const { random } = sample;
  const options = sample.options([
    ["MATCH", sample.pattern()],
    ["COUNT", random.pick(["1", "2", "10", "1000"])],
  ]);
  return random.chance(0.8)
    ? { command: ["SSCAN", key(sample), "0", ...options], iterate: true }
    : step(
      "SSCAN",
      key(sample),
      random.pick(["0", "x", "-1", "18446744073709551616", ""]),
      ...options,
      ...random.pick([[], ["TYPE", "set"], ["COUNT", "0"]]),
    );
}

const COMMANDS: CommandChoices = [
  [12, (it) => ["SADD", key(it), ...members(it, 12)]],
  [4, (it) => ["SADD", key(it), member(it)]],
  [6, (it) => ["SREM", key(it), ...members(it, 8)]],
  [3, (it) => ["SISMEMBER", key(it), member(it)]],
  [3, (it) => ["SMISMEMBER", key(it), ...members(it, 5)]],
  [3, (it) => ["SMEMBERS", key(it)]],
  [3, (it) => ["SCARD", key(it)]],
  [2, spop],
  [1, (it) => ["SRANDMEMBER", key(it)]],
  [2, (it) => ["SRANDMEMBER", key(it), count(it).replace(/^9+\d*/, "70")]],
  [4, (it) => ["SMOVE", key(it), key(it), member(it)]],
  [3, (it) => ["SUNION", ...keys(it, 9)]],
  [3, (it) => ["SINTER", ...keys(it, 4)]],
  [3, (it) => ["SDIFF", ...keys(it, 9)]],
  [2, (it) => ["SUNIONSTORE", key(it), ...keys(it, 5)]],
  [2, (it) => ["SINTERSTORE", key(it), ...keys(it, 3)]],
  [2, (it) => ["SDIFFSTORE", key(it), ...keys(it, 9)]],
  [3, sintercard],
  [3, sscan],
  [3, (it) => ["OBJECT", "ENCODING", key(it)]],
  [1, (it) => ["TYPE", key(it)]],
  [1, (it) => ["DEL", ...keys(it, 2)]],
  [1, (it) => ["COPY", key(it), key(it), "REPLACE"]],
  [1, (it) => ["RENAME", key(it), key(it)]],
  [1, (it) => ["EXPIRE", key(it), it.relativeSeconds()]],
  [1, () => ["SET", "text", "x"]],
  [1, (it) => ["SET", key(it), "x"]],
  [1, (it) => ["SCAN", "0", "TYPE", it.random.pick(["set", "string"])]],
  [1, (it) => ["DEBUG", "DIGEST-VALUE", ...keys(it, 3)]],
  [1, () => ["DEBUG", "DIGEST"]],
];

differentialGroup({
  alsoWithLaneClosed: true,
  name: "set commands",
  server: { options: ["--set-max-intset-entries", "20"] },
  generate: (random, length) => generateSequence(random, length, COMMANDS),
});
