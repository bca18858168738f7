import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** A message as RESP2 has it; with `>` for RESP3. */
function message(words: readonly string[], sign = "*"): string {
  return `${sign}${words.length}\r\n${words.map(bulk).join("")}`;
}

/** A reply to SUBSCRIBE and its kin. */
function confirmation(
  word: string,
  name: string,
  count: number,
  sign = "*",
): string {
  return `${sign}3\r\n${bulk(word)}${bulk(name)}:${count}\r\n`;
}

async function subscriber(
  server: TestServer,
  channel: string,
): Promise<TestClient> {
  const client = server.connect();
  await client.send(`SUBSCRIBE ${channel}`);
  return client;
}

async function startWithLimit(bytes: number): Promise<TestServer> {
  const server = await TestServer.start();
  server.server.config.assign(
    "client-output-buffer-limit",
    ["pubsub", String(bytes), "0", "0"],
  );
  return server;
}

async function info(client: TestClient, field: string): Promise<string> {
  const text = await client.send("INFO clients stats");
  return new RegExp(`\r\n${field}:(.*)\r\n`).exec(text)![1];
}

Deno.test("a message reaches each subscriber in its protocol version, and each matching pattern", async () => {
  const server = await TestServer.start();
  const [two, three, pattern] = [
    server.connect(),
    server.connect(),
    server.connect(),
  ];
  assert.equal(
    await two.send("SUBSCRIBE news"),
    confirmation("subscribe", "news", 1),
  );
  await three.send("HELLO 3");
  assert.equal(
    await three.send("SUBSCRIBE news"),
    confirmation("subscribe", "news", 1, ">"),
  );
  await pattern.send("PSUBSCRIBE n*s", "SUBSCRIBE news");
  const publisher = server.connect();
  assert.equal(await publisher.send("PUBLISH news hi"), ":4\r\n");
  assert.equal(await two.receive(), message(["message", "news", "hi"]));
  assert.equal(await three.receive(), message(["message", "news", "hi"], ">"));
  assert.equal(
    await pattern.receive(),
    message(["message", "news", "hi"]) +
      message(["pmessage", "n*s", "news", "hi"]),
  );
});

Deno.test("shard channels and channels of one name are different things", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  const shard = server.connect();
  await client.send("SUBSCRIBE x", "PSUBSCRIBE *");
  await shard.send("SSUBSCRIBE x");
  const publisher = server.connect();
  assert.equal(await publisher.send("SPUBLISH x a"), ":1\r\n");
  assert.equal(await publisher.send("PUBLISH x b"), ":2\r\n");
  assert.equal(await shard.receive(), message(["smessage", "x", "a"]));
  assert.equal(
    await client.receive(),
    message(["message", "x", "b"]) + message(["pmessage", "*", "x", "b"]),
  );
});

Deno.test("a subscriber's messages of one turn are sent in one write, after the turn", async () => {
  const server = await TestServer.start();
  const client = await subscriber(server, "x");
  const publisher = server.connect();
  const writesBefore = server.server.stats.writesProcessed;
  await publisher.send("PUBLISH x 1", "PUBLISH x 2", "PUBLISH x 3");
  // One for the replies, one for the messages.
  assert.equal(server.server.stats.writesProcessed - writesBefore, 2);
  assert.equal(
    await client.receive(),
    ["1", "2", "3"].map((one) => message(["message", "x", one])).join(""),
  );
});

Deno.test("a RESP2 subscriber may only subscribe, ping, reset and quit", async () => {
  const server = await TestServer.start();
  const client = await subscriber(server, "x");
  for (
    const [command, name] of [
      ["GET a", "get"],
      ["CLIENT LIST", "client|list"],
      ["MULTI", "multi"],
      ["PUBLISH x y", "publish"],
      ["HELLO 3", "hello"],
    ]
  ) {
    assert.equal(
      await client.send(command),
      `-ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n`,
    );
  }
  assert.equal(await client.send("PING"), message(["pong", ""]));
  assert.equal(await client.send("PING hi"), message(["pong", "hi"]));
  assert.equal(await client.send("RESET", "PING"), "+RESET\r\n+PONG\r\n");
  const other = server.connect();
  assert.equal(await other.send("PUBLISH x y"), ":0\r\n");
});

