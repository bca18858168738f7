import assert from "node:assert/strict";
import { SeededRandom, testSeed } from "../_support/mod.ts";
import { Streams } from "../unit/asm/_streams.ts";
import { operations, withSeed } from "./_operations.ts";

const KEYS = ["s", "t"];
const GROUPS = ["g", "h"];
const CONSUMERS = ["a", "b", "c"];
const PAGE_BYTES = 65536;

interface Entry {
  readonly id: string;
  readonly pairs: string[];
}

/** What a stream holds, kept in JavaScript. */
interface Model {
  entries: Entry[];
  lastMs: number;
  /** By group: the number in `entriesEver` it has read, and what is pending. */
  groups: Map<string, { lastMs: number; pending: Map<string, string> }>;
}

function msOf(id: string): number {
  return Number(id.split("-")[0]);
}

/** Random operations on streams and on a model of them. */
class StreamWorkload {
  readonly models = new Map<string, Model>();

  constructor(readonly streams: Streams, readonly random: SeededRandom) {}

  step(): void {
    const { random } = this;
    const key = random.pick(KEYS);
    const model = this.models.get(key);
    if (model === undefined) return this.#add(key, undefined);
    random.pickWeighted<() => void>([
      [10, () => this.#add(key, model)],
      [4, () => this.#delete(key, model)],
      [1, () => this.#trim(key, model)],
      [1, () => this.#toggleGroup(key, model)],
      [6, () => this.#read(key, model)],
      [5, () => this.#acknowledge(key, model)],
      [3, () => this.#claim(key, model)],
      [1, () => this.#autoClaim(key, model)],
      [1, () => this.#removeConsumer(key, model)],
    ])();
  }

  #add(key: string, model: Model | undefined): void {
    const { random } = this;
    const ms = (model?.lastMs ?? 0) + random.pick([1, 1, 1, 200, 70_000]);
    const id = `${ms}-${random.integer(0, 300)}`;
    const names = random.chance(0.7) ? ["f", "g"] : ["f", "12", "h"];
    const pairs = names.flatMap((name) => [
      name,
      random.chance(0.5)
        ? String(random.integer(-70_000, 70_000))
        : "x".repeat(random.integer(0, 200)),
    ]);
    assert.equal(this.streams.add(key, id, ...pairs), 1);
    const known: Model = model ??
      { entries: [], lastMs: 0, groups: new Map() };
    this.models.set(key, known);
    known.entries.push({ id, pairs });
    known.lastMs = ms;
  }

  #someId(model: Model): string {
    const { random } = this;
    if (model.entries.length === 0 || random.chance(0.1)) return "3-3";
    return random.pick(model.entries).id;
  }

  #delete(key: string, model: Model): void {
    const ids = [this.#someId(model), this.#someId(model)];
    const kept = model.entries.filter(({ id }) => !ids.includes(id));
    const deleted = this.streams.deleteIds(key, ...ids);
    assert.equal(deleted, model.entries.length - kept.length);
    model.entries = kept;
  }

  #trim(key: string, model: Model): void {
    const { random } = this;
    const { length } = model.entries;
    let removed: number;
    if (random.chance(0.5)) {
      const most = random.integer(Math.floor(length / 2), length + 2);
      removed = this.streams.trimToLength(key, most, false);
      assert.equal(removed, Math.max(0, length - most));
    } else {
      const id = this.#someId(model);
      removed = this.streams.trimToId(key, id);
      const below = model.entries.filter((it) => msOf(it.id) < msOf(id));
      assert.equal(removed, below.length);
    }
    model.entries = model.entries.slice(removed);
  }

  #toggleGroup(key: string, model: Model): void {
    const { random, streams } = this;
    const name = random.pick(GROUPS);
    if (!model.groups.has(name)) {
      assert.notEqual(streams.createGroup(key, name), 0);
      model.groups.set(name, { lastMs: 0, pending: new Map() });
    } else if (random.chance(0.2)) {
      const group = streams.group(key, name);
      const stream = streams.stream(key);
      assert.equal(streams.call.streamGroupRemove(stream, group), 1);
      model.groups.delete(name);
    }
  }

  #groupOf(model: Model) {
    const names = [...model.groups.keys()];
    if (names.length === 0) return undefined;
    const name = this.random.pick(names);
    return { name, ...model.groups.get(name)!, state: model.groups.get(name)! };
  }

  #read(key: string, model: Model): void {
    const group = this.#groupOf(model);
    if (group === undefined) return;
    const consumer = this.random.pick(CONSUMERS);
    const count = this.random.integer(1, 20);
    assert.equal(
      this.streams.readGroup(key, group.name, consumer, count),
      true,
    );
    const unread = model.entries.filter(({ id }) => msOf(id) > group.lastMs)
      .slice(0, count);
    assert.deepEqual(
      this.streams.reply(),
      unread.map(({ id, pairs }) => [id, pairs]),
    );
    for (const { id } of unread) {
      group.pending.set(id, consumer);
      group.state.lastMs = msOf(id);
    }
  }

  #acknowledge(key: string, model: Model): void {
    const group = this.#groupOf(model);
    if (group === undefined) return;
    const ids = [...group.pending.keys()];
    const id = ids.length > 0 && this.random.chance(0.9)
      ? this.random.pick(ids)
      : this.#someId(model);
    assert.equal(
      this.streams.acknowledge(key, group.name, id),
      group.pending.delete(id) ? 1 : 0,
    );
  }

  #claim(key: string, model: Model): void {
    const group = this.#groupOf(model);
    if (group === undefined) return;
    const consumer = this.random.pick(CONSUMERS);
    const ids = [...group.pending.keys()];
    const id = ids.length > 0 && this.random.chance(0.8)
      ? this.random.pick(ids)
      : this.#someId(model);
    assert.equal(this.streams.claim(key, group.name, consumer, id), true);
    const isThere = model.entries.some((it) => it.id === id);
    assert.deepEqual(this.streams.reply(), isThere ? [id] : []);
    if (isThere) group.pending.set(id, consumer);
    else group.pending.delete(id);
  }

  #autoClaim(key: string, model: Model): void {
    const group = this.#groupOf(model);
    if (group === undefined) return;
    const consumer = this.random.pick(CONSUMERS);
    const count = this.random.integer(1, 10);
    assert.equal(
      this.streams.autoClaim(key, group.name, consumer, count),
      true,
    );
    const ids = [...group.pending.keys()].sort((a, b) => msOf(a) - msOf(b));
    const seen = ids.slice(0, count);
    const there = new Set(model.entries.map(({ id }) => id));
    for (const id of seen) {
      if (there.has(id)) group.pending.set(id, consumer);
      else group.pending.delete(id);
    }
    assert.deepEqual(this.streams.reply(), [
      ids[count] ?? "0-0",
      seen.filter((id) => there.has(id)),
      seen.filter((id) => !there.has(id)),
    ]);
  }

