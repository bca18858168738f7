/** Sorted sets beside a model in plain JavaScript, undo logs and leaks included. */
import assert from "node:assert/strict";
import type { SeededRandom } from "../_support/mod.ts";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { operations, withSeed } from "./_operations.ts";

const KEY = "zset";
const ENCODING_LISTPACK = 3;
/** Results of the core's `zsetAdd`. */
const ADDED = 1;
const UPDATED = 2;
const SAME = 3;

type Model = Map<string, number>;
type Pair = readonly [member: string, score: number];

/** The pairs in the order of a sorted set; members are ASCII. */
function ordered(model: Model): Pair[] {
  return [...model].sort(([a, x], [b, y]) =>
    x !== y ? x - y : a < b ? -1 : a > b ? 1 : 0
  );
}

/** How members and scores are drawn. */
interface Shape {
  readonly members: number;
  readonly scores: number;
  readonly ascending?: boolean;
}

/** One sorted set, and what it should hold. */
class Both {
  model: Model = new Map();
  #next = 0;

  constructor(
    readonly space: KeySpace,
    readonly shape: Shape,
    readonly key: string = KEY,
  ) {}

  get entry(): number {
    return this.space.find(0, this.key);
  }

  member(random: SeededRandom): string {
    const number = random.integer(0, this.shape.members);
    return number % 7 === 0 ? String(number) : `member:${number}`;
  }

  score(random: SeededRandom): number {
    if (this.shape.ascending) return this.#next++;
    const score = random.integer(-this.shape.scores, this.shape.scores);
    return random.chance(0.2) ? score / 8 + 1e-9 : score;
  }

  add(member: string, score: number): void {
    const { call } = this.space;
    const old = this.model.get(member);
    const result = call.zsetAdd(
      0,
      this.space.keyAt(KEY),
      KEY.length,
      this.entry,
      this.space.valueAt(member),
      member.length,
      score,
      0,
    );
    const expected = old === undefined ? ADDED : old === score ? SAME : UPDATED;
    assert.equal(result, expected);
    this.model.set(member, score);
  }

  /** `add` where memory may run out: false, and nothing changed. */
  tryToAdd(member: string, score: number): boolean {
    const { call } = this.space;
    const result = call.zsetAdd(
      0,
      this.space.keyAt(this.key),
      this.key.length,
      this.entry,
      this.space.valueAt(member),
      member.length,
      score,
      0,
    );
    if (result !== 0) this.model.set(member, score);
    return result !== 0;
  }

  remove(member: string): void {
    const { call } = this.space;
    if (this.entry === 0) return;
    const removed = call.zsetRemove(
      0,
      this.entry,
      this.space.valueAt(member),
      member.length,
    );
    assert.equal(removed, this.model.delete(member) ? 1 : 0);
    this.#removeIfEmpty();
  }

  removeRange(start: number, count: number): void {
    if (this.entry === 0) return;
    assert.equal(
      this.space.call.zsetRemoveRange(0, this.entry, start, count),
      1,
    );
    for (const [member] of ordered(this.model).slice(start, start + count)) {
      this.model.delete(member);
    }
    this.#removeIfEmpty();
  }

  #removeIfEmpty(): void {
    if (this.model.size === 0) this.space.delete(0, KEY);
  }

  change(random: SeededRandom, growth: number): void {
    if (random.chance(growth)) {
      this.add(this.member(random), this.score(random));
    } else if (random.chance(0.97)) this.remove(this.member(random));
    else if (this.model.size > 0) {
      const start = random.integer(0, this.model.size - 1);
      const most = Math.min(this.model.size - start, 40);
      this.removeRange(start, random.integer(1, most));
    }
  }

  read(entry = this.entry): Pair[] {
    const { call } = this.space;
    const found: Pair[] = [];
    if (entry === 0) return found;
    call.walkFrom(call.entryEncoding(entry), call.valuePtr(entry), 0, 0);
    while (call.walkNext() !== 0) {
      const member = this.space.text(
        call.walkMemberPtr(),
        call.walkMemberLength(),
      );
      found.push([member, call.walkElementScore()]);
    }
    return found;
  }

  compare(): void {
    const { call } = this.space;
    const { entry } = this;
    assert.deepEqual(this.read(), ordered(this.model));
    if (entry === 0) return;
    assert.equal(call.zsetCheck(entry), 1, "zsetCheck");
    assert.equal(call.zsetCount(entry), this.model.size);
  }

  /** Ranks, scores, and how many lie below a score. */
  ask(random: SeededRandom): void {
    const { call } = this.space;
    const { entry } = this;
    if (entry === 0) return;
    const pairs = ordered(this.model);
    const member = this.member(random);
    const ptr = this.space.valueAt(member);
    const rank = pairs.findIndex(([name]) => name === member);
    assert.equal(call.zsetRank(entry, ptr, member.length), rank);
    if (rank >= 0) assert.equal(call.zsetFoundScore(), pairs[rank][1]);
    const score = random.pick(pairs)[1];
    const below = pairs.filter(([, other]) => other < score).length;
    const upTo = pairs.filter(([, other]) => other <= score).length;
    assert.equal(call.zsetBefore(entry, score, 0), below);
    assert.equal(call.zsetBefore(entry, score, 1), upTo);
    const from = random.integer(0, pairs.length - 1);
    call.walkFrom(call.entryEncoding(entry), call.valuePtr(entry), from, 1);
    for (const [, expected] of pairs.toReversed().slice(from, from + 70)) {
      assert.equal(call.walkNext(), 1);
      assert.equal(call.walkElementScore(), expected);
    }
  }
}

