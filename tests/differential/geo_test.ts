import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { type Step, step } from "./_step.ts";

const KEYS: readonly Argument[] = ["g1", "g2", "g3"];
const MEMBERS = "a b c d e f g h i j k l Palermo Catania 1 22".split(" ");

function key(sample: Sample): Argument {
  return sample.random.chance(0.03) ? "text" : sample.random.pick(KEYS);
}

function member(sample: Sample): string {
  return sample.random.pick(MEMBERS);
}

/** Degrees in a part of the range, often close to each other, seldom beyond. */
function degrees(sample: Sample, most: number): string {
  const { random } = sample;
  return random.pickWeighted<() => string>([
    [6, () => String(15 + random.integer(-3000, 3000) / 1000)],
    [6, () => String(random.integer(-most * 1e6, most * 1e6) / 1e6)],
    [1, () => String(random.pick([-most, most, 0, -0.000001]))],
    [1, () => random.pick(["x", "nan", "inf", "1e300", "", "181.5", "-90.25"])],
  ])();
}

/** No two are the same place: which of them comes first says nothing. */
function place(sample: Sample): string[] {
  const [x, y] = [degrees(sample, 180), degrees(sample, 85)];
  return /\.\d{3}/.test(x) || /\.\d{3}/.test(y) ? [x, y] : place(sample);
}

function geoadd(sample: Sample): Argument[] {
  const count = sample.random.integer(1, 6);
  const places: Argument[] = [];
  for (let i = 0; i < count; i++) places.push(...place(sample), member(sample));
  return [
    "GEOADD",
    key(sample),
    ...(sample.random.chance(0.3)
      ? sample.options([["NX"], ["XX"], ["CH"]])
      : []),
    ...places,
  ];
}

function unit(sample: Sample): string {
  return sample.random.chance(0.03)
    ? "yd"
    : sample.random.pick(["m", "km", "ft", "mi", "KM"]);
}

function size(sample: Sample): string[] {
  const { random } = sample;
  const value = random.pickWeighted<() => string>([
    [5, () => String(random.integer(0, 500))],
    [3, () => String(random.integer(0, 20_000_000))],
    [1, () => random.pick(["0", "-1", "x", "0.5", "1e30", "inf"])],
  ])();
  return [value];
}

function results(sample: Sample, isStore: boolean): Argument[][] {
  const { random } = sample;
  const words: Argument[][] = [];
  const with_ = isStore ? 0.03 : 0.4;
  for (const word of ["WITHDIST", "WITHHASH", "WITHCOORD"]) {
    if (random.chance(with_)) words.push([word]);
  }
  if (random.chance(0.4)) words.push([random.pick(["ASC", "DESC"])]);
  if (random.chance(0.3)) {
    const count = random.pick(["1", "2", "5", "0", "x"]);
    words.push(random.chance(0.3) ? ["COUNT", count, "ANY"] : ["COUNT", count]);
  } else if (random.chance(0.03)) words.push(["ANY"]);
  return words;
}

function search(sample: Sample): Argument[] {
  const { random } = sample;
  const isStore = random.chance(0.25);
  const words = results(sample, isStore);
  if (random.chance(0.97)) {
    words.push(
      random.chance(0.5)
        ? ["FROMMEMBER", member(sample)]
        : ["FROMLONLAT", ...place(sample)],
    );
  }
  if (random.chance(0.97)) {
    words.push(
      random.chance(0.5)
        ? ["BYRADIUS", ...size(sample), unit(sample)]
        : ["BYBOX", ...size(sample), ...size(sample), unit(sample)],
    );
  }
  if (random.chance(0.03)) words.push(["STOREDIST"]);
  return [
    isStore ? "GEOSEARCHSTORE" : "GEOSEARCH",
    ...(isStore ? [key(sample)] : []),
    key(sample),
    ...random.shuffle(words).flat(),
  ];
}

function radius(sample: Sample): Argument[] {
  const { random } = sample;
  const isByMember = random.chance(0.5);
  const isReadOnly = random.chance(0.4);
  const isStore = random.chance(isReadOnly ? 0.03 : 0.3);
  const words = results(sample, isStore);
  if (isStore) words.push(["STORE", key(sample)]);
  return [
    `GEORADIUS${isByMember ? "BYMEMBER" : ""}${isReadOnly ? "_RO" : ""}`,
    key(sample),
    ...(isByMember ? [member(sample)] : place(sample)),
    ...size(sample),
    unit(sample),
    ...random.shuffle(words).flat(),
  ];
}

const COMMANDS: CommandChoices = [
  [16, geoadd],
  [6, (it) => [
    "GEODIST",
    key(it),
    member(it),
    member(it),
    ...(it.random.chance(0.5) ? [unit(it)] : []),
  ]],
  [4, (it) => ["GEOHASH", key(it), member(it), member(it)]],
  [4, (it) => ["GEOPOS", key(it), member(it), member(it)]],
  [20, search],
  [14, radius],
  [2, (it) => ["ZRANGE", key(it), "0", "-1", "WITHSCORES"]],
  // Scores that are no places.
  [1, (it) => step("ZADD", key(it), "-1.5", "negative", "1e300", "huge")],
  [1, (it) => ["ZREM", key(it), member(it)]],
  [1, (it) => ["DEL", key(it)]],
  [1, () => ["SET", "text", "1"]],
  [1, (it) => ["OBJECT", "ENCODING", key(it)]],
];

/** Distances in full, in which C libraries hardly ever disagree. */
const STORED: Step[] = [
  step(
    ...["GEOADD", "g", "13.361389", "38.115556", "a", "15.087269", "37.502669"],
    ...["b", "-122.4194", "37.7749", "c", "2.3522", "48.8566", "d"],
    ...["151.2093", "-33.8688", "e", "-43.1729", "-22.9068", "f"],
  ),
  step(..."GEORADIUS g 0 0 30000 km STOREDIST near".split(" ")),
  step(..."ZRANGE near 0 -1 WITHSCORES".split(" ")),
  step(..."GEORADIUSBYMEMBER g a 9000 mi STOREDIST near".split(" ")),
  step(..."ZRANGE near 0 -1 WITHSCORES".split(" ")),
  step(
    ..."GEOSEARCHSTORE near g FROMMEMBER d BYBOX 9000 9000 km STOREDIST".split(
      " ",
    ),
  ),
  step(..."ZRANGE near 0 -1 WITHSCORES".split(" ")),
  step("OBJECT", "ENCODING", "near"),
];

differentialGroup({
  name: "stored distances",
  generate: () => STORED,
  commandCount: STORED.length,
});

for (const entries of [128, 3]) {
  differentialGroup({
    name: `geo commands on sets that are large from ${entries} members on`,
    generate: (random, length) => generateSequence(random, length, COMMANDS),
    server: { options: ["--zset-max-listpack-entries", String(entries)] },
  });
}
