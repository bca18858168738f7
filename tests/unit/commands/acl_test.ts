/** Access control through connections. */

import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";
const PONG = "+PONG\r\n";
const NO_COMMAND = (name: string) =>
  `-NOPERM this user has no permissions to run the '${name}' command\r\n`;
const NO_KEY =
  "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
const WRONG_PASSWORD =
  "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

/** A server, its administrator, and a client logged in as a user with these rules. */
async function withUser(
  rules: string,
): Promise<{ server: TestServer; admin: TestClient; client: TestClient }> {
  const server = await TestServer.start();
  const [admin, client] = [server.connect(), server.connect()];
  assert.equal(
    await admin.send(`ACL SETUSER u on >p ${rules}`.trim(), "SET a 1"),
    OK + OK,
  );
  assert.equal(await client.send("AUTH u p"), OK);
  return { server, admin, client };
}

/** The words of the entries of ACL LOG. */
async function logOf(admin: TestClient): Promise<string[][]> {
  const reply = await admin.send("ACL LOG");
  return reply.split("*20\r\n").slice(1).map((entry) => {
    const words = entry.split("\r\n").filter((word) => !/^[$*]/.test(word));
    const value = (name: string) => words[words.indexOf(name) + 1];
    return ["count", "reason", "context", "object", "username"].map(value);
  });
}

Deno.test("a user may do what its rules say, in the fast lane and outside", async () => {
  const { admin, client } = await withUser("+get +set ~a");
  assert.equal(
    await client.send("GET a", "GET b", "SET a 2", "PING", "MGET a"),
    `$1\r\n1\r\n${NO_KEY}${OK}${NO_COMMAND("ping")}${NO_COMMAND("mget")}`,
  );
  await admin.send("ACL SETUSER u +@all");
  assert.equal(await client.send("GET b", "PING"), NO_KEY + PONG);
  await admin.send("ACL SETUSER u allkeys");
  assert.equal(await client.send("GET b", "PING"), "$-1\r\n" + PONG);
  await admin.send("ACL SETUSER u -get");
  assert.equal(await client.send("GET b", "PING"), NO_COMMAND("get") + PONG);
  await admin.send("ACL SETUSER u resetkeys");
  assert.equal(await client.send("SET b 1"), NO_KEY);
});

Deno.test("a pipeline that lowers its own rights is refused from there on", async () => {
  const { client } = await withUser("+@all ~*");
  assert.equal(
    await client.send("GET a", "ACL SETUSER u -get", "GET a", "PING"),
    `$1\r\n1\r\n${OK}${NO_COMMAND("get")}${PONG}`,
  );
});

Deno.test("subcommands are allowed by themselves", async () => {
  const { client } = await withUser("+client|id +config -config|set");
  assert.match(await client.send("CLIENT ID"), /^:\d+/);
  assert.equal(await client.send("CLIENT LIST"), NO_COMMAND("client|list"));
  assert.match(await client.send("CONFIG GET hz"), /^\*2/);
  assert.equal(await client.send("CONFIG SET hz 10"), NO_COMMAND("config|set"));
  assert.match(await client.send("CONFIG NOSUCH"), /^-ERR unknown subcommand/);
});

Deno.test("anybody may log in, whatever its rules", async () => {
  const { client } = await withUser("");
  assert.equal(await client.send("PING"), NO_COMMAND("ping"));
  assert.equal(await client.send("AUTH u wrong"), WRONG_PASSWORD);
  assert.equal(await client.send("AUTH nosuch p"), WRONG_PASSWORD);
  assert.equal(await client.send("AUTH default any", "PING"), OK + PONG);
  assert.match(await client.send("HELLO 3 AUTH u p"), /^%7/);
  assert.match(await client.send("RESET"), /RESET/);
  assert.equal(await client.send("ACL WHOAMI"), "$7\r\ndefault\r\n");
});

Deno.test("a disabled user cannot log in, but stays where it is logged in", async () => {
  const { server, admin, client } = await withUser("+ping");
  await admin.send("ACL SETUSER u off");
  assert.equal(await client.send("PING"), PONG);
  assert.equal(await server.connect().send("AUTH u p"), WRONG_PASSWORD);
});

Deno.test("commands are refused when queued, and again when rules changed before EXEC", async () => {
  const { admin, client } = await withUser("+@all ~a");
  assert.equal(
    await client.send("MULTI", "GET b", "EXEC"),
    `${OK}${NO_KEY}-EXECABORT Transaction discarded because of previous errors.\r\n`,
  );
  const QUEUED = "+QUEUED\r\n";
  assert.equal(
    await client.send("MULTI", "SET a 5", "GET a", "PING"),
    OK + QUEUED.repeat(3),
  );
  await admin.send("ACL SETUSER u -get resetkeys ~z");
  const changed =
    "-NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: ";
  assert.equal(
    await client.send("EXEC"),
    `*3\r\n${changed}no permission to touch the specified keys\r\n` +
      `${changed}no permission to execute the command or subcommand\r\n${PONG}`,
  );
  assert.equal(await admin.send("GET a"), "$1\r\n1\r\n");
  assert.deepEqual((await logOf(admin)).map((entry) => entry.slice(1)), [
    ["command", "multi", "get", "u"],
    ["key", "multi", "a", "u"],
    ["key", "multi", "b", "u"],
  ]);
  await client.send("MULTI");
  await admin.send("ACL SETUSER u -exec");
  assert.equal(
    await client.send("EXEC", "PING"),
    `-EXECABORT Transaction discarded because of: ${
      NO_COMMAND("exec").slice(1)
    }${PONG}`,
  );
});

