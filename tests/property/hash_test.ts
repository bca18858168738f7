/** Hashes beside JavaScript's maps, through random operations, undone or not. */
import assert from "node:assert/strict";
import { SeededRandom } from "../_support/mod.ts";
import { HashSpace, type HeldField } from "../unit/asm/_hashes.ts";
import { operations, withSeed } from "./_operations.ts";

const KEYS = ["h1", "h2", "h3"];
const DATABASES = 2;
const START_MS = 1_000_000;

type Hash = Map<string, HeldField>;
/** The hashes of each database. */
type Model = Map<string, Hash>[];

function copyOf(model: Model): Model {
  return model.map((hashes) =>
    new Map([...hashes].map(([key, hash]) => [key, new Map(hash)]))
  );
}

function fieldName(random: SeededRandom): string {
  return random.pickWeighted<() => string>([
    [6, () => `f${random.integer(0, 40)}`],
    [3, () => String(random.integer(-20, 140))],
    [1, () => random.pick(["", "01", "x\0y", "n".repeat(70)])],
    [1, () => "long".repeat(random.integer(1, 80))],
  ])();
}

function fieldValue(random: SeededRandom): string {
  return random.pickWeighted<() => string>([
    [5, () => `v${random.integer(0, 1_000_000)}`],
    [4, () => String(random.integer(-100, 70_000))],
    [2, () => "w".repeat(random.integer(0, 60))],
    [1, () => "x".repeat(random.integer(0, 3_000))],
  ])();
}

