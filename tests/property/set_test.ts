/** Sets beside JavaScript's, through random operations, undone or not. */
import assert from "node:assert/strict";
import { SeededRandom } from "../_support/mod.ts";
import { bulks, SetSpace } from "../unit/asm/_sets.ts";
import { operations, withSeed } from "./_operations.ts";

const KEYS = ["s1", "s2", "s3", "s4"];
/** On both sides of the widths of integers. */
const EDGES = [
  ..."127 128 32767 32768 -32768 -32769 2147483647 2147483648".split(" "),
  ..."-2147483648 -2147483649 9223372036854775807".split(" "),
  "-9223372036854775808",
];

function member(random: SeededRandom): string {
  return random.pickWeighted<() => string>([
    [6, () => String(random.integer(-30, 60))],
    [1, () => random.pick(EDGES)],
    [4, () => `m${random.integer(0, 60)}`],
    [1, () => "long".repeat(random.integer(10, 40))],
    [1, () => random.pick(["", "01", "-0", "x\0y"])],
  ])();
}

function members(random: SeededRandom): string[] {
  const length = random.chance(0.1)
    ? random.integer(20, 200)
    : random.integer(1, 6);
  if (random.chance(0.4)) {
    return Array.from({ length }, () => String(random.integer(-99, 400)));
  }
  return Array.from({ length }, () => member(random));
}

type Model = Map<string, Set<string>>;

function copyOf(model: Model): Model {
  return new Map([...model].map(([key, set]) => [key, new Set(set)]));
}

/** The sets, and what they are to hold. */
class Both {
  readonly space = new SetSpace({ databases: 1 });
  model: Model = new Map();
  readonly #marks: { mark: number; model: Model }[] = [];
  readonly #kinds: ((key: string, random: SeededRandom) => void)[] = [
    this.#add,
    this.#add,
    this.#add,
    this.#remove,
    this.#remove,
    this.#pop,
    this.#store,
    this.#copy,
    this.#delete,
    this.#look,
  ];

  change(random: SeededRandom): void {
    const kind = random.pick(this.#kinds);
    kind.call(this, random.pick(KEYS), random);
  }

  #setOf(key: string): Set<string> {
    return this.model.get(key) ?? new Set();
  }

  #put(key: string, set: Set<string>): void {
    if (set.size === 0) this.model.delete(key);
    else this.model.set(key, set);
  }

  #add(key: string, random: SeededRandom): void {
    const added = members(random);
    const set = this.#setOf(key);
    const before = set.size;
    for (const one of added) set.add(one);
    this.#put(key, set);
    assert.equal(this.space.add(key, ...added), set.size - before);
  }

  #remove(key: string, random: SeededRandom): void {
    const set = this.#setOf(key);
    if (set.size === 0) return;
    const removed = random.chance(0.2)
      ? [...set].slice(0, random.integer(1, set.size))
      : members(random);
    let count = 0;
    for (const one of removed) if (set.delete(one)) count++;
    this.#put(key, set);
    assert.equal(this.space.remove(key, ...removed), count);
    this.space.dropIfEmpty(key);
  }

  #pop(key: string, random: SeededRandom): void {
    const set = this.#setOf(key);
    if (set.size < 2) return;
    const count = random.integer(1, set.size - 1);
    const { call } = this.space;
    assert.equal(call.setPopReply(0, this.space.entry(0, key), count), 1);
    const popped = bulks(this.space.reply());
    assert.equal(popped.length, count);
    for (const one of popped) assert.ok(set.delete(one), `${one} was there`);
  }

  /** One of the operations, with the result stored. */
  #store(key: string, random: SeededRandom): void {
    const { space } = this;
    const sources = Array.from(
      { length: random.integer(1, 9) },
      () => random.pick(KEYS),
    );
    const sets = sources.map((source) => this.#setOf(source));
    const operation = random.pick(["Union", "Inter", "Diff"] as const);
    if (operation === "Inter" && sets.some((set) => set.size === 0)) return;
    const rest = sets.slice(1);
    const result = new Set(
      operation === "Union"
        ? sets.flatMap((set) => [...set])
        : [...sets[0]].filter((one) =>
          operation === "Inter"
            ? rest.every((set) => set.has(one))
            : !rest.some((set) => set.has(one))
        ),
    );
    space.operands(sources);
    space.call[`set${operation}Reply`]();
    assert.deepEqual(
      bulks(space.reply()).sort(),
      [...result].sort(),
      `${operation} of ${sources}`,
    );
    space.operands(sources);
    const at = space.keyAt(key);
    const size = space.call[`set${operation}Store`](0, at, key.length);
    assert.equal(size, result.size, `${operation} of ${sources}`);
    if (size === 0) space.delete(0, key);
    this.#put(key, result);
  }

  #copy(key: string, random: SeededRandom): void {
    const { space } = this;
    const to = random.pick(KEYS);
    if (this.#setOf(key).size === 0 || to === key) return;
    const entry = space.entry(0, key);
    assert.notEqual(
      space.call.copyEntry(entry, 0, space.keyAt(to), to.length),
      0,
    );
    this.#put(to, new Set(this.#setOf(key)));
  }

  #delete(key: string): void {
    this.model.delete(key);
    this.space.delete(0, key);
  }

  #look(key: string, random: SeededRandom): void {
    const { space } = this;
    const set = this.#setOf(key);
    if (set.size === 0) return;
    const one = member(random);
    assert.equal(space.has(key, one), set.has(one), one);
    assert.ok(set.has(space.random(key)));
    const scanned = new Set(space.scanMembers(key, random.integer(1, 50)));
    assert.deepEqual([...scanned].sort(), [...set].sort());
    const count = random.integer(1, set.size);
    const entry = space.entry(0, key);
    if (count === set.size) return;
    assert.equal(space.call.setRandomDistinctReply(entry, count), 1);
    const drawn = bulks(space.reply());
    assert.equal(new Set(drawn).size, count);
    for (const each of drawn) assert.ok(set.has(each));
  }

  begin(): void {
    const { call } = this.space;
    const mark = this.#marks.length === 0 ? 0 : call.undoMark();
    call.undoBegin();
    this.#marks.push({ mark, model: copyOf(this.model) });
  }

  /** Takes back what was done since the last `begin`. */
  rollback(): void {
    const { mark, model } = this.#marks.pop()!;
    assert.equal(this.space.call.undoRollback(mark), 1);
    this.model = model;
  }

  get depth(): number {
    return this.#marks.length;
  }

  commit(): void {
    this.space.call.undoCommit();
    this.#marks.length = 0;
  }

  compare(): void {
    this.space.check();
    for (const key of KEYS) {
      assert.deepEqual(
        this.space.members(key),
        [...this.#setOf(key)].sort(),
        key,
      );
    }
  }

  clear(): void {
    for (const key of KEYS) this.#delete(key);
    this.space.settle();
  }
}

