import assert from "node:assert/strict";
import { HashSpace, HASHTABLE, LISTPACK, LISTPACK_EX } from "./_hashes.ts";

const NOW = 1_000_000;

function withLimits(entries: number, valueBytes: number): HashSpace {
  const space = new HashSpace();
  space.call.hashLimits(entries, valueBytes);
  return space;
}

Deno.test("a hash is a listpack in order of insertion up to the thresholds", () => {
  const space = withLimits(3, 8);
  for (const name of ["b", "1", "a"]) space.hset(0, "h", name, `v${name}`);
  assert.equal(space.encoding(0, "h"), LISTPACK);
  assert.deepEqual(space.names(0, "h"), ["b", "1", "a"]);
  assert.equal(space.hset(0, "h", "1", "other"), 0);
  assert.deepEqual(space.names(0, "h"), ["b", "1", "a"]);
  assert.equal(space.hset(0, "h", "fourth", "x"), 1);
  assert.equal(space.encoding(0, "h"), HASHTABLE);
  assert.deepEqual(new Map(space.fields(0, "h")).get("1"), {
    value: "other",
    whenMs: 0,
  });
  space.checkHashes(["h"]);
});

Deno.test("a field or value beyond the threshold makes a table, for good", () => {
  for (const [name, value] of [["f".repeat(9), "v"], ["f", "v".repeat(9)]]) {
    const space = withLimits(10, 8);
    space.hset(0, "h", "12345678", "12345678");
    assert.equal(space.encoding(0, "h"), LISTPACK);
    space.hset(0, "h", name, value);
    assert.equal(space.encoding(0, "h"), HASHTABLE);
    assert.equal(space.hget(0, "h", name), value);
    assert.equal(space.hget(0, "h", "12345678"), "12345678");
    assert.equal(space.hdel(0, "h", name), 1);
    assert.equal(space.encoding(0, "h"), HASHTABLE);
    // A new one is a table from the start.
    space.hset(0, "new", name, value);
    assert.equal(space.encoding(0, "new"), HASHTABLE);
    space.checkHashes(["h", "new"]);
  }
});

Deno.test("names and values of any length come back from a table", () => {
  const space = withLimits(0, 0);
  const lengths = [0, 1, 254, 255, 256, 3_000];
  for (const name of lengths) {
    for (const value of lengths) {
      space.hset(0, "h", "n".repeat(name), "v".repeat(value));
      assert.equal(space.hget(0, "h", "n".repeat(name)), "v".repeat(value));
    }
    // And with an expiry.
    space.expireField(0, "h", "n".repeat(name), NOW + 1 + name);
    assert.equal(space.hget(0, "h", "n".repeat(name)), "v".repeat(3_000));
    space.checkHashes(["h"]);
  }
  assert.equal(space.fields(0, "h").length, lengths.length);
});

Deno.test("a field of a large hash takes well below 64 bytes", () => {
  const space = new HashSpace({ build: "aikv" });
  const { call } = space;
  const before = call.memoryUsed();
  const fields = 100_000;
  for (let i = 0; i < fields; i++) {
    space.hset(0, "h", `field:${i}`, `value:${i}`);
  }
  const each = (call.memoryUsed() - before) / fields;
  assert.ok(each < 48, `${each} bytes a field`);
  const usage = call.entryUsage(space.entry(0, "h"));
  const measured = call.memoryUsed() - before;
  assert.ok(Math.abs(usage / measured - 1) < 0.05, `${usage} of ${measured}`);
});

Deno.test("the first expiry makes a listpackex, sorted by expiry, the rest behind", () => {
  const space = withLimits(512, 64);
  for (const name of ["a", "b", "c", "d"]) space.hset(0, "h", name, `v${name}`);
  assert.equal(space.expireField(0, "h", "c", NOW + 200), 1);
  assert.equal(space.encoding(0, "h"), LISTPACK_EX);
  assert.deepEqual(space.names(0, "h"), ["c", "a", "b", "d"]);
  assert.equal(space.expireField(0, "h", "d", NOW + 100), 1);
  assert.equal(space.expireField(0, "h", "a", NOW + 200), 1);
  assert.deepEqual(space.names(0, "h"), ["d", "c", "a", "b"]);
  // An expiry changed, or taken away by HSET or HPERSIST.
  assert.equal(space.expireField(0, "h", "d", NOW + 300), 1);
  assert.deepEqual(space.names(0, "h"), ["c", "a", "d", "b"]);
  assert.equal(space.hset(0, "h", "c", "other"), 0);
  assert.deepEqual(space.names(0, "h"), ["a", "d", "b", "c"]);
  assert.equal(space.persistField(0, "h", "a"), 1);
  assert.deepEqual(space.names(0, "h"), ["d", "b", "c", "a"]);
  // HINCRBY keeps it.
  assert.equal(space.hset(0, "h", "d", "kept", true), 0);
  assert.deepEqual(space.fields(0, "h")[0], [
    "d",
    { value: "kept", whenMs: NOW + 300 },
  ]);
  space.checkHashes(["h"]);
});

