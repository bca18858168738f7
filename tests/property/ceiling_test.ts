import assert from "node:assert/strict";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { drive, Workload } from "./_model.ts";
import { operations } from "./_operations.ts";

const PAGE_BYTES = 65536;

/** A key space that may take this many pages more than it has. */
function limited(pages: number, build?: "aikv"): KeySpace {
  const space = new KeySpace({ databases: 2, build });
  const { call } = space;
  call.memoryLimitPages(call.memoryReserved() / PAGE_BYTES + pages);
  return space;
}

Deno.test("when memory runs out nothing changes but for what succeeded", () => {
  for (const pages of [8, 30, 60]) {
    const workload = new Workload(limited(pages), {
      keys: 40 * pages,
      valueBytesMax: 30_000,
      mayRunOut: true,
    });
    drive(workload, operations(30_000), 2_000);
    assert.ok(workload.refused > 0, "memory ran out");
    workload.clear();
    assert.notEqual(workload.space.set(0, "k", "v".repeat(500)), 0);
  }
});

/** Adds keys until one is refused; how many there are then. */
function fill(space: KeySpace, value: string): number {
  let keys = 0;
  while (space.set(0, `key:${keys}`, value) !== 0) keys++;
  return keys;
}

for (const bytes of [3, 40, 900, 3_000, 60_000, 200_000]) {
  Deno.test(`full of values of ${bytes} bytes, deleting makes room`, () => {
    const space = limited(120);
    const value = "v".repeat(bytes);
    const keys = fill(space, value);
    assert.ok(keys > 10);
    space.check();
    assert.equal(space.set(0, "another", "v".repeat(300_000)), 0);
    assert.equal(space.getText(0, "another"), undefined);
    const entry = space.entry(0, "key:0");
    const more = "m".repeat(1_000_000);
    const at = space.valueAt(more);
    assert.equal(space.call.stringAppend(0, entry, at, more.length), 0);
    assert.equal(space.call.stringSetRange(0, entry, 1e7, at, 10), 0);
    assert.equal(space.getText(0, "key:0"), value);
    for (let i = 0; i < keys; i += 2) {
      assert.equal(space.delete(0, `key:${i}`), 1);
    }
    space.check();
    for (let i = 0; i < keys; i += 2) {
      assert.notEqual(
        space.set(0, `key:${i}`, value),
        0,
        `key:${i} fits again`,
      );
    }
    for (let i = 0; i < keys; i++) assert.equal(space.delete(0, `key:${i}`), 1);
    space.settle();
    space.check();
    const again = fill(space, value);
    assert.ok(again >= keys * 0.95, `${again} of ${keys} fit again`);
    assert.equal(space.call.databaseFlush(0), again);
    space.settle();
    space.check();
  });
}

Deno.test("a transaction that fails for lack of memory is rolled back", () => {
  for (const bytes of [3, 100, 2_000, 50_000]) {
    const space = limited(150);
    const value = "v".repeat(bytes);
    for (let i = 0; space.set(0, `old:${i}`, value) !== 0; i++) {
      if (space.call.memoryReserved() / PAGE_BYTES > 110) break;
      if (i % 2 === 0) space.expireAt(0, `old:${i}`, 2_000_000 + i);
    }
    const before = space.contents(0);
    space.call.undoBegin();
    // What removing gives up is taken by others before it is needed again.
    let removed = 0;
    for (const key of before.keys()) {
      if (removed++ > before.size * 0.8) break;
      if (space.delete(0, key) === -2) break;
    }
    for (let i = 0; space.set(1, `new:${i}`, "") !== 0; i++);
    while (space.call.alloc(49_152) !== 0);
    while (space.call.alloc(64) !== 0);
    assert.equal(space.call.undoRollback(0), 1);
    assert.deepEqual(space.contents(0), before);
    assert.equal(space.call.databaseKeys(1), 0);
    space.check();
  }
});

/** Leaves no memory for anything. */
function exhaust(space: KeySpace): void {
  for (const bytes of [1_000_000, 49_152, 8_000, 512, 64, 8]) {
    while (space.call.alloc(bytes) !== 0);
  }
}

Deno.test("rolling back deletions needs no memory but the reserve", () => {
  for (const keys of [20_000, 400_000]) {
    const space = limited(700);
    const { call } = space;
    for (let i = 0; i < keys; i++) {
      space.set(0, `k${i}`, "v");
      space.expireAt(0, `k${i}`, 2_000_000 + i);
    }
    call.undoBegin();
    for (let i = 0; i < keys; i++) assert.equal(space.delete(0, `k${i}`), 1);
    exhaust(space);
    assert.equal(call.undoRollback(0), 1, "rolls back");
    assert.equal(call.databaseKeys(0), keys);
    assert.equal(call.databaseVolatileKeys(0), keys);
    for (let i = 0; i < keys; i += 99) {
      assert.equal(space.getText(0, `k${i}`), "v");
    }
    space.check();
  }
});

Deno.test("without memory SCAN lists less at once, and still all", () => {
  const space = limited(100);
  for (let i = 0; i < 20_000; i++) space.set(0, `k${i}`, "v");
  exhaust(space);
  for (const count of [1, 100, 5_000, 100_000]) {
    assert.equal(new Set(space.scan(0, count)).size, 20_000);
    assert.equal(space.call.emittedWasLost(), 0);
  }
});

Deno.test("at 4 GiB writes are refused, and deleting makes room", () => {
  const space = new KeySpace({ databases: 2, build: "aikv" });
  const { call } = space;
  // Never touched, so that the test needs address space rather than memory.
  for (
    const bytes of [0xe0000000, 0x10000000, 0x8000000, 0x2000000, 0x1000000]
  ) {
    call.alloc(bytes);
  }
  const ballastBytes = call.memoryUsed();
  assert.ok(ballastBytes > 3.9 * 2 ** 30);
  const value = "v".repeat(3_000);
  const keys = fill(space, value);
  assert.equal(space.memory.buffer.byteLength, 2 ** 32);
  assert.ok(space.entry(0, `key:${keys - 1}`) < 0, "pointers are negative");
  assert.equal(call.alloc(0xfff00000), 0);
  assert.equal(space.set(1, "another", "v".repeat(100_000)), 0);
  for (let i = 0; i < keys; i += 997) {
    assert.equal(space.getText(0, `key:${i}`), value);
  }
  for (let i = 0; i < keys; i += 2) {
    assert.equal(space.delete(0, `key:${i}`), 1);
  }
  for (let i = 0; i < keys; i += 2) {
    assert.notEqual(space.set(0, `key:${i}`, value), 0);
  }
  assert.equal(call.databaseFlush(0), keys);
  space.settle();
  assert.ok(fill(space, "short") > keys);
});