  #removeConsumer(key: string, model: Model): void {
    const group = this.#groupOf(model);
    if (group === undefined || this.random.chance(0.7)) return;
    const consumer = this.random.pick(CONSUMERS);
    const its = [...group.pending].filter(([_, owner]) => owner === consumer);
    const removed = this.streams.removeConsumer(key, group.name, consumer);
    assert.equal(Math.max(0, removed), its.length);
    for (const [id] of its) group.pending.delete(id);
  }

  /** Compares everything with the model. */
  compare(): void {
    for (const [key, model] of this.models) {
      this.streams.checkStream(key);
      const expected = model.entries.map(({ id, pairs }) => [id, pairs]);
      assert.deepEqual(this.streams.range(key), expected);
      assert.deepEqual(this.streams.range(key, true), expected.toReversed());
      for (const [name, { pending }] of model.groups) {
        this.streams.setId(1, "-");
        this.streams.setId(2, "+");
        const group = this.streams.group(key, name);
        this.streams.call.streamPendingRange(group, 0, 1e9, 0n);
        const rows = this.streams.reply() as string[][];
        assert.deepEqual(
          rows.map(([id, owner]) => [id, owner]),
          [...pending].sort(([a], [b]) => msOf(a) - msOf(b)),
        );
      }
    }
  }

  dump(): string[] {
    return KEYS.map((key) => this.streams.dump(key));
  }

  clear(): void {
    for (const key of KEYS) this.streams.delete(0, key);
    this.streams.settle();
    this.models.clear();
  }
}

