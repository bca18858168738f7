/** ioredis, unmodified, against AiKv. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Redis, type RedisOptions } from "ioredis";
import { sleep, startServer, type TestServer } from "../_support/mod.ts";

const READY_WAIT_MS = 5000;

/** A connected client, closed when the scope ends. */
async function open(
  server: TestServer,
  options: RedisOptions = {},
): Promise<Redis & AsyncDisposable> {
  const redis = new Redis({
    host: "127.0.0.1",
    port: server.port,
    lazyConnect: true,
    connectTimeout: READY_WAIT_MS,
    commandTimeout: READY_WAIT_MS,
    ...options,
  });
  // Reported through the promises of the commands.
  redis.on("error", () => {});
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    await sleep(5);
    throw error;
  }
  return Object.assign(redis, {
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      // Lets the socket finish closing inside the test that opened it.
      await sleep(5);
    },
  });
}

async function collectScan(
  stream: AsyncIterable<unknown>,
): Promise<string[]> {
  const keys = new Set<string>();
  for await (const batch of stream) {
    for (const key of batch as string[]) keys.add(key);
  }
  return [...keys].sort();
}

interface Scene {
  readonly redis: Redis;
  readonly server: TestServer;
  readonly protocol: 2 | 3;
}

const STEPS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "strings and binary values": async ({ redis }) => {
    assert.equal(await redis.set("s", "v"), "OK");
    assert.equal(await redis.get("s"), "v");
    assert.equal(await redis.get("nosuch"), null);
    assert.equal(await redis.append("s", "w"), 2);
    assert.equal(await redis.getrange("s", 1, -1), "w");
    assert.equal(await redis.setrange("s", 3, "x"), 4);
    const binary = Buffer.from([0, 255, 13, 10, 128]);
    await redis.set(Buffer.from([0, 1]), binary);
    assert.deepEqual(await redis.getBuffer(Buffer.from([0, 1])), binary);
    assert.equal(await redis.mset({ a: "1", b: "2" }), "OK");
    assert.deepEqual(await redis.mget("a", "b", "nosuch"), ["1", "2", null]);
    assert.equal(await redis.set("a", "3", "EX", 100, "NX"), null);
    assert.equal(await redis.set("a", "3", "GET"), "1");
    assert.equal(await redis.getdel("b"), "2");
  },

  "numbers": async ({ redis }) => {
    assert.equal(await redis.incr("n"), 1);
    assert.equal(await redis.incrby("n", 41), 42);
    assert.equal(await redis.decrby("n", 2), 40);
    assert.equal(await redis.incrbyfloat("n", 0.5), "40.5");
  },

  "keys and expiry": async ({ redis }) => {
    await redis.set("e", "x", "PX", 30);
    assert(await redis.pttl("e") > 0);
    await sleep(50);
    assert.equal(await redis.exists("e"), 0);
    await redis.set("e", "x");
    assert.equal(await redis.expire("e", 100, "NX"), 1);
    assert.equal(await redis.expire("e", 50, "GT"), 0);
    assert.equal(await redis.persist("e"), 1);
    assert.equal(await redis.ttl("e"), -1);
    assert.equal(await redis.rename("e", "e2"), "OK");
    assert.equal(await redis.copy("e2", "e3"), 1);
    assert.equal(await redis.type("e3"), "string");
    assert.equal(await redis.unlink("e2", "e3", "nosuch"), 2);
  },

  "errors reject with the server's text": async ({ redis }) => {
    await redis.set("text", "x");
    await assert.rejects(redis.incr("text"), {
      message: "ERR value is not an integer or out of range",
    });
    await assert.rejects(redis.call("NOSUCH", "a"), {
      message: /^ERR unknown command 'NOSUCH', with args beginning with: 'a'/,
    });
  },

  "pipelines and automatic pipelining": async ({ redis, server, protocol }) => {
    const pipeline = redis.pipeline();
    for (let index = 0; index < 1000; index++) pipeline.incr("p");
    pipeline.call("NOSUCH");
    const replies = await pipeline.exec();
    assert.equal(replies?.length, 1001);
    assert.deepEqual(replies?.[999], [null, 1000]);
    assert(replies?.[1000][0] instanceof Error);
    await using automatic = await open(server, {
      protocol,
      enableAutoPipelining: true,
    });
    const values = await Promise.all(
      Array.from({ length: 200 }, (_, at) => automatic.set(`auto:${at}`, at)),
    );
    assert(values.every((value) => value === "OK"));
  },

  "transactions, and WATCH aborting one": async (
    { redis, server, protocol },
  ) => {
    assert.deepEqual(
      await redis.multi().set("t", "1").incr("t").get("t").exec(),
      [[null, "OK"], [null, 2], [null, "2"]],
    );
    await using other = await open(server, { protocol });
    await redis.watch("t");
    await other.set("t", "changed");
    assert.equal(await redis.multi().set("t", "lost").exec(), null);
    assert.equal(await redis.get("t"), "changed");
  },

  "SCAN finds every key once the stream has ended": async ({ redis }) => {
    await redis.flushdb();
    const expected: string[] = [];
    const pipeline = redis.pipeline();
    for (let index = 0; index < 1500; index++) {
      pipeline.set(`scan:${index}`, "");
      expected.push(`scan:${index}`);
    }
    pipeline.set("other", "");
    await pipeline.exec();
    const stream = redis.scanStream({ match: "scan:*", count: 50 });
    assert.deepEqual(await collectScan(stream), expected.sort());
  },

  "databases are separate": async ({ redis, server, protocol }) => {
    await using second = await open(server, { protocol, db: 2 });
    await second.set("only-here", "1");
    assert.equal(await redis.exists("only-here"), 0);
    assert.equal(await second.dbsize(), 1);
  },

  "a value of 8 MiB comes back as it was": async ({ redis }) => {
    const large = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef");
    await redis.set("large", large);
    assert.equal(await redis.strlen("large"), large.length);
    assert((await redis.getBuffer("large"))?.equals(large));
  },

  "over the Unix socket": async ({ server, protocol }) => {
    await using unix = await open(server, {
      protocol,
      path: server.socketPath,
    });
    assert.equal(await unix.ping(), "PONG");
  },

  "MONITOR": async ({ redis }) => {
    const monitor = await redis.monitor();
    try {
      const seen = new Promise<string[]>((resolve) =>
        monitor.on("monitor", (_time: string, args: string[]) => resolve(args))
      );
      await redis.set("watched", "1");
      assert.deepEqual(await seen, ["set", "watched", "1"]);
    } finally {
      monitor.disconnect();
      await sleep(5);
    }
  },

  "INFO and CLIENT": async ({ redis }) => {
    assert.match(await redis.info("server"), /redis_version:\d+\.\d+\.\d+/);
    assert.equal(await redis.client("SETNAME", "e2e"), "OK");
    assert.equal(await redis.client("GETNAME"), "e2e");
  },
};

