import assert from "node:assert/strict";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { withSeed } from "./_operations.ts";
import type { SeededRandom } from "../_support/mod.ts";

interface Churn {
  /** Keys there at the start of the scan that stay until its end. */
  readonly steady: number;
  /** Others there at the start, removed during it. */
  readonly leaving: number;
  /** Added and removed between calls. */
  readonly addedEach: number;
  readonly removedEach: number;
  readonly resizeSteps: number;
  readonly count: number;
  /** Whether the table must have been resized on the way. */
  readonly isResized?: boolean;
}

/**
 * One whole scan while keys come and go. Every steady key must be returned, and
 * nothing that was never there.
 */
function scanUnder(space: KeySpace, churn: Churn, random: SeededRandom): void {
  const { call } = space;
  const missing = new Set<string>();
  const leaving: string[] = [];
  const ever = new Set<string>();
  for (let i = 0; i < churn.leaving; i++) leaving.push(`leaving:${i}`);
  for (let i = 0; i < churn.steady; i++) missing.add(`steady:${i}`);
  for (const key of [...missing, ...leaving]) {
    ever.add(key);
    space.set(0, key, "v");
  }
  let added = 0;
  let cursor = 0;
  let wasResized = false;
  let calls = 0;
  do {
    const keys: string[] = [];
    cursor = space.scanSome(0, cursor, churn.count, keys);
    for (const key of keys) {
      assert.ok(ever.has(key), `${key} was there`);
      missing.delete(key);
    }
    for (let i = 0; i < churn.addedEach; i++) {
      const key = `added:${added++}`;
      ever.add(key);
      space.set(0, key, "v");
      if (random.chance(0.5)) leaving.push(key);
    }
    for (let i = 0; i < churn.removedEach && leaving.length > 0; i++) {
      const at = random.integer(0, leaving.length - 1);
      const last = leaving.pop() as string;
      let key = last;
      if (at < leaving.length) [key, leaving[at]] = [leaving[at], last];
      assert.equal(space.delete(0, key), 1);
    }
    call.databaseResizeStep(0, random.integer(0, churn.resizeSteps));
    wasResized ||= call.dictResizing(call.databaseDict(0)) !== 0;
    assert.ok(++calls < 1_000_000, "a scan ends");
  } while (cursor !== 0);
  assert.deepEqual([...missing], [], "every steady key was returned");
  if (churn.isResized) assert.ok(wasResized, "the table was resized meanwhile");
  space.check();
}

const churns: Record<string, Churn> = {
  "while nothing changes": {
    steady: 5_000,
    leaving: 0,
    addedEach: 0,
    removedEach: 0,
    resizeSteps: 0,
    count: 10,
  },
  "while the table grows by itself": {
    steady: 3_000,
    leaving: 0,
    addedEach: 60,
    removedEach: 0,
    resizeSteps: 0,
    count: 10,
    isResized: true,
  },
  "while the table grows quickly": {
    steady: 500,
    leaving: 0,
    addedEach: 100,
    removedEach: 20,
    resizeSteps: 30,
    count: 60,
    isResized: true,
  },
  "while the table shrinks": {
    steady: 300,
    leaving: 30_000,
    addedEach: 0,
    removedEach: 200,
    resizeSteps: 10,
    count: 20,
    isResized: true,
  },
  "while it shrinks, one bucket at a time": {
    steady: 40,
    leaving: 20_000,
    addedEach: 0,
    removedEach: 400,
    resizeSteps: 2,
    count: 1,
    isResized: true,
  },
  "while keys come and go": {
    steady: 1_000,
    leaving: 10_000,
    addedEach: 40,
    removedEach: 80,
    resizeSteps: 8,
    count: 10,
    isResized: true,
  },
};

for (const [when, churn] of Object.entries(churns)) {
  Deno.test(`SCAN returns every key that stays ${when}`, () => {
    withSeed((random) => {
      for (let round = 0; round < 4; round++) {
        const space = new KeySpace({ databases: 1 });
        scanUnder(space, churn, random);
      }
    });
  });
}

Deno.test("SCAN under a table that grows and shrinks in turns", () => {
  withSeed((random) => {
    const space = new KeySpace({ databases: 1 });
    for (let round = 0; round < 30; round++) {
      scanUnder(space, {
        steady: random.integer(1, 2_000),
        leaving: random.integer(0, 8_000),
        addedEach: random.integer(0, 20),
        removedEach: random.integer(0, 200),
        resizeSteps: random.integer(0, 20),
        count: random.integer(20, 100),
      }, random);
      for (const key of space.contents(0).keys()) {
        if (random.chance(0.9)) space.delete(0, key);
      }
      if (random.chance(0.5)) space.settle();
      else space.call.databaseResizeStep(0, random.integer(0, 50));
      const left = new Set(space.scan(0, 7));
      assert.equal(left.size, space.call.databaseKeys(0));
      for (const key of left) space.delete(0, key);
    }
  });
});

Deno.test("any cursor a client makes up comes to an end", () => {
  withSeed((random) => {
    const space = new KeySpace({ databases: 1 });
    for (let i = 0; i < 3_000; i++) space.set(0, `key:${i}`, "v");
    for (let i = 0; i < 200; i++) {
      const keys: string[] = [];
      let cursor = random.nextUint32();
      let calls = 0;
      do {
        cursor = space.scanSome(0, cursor, 10, keys);
        assert.ok(++calls < 5_000, "the scan ends");
      } while (cursor !== 0);
    }
  });
});
