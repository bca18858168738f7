import assert from "node:assert/strict";
import { SeededRandom, testSeed } from "../../_support/mod.ts";
import { StringServer } from "./string_harness.ts";

const KEYS = ["a", "b", "key:1", "", "k".repeat(300)];
const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

function snapshot(server: StringServer): Map<string, string> {
  return server.snapshot(KEYS);
}

function value(random: SeededRandom): string {
  const length = random.pick([0, 1, 3, 44, 45, 300, 1024, 1025, 5000, 90_000]);
  return random.chance(0.3)
    ? String(random.integer(-1000, 1000))
    : random.pick(["x", "7", "\xff"]).repeat(length);
}

function command(random: SeededRandom): string[] {
  const key = random.pick(KEYS);
  const text = value(random);
  const number = String(random.integer(1, 99_999));
  return random.pick<string[]>([
    ["SET", key, text],
    ["SET", key, text, "KEEPTTL"],
    ["SET", key, text, "PX", number],
    ["SETEX", key, number, text],
    ["GETSET", key, text],
    ["GETDEL", key],
    ["GETEX", key, "PX", number],
    ["GETEX", key, "PERSIST"],
    ["APPEND", key, text],
    ["APPEND", key, text],
    ["SETRANGE", key, String(random.integer(0, 3000)), text],
    ["INCR", key],
    ["INCRBY", key, number],
    ["INCRBYFLOAT", key, "1.5"],
    ["MSET", key, text, random.pick(KEYS), number],
    ["MSETNX", key, text, random.pick(KEYS), number],
  ]);
}

function runMany(
  server: StringServer,
  random: SeededRandom,
  count: number,
): void {
  for (let i = 0; i < count; i++) server.run(...command(random));
}

Deno.test("rolling back string commands leaves everything as it was", async () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const server = await StringServer.start();
  const { x } = server.core;
  for (let round = 0; round < 150; round++) {
    runMany(server, random, 4);
    const before = snapshot(server);
    x.undoBegin();
    runMany(server, random, 6);
    const middle = snapshot(server);
    const mark = x.undoMark();
    runMany(server, random, 6);
    assert.equal(x.undoRollback(mark), 1);
    assert.equal(x.undoIsOpen(), 1);
    assert.deepEqual(snapshot(server), middle, `seed ${seed}, to a mark`);
    assert.equal(x.undoRollback(0), 1);
    assert.equal(x.undoIsOpen(), 0);
    assert.deepEqual(snapshot(server), before, `seed ${seed}, to the start`);
  }
});

Deno.test("string commands, undone, kept or plain, leak no memory", async () => {
  const server = await StringServer.start();
  const { x } = server.core;
  const usedAfterRound = () => {
    const random = new SeededRandom(7);
    runMany(server, random, 30);
    x.undoBegin();
    runMany(server, random, 30);
    x.undoRollback(0);
    x.undoBegin();
    runMany(server, random, 30);
    x.undoCommit();
    for (const key of KEYS) server.run("GETDEL", key);
    return x.memoryUsed();
  };
  // Buffers and the dict take their size in the first rounds.
  usedAfterRound();
  usedAfterRound();
  const used = usedAfterRound();
  for (let round = 0; round < 10; round++) assert.equal(usedAfterRound(), used);
});

Deno.test("MSET that runs out of memory changes nothing", async () => {
  const server = await StringServer.start();
  server.run("MSET", "a", "1", "key:1", "x".repeat(2000));
  const before = snapshot(server);
  const long = "y".repeat(1_000_000);
  const args = ["MSET", "a", long, "b", long, "key:1", long, "", "end"];
  // The arguments take memory as well: four times their bytes are not enough.
  server.limitMemory(4_500_000);
  const { reply, effects, events, dirty } = server.run(...args);
  assert.equal(reply, OOM);
  assert.deepEqual({ effects, events, dirty }, {
    effects: [],
    events: [],
    dirty: 0,
  });
  assert.deepEqual(snapshot(server), before);
  server.core.x.memoryLimitPages(65535);
  assert.equal(server.run(...args).reply, "+OK\r\n");
});

Deno.test("commands that run out of memory reply that, and nothing else", async () => {
  const long = "y".repeat(3_000_000);
  for (
    const command of [
      ["SET", "a", long],
      ["SET", "a", long, "GET"],
      ["SET", "a", long, "EX", "10", "GET"],
      ["SETNX", "b", long],
      ["GETSET", "a", long],
      ["GETSET", "b", long],
      ["APPEND", "a", long],
      ["SETRANGE", "a", "0", long],
      ["SETRANGE", "b", "100", long],
      ["SETRANGE", "a", "300000000", "x"],
      ["SETRANGE", "b", "300000000", "x"],
    ]
  ) {
    const server = await StringServer.start();
    server.run("SET", "a", "old");
    const before = snapshot(server);
    server.limitMemory(3_500_000);
    const { reply, effects, dirty } = server.run(...command);
    assert.equal(reply, OOM, command.join(" ").slice(0, 40));
    assert.deepEqual({ effects, dirty }, { effects: [], dirty: 0 });
    assert.deepEqual(snapshot(server), before);
  }
});

Deno.test("a string is refused that is longer than proto-max-bulk-len", async () => {
  const server = await StringServer.start();
  const refused =
    "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
  server.values.protoMaxBulkLen = 10;
  assert.equal(server.run("APPEND", "a", "12345678").reply, ":8\r\n");
  assert.equal(server.run("APPEND", "a", "90").reply, ":10\r\n");
  assert.equal(server.run("APPEND", "a", "1").reply, refused);
  assert.equal(server.run("SETRANGE", "a", "9", "12").reply, refused);
  assert.equal(
    server.run("SETRANGE", "b", "9223372036854775807", "1").reply,
    refused,
  );
  server.values.protoMaxBulkLen = Number.MAX_SAFE_INTEGER;
  assert.equal(server.run("SETRANGE", "b", "4294967295", "1").reply, OOM);
  assert.equal(server.run("SETRANGE", "a", "4294967290", "1").reply, OOM);
});