for (const protocol of [2, 3] as const) {
  Deno.test(`ioredis works against AiKv in RESP${protocol}`, async (context) => {
    await using server = await startServer({ unixSocket: true });
    await using redis = await open(server, { protocol });
    for (const [name, run] of Object.entries(STEPS)) {
      await context.step(name, () => run({ redis, server, protocol }));
    }
  });
}

Deno.test("ioredis authenticates, and is told when it cannot", async () => {
  await using server = await startServer({
    options: ["--requirepass", "pass word"],
  });
  await using redis = await open(server, { password: "pass word" });
  assert.equal(await redis.set("k", "v"), "OK");
  await using named = await open(server, {
    username: "default",
    password: "pass word",
  });
  assert.equal(await named.get("k"), "v");
  const errors: string[] = [];
  await assert.rejects(async () => {
    const options = { lazyConnect: true, retryStrategy: () => null };
    const without = new Redis({ ...options, port: server.port });
    without.on("error", (error) => errors.push(error.message));
    try {
      await without.get("k");
    } finally {
      without.disconnect();
      await sleep(5);
    }
  });
  assert.match(errors.join("\n"), /NOAUTH/);
});

Deno.test("ioredis logs in as a user, and is told what the user may not do", async () => {
  await using server = await startServer();
  await using admin = await open(server);
  assert.equal(
    await admin.acl(
      "SETUSER",
      "app",
      "on",
      ">pass word",
      "+@string",
      "+info",
      "~app:*",
    ),
    "OK",
  );
  const names = { username: "app", password: "pass word" };
  await using app = await open(server, names);
  assert.equal(await app.set("app:1", "v"), "OK");
  assert.equal(await app.get("app:1"), "v");
  await assert.rejects(app.set("other", "v"), /NOPERM .* keys/);
  await assert.rejects(app.del("app:1"), /NOPERM .* 'del' command/);
  assert.equal(await admin.acl("DELUSER", "app"), 1);
  const errors: string[] = [];
  const gone = new Redis({
    ...names,
    port: server.port,
    retryStrategy: () => null,
  });
  gone.on("error", (error) => errors.push(error.message));
  await assert.rejects(gone.get("app:1"));
  gone.disconnect();
  await sleep(5);
  assert.match(errors.join("\n"), /WRONGPASS/);
});

Deno.test("ioredis reconnects after its connection was killed", async () => {
  await using server = await startServer();
  await using redis = await open(server, { retryStrategy: () => 20 });
  await using admin = await open(server);
  const id = String(await redis.client("ID"));
  assert.equal(await admin.client("KILL", "ID", id), 1);
  assert.equal(await redis.set("k", "after"), "OK");
  assert.notEqual(String(await redis.client("ID")), id);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`ioredis publishes and subscribes in RESP${protocol}`, async () => {
    await using server = await startServer();
    await using subscriber = await open(server, { protocol });
    await using redis = await open(server, { protocol });
    const heard: string[] = [];
    subscriber.on("message", (channel, message) => {
      heard.push(`${channel}: ${message}`);
    });
    subscriber.on("pmessage", (pattern, channel, message) => {
      heard.push(`${pattern} ${channel}: ${message}`);
    });
    subscriber.on("smessage", (channel, message) => {
      heard.push(`shard ${channel}: ${message}`);
    });
    assert.equal(await subscriber.subscribe("news", "other"), 2);
    assert.equal(await subscriber.psubscribe("n*"), 3);
    assert.equal(await subscriber.ssubscribe("shard"), 1);
    assert.equal(await redis.publish("news", "hello"), 2);
    assert.equal(await redis.spublish("shard", "hi"), 1);
    await subscriber.ping();
    assert.deepEqual(heard, [
      "news: hello",
      "n* news: hello",
      "shard shard: hi",
    ]);
    await subscriber.unsubscribe("news", "other");
    await subscriber.punsubscribe("n*");
    await subscriber.sunsubscribe("shard");
    assert.equal(await redis.publish("news", "unheard"), 0);
    assert.equal(await subscriber.get("k"), null);
  });
}