/** Undo records and their blocks stay few. */
const STEPS_OPEN_MAX = 40;

function run(both: Both, random: SeededRandom, steps: number): void {
  let open = 0;
  for (let step = 0; step < steps; step++) {
    if (both.depth > 0 && ++open > STEPS_OPEN_MAX) {
      both.commit();
      open = 0;
    }
    const draw = random.integer(0, 29);
    if (draw === 0 && both.depth < 3) both.begin();
    else if (draw === 1 && both.depth > 0) both.rollback();
    else if (draw === 2 && both.depth > 0) both.commit();
    else both.change(random);
    if (step % 8 === 0) both.compare();
  }
  if (both.depth > 0) both.commit();
  both.compare();
}

Deno.test("sets are what JavaScript's are, whatever is done and undone", () => {
  withSeed((random) => {
    for (const limits of [[512, 128, 64], [16, 8, 20], [0, 0, 0]]) {
      const both = new Both();
      both.space.call.setLimits(...limits);
      run(both, random, operations(2_000));
    }
  });
});

Deno.test("after all sets are deleted, memory in use is what it was", () => {
  withSeed((random) => {
    const both = new Both();
    both.space.call.setLimits(16, 8, 20);
    const seed = random.nextUint32();
    let baseline = 0;
    for (let round = 0; round < 4; round++) {
      both.space.call.randomSeed(7n);
      run(both, new SeededRandom(seed), 1_500);
      both.clear();
      both.space.check();
      const used = both.space.call.memoryUsed();
      // What buffers have grown to differs only before the second round.
      if (round === 1) baseline = used;
      else if (round > 1) assert.equal(used, baseline, `round ${round}`);
    }
  });
});
