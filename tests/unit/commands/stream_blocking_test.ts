/** Clients that wait for streams, and what XREAD has learnt since 7.0. */
import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const NULL_ARRAY = "*-1\r\n";
const NO_STREAM = "-UNBLOCKED the stream key no longer exists\r\n";
const NO_GROUP =
  "-NOGROUP the consumer group this client was blocked on no longer exists\r\n";

/** The reply of one stream with entries `f v`. */
function entries(key: string, ...ids: string[]): string {
  return `*1\r\n*2\r\n$${key.length}\r\n${key}\r\n*${ids.length}\r\n` +
    ids.map((id) =>
      `*2\r\n$${id.length}\r\n${id}\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n`
    ).join("");
}

interface Scene {
  readonly server: TestServer;
  readonly waiting: TestClient;
  readonly other: TestClient;
}

/** A client that waits, and another one. */
async function scene(
  given: readonly string[],
  command: string,
): Promise<Scene> {
  const server = await TestServer.start();
  const waiting = server.connect();
  const other = server.connect();
  for (const setup of given) await other.send(setup);
  assert.equal(await waiting.send(command), "", "it waits");
  server.takeBatches();
  return { server, waiting, other };
}

Deno.test("XREAD waits for what comes after $, which is the last ID at that time", async () => {
  const { waiting, other } = await scene(
    ["XADD s 5-0 f v"],
    "XREAD BLOCK 0 STREAMS t s $ $",
  );
  await other.send("XDEL s 5-0");
  await other.send("SET t x");
  assert.equal(await waiting.receive(), "");
  await other.send("MULTI", "XADD s 6-0 f v", "XADD s 7-0 f v", "EXEC");
  assert.equal(await waiting.receive(), entries("s", "6-0", "7-0"));
});

Deno.test("XREAD goes on waiting when a stream is made and deleted again", async () => {
  const { waiting, other } = await scene([], "XREAD BLOCK 0 STREAMS s $");
  await other.send("MULTI", "XADD s 1-0 f v", "DEL s", "EXEC");
  await other.send("MULTI", "XADD s 1-0 f v", "DEL s", "LPUSH s x", "EXEC");
  assert.equal(await waiting.receive(), "");
  await other.send("DEL s");
  await other.send("XADD s 1-0 f v");
  assert.equal(await waiting.receive(), entries("s", "1-0"));
});

Deno.test("XREAD gives up when its time is up", async () => {
  const { server, waiting } = await scene([], "XREAD BLOCK 20 STREAMS s $");
  server.nowMs += 30;
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(await waiting.receive(), NULL_ARRAY);
});

Deno.test("within a transaction nothing waits", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("XGROUP CREATE s g $ MKSTREAM");
  await client.send(
    "MULTI",
    "XREAD BLOCK 0 STREAMS s $",
    "XREADGROUP GROUP g c BLOCK 0 STREAMS s >",
  );
  assert.equal(
    await client.send("EXEC"),
    `*2\r\n${NULL_ARRAY}${NULL_ARRAY}`,
  );
});

Deno.test("of two consumers that wait each is given one of two entries", async () => {
  const { server, waiting, other } = await scene(
    ["XGROUP CREATE s g $ MKSTREAM"],
    "XREADGROUP GROUP g c BLOCK 0 COUNT 1 STREAMS s >",
  );
  const second = server.connect();
  await second.send("XREADGROUP GROUP g d BLOCK 0 COUNT 1 STREAMS s >");
  await other.send("MULTI", "XADD s 1-0 f v", "XADD s 2-0 f v", "EXEC");
  assert.equal(await waiting.receive(), entries("s", "1-0"));
  assert.equal(await second.receive(), entries("s", "2-0"));
  const effects = server.takeBatches().flatMap((batch) => batch.effects);
  const time = server.nowMs;
  assert.deepEqual(effects.slice(-2), [
    `0 XCLAIM s g c 0 1-0 TIME ${time} RETRYCOUNT 1 FORCE JUSTID LASTID 1-0`,
    `0 XCLAIM s g d 0 2-0 TIME ${time} RETRYCOUNT 1 FORCE JUSTID LASTID 2-0`,
  ]);
});

for (
  const [change, reply] of [
    ["DEL s", NO_STREAM],
    ["SET s x", NO_STREAM],
    ["FLUSHALL", NO_STREAM],
    ["SWAPDB 0 1", NO_STREAM],
    ["RENAME s t", NO_STREAM],
    ["XGROUP DESTROY s g", NO_GROUP],
    ["XADD t 1-0 f v", ""],
    ["XGROUP DESTROY s other", ""],
  ] as const
) {
  Deno.test(`a consumer that waits, and then ${change}`, async () => {
    const { waiting, other } = await scene(
      ["XGROUP CREATE s g $ MKSTREAM", "XGROUP CREATE s other $"],
      "XREADGROUP GROUP g c BLOCK 0 STREAMS s >",
    );
    await other.send(change);
    assert.equal(await waiting.receive(), reply);
  });
}

Deno.test("what happens to groups leaves a watched stream as it was", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("XADD s 1-0 f v", "XGROUP CREATE s g 0", "WATCH s");
  const other = server.connect();
  await other.send(
    "XREADGROUP GROUP g c STREAMS s >",
    "XCLAIM s g d 0 1-0",
    "XACK s g 1-0",
    "XSETID s 9-0",
    "XGROUP SETID s g 0",
    "XGROUP DESTROY s g",
  );
  assert.equal(
    await client.send("MULTI", "XLEN s", "EXEC"),
    "+OK\r\n+QUEUED\r\n*1\r\n:1\r\n",
  );
});

Deno.test("a consumer that asks for its history does not wait", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("XGROUP CREATE s g $ MKSTREAM");
  assert.equal(
    await client.send("XREADGROUP GROUP g c BLOCK 0 STREAMS s 0"),
    entries("s"),
  );
});

Deno.test("XREAD with + gives the last entry, as since 7.4", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("XADD s 1-0 f v", "XADD s 2-0 f v", "XADD s 3-0 f v");
  await client.send("XDEL s 3-0");
  assert.equal(await client.send("XREAD STREAMS s +"), entries("s", "2-0"));
  assert.equal(
    await client.send("XREAD COUNT 5 BLOCK 0 STREAMS nosuch s + +"),
    entries("s", "2-0"),
  );
  assert.equal(await client.send("XREAD STREAMS nosuch +"), NULL_ARRAY);
  await client.send("XGROUP CREATE s g 0");
  assert.match(
    await client.send("XREADGROUP GROUP g c STREAMS s +"),
    /^-ERR Invalid stream ID/,
  );
});

Deno.test("XREAD with + waits where there is no entry yet", async () => {
  const { waiting, other } = await scene([], "XREAD BLOCK 0 STREAMS s +");
  await other.send("XADD s 1-0 f v");
  assert.equal(await waiting.receive(), entries("s", "1-0"));
});