const SHAPES: readonly Shape[] = [
  { members: 40, scores: 5 },
  { members: 400, scores: 3 },
  { members: 5_000, scores: 100_000 },
  { members: 20_000, scores: 0 },
  { members: 20_000, scores: 0, ascending: true },
];

Deno.test("a sorted set does what a sorted list of pairs does, in every encoding", () => {
  withSeed((random) => {
    for (const shape of SHAPES) {
      const space = new KeySpace();
      const both = new Both(space, shape);
      for (const growth of [0.9, 0.5, 0.1, 0.8, 0.05]) {
        const steps = operations(Math.min(6_000, 2_000 + shape.members));
        for (let i = 0; i < steps; i++) {
          both.change(random, growth);
          if (i % 100 === 0) both.ask(random);
        }
        both.compare();
      }
    }
  });
});

Deno.test("a set becomes large at either threshold, and says so", () => {
  const space = new KeySpace();
  const { call } = space;
  for (const [limit, count, long] of [[5, 5, 0], [5, 4, 65], [0, 0, 0]]) {
    call.zsetLimits(limit, 64);
    const both = new Both(space, { members: 10, scores: 1 });
    for (let i = 0; i < count; i++) both.add(`m${i}`, i);
    if (count > 0) {
      assert.equal(call.entryEncoding(both.entry), ENCODING_LISTPACK);
    }
    both.add("x".repeat(long), -1);
    assert.notEqual(call.entryEncoding(both.entry), ENCODING_LISTPACK);
    both.compare();
    space.delete(0, KEY);
  }
});

Deno.test("whatever is done to sorted sets in an undo log, rolling back restores it", () => {
  withSeed((random) => {
    for (let round = 0; round < operations(60); round++) {
      const shape = random.pick(SHAPES);
      const space = new KeySpace();
      const { call } = space;
      const both = new Both(space, shape);
      const size = random.pick([0, 3, 127, 129, 400, 3_000]);
      for (let i = 0; i < size; i++) both.change(random, 0.95);
      space.settle();
      // The log, and the list of elements, keep the room they have once had.
      call.undoBegin();
      call.undoReserve(2_700);
      call.undoCommit();
      const bytes = space.payloadBytes();
      const before = new Map(both.model);
      call.undoBegin();
      const growth = random.pick([0.9, 0.5, 0.02]);
      for (let i = 0; i < 300; i++) both.change(random, growth);
      both.compare();
      if (random.chance(0.6)) {
        assert.equal(call.undoRollback(0), 1);
        both.model = before;
        both.compare();
        space.settle();
        assert.ok(space.payloadBytes() - bytes <= tableBytes(both));
      } else {
        call.undoCommit();
        both.compare();
      }
      // It goes on as if nothing had been.
      for (let i = 0; i < 300; i++) both.change(random, 0.5);
      both.compare();
    }
  });
});

/** What the dict of the set may have grown by without being asked back. */
function tableBytes(both: Both): number {
  return both.model.size * 64 + 8_192;
}

Deno.test("a sorted set that is deleted leaves no memory behind", () => {
  withSeed((random) => {
    const space = new KeySpace();
    const { call } = space;
    const run = () => {
      for (const size of [1, 100, 200, 5_000]) {
        const both = new Both(space, { members: size, scores: 50 });
        for (let i = 0; i < size * 2; i++) both.change(random, 0.9);
        const { entry } = both;
        if (entry !== 0) {
          const copy = space.keyAt("copy");
          assert.notEqual(call.copyEntry(entry, 0, copy, 4), 0);
          assert.deepEqual(both.read(space.find(0, "copy")), both.read());
          assert.equal(call.zsetCheck(space.find(0, "copy")), 1);
          space.delete(0, "copy");
        }
        space.delete(0, KEY);
        space.settle();
      }
      return call.memoryUsed();
    };
    run();
    const baseline = run();
    for (let i = 0; i < 3; i++) assert.equal(run(), baseline);
    space.check();
  });
});

