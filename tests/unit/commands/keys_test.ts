import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

const NOW = 1_700_000_000_000;

/** Starts a server and hears of its keyspace events. */
async function start(settings: Readonly<Record<string, string>> = {}) {
  const server = await TestServer.start(settings);
  const events: string[] = [];
  server.server.keyspace.addListener({
    event: (_class, event, db, key) => events.push(`${event} ${db} ${key}`),
  });
  const client = server.connect();
  /** Runs commands beforehand and forgets what they did. */
  const given = async (...commands: string[]) => {
    await client.send(...commands);
    server.takeBatches();
    events.length = 0;
  };
  const effects = () => server.takeBatches().flatMap((batch) => batch.effects);
  return { server, client, events, given, effects };
}

Deno.test("what expires is set as PEXPIREAT, its conditions kept", async () => {
  for (
    const [command, effect] of [
      ["EXPIRE k 10", `0 PEXPIREAT k ${NOW + 10_000}`],
      ["expire k 10 nx", `0 PEXPIREAT k ${NOW + 10_000} nx`],
      ["PEXPIRE k 10 LT", `0 PEXPIREAT k ${NOW + 10} LT`],
      ["EXPIREAT k 9999999999", "0 PEXPIREAT k 9999999999000"],
      ["pexpireat k 9999999999999", "0 pexpireat k 9999999999999"],
    ]
  ) {
    const { client, events, given, effects } = await start();
    await given("SET k v");
    assert.equal(await client.send(command), ":1\r\n");
    assert.deepEqual(effects(), [effect]);
    assert.deepEqual(events, ["expire 0 k"]);
  }
});

Deno.test("an expiry that is not in the future is a deletion", async () => {
  for (const [lazy, name] of [["no", "DEL"], ["yes", "UNLINK"]]) {
    for (
      const command of ["EXPIRE k 0", "PEXPIRE k -1", `PEXPIREAT k ${NOW}`]
    ) {
      const { client, events, given, effects } = await start({
        "lazyfree-lazy-expire": lazy,
      });
      await given("SET k v");
      assert.equal(await client.send(command), ":1\r\n");
      assert.deepEqual(effects(), [`0 ${name} k`]);
      assert.deepEqual(events, ["del 0 k"]);
      assert.equal(await client.send("DBSIZE"), ":0\r\n");
    }
  }
});

Deno.test("what changes nothing propagates nothing", async () => {
  const { client, events, given, effects } = await start();
  await given("SET k v", "SET other v");
  for (
    const command of [
      "DEL none",
      "EXPIRE none 10",
      "EXPIRE k 10 XX",
      "PERSIST k",
      "RENAME k k",
      "RENAMENX k other",
      "RENAME none k",
      "COPY k other",
      "MOVE none 1",
      "EXISTS k",
      "TOUCH k other",
    ]
  ) await client.send(command);
  assert.deepEqual(effects(), []);
  assert.deepEqual(events.filter((it) => !it.startsWith("keymiss")), []);
});

Deno.test("a flush propagates even where there was nothing to flush", async () => {
  const { client, effects } = await start();
  await client.send("FLUSHDB ASYNC", "FLUSHALL");
  assert.deepEqual(effects(), ["0 FLUSHDB ASYNC", "0 FLUSHALL"]);
});

Deno.test("renaming, moving and copying tell of both keys", async () => {
  const { client, events, given, effects } = await start();
  await given("SET a v", "SET b v");
  await client.send("RENAME a b", "COPY b c DB 1", "MOVE b 2");
  assert.deepEqual(effects(), [
    "0 RENAME a b",
    "0 COPY b c DB 1",
    "0 MOVE b 2",
  ]);
  assert.deepEqual(events, [
    ..."new 0 b,rename_from 0 a,rename_to 0 b".split(","),
    ..."new 1 c,copy_to 1 c".split(","),
    ..."new 2 b,move_from 0 b,move_to 2 b".split(","),
  ]);
});

Deno.test("a key is alive in the millisecond it expires at, and gone in the next", async () => {
  const { server, client, given } = await start();
  await given("SET k v PX 10");
  await server.elapse(10);
  assert.equal(await client.send("PTTL k"), ":0\r\n");
  await server.elapse(1);
  assert.equal(await client.send("PTTL k"), ":-2\r\n");
});

Deno.test("an expired key that is met is deleted, which is no change of its own", async () => {
  for (
    const command of [
      "GET k",
      "SCAN 0",
      "SCAN 0 TYPE list",
      "RANDOMKEY",
      "DEL k",
    ]
  ) {
    const { server, client, events, given, effects } = await start();
    await given("SET k v PX 10");
    await server.elapse(11);
    const changes = server.server.core.x.dirtyCount();
    await client.send(command);
    assert.deepEqual(effects(), ["0 DEL k"], command);
    assert.equal(events[0], "expired 0 k");
    assert.equal(server.server.core.x.dirtyCount(), changes, command);
    assert.equal(server.server.keyspace.stats.expiredKeys, 1);
  }
});

Deno.test("SCAN leaves expired keys that do not match where they are", async () => {
  const { server, client, given } = await start();
  await given("SET k v PX 10");
  await server.elapse(11);
  assert.equal(
    await client.send("SCAN 0 MATCH x*"),
    "*2\r\n$1\r\n0\r\n*0\r\n",
  );
  assert.equal(await client.send("DBSIZE"), ":1\r\n");
});

