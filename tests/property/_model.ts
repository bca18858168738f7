/**
 * The key space beside a plain model of it: every operation is done to both,
 * and what they answer is compared. An operation is four numbers, so that
 * generators and shrinking need not know what it means.
 */
import assert from "node:assert/strict";
import type { SeededRandom } from "../_support/mod.ts";
import { EXPIRED, type Held, KeySpace } from "../unit/asm/_keyspace.ts";
import { withSeed } from "./_operations.ts";

/** kind, key, and two arguments whose meaning depends on the kind. */
export type Operation = readonly [
  kind: number,
  key: number,
  first: number,
  second: number,
];

type Database = Map<string, Held>;

interface Mark {
  /** For `undoRollback`; 0 for the begin of the log. */
  readonly mark: number;
  readonly databases: Database[];
  readonly payloadBytes: number;
}

/** What the workload is made of. */
export interface WorkloadOptions {
  /** Different keys in each database. */
  readonly keys: number;
  /** Longest value; a few in a hundred come near it. */
  readonly valueBytesMax: number;
  /** Whether primitives may answer that memory has run out. */
  readonly mayRunOut?: boolean;
  /** No transactions: then every byte must be accounted for. */
  readonly isPlain?: boolean;
}

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);
/** An undo log is closed at the latest when it has this many operations. */
const UNDO_OPERATIONS_MAX = 300;
/** Records that they may leave in it; its buffer stays below 64 KiB. */
const UNDO_RECORDS = 2000;
/** More keys than a call of SCAN lists. */
const LISTED_KEYS = 1000;

function isInteger(text: string): boolean {
  if (!/^(0|-?[1-9][0-9]{0,18})$/.test(text)) return false;
  const value = BigInt(text);
  return value >= I64_MIN && value <= I64_MAX;
}

function textEncoding(value: string): string {
  return value.length <= 44 ? "embstr" : "raw";
}

/** A key space and its model. */
export class Workload {
  readonly space: KeySpace;
  readonly options: WorkloadOptions;
  /** Operations that found no memory. */
  refused = 0;
  #databases: Database[];
  #marks: Mark[] = [];
  #undoOperations = 0;
  #nowMs = 1_000_000;
  readonly #kinds: ((key: number, first: number, second: number) => void)[];

