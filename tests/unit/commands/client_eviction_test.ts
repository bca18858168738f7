import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

const LIMIT = String(1024 * 1024);

/** The start of a command whose argument is long and does not arrive whole. */
function beginning(bytes: number): string {
  return `*2\r\n$4\r\nECHO\r\n$${bytes}\r\n${"x".repeat(bytes / 2)}`;
}

Deno.test("the client that needs most is closed when all together need too much", async () => {
  const server = await TestServer.start({ "maxmemory-clients": LIMIT });
  const [small, large, last] = [1, 2, 3].map(() => server.connect());
  await small.sendRaw(beginning(100_000));
  await large.sendRaw(beginning(600_000));
  assert.deepEqual([small.isClosed, large.isClosed], [false, false]);
  await last.sendRaw(beginning(500_000));
  assert.deepEqual(
    [small.isClosed, large.isClosed, last.isClosed],
    [false, true, false],
  );
  assert.equal(server.server.stats.evictedClients, 1);
  assert.match(
    server.log.find((line) => line.startsWith("Evicting"))!,
    /^Evicting client: id=2 addr=/,
  );
});

Deno.test("a NO-EVICT client is spared, however much it needs", async () => {
  const server = await TestServer.start({ "maxmemory-clients": LIMIT });
  const [spared, other] = [server.connect(), server.connect()];
  await spared.send("CLIENT NO-EVICT on");
  await spared.sendRaw(beginning(4_000_000));
  assert.equal(spared.isClosed, false);
  await other.send("PING");
  assert.ok(other.isClosed);
  assert.ok(
    server.log.some((line) => line.startsWith("Over client maxmemory")),
  );
});

Deno.test("queued commands count", async () => {
  const server = await TestServer.start({ "maxmemory-clients": LIMIT });
  const queueing = server.connect();
  await queueing.send("MULTI");
  for (let i = 0; i < 200 && !queueing.isClosed; i++) {
    await queueing.send(`SET a ${"x".repeat(10_000)}`);
  }
  assert.ok(queueing.isClosed);
});

Deno.test("replies that nobody reads count", async () => {
  const server = await TestServer.start({ "maxmemory-clients": "200000" });
  const deaf = server.connect();
  deaf.stream.isStuck = true;
  await deaf.send(`SET a ${"x".repeat(50_000)}`);
  for (let i = 0; i < 100 && !deaf.isClosed; i++) await deaf.send("GET a");
  assert.ok(deaf.isClosed);
});

Deno.test("the limit may be a share of maxmemory and may be taken away", async () => {
  const server = await TestServer.start({ maxmemory: "100mb" });
  const { clientEviction } = server.server;
  const [admin, client] = [server.connect(), server.connect()];
  assert.equal(clientEviction.isOn, false);
  await admin.send("CONFIG SET maxmemory-clients 1%");
  assert.ok(clientEviction.isOn);
  await client.sendRaw(beginning(4_000_000));
  assert.ok(client.isClosed);
  await admin.send("CONFIG SET maxmemory 0");
  assert.equal(clientEviction.isOn, false);
});