/** The hashes, and what they are to hold. */
class Both {
  readonly space = new HashSpace({ databases: DATABASES });
  model: Model = Array.from({ length: DATABASES }, () => new Map());
  nowMs = START_MS;
  /** Operations that found no memory, and must have changed nothing. */
  refused = 0;
  /** Whether any may. */
  isTight = false;
  readonly #marks: { mark: number; model: Model }[] = [];
  readonly #kinds: (
    (db: number, key: string, random: SeededRandom) => void
  )[] = [
    this.#set,
    this.#set,
    this.#set,
    this.#setMany,
    this.#remove,
    this.#removeMany,
    this.#expire,
    this.#expire,
    this.#persist,
    this.#move,
    this.#copy,
    this.#delete,
    this.#keyExpiry,
    this.#look,
    this.#pass,
  ];

  change(random: SeededRandom): void {
    const kind = random.pick(this.#kinds);
    const db = random.chance(0.8) ? 0 : 1;
    kind.call(this, db, random.pick(KEYS), random);
  }

  /** Whether a primitive ran out of memory; fails the test if it must not have. */
  #isRefused(isOut: boolean): boolean {
    if (!isOut) return false;
    assert.ok(this.isTight, "memory has not run out");
    this.refused++;
    return true;
  }

  #hash(db: number, key: string): Hash {
    return this.model[db].get(key) ?? new Map();
  }

  #put(db: number, key: string, hash: Hash): void {
    if (hash.size === 0) this.model[db].delete(key);
    else this.model[db].set(key, hash);
  }

  #set(db: number, key: string, random: SeededRandom): void {
    const hash = this.#hash(db, key);
    const existing = [...hash.keys()];
    const name = existing.length > 0 && random.chance(0.4)
      ? random.pick(existing)
      : fieldName(random);
    const value = this.isTight && random.chance(0.2)
      ? "y".repeat(random.integer(1, 60_000))
      : fieldValue(random);
    const keep = random.chance(0.3);
    const old = hash.get(name);
    const result = this.space.hset(db, key, name, value, keep);
    if (this.#isRefused(result < 0)) return;
    assert.equal(result, old === undefined ? 1 : 0, name);
    hash.set(name, { value, whenMs: keep ? old?.whenMs ?? 0 : 0 });
    this.#put(db, key, hash);
  }

  #setMany(db: number, key: string, random: SeededRandom): void {
    for (let i = random.integer(5, 30); i > 0; i--) this.#set(db, key, random);
  }

  #remove(db: number, key: string, random: SeededRandom): void {
    const hash = this.#hash(db, key);
    const existing = [...hash.keys()];
    const name = existing.length > 0 && random.chance(0.8)
      ? random.pick(existing)
      : fieldName(random);
    const taken = this.space.hdel(db, key, name);
    if (this.#isRefused(taken < 0)) return;
    assert.equal(taken === 1, hash.delete(name), name);
    this.#put(db, key, hash);
  }

  #removeMany(db: number, key: string, random: SeededRandom): void {
    for (let i = random.integer(2, 25); i > 0; i--) {
      this.#remove(db, key, random);
    }
  }

  #expire(db: number, key: string, random: SeededRandom): void {
    const hash = this.#hash(db, key);
    if (hash.size === 0) return;
    for (let i = random.integer(1, 5); i > 0; i--) {
      const name = random.chance(0.9)
        ? random.pick([...hash.keys()])
        : fieldName(random);
      const whenMs = this.nowMs + random.integer(-2, 60);
      const held = hash.get(name);
      const result = this.space.expireField(db, key, name, whenMs);
      if (this.#isRefused(result === -3)) continue;
      if (held === undefined) assert.equal(result, -2);
      else if (whenMs <= this.nowMs) {
        assert.equal(result, 2);
        hash.delete(name);
        if (hash.size === 0) break;
      } else {
        assert.equal(result, 1);
        hash.set(name, { ...held, whenMs });
      }
    }
    this.#put(db, key, hash);
  }

  #persist(db: number, key: string, random: SeededRandom): void {
    const hash = this.#hash(db, key);
    if (hash.size === 0) return;
    const name = random.pick([...hash.keys()]);
    const held = hash.get(name)!;
    const isPast = held.whenMs !== 0 && held.whenMs < this.nowMs;
    const result = this.space.persistField(db, key, name);
    if (this.#isRefused(result === -3)) return;
    assert.equal(result, isPast ? -2 : held.whenMs === 0 ? -1 : 1);
    if (result === 1) hash.set(name, { ...held, whenMs: 0 });
  }

  /** RENAME and MOVE. */
  #move(db: number, key: string, random: SeededRandom): void {
    const { call } = this.space;
    const hash = this.model[db].get(key);
    const toDb = random.integer(0, DATABASES - 1);
    const to = random.pick(KEYS);
    if (hash === undefined || (toDb === db && to === key)) return;
    const entry = this.space.entry(db, key);
    const at = this.space.keyAt(to);
    const moved = call.moveEntry(db, entry, toDb, at, to.length);
    if (this.#isRefused(moved === 0)) return;
    this.model[db].delete(key);
    this.model[toDb].set(to, hash);
  }

  #copy(db: number, key: string, random: SeededRandom): void {
    const hash = this.model[db].get(key);
    const toDb = random.integer(0, DATABASES - 1);
    const to = random.pick(KEYS);
    if (hash === undefined || (toDb === db && to === key)) return;
    const entry = this.space.entry(db, key);
    const at = this.space.keyAt(to);
    const copy = this.space.call.copyEntry(entry, toDb, at, to.length);
    if (this.#isRefused(copy === 0)) return;
    this.model[toDb].set(to, new Map(hash));
  }

  #delete(db: number, key: string, random: SeededRandom): void {
    if (random.chance(0.5)) return;
    // A string in its place takes the hash away as well.
    if (
      random.chance(0.5) &&
      this.#isRefused(this.space.set(db, key, "string") === 0)
    ) return;
    const isThere = this.space.find(db, key) !== 0;
    const deleted = this.space.delete(db, key);
    if (this.#isRefused(deleted === -2)) return;
    assert.equal(deleted, isThere ? 1 : 0);
    this.model[db].delete(key);
  }

  /** Moves the entry to another block and back. */
  #keyExpiry(db: number, key: string, random: SeededRandom): void {
    if (!this.model[db].has(key)) return;
    const entry = this.space.entry(db, key);
    const { call } = this.space;
    const moved = random.chance(0.5)
      ? call.setExpiry(db, entry, BigInt(this.nowMs + 1_000_000_000))
      : call.removeExpiry(db, entry);
    this.#isRefused(moved === 0);
  }

  #look(db: number, key: string, random: SeededRandom): void {
    const hash = this.model[db].get(key);
    if (hash === undefined) return;
    const { space } = this;
    const { call } = space;
    const entry = space.entry(db, key);
    const name = fieldName(random);
    assert.equal(space.hget(db, key, name), hash.get(name)?.value, name);
    assert.equal(call.hashCount(entry), hash.size);
    const live = [...hash].filter(([, { whenMs }]) =>
      whenMs === 0 || whenMs >= this.nowMs
    );
    call.hashAllReply(entry, 3);
    const header = `*${live.length * 2}\r\n`;
    assert.ok(space.reply().startsWith(header), header);
  }

  /** Time passes, and the cron removes what is due. */
  #pass(_db: number, _key: string, random: SeededRandom): void {
    const { call } = this.space;
    this.nowMs += random.integer(0, 12);
    call.setClock(this.nowMs);
    // It never runs while something may still be undone.
    if (this.depth > 0 || random.chance(0.3)) return;
    for (let db = 0; db < DATABASES; db++) {
      for (const [key, hash] of this.model[db]) {
        for (const [name, { whenMs }] of hash) {
          if (whenMs !== 0 && whenMs < this.nowMs) hash.delete(name);
        }
        this.#put(db, key, hash);
      }
      for (;;) {
        const entry = call.fieldExpiresNext(db);
        if (entry === 0) break;
        assert.ok(call.hashDropDue(db, entry, 3) > 0);
        if (call.hashCount(entry) === 0) call.dropEntry(db, entry);
      }
    }
  }

  get depth(): number {
    return this.#marks.length;
  }

  begin(): void {
    const { call } = this.space;
    const mark = this.#marks.length === 0 ? 0 : call.undoMark();
    call.undoBegin();
    this.#marks.push({ mark, model: copyOf(this.model) });
  }

  /** Takes back what was done since the last `begin`; time goes on. */
  rollback(): void {
    const { mark, model } = this.#marks.pop()!;
    assert.equal(this.space.call.undoRollback(mark), 1);
    this.model = model;
  }

  commit(): void {
    this.space.call.undoCommit();
    this.#marks.length = 0;
  }

  compare(): void {
    this.space.checkHashes(KEYS);
    for (let db = 0; db < DATABASES; db++) {
      for (const key of KEYS) {
        assert.deepEqual(
          new Map(this.space.fields(db, key)),
          this.#hash(db, key),
          `${db} ${key}`,
        );
      }
    }
  }

  clear(): void {
    for (let db = 0; db < DATABASES; db++) {
      for (const key of KEYS) this.space.delete(db, key);
      this.model[db].clear();
    }
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

/** `hash-max-listpack-entries` and `hash-max-listpack-value`. */
const LIMITS = [[512, 64], [16, 40], [0, 0]] as const;

Deno.test("hashes are what JavaScript's maps are, whatever is done and undone", () => {
  withSeed((random) => {
    for (const limits of LIMITS) {
      const both = new Both();
      both.space.call.hashLimits(...limits);
      run(both, random, operations(2_500));
    }
  });
});

Deno.test("an operation that finds no memory changes nothing", () => {
  withSeed((random) => {
    for (const limits of LIMITS) {
      const both = new Both();
      const { call } = both.space;
      call.hashLimits(...limits);
      run(both, random, 200);
      both.isTight = true;
      call.memoryLimitPages(Math.ceil(call.memoryReserved() / 65_536) + 6);
      run(both, random, operations(2_500));
      assert.ok(both.refused > 20, `${both.refused} refused`);
    }
  });
});

Deno.test("after all hashes are deleted, memory in use is what it was", () => {
  withSeed((random) => {
    const both = new Both();
    both.space.call.hashLimits(16, 40);
    const seed = random.nextUint32();
    let baseline = 0;
    for (let round = 0; round < 4; round++) {
      both.space.call.randomSeed(7n);
      both.nowMs = START_MS;
      both.space.call.setClock(START_MS);
      run(both, new SeededRandom(seed), 1_500);
      both.clear();
      both.compare();
      const used = both.space.call.memoryUsed();
      // What buffers have grown to differs only before the second round.
      if (round === 1) baseline = used;
      else if (round > 1) assert.equal(used, baseline, `round ${round}`);
    }
  });
});
