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

  constructor(readonly space: KeySpace, readonly shape: Shape) {}

  get entry(): number {
    return this.space.find(0, KEY);
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
