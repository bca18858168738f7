/** Random arguments and commands shared by the generators of all groups. */

import type { Argument, SeededRandom } from "../_support/mod.ts";
import type { Step } from "./_step.ts";

/** Makes one command, or several that belong together. */
export type CommandGenerator = (sample: Sample) => Step | Step[] | Argument[];

/** Commands with their weights. */
export type CommandChoices = readonly (readonly [
  weight: number,
  CommandGenerator,
])[];

const BINARY_KEY = new Uint8Array([0, 1, 13, 10, 255, 42]);

/** Few keys, so that commands meet each other's. */
const KEYS: readonly Argument[] = [
  ..."a b c key:1 key:2 {t}1 {t}2 counter text text2".split(" "),
  "",
  "ключ",
  "with space",
  "k".repeat(200),
  BINARY_KEY,
];

const EDGE_INTEGERS: readonly string[] = [
  ..."0 1 -1 2 9 10 99 9999 10000 2147483647 -2147483648 4294967296".split(" "),
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775806",
];

const BAD_INTEGERS: readonly string[] = [
  "",
  " 1",
  "1 ",
  "+1",
  "-0",
  "01",
  "-01",
  "1.0",
  "1e3",
  "0x10",
  "abc",
  "9223372036854775808",
  "-9223372036854775809",
  "99999999999999999999999",
  "1\x00",
  "--1",
  "-",
];

const FLOATS: readonly string[] = [
  ..."0 1 -1 0.1 -0.1 1.5 2.25 3.0 3.0e3 1e10 -1e-5 0.3333333333".split(" "),
  ..."1e17 12345678.9 17179869184.5 5.0e-3 .5 5. 0.000000000000001".split(" "),
];

const BAD_FLOATS: readonly string[] = [
  "",
  " 1.5",
  "1.5 ",
  "abc",
  "nan",
  "inf",
  "-inf",
  "+inf",
  "1e5000",
  "1.5a",
  "1,5",
  "1e",
  "--1",
];

/** Lengths on both sides of Redis's limits between encodings. */
const EDGE_LENGTHS: readonly number[] = [0, 1, 2, 19, 20, 21, 43, 44, 45, 64];

/** Draws arguments for one sequence. */
export class Sample {
  #nextRelativeSeconds = 100;

  constructor(
    readonly random: SeededRandom,
    /** The clock when the sequence was made, in milliseconds. */
    readonly nowMs: number = Date.now(),
  ) {}

  key(): Argument {
    return this.random.pick(KEYS);
  }

  keys(countMax: number): Argument[] {
    const count = this.random.integer(1, countMax);
    return Array.from({ length: count }, () => this.key());
  }

  integer(): string {
    return this.random.pickWeighted<() => string>([
      [4, () => String(this.random.integer(-20, 20))],
      [3, () => this.random.pick(EDGE_INTEGERS)],
      [2, () => String(this.random.integer(-1e9, 1e9))],
      [1, () => this.random.pick(BAD_INTEGERS)],
    ])();
  }

  badInteger(): string {
    return this.random.pick(BAD_INTEGERS);
  }

  float(): string {
    return this.random.pickWeighted<() => string>([
      [4, () => this.random.pick(FLOATS)],
      [3, () => (this.random.integer(-1000000, 1000000) / 1000).toString()],
      [1, () => this.integer()],
      [1, () => this.random.pick(BAD_FLOATS)],
    ])();
  }

  /** A position inside or around a short string. */
  offset(): string {
    return this.random.chance(0.85)
      ? String(this.random.integer(-60, 60))
      : this.random.pick([...EDGE_INTEGERS, ...BAD_INTEGERS]);
  }

  value(): Argument {
    return this.random.pickWeighted<() => Argument>([
      [3, () => String(this.random.integer(-100, 10100))],
      [2, () => this.random.pick([...EDGE_INTEGERS, ...BAD_INTEGERS])],
      [2, () => this.random.pick([...FLOATS, ...BAD_FLOATS])],
      [3, () => this.text(this.random.pick(EDGE_LENGTHS))],
      [2, () => this.random.bytes(this.random.pick(EDGE_LENGTHS))],
      [1, () => this.text(this.random.integer(65, 3000))],
    ])();
  }

  text(length: number): string {
    let text = "";
    while (text.length < length) text += this.random.pick([..."abcdx 0\r\n"]);
    return text.slice(0, length);
  }

  /** Words in any order, some left out, some twice. */
  options(words: readonly Argument[][]): Argument[] {
    const chosen = words.filter(() => this.random.chance(0.35));
    if (chosen.length > 0 && this.random.chance(0.1)) {
      chosen.push(this.random.pick(chosen));
    }
    if (this.random.chance(0.04)) chosen.push(["NOSUCHOPTION"]);
    return this.random.shuffle(chosen).flat()
      .map((word) => typeof word === "string" ? this.mixCase(word) : word);
  }