Deno.test("connections of a user that is removed are closed, the asking one after its reply", async () => {
  const { server, admin, client } = await withUser("+@all");
  const other = server.connect();
  await other.send("AUTH u p", "MULTI");
  assert.equal(await client.send("ACL DELUSER u nosuch", "PING"), ":1\r\n");
  assert.ok(client.isClosed);
  assert.ok(other.isClosed);
  await admin.send("ACL SETUSER v on nopass +@all");
  const third = server.connect();
  assert.equal(
    await third.send(
      "AUTH v x",
      "MULTI",
      "ACL DELUSER v",
      "PING",
      "EXEC",
      "PING",
    ),
    `${OK}${OK}+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n${PONG}`,
  );
  assert.ok(third.isClosed);
  assert.equal(await admin.send("PING"), PONG);
  assert.equal(
    await admin.send("ACL DELUSER nosuch default"),
    "-ERR The 'default' user cannot be removed\r\n",
  );
});

Deno.test("clients of a removed user that wait, watch or monitor are closed, too", async () => {
  const { server, admin, client } = await withUser("+@all ~*");
  const [monitor, watcher, other] = [1, 2, 3].map(() => server.connect());
  await client.send("BLPOP list 0");
  await monitor.send("AUTH u p", "MONITOR");
  await watcher.send("AUTH u p", "WATCH a", "MULTI", "GET a");
  assert.equal(await admin.send("ACL DELUSER u"), ":1\r\n");
  for (const one of [client, monitor, watcher]) assert.ok(one.isClosed);
  assert.equal(
    await other.send("RPUSH list x", "LRANGE list 0 -1", "SET a 2"),
    `:1\r\n*1\r\n$1\r\nx\r\n${OK}`,
  );
});

Deno.test("channels are checked, and subscribers closed when they lose one", async () => {
  const { server, admin, client } = await withUser("+@all &a &b*");
  const NO_CHANNEL =
    "-NOPERM this user has no permissions to access one of the channels used as arguments\r\n";
  assert.equal(await client.send("PUBLISH c x"), NO_CHANNEL);
  assert.equal(await client.send("SUBSCRIBE b1 c"), NO_CHANNEL);
  assert.equal(await client.send("PSUBSCRIBE b1"), NO_CHANNEL);
  assert.equal(
    await client.send("UNSUBSCRIBE c", "PUBLISH b1 x").then(
      (reply) => reply.endsWith(":0\r\n"),
    ),
    true,
  );
  await client.send("SUBSCRIBE b1", "PSUBSCRIBE a");
  await admin.send("ACL SETUSER u &c");
  await admin.send("ACL SETUSER u allchannels");
  await admin.send("ACL SETUSER u resetchannels &a &b?");
  assert.match(await client.send("PING"), /pong/);
  const shard = server.connect();
  await shard.send("AUTH u p", "SSUBSCRIBE b2");
  await admin.send("ACL SETUSER u resetchannels &? &b?");
  assert.ok(client.isClosed, "a pattern must be allowed word for word");
  assert.ok(!shard.isClosed);
  await admin.send("ACL SETUSER u resetchannels");
  assert.ok(shard.isClosed);
  assert.equal(await admin.send("PING"), PONG);
});

Deno.test("CLIENT LIST and CLIENT KILL know users", async () => {
  const { admin, client } = await withUser("+@all");
  assert.match(await admin.send("CLIENT LIST"), / user=default .* user=u /s);
  assert.equal(
    await admin.send("CLIENT KILL USER nosuch"),
    "-ERR No such user 'nosuch'\r\n",
  );
  assert.equal(await admin.send("CLIENT KILL USER u"), ":1\r\n");
  assert.ok(client.isClosed);
});

Deno.test("without a password for all, and with it again, connections that exist go on", async () => {
  const { server, admin } = await withUser("+@all");
  const early = server.connect();
  assert.equal(await early.send("PING"), PONG);
  await admin.send("ACL SETUSER default off");
  assert.equal(await early.send("PING"), PONG);
  const late = server.connect();
  assert.equal(await late.send("PING"), "-NOAUTH Authentication required.\r\n");
  assert.match(
    await late.sendRaw("*2\r\n$3\r\nGET\r\n$20000\r\n"),
    /^-ERR Protocol error: unauthenticated bulk length/,
  );
  assert.equal(await server.connect().send("AUTH u p"), OK);
  const waiting = server.connect();
  await admin.send("ACL SETUSER default on >x");
  assert.match(await waiting.send("PING"), /^-NOAUTH/);
  await admin.send("ACL SETUSER default nopass");
  assert.equal(await waiting.send("PING"), PONG);
  assert.equal(await waiting.send(`GET ${"k".repeat(20_000)}`), "$-1\r\n");
});