Deno.test("a subscriber leaves its mode with its last subscription", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("SUBSCRIBE a", "PSUBSCRIBE b", "SSUBSCRIBE c");
  await client.send("UNSUBSCRIBE", "PUNSUBSCRIBE");
  assert.match(await client.send("GET a"), /^-ERR Can't execute/);
  assert.equal(
    await client.send("SUNSUBSCRIBE c", "PING"),
    `${confirmation("sunsubscribe", "c", 0)}+PONG\r\n`,
  );
});

Deno.test("a client that goes is no subscriber any more, and nothing of it remains", async () => {
  const server = await TestServer.start();
  const { pubsub } = server.server;
  const admin = server.connect();
  // Buffers that stay have been made by then.
  for (let round = 0; round < 2; round++) {
    const client = server.connect();
    await client.send("PSUBSCRIBE p*", "SUBSCRIBE a b", "SSUBSCRIBE c");
    await admin.send("PUBLISH a x");
    await client.hangUp();
  }
  const before = server.server.core.x.memoryUsed();
  const client = server.connect();
  await client.send("PSUBSCRIBE p* q*", "SUBSCRIBE a b", "SSUBSCRIBE c");
  assert.deepEqual(
    [
      pubsub.clientCount,
      pubsub.channelCount,
      pubsub.patternCount,
      pubsub.shardChannelCount,
    ],
    [1, 2, 2, 1],
  );
  await admin.send("PUBLISH a x");
  await client.hangUp();
  assert.deepEqual(
    [
      pubsub.clientCount,
      pubsub.channelCount,
      pubsub.patternCount,
      pubsub.shardChannelCount,
    ],
    [0, 0, 0, 0],
  );
  assert.equal(server.server.core.x.memoryUsed(), before);
});

Deno.test("CLIENT REPLY silences replies, not messages", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("HELLO 3", "SUBSCRIBE x");
  assert.equal(
    await client.send("CLIENT REPLY OFF", "PUBLISH x a", "GET b"),
    message(["message", "x", "a"], ">"),
  );
  assert.equal(
    await client.send("SUBSCRIBE y", "PING"),
    confirmation("subscribe", "y", 2, ">"),
  );
  assert.equal(await client.send("CLIENT REPLY ON"), OK);
});

Deno.test("PUBLISH is propagated, within a transaction as part of it", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("PUBLISH x a", "SPUBLISH y b");
  assert.deepEqual(server.takeBatches(), [
    { isTransaction: false, effects: ["0 PUBLISH x a"] },
    { isTransaction: false, effects: ["0 SPUBLISH y b"] },
  ]);
  await client.send("MULTI", "SET k v", "PUBLISH x a", "EXEC");
  assert.deepEqual(server.takeBatches(), [
    { isTransaction: true, effects: ["0 SET k v", "0 PUBLISH x a"] },
  ]);
});

Deno.test("a subscriber that does not read is closed at its own limit", async () => {
  const server = await startWithLimit(20_000);
  const client = await subscriber(server, "x");
  const publisher = server.connect();
  client.stream.isStuck = true;
  const text = "m".repeat(9000);
  assert.equal(await publisher.send(`PUBLISH x ${text}`), ":1\r\n");
  assert.equal(client.isClosed, false);
  await publisher.send(`PUBLISH x ${text}`, `PUBLISH x ${text}`);
  assert.equal(client.isClosed, true);
  assert.equal(await publisher.send(`PUBLISH x ${text}`), ":0\r\n");
});

Deno.test("a turn cannot pile up more for a subscriber than its limit and a little", async () => {
  const server = await startWithLimit(3_000_000);
  const client = await subscriber(server, "x");
  const connection = [...server.server.connections.values()][0];
  let largest = 0;
  const text = "m".repeat(500_000);
  const { pubsub, core } = server.server;
  const ptr = core.x.alloc(text.length);
  const channel = core.putText("x");
  for (let i = 0; i < 20; i++) {
    pubsub.publish(channel, 1, ptr, text.length);
    largest = Math.max(largest, connection.outputBytes());
  }
  core.x.free(ptr);
  assert(largest < 5_000_000, `${largest} bytes`);
  await client.receive();
  assert.equal(client.isClosed, true);
});