  /** The word as it is, in lower case, or in mixed case. */
  mixCase(word: string): string {
    const draw = this.random.integer(0, 5);
    if (draw === 0) return word.toLowerCase();
    if (draw > 1) return word;
    return [...word].map((letter, index) =>
      index % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase()
    ).join("");
  }

  /**
   * A time to live in seconds. Good ones never repeat within a sequence and lie
   * far from each other, so that no comparison (GT, LT) depends on the moment a
   * server received the command.
   */
  relativeSeconds(): string {
    return this.random.pickWeighted<() => string>([
      [8, () => this.#freshSeconds()],
      [1, () => this.random.pick(["0", "-1", "-100"])],
      [1, () => this.badInteger()],
      [1, () =>
        this.random.pick([
          ...["9223372036854775", "9223372036854776", "-9223372036854776"],
          ...["9223370000000000", "9223372036854775807"],
          "-9223372036854775808",
        ])],
    ])();
  }

  /** The same in milliseconds. */
  relativeMs(): string {
    return this.random.chance(0.7)
      ? `${this.#freshSeconds()}000`
      : this.random.pick([
        ...["0", "-1", "-100000", "9223372036854775807"],
        ...["9223372036854770000", "-9223372036854775808"],
        this.badInteger(),
      ]);
  }

  /** A Unix time in seconds, past or future. */
  absoluteSeconds(): string {
    const nowSeconds = Math.floor(this.nowMs / 1000);
    return this.random.pickWeighted<() => string>([
      [8, () => String(nowSeconds + 50_000 + this.random.integer(1, 90) * 100)],
      [2, () => String(nowSeconds - this.random.integer(100, 1000))],
      [1, () => this.random.pick(["0", "-1", "1", "9223372036854775"])],
      [1, () => this.random.pick(["9223372036854776", this.badInteger()])],
    ])();
  }

  /** A Unix time in milliseconds, past or future. */
  absoluteMs(): string {
    return this.random.chance(0.8)
      ? String(
        this.nowMs +
          this.random.pick([60_000_000, 70_000_000, -100_000, -500_000]) +
          this.random.integer(0, 9) * 1_000_000 *
            (this.random.chance(0.5) ? 1 : 0),
      )
      : this.random.pick([
        ...["0", "-1", "1", "9223372036854775807"],
        ...["-9223372036854775808", this.badInteger()],
      ]);
  }

  /** EX, PX, EXAT or PXAT with a time. */
  expiry(): Argument[] {
    return this.random.pick<() => Argument[]>([
      () => ["EX", this.relativeSeconds()],
      () => ["PX", this.relativeMs()],
      () => ["EXAT", this.absoluteSeconds()],
      () => ["PXAT", this.absoluteMs()],
    ])();
  }

  /** A glob pattern, sound or not. */
  pattern(): Argument {
    return this.random.pick<Argument>([
      ..."* ? a* *1 key:? key:[12] key:[^1] key:[1-2] [a-c] [c-a] {t}*".split(
        " ",
      ),
      ..."text? t*t* nosuch \\* [ [a [^ [a- \\ *\\ **** *?* [\\]] [!a]".split(
        " ",
      ),
      "",
      "*".repeat(60) + "x",
      new Uint8Array([0, 1, 42]),
    ]);
  }

  #freshSeconds(): string {
    this.#nextRelativeSeconds += 60;
    return String(this.#nextRelativeSeconds);
  }
}

const MUTATION_PROBABILITY = 0.06;

/**
 * A sequence of about `length` steps drawn from the choices. Now and then a
 * command gets a wrong or missing argument, unless `mutated` is false, as it
 * must be where a changed argument could stop the server.
 */
export function generateSequence(
  random: SeededRandom,
  length: number,
  choices: CommandChoices,
  mutated = true,
): Step[] {
  const sample = new Sample(random);
  const steps: Step[] = [];
  while (steps.length < length) {
    const made = random.pickWeighted(choices)(sample);
    if (!Array.isArray(made)) steps.push(made);
    else if (isSteps(made)) steps.push(...made);
    else steps.push({ command: mutated ? mutate(sample, made) : made });
  }
  return steps;
}

function isSteps(made: Step[] | Argument[]): made is Step[] {
  return typeof made[0] === "object" && "command" in made[0];
}

/** Now and then a wrong number of arguments or a foreign one. */
function mutate(sample: Sample, command: Argument[]): Argument[] {
  const { random } = sample;
  const mixed = [sample.mixCase(String(command[0])), ...command.slice(1)];
  if (!random.chance(MUTATION_PROBABILITY)) return mixed;
  const at = random.integer(1, Math.max(1, mixed.length - 1));
  return random.pick<() => Argument[]>([
    () => mixed.slice(0, random.integer(1, mixed.length)),
    () => mixed.toSpliced(at, 1),
    () => [...mixed, sample.value()],
    () => mixed.toSpliced(at, 1, sample.value()),
    () => mixed.toSpliced(at, 0, sample.key()),
  ])();
}
