import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";
const QUEUED = "+QUEUED\r\n";
const NULL_ARRAY = "*-1\r\n";

/** Runs a transaction of this client and gives what EXEC replied. */
async function transaction(
  client: TestClient,
  ...commands: string[]
): Promise<string> {
  const replies = await client.send("MULTI", ...commands, "EXEC");
  const before = OK + QUEUED.repeat(commands.length);
  assert.equal(replies.slice(0, before.length), before);
  return replies.slice(before.length);
}

Deno.test("what a transaction does is propagated as one batch, in each command's database", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  const reply = await transaction(
    client,
    ...["SET a 1", "GET a", "SELECT 2", "INCR b", "EXPIRE nosuch 5", "DEL c"],
  );
  assert.equal(reply, "*6\r\n+OK\r\n$1\r\n1\r\n+OK\r\n:1\r\n:0\r\n:0\r\n");
  assert.deepEqual(server.takeBatches(), [
    { isTransaction: true, effects: ["0 SET a 1", "2 INCR b"] },
  ]);
  assert.equal(await client.send("SET d 1"), OK);
  assert.deepEqual(server.takeBatches(), [
    { isTransaction: false, effects: ["2 SET d 1"] },
  ]);
});

Deno.test("a transaction that changes nothing propagates nothing", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  assert.equal(await transaction(client), "*0\r\n");
  assert.equal(
    await transaction(client, "GET a", "PING"),
    "*2\r\n$-1\r\n+PONG\r\n",
  );
  assert.deepEqual(server.takeBatches(), []);
});

Deno.test("a command that fails in EXEC counts as failed, EXEC does not", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("SET text x");
  assert.match(await transaction(client, "INCR text", "PING"), /^\*2\r\n-ERR/);
  const { table, commandStats } = server.server.services;
  const failed = (name: string) =>
    commandStats.figures[table.find(name)!.id].failedCalls;
  assert.deepEqual([failed("incr"), failed("exec")], [1, 0]);
});

Deno.test("a command refused while queueing makes EXEC fail with its reason or the general one", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  assert.match(
    await client.send("MULTI", "NOSUCH", "SET a 1", "EXEC"),
    /EXECABORT Transaction discarded because of previous errors\.\r\n$/,
  );
  assert.match(
    await client.send("MULTI", "SET a 1", "EXEC x"),
    /-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command\r\n$/,
  );
  assert.equal(await client.send("EXEC"), "-ERR EXEC without MULTI\r\n");
  assert.equal(server.server.core.x.databaseKeys(0), 0);
});

Deno.test("nothing can be queued while memory is short, yet the transaction can be left", async () => {
  const server = await TestServer.start({ maxmemory: "1" });
  const client = server.connect();
  const oom = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
  assert.equal(await client.send("MULTI", "PING", "WATCH a"), OK + oom + oom);
  assert.match(await client.send("EXEC"), /^-EXECABORT .* previous errors/);
  assert.equal(await client.send("MULTI", "DISCARD"), OK + OK);
});

Deno.test("memory of queued commands is given back", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  const { x } = server.server.core;
  await transaction(client, "SET a 1");
  const before = x.memoryUsed();
  await transaction(client, "SET a 1", "GET a");
  await client.send("MULTI", "SET a 1", "DISCARD");
  await client.send("MULTI", "SET a 1", "RESET");
  assert.equal(x.memoryUsed(), before);
});

Deno.test("EXEC gives null when a watched key was touched, once", async () => {
  const server = await TestServer.start();
  const [client, other] = [server.connect(), server.connect()];
  await client.send("WATCH a b");
  await other.send("SET b 1");
  assert.match(await client.send("CLIENT INFO"), / flags=d .* watch=0\n/);
  assert.equal(await transaction(client, "PING"), NULL_ARRAY);
  assert.equal(await transaction(client, "PING"), "*1\r\n+PONG\r\n");
});

Deno.test("a watched key that expires before EXEC counts as touched", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send("SET a 1 PX 10", "WATCH a");
  await server.elapse(20);
  assert.equal(await transaction(client, "PING"), NULL_ARRAY);
});

Deno.test("a key that had expired when it was watched may be removed, but not replaced", async () => {
  const server = await TestServer.start();
  const [client, other] = [server.connect(), server.connect()];
  const watchExpired = async () => {
    await client.send("SET a 1 PX 10");
    await server.elapse(20);
    await client.send("WATCH a");
  };
  await watchExpired();
  await other.send("GET a");
  assert.equal(await transaction(client, "PING"), "*1\r\n+PONG\r\n");
  await watchExpired();
  await other.send("SET a 2");
  assert.equal(await transaction(client, "PING"), NULL_ARRAY);
  await watchExpired();
  // Removed, replaced and removed again in one go.
  await transaction(other, "GET a", "SET a 2", "DEL a");
  assert.equal(await transaction(client, "PING"), NULL_ARRAY);
  await watchExpired();
  await other.send("FLUSHALL");
  assert.equal(await transaction(client, "PING"), "*1\r\n+PONG\r\n");
});

Deno.test("several clients and keys are watched apart from each other", async () => {
  const server = await TestServer.start();
  const [first, second, other] = [1, 2, 3].map(() => server.connect());
  await first.send("WATCH a a b");
  await second.send("SELECT 1", "WATCH a");
  assert.equal(server.server.watches.count, 3);
  await other.send("SET a 1");
  assert.equal(await transaction(first, "PING"), NULL_ARRAY);
  assert.equal(await transaction(second, "PING"), "*1\r\n+PONG\r\n");
  await first.send("WATCH x");
  await first.hangUp();
  assert.equal(server.server.watches.count, 0);
});
