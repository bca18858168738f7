import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";

function database(sample: Sample): string {
  return sample.random.chance(0.85)
    ? String(sample.random.integer(0, 3))
    : sample.random.pick(["15", "16", "-1", "65536", sample.badInteger()]);
}

function copy(sample: Sample): Argument[] {
  return [
    "COPY",
    sample.key(),
    sample.key(),
    ...sample.options([["DB", database(sample)], ["REPLACE"]]),
  ];
}

function object(sample: Sample): Argument[] {
  const subcommand = sample.random.pick([
    ..."ENCODING REFCOUNT IDLETIME FREQ HELP NOSUCH".split(" "),
  ]);
  return ["OBJECT", sample.mixCase(subcommand), sample.key()];
}

const COMMANDS: CommandChoices = [
  [12, (it) => ["SET", it.key(), it.value()]],
  [3, (it) => ["SET", it.key(), it.value(), "EX", it.relativeSeconds()]],
  [3, (it) => ["DEL", ...it.keys(4)]],
  [2, (it) => ["UNLINK", ...it.keys(4)]],
  [3, (it) => ["EXISTS", ...it.keys(5)]],
  [2, (it) => ["TOUCH", ...it.keys(5)]],
  [2, (it) => ["TYPE", it.key()]],
  [4, (it) => ["RENAME", it.key(), it.key()]],
  [4, (it) => ["RENAMENX", it.key(), it.key()]],
  [5, copy],
  [4, (it) => ["MOVE", it.key(), database(it)]],
  [3, (it) => ["SELECT", database(it)]],
  [3, object],
  [3, (it) => ["KEYS", it.pattern()]],
  [2, () => ["RANDOMKEY"]],
  [2, () => ["DBSIZE"]],
  [2, (it) => ["SWAPDB", database(it), database(it)]],
  [1, (it) => ["FLUSHDB", ...it.options([["SYNC"], ["ASYNC"]])]],
  [
    1,
    (it) =>
      it.random.chance(0.3)
        ? ["FLUSHALL", ...it.options([["SYNC"], ["ASYNC"]])]
        : ["DBSIZE"],
  ],
  [2, (it) => ["PTTL", it.key()]],
  [1, (it) => ["PERSIST", it.key()]],
  [2, (it) => ["GET", it.key()]],
  [1, (it) => ["APPEND", it.key(), it.value()]],
];

differentialGroup({
  alsoWithLaneClosed: true,
  name: "key and database commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
});
