/** Commands that wait for an element of a list. */
import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const WRONG_TYPE =
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

async function waiting(
  server: TestServer,
  command: string,
): Promise<TestClient> {
  const client = server.connect();
  assert.equal(await client.send(command), "", `${command} waits`);
  return client;
}

async function propagated(
  server: TestServer,
  client: TestClient,
  command: string,
): Promise<string[]> {
  server.takeBatches();
  await client.send(command);
  return server.takeBatches().flatMap((batch) => batch.effects);
}

Deno.test("a pop that waits is served by a push, and propagates as a plain pop", async () => {
  const cases = [
    ["BLPOP k l 0", "*2\r\n$1\r\nl\r\n$1\r\na\r\n", "LPOP l"],
    ["BRPOP k l 0", "*2\r\n$1\r\nl\r\n$1\r\nb\r\n", "RPOP l"],
    [
      "BLMPOP 0 2 k l RIGHT COUNT 3",
      "*2\r\n$1\r\nl\r\n*2\r\n$1\r\nb\r\n$1\r\na\r\n",
      "RPOP l 2",
    ],
    ["BLMOVE l m LEFT LEFT 0", "$1\r\na\r\n", "LMOVE l m LEFT LEFT"],
    ["BRPOPLPUSH l m 0", "$1\r\nb\r\n", "RPOPLPUSH l m"],
  ];
  for (const [command, reply, effect] of cases) {
    const server = await TestServer.start();
    const client = await waiting(server, command);
    const pusher = server.connect();
    assert.deepEqual(await propagated(server, pusher, "RPUSH l a b"), [
      "0 RPUSH l a b",
      `0 ${effect}`,
    ]);
    assert.equal(await client.receive(), reply);
  }
});

Deno.test("clients are served in the order in which they began to wait", async () => {
  const server = await TestServer.start();
  const first = await waiting(server, "BLPOP l 0");
  const second = await waiting(server, "BRPOP l 0");
  const third = await waiting(server, "BLPOP l 0");
  const pusher = server.connect();
  assert.equal(await pusher.send("RPUSH l a b c"), ":3\r\n");
  assert.equal(await first.receive(), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
  assert.equal(await second.receive(), "*2\r\n$1\r\nl\r\n$1\r\nc\r\n");
  assert.equal(await third.receive(), "*2\r\n$1\r\nl\r\n$1\r\nb\r\n");
  assert.equal(await pusher.send("EXISTS l"), ":0\r\n");
});

Deno.test("a key of another type wakes nobody who waits for a list", async () => {
  const server = await TestServer.start();
  const client = await waiting(server, "BLPOP l 0");
  const other = server.connect();
  assert.equal(await other.send("SET l v"), "+OK\r\n");
  assert.equal(await client.receive(), "");
  assert.equal(await other.send("DEL l", "RPUSH l a"), ":1\r\n:1\r\n");
  assert.equal(await client.receive(), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
  assert.equal(
    await other.send("SET l v", "BLPOP l 0"),
    `+OK\r\n${WRONG_TYPE}`,
  );
});

Deno.test("a waiting move to what is no list fails and leaves the element", async () => {
  const server = await TestServer.start();
  const other = server.connect();
  await other.send("SET m v");
  const client = await waiting(server, "BLMOVE l m LEFT RIGHT 0");
  assert.deepEqual(await propagated(server, other, "RPUSH l a"), [
    "0 RPUSH l a",
  ]);
  assert.equal(await client.receive(), WRONG_TYPE);
  assert.equal(await other.send("LRANGE l 0 -1"), "*1\r\n$1\r\na\r\n");
});

Deno.test("an element moves on from one waiting client to the next", async () => {
  const server = await TestServer.start();
  const last = await waiting(server, "BLPOP m 0");
  const first = await waiting(server, "BLMOVE l m LEFT RIGHT 0");
  const other = server.connect();
  await other.send("RPUSH l a");
  assert.equal(await first.receive(), "$1\r\na\r\n");
  assert.equal(await last.receive(), "*2\r\n$1\r\nm\r\n$1\r\na\r\n");
  assert.equal(await other.send("EXISTS l m"), ":0\r\n");
});

Deno.test("within a transaction nobody waits", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  const commands = [
    "BLPOP l 0",
    "BLMPOP 0 1 l LEFT",
    "BLMOVE l m LEFT RIGHT 0",
    "BRPOPLPUSH l m 0",
  ];
  const replies = await client.send("MULTI", ...commands, "EXEC");
  const queued = "+QUEUED\r\n".repeat(commands.length);
  assert.equal(
    replies,
    `+OK\r\n${queued}*4\r\n*-1\r\n*-1\r\n$-1\r\n$-1\r\n`,
  );
});
