import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";
const PONG = "+PONG\r\n";

async function field(client: TestClient, name: string): Promise<string> {
  const info = await client.send("CLIENT INFO");
  return new RegExp(` ${name}=(\\S*)`).exec(info)![1];
}

Deno.test("CLIENT INFO shows what the connection holds", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await server.elapse(2500);
  assert.equal(
    (await client.send("CLIENT INFO")).split("\r\n")[1],
    "id=1 addr=127.0.0.1:40000 laddr=127.0.0.1:6379 fd=0 name= age=2 idle=0 " +
      "flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=26 " +
      "qbuf-free=16358 argv-mem=10 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 " +
      "tot-mem=20490 events=r cmd=client|info user=default redir=-1 resp=2 " +
      "lib-name= lib-ver= watch=0\n",
  );
  await client.send("MULTI", `SET a ${"x".repeat(1000)}`);
  const other = server.connect();
  const [line] = (await other.send("CLIENT LIST ID 1")).split("\r\n").slice(1);
  assert.match(line, / flags=x .* multi=1 .* cmd=set /);
  assert.ok(Number(/ multi-mem=(\d+)/.exec(line)![1]) >= 1000);
  await client.send("NOSUCH");
  assert.match(await other.send("CLIENT LIST ID 1"), / cmd=NULL /);
});

Deno.test("replies nobody reads show as blocks, those in the first buffer do not", async () => {
  const server = await TestServer.start();
  const [client, other] = [server.connect(), server.connect()];
  client.stream.isStuck = true;
  const list = async () => await other.send("CLIENT LIST ID 1");
  await client.send("PING");
  assert.match(await list(), / obl=7 oll=0 omem=0 .* events=r /);
  await client.send(`SET a ${"x".repeat(30_000)}`, "GET a");
  const line = await list();
  assert.match(line, / obl=0 oll=2 omem=\d{5} .* events=rw /);
  const [, omem, total] = / omem=(\d+) tot-mem=(\d+)/.exec(line)!;
  assert.ok(Number(omem) >= 30_000 && Number(total) > Number(omem));
});

Deno.test("the buffer for queries grows with them, shrinks after them and goes when idle", async () => {
  const server = await TestServer.start();
  const [client, other] = [server.connect(), server.connect()];
  const room = async () =>
    Number(
      / qbuf-free=(\d+)/.exec(await other.send("CLIENT LIST ID 1"))![1],
    );
  assert.equal(await room(), 0);
  await client.send(`SET a ${"x".repeat(400_000)}`);
  assert.ok(await room() > 400_000);
  // One look forgets the large query, the next sees only small ones.
  for (let i = 0; i < 2; i++) {
    server.cron();
    await client.send("SET a x");
  }
  assert.ok(await room() > 0 && await room() < 32_768);
  await server.elapse(3000);
  server.cron();
  assert.equal(await room(), 0);
});

Deno.test("whoever kills itself in a transaction gets the replies up to then", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  const reply = await client.send(
    ...["MULTI", "PING", "CLIENT KILL SKIPME no ID 1", "PING", "EXEC", "PING"],
  );
  assert.match(reply, /\*3\r\n\+PONG\r\n:1\r\n$/);
  assert.ok(client.isClosed);
});

Deno.test("CLIENT KILL filters all have to match", async () => {
  const server = await TestServer.start();
  const [admin, a, b] = [1, 2, 3].map(() => server.connect());
  const kill = (rest: string) => admin.send(`CLIENT KILL ${rest}`);
  assert.equal(await kill("ID 2 ADDR 127.0.0.1:40002"), ":0\r\n");
  assert.equal(await kill("ID 2 TYPE pubsub"), ":0\r\n");
  assert.equal(await kill("MAXAGE 5 USER default"), ":0\r\n");
  assert.equal(await kill("USER nosuch"), "-ERR No such user 'nosuch'\r\n");
  assert.equal(await kill("127.0.0.1:40001"), OK);
  assert.deepEqual([a.isClosed, b.isClosed], [true, false]);
  await server.elapse(5000);
  assert.equal(
    await kill("MAXAGE 5 LADDR 127.0.0.1:6379 TYPE normal"),
    ":1\r\n",
  );
  assert.deepEqual([admin.isClosed, b.isClosed], [false, true]);
});

