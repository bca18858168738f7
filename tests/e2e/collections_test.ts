/** Collections and waiting commands through ioredis and node-redis, unmodified. */

import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { sleep, startServer, type TestServer } from "../_support/mod.ts";

Deno.test("ioredis works with every type of collection", async () => {
  await using server = await startServer();
  const redis = new Redis({ host: "127.0.0.1", port: server.port });
  const waiting = redis.duplicate();
  try {
    assert.equal(await redis.rpush("list", "a", "b", "c"), 3);
    assert.deepEqual(await redis.lrange("list", 0, -1), ["a", "b", "c"]);
    assert.equal(await redis.lmove("list", "list", "LEFT", "RIGHT"), "a");
    assert.equal(await redis.hset("hash", { f: "1", g: "2" }), 2);
    assert.deepEqual(await redis.hgetall("hash"), { f: "1", g: "2" });
    assert.equal(await redis.sadd("set", "x", "y", "x"), 2);
    assert.deepEqual((await redis.smembers("set")).sort(), ["x", "y"]);
    assert.equal(await redis.zadd("zset", 1.5, "m", 2, "n"), 2);
    assert.deepEqual(await redis.zrange("zset", "0", "-1", "WITHSCORES"), [
      ...["m", "1.5", "n", "2"],
    ]);
    assert.equal(await redis.setbit("bits", 7, 1), 0);
    assert.equal(await redis.bitcount("bits"), 1);
    assert.equal(await redis.pfadd("hll", "a", "b"), 1);
    assert.equal(await redis.pfcount("hll"), 2);
    await redis.geoadd("geo", 13.361389, 38.115556, "Palermo");
    assert.equal(
      Number((await redis.geopos("geo", "Palermo"))[0]?.[0]).toFixed(4),
      "13.3614",
    );
    assert.equal(await redis.xadd("stream", "1-1", "f", "v"), "1-1");
    await redis.xgroup("CREATE", "stream", "group", "0");
    assert.deepEqual(
      await redis.xreadgroup(
        ...["GROUP", "group", "me"] as const,
        ...["STREAMS", "stream", ">"] as const,
      ),
      [["stream", [["1-1", ["f", "v"]]]]],
    );
    assert.equal(await redis.xack("stream", "group", "1-1"), 1);

    const popped = waiting.blpop("queue", 5);
    await sleep(20);
    await redis.rpush("queue", "job");
    assert.deepEqual(await popped, ["queue", "job"]);
    assert.equal(await waiting.bzpopmin("nothing", 0.05), null);
  } finally {
    redis.disconnect();
    waiting.disconnect();
    await sleep(5);
  }
});

async function withClient(
  server: TestServer,
  RESP: 2 | 3,
  run: (client: ReturnType<typeof createClient>) => Promise<void>,
): Promise<void> {
  const client = createClient({
    socket: { host: "127.0.0.1", port: server.port },
    RESP,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    await run(client as unknown as ReturnType<typeof createClient>);
  } finally {
    client.destroy();
    await sleep(5);
  }
}

for (const RESP of [2, 3] as const) {
  Deno.test(`node-redis works with every type of collection in RESP${RESP}`, async () => {
    await using server = await startServer();
    await withClient(server, RESP, async (client) => {
      assert.equal(await client.lPush("list", ["a", "b"]), 2);
      assert.equal(await client.rPop("list"), "a");
      assert.equal(await client.hSet("hash", { f: "1", g: "2" }), 2);
      assert.deepEqual({ ...await client.hGetAll("hash") }, { f: "1", g: "2" });
      assert.deepEqual(await client.hExpire("hash", "f", 100), [1]);
      assert.equal(await client.sAdd("set", ["x", "y"]), 2);
      assert.equal(await client.sCard("set"), 2);
      await client.zAdd("zset", [{ score: 2, value: "n" }, {
        score: 1.5,
        value: "m",
      }]);
      assert.deepEqual(await client.zRangeWithScores("zset", 0, -1), [
        { value: "m", score: 1.5 },
        { value: "n", score: 2 },
      ]);
      assert.equal(await client.xAdd("stream", "1-1", { f: "v" }), "1-1");
      assert.equal(await client.xLen("stream"), 1);
      assert.equal(await client.pfAdd("hll", ["a", "b"]), 1);
      assert.equal(await client.setBit("bits", 7, 1), 0);
      await withClient(server, RESP, async (other) => {
        const popped = other.blPop("queue", 5);
        await sleep(20);
        await client.rPush("queue", "job");
        assert.deepEqual({ ...await popped }, { key: "queue", element: "job" });
      });
    });
  });
}