  constructor(space: KeySpace, options: WorkloadOptions) {
    this.space = space;
    this.options = options;
    this.#databases = Array.from({ length: space.databases }, () => new Map());
    // Lets buffers grow to what these workloads need, and they keep that.
    for (let i = 0; i < LISTED_KEYS; i++) space.set(0, `key:${i}`, "");
    space.call.scanRun(0, 0, LISTED_KEYS);
    space.call.databaseFlush(0);
    space.settle();
    space.call.undoBegin();
    for (let i = 0; i < UNDO_RECORDS; i++) space.call.databaseSwap(0, 0);
    space.call.undoRollback(0);
    const mutations = [
      this.#set,
      this.#set,
      this.#set,
      this.#setKeeping,
      this.#setExpiring,
      this.#setText,
      this.#get,
      this.#get,
      this.#delete,
      this.#delete,
      this.#add,
      this.#append,
      this.#setRange,
      this.#setRange,
      this.#expire,
      this.#expire,
      this.#persist,
      this.#move,
      this.#copy,
      this.#advance,
      this.#evict,
      this.#random,
      this.#resize,
      this.#rare,
    ];
    const transactions = [this.begin, this.rollbackInner, this.#commit];
    this.#kinds = (options.isPlain ? mutations : [
      ...mutations,
      ...mutations,
      ...transactions,
    ]).map((kind) => kind.bind(this));
  }

  /** Different kinds of operation; the first number is below this. */
  get kinds(): number {
    return this.#kinds.length;
  }

  /** Does one operation to both. */
  apply([kind, key, first, second]: Operation): void {
    if (
      this.#marks.length > 0 && ++this.#undoOperations > UNDO_OPERATIONS_MAX
    ) {
      if (key % 2 === 0) this.commitAll();
      else this.rollbackAll();
    }
    this.#kinds[kind % this.#kinds.length](key, first, second);
  }

  /** Compares everything there is. */
  compare(): void {
    this.space.check();
    for (let db = 0; db < this.space.databases; db++) {
      this.#compareDatabase(db);
    }
  }

  /** Closes the undo log, keeping what was done. */
  commitAll(): void {
    if (this.#marks.length === 0) return;
    this.space.call.undoCommit();
    this.#marks = [];
  }

  /** Takes back all that was done since the undo log was opened. */
  rollbackAll(): void {
    if (this.#marks.length === 0) return;
    this.#rollbackTo(this.#marks[0]);
    this.#marks = [];
  }

  /** Removes everything and finishes all that is going on. */
  clear(): void {
    this.commitAll();
    for (let db = 0; db < this.space.databases; db++) {
      assert.equal(
        this.space.call.databaseFlush(db),
        this.#databases[db].size,
        "keys flushed",
      );
      this.#databases[db].clear();
    }
    this.space.settle();
  }

  #compareDatabase(db: number): void {
    const { call } = this.space;
    const model = this.#databases[db];
    const contents = this.space.contents(db);
    assert.deepEqual(contents, model, `database ${db}`);
    assert.equal(call.databaseKeys(db), model.size);
    let withExpiry = 0;
    let next = Infinity;
    for (const { whenMs } of model.values()) {
      if (whenMs < 0) continue;
      withExpiry++;
      if (whenMs < next) next = whenMs;
    }
    assert.equal(call.databaseVolatileKeys(db), withExpiry);
    assert.equal(call.nextExpiry(db), withExpiry === 0 ? 0 : next);
  }

  #db(key: number): number {
    return key % 7 === 0 ? key % this.space.databases : 0;
  }

  #keyName(key: number): string {
    const index = key % this.options.keys;
    if (index % 50 === 49) return `long${index}`.padEnd(250 + index % 20, "k");
    return index % 3 === 0 ? `k${index}` : `key:${index}:of:the:model`;
  }

  #value(first: number, second: number): string {
    const letter = String.fromCharCode(97 + second % 26);
    switch (first % 16) {
      case 0:
        return String(second % 1000);
      case 1:
        return String(second % 2 === 0 ? I64_MAX : I64_MIN);
      case 2:
        return `0${second % 100}`;
      case 3:
        return "";
      case 4:
        return letter.repeat(40 + second % 8);
      case 5:
        return letter.repeat(1000 + second % 50);
      case 6:
        return letter.repeat(second % 3000 % (this.options.valueBytesMax + 1));
      case 7:
        return first % 160 === 7
          ? letter.repeat(second % (this.options.valueBytesMax + 1))
          : String(-second);
      default:
        return letter.repeat(second % 100);
    }
  }

  /** The entry of a key that has not expired; those that have are removed. */
  #live(db: number, key: string): number {
    const { space } = this;
    const model = this.#databases[db];
    const held = model.get(key);
    const found = space.call.lookup(db, space.keyAt(key), key.length, 3);
    if (held === undefined) {
      assert.equal(found, 0, `${key} is not there`);
      return 0;
    }
    if (held.whenMs >= 0 && held.whenMs < this.#nowMs) {
      assert.equal(found, EXPIRED, `${key} has expired`);
      assert.equal(space.delete(db, key), -1);
      if (!this.#done(space.call.dropEntry(db, space.entry(db, key)))) return 0;
      model.delete(key);
      return 0;
    }
    assert.ok(found !== 0 && found !== EXPIRED, `${key} is there`);
    return found;
  }

  /** Whether a primitive succeeded; fails the test if it must have. */
  #done(result: number): boolean {
    if (result !== 0) return true;
    assert.ok(this.options.mayRunOut, "memory has not run out");
    this.refused++;
    return false;
  }

  #put(db: number, key: string, held: Held): void {
    this.#databases[db].set(key, held);
  }

  #expiredStays(db: number, key: string): boolean {
    // Out of memory for the undo record of its removal.
    const held = this.#databases[db].get(key);
    return held !== undefined && held.whenMs >= 0 && held.whenMs < this.#nowMs;
  }

  #set(key: number, first: number, second: number): void {
    this.#setWith(key, first, second, false);
  }

  #setKeeping(key: number, first: number, second: number): void {
    this.#setWith(key, first, second, true);
  }

  #setWith(key: number, first: number, second: number, keep: boolean): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    this.#live(db, name);
    if (this.#expiredStays(db, name)) return;
    const value = this.#value(first, second);
    const before = this.#databases[db].get(name);
    if (!this.#done(this.space.set(db, name, value, keep))) return;
    this.#put(db, name, {
      value,
      encoding: isInteger(value) ? "int" : textEncoding(value),
      whenMs: keep ? before?.whenMs ?? -1 : -1,
    });
  }

  #setExpiring(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    this.#live(db, name);
    if (this.#expiredStays(db, name)) return;
    const value = this.#value(first, second);
    const whenMs = this.#nowMs + second % 5000;
    const { space } = this;
    const result = space.call.stringSetExpiring(
      db,
      space.keyAt(name),
      name.length,
      space.valueAt(value),
      value.length,
      BigInt(whenMs),
    );
    if (!this.#done(result)) return;
    const encoding = isInteger(value) ? "int" : textEncoding(value);
    this.#put(db, name, { value, encoding, whenMs });
  }

  #setText(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    this.#live(db, name);
    if (this.#expiredStays(db, name)) return;
    const value = this.#value(first, second);
    const { space } = this;
    const before = this.#databases[db].get(name);
    const result = space.call.stringSetText(
      db,
      space.keyAt(name),
      name.length,
      space.valueAt(value),
      value.length,
    );
    if (!this.#done(result)) return;
    this.#put(db, name, {
      value,
      encoding: textEncoding(value),
      whenMs: before?.whenMs ?? -1,
    });
  }

  #get(key: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    if (entry === 0) return;
    const held = this.space.held(entry);
    assert.deepEqual(held, this.#databases[db].get(name));
    assert.equal(this.space.call.stringLength(entry), held.value.length);
  }

  #delete(key: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    if (this.#expiredStays(db, name)) return;
    const result = this.space.delete(db, name);
    if (entry === 0) return assert.equal(result, 0);
    if (!this.#done(result === -2 ? 0 : result)) return;
    assert.equal(result, 1);
    this.#databases[db].delete(name);
  }

  #add(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    if (this.#expiredStays(db, name)) return;
    const delta = BigInt(first % 2 === 0 ? second : -second);
    const before = this.#databases[db].get(name);
    const { space } = this;
    const at = space.keyAt(name);
    const result = space.call.stringAdd(db, at, name.length, entry, delta);
    if (before !== undefined && !isInteger(before.value)) {
      return assert.equal(result, -1, "not an integer");
    }
    const sum = BigInt(before?.value ?? 0) + delta;
    if (sum > I64_MAX || sum < I64_MIN) return assert.equal(result, -2);
    if (!this.#done(result)) return;
    assert.equal(result, 1);
    this.#put(db, name, {
      value: String(sum),
      encoding: "int",
      whenMs: before?.whenMs ?? -1,
    });
  }

  #append(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    const before = this.#databases[db].get(name);
    if (entry === 0 || before === undefined) return;
    const more = this.#value(first, second);
    if (before.value.length + more.length > this.options.valueBytesMax) return;
    const { space } = this;
    const result = space.call.stringAppend(
      db,
      entry,
      space.valueAt(more),
      more.length,
    );
    if (!this.#done(result)) return;
    const value = before.value + more;
    this.#put(db, name, { ...before, value, encoding: "raw" });
  }

  #setRange(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    if (this.#expiredStays(db, name)) return;
    const before = this.#databases[db].get(name);
    const patch = `<${second % 1000}>`;
    const reach = (before?.value.length ?? 0) + 10 + first % 200;
    const offset = Math.min(second % reach, this.options.valueBytesMax - 10);
    const { space } = this;
    const at = space.valueAt(patch);
    const result = entry === 0
      ? space.call.stringSetPadded(
        db,
        space.keyAt(name),
        name.length,
        offset,
        at,
        patch.length,
      )
      : space.call.stringSetRange(db, entry, offset, at, patch.length);
    if (!this.#done(result)) return;
    const old = (before?.value ?? "").padEnd(offset, "\0");
    this.#put(db, name, {
      value: old.slice(0, offset) + patch + old.slice(offset + patch.length),
      encoding: "raw",
      whenMs: before?.whenMs ?? -1,
    });
  }

  #expire(key: number, _first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    const before = this.#databases[db].get(name);
    if (entry === 0 || before === undefined) return;
    const whenMs = this.#nowMs + second % 20_000;
    const moved = this.space.call.setExpiry(db, entry, BigInt(whenMs));
    if (!this.#done(moved)) return;
    assert.equal(this.space.find(db, name), moved);
    this.#put(db, name, { ...before, whenMs });
  }

  #persist(key: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const entry = this.#live(db, name);
    const before = this.#databases[db].get(name);
    if (entry === 0 || before === undefined) return;
    const moved = this.space.call.removeExpiry(db, entry);
    if (!this.#done(moved)) return;
    assert.equal(this.space.find(db, name), moved);
    this.#put(db, name, { ...before, whenMs: -1 });
  }

  /** RENAME and MOVE, over whatever the target holds. */
  #move(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const toDb = this.#db(first);
    const toName = this.#keyName(second);
    if (db === toDb && name === toName) return;
    this.#live(toDb, toName);
    const entry = this.#live(db, name);
    const before = this.#databases[db].get(name);
    if (entry === 0 || before === undefined) return;
    const moved = this.space.call.moveEntry(
      db,
      entry,
      toDb,
      this.space.keyAt(toName),
      toName.length,
    );
    if (!this.#done(moved)) return;
    assert.equal(this.space.find(toDb, toName), moved);
    this.#databases[db].delete(name);
    this.#put(toDb, toName, before);
  }

  #copy(key: number, first: number, second: number): void {
    const db = this.#db(key);
    const name = this.#keyName(key);
    const toDb = this.#db(first);
    const toName = this.#keyName(second);
    if (db === toDb && name === toName) return;
    this.#live(toDb, toName);
    const entry = this.#live(db, name);
    const before = this.#databases[db].get(name);
    if (entry === 0 || before === undefined) return;
    const copy = this.space.call.copyEntry(
      entry,
      toDb,
      this.space.keyAt(toName),
      toName.length,
    );
    if (!this.#done(copy)) return;
    assert.equal(this.space.find(toDb, toName), copy);
    this.#put(toDb, toName, before);
  }

  /** Time goes on, and what has expired is swept out. */
  #advance(key: number, first: number, second: number): void {
    this.#nowMs += second % 50;
    this.space.call.setClock(this.#nowMs);
    const db = this.#db(key);
    const model = this.#databases[db];
    const limit = first % 10;
    const due: string[] = [];
    for (const [name, { whenMs }] of model) {
      if (whenMs >= 0 && whenMs < this.#nowMs) due.push(name);
    }
    const removed = this.space.call.expireBatch(db, limit);
    if (removed < Math.min(limit, due.length)) this.#done(0);
    else assert.equal(removed, Math.min(limit, due.length));
    let gone = 0;
    for (const name of due) {
      if (this.space.find(db, name) !== 0) continue;
      model.delete(name);
      gone++;
    }
    assert.equal(gone, removed);
  }

  #evict(key: number, first: number, second: number): void {
    if (second % 4 !== 0) return;
    const volatileOnly = first % 3 === 0;
    const { call } = this.space;
    const entry = call.evictPick(
      volatileOnly ? key % 4 : [0, 1, 3][key % 3],
      volatileOnly ? 1 : 0,
      5,
    );
    const total = this.#databases.reduce((sum, model) => {
      if (!volatileOnly) return sum + model.size;
      return sum +
        [...model.values()].filter((held) => held.whenMs >= 0).length;
    }, 0);
    if (total === 0) return assert.equal(entry, 0);
    assert.notEqual(entry, 0, "there is something to evict");
    const db = call.evictDb();
    const name = this.space.keyOf(entry);
    const held = this.#databases[db].get(name);
    assert.ok(held, `${name} of database ${db} is there`);
    if (volatileOnly) assert.ok(held.whenMs >= 0, "expires");
    if (!this.#done(call.dropEntry(db, entry))) return;
    this.#databases[db].delete(name);
  }

  #random(key: number): void {
    const db = this.#db(key);
    const { call } = this.space;
    const entry = call.dictRandom(call.databaseDict(db));
    const model = this.#databases[db];
    if (model.size === 0) return assert.equal(entry, 0);
    assert.ok(model.has(this.space.keyOf(entry)));
  }

  #resize(key: number, first: number): void {
    this.space.call.databaseResizeStep(this.#db(key), first % 64);
    this.space.call.retiredFree(first % 100);
  }

  #rare(key: number, first: number, second: number): void {
    if (first % 16 !== 0) return;
    const { call } = this.space;
    const db = this.#db(key);
    if (second % 4 !== 0) {
      const other = second % this.space.databases;
      if (!this.#done(call.databaseSwap(db, other))) return;
      const model = this.#databases[db];
      this.#databases[db] = this.#databases[other];
      this.#databases[other] = model;
      return;
    }
    const removed = call.databaseFlush(db);
    if (!this.#done(removed === -1 ? 0 : 1)) return;
    assert.equal(removed, this.#databases[db].size);
    this.#databases[db] = new Map();
  }

  /** Opens an undo log, or a level inside it. */
  begin(): void {
    if (this.#marks.length > 3) return;
    const { call } = this.space;
    const isOuter = this.#marks.length === 0;
    if (isOuter) {
      call.undoBegin();
      this.#undoOperations = 0;
    }
    while (call.retiredFree(1000) !== 0);
    this.#marks.push({
      mark: isOuter ? 0 : call.undoMark(),
      databases: this.#databases.map((model) => new Map(model)),
      payloadBytes: this.space.payloadBytes(),
    });
  }

  rollbackInner(): void {
    const mark = this.#marks.pop();
    if (mark !== undefined) this.#rollbackTo(mark);
  }

  #rollbackTo(mark: Mark): void {
    assert.equal(this.space.call.undoRollback(mark.mark), 1, "rolls back");
    assert.equal(this.space.call.undoIsOpen(), mark.mark === 0 ? 0 : 1);
    this.#databases = mark.databases;
    while (this.space.call.retiredFree(1000) !== 0);
    assert.equal(this.space.payloadBytes(), mark.payloadBytes, "bytes in use");
    this.compare();
  }

  /** Inner levels just go on as part of the outer one. */
  #commit(): void {
    if (this.#marks.length > 1) this.#marks.pop();
    else this.commitAll();
  }
}

/** Drives a workload with seeded choices, comparing everything now and then. */
export function drive(
  workload: Workload,
  count: number,
  compareEvery: number,
): void {
  withSeed((random) => driveWith(workload, random, count, compareEvery));
}

/** `drive` with given choices. */
export function driveWith(
  workload: Workload,
  random: SeededRandom,
  count: number,
  compareEvery: number,
): void {
  for (let i = 0; i < count; i++) {
    workload.apply([
      random.nextUint32(),
      random.nextUint32() >>> 1,
      random.nextUint32() >>> 1,
      random.nextUint32() >>> 4,
    ]);
    if (i % compareEvery === 0) workload.compare();
  }
  workload.commitAll();
  workload.compare();
}