Deno.test("CLIENT REPLY silences exactly what it says", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  assert.equal(
    await client.send("CLIENT REPLY SKIP", "PING", "PING a"),
    "$1\r\na\r\n",
  );
  assert.equal(
    await client.send(
      "CLIENT REPLY OFF",
      "NOSUCH",
      "CLIENT REPLY SKIP",
      "PING",
    ),
    "",
  );
  assert.equal(await client.send("CLIENT REPLY ON", "PING"), OK + PONG);
  // Across turns, with SKIP waiting for the next command.
  assert.equal(await client.send("CLIENT REPLY SKIP"), "");
  assert.equal(await client.send("GET a"), "");
  assert.equal(await client.send("PING"), PONG);
});

Deno.test("paused commands run in order when the pause is over", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  assert.equal(await admin.send("CLIENT PAUSE 1000 WRITE"), OK);
  assert.equal(await client.send("GET a", "SET a 1", "GET a"), "$-1\r\n");
  const list = await admin.send("CLIENT LIST ID 2");
  assert.match(list, / flags=b .* argv-mem=[1-9]/);
  await server.elapse(1000);
  assert.equal(await client.receive(), "");
  await server.elapse(1);
  assert.equal(await client.receive(), `${OK}$1\r\n1\r\n`);
  assert.equal(await field(client, "flags"), "N");
});

Deno.test("what is queued waits for a pause as well, and so does EXEC", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  await client.send("MULTI", "SET a 1");
  await admin.send("CLIENT PAUSE 1000 WRITE");
  assert.equal(await client.send("EXEC"), "");
  assert.equal(await admin.send("CLIENT UNPAUSE"), OK);
  assert.equal(await client.receive(), "*1\r\n+OK\r\n");
  await admin.send("CLIENT PAUSE 1000 WRITE");
  assert.equal(await client.send("MULTI", "SET a 1"), OK);
  await admin.send("CLIENT UNPAUSE");
  assert.equal(await client.receive(), "+QUEUED\r\n");
});

Deno.test("a pause is never shortened or weakened by another", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  await admin.send("MULTI", "CLIENT PAUSE 1000", "CLIENT PAUSE 10 WRITE");
  assert.match(await admin.send("EXEC"), /^\*2/);
  await server.elapse(500);
  assert.equal(await client.send("PING"), "");
  await server.elapse(501);
  assert.equal(await client.receive(), PONG);
  assert.equal(await admin.send("CLIENT PAUSE 0", "PING"), OK + PONG);
});

Deno.test("a paused client that hangs up is gone at once", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  await admin.send("CLIENT PAUSE 60000 WRITE");
  await client.send("SET a 1");
  assert.equal(server.server.pauseControl.waiting, 1);
  await client.hangUp();
  assert.ok(client.isClosed);
  assert.equal(server.server.pauseControl.waiting, 0);
});

Deno.test("what a paused client goes on sending is kept for later", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  await admin.send("CLIENT PAUSE 60000 WRITE");
  assert.equal(await client.send("SET a 1"), "");
  assert.equal(await client.send("APPEND a 2"), "");
  assert.equal(await client.sendRaw("*2\r\n$3\r\nGET"), "");
  await admin.send("CLIENT UNPAUSE");
  assert.equal(await client.receive(), `${OK}:2\r\n`);
  assert.equal(await client.sendRaw("\r\n$1\r\na\r\n"), "$2\r\n12\r\n");
});

Deno.test("expired keys stay while clients are paused, though none sees them", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  await client.send("SET a 1 PX 10");
  await admin.send("CLIENT PAUSE 1000 WRITE");
  await server.elapse(20);
  assert.equal(await client.send("GET a"), "$-1\r\n");
  assert.equal(server.server.core.x.databaseKeys(0), 1);
  await admin.send("CLIENT UNPAUSE");
  assert.equal(await client.send("GET a"), "$-1\r\n");
  assert.equal(server.server.core.x.databaseKeys(0), 0);
});

Deno.test("CLIENT UNBLOCK does not wake a client that is merely paused", async () => {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  await admin.send("CLIENT PAUSE 1000 WRITE");
  await client.send("SET a 1");
  assert.equal(await admin.send("CLIENT UNBLOCK 2"), ":0\r\n");
  assert.equal(await client.receive(), "");
});
