/** node-redis, unmodified, against AiKv, in RESP2 and RESP3. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createClient, RESP_TYPES, WatchError } from "redis";
import { sleep, startServer, type TestServer } from "../_support/mod.ts";

interface Connection {
  readonly RESP?: 2 | 3;
  readonly path?: string;
  readonly password?: string;
  readonly username?: string;
  readonly database?: number;
}

async function open(server: TestServer, connection: Connection = {}) {
  const { path, ...options } = connection;
  const reconnectStrategy = (retries: number) => retries > 50 ? false : 20;
  const client = createClient({
    RESP: 3,
    ...options,
    socket: path === undefined
      ? {
        host: "127.0.0.1",
        port: server.port,
        connectTimeout: 5000,
        reconnectStrategy,
      }
      : { path, tls: false, reconnectStrategy },
  });
  // Reported through the promises of the commands.
  client.on("error", () => {});
  await client.connect();
  return Object.assign(client, {
    [Symbol.asyncDispose]: async () => {
      if (client.isOpen) client.destroy();
      // Lets the socket finish closing inside the test that opened it.
      await sleep(5);
    },
  });
}

interface Scene {
  readonly client: Awaited<ReturnType<typeof open>>;
  readonly server: TestServer;
  readonly RESP: 2 | 3;
}

const STEPS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "HELLO describes the server": async ({ client, RESP }) => {
    const hello = await client.hello();
    assert.equal(hello.proto, RESP);
    assert.equal(hello.role, "master");
    assert.equal(hello.mode, "standalone");
  },

  "strings and binary values": async ({ client }) => {
    assert.equal(await client.set("s", "v"), "OK");
    assert.equal(await client.get("s"), "v");
    assert.equal(await client.get("nosuch"), null);
    assert.equal(await client.append("s", "w"), 2);
    assert.equal(await client.mSet({ a: "1", b: "2" }), "OK");
    assert.deepEqual(await client.mGet(["a", "b", "no"]), ["1", "2", null]);
    assert.equal(await client.set("a", "x", { condition: "NX" }), null);
    assert.equal(await client.getEx("a", { type: "EX", value: 10 }), "1");
    assert.equal(await client.incrByFloat("a", 0.25), "1.25");
    const bytes = Buffer.from([0, 255, 13, 10]);
    await client.set("bytes", bytes);
    const typed = client.withTypeMapping({
      [RESP_TYPES.BLOB_STRING]: Buffer,
    });
    assert.deepEqual(await typed.get("bytes"), bytes);
  },

  "LCS": async ({ client }) => {
    await client.mSet({ l1: "ohmytext", l2: "mynewtext" });
    assert.equal(await client.lcs("l1", "l2"), "mytext");
    assert.equal(await client.lcsLen("l1", "l2"), 6);
    const found = await client.lcsIdx("l1", "l2");
    assert.equal(found.len, 6);
    assert.equal(found.matches.length, 2);
  },

  "keys and expiry": async ({ client }) => {
    await client.set("e", "x", { expiration: { type: "PX", value: 30 } });
    assert(await client.pTTL("e") > 0);
    await sleep(50);
    assert.equal(await client.exists("e"), 0);
    await client.set("e", "x");
    assert.equal(await client.expire("e", 100, "NX"), 1);
    assert.equal(await client.persist("e"), 1);
    assert.equal(await client.copy("e", "e2"), 1);
    assert.equal(await client.del(["e", "e2", "nosuch"]), 2);
  },

  "errors reject with the server's text": async ({ client }) => {
    await client.set("text", "x");
    await assert.rejects(client.incr("text"), {
      message: "ERR value is not an integer or out of range",
    });
    await assert.rejects(client.sendCommand(["NOSUCH"]), /unknown command/);
  },

  "transactions, and WATCH aborting one": async ({ client, server, RESP }) => {
    assert.deepEqual(
      await client.multi().set("t", "1").incr("t").get("t").exec(),
      ["OK", 2, "2"],
    );
    await using other = await open(server, { RESP });
    await client.watch("t");
    await other.set("t", "changed");
    await assert.rejects(
      client.multi().set("t", "lost").exec(),
      WatchError,
    );
    assert.equal(await client.get("t"), "changed");
  },

  "commands sent together are pipelined": async ({ client }) => {
    const sent = Array.from({ length: 2000 }, () => client.incr("p"));
    assert.equal((await Promise.all(sent)).at(-1), 2000);
  },

  "the SCAN iterator finds every key": async ({ client }) => {
    await client.flushDb();
    const expected = Array.from({ length: 1200 }, (_, at) => `scan:${at}`);
    await Promise.all(expected.map((key) => client.set(key, "")));
    await client.set("other", "");
    const seen = new Set<string>();
    const iterator = client.scanIterator({ MATCH: "scan:*", COUNT: 100 });
    for await (const keys of iterator) for (const key of keys) seen.add(key);
    assert.deepEqual([...seen].sort(), expected.sort());
  },

  "server commands": async ({ client }) => {
    const options = await client.configGet("maxmemory*");
    assert.equal(options["maxmemory-policy"], "noeviction");
    assert.match(await client.info("server"), /redis_version:/);
    assert.equal(typeof await client.dbSize(), "number");
    const list = await client.clientList();
    assert(list.some((entry) => entry.addr.startsWith("127.0.0.1:")));
  },

  "over the Unix socket, in another database": async (
    { client, server, RESP },
  ) => {
    await using unix = await open(server, {
      RESP,
      path: server.socketPath,
      database: 5,
    });
    assert.equal(await unix.set("here", "1"), "OK");
    assert.equal(await unix.dbSize(), 1);
    assert.equal(await client.exists("here"), 0);
  },
};

for (const RESP of [2, 3] as const) {
  Deno.test(`node-redis works against AiKv in RESP${RESP}`, async (context) => {
    await using server = await startServer({ unixSocket: true });
    await using client = await open(server, { RESP });
    for (const [name, run] of Object.entries(STEPS)) {
      await context.step(name, () => run({ client, server, RESP }));
    }
  });
}

Deno.test("node-redis authenticates, and is told when it cannot", async () => {
  await using server = await startServer({
    options: ["--requirepass", "pass word"],
  });
  await using client = await open(server, { password: "pass word" });
  assert.equal(await client.set("k", "v"), "OK");
  await assert.rejects(
    open(server, { username: "nosuch", password: "x" }),
    /WRONGPASS/,
  );
});

Deno.test("node-redis logs in as a user, and reads users and the log", async () => {
  await using server = await startServer();
  await using admin = await open(server, { RESP: 3 });
  assert.equal(
    await admin.aclSetUser("app", [
      "on",
      ">secret",
      "+get",
      "+acl|whoami",
      "~a*",
    ]),
    "OK",
  );
  await using app = await open(server, { username: "app", password: "secret" });
  assert.equal(await app.aclWhoAmI(), "app");
  assert.equal(await app.get("a1"), null);
  await assert.rejects(app.get("b"), /NOPERM .* keys/);
  assert.deepEqual((await admin.aclUsers()).toSorted(), ["app", "default"]);
  const user = await admin.aclGetUser("app");
  assert.equal(user?.keys, "~a*");
  assert.equal(user?.commands, "-@all +acl|whoami +get");
  const [entry] = await admin.aclLog();
  assert.equal(entry.reason, "key");
  assert.equal(entry.object, "b");
  assert.equal(entry.username, "app");
  assert.equal(
    await admin.sendCommand(["ACL", "DRYRUN", "app", "SET", "a", "1"]),
    "This user has no permissions to run the 'set' command",
  );
});

Deno.test("node-redis reconnects after its connection was killed", async () => {
  await using server = await startServer();
  await using client = await open(server);
  await using admin = await open(server);
  const id = await client.clientId();
  assert.equal(await admin.sendCommand(["CLIENT", "KILL", "ID", `${id}`]), 1);
  await sleep(100);
  assert.equal(await client.set("k", "after"), "OK");
  assert.notEqual(await client.clientId(), id);
});

for (const RESP of [2, 3] as const) {
  Deno.test(`node-redis publishes and subscribes in RESP${RESP}`, async () => {
    await using server = await startServer({
      options: ["--notify-keyspace-events", "KEA"],
    });
    await using subscriber = await open(server, { RESP });
    await using client = await open(server, { RESP });
    const heard: string[] = [];
    const listener = (message: string, channel: string) =>
      void heard.push(`${channel}: ${message}`);
    await subscriber.subscribe("news", listener);
    await subscriber.pSubscribe("__keyevent@0__:*", listener);
    await subscriber.sSubscribe("shard", listener);
    assert.equal(await client.publish("news", "hello"), 1);
    assert.equal(await client.sPublish("shard", "hi"), 1);
    await client.set("k", "v");
    await client.del("k");
    // It may ping while it is subscribed, which comes after what was published.
    await subscriber.ping();
    assert.deepEqual(heard, [
      "news: hello",
      "shard: hi",
      "__keyevent@0__:set: k",
      "__keyevent@0__:del: k",
    ]);
    await subscriber.unsubscribe("news");
    await subscriber.pUnsubscribe();
    await subscriber.sUnsubscribe("shard");
    assert.equal(await client.publish("news", "unheard"), 0);
    assert.equal(await subscriber.get("k"), null);
  });
}

Deno.test("node-redis is told of keys it has in its client-side cache", async () => {
  await using server = await startServer();
  await using admin = await open(server);
  const cached = createClient({
    RESP: 3,
    socket: { host: "127.0.0.1", port: server.port },
    clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: "LRU" },
  });
  cached.on("error", () => {});
  await cached.connect();
  try {
    await admin.set("k", "1");
    assert.equal(await cached.get("k"), "1");
    assert.equal(await cached.get("k"), "1");
    const calls = async () =>
      /cmdstat_get:calls=(\d+)/.exec(await admin.info("commandstats"))![1];
    assert.equal(await calls(), "1", "the second one came from the cache");
    await admin.set("k", "2");
    // What the server pushes arrives before the reply.
    await cached.ping();
    assert.equal(await cached.get("k"), "2");
    assert.equal(await calls(), "2");
  } finally {
    cached.destroy();
    await sleep(5);
  }
});