Deno.test("fields move past neighbours longer than what is carried at a time", () => {
  const space = withLimits(512, 10_000);
  const names = ["a", "b", "c", "d"];
  names.forEach((name, i) =>
    space.hset(0, "h", name, name.repeat(700 * (i + 1)))
  );
  for (const [name, whenMs] of [["d", 4], ["b", 2], ["c", 3], ["d", 1]]) {
    space.expireField(0, "h", String(name), NOW + Number(whenMs));
    space.checkHashes(["h"]);
  }
  assert.deepEqual(space.names(0, "h"), ["d", "b", "c", "a"]);
  names.forEach((name, i) =>
    assert.equal(space.hget(0, "h", name), name.repeat(700 * (i + 1)))
  );
});

Deno.test("conditions compare with the expiry there is, and none is the latest", () => {
  const [NX, XX, GT, LT] = [1, 2, 4, 8];
  for (const limit of [512, 0]) {
    const space = withLimits(limit, 64);
    const expire = (whenMs: number, condition: number) =>
      space.expireField(0, "h", "f", NOW + whenMs, condition);
    space.hset(0, "h", "f", "v");
    space.hset(0, "h", "stays", "v");
    assert.equal(space.expireField(0, "h", "no", NOW + 5, 0), -2);
    assert.equal(expire(10, XX), 0);
    assert.equal(expire(10, GT), 0);
    assert.equal(expire(10, LT), 1);
    assert.equal(expire(20, NX), 0);
    assert.equal(expire(10, GT), 0);
    assert.equal(expire(20, GT), 1);
    assert.equal(expire(20, LT), 0);
    assert.equal(expire(15, LT), 1);
    assert.equal(expire(30, XX), 1);
    assert.equal(expire(0, 0), 2);
    assert.equal(space.hget(0, "h", "f"), undefined);
    assert.equal(space.persistField(0, "h", "f"), -2);
    assert.equal(space.persistField(0, "h", "stays"), -1);
    space.checkHashes(["h"]);
  }
});

Deno.test("fields past their time come up soonest first, hash by hash", () => {
  for (const limit of [512, 0]) {
    const space = withLimits(limit, 64);
    const { call } = space;
    for (const key of ["h", "i"]) {
      for (let i = 0; i < 40; i++) {
        space.hset(0, key, `f${i}`, "v");
        space.expireField(0, key, `f${i}`, NOW + 10 * ((i * 7) % 40) + 1);
      }
    }
    space.hset(0, "i", "stays", "v");
    assert.equal(call.fieldExpiresCount(0), 2);
    assert.equal(call.fieldExpiresNext(0), 0);
    call.setClock(NOW + 102);
    let dropped = 0;
    for (let entry = 1; entry !== 0;) {
      entry = call.fieldExpiresNext(0);
      if (entry === 0) break;
      dropped += call.hashDropDue(0, entry, 4);
      space.checkHashes(["h", "i"]);
    }
    assert.equal(dropped, 22);
    assert.equal(call.hashCount(space.entry(0, "h")), 29);
    call.setClock(NOW + 10_000);
    while (call.fieldExpiresNext(0) !== 0) {
      call.hashDropDue(0, call.fieldExpiresNext(0), 1_000);
    }
    assert.equal(call.fieldExpiresCount(0), 0);
    assert.deepEqual(space.names(0, "i"), ["stays"]);
  }
});

Deno.test("the index follows hashes that are renamed, moved, copied and replaced", () => {
  for (const limit of [512, 0]) {
    const space = withLimits(limit, 64);
    const { call } = space;
    space.hset(0, "h", "f", "v");
    space.expireField(0, "h", "f", NOW + 5);
    const move = (db: number, key: string, toDb: number, to: string) =>
      call.moveEntry(
        db,
        space.entry(db, key),
        toDb,
        space.keyAt(to),
        to.length,
      );
    assert.notEqual(move(0, "h", 0, "renamed"), 0);
    assert.notEqual(move(0, "renamed", 1, "moved"), 0);
    assert.equal(call.fieldExpiresCount(0), 0);
    assert.equal(call.fieldExpiresCount(1), 1);
    const copy = call.copyEntry(
      space.entry(1, "moved"),
      2,
      space.keyAt("copy"),
      4,
    );
    assert.notEqual(copy, 0);
    // Setting an expiry of the key moves its entry.
    space.expireAt(1, "moved", NOW + 99_999);
    space.checkHashes(["moved", "copy"]);
    call.databaseSwap(1, 3);
    space.checkHashes(["moved", "copy"]);
    call.setClock(NOW + 6);
    assert.equal(call.fieldExpiresNext(1), 0);
    assert.equal(call.fieldExpiresNext(3), space.entry(3, "moved"));
    assert.equal(call.fieldExpiresNext(2), space.entry(2, "copy"));
    space.set(2, "copy", "a string");
    assert.equal(call.fieldExpiresNext(2), 0);
    call.databaseFlush(3);
    assert.equal(call.fieldExpiresNext(3), 0);
    space.settle();
    space.checkHashes(["moved", "copy"]);
  }
});