Deno.test("CLIENT LIST and INFO tell of subscriptions", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("SUBSCRIBE a b", "PSUBSCRIBE p", "SSUBSCRIBE s t u");
  const other = server.connect();
  const list = await other.send("CLIENT LIST TYPE pubsub");
  assert.match(list, / flags=P db=0 sub=2 psub=1 ssub=3 /);
  assert.doesNotMatch(await other.send("CLIENT LIST TYPE normal"), /flags=P/);
  assert.equal(await info(other, "pubsub_clients"), "1");
  assert.equal(await info(other, "pubsub_channels"), "2");
  assert.equal(await info(other, "pubsub_patterns"), "1");
  assert.equal(await info(other, "pubsubshard_channels"), "3");
  assert.equal(await other.send("CLIENT KILL TYPE pubsub"), ":1\r\n");
  assert.equal(client.isClosed, true);
});

Deno.test("keyspace events close the fast lane only while somebody hears them", async () => {
  const server = await TestServer.start({ "notify-keyspace-events": "KEA" });
  const { keyspace } = server.server;
  assert.equal(keyspace.hasListeners, false);
  const client = await subscriber(server, "__keyspace@0__:k");
  assert.equal(keyspace.hasListeners, true);
  const other = server.connect();
  await other.send("SET k v", "SET other v", "INCR n", "DEL k");
  assert.equal(
    await client.receive(),
    message(["message", "__keyspace@0__:k", "set"]) +
      message(["message", "__keyspace@0__:k", "del"]),
  );
  await other.send("CONFIG SET notify-keyspace-events K");
  assert.equal(keyspace.hasListeners, false);
  await other.send("CONFIG SET notify-keyspace-events E$");
  assert.equal(keyspace.hasListeners, true);
  await client.hangUp();
  assert.equal(keyspace.hasListeners, false);
});

Deno.test("expiry and eviction are told of with their own events", async () => {
  const server = await TestServer.start({ "notify-keyspace-events": "Exe" });
  const client = server.connect();
  await client.send("PSUBSCRIBE *");
  const other = server.connect();
  await other.send("SET k v PX 10");
  await server.elapse(20);
  await other.send("GET k");
  assert.equal(
    await client.receive(),
    message(["pmessage", "*", "__keyevent@0__:expired", "k"]),
  );
  await other.send("SET k v", "CONFIG SET maxmemory-policy allkeys-lru");
  await other.send("CONFIG SET maxmemory 1", "PING");
  assert.equal(
    await client.receive(),
    message(["pmessage", "*", "__keyevent@0__:evicted", "k"]),
  );
});

Deno.test("a RESP3 subscriber hears messages while its command waits", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("HELLO 3", "SUBSCRIBE x");
  assert.equal(await client.send("BLPOP list 0"), "");
  const other = server.connect();
  await other.send("PUBLISH x a", "RPUSH list b", "PUBLISH x c");
  assert.equal(
    await client.receive(),
    message(["message", "x", "a"], ">") + message(["list", "b"]) +
      message(["message", "x", "c"], ">"),
  );
});

Deno.test("a subscriber whose user loses a channel or a shard channel is closed", async () => {
  const server = await TestServer.start();
  const admin = server.connect();
  await admin.send("ACL SETUSER u on nopass +@all ~* &a &b");
  const [a, b, stays] = [
    server.connect(),
    server.connect(),
    server.connect(),
  ];
  assert.match(await a.send("AUTH u x", "SUBSCRIBE a"), /subscribe/);
  assert.match(await b.send("AUTH u x", "SSUBSCRIBE b"), /ssubscribe/);
  await stays.send("SUBSCRIBE a b");
  assert.equal(await admin.send("ACL SETUSER u resetchannels &a"), OK);
  assert.deepEqual([a.isClosed, b.isClosed], [false, true]);
  assert.equal(await admin.send("ACL SETUSER u resetchannels"), OK);
  assert.deepEqual([a.isClosed, stays.isClosed], [true, false]);
});
