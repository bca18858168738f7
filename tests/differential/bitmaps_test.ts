import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";

/** A position of a bit, most often inside or not far behind a short string. */
function bitOffset(sample: Sample): string {
  return sample.random.pickWeighted<() => string>([
    [9, () => String(sample.random.integer(0, 400))],
    [2, () => String(sample.random.integer(0, 100_000))],
    [1, () =>
      sample.random.pick([
        ...["4294967296", "34359738368", "9223372036854775807", "-1"],
        sample.badInteger(),
      ])],
  ])();
}

function bit(sample: Sample): string {
  return sample.random.chance(0.92)
    ? String(sample.random.integer(0, 1))
    : sample.random.pick(["2", "-1", sample.badInteger()]);
}

function unit(sample: Sample): string {
  return sample.random.pickWeighted([[5, "BIT"], [5, "byte"], [1, "word"]]);
}

function range(sample: Sample): Argument[] {
  const { random } = sample;
  const wide = () => String(random.integer(-3000, 3000));
  const place = () => random.chance(0.7) ? sample.offset() : wide();
  return [place(), place(), unit(sample)];
}

/** A string of many ones or zeros, or of anything. */
function bits(sample: Sample): Argument {
  const { random } = sample;
  if (random.chance(0.4)) return sample.value();
  const bytes = new Uint8Array(random.integer(0, 150));
  if (random.chance(0.5)) bytes.fill(255);
  if (bytes.length > 0 && random.chance(0.7)) {
    bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
  }
  return bytes;
}

function integerType(sample: Sample): string {
  const { random } = sample;
  if (random.chance(0.05)) {
    return random.pick(["u64", "i65", "i0", "u", "x8", "", "i08", "u-1"]);
  }
  const width = random.pick([1, 2, 7, 8, 9, 31, 32, 33, 57, 62, 63, 64]);
  return width === 64 || random.chance(0.5) ? `i${width}` : `u${width}`;
}

function fieldOffset(sample: Sample): string {
  const { random } = sample;
  return random.chance(0.4)
    ? `#${random.pick([...Array(12).keys(), -1, 1e18, "", "x"])}`
    : bitOffset(sample);
}

function operand(sample: Sample): string {
  const { random } = sample;
  if (random.chance(0.3)) return sample.integer();
  const magnitude = 2n ** BigInt(random.integer(0, 63));
  const near = magnitude + BigInt(random.integer(-1, 1));
  return String(BigInt.asIntN(64, random.chance(0.5) ? near : -near));
}

function fieldOperation(sample: Sample): Argument[] {
  const { random } = sample;
  const place = [integerType(sample), fieldOffset(sample)];
  return random.pickWeighted<() => Argument[]>([
    [3, () => ["GET", ...place]],
    [4, () => ["SET", ...place, operand(sample)]],
    [5, () => ["INCRBY", ...place, operand(sample)]],
    [3, () => ["OVERFLOW", random.pick(["WRAP", "sat", "FAIL"])]],
    [0.2, () => ["OVERFLOW", "none"]],
  ])();
}

function bitfield(sample: Sample): Argument[] {
  const count = sample.random.integer(0, 5);
  return [
    "BITFIELD",
    sample.key(),
    ...Array.from({ length: count }, () => fieldOperation(sample)).flat(),
  ];
}

function bitfieldRo(sample: Sample): Argument[] {
  const count = sample.random.integer(0, 3);
  const get = () => ["GET", integerType(sample), fieldOffset(sample)];
  return [
    "BITFIELD_RO",
    sample.key(),
    ...Array.from({ length: count }, get).flat(),
    ...sample.random.chance(0.1) ? fieldOperation(sample) : [],
  ];
}

function bitop(sample: Sample): Argument[] {
  const { random } = sample;
  const operation = random.pick(["AND", "or", "XOR", "NOT", "not", "NAND"]);
  const isNot = operation.toLowerCase() === "not" && random.chance(0.9);
  return ["BITOP", operation, sample.key(), ...sample.keys(isNot ? 1 : 5)];
}

const COMMANDS: CommandChoices = [
  [8, (it) => ["SET", it.key(), bits(it)]],
  [1, (it) => ["SET", it.key(), bits(it), "EX", it.relativeSeconds()]],
  [10, (it) => ["SETBIT", it.key(), bitOffset(it), bit(it)]],
  [6, (it) => ["GETBIT", it.key(), bitOffset(it)]],
  [2, (it) => ["BITCOUNT", it.key()]],
  [4, (it) => ["BITCOUNT", it.key(), ...range(it).slice(0, 2)]],
  [4, (it) => ["BITCOUNT", it.key(), ...range(it)]],
  [2, (it) => ["BITPOS", it.key(), bit(it)]],
  [3, (it) => ["BITPOS", it.key(), bit(it), it.offset()]],
  [3, (it) => ["BITPOS", it.key(), bit(it), ...range(it).slice(0, 2)]],
  [4, (it) => ["BITPOS", it.key(), bit(it), ...range(it)]],
  [10, bitop],
  [14, bitfield],
  [6, bitfieldRo],
  [2, (it) => ["APPEND", it.key(), bits(it)]],
  [2, (it) => ["GETRANGE", it.key(), it.offset(), it.offset()]],
  [2, (it) => ["OBJECT", "ENCODING", it.key()]],
  [1, (it) => ["COPY", it.key(), it.key(), "REPLACE"]],
  [1, (it) => ["STRLEN", it.key()]],
  [1, (it) => ["DEL", ...it.keys(3)]],
];

differentialGroup({
  name: "bitmap commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
  commandCount: 5000,
});