Deno.test("what a rollback puts back, the index knows in time", () => {
  for (const limit of [512, 0]) {
    const space = withLimits(limit, 64);
    const { call } = space;
    space.hset(0, "h", "f", "v");
    space.hset(0, "h", "g", "v");
    space.expireField(0, "h", "f", NOW + 5);
    call.undoBegin();
    space.persistField(0, "h", "f");
    call.moveEntry(0, space.entry(0, "h"), 1, space.keyAt("h"), 1);
    call.moveEntry(1, space.entry(1, "h"), 0, space.keyAt("h"), 1);
    assert.equal(call.fieldExpiresCount(0), 0);
    assert.equal(call.undoRollback(0), 1);
    space.checkHashes(["h"]);
    call.setClock(NOW + 6);
    assert.equal(call.fieldExpiresNext(0), space.entry(0, "h"));
  }
});

Deno.test("random fields are equally likely, whatever the encoding", () => {
  for (const limit of [512, 0]) {
    const space = withLimits(limit, 64);
    const { call } = space;
    for (let i = 0; i < 10; i++) space.hset(0, "h", `f${i}`, "v");
    const entry = space.entry(0, "h");
    const draws: Record<string, () => void> = {
      one: () => call.hashRandomReply(entry),
      many: () => call.hashRandomMany(entry, 3, 0),
      few: () => void call.hashRandomDistinct(entry, 2, 0),
      most: () => void call.hashRandomDistinct(entry, 7, 0),
    };
    for (const [name, draw] of Object.entries(draws)) {
      const counts = new Map<string, number>();
      for (let i = 0; i < 2_000; i++) {
        draw();
        const drawn = space.reply().match(/f\d/g)!;
        if (name !== "many") assert.equal(new Set(drawn).size, drawn.length);
        for (const one of drawn) counts.set(one, (counts.get(one) ?? 0) + 1);
      }
      const total = [...counts.values()].reduce((a, b) => a + b);
      const chiSquare = Array.from({ length: 10 }, (_, i) => {
        const expected = total / 10;
        return ((counts.get(`f${i}`) ?? 0) - expected) ** 2 / expected;
      }).reduce((a, b) => a + b);
      // 9 degrees of freedom: more than 40 in one of 100,000 runs.
      assert.ok(chiSquare < 40, `${name}: ${chiSquare}`);
    }
  }
});

Deno.test("a table shrinks when most of its fields are gone", () => {
  const space = withLimits(0, 64);
  for (let i = 0; i < 20_000; i++) space.hset(0, "h", `f${i}`, "v");
  const full = space.call.entryUsage(space.entry(0, "h"));
  for (let i = 10; i < 20_000; i++) space.hdel(0, "h", `f${i}`);
  const left = space.call.entryUsage(space.entry(0, "h"));
  assert.ok(left < full / 50, `${left} of ${full}`);
  space.checkHashes(["h"]);
});

Deno.test("HSET that runs out of memory half-way is taken back whole", () => {
  for (const limit of [512, 0]) {
    const space = withLimits(limit, 1_000_000);
    const { call } = space;
    space.hset(0, "h", "f1", "old");
    const value = space.valueAt("v".repeat(300_000));
    const entry = space.entry(0, "h");
    call.frameClear();
    for (const word of ["HSET", "h", "f0", "", "f1", "", "f2", "", "f3", ""]) {
      const ptr = word === "" ? value : space.put(word);
      call.frameAppend(ptr, word === "" ? 300_000 : word.length);
    }
    call.memoryLimitPages(Math.ceil(call.memoryReserved() / 65_536) + 8);
    assert.equal(call.hashSetMayFail(entry), 1);
    call.undoBegin();
    assert.equal(call.hashSetArguments(0, entry), -1);
    assert.equal(call.undoRollback(0), 1);
    assert.deepEqual(space.names(0, "h"), ["f1"]);
    assert.equal(space.hget(0, "h", "f1"), "old");
    // A hash that would have been new is not there.
    call.frameReplace(1, space.keyAt("new"), 3);
    assert.equal(call.hashSetArguments(0, 0), -1);
    assert.equal(space.find(0, "new"), 0);
    space.checkHashes(["h"]);
  }
});