Deno.test("KEYS passes expired keys over without deleting them", async () => {
  const { server, client, given } = await start();
  await given("SET k v PX 10", "SET live v");
  await server.elapse(11);
  assert.equal(await client.send("KEYS *"), "*1\r\n$4\r\nlive\r\n");
  assert.equal(await client.send("DBSIZE"), ":2\r\n");
});

Deno.test("an expired key neither survives a RENAME over it nor hinders a RENAMENX", async () => {
  const { server, client, given, effects } = await start();
  await given("SET from v", "SET to w PX 10");
  await server.elapse(11);
  assert.equal(await client.send("RENAMENX from to"), ":1\r\n");
  assert.deepEqual(effects(), ["0 DEL to", "0 RENAMENX from to"]);
  assert.equal(await client.send("TTL to"), ":-1\r\n");
});

Deno.test("FLUSHALL SYNC frees at once, ASYNC leaves it to the cron", async () => {
  const { server, client } = await start();
  const { keyspace, core } = server.server;
  const fill = () =>
    client.send(...Array.from({ length: 500 }, (_, i) => `SET key:${i} v`));
  await fill();
  await client.send("FLUSHALL ASYNC");
  assert.equal(core.x.retiredCount(), 500);
  await fill();
  await client.send("FLUSHALL SYNC");
  assert.equal(core.x.retiredCount(), 0);
  assert.equal(keyspace.stats.lazyFreedKeys, 500);
});

Deno.test("a watched key that a flush or a swap takes away fails EXEC", async () => {
  for (const command of ["FLUSHALL", "FLUSHDB", "SWAPDB 0 1"]) {
    const { server, client, given } = await start();
    await given("SET k v", "WATCH k", "MULTI", "PING");
    await server.connect().send(command);
    assert.equal(await client.send("EXEC"), "*-1\r\n", command);
  }
});

Deno.test("memory that was flushed is freed before any key is evicted", async () => {
  const { server, client, given } = await start({
    "maxmemory": "4mb",
    "maxmemory-policy": "allkeys-lru",
  });
  const value = "x".repeat(1000);
  await given(
    ...Array.from({ length: 3000 }, (_, i) => `SET key:${i} ${value}`),
    "FLUSHALL ASYNC",
    ...Array.from({ length: 2000 }, (_, i) => `SET new:${i} ${value}`),
  );
  assert.equal(await client.send("DBSIZE"), ":2000\r\n");
  assert.equal(server.server.keyspace.stats.evictedKeys, 0);
});

Deno.test("a database is flushed even when no memory is left at all", async () => {
  const { server, client } = await start();
  const { x } = server.server.core;
  await client.send(...Array.from({ length: 200 }, (_, i) => `SET key:${i} v`));
  x.memoryLimitPages(0);
  // 40 and 16 bytes are what a database's structures take.
  for (const bytes of [40, 16]) while (x.alloc(bytes) !== 0);
  assert.equal(server.server.keyspace.flush(0), 200);
  assert.equal(x.databaseKeys(0), 0);
  x.memoryLimitPages(65535);
  assert.equal(await client.send("SET k v", "GET k"), "+OK\r\n$1\r\nv\r\n");
});

Deno.test("a scan sees every key that stays, while the table grows and shrinks", async () => {
  const { server, client } = await start();
  const { x } = server.server.core;
  const staying = Array.from({ length: 300 }, (_, i) => `stay:${i}`);
  const passing = Array.from({ length: 2000 }, (_, i) => `pass:${i}`);
  for (const count of [5, 20, 100]) {
    await client.send("FLUSHALL", ...staying.map((key) => `SET ${key} v`));
    const seen = new Set<string>();
    let cursor = "0";
    let calls = 0;
    do {
      const reply = await client.send(`SCAN ${cursor} COUNT ${count}`);
      const words = reply.split("\r\n");
      cursor = words[2];
      for (const word of words) if (word.startsWith("stay:")) seen.add(word);
      const verb = calls % 4 < 2 ? "SET" : "DEL";
      const half = passing.slice(calls % 2 * 1000, calls % 2 * 1000 + 1000);
      await client.send(
        ...half.map((key) => verb === "SET" ? `SET ${key} v` : `DEL ${key}`),
      );
      // As the cron does; so that scans also meet tables half resized.
      x.databaseResizeStep(0, calls % 7);
      calls++;
    } while (cursor !== "0" && calls < 1000);
    assert.equal(cursor, "0");
    assert.equal(seen.size, staying.length, `COUNT ${count}`);
  }
});

Deno.test("cursors are read as C's strtoul reads them", async () => {
  const { client } = await start();
  const empty = "*2\r\n$1\r\n0\r\n*0\r\n";
  for (
    const cursor of ["0", "+5", "-1", "18446744073709551615", "0".repeat(30)]
  ) {
    assert.equal(await client.send(`SCAN ${cursor}`), empty, cursor);
  }
  for (const cursor of ["18446744073709551616", "x", "-", "0x1", "1.0"]) {
    assert.equal(
      await client.send(`SCAN ${cursor}`),
      "-ERR invalid cursor\r\n",
      cursor,
    );
  }
});
