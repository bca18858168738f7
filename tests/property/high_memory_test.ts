import assert from "node:assert/strict";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { drive, Workload } from "./_model.ts";
import { operations } from "./_operations.ts";

const TWO_GIB = 2 ** 31;

Deno.test("every operation works on pointers above 2 GiB", () => {
  const space = new KeySpace({ ballastBytes: TWO_GIB });
  const workload = new Workload(space, { keys: 300, valueBytesMax: 100_000 });
  drive(workload, operations(60_000), 5_000);
  assert.ok(space.call.databaseDict(0) < 0, "pointers are negative");
  workload.clear();
  space.check();
});

Deno.test("a database of more than 2 GiB works on both sides of the line", () => {
  const space = new KeySpace({ databases: 2, build: "aikv" });
  const { call } = space;
  const baseline = call.memoryUsed();
  const mib = 2 ** 20;
  let keys = 0;
  for (; call.memoryUsed() < TWO_GIB + 100 * mib; keys++) {
    const at = space.keyAt(`key:${keys}`);
    const tail = space.valueAt(`tail:${keys}`);
    const length = `key:${keys}`.length;
    assert.notEqual(
      call.stringSetPadded(0, at, length, 64 * mib, tail, length + 1),
      0,
    );
    for (let i = 0; i < 100; i++) {
      assert.notEqual(space.set(1, `small:${keys}:${i}`, `value ${i}`), 0);
    }
  }
  assert.ok(space.entry(0, "key:0") > 0 && space.entry(1, "small:0:0") > 0);
  const last = space.entry(0, `key:${keys - 1}`);
  call.stringView(last);
  assert.ok(call.stringViewPtr() < 0, "the last value lies above 2 GiB");
  for (let i = 0; i < keys; i++) {
    const entry = space.entry(0, `key:${i}`);
    const tail = `tail:${i}`;
    assert.equal(call.stringLength(entry), 64 * mib + tail.length);
    const ptr = call.stringView(entry) >>> 0;
    assert.equal(space.text(ptr + 64 * mib, tail.length), tail);
    const grown = call.stringAppend(0, entry, space.valueAt("more"), 4);
    assert.notEqual(grown, 0);
    assert.equal(call.stringLength(grown), 64 * mib + tail.length + 4);
    assert.notEqual(space.expireAt(0, `key:${i}`, 2_000_000 + i), 0);
  }
  assert.equal(space.contents(1).size, keys * 100);
  assert.equal(new Set(space.scan(0)).size, keys);
  call.setClock(2_000_000 + keys);
  assert.equal(call.expireBatch(0, keys), keys);
  assert.equal(call.databaseKeys(0), 0);
  assert.equal(call.databaseFlush(1), keys * 100);
  space.settle();
  assert.ok(call.memoryUsed() - baseline < 4096, "all memory was given back");
});