const LIMITS: readonly (readonly [bytes: number, entries: number])[] = [
  [4096, 100],
  [4096, 3],
  [100, 0],
  [0, 1000],
];

Deno.test("streams hold what a model of them holds, and leak nothing", () => {
  withSeed((random) => {
    for (const [bytes, entries] of LIMITS) {
      const streams = new Streams();
      streams.call.streamLimits(bytes, entries);
      const workload = new StreamWorkload(streams, random.fork());
      streams.add("s", "1-0", "f", "v");
      workload.clear();
      streams.settle();
      const baseline = streams.payloadBytes();
      for (let i = 0; i < operations(3_000); i++) {
        workload.step();
        if (i % 300 === 0) workload.compare();
      }
      workload.compare();
      workload.clear();
      streams.check();
      // Buffers for replies and for deleted IDs may have grown once.
      const left = streams.payloadBytes() - baseline;
      assert.ok(left <= 20_000, `${left} bytes left`);
    }
  });
});

Deno.test("whatever is done to streams in an undo log, rolling back restores it all", () => {
  withSeed((random) => {
    for (let round = 0; round < 60; round++) {
      const streams = new Streams();
      const { call } = streams;
      // The log keeps its memory up to 64 KiB.
      call.undoBegin();
      assert.equal(call.undoReserve(2_500), 1);
      call.undoRollback(0);
      const [bytes, entries] = random.pick(LIMITS);
      streams.call.streamLimits(bytes, entries);
      const workload = new StreamWorkload(streams, random.fork());
      for (let i = random.integer(0, 300); i > 0; i--) workload.step();
      const before = workload.dump();
      const entryCount = streams.call.databaseKeys(0);
      streams.call.outputClear(streams.call.outputSelected());
      const used = streams.call.memoryUsed();
      streams.call.undoBegin();
      for (let i = random.integer(1, 200); i > 0; i--) workload.step();
      const within = streams.call.undoMark();
      assert.ok(within > 0);
      assert.equal(streams.call.undoRollback(0), 1);
      assert.deepEqual(workload.dump(), before);
      for (const key of KEYS) streams.checkStream(key);
      assert.equal(streams.call.databaseKeys(0), entryCount);
      streams.check();
      streams.call.outputClear(streams.call.outputSelected());
      const more = streams.call.memoryUsed() - used;
      assert.ok(more <= 4_096, `${more} bytes more`);
    }
  });
});

Deno.test("what is done to streams in an undo log and committed stays", () => {
  withSeed((random) => {
    for (let round = 0; round < 20; round++) {
      const streams = new Streams();
      const workload = new StreamWorkload(streams, random.fork());
      for (let i = 0; i < 100; i++) workload.step();
      streams.call.undoBegin();
      for (let i = 0; i < 200; i++) workload.step();
      streams.call.undoCommit();
      workload.compare();
      for (let i = 0; i < 100; i++) workload.step();
      workload.compare();
      streams.check();
    }
  });
});

Deno.test("when memory runs out, an entry is added whole or not at all", () => {
  const random = new SeededRandom(testSeed());
  const streams = new Streams({ databases: 1 });
  const { call } = streams;
  call.memoryLimitPages(call.memoryReserved() / PAGE_BYTES + 24);
  const value = "v".repeat(500);
  // The buffer for replies is there before memory runs out.
  streams.add("k0", "1-0", "f", value);
  streams.info("k0");
  let added = 0;
  let refused = 0;
  for (let i = 2; refused < 50; i++) {
    const key = `k${random.integer(0, 40)}`;
    const before = streams.info(key);
    const result = streams.add(key, `${i}-0`, "f", value);
    if (result === 1) added++;
    else {
      assert.equal(result, 0);
      assert.equal(streams.info(key), before);
      refused++;
    }
  }
  assert.ok(added > 500, `${added} added`);
  streams.check();
  // Deleting needs no memory.
  for (let key = 0; key <= 40; key++) {
    if (streams.stream(`k${key}`) === 0) continue;
    streams.trimToLength(`k${key}`, 1, false);
  }
  assert.equal(streams.add("k0", "999999-0", "f", value), 1);
  streams.check();
});
