import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

/** The notes since the last call, as `db:key`. */
function notes(space: KeySpace): string[] {
  const { call } = space;
  const found: string[] = [];
  const start = call.touchedData() >>> 0;
  const view = new DataView(space.memory.buffer);
  let at = start;
  while (at < start + call.touchedLength()) {
    const db = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    found.push(`${db}:${space.text(at + 8, length)}`);
    at += 8 + ((length + 3) & ~3);
  }
  call.touchedReset();
  return found;
}

Deno.test("nothing is noted until somebody listens", () => {
  const space = new KeySpace();
  space.set(0, "k", "v");
  assert.deepEqual(notes(space), []);
  space.call.touchedListen(1);
  space.set(0, "k", "v");
  assert.deepEqual(notes(space), ["0:k"]);
  space.call.touchedListen(0);
  space.set(0, "k", "v");
  assert.deepEqual(notes(space), []);
});

Deno.test("every change names its key and database", () => {
  const space = new KeySpace();
  const { call } = space;
  call.touchedListen(1);
  const long = "long".repeat(100);
  for (const key of ["", "a", "ab", "abc", "abcd", "abcde", long]) {
    space.set(2, key, "1");
    assert.deepEqual(notes(space), [`2:${key}`]);
    space.set(2, key, "2");
    call.stringAdd(2, space.keyAt(key), key.length, space.entry(2, key), 1n);
    call.stringAppend(2, space.entry(2, key), space.valueAt("x"), 1);
    call.stringSetRange(2, space.entry(2, key), 9, space.valueAt("x"), 1);
    space.expireAt(2, key, 5_000_000);
    space.expireAt(2, key, 6_000_000);
    call.removeExpiry(2, space.entry(2, key));
    assert.deepEqual(notes(space), Array(7).fill(`2:${key}`));
    call.copyEntry(space.entry(2, key), 3, space.keyAt("copy"), 4);
    assert.deepEqual(notes(space), ["3:copy"]);
    call.moveEntry(3, space.entry(3, "copy"), 1, space.keyAt("moved"), 5);
    assert.deepEqual(notes(space), ["3:copy", "1:moved"]);
    space.delete(1, "moved");
    space.delete(2, key);
    assert.deepEqual(notes(space), ["1:moved", `2:${key}`]);
  }
});

Deno.test("reading and missing note nothing", () => {
  const space = new KeySpace();
  space.set(0, "k", "text");
  space.call.touchedListen(1);
  space.call.lookup(0, space.keyAt("k"), 1, 3);
  space.delete(0, "absent");
  const entry = space.entry(0, "k");
  space.call.stringAdd(0, space.keyAt("k"), 1, entry, 1n);
  space.call.removeExpiry(0, entry);
  assert.deepEqual(notes(space), []);
});

Deno.test("changes are counted, expiry and eviction are none", () => {
  const space = new KeySpace();
  const { call } = space;
  const before = call.dirtyCount();
  space.set(0, "k", "v");
  space.set(0, "k", "w");
  space.delete(0, "k");
  assert.equal(call.dirtyCount() - before, 3);
  space.set(0, "k", "v");
  call.dropEntry(0, space.entry(0, "k"));
  assert.equal(call.dirtyCount() - before, 4);
  call.dirtyAdd(10);
  assert.equal(call.dirtyCount() - before, 14);
});

Deno.test("a note lost for lack of memory is told, and the change is made", () => {
  const space = new KeySpace();
  const { call } = space;
  space.set(0, "k", "v");
  call.touchedListen(1);
  call.memoryLimitPages(0);
  while (call.touchedLost() === 0) assert.notEqual(space.set(0, "k", "w"), 0);
  assert.equal(space.getText(0, "k"), "w");
  call.touchedReset();
  assert.equal(call.touchedLost(), 0);
});
