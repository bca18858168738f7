import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";

function set(sample: Sample): Argument[] {
  return [
    "SET",
    sample.key(),
    sample.value(),
    ...sample.options([
      ["NX"],
      ["XX"],
      ["GET"],
      ["KEEPTTL"],
      sample.expiry(),
    ]),
  ];
}

function getex(sample: Sample): Argument[] {
  return [
    "GETEX",
    sample.key(),
    ...sample.options([["PERSIST"], sample.expiry()]),
  ];
}

function lcs(sample: Sample): Argument[] {
  return [
    "LCS",
    sample.key(),
    sample.key(),
    ...sample.options([
      ["LEN"],
      ["IDX"],
      ["WITHMATCHLEN"],
      ["MINMATCHLEN", sample.integer()],
    ]),
  ];
}

function setrange(sample: Sample): Argument[] {
  const offset = sample.random.pickWeighted<() => string>([
    [8, () => String(sample.random.integer(0, 200))],
    [1, () => String(sample.random.integer(-3, 20_000))],
    [1, () =>
      sample.random.pick([
        ...["536870912", "9223372036854775807", "-9223372036854775808"],
        sample.badInteger(),
      ])],
  ])();
  return ["SETRANGE", sample.key(), offset, sample.value()];
}

function pairs(sample: Sample): Argument[] {
  return sample.keys(5).flatMap((key) => [key, sample.value()]);
}

const COMMANDS: CommandChoices = [
  [8, set],
  [2, (it) => ["SET", it.key(), it.value()]],
  [4, (it) => ["GET", it.key()]],
  [3, (it) => ["APPEND", it.key(), it.value()]],
  [3, (it) => ["STRLEN", it.key()]],
  [4, (it) => ["GETRANGE", it.key(), it.offset(), it.offset()]],
  [1, (it) => ["SUBSTR", it.key(), it.offset(), it.offset()]],
  [4, setrange],
  [2, (it) => ["INCR", it.key()]],
  [2, (it) => ["DECR", it.key()]],
  [3, (it) => ["INCRBY", it.key(), it.integer()]],
  [3, (it) => ["DECRBY", it.key(), it.integer()]],
  [5, (it) => ["INCRBYFLOAT", it.key(), it.float()]],
  [3, (it) => ["MGET", ...it.keys(6)]],
  [2, (it) => ["MSET", ...pairs(it)]],
  [2, (it) => ["MSETNX", ...pairs(it)]],
  [2, (it) => ["SETNX", it.key(), it.value()]],
  [2, (it) => ["SETEX", it.key(), it.relativeSeconds(), it.value()]],
  [2, (it) => ["PSETEX", it.key(), it.relativeMs(), it.value()]],
  [2, (it) => ["GETSET", it.key(), it.value()]],
  [2, (it) => ["GETDEL", it.key()]],
  [4, getex],
  [3, lcs],
  [2, (it) => ["OBJECT", "ENCODING", it.key()]],
  [1, (it) => ["PTTL", it.key()]],
  [1, (it) => ["DEL", ...it.keys(3)]],
];

differentialGroup({
  alsoWithLaneClosed: true,
  name: "string commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
});
