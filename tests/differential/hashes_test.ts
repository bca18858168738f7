import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import type { Step } from "./_step.ts";

const FIELDS: readonly Argument[] = [
  ..."a b c d e f g h field:1 field:2 0 1 127 128 -1 70000 3000000000".split(
    " ",
  ),
  "9223372036854775807",
  "9223372036854775808",
  "01",
  "",
  "поле",
  "f".repeat(63),
  "f".repeat(64),
  "f".repeat(65),
  "f".repeat(300),
  new Uint8Array([0, 1, 13, 10, 255, 42]),
];

/** Few, so that hashes grow. */
const KEYS: readonly Argument[] = ["h", "h", "h", "i", "i", "j", "text", "no"];

function key(sample: Sample): Argument {
  return sample.random.pick(KEYS);
}

function field(sample: Sample): Argument {
  return sample.random.pick(FIELDS);
}

function fields(sample: Sample): Argument[] {
  const count = sample.random.integer(1, 6);
  return Array.from({ length: count }, () => field(sample));
}

function pairs(sample: Sample): Argument[] {
  return fields(sample).flatMap((one) => [one, sample.value()]);
}

function scanOptions(sample: Sample): Argument[] {
  return sample.options([
    ["MATCH", sample.pattern()],
    ["COUNT", sample.random.pick(["1", "2", "10", "100", "5000"])],
  ]);
}

/** HSCANs that fail, or whose single reply can be compared by shape. */
function oddScan(sample: Sample): Argument[] {
  const { random } = sample;
  return random.pick<() => Argument[]>([
    () => ["HSCAN", key(sample), sample.badInteger()],
    () => ["HSCAN", key(sample), random.pick(["18446744073709551615", "-1"])],
    () => ["HSCAN", key(sample), "0", "COUNT", random.pick(["0", "-1", "x"])],
    () => ["HSCAN", key(sample), "0", "MATCH"],
    () => ["HSCAN", key(sample), "0", "TYPE", "hash"],
    () => ["HSCAN", key(sample), "0", "NOSUCH", "1"],
    () => ["HSCAN", key(sample)],
  ])();
}

function scan(sample: Sample): Step {
  return {
    command: ["HSCAN", key(sample), "0", ...scanOptions(sample)],
    iterate: true,
  };
}

/** Never mutated: a count of -2147483648 asks for a reply without end. */
function random(sample: Sample): Step {
  const { random } = sample;
  if (random.chance(0.2)) return { command: ["HRANDFIELD", key(sample)] };
  const count = random.pickWeighted<() => string>([
    [8, () => String(random.integer(-40, 40))],
    [1, () => random.pick(["0", "100000", "9223372036854775807"])],
    [1, () => random.pick(["-9223372036854775808", sample.badInteger()])],
  ])();
  const withValues = random.pick([[], ["WITHVALUES"], ["withvalues"], ["x"]]);
  return { command: ["HRANDFIELD", key(sample), count, ...withValues] };
}

const COMMANDS: CommandChoices = [
  [8, (it) => ["HSET", key(it), ...pairs(it)]],
  [6, (it) => ["HSET", key(it), field(it), it.value()]],
  [2, (it) => ["HMSET", key(it), ...pairs(it)]],
  [3, (it) => ["HSETNX", key(it), field(it), it.value()]],
  [5, (it) => ["HGET", key(it), field(it)]],
  [3, (it) => ["HMGET", key(it), ...fields(it)]],
  [5, (it) => ["HDEL", key(it), ...fields(it)]],
  [2, (it) => ["HEXISTS", key(it), field(it)]],
  [2, (it) => ["HLEN", key(it)]],
  [2, (it) => ["HSTRLEN", key(it), field(it)]],
  [2, (it) => ["HKEYS", key(it)]],
  [2, (it) => ["HVALS", key(it)]],
  [3, (it) => ["HGETALL", key(it)]],
  [5, (it) => ["HINCRBY", key(it), field(it), it.integer()]],
  [5, (it) => ["HINCRBYFLOAT", key(it), field(it), it.float()]],
  [4, random],
  [3, scan],
  [2, oddScan],
  [2, (it) => ["OBJECT", "ENCODING", key(it)]],
  [2, (it) => ["DEBUG", "DIGEST-VALUE", key(it), "i"]],
  [1, (it) => ["SET", "text", it.value()]],
  [1, (it) => ["GET", key(it)]],
  [1, (it) => ["TYPE", key(it)]],
  [1, (it) => ["COPY", key(it), key(it), "REPLACE"]],
  [1, (it) => ["RENAME", key(it), key(it)]],
  [1, (it) => ["EXPIRE", key(it), it.relativeSeconds()]],
  [1, (it) => ["PERSIST", key(it)]],
  [1, (it) => ["DEL", key(it)]],
  [1, () => ["DEBUG", "DIGEST"]],
];

differentialGroup({
  alsoWithLaneClosed: true,
  name: "hash commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
  sequenceLength: 100,
});

differentialGroup({
  name: "hash commands on tables",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
  prelude: [
    ["CONFIG", "SET", "hash-max-listpack-entries", "6"],
    ["CONFIG", "SET", "hash-max-listpack-value", "20"],
  ],
  sequenceLength: 100,
});
