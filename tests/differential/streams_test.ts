import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import type { Step } from "./_step.ts";

const KEYS = ["s", "t", "u", "stream:1"];
const GROUPS = ["g", "g2", "group"];
const CONSUMERS = ["c", "d", "consumer", ""];
const FIELDS = ["f", "field", "1", "-42", "", "long".repeat(30)];
const BAD_IDS: Argument[] = [
  ...["", "-", "+", "*", "1-", "-1", "a", "1-a", "1-1-1", "1.5", " 3", "+4-+1"],
  ...["-7-1", "1--1", "1-*", "*-1", "(1", "$", ">", "007-01", "1- 2", "0-0"],
  ...["18446744073709551615", "18446744073709551616-0", "9".repeat(130)],
  ...["18446744073709551615-18446744073709551615", "0-18446744073709551615"],
  new Uint8Array([49, 45, 50, 0, 51]),
];

/** Mostly streams, now and then a key of another type or none. */
function key(sample: Sample): Argument {
  const { random } = sample;
  if (random.chance(0.04)) return sample.key();
  return random.chance(0.7) ? "s" : random.pick(KEYS);
}

/** IDs grow in the course of a sequence, so that most additions succeed. */
class Ids {
  #ms = 1;
  #seq = 0;

  next(sample: Sample): string {
    const { random } = sample;
    if (random.chance(0.4)) this.#seq += random.integer(1, 3);
    else {
      this.#ms += random.pick([1, 1, 2, 5, 300, 70_000]);
      this.#seq = random.integer(0, 2);
    }
    return `${this.#ms}-${this.#seq}`;
  }

