import assert from "node:assert/strict";
import { SeededRandom, testSeed } from "../../_support/mod.ts";
import { StringServer } from "./string_harness.ts";

const KEYS = ["a", "b", "c", "k".repeat(300)];
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
const ROUNDS = 60;

function elements(random: SeededRandom): string[] {
  const count = random.pick([1, 1, 2, 3, 10, 400]);
  return Array.from(
    { length: count },
    () => `element:${random.integer(0, 5000)}`,
  );
}

function command(random: SeededRandom): string[] {
  const key = random.pick(KEYS);
  const offset = String(random.pick([0, 7, 8, 351, 352, 9000, 300_000]));
  const number = String(random.integer(0, 1));
  const others = [random.pick(KEYS), random.pick(KEYS)];
  return random.pick<string[]>([
    [
      "SET",
      key,
      random.pick(["abc", "12345", "x".repeat(60), "y".repeat(2000)]),
    ],
    ["SETEX", key, "10", "xyz"],
    ["SETBIT", key, offset, number],
    ["SETBIT", key, offset, number],
    ["BITFIELD", key, "SET", "u63", offset, "12345", "INCRBY", "i9", "3", "-8"],
    ["BITFIELD", key, "INCRBY", "u64", offset, "1"],
    ["BITFIELD", key, "OVERFLOW", "FAIL", "INCRBY", "i2", offset, "1"],
    ["BITOP", random.pick(["AND", "OR", "XOR"]), key, ...others],
    ["BITOP", "NOT", key, others[0]],
    ["GETDEL", key],
    ["GETDEL", key],
    ["PFADD", key, ...elements(random)],
    ["PFADD", key, ...elements(random)],
    ["PFADD", key, ...elements(random)],
    ["PFCOUNT", key],
    ["PFMERGE", key, ...others],
    ["PFDEBUG", "TODENSE", key],
    ["SETRANGE", key, "20", "\x7f\xff"],
  ]);
}

function runMany(
  server: StringServer,
  random: SeededRandom,
  count: number,
): void {
  for (let i = 0; i < count; i++) server.run(...command(random));
}

Deno.test("rolling back bitmap and HyperLogLog commands leaves everything as it was", async () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const server = await StringServer.start();
  server.values.hllSparseMaxBytes = 500;
  const { x } = server.core;
  for (let round = 0; round < ROUNDS; round++) {
    runMany(server, random, 8);
    const before = server.snapshot(KEYS);
    x.undoBegin();
    runMany(server, random, 12);
    const middle = server.snapshot(KEYS);
    const mark = x.undoMark();
    runMany(server, random, 12);
    assert.equal(x.undoRollback(mark), 1);
    assert.deepEqual(server.snapshot(KEYS), middle, `seed ${seed}, to a mark`);
    assert.equal(x.undoRollback(0), 1);
    assert.deepEqual(
      server.snapshot(KEYS),
      before,
      `seed ${seed}, to the start`,
    );
    assert.equal(x.memoryCheck(), 0);
  }
});

Deno.test("bitmap and HyperLogLog commands, undone, kept or plain, leak no memory", async () => {
  const server = await StringServer.start();
  server.values.hllSparseMaxBytes = 500;
  const { x } = server.core;
  const usedAfterRound = () => {
    const random = new SeededRandom(7);
    runMany(server, random, 60);
    x.undoBegin();
    runMany(server, random, 60);
    x.undoRollback(0);
    x.undoBegin();
    runMany(server, random, 60);
    x.undoCommit();
    for (const key of KEYS) server.run("GETDEL", key);
    return x.memoryUsed();
  };
  // Buffers and the dict take their size in the first rounds.
  usedAfterRound();
  usedAfterRound();
  const used = usedAfterRound();
  for (let round = 0; round < 5; round++) assert.equal(usedAfterRound(), used);
});

Deno.test("bitmap and HyperLogLog commands that run out of memory change nothing", async () => {
  const server = await StringServer.start();
  const { x } = server.core;
  server.run("SETBIT", "a", String(8 * 600_000), "1");
  server.run("PFADD", "c", "x", "y");
  // What is left will do for arguments, but for no dense one, and no bitmap.
  const blocks: number[] = [];
  server.limitMemory(0);
  for (const bytes of [1_000_000, 524_288, 14_336]) {
    for (;;) {
      const block = x.alloc(bytes);
      if (block === 0) break;
      blocks.push(block);
    }
  }
  const before = server.snapshot(KEYS);
  const many = Array.from({ length: 3000 }, (_, i) => `element:${i}`);
  for (
    const args of [
      ["SETBIT", "a", String(8 * 1_200_000), "1"],
      ["SETBIT", "b", String(8 * 1_200_000), "1"],
      ["BITFIELD", "a", "GET", "u8", "0", "SET", "u8", "#1200000", "1"],
      ["BITOP", "NOT", "b", "a"],
      ["PFADD", "c", ...many],
      ["PFADD", "b", ...many],
      ["PFDEBUG", "TODENSE", "c"],
    ]
  ) {
    const { reply, effects, dirty } = server.run(...args);
    assert.equal(reply, OOM, args.slice(0, 3).join(" "));
    assert.deepEqual({ effects, dirty }, { effects: [], dirty: 0 });
    assert.deepEqual(server.snapshot(KEYS), before);
  }
  for (const block of blocks) x.free(block);
  x.memoryLimitPages(65535);
  assert.equal(server.run("PFADD", "c", ...many).reply, ":1\r\n");
});

Deno.test("a PFADD that meets damage changes nothing", async () => {
  const server = await StringServer.start();
  const damaged = "HYLL\x01" + "\0".repeat(11) + "\x5f\xff";
  server.run("SET", "a", damaged);
  const many = Array.from({ length: 50 }, (_, i) => `element:${i}`);
  const outcome = server.run("PFADD", "a", ...many);
  assert.equal(
    outcome.reply,
    "-INVALIDOBJ Corrupted HLL object detected\r\n",
  );
  assert.deepEqual([outcome.effects, outcome.dirty], [[], 0]);
  assert.ok(server.snapshot(["a"]).get("a")!.endsWith(` never ${damaged}`));
});
