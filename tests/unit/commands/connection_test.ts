import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";
const NO_AUTH = "-NOAUTH Authentication required.\r\n";

Deno.test("a client must authenticate while a password is set, and no longer", async () => {
  const server = await TestServer.start({ requirepass: "secret" });
  const [client, admin] = [server.connect(), server.connect()];
  assert.equal(await client.send("PING", "QUIT x"), NO_AUTH + OK);
  assert.equal(await admin.send("AUTH secret"), OK);
  const late = server.connect();
  assert.equal(await late.send("GET a"), NO_AUTH);
  assert.match(
    await late.sendRaw("*2\r\n$3\r\nGET\r\n$20000\r\n"),
    /^-ERR Protocol error: unauthenticated bulk length/,
  );
  const waiting = server.connect();
  assert.equal(await waiting.send("PING"), NO_AUTH);
  assert.equal(await admin.send("CONFIG SET requirepass "), OK);
  assert.equal(await waiting.send("PING"), "+PONG\r\n");
  assert.equal(await waiting.send(`GET ${"k".repeat(20_000)}`), "$-1\r\n");
});

Deno.test("an unauthenticated client that reads no replies is closed", async () => {
  const server = await TestServer.start({ requirepass: "secret" });
  const client = server.connect();
  client.stream.isStuck = true;
  for (let i = 0; i < 20 && !client.isClosed; i++) {
    await client.send(...Array.from({ length: 50 }, () => "PING"));
  }
  assert.ok(client.isClosed);
});

Deno.test("HELLO applies its options in order and says who is there", async () => {
  const server = await TestServer.start({ requirepass: "secret" });
  const client = server.connect();
  assert.match(await client.send("HELLO 3"), /^-NOAUTH HELLO must be called/);
  assert.match(
    await client.send("HELLO 3 SETNAME n AUTH default wrong"),
    /^-WRONGPASS /,
  );
  const reply = await client.send("HELLO 3 AUTH default secret SETNAME me");
  assert.match(reply, /^%7\r\n\$6\r\nserver\r\n\$5\r\nredis\r\n/);
  assert.match(reply, /\$5\r\nproto\r\n:3\r\n/);
  assert.match(reply, /\$7\r\nmodules\r\n\*0\r\n$/);
  assert.match(await client.send("CLIENT INFO"), / name=me .* resp=3 /);
  assert.equal(await client.send("GET a"), "_\r\n");
});

Deno.test("RESET gives the state of a new connection", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  await client.send(
    ...["HELLO 3 SETNAME me", "SELECT 3", "CLIENT NO-EVICT on"],
    ...["CLIENT NO-TOUCH on", "CLIENT SETINFO lib-name l", "WATCH a", "MULTI"],
  );
  assert.equal(await client.send("RESET"), "+RESET\r\n");
  assert.match(
    await client.send("CLIENT INFO"),
    / name= .* flags=N db=0 .* multi=-1 .* resp=2 lib-name=l .* watch=0\n/,
  );
  assert.equal(await client.send("CLIENT REPLY OFF", "PING"), "");
  assert.equal(await client.send("RESET", "PING"), "+RESET\r\n+PONG\r\n");
});
