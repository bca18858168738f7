import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";
const NULL = "_\r\n";

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function invalidation(...keys: string[]): string {
  return `>2\r\n${bulk("invalidate")}*${keys.length}\r\n` +
    keys.map(bulk).join("");
}

const EVERYTHING = `>2\r\n${bulk("invalidate")}_\r\n`;

/** A RESP3 client that has turned tracking on. */
async function tracker(
  server: TestServer,
  options = "",
): Promise<TestClient> {
  const client = server.connect();
  await client.send("HELLO 3");
  const words = `CLIENT TRACKING ON ${options}`.trim();
  assert.equal(await client.send(words), OK);
  return client;
}

Deno.test("whoever has read a key is told once that it changed, also after the fast lane read it before", async () => {
  const server = await TestServer.start();
  const other = server.connect();
  await other.send("SET k 1");
  const client = await tracker(server);
  await client.send("GET k", "MGET k j");
  await other.send("SET k 2", "SET k 3", "INCR j", "SET unread 1");
  assert.equal(await client.receive(), invalidation("k") + invalidation("j"));
});

Deno.test("a key that expires or is evicted is told of", async () => {
  const server = await TestServer.start();
  const client = await tracker(server);
  const other = server.connect();
  await other.send("SET k v PX 10", "SET j v PX 10");
  await client.send("MGET k j");
  await server.elapse(20);
  // Noticed by a look-up; the message follows the reply.
  assert.equal(await client.send("GET k"), NULL + invalidation("k"));
  await other.send("EXISTS j");
  assert.equal(await client.receive(), invalidation("j"));
  await other.send("SET e v", "CONFIG SET maxmemory-policy allkeys-lru");
  await client.send("GET e");
  await other.send("CONFIG SET maxmemory 1");
  // Evicted before the command runs, so told before it replies.
  assert.equal(await client.send("GET e"), invalidation("e") + NULL);
});

Deno.test("a flush tells every tracking client of everything, the own client after its reply", async () => {
  const server = await TestServer.start();
  const client = await tracker(server);
  const broadcast = await tracker(server, "BCAST PREFIX x");
  await client.send("SET k v", "GET k");
  assert.equal(await client.send("FLUSHDB"), OK + EVERYTHING);
  assert.equal(await broadcast.receive(), EVERYTHING);
  assert.equal(server.server.tracking.keyCount, 0);
});

Deno.test("broadcasting sends the keys of a turn together, and not what NOLOOP clients did themselves", async () => {
  const server = await TestServer.start();
  const all = await tracker(server, "BCAST");
  const some = await tracker(server, "BCAST PREFIX b: PREFIX a: NOLOOP");
  const other = server.connect();
  await other.send("SET b:2 x", "SET a:1 x", "SET b:1 x", "SET c x");
  assert.equal(await all.receive(), invalidation("a:1", "b:1", "b:2", "c"));
  assert.equal(
    await some.receive(),
    invalidation("a:1") + invalidation("b:1", "b:2"),
  );
  assert.equal(await some.send("SET a:1 y"), OK);
  assert.equal(await all.receive(), invalidation("a:1"));
});

Deno.test("what expires within its own command is nobody's doing, so NOLOOP clients hear of it", async () => {
  const server = await TestServer.start();
  const client = await tracker(server, "BCAST NOLOOP");
  await client.send("SET k v PX 10");
  await server.elapse(20);
  assert.equal(await client.send("GET k"), NULL + invalidation("k"));
  await client.send("SET k v PX 10");
  await server.elapse(20);
  // Removed by the server, then set by the client: the last one counts.
  assert.equal(await client.send("SET k w"), OK);
});

Deno.test("within a transaction a key read after its change is remembered", async () => {
  const server = await TestServer.start();
  const client = await tracker(server);
  await client.send("SET k 1", "GET k");
  const replies = await client.send("MULTI", "SET k 2", "GET k", "EXEC");
  assert(replies.endsWith(`*2\r\n+OK\r\n${bulk("2")}${invalidation("k")}`));
  const other = server.connect();
  await other.send("SET k 3");
  assert.equal(await client.receive(), invalidation("k"));
});

Deno.test("OPTIN and OPTOUT turn on CLIENT CACHING, for one command or transaction", async () => {
  const server = await TestServer.start();
  const other = server.connect();
  const optIn = await tracker(server, "OPTIN");
  await optIn.send("GET a", "CLIENT CACHING YES", "GET b", "GET c");
  const optOut = await tracker(server, "OPTOUT");
  await optOut.send("GET a", "CLIENT CACHING NO", "GET b", "GET c");
  await other.send("MSET a 1 b 1 c 1");
  assert.equal(await optIn.receive(), invalidation("b"));
  assert.equal(await optOut.receive(), invalidation("a") + invalidation("c"));
  await optIn.send("CLIENT CACHING YES", "MULTI", "GET a", "GET b", "EXEC");
  await other.send("MSET a 1 b 1");
  assert.equal(await optIn.receive(), invalidation("a") + invalidation("b"));
});

