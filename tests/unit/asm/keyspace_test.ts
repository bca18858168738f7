import assert from "node:assert/strict";
import { EXPIRED, KeySpace, LOOKUP_STATS, LOOKUP_TOUCH } from "./_keyspace.ts";

const NOW_MS = 1_000_000;

function lookup(space: KeySpace, key: string, flags: number): number {
  return space.call.lookup(0, space.keyAt(key), key.length, flags);
}

Deno.test("look-ups tell absent, expired and there, and count only what is asked", () => {
  const space = new KeySpace();
  const { call } = space;
  space.set(0, "there", "v");
  space.set(0, "past", "v");
  space.expireAt(0, "past", NOW_MS - 1);
  assert.equal(lookup(space, "absent", 0), 0);
  assert.equal(lookup(space, "there", 0), space.entry(0, "there"));
  assert.deepEqual([call.hitsCount(), call.missesCount()], [0, 0]);
  assert.equal(lookup(space, "absent", LOOKUP_STATS), 0);
  assert.equal(lookup(space, "past", LOOKUP_STATS), EXPIRED);
  lookup(space, "there", LOOKUP_STATS);
  assert.deepEqual([call.hitsCount(), call.missesCount()], [1, 1]);
  call.statsReset();
  assert.deepEqual([call.hitsCount(), call.missesCount()], [0, 0]);
});

Deno.test("only a touching look-up renews the access time", () => {
  const space = new KeySpace();
  const { call } = space;
  const entry = space.set(0, "k", "v");
  call.setClock(NOW_MS + 60_000);
  lookup(space, "k", LOOKUP_STATS);
  assert.equal(call.idleSeconds(entry), 60);
  call.setNoTouch(1);
  lookup(space, "k", LOOKUP_TOUCH);
  assert.equal(call.idleSeconds(entry), 60);
  call.setNoTouch(0);
  lookup(space, "k", LOOKUP_TOUCH);
  assert.equal(call.idleSeconds(entry), 0);
});

Deno.test("deleting answers 1, 0 for absent and -1 for expired", () => {
  const space = new KeySpace();
  space.set(0, "k", "v");
  space.set(0, "past", "v");
  space.expireAt(0, "past", NOW_MS - 1);
  assert.equal(space.delete(0, "k"), 1);
  assert.equal(space.delete(0, "k"), 0);
  assert.equal(space.delete(0, "past"), -1);
  assert.equal(space.call.dropEntry(0, space.entry(0, "past")), 1);
  assert.equal(space.call.databaseKeys(0), 0);
});

Deno.test("an expiry comes and goes with the value untouched, in every shape", () => {
  const space = new KeySpace();
  const { call } = space;
  for (const keyLength of [1, 7, 20, 255, 300]) {
    for (const valueLength of [0, 5, 11, 12, 13, 30, 500, 1_024, 4_000]) {
      const key = "k".repeat(keyLength);
      const value = "v".repeat(valueLength);
      space.set(0, key, value);
      for (let round = 0; round < 3; round++) {
        space.expireAt(0, key, NOW_MS + round);
        space.expireAt(0, key, NOW_MS + 100 + round);
        assert.equal(space.getText(0, key), value);
        const kept = call.removeExpiry(0, space.entry(0, key));
        assert.equal(kept, space.entry(0, key));
        assert.equal(space.getText(0, key), value);
        assert.equal(call.expiryOf(kept), -1n);
        assert.equal(
          call.removeExpiry(0, kept),
          kept,
          "there is none to remove",
        );
      }
      space.check();
    }
  }
});

Deno.test("moving gives another key, database or both, and replaces what is there", () => {
  const space = new KeySpace();
  const { call } = space;
  for (const value of ["17", "short", "v".repeat(3_000)]) {
    for (const toDb of [0, 1]) {
      for (const target of [undefined, "9", "w".repeat(2_000)]) {
        space.set(0, "from", value);
        space.expireAt(0, "from", NOW_MS + 500);
        if (target !== undefined) {
          space.set(toDb, "to", target);
          space.expireAt(toDb, "to", NOW_MS + 900);
        }
        const entry = space.entry(0, "from");
        const moved = call.moveEntry(0, entry, toDb, space.keyAt("to"), 2);
        assert.equal(moved, space.entry(toDb, "to"));
        assert.equal(space.find(0, "from"), 0);
        assert.equal(space.valueText(moved), value);
        assert.equal(call.expiryOf(moved), BigInt(NOW_MS + 500));
        space.check();
        assert.equal(space.delete(toDb, "to"), 1);
      }
    }
  }
});

Deno.test("a copy has a value and an expiry of its own", () => {
  const space = new KeySpace();
  const { call } = space;
  for (const value of ["17", "short", "v".repeat(3_000)]) {
    space.set(0, "from", value);
    space.expireAt(0, "from", NOW_MS + 500);
    space.set(0, "to", "something else");
    const copy = call.copyEntry(
      space.entry(0, "from"),
      0,
      space.keyAt("to"),
      2,
    );
    assert.equal(copy, space.entry(0, "to"));
    space.delete(0, "from");
    assert.equal(space.valueText(copy), value);
    assert.equal(call.expiryOf(copy), BigInt(NOW_MS + 500));
    space.check();
  }
});

Deno.test("flushing is at once, freeing what was there is not", () => {
  const space = new KeySpace();
  const { call } = space;
  const before = call.memoryUsed();
  for (let i = 0; i < 5_000; i++) space.set(0, `k${i}`, "v".repeat(i % 2_000));
  assert.equal(call.databaseFlush(0), 5_000);
  assert.equal(call.databaseFlush(0), 0);
  assert.equal(call.databaseKeys(0), 0);
  assert.equal(call.retiredCount(), 5_000);
  space.set(0, "new", "v");
  assert.equal(call.retiredFree(100), 1);
  assert.ok(call.retiredCount() <= 4_900 && call.retiredCount() > 4_000);
  space.settle();
  assert.equal(call.retiredCount(), 0);
  assert.equal(space.getText(0, "new"), "v");
  space.delete(0, "new");
  space.settle();
  assert.ok(
    call.memoryUsed() - before < 8_192,
    "a bucket and a scan list stay",
  );
});

Deno.test("flushing while the table is resized frees all of it", () => {
  for (let keys = 1; keys < 400; keys += 13) {
    const space = new KeySpace({ databases: 1 });
    for (let i = 0; i < keys; i++) space.set(0, `k${i}`, "v".repeat(1_500));
    space.call.databaseFlush(0);
    while (space.call.retiredFree(3) !== 0);
    assert.equal(space.call.retiredCount(), 0);
    space.check();
  }
});

Deno.test("flushing works even when there is no memory for it", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  for (let i = 0; i < 3_000; i++) space.set(0, `k${i}`, "v".repeat(100));
  call.memoryLimitPages(0);
  for (const bytes of [8, 16, 40, 64]) while (call.alloc(bytes) !== 0);
  assert.equal(call.databaseFlush(0), 3_000);
  space.settle();
  assert.notEqual(space.set(0, "k", "v".repeat(100)), 0);
  space.check();
});

Deno.test("swapping databases swaps keys and expiries", () => {
  const space = new KeySpace();
  const { call } = space;
  space.set(0, "zero", "v");
  space.expireAt(0, "zero", NOW_MS + 9);
  space.set(1, "one", "v");
  assert.equal(call.databaseSwap(0, 1), 1);
  assert.deepEqual(space.scan(0), ["one"]);
  assert.deepEqual(space.scan(1), ["zero"]);
  assert.equal(call.databaseVolatileKeys(1), 1);
  space.check();
});
