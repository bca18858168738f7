import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

const space = new KeySpace({ databases: 1 });
const { call } = space;

const EXPIRES = 1;
const LONG_KEY = 2;
const INLINE = 4;

Deno.test("a 16-byte key with a 32-byte value takes 56 bytes", () => {
  const entry = space.set(0, "k".repeat(16), "v".repeat(32));
  assert.equal(call.entryUsage(entry), 56);
});

Deno.test("an expiry takes twelve bytes more", () => {
  space.set(0, "e".repeat(16), "v".repeat(28));
  const entry = space.expireAt(0, "e".repeat(16), 5_000_000);
  assert.equal(call.entryUsage(entry), 64);
  assert.equal(call.expiryOf(entry), 5_000_000n);
});

Deno.test("every shape of key, value and expiry reads back", () => {
  const keyLengths = [0, 1, 15, 254, 255, 256, 257, 5_000, 66_000];
  const valueLengths = [0, 1, 44, 45, 1_023, 1_024, 1_025, 70_000];
  for (const keyLength of keyLengths) {
    for (const valueLength of valueLengths) {
      const key = "k".repeat(keyLength);
      const value = "v".repeat(valueLength);
      for (const whenMs of [-1, 2_000_000]) {
        space.set(0, key, value);
        if (whenMs > 0) space.expireAt(0, key, whenMs);
        const entry = space.entry(0, key);
        assert.equal(space.keyOf(entry), key);
        assert.deepEqual(space.held(entry), {
          value,
          encoding: valueLength <= 44 ? "embstr" : "raw",
          whenMs,
        });
        const flags = call.entryFlags(entry);
        assert.equal((flags & EXPIRES) !== 0, whenMs > 0);
        assert.equal((flags & LONG_KEY) !== 0, keyLength > 255);
        assert.equal((flags & INLINE) !== 0, valueLength <= 1_024);
        space.check();
        assert.equal(space.delete(0, key), 1);
      }
    }
  }
});

Deno.test("the access bits are 24 and touch nothing else", () => {
  const entry = space.set(0, "access", "v");
  for (const bits of [0, 1, 0xabcdef, 0xffffff]) {
    call.entrySetLru(entry, bits);
    assert.equal(call.entryLru(entry), bits);
    assert.equal(call.entryType(entry), 0);
    assert.equal(space.held(entry).encoding, "embstr");
  }
});

Deno.test("usage counts the block of a long value", () => {
  const entry = space.set(0, "long", "v".repeat(100_000));
  assert.equal(call.entryUsage(entry), 24 + 131_072);
});