Deno.test("a RESP2 subscriber is told through __redis__:invalidate, in its own protocol version", async () => {
  const server = await TestServer.start();
  const target = server.connect();
  await target.send("SUBSCRIBE __redis__:invalidate");
  const client = await tracker(server, "REDIRECT 1");
  await client.send("SET k v", "GET k", "SET k w", "FLUSHALL");
  const head = `*3\r\n${bulk("message")}${bulk("__redis__:invalidate")}`;
  assert.equal(
    await target.receive(),
    `${head}*1\r\n${bulk("k")}${head}$-1\r\n`,
  );
  await target.hangUp();
  await client.send("GET k");
  assert.equal(
    await client.send("SET k v"),
    `${OK}>2\r\n${bulk("tracking-redir-broken")}:1\r\n`,
  );
  assert.match(await client.send("CLIENT INFO"), / flags=tR .* redir=1 /);
});

Deno.test("more keys than tracking-table-max-keys are given up, and told of", async () => {
  const server = await TestServer.start({ "tracking-table-max-keys": "2" });
  const client = await tracker(server);
  await client.send("MGET a b c d");
  assert.equal(server.server.tracking.keyCount, 4);
  assert.equal(
    await client.send("PING"),
    `${invalidation("a")}${invalidation("b")}+PONG\r\n`,
  );
  assert.equal(server.server.tracking.keyCount, 2);
  assert.equal(server.server.tracking.itemCount, 2);
});

Deno.test("ids of clients that are gone do not pile up on a key that never changes", async () => {
  const server = await TestServer.start();
  const stays = await tracker(server);
  await stays.send("GET k");
  for (let i = 0; i < 60; i++) {
    const client = await tracker(server);
    await client.send("GET k");
    await client.hangUp();
  }
  assert(server.server.tracking.itemCount < 40);
  const other = server.connect();
  await other.send("SET k v");
  assert.equal(await stays.receive(), invalidation("k"));
});

Deno.test("the fast lane is open to writers again when nobody tracks any more", async () => {
  const server = await TestServer.start();
  const { touched, tracking } = server.server;
  assert.equal(touched.isActive, false);
  const client = await tracker(server);
  await client.send("GET k");
  assert.equal(touched.isActive, true);
  await client.send("CLIENT TRACKING OFF");
  // It may turn tracking on again, and still has the key.
  assert.equal(touched.isActive, true);
  await client.hangUp();
  assert.equal(touched.isActive, false);
  assert.equal(tracking.keyCount, 0);
});

Deno.test("INFO and CLIENT TRACKINGINFO tell of tracking", async () => {
  const server = await TestServer.start();
  const client = await tracker(server, "BCAST PREFIX b PREFIX a NOLOOP");
  const reader = await tracker(server);
  await reader.send("MGET k j");
  assert.equal(
    await client.send("CLIENT TRACKINGINFO"),
    `%3\r\n${bulk("flags")}~3\r\n${bulk("on")}${bulk("bcast")}${
      bulk("noloop")
    }${bulk("redirect")}:0\r\n${bulk("prefixes")}*2\r\n${bulk("a")}${
      bulk("b")
    }`,
  );
  const info = await reader.send("INFO clients stats");
  for (
    const line of [
      "tracking_clients:2",
      "tracking_total_keys:2",
      "tracking_total_items:2",
      "tracking_total_prefixes:2",
    ]
  ) assert(info.includes(`\r\n${line}\r\n`), line);
});

Deno.test("prefixes that overlap are refused with one error, and change nothing", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  assert.equal(
    await client.send("CLIENT TRACKING ON BCAST PREFIX z PREFIX q PREFIX qq"),
    "-ERR Prefix 'q' overlaps with another provided prefix 'qq'. Prefixes for a single client must not overlap.\r\n",
  );
  assert.equal(server.server.tracking.clientCount, 0);
});

Deno.test("a client whose waiting command changes a key it has read hears of it after the reply", async () => {
  const server = await TestServer.start();
  const client = await tracker(server);
  await client.send("RPUSH to x", "LRANGE to 0 -1");
  assert.equal(await client.send("BLMOVE from to LEFT LEFT 0"), "");
  const other = server.connect();
  await other.send("RPUSH from y");
  assert.equal(await client.receive(), bulk("y") + invalidation("to"));
});
