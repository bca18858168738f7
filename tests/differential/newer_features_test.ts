/**
 * Features of Redis 7.2 and 7.4 which the reference server, 7.0.15, lacks. What
 * is expected is taken from Redis's documentation of these commands.
 */

import assert from "node:assert/strict";
import {
  type PlainValue,
  type RespClient,
  sleep,
  startServer,
  type TestServer,
} from "../_support/mod.ts";

/** Fields of this connection's CLIENT INFO. */
async function clientInfo(client: RespClient): Promise<Map<string, string>> {
  const line = String(await client.call("CLIENT", "INFO")).trim();
  return new Map(
    line.split(" ").map((field) => {
      const [name, ...value] = field.split("=");
      return [name, value.join("=")];
    }),
  );
}

async function errorOf(promise: Promise<PlainValue>): Promise<string> {
  try {
    return `no error but ${await promise}`;
  } catch (error) {
    return (error as Error).message;
  }
}

type Check = (client: RespClient, server: TestServer) => Promise<void>;

const CHECKS: Readonly<Record<string, Check>> = {
  "CLIENT SETINFO shows in CLIENT INFO and LIST": async (client) => {
    assert.equal(
      await client.call("CLIENT", "SETINFO", "LIB-NAME", "a-lib"),
      "OK",
    );
    assert.equal(
      await client.call("client", "setinfo", "lib-ver", "1.2.3"),
      "OK",
    );
    const info = await clientInfo(client);
    assert.equal(info.get("lib-name"), "a-lib");
    assert.equal(info.get("lib-ver"), "1.2.3");
    const list = String(await client.call("CLIENT", "LIST"));
    assert.match(list, / lib-name=a-lib lib-ver=1\.2\.3/);
  },

  "an empty CLIENT SETINFO value removes it": async (client) => {
    assert.equal(await client.call("CLIENT", "SETINFO", "LIB-NAME", ""), "OK");
    assert.equal((await clientInfo(client)).get("lib-name"), "");
  },

  "CLIENT SETINFO refuses what would break lists": async (client) => {
    for (const value of ["a b", "a\nb", "ü"]) {
      assert.equal(
        await errorOf(client.call("CLIENT", "SETINFO", "lib-name", value)),
        "ERR lib-name cannot contain spaces, newlines or special characters.",
      );
    }
    assert.equal(
      await errorOf(client.call("CLIENT", "SETINFO", "nosuch", "x")),
      "ERR Unrecognized option 'nosuch'",
    );
    assert.equal(
      await errorOf(client.call("CLIENT", "SETINFO", "lib-name")),
      "ERR wrong number of arguments for 'client|setinfo' command",
    );
  },

  "CLIENT NO-TOUCH takes ON and OFF": async (client) => {
    assert.equal(await client.call("CLIENT", "NO-TOUCH", "ON"), "OK");
    assert.equal((await clientInfo(client)).get("flags"), "T");
    assert.equal(await client.call("CLIENT", "NO-TOUCH", "off"), "OK");
    assert.equal((await clientInfo(client)).get("flags"), "N");
    assert.equal(
      await errorOf(client.call("CLIENT", "NO-TOUCH", "x")),
      "ERR syntax error",
    );
  },

  "CLIENT KILL MAXAGE kills only older clients": async (client, server) => {
    using other = await server.connect();
    assert.equal(await other.call("PING"), "PONG");
    assert.equal(
      await client.call("CLIENT", "KILL", "MAXAGE", 1000, "SKIPME", "yes"),
      0,
    );
    await sleep(1100);
    assert.equal(
      await client.call("CLIENT", "KILL", "MAXAGE", 1, "SKIPME", "yes"),
      1,
    );
    await assert.rejects(other.call("PING"), /closed/);
    assert.equal(
      await errorOf(client.call("CLIENT", "KILL", "MAXAGE", "x")),
      "ERR maxage is not an integer or out of range",
    );
    assert.equal(
      await errorOf(client.call("CLIENT", "KILL", "MAXAGE", 0)),
      "ERR maxage should be greater than 0",
    );
  },

  "the new subcommands are in the command table": async (client) => {
    const names = [
      "client|setinfo",
      "client|no-touch",
    ];
    const docs = await client.call("COMMAND", "INFO", ...names);
    assert(Array.isArray(docs));
    assert.deepEqual(
      docs.map((entry) => Array.isArray(entry) ? entry[0] : entry),
      names,
    );
  },
};

Deno.test("what Redis 7.2 and 7.4 added for clients", async (context) => {
  await using server = await startServer();
  using client = await server.connect();
  for (const [name, check] of Object.entries(CHECKS)) {
    await context.step(name, () => check(client, server));
  }
});

Deno.test("a NO-TOUCH client does not change a key's idle time", async () => {
  await using server = await startServer();
  using client = await server.connect();
  await client.call("SET", "k", "v");
  await client.call("CLIENT", "NO-TOUCH", "ON");
  await sleep(2100);
  await client.call("GET", "k");
  assert(Number(await client.call("OBJECT", "IDLETIME", "k")) >= 1);
  await client.call("TOUCH", "k");
  await client.call("CLIENT", "NO-TOUCH", "OFF");
  await client.call("GET", "k");
  assert.equal(await client.call("OBJECT", "IDLETIME", "k"), 0);
});

Deno.test("fields of hashes past their time are removed by the cron", async () => {
  await using server = await startServer();
  using client = await server.connect();
  await client.call("HSET", "h", "a", "1", "b", "2");
  await client.call("HSET", "gone", "a", "1");
  await client.call("HPEXPIRE", "h", 30, "FIELDS", 1, "a");
  await client.call("HPEXPIRE", "gone", 30, "FIELDS", 1, "a");
  // Nothing asks for the fields themselves.
  for (let i = 0; i < 100 && await client.call("DBSIZE") !== 1; i++) {
    await sleep(20);
  }
  assert.equal(await client.call("DBSIZE"), 1);
  assert.equal(await client.call("HLEN", "h"), 1);
});
