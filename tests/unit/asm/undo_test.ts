import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

/** What each does to the key `k`, which has an expiry, and others. */
const changes: Record<string, (space: KeySpace) => unknown> = {
  "SET": (space) => space.set(0, "k", "new"),
  "SET of a long value": (space) => space.set(0, "k", "n".repeat(70_000)),
  "SET that keeps the expiry": (space) => space.set(0, "k", "new", true),
  "SET of a new key": (space) => space.set(0, "new", "v"),
  "DEL": (space) => space.delete(0, "k"),
  "INCR": (space) =>
    space.call.stringAdd(0, space.keyAt("k"), 1, space.entry(0, "k"), 5n),
  "APPEND": (space) =>
    space.call.stringAppend(0, space.entry(0, "k"), space.valueAt("xy"), 2),
  "APPEND of much": (space) =>
    space.call.stringAppend(
      0,
      space.entry(0, "k"),
      space.valueAt("x".repeat(200_000)),
      200_000,
    ),
  "SETRANGE inside": (space) =>
    space.call.stringSetRange(0, space.entry(0, "k"), 0, space.valueAt("x"), 1),
  "SETRANGE beyond": (space) =>
    space.call.stringSetRange(
      0,
      space.entry(0, "k"),
      100_000,
      space.valueAt("x"),
      1,
    ),
  "EXPIRE": (space) => space.expireAt(0, "k", 9_000_000),
  "PERSIST": (space) => space.call.removeExpiry(0, space.entry(0, "k")),
  "PERSIST and EXPIRE": (space) => {
    space.call.removeExpiry(0, space.entry(0, "k"));
    space.expireAt(0, "k", 9_000_000);
  },
  "RENAME": (space) =>
    space.call.moveEntry(0, space.entry(0, "k"), 0, space.keyAt("to"), 2),
  "RENAME over another": (space) =>
    space.call.moveEntry(0, space.entry(0, "k"), 0, space.keyAt("other"), 5),
  "MOVE": (space) =>
    space.call.moveEntry(0, space.entry(0, "k"), 1, space.keyAt("k"), 1),
  "COPY over another": (space) =>
    space.call.copyEntry(space.entry(0, "k"), 0, space.keyAt("other"), 5),
  "FLUSHDB": (space) => space.call.databaseFlush(0),
  "SWAPDB": (space) => space.call.databaseSwap(0, 1),
  "all of it in a row": (space) => {
    space.expireAt(0, "k", 9_000_000);
    space.call.moveEntry(0, space.entry(0, "k"), 1, space.keyAt("to"), 2);
    space.call.stringAppend(1, space.entry(1, "to"), space.valueAt("xy"), 2);
    space.call.removeExpiry(1, space.entry(1, "to"));
    space.call.databaseSwap(0, 1);
    space.set(0, "to", "9");
    space.call.stringAdd(0, space.keyAt("to"), 2, space.entry(0, "to"), 5n);
    space.call.databaseFlush(0);
    space.set(0, "k", "anew");
    space.delete(0, "k");
  },
};
function prepared(value: string): KeySpace {
  const space = new KeySpace({ databases: 2 });
  space.set(0, "k", value);
  space.expireAt(0, "k", 5_000_000);
  space.set(0, "other", "o".repeat(2_000));
  space.set(1, "elsewhere", "e");
  return space;
}

for (const [name, change] of Object.entries(changes)) {
  Deno.test(`${name} is taken back`, () => {
    for (const value of ["12", "short", "i".repeat(900), "l".repeat(40_000)]) {
      const space = prepared(value);
      space.call.undoBegin();
      space.set(0, "elsewhere", "grows the log");
      space.call.undoRollback(0);
      const before = [space.contents(0), space.contents(1)];
      const bytes = space.payloadBytes();
      space.call.undoBegin();
      change(space);
      assert.equal(space.call.undoRollback(0), 1);
      assert.equal(space.call.undoIsOpen(), 0);
      space.settle();
      assert.equal(space.payloadBytes(), bytes, "bytes in use");
      assert.deepEqual([space.contents(0), space.contents(1)], before);
      space.check();
    }
  });

  Deno.test(`${name} is kept by a commit, which frees what it replaced`, () => {
    for (const value of ["12", "short", "i".repeat(900), "l".repeat(40_000)]) {
      const plain = prepared(value);
      change(plain);
      const logged = prepared(value);
      logged.call.undoBegin();
      change(logged);
      logged.call.undoCommit();
      for (const space of [plain, logged]) space.settle();
      for (const db of [0, 1]) {
        assert.deepEqual(logged.contents(db), plain.contents(db));
      }
      logged.check();
      for (const space of [plain, logged]) {
        for (const db of [0, 1]) space.call.databaseFlush(db);
        space.settle();
      }
      // The log's own buffer of 256 bytes stays.
      const left = logged.payloadBytes() - plain.payloadBytes();
      assert.ok(left === 0 || left === 256, `${left} bytes`);
    }
  });
}

Deno.test("a mark inside an empty log does not close it", () => {
  const space = prepared("v");
  const { call } = space;
  call.undoBegin();
  const mark = call.undoMark();
  assert.notEqual(mark, 0);
  space.set(0, "inner", "v");
  call.undoRollback(mark);
  assert.equal(call.undoIsOpen(), 1);
  assert.equal(space.find(0, "inner"), 0);
  space.set(0, "outer", "v");
  call.undoRollback(0);
  assert.equal(space.find(0, "outer"), 0);
  assert.equal(call.undoIsOpen(), 0);
});

Deno.test("marks nest", () => {
  const space = prepared("0");
  const { call } = space;
  call.undoBegin();
  const marks: number[] = [];
  for (let i = 1; i <= 5; i++) {
    marks.push(call.undoMark());
    space.set(0, "k", String(i));
  }
  for (let i = 4; i >= 2; i--) {
    call.undoRollback(marks[i]);
    assert.equal(space.getText(0, "k"), String(i));
  }
  call.undoCommit();
  assert.equal(space.getText(0, "k"), "2");
  space.check();
});
