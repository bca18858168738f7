import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

const GROW_AT = 10;

function filled(count: number): KeySpace {
  const space = new KeySpace({ databases: 1 });
  for (let i = 0; i < count; i++) {
    assert.notEqual(space.set(0, `k${i}`, "v"), 0);
  }
  return space;
}

Deno.test("an empty dict answers everything", () => {
  const { call } = new KeySpace({ databases: 1 });
  const dict = call.databaseDict(0);
  assert.equal(call.dictCount(dict), 0);
  assert.equal(call.dictBuckets(dict), 0);
  assert.equal(call.dictRandom(dict), 0);
  assert.equal(call.scanRun(0, 0, 10), 0);
  assert.equal(call.dictCheck(dict), 0);
  assert.equal(call.databaseResizeStep(0, 10), 0);
});

Deno.test("a table grows when its buckets hold ten on average", () => {
  const space = filled(GROW_AT);
  const { call } = space;
  const dict = call.databaseDict(0);
  assert.equal(call.dictBuckets(dict), 1);
  space.set(0, "one more", "v");
  assert.equal(call.dictResizing(dict), 1);
  assert.equal(call.dictBuckets(dict), 2);
  assert.equal(call.dictLeavingBytes(dict), 64);
  space.settle();
  assert.equal(call.dictResizing(dict), 0);
  assert.equal(call.dictLeavingBytes(dict), 0);
  space.check();
});

Deno.test("at every step of growing and shrinking each key is found", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  const dict = call.databaseDict(0);
  const count = 700;
  for (let i = 0; i < count; i++) {
    space.set(0, `k${i}`, "v");
    space.check();
    if (i % 7 === 0) {
      for (let j = 0; j <= i; j++) assert.notEqual(space.find(0, `k${j}`), 0);
    }
  }
  const grown = call.dictBuckets(dict);
  for (let i = count - 1; i >= 5; i--) {
    assert.equal(space.delete(0, `k${i}`), 1);
    call.databaseResizeStep(0, 1);
    space.check();
    if (i % 7 === 0) {
      for (let j = 0; j < i; j++) assert.notEqual(space.find(0, `k${j}`), 0);
      assert.equal(space.find(0, `k${i}`), 0);
    }
  }
  space.settle();
  assert.ok(call.dictBuckets(dict) < grown / 8, "the table has shrunk");
});

Deno.test("chains of child buckets form and dissolve", () => {
  const space = filled(0);
  const { call } = space;
  const dict = call.databaseDict(0);
  // Growing needs memory; without it chains get longer.
  const spare: number[] = [];
  space.set(0, "first", "v");
  call.memoryLimitPages(0);
  for (let i = 0; i < 300; i++) {
    if (space.set(0, `k${i}`, "v") === 0) break;
    spare.push(i);
  }
  assert.ok(spare.length > 100, `${spare.length} keys in chains`);
  space.check();
  let chained = 0;
  for (let length = 13; length <= 64; length++) {
    chained += call.dictChains(dict, length);
  }
  assert.ok(chained > 0, "some chain is longer than a bucket");
  for (const i of spare) {
    assert.equal(space.delete(0, `k${i}`), 1);
    space.check();
  }
  assert.deepEqual([...space.contents(0).keys()], ["first"]);
});

Deno.test("bytes of the table are counted", () => {
  const space = filled(5_000);
  const { call } = space;
  space.settle();
  const dict = call.databaseDict(0);
  const least = 40 + call.dictBuckets(dict) * 64;
  assert.ok(call.databaseOverhead(0) >= least);
  assert.ok(call.databaseOverhead(0) < least * 1.5, "few child buckets");
});

Deno.test("a random element may be any, and all are drawn in time", () => {
  const space = filled(200);
  const { call } = space;
  const seen = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const key = space.keyOf(call.dictRandom(call.databaseDict(0)));
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  assert.equal(seen.size, 200);
  for (const [key, times] of seen) assert.ok(times > 10, `${key}: ${times}`);
});

Deno.test("keys that differ in one byte or in length only are told apart", () => {
  const space = filled(0);
  const keys = ["", "a", "b", "aa", "ab", "a\0", "\0", "\0\0"];
  for (let length = 250; length < 262; length++) {
    keys.push("x".repeat(length), "x".repeat(length - 1) + "y");
  }
  for (const key of keys) space.set(0, key, `<${key}>`);
  for (const key of keys) assert.equal(space.getText(0, key), `<${key}>`);
  assert.deepEqual([...space.contents(0).keys()].sort(), keys.toSorted());
});