Deno.test("requirepass is the password of the default user", async () => {
  const server = await TestServer.start({ requirepass: "one" });
  const admin = server.connect();
  assert.equal(await admin.send("AUTH one"), OK);
  assert.equal(await admin.send("CONFIG SET requirepass two"), OK);
  assert.equal(await server.connect().send("AUTH one"), WRONG_PASSWORD);
  assert.equal(await server.connect().send("AUTH default two"), OK);
  await admin.send("ACL SETUSER default >three");
  assert.equal(await server.connect().send("AUTH three"), OK);
  assert.equal(await server.connect().send("AUTH two"), OK);
  assert.match(await admin.send("CONFIG GET requirepass"), /two/);
  assert.equal(await admin.send("CONFIG SET requirepass "), OK);
  assert.match(
    await admin.send("AUTH x"),
    /^-ERR AUTH <password> called without any password configured/,
  );
});

Deno.test("what is denied is logged and counted", async () => {
  const { admin, client } = await withUser("+@all -get ~a");
  await client.send("GET a", "GET a", "SET b 1", "AUTH u wrong", "MULTI");
  await client.send("GET a", "AUTH u wrong");
  await client.send("EXEC");
  assert.deepEqual(
    await logOf(admin),
    [
      [":1", "command", "multi", "get", "u"],
      [":1", "auth", "toplevel", "AUTH", "u"],
      [":1", "key", "toplevel", "b", "u"],
      [":2", "command", "toplevel", "get", "u"],
    ],
  );
  const info = await admin.send("INFO stats");
  for (
    const [name, count] of [["auth", 1], ["cmd", 3], ["key", 1], ["channel", 0]]
  ) assert.match(info, new RegExp(`acl_access_denied_${name}:${count}\r\n`));
  assert.equal(await admin.send("ACL LOG RESET"), OK);
  assert.equal(await admin.send("ACL LOG"), "*0\r\n");
});

Deno.test("an entry of the log tells when and who", async () => {
  const { server, admin, client } = await withUser("+@all -get ~a");
  await client.send("GETDEL a", "GET a");
  await server.elapse(1500);
  await client.send("GET a");
  await server.elapse(250);
  const createdMs = server.nowMs - 1750;
  const reply = await admin.send("HELLO 3", "ACL LOG 1");
  const entry = reply.slice(reply.indexOf("*1\r\n%10"));
  assert.match(
    entry,
    /count\r\n:2\r\n.*age-seconds\r\n,0\.25\r\n.*client-info\r\n\$\d+\r\nid=2 .* cmd=get user=u .*entry-id\r\n:0\r\n/s,
  );
  assert.match(
    entry,
    new RegExp(
      `timestamp-created\r\n:${createdMs}\r\n.*timestamp-last-updated\r\n:${
        createdMs + 1500
      }\r\n`,
      "s",
    ),
  );
});

Deno.test("passwords do not reach SLOWLOG", async () => {
  const { admin } = await withUser("+@all");
  await admin.send("CONFIG SET slowlog-log-slower-than 0");
  await admin.send("ACL SETUSER u >hidden");
  const slowlog = await admin.send("SLOWLOG GET");
  assert.doesNotMatch(slowlog, /hidden/);
  assert.match(slowlog, /SETUSER\r\n\$10\r\n\(redacted\)/);
});

Deno.test("GETUSER describes selectors and passwords", async () => {
  const { admin } = await withUser("%R~a &c (+set ~b)");
  const reply = await admin.send("HELLO 3", "ACL GETUSER u");
  const text = reply.slice(reply.indexOf("%6\r\n"))
    .replace(/\$\d+\r\n/g, "").replaceAll("\r\n", " ");
  assert.equal(
    text,
    "%6 flags ~1 on passwords *1 148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940 " +
      "commands -@all keys %R~a channels &c selectors *1 %3 commands -@all +set keys ~b channels  ",
  );
  assert.match(await admin.send("ACL GETUSER nosuch"), /^_\r\n$/);
});

Deno.test("ACL GENPASS gives as many hexadecimal digits as bits need", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  assert.match(await client.send("ACL GENPASS"), /^\$64\r\n[0-9a-f]{64}\r\n$/);
  assert.match(await client.send("ACL GENPASS 1"), /^\$1\r\n[0-9a-f]\r\n$/);
  assert.match(await client.send("ACL GENPASS 5"), /^\$2\r\n[0-9a-f]{2}\r\n$/);
  for (const bits of ["0", "-1", "4097"]) {
    assert.match(
      await client.send(`ACL GENPASS ${bits}`),
      /^-ERR ACL GENPASS argument must be the number of bits/,
    );
  }
});
