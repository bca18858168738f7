import type { Argument, SeededRandom } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import type { Step } from "./_step.ts";

/** Few elements in one key, thousands in another, so that all encodings occur. */
function elements(sample: Sample, countMax: number): Argument[] {
  const { random } = sample;
  const count = random.integer(0, countMax);
  return Array.from(
    { length: count },
    () =>
      random.chance(0.9)
        ? `element:${random.integer(0, 100_000)}`
        : sample.value(),
  );
}

const KEYS = ["hll:1", "hll:2", "hll:3", "hll:4"];

function key(sample: Sample): Argument {
  return sample.random.chance(0.9) ? sample.random.pick(KEYS) : sample.key();
}

function keys(sample: Sample, countMax: number): Argument[] {
  const count = sample.random.integer(1, countMax);
  return Array.from({ length: count }, () => key(sample));
}

function debug(sample: Sample): Argument[] {
  const subcommand = sample.random.pickWeighted([
    [3, "DECODE"],
    [2, "encoding"],
    [1, "ToDense"],
    [0.5, "GETREG"],
    [0.3, "none"],
  ]);
  return ["PFDEBUG", subcommand, key(sample)];
}

const COMMANDS: CommandChoices = [
  [10, (it) => ["PFADD", key(it), ...elements(it, 4)]],
  [3, (it) => ["PFADD", key(it), ...elements(it, 300)]],
  [0.5, (it) => ["PFADD", key(it), ...elements(it, 4000)]],
  [6, (it) => ["PFCOUNT", key(it)]],
  [4, (it) => ["PFCOUNT", ...keys(it, 4)]],
  [4, (it) => ["PFMERGE", ...keys(it, 4)]],
  [4, debug],
  [3, (it) => ["GET", key(it)]],
  [1, (it) => ["COPY", key(it), key(it), "REPLACE"]],
  [1, (it) => ["OBJECT", "ENCODING", key(it)]],
  [1, (it) => ["EXPIRE", key(it), it.relativeSeconds()]],
  [1, (it) => ["SET", it.key(), it.value()]],
  [1, (it) => ["DEL", key(it)]],
];

const generate = (random: SeededRandom, length: number) =>
  generateSequence(random, length, COMMANDS);

differentialGroup({
  name: "HyperLogLog commands",
  generate,
  commandCount: 1500,
});

differentialGroup({
  name: "HyperLogLog commands with a low hll-sparse-max-bytes",
  generate,
  server: { options: ["--hll-sparse-max-bytes", "60"] },
  commandCount: 700,
});

differentialGroup({
  name: "HyperLogLog commands with a high hll-sparse-max-bytes",
  generate,
  server: { options: ["--hll-sparse-max-bytes", "20000"] },
  commandCount: 700,
});

/** Bytes that begin as a HyperLogLog does; what comes behind is anything. */
function forged(sample: Sample): Uint8Array {
  const { random } = sample;
  const header = [0x48, 0x59, 0x4c, 0x4c, random.integer(0, 2)];
  const bytes = new Uint8Array(
    header[4] === 0 && random.chance(0.9) ? 12304 : random.integer(5, 60),
  );
  bytes.set(header);
  for (let at = 15; at < bytes.length; at++) {
    // Long runs, so that the sum of all comes near what it must be.
    bytes[at] = random.chance(0.2) ? 0x7f : random.integer(0, 255);
  }
  return bytes;
}

function damage(sample: Sample): Step[] {
  const { random } = sample;
  const at = random.chance(0.7)
    ? random.integer(15, 40)
    : random.integer(0, 12304);
  const byte = new Uint8Array([random.integer(0, 255)]);
  // Only what is there: a longer string is soon no HyperLogLog at all.
  return [{ command: ["SETRANGE", key(sample), String(at), byte] }];
}

/**
 * Several elements at once would show a difference that is meant: Redis keeps
 * those that came before the one that found the damage, AiKv keeps none.
 */
const DAMAGED: CommandChoices = [
  [6, (it) => ["SET", key(it), forged(it)]],
  [4, damage],
  [8, (it) => ["PFADD", key(it), `element:${it.random.integer(0, 100_000)}`]],
  [4, (it) => ["PFCOUNT", key(it)]],
  [3, (it) => ["PFCOUNT", ...keys(it, 3)]],
  [3, (it) => ["PFMERGE", ...keys(it, 3)]],
  [3, debug],
  [2, (it) => ["GET", key(it)]],
];

differentialGroup({
  name: "HyperLogLog commands on damaged values",
  generate: (random, length) =>
    generateSequence(random, length, DAMAGED, false),
  commandCount: 2000,
});
