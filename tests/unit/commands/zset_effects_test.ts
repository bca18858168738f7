import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

/** What the commands propagate, one line an effect. */
async function effectsOf(
  commands: readonly string[],
  before: readonly string[] = [],
): Promise<string[]> {
  const server = await TestServer.start();
  const client = server.connect();
  for (const command of before) await client.send(command);
  server.takeBatches();
  for (const command of commands) await client.send(command);
  return server.takeBatches().flatMap(({ effects }) => effects);
}

Deno.test("sorted set commands that change nothing propagate nothing", async () => {
  assert.deepEqual(
    await effectsOf([
      "ZADD z 1 a",
      "ZADD z NX 2 a",
      "ZADD z XX 2 b",
      "ZADD z GT 0 a",
      "ZINCRBY z 0 a",
      "ZREM z nosuch",
      "ZREMRANGEBYSCORE z 5 9",
      "ZPOPMIN z 0",
      "ZPOPMAX nosuch",
      "ZUNIONSTORE nosuch 1 nosuch",
      "ZRANGESTORE nosuch z 5 9",
      "ZMPOP 1 nosuch MIN",
      "BZPOPMIN nosuch x",
      "GEOSEARCHSTORE nosuch nosuch FROMLONLAT 1 1 BYRADIUS 1 m",
    ], ["ZADD z 1 a"]),
    [],
  );
});

Deno.test("sorted set commands propagate as they came", async () => {
  const commands = [
    "ZADD z CH 1 a 2 b",
    "ZINCRBY z 1.5 a",
    "ZRANGESTORE y z 0 -1",
    "ZUNIONSTORE u 2 z y WEIGHTS 1 2",
    "ZINTERSTORE u 1 nosuch",
    "ZPOPMIN z 1",
    "ZREMRANGEBYRANK y 0 0",
    "ZREM z a",
  ];
  assert.deepEqual(
    await effectsOf(commands),
    commands.map((command) => `0 ${command}`),
  );
});

Deno.test("popping from one of several keys propagates as popping from that one", async () => {
  const before = ["ZADD z 1 a 2 b 3 c 4 d 5 e 6 f"];
  assert.deepEqual(
    await effectsOf([
      "ZMPOP 2 nosuch z MAX COUNT 2",
      "BZMPOP 0 1 z MIN",
      "BZPOPMIN nosuch z 0",
      "BZPOPMAX z 0",
      "ZMPOP 1 z MIN COUNT 10",
    ], before),
    [
      "0 ZPOPMAX z 2",
      "0 ZPOPMIN z 1",
      "0 ZPOPMIN z",
      "0 ZPOPMAX z",
      "0 ZPOPMIN z 1",
    ],
  );
});

Deno.test("GEOADD propagates as ZADD with the scores of the places", async () => {
  assert.deepEqual(
    await effectsOf([
      "GEOADD g CH 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
      "GEOADD g 13.361389 38.115556 Palermo",
      "GEORADIUS g 15 37 200 km STORE near",
      "GEORADIUS g 15 37 200 km",
    ]),
    [
      "0 ZADD g CH 3479099956230698 Palermo 3479447370796909 Catania",
      "0 GEORADIUS g 15 37 200 km STORE near",
    ],
  );
});

Deno.test("a client that waited for a sorted set is served, and what that amounts to is propagated", async () => {
  const server = await TestServer.start();
  const [first, second, other] = [1, 2, 3].map(() => server.connect());
  assert.equal(await first.send("BZPOPMIN q z 0"), "");
  assert.equal(await second.send("BZMPOP 0 1 z MAX COUNT 5"), "");
  // A key of another type serves nobody.
  await other.send("SET q text");
  assert.equal(await first.receive(), "");
  server.takeBatches();
  await other.send("ZADD z 1 a 2 b 3 c");
  assert.equal(
    await first.receive(),
    "*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\n1\r\n",
  );
  assert.equal(
    await second.receive(),
    "*2\r\n$1\r\nz\r\n*2\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n" +
      "*2\r\n$1\r\nb\r\n$1\r\n2\r\n",
  );
  assert.deepEqual(server.takeBatches().flatMap(({ effects }) => effects), [
    "0 ZADD z 1 a 2 b 3 c",
    "0 ZPOPMIN z",
    "0 ZPOPMAX z 2",
  ]);
  assert.equal(await other.send("EXISTS z"), ":0\r\n");
});

Deno.test("nobody waits within a transaction", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("MULTI", "BZPOPMAX nosuch 0", "BZMPOP 0 1 nosuch MIN");
  assert.equal(await client.send("EXEC"), "*2\r\n*-1\r\n*-1\r\n");
});

Deno.test("sorted set commands tell of what they did", async () => {
  const server = await TestServer.start();
  const events: string[] = [];
  server.server.keyspace.addListener({
    event: (eventClass, event, _db, key) =>
      void events.push(`${eventClass} ${event} ${key}`),
  });
  const client = server.connect();
  const cases: readonly (readonly [command: string, events: string])[] = [
    ["ZADD z 1 a 2 b 3 c", "new new z, zset zadd z"],
    ["ZADD z 1 a", ""],
    ["ZINCRBY z 1 a", "zset zincr z"],
    ["ZADD z INCR 1 a", "zset zincr z"],
    ["ZRANGESTORE y z 0 -1", "new new y, zset zrangestore y"],
    ["ZUNIONSTORE y 2 y z", "zset zunionstore y"],
    ["ZINTERSTORE y 2 y z", "zset zinterstore y"],
    ["ZDIFFSTORE y 1 z", "zset zdiffstore y"],
    ["ZREM y a", "zset zrem y"],
    ["ZREMRANGEBYLEX y [b [b", "zset zremrangebylex y"],
    ["ZREMRANGEBYRANK y 0 -1", "zset zremrangebyrank y, generic del y"],
    ["ZPOPMIN z", "zset zpopmin z"],
    ["ZREMRANGEBYSCORE z 9 9", ""],
    ["ZPOPMAX z 5", "zset zpopmax z, generic del z"],
    ["GEOADD g 1 1 a", "new new g, zset zadd g"],
    [
      "GEOSEARCHSTORE h g FROMMEMBER a BYRADIUS 1 m",
      "new new h, zset geosearchstore h",
    ],
    ["GEORADIUS g 1 1 9 m STORE h", "zset georadiusstore h"],
    ["GEORADIUS g 9 9 1 m STORE h", "generic del h"],
  ];
  for (const [command, expected] of cases) {
    events.length = 0;
    await client.send(command);
    assert.equal(events.join(", "), expected, command);
  }
});
