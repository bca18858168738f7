import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

const space = new KeySpace();
const { call } = space;

function append(key: string, more: string): number {
  const entry = space.entry(0, key);
  return call.stringAppend(0, entry, space.valueAt(more), more.length);
}

function setRange(key: string, offset: number, patch: string): number {
  const entry = space.entry(0, key);
  const at = space.valueAt(patch);
  return call.stringSetRange(0, entry, offset, at, patch.length);
}

function add(key: string, delta: bigint): number {
  const entry = space.find(0, key);
  return call.stringAdd(0, space.keyAt(key), key.length, entry, delta);
}

function encodingOf(value: string): string {
  return space.held(space.set(0, "encoding", value)).encoding;
}

Deno.test("a value's encoding is the one Redis gives it", () => {
  const integers = [
    ...["0", "-1", "42", "9223372036854775807", "-9223372036854775808"],
  ];
  for (const value of integers) assert.equal(encodingOf(value), "int", value);
  const texts = [
    ...["", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "0x1"],
    ...["9223372036854775808", "-9223372036854775809", "a".repeat(44)],
  ];
  for (const value of texts) assert.equal(encodingOf(value), "embstr", value);
  assert.equal(encodingOf("a".repeat(45)), "raw");
  assert.equal(encodingOf("a".repeat(5_000)), "raw");
});

Deno.test("SET over any shape leaves the new value, and frees the old", () => {
  const values = ["1", "-99", "", "s", "m".repeat(100), "l".repeat(5_000)];
  space.set(0, "over", "");
  for (const first of values) {
    for (const second of values) {
      for (const keep of [false, true]) {
        space.set(0, "over", first);
        space.expireAt(0, "over", 2_000_000);
        const entry = space.set(0, "over", second, keep);
        assert.equal(space.valueText(entry), second);
        assert.equal(call.expiryOf(entry), keep ? 2_000_000n : -1n);
        space.check();
      }
    }
  }
});

Deno.test("SET can set the expiry in the same breath", () => {
  const put = (value: string, whenMs: bigint) =>
    call.stringSetExpiring(
      0,
      space.keyAt("expiring"),
      8,
      space.valueAt(value),
      value.length,
      whenMs,
    );
  for (const value of ["1", "short", "l".repeat(3_000), "m".repeat(50)]) {
    for (const whenMs of [3_000_000n, 2_000_000n, 4_000_000n]) {
      const entry = put(value, whenMs);
      assert.equal(space.valueText(entry), value);
      assert.equal(call.expiryOf(entry), whenMs);
      space.check();
    }
  }
  const entry = space.set(0, "expiring", "x");
  assert.equal(call.expiryOf(entry), -1n);
});

Deno.test("adding keeps the expiry, and refuses text and overflow", () => {
  space.set(0, "counter", "10");
  space.expireAt(0, "counter", 2_000_000);
  assert.equal(add("counter", -15n), 1);
  assert.equal(space.getText(0, "counter"), "-5");
  assert.equal(call.expiryOf(space.entry(0, "counter")), 2_000_000n);
  space.set(0, "counter", "9223372036854775807");
  assert.equal(add("counter", 1n), -2);
  assert.equal(space.getText(0, "counter"), "9223372036854775807");
  space.set(0, "counter", "-9223372036854775808");
  assert.equal(add("counter", -1n), -2);
  space.set(0, "counter", "ten");
  assert.equal(add("counter", 1n), -1);
  space.delete(0, "counter");
  assert.equal(add("counter", 7n), 1);
  assert.deepEqual(space.held(space.entry(0, "counter")), {
    value: "7",
    encoding: "int",
    whenMs: -1,
  });
});

Deno.test("digits that were appended to can be added to", () => {
  space.set(0, "grown", "1");
  append("grown", "5");
  assert.equal(space.held(space.entry(0, "grown")).encoding, "raw");
  assert.equal(add("grown", 5n), 1);
  assert.deepEqual(space.held(space.entry(0, "grown")).value, "20");
  assert.equal(space.held(space.entry(0, "grown")).encoding, "int");
});

Deno.test("appending grows any shape, and keeps the expiry", () => {
  for (const first of ["12", "", "s", "m".repeat(1_024), "l".repeat(9_000)]) {
    space.set(0, "appended", first);
    space.expireAt(0, "appended", 2_000_000);
    let expected = first;
    for (const more of ["x", "", "y".repeat(2_000), "z".repeat(90_000)]) {
      assert.notEqual(append("appended", more), 0);
      expected += more;
      assert.equal(space.getText(0, "appended"), expected);
    }
    assert.equal(
      call.stringLength(space.entry(0, "appended")),
      expected.length,
    );
    assert.equal(call.expiryOf(space.entry(0, "appended")), 2_000_000n);
    space.check();
  }
});

Deno.test("SETRANGE overwrites, extends and pads with zeroes", () => {
  for (const first of ["12345", "s", "m".repeat(1_024), "l".repeat(9_000)]) {
    for (const offset of [0, 1, first.length, first.length + 3, 70_000]) {
      space.set(0, "ranged", first);
      assert.notEqual(setRange("ranged", offset, "<patch>"), 0);
      const padded = first.padEnd(offset, "\0");
      assert.equal(
        space.getText(0, "ranged"),
        padded.slice(0, offset) + "<patch>" + padded.slice(offset + 7),
      );
      assert.equal(space.held(space.entry(0, "ranged")).encoding, "raw");
    }
  }
  space.check();
});

Deno.test("SETRANGE on a key that is not there starts from zeroes", () => {
  const at = space.valueAt("end");
  assert.notEqual(
    call.stringSetPadded(0, space.keyAt("padded"), 6, 4, at, 3),
    0,
  );
  assert.equal(space.getText(0, "padded"), "\0\0\0\0end");
});

Deno.test("lengths that no string can have are refused", () => {
  space.set(0, "huge", "v");
  const entry = space.entry(0, "huge");
  const at = space.valueAt("v");
  assert.equal(call.stringAppend(0, entry, at, 0xfffffff0), 0);
  assert.equal(call.stringSetRange(0, entry, 0xfffffff0, at, 100), 0);
  assert.equal(
    call.stringSetPadded(0, space.keyAt("new"), 3, 0xfffffff0, at, 100),
    0,
  );
  assert.equal(space.getText(0, "huge"), "v");
});

Deno.test("an overwritten key keeps its frequency, under LFU only", () => {
  call.setAccessPolicy(1, 0, 1);
  const entry = space.set(0, "often", "v");
  for (let i = 0; i < 50; i++) call.lookup(0, space.keyAt("often"), 5, 2);
  const before = call.frequency(entry);
  assert.ok(before > 20, `${before}`);
  assert.equal(call.frequency(space.set(0, "often", "w")), before);
  assert.equal(call.frequency(space.set(0, "often", "w".repeat(99))), before);
  call.setAccessPolicy(0, 10, 1);
});
