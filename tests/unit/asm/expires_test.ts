import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";
import { random } from "./_kernels.ts";

const BASE_MS = 2_000_000;

function order(space: KeySpace): number[] {
  const { call } = space;
  const whens: number[] = [];
  for (
    let entry = call.nextExpired(0);
    entry !== 0;
    entry = call.nextExpired(0)
  ) {
    whens.push(Number(call.expiryOf(entry)));
    assert.equal(call.dropEntry(0, entry), 1);
  }
  return whens;
}

Deno.test("keys come out in the order of their expiry", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  const next = random(3);
  const whens: number[] = [];
  for (let i = 0; i < 12_000; i++) {
    space.set(0, `k${i}`, "v");
    const whenMs = BASE_MS + next(5_000);
    space.expireAt(0, `k${i}`, whenMs);
    whens.push(whenMs);
  }
  space.check();
  whens.sort((a, b) => a - b);
  assert.equal(call.databaseVolatileKeys(0), 12_000);
  assert.equal(call.nextExpiry(0), whens[0]);
  call.setClock(BASE_MS + 10_000);
  assert.deepEqual(order(space), whens);
  assert.equal(call.nextExpiry(0), 0);
});

Deno.test("changing, taking away and replacing expiries keeps the heap whole", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  const next = random(4);
  const model = new Map<string, number>();
  for (let i = 0; i < 40_000; i++) {
    const key = `k${next(9_000)}`;
    const kind = next(10);
    if (kind < 5) {
      if (space.find(0, key) === 0) space.set(0, key, "v".repeat(next(40)));
      model.set(key, BASE_MS + next(1_000_000));
      space.expireAt(0, key, model.get(key) as number);
    } else if (kind < 7 && model.has(key)) {
      call.removeExpiry(0, space.entry(0, key));
      model.delete(key);
    } else if (kind < 8) {
      space.set(0, key, "w".repeat(next(40)), true);
    } else if (kind < 9) {
      space.set(0, key, "x".repeat(next(40)));
      model.delete(key);
    } else {
      space.delete(0, key);
      model.delete(key);
    }
    if (i % 4_000 === 0) space.check();
  }
  space.check();
  assert.equal(call.databaseVolatileKeys(0), model.size);
  for (const [key, whenMs] of model) {
    assert.equal(call.expiryOf(space.entry(0, key)), BigInt(whenMs));
  }
  assert.equal(call.nextExpiry(0), Math.min(...model.values()));
});

Deno.test("a key is past its time one millisecond after its expiry", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  space.set(0, "k", "v");
  space.expireAt(0, "k", BASE_MS);
  call.setClock(BASE_MS);
  assert.equal(call.isExpired(space.entry(0, "k")), 0);
  assert.equal(call.nextExpired(0), 0);
  call.setClock(BASE_MS + 1);
  assert.equal(call.isExpired(space.entry(0, "k")), 1);
  assert.equal(call.nextExpired(0), space.entry(0, "k"));
  assert.equal(call.expireBatch(0, 10), 1);
});

Deno.test("expiries far from now, and negative ones, keep their order", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  const whens = [2n ** 62n, -5n, 0n, 2n ** 40n, -(2n ** 62n), 1n];
  whens.forEach((whenMs, i) => {
    const entry = space.set(0, `k${i}`, "v");
    assert.notEqual(call.setExpiry(0, entry, whenMs), 0);
  });
  space.check();
  const seen: bigint[] = [];
  call.setClock(2 ** 41);
  for (
    let entry = call.nextExpired(0);
    entry !== 0;
    entry = call.nextExpired(0)
  ) {
    seen.push(call.expiryOf(entry));
    call.dropEntry(0, entry);
  }
  assert.deepEqual(seen, [-(2n ** 62n), -5n, 0n, 1n, 2n ** 40n]);
});

Deno.test("an index that has emptied gives all of its memory back", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  const fresh = call.databaseExpiresOverhead(0);
  for (let i = 0; i < 20_000; i++) {
    space.set(0, `k${i}`, "v");
    space.expireAt(0, `k${i}`, BASE_MS + i);
  }
  const full = call.databaseExpiresOverhead(0);
  assert.ok(full >= 20_000 * 12 && full < 20_000 * 12 * 1.4);
  for (let i = 0; i < 19_000; i++) space.delete(0, `k${i}`);
  assert.ok(call.databaseExpiresOverhead(0) < full / 2);
  for (let i = 19_000; i < 20_000; i++) space.delete(0, `k${i}`);
  space.settle();
  assert.equal(call.databaseExpiresOverhead(0), fresh);
});
