import assert from "node:assert/strict";
import { SeededRandom } from "../_support/mod.ts";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { driveWith, Workload } from "./_model.ts";
import { operations, withSeed } from "./_operations.ts";

Deno.test("after everything is deleted, memory in use is what it was", () => {
  withSeed((random) => {
    const space = new KeySpace();
    const workload = new Workload(space, { keys: 400, valueBytesMax: 20_000 });
    const rounds = Math.max(2, Math.ceil(operations(100_000) / 1_000_000));
    const perRound = Math.ceil(operations(100_000) / rounds);
    // The same choices each time: what buffers have grown to is the same, too.
    const seed = random.nextUint32();
    let baseline = 0;
    for (let round = 0; round <= rounds; round++) {
      driveWith(workload, new SeededRandom(seed), perRound, perRound);
      workload.clear();
      space.check();
      if (round === 0) baseline = space.call.memoryUsed();
      else assert.equal(space.call.memoryUsed(), baseline, `round ${round}`);
    }
  });
});

Deno.test("mixed operations on few keys neither leak nor fragment", () => {
  withSeed((random) => {
    const space = new KeySpace({ databases: 1, build: "aikv" });
    const { call } = space;
    const values = ["1", "short", "v".repeat(60), "w".repeat(700)];
    for (let i = 0; i < 4; i++) values.push(`${values[i]}x`);
    const keys = Array.from({ length: 1_000 }, (_, i) => `bounded:${i}`);
    const one = (choice: number) => {
      const key = keys[choice % 1_000];
      const kind = (choice >>> 12) % 8;
      if (kind < 4) space.set(0, key, values[(choice >>> 16) % 8], kind === 3);
      else if (kind < 6) space.delete(0, key);
      else {
        const entry = space.find(0, key);
        if (entry === 0) return;
        if (kind === 6) {
          call.setExpiry(0, entry, BigInt(2_000_000 + choice % 1_000));
        } else if (call.stringLength(entry) < 5_000) {
          call.stringAppend(0, entry, space.valueAt("append"), 6);
        }
      }
    };
    const run = (count: number) => {
      for (let i = 0; i < count; i++) one(random.nextUint32());
      for (const key of keys) space.delete(0, key);
      space.settle();
      assert.equal(call.databaseKeys(0), 0);
      return call.memoryUsed();
    };
    const baseline = run(50_000);
    const reserved = call.memoryReserved();
    assert.equal(run(operations(500_000)), baseline);
    assert.ok(call.memoryReserved() <= reserved + 2 ** 20, "pages are reused");
  });
});