  /** One that may have been added. */
  some(sample: Sample): Argument {
    const { random } = sample;
    if (random.chance(0.04)) return random.pick(BAD_IDS);
    const ms = Math.max(0, this.#ms - random.pick([0, 0, 1, 2, 3, 5, 10, 300]));
    if (random.chance(0.2)) return String(ms);
    return `${ms}-${random.integer(0, this.#seq + 2)}`;
  }
}

/** A new sequence begins with each sample. */
const idsOf = new WeakMap<Sample, Ids>();

function ids(sample: Sample): Ids {
  let known = idsOf.get(sample);
  if (known === undefined) idsOf.set(sample, known = new Ids());
  return known;
}

function someIds(sample: Sample): Argument[] {
  return Array.from(
    { length: sample.random.integer(1, 4) },
    () => ids(sample).some(sample),
  );
}

function count(sample: Sample): string {
  return sample.random.chance(0.85)
    ? String(sample.random.integer(0, 6))
    : sample.integer();
}

function trimming(sample: Sample): Argument[] {
  const { random } = sample;
  const operator = random.pick([[], ["="], ["~"], ["~"]]);
  const what = random.chance(0.5)
    ? ["MAXLEN", ...operator, count(sample)]
    : ["MINID", ...operator, ids(sample).some(sample)];
  const limit = random.chance(0.2) ? ["LIMIT", count(sample)] : [];
  return random.chance(0.9) ? [...what, ...limit] : [...limit, ...what];
}

function newId(sample: Sample): Argument {
  const { random } = sample;
  if (random.chance(0.85)) return ids(sample).next(sample);
  if (random.chance(0.5)) return `${random.integer(0, 500)}-*`;
  return ids(sample).some(sample);
}

function add(sample: Sample): Argument[] {
  const { random } = sample;
  const fields = random.chance(0.6)
    ? ["f", "field"]
    : random.shuffle(FIELDS).slice(0, random.integer(1, 3));
  return [
    "XADD",
    key(sample),
    ...(random.chance(0.05) ? ["NOMKSTREAM"] : []),
    ...(random.chance(0.15) ? trimming(sample) : []),
    newId(sample),
    ...fields.flatMap((field) => [field, sample.value()]),
  ];
}

/** Enough to fill a node, of small entries. */
function addMany(sample: Sample): Step[] {
  return Array.from(
    { length: sample.random.integer(5, 30) },
    (_, index) => ({
      command: ["XADD", "s", ids(sample).next(sample), "f", String(index)],
    }),
  );
}

function bound(sample: Sample): Argument {
  const { random } = sample;
  if (random.chance(0.3)) return random.pick(["-", "+"]);
  const id = ids(sample).some(sample);
  return random.chance(0.2) && typeof id === "string" ? `(${id}` : id;
}

function range(sample: Sample): Argument[] {
  return [
    sample.random.pick(["XRANGE", "XREVRANGE"]),
    key(sample),
    bound(sample),
    bound(sample),
    ...sample.options([["COUNT", count(sample)]]),
  ];
}

/** `+` is an ID to XREAD since 7.4. */
function idToRead(sample: Sample): Argument {
  const id = sample.random.chance(0.1) ? "$" : ids(sample).some(sample);
  return id === "+" ? "1" : id;
}

function read(sample: Sample): Argument[] {
  const keys = Array.from(
    { length: sample.random.integer(1, 3) },
    () => key(sample),
  );
  return [
    "XREAD",
    ...sample.options([["COUNT", count(sample)]]),
    "STREAMS",
    ...keys,
    ...keys.map(() => idToRead(sample)),
  ];
}

function group(sample: Sample): string {
  return sample.random.chance(0.7) ? "g" : sample.random.pick(GROUPS);
}

function consumer(sample: Sample): string {
  return sample.random.pick(CONSUMERS);
}

function readGroup(sample: Sample): Argument[] {
  const { random } = sample;
  const keys = Array.from(
    { length: random.chance(0.9) ? 1 : 2 },
    () => key(sample),
  );
  return [
    "XREADGROUP",
    "GROUP",
    group(sample),
    consumer(sample),
    ...sample.options([["COUNT", count(sample)]]),
    ...(random.chance(0.15) ? ["NOACK"] : []),
    "STREAMS",
    ...keys,
    ...keys.map(() =>
      random.chance(0.7)
        ? ">"
        : random.chance(0.5)
        ? "0"
        : ids(sample).some(sample)
    ),
  ];
}

/** No idle time of a test is near this: it comes before or after. */
function minIdle(sample: Sample): string {
  return sample.random.pick(["0", "0", "0", "5000000", "-1", "x"]);
}

function claim(sample: Sample): Argument[] {
  return [
    "XCLAIM",
    key(sample),
    group(sample),
    consumer(sample),
    minIdle(sample),
    ...someIds(sample),
    ...sample.options([
      ["FORCE"],
      ["JUSTID"],
      ["IDLE", sample.random.pick(["0", "10000000", "-1", "y"])],
      ["TIME", sample.random.pick(["0", "1000", "99999999999999", "-5"])],
      ["RETRYCOUNT", count(sample)],
      ["LASTID", ids(sample).some(sample)],
    ]),
  ];
}

function autoClaim(sample: Sample): Argument[] {
  return [
    "XAUTOCLAIM",
    key(sample),
    group(sample),
    consumer(sample),
    minIdle(sample),
    bound(sample),
    ...sample.options([["COUNT", count(sample)], ["JUSTID"]]),
  ];
}

function pending(sample: Sample): Argument[] {
  const { random } = sample;
  const range = [bound(sample), bound(sample), count(sample)];
  return [
    "XPENDING",
    key(sample),
    group(sample),
    ...(random.chance(0.2) ? ["IDLE", minIdle(sample)] : []),
    ...(random.chance(0.7) ? range : []),
    ...(random.chance(0.2) ? [consumer(sample)] : []),
  ];
}

function groupCommand(sample: Sample): Argument[] {
  const { random } = sample;
  const where = [key(sample), group(sample)];
  const id = random.chance(0.3)
    ? "$"
    : random.chance(0.5)
    ? "0"
    : ids(sample).some(sample);
  const read = random.chance(0.2) ? ["ENTRIESREAD", count(sample)] : [];
  return random.pickWeighted<() => Argument[]>([
    [6, () => [
      "CREATE",
      ...where,
      id,
      ...read,
      ...(random.chance(0.3) ? ["MKSTREAM"] : []),
    ]],
    [2, () => ["SETID", ...where, id, ...read]],
    [1, () => ["DESTROY", ...where]],
    [2, () => ["CREATECONSUMER", ...where, consumer(sample)]],
    [1, () => ["DELCONSUMER", ...where, consumer(sample)]],
    [1, () => ["HELP"]],
  ])();
}

function info(sample: Sample): Argument[] {
  return sample.random.pick<() => Argument[]>([
    () => ["STREAM", key(sample)],
    () => ["STREAM", key(sample), "FULL"],
    () => ["STREAM", key(sample), "FULL", "COUNT", count(sample)],
    () => ["GROUPS", key(sample)],
    () => ["CONSUMERS", key(sample), group(sample)],
  ])();
}

function setId(sample: Sample): Argument[] {
  return [
    "XSETID",
    key(sample),
    sample.random.chance(0.5)
      ? ids(sample).next(sample)
      : ids(sample).some(sample),
    ...sample.options([
      ["ENTRIESADDED", count(sample)],
      ["MAXDELETEDID", ids(sample).some(sample)],
    ]),
  ];
}

const COMMANDS: CommandChoices = [
  [20, add],
  [2, addMany],
  [8, range],
  [2, (it) => ["XLEN", key(it)]],
  [6, read],
  [6, (it) => ["XDEL", key(it), ...someIds(it)]],
  [4, (it) => ["XTRIM", key(it), ...trimming(it)]],
  [2, setId],
  [8, (it) => ["XGROUP", ...groupCommand(it)]],
  [12, readGroup],
  [5, (it) => ["XACK", key(it), group(it), ...someIds(it)]],
  [5, claim],
  [5, autoClaim],
  [5, pending],
  [8, (it) => ["XINFO", ...info(it)]],
  [1, () => ["XINFO", "HELP"]],
  [1, (it) => ["COPY", key(it), key(it), "REPLACE"]],
  [1, (it) => ["RENAME", key(it), key(it)]],
  [1, (it) => ["DEL", key(it)]],
  [1, (it) => ["SET", key(it), "x"]],
  [1, (it) => ["OBJECT", "ENCODING", key(it)]],
  [2, (it) => ["DEBUG", "DIGEST-VALUE", key(it)]],
  [1, () => ["DEBUG", "DIGEST"]],
  [1, (it) => [
    "CONFIG",
    "SET",
    "stream-node-max-entries",
    it.random.pick(["0", "1", "2", "5", "10", "100", "300"]),
  ]],
  [1, (it) => [
    "CONFIG",
    "SET",
    "stream-node-max-bytes",
    it.random.pick(["0", "50", "200", "4096"]),
  ]],
];

differentialGroup({
  name: "stream commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
  server: { options: ["--enable-debug-command", "yes"] },
  sequenceLength: 120,
  prelude: [
    ["CONFIG", "SET", "stream-node-max-entries", "100"],
    ["CONFIG", "SET", "stream-node-max-bytes", "4096"],
  ],
});
