import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

const LRU = 0;
const LFU = 1;
const TTL = 2;
const RANDOM = 3;
const SAMPLES = 5;

/** Evicts `count` keys; their names. */
function evict(
  space: KeySpace,
  how: number,
  volatileOnly: boolean,
  count: number,
): string[] {
  const { call } = space;
  const gone: string[] = [];
  for (let i = 0; i < count; i++) {
    const entry = call.evictPick(how, volatileOnly ? 1 : 0, SAMPLES);
    if (entry === 0) break;
    gone.push(space.keyOf(entry));
    assert.equal(call.dropEntry(call.evictDb(), entry), 1);
  }
  return gone;
}

function meanIndex(keys: string[]): number {
  const sum = keys.reduce((total, key) => total + Number(key.slice(1)), 0);
  return sum / keys.length;
}

Deno.test("there is nothing to evict in an empty key space", () => {
  const space = new KeySpace();
  for (const how of [LRU, LFU, TTL, RANDOM]) {
    assert.equal(space.call.evictPick(how, 0, SAMPLES), 0);
    assert.equal(space.call.evictPick(how, 1, SAMPLES), 0);
  }
});

Deno.test("LRU evicts the longest idle first, nearly", () => {
  const space = new KeySpace({ databases: 2 });
  for (let i = 0; i < 1_000; i++) {
    space.call.setClock(1_000_000 + i * 1_000);
    space.set(i % 2, `k${i}`, "v");
  }
  const mean = meanIndex(evict(space, LRU, false, 300));
  assert.ok(mean < 230, `mean age of those evicted: ${mean}`);
  space.check();
});

Deno.test("LFU evicts the least often used first, nearly", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  call.setAccessPolicy(1, 0, 0);
  for (let i = 0; i < 500; i++) {
    const key = `k${i}`;
    space.set(0, key, "v");
    for (let j = 0; j < i / 4; j++) {
      call.lookup(0, space.keyAt(key), key.length, 2);
    }
  }
  const mean = meanIndex(evict(space, LFU, false, 150));
  assert.ok(mean < 130, `mean use of those evicted: ${mean}`);
});

Deno.test("TTL evicts the next to expire first, nearly", () => {
  const space = new KeySpace({ databases: 1 });
  for (let i = 0; i < 1_000; i++) {
    space.set(0, `k${i}`, "v");
    space.expireAt(0, `k${i}`, 2_000_000 + i * 1_000);
  }
  const mean = meanIndex(evict(space, TTL, true, 300));
  assert.ok(mean < 230, `mean order of those evicted: ${mean}`);
});

Deno.test("a volatile policy evicts only keys with an expiry", () => {
  for (const how of [LRU, LFU, TTL, RANDOM]) {
    const space = new KeySpace({ databases: 2 });
    for (let i = 0; i < 300; i++) {
      space.set(i % 2, `k${i}`, "v");
      if (i % 3 === 0) space.expireAt(i % 2, `k${i}`, 2_000_000 + i);
    }
    const gone = evict(space, how, true, 1_000);
    assert.equal(gone.length, 100);
    assert.ok(gone.every((key) => Number(key.slice(1)) % 3 === 0));
    space.check();
  }
});

Deno.test("candidates that are gone, moved or changed are never followed", () => {
  const space = new KeySpace({ databases: 2 });
  const { call } = space;
  const left = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    space.set(0, `k${i}`, "v");
    left.add(`k${i}`);
  }
  let step = 0;
  while (left.size > 0) {
    const [key] = evict(space, [LRU, LFU, RANDOM][step % 3], false, 1);
    assert.ok(left.delete(key), `${key} was there`);
    for (const other of [...left].slice(0, 2)) {
      if (step % 4 === 0) space.delete(0, other);
      else if (step % 4 === 1) space.set(0, other, "w".repeat(step % 300));
      else continue;
      if (step % 4 === 0) left.delete(other);
    }
    if (step % 50 === 0) {
      call.databaseSwap(0, 1);
      call.databaseSwap(0, 1);
      call.evictReset();
    }
    step++;
  }
  assert.equal(call.databaseKeys(0), 0);
});