/** A set of its own, filled at random; its model. */
function filled(space: KeySpace, key: string, random: SeededRandom): Model {
  const { call } = space;
  const model: Model = new Map();
  const size = random.pick([1, 20, 150, 400]);
  for (let i = 0; i < size; i++) {
    const member = `m${random.integer(0, 500)}`;
    const score = random.integer(-9, 9);
    model.set(member, score);
    const entry = space.find(0, key);
    const ptr = space.valueAt(member);
    const at = space.keyAt(key);
    call.zsetAdd(0, at, key.length, entry, ptr, member.length, score, 0);
  }
  return model;
}

/** What combining two models gives: union, intersection or difference. */
function combined(a: Model, b: Model, operation: number, weight: number) {
  const result: Model = new Map();
  for (const [member, score] of a) {
    const other = b.get(member);
    if (operation === 1 && other === undefined) continue;
    if (operation === 2 && other !== undefined) continue;
    const more = operation === 2 ? 0 : (other ?? 0) * weight;
    result.set(member, score + more);
  }
  if (operation !== 0) return result;
  for (const [member, score] of b) {
    if (!a.has(member)) result.set(member, score * weight);
  }
  return result;
}

Deno.test("what is combined or stored is right, and rolling back takes it back whole", () => {
  withSeed((random) => {
    const space = new KeySpace();
    const { call } = space;
    let bytes = 0;
    for (let round = 0; round < operations(120); round++) {
      const a = filled(space, "a", random);
      const b = filled(space, "b", random);
      const held = filled(space, "to", random);
      const to = new Both(space, SHAPES[0], "to");
      space.settle();
      const before = space.payloadBytes();
      const isUndone = random.chance(0.5);
      call.undoBegin();
      const operation = random.integer(0, 3);
      if (operation === 3) {
        const start = random.integer(0, a.size - 1);
        const count = random.integer(1, a.size - start);
        const from = space.find(0, "a");
        const at = space.keyAt("to");
        assert.equal(call.zsetStoreRange(0, at, 2, from, start, count), 1);
        to.model = new Map(ordered(a).slice(start, start + count));
      } else {
        call.combineReset();
        call.combineAdd(space.find(0, "a"), 1);
        call.combineAdd(space.find(0, "b"), 2);
        const result = call.combineRun(operation, 0);
        const expected = combined(a, b, operation, 2);
        assert.equal(call.combineLength(result), expected.size);
        if (expected.size === 0) {
          call.combineFree(result);
          to.model = held;
        } else {
          assert.equal(call.combineStore(0, space.keyAt("to"), 2, result), 1);
          to.model = expected;
        }
      }
      to.compare();
      if (isUndone) {
        assert.equal(call.undoRollback(0), 1);
        to.model = held;
        to.compare();
        space.settle();
        // The list of elements and the log may have grown.
        assert.ok(space.payloadBytes() - before <= 70_000);
      } else call.undoCommit();
      for (const key of ["a", "b", "to"]) space.delete(0, key);
      space.settle();
      if (round === 20) bytes = space.payloadBytes();
    }
    assert.ok(space.payloadBytes() - bytes <= 70_000);
  });
});

Deno.test("a sorted set for which memory runs out stays what it was", () => {
  withSeed((random) => {
    for (const shape of [SHAPES[0], SHAPES[2]]) {
      const space = new KeySpace();
      const { call } = space;
      const both = new Both(space, shape);
      for (let i = 0; i < shape.members; i++) both.change(random, 0.9);
      // Blocks of every size until there are none: then some come back.
      call.memoryLimitPages(call.memoryReserved() / 65_536);
      const taken: number[] = [];
      for (const bytes of [65_536, 4_096, 256, 64, 32, 24, 16, 8]) {
        for (let block; (block = call.alloc(bytes)) !== 0;) taken.push(block);
      }
      let failures = 0;
      for (let i = 0; i < 4_000; i++) {
        if (random.chance(0.05)) call.free(taken.pop() ?? 0);
        if (!both.tryToAdd(both.member(random), both.score(random))) {
          failures++;
          assert.equal(call.zsetCheck(both.entry), 1);
        }
      }
      assert.ok(failures > 100, `${failures} failures`);
      both.compare();
    }
  });
});

Deno.test("a large sorted set takes less than 55 bytes a member", () => {
  const space = new KeySpace({ build: "aikv" });
  const both = new Both(space, { members: 0, scores: 0 });
  const count = 200_000;
  const before = space.call.memoryUsed();
  for (let i = 0; i < count; i++) {
    // Scattered scores, and members of ten bytes.
    both.add(`m${String(i).padStart(9, "0")}`, (i * 7919) % 1_000_003);
  }
  const used = space.call.memoryUsed() - before;
  assert.ok(used < count * 55, `${used / count} bytes a member`);
  const stated = space.call.entryUsage(both.entry);
  assert.ok(Math.abs(stated / used - 1) < 0.1, `stated ${stated}, is ${used}`);
});
