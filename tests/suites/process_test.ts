/** The server as a process: how it starts, what it leaves behind, how it ends. */

import { strict as assert } from "node:assert";
import { EXIT_BUG } from "../../src/base/exit_code.ts";
import {
  type Address,
  findFreePort,
  RespClient,
  sleep,
  spawnServer,
  startServer,
  type TestServer,
} from "../_support/mod.ts";

/** What a server that must not start says, and its exit code. */
async function failedStart(
  options: readonly string[],
): Promise<{ code: number; logs: string }> {
  await using server = await spawnServer({ options });
  const { code } = await server.waitForExit();
  return { code, logs: server.logs };
}

async function answers(address: Address): Promise<boolean> {
  try {
    using client = await RespClient.connect(address, { timeoutMs: 3000 });
    return await client.call("PING") === "PONG";
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Sends a command after which no reply comes but the end of the connection. */
async function sendLast(
  server: TestServer,
  ...command: string[]
): Promise<void> {
  using client = await server.connect();
  await assert.rejects(client.send(...command), { name: /Closed/ });
}

// --------------------------------------------------------------------- ending

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends the server with exit code 0 and nothing left behind`, async () => {
    await using server = await startServer({
      unixSocket: true,
      options: ["--pidfile", "aikv.pid"],
    });
    const pidFile = `${server.directory}/aikv.pid`;
    assert.equal(await Deno.readTextFile(pidFile), `${server.pid}\n`);
    using client = await server.connect();
    await client.call("SET", "k", "v");
    server.signal(signal);
    const { code, signal: killer } = await server.waitForExit();
    assert.deepEqual({ code, killer }, { code: 0, killer: null });
    assert(!await exists(pidFile), "the pid file is still there");
    assert(!await exists(server.socketPath!), "the socket is still there");
    assert.match(
      server.logs,
      new RegExp(
        `# Received ${signal} scheduling shutdown\\.\\.\\.\\n` +
          ".* # User requested shutdown\\.\\.\\.\\n" +
          ".* \\* Removing the pid file\\.\\n" +
          ".* # AiKv is now ready to exit, bye bye\\.\\.\\.\\n$",
      ),
    );
  });
}

Deno.test("a shutdown that must save is refused while AiKv cannot save", async () => {
  await using server = await startServer({
    options: ["--shutdown-on-sigterm", "save"],
  });
  using client = await server.connect();
  await assert.rejects(
    client.call("SHUTDOWN", "SAVE"),
    { message: "ERR Errors trying to SHUTDOWN. Check logs." },
  );
  server.signal("SIGTERM");
  while (!server.logs.includes("SIGTERM received but errors")) await sleep(10);
  assert.equal(await client.call("PING"), "PONG");
  await sendLast(server, "SHUTDOWN", "SAVE", "FORCE");
  assert.equal((await server.waitForExit()).code, 0);
  assert.match(server.logs, /Error trying to save the DB\. Exit anyway\./);
});

Deno.test("a plain SHUTDOWN with save points ends, and says that nothing was saved", async () => {
  await using server = await startServer({ options: ["--save", "900", "1"] });
  await sendLast(server, "SHUTDOWN");
  assert.equal((await server.waitForExit()).code, 0);
  assert.match(server.logs, /nothing was saved/);
});

Deno.test("SHUTDOWN NOSAVE in a pipeline ends the server at once", async () => {
  await using server = await startServer();
  using client = await server.connect();
  const text = "SET k v\r\nSHUTDOWN NOSAVE\r\nSET k w\r\n";
  await client.write(new TextEncoder().encode(text));
  assert.equal((await server.waitForExit()).code, 0);
});

for (const way of ["PANIC", "ASSERT", "SEGFAULT"]) {
  Deno.test(`a bug (DEBUG ${way}) ends the server with a report and its own exit code`, async () => {
    await using server = await startServer();
    await sendLast(server, "DEBUG", way);
    assert.equal((await server.waitForExit()).code, EXIT_BUG);
    assert.match(server.logs, /# === AIKV BUG REPORT START/);
    assert.match(server.logs, new RegExp(`crashed: DEBUG ${way} called at`));
    assert.match(server.logs, /# {5}at .*debug\.ts:\d+:\d+/);
    assert.match(server.logs, /# === AIKV BUG REPORT END/);
  });
}

Deno.test("without crash-log-enabled a bug leaves one line", async () => {
  await using server = await startServer({
    options: ["--crash-log-enabled", "no"],
  });
  await sendLast(server, "DEBUG", "PANIC");
  assert.equal((await server.waitForExit()).code, EXIT_BUG);
  assert.match(server.logs, /crashed: DEBUG PANIC/);
  assert.doesNotMatch(server.logs, /BUG REPORT|debug\.ts/);
});

// ------------------------------------------------------------------- starting

Deno.test("a port that is taken stops the start with exit code 1", async () => {
  await using first = await startServer();
  const { code, logs } = await failedStart(["--port", String(first.port)]);
  assert.equal(code, 1);
  assert.match(
    logs,
    /# Warning: Could not create server TCP listening socket 127\.0\.0\.1:\d+: bind: Address already in use/,
  );
  assert.match(logs, /# Failed listening on port \d+ \(TCP\), aborting\./);
});

Deno.test("TLS without a certificate, or without authorities to check clients with, stops the start", async () => {
  const port = String(findFreePort());
  const none = await failedStart(["--tls-port", port]);
  assert.equal(none.code, 1);
  assert.match(none.logs, /# No tls-cert-file configured!/);
  assert.match(none.logs, /# Failed to configure TLS\./);
  const files = ["--tls-cert-file", "x", "--tls-key-file", "x"];
  const unchecked = await failedStart(["--tls-port", port, ...files]);
  assert.equal(unchecked.code, 1);
  assert.match(unchecked.logs, /Either tls-ca-cert-file or tls-ca-cert-dir/);
});

Deno.test("a server with nowhere to listen does not start", async () => {
  const { code, logs } = await failedStart(["--port", "0"]);
  assert.equal(code, 1);
  assert.match(logs, /# Configured to not listen anywhere, exiting\./);
});

Deno.test("the log goes to the log file, and to a new one after it was moved", async () => {
  await using server = await startServer({ options: ["--logfile", "a.log"] });
  using client = await server.connect();
  const path = `${server.directory}/a.log`;
  assert.match(await Deno.readTextFile(path), /Ready to accept connections/);
  await Deno.rename(path, `${path}.1`);
  server.signal("SIGHUP");
  await client.call("DEBUG", "LOG", "after rotation");
  assert.match(await Deno.readTextFile(path), /# DEBUG LOG: after rotation\n$/);
  assert.equal(server.logs, "");
});

Deno.test("rename-command gives commands other names, and takes them away", async () => {
  const secret = "b840fc02d524045429941cc15f59e41cb7be6c52";
  await using server = await startServer({
    config: [
      `rename-command CONFIG ${secret}`,
      'rename-command FLUSHALL ""',
      "rename-command get Fetch",
    ].join("\n"),
  });
  using client = await server.connect();
  const unknown = async (...command: string[]) =>
    await assert.rejects(client.call(...command), { message: /^ERR unknown/ });
  await unknown("CONFIG", "GET", "port");
  await unknown("FLUSHALL");
  await unknown("get", "k");
  const port = String(server.port);
  assert.deepEqual(await client.call(secret, "get", "port"), ["port", port]);
  await assert.rejects(client.call(secret, "NOSUCH"), {
    message:
      `ERR unknown subcommand 'NOSUCH'. Try ${secret.toUpperCase()} HELP.`,
  });
  await client.call("SET", "k", "v");
  assert.equal(await client.call("FETCH", "k"), "v");
  const info = await client.call("COMMAND", "INFO", "fetch", "get", "flushall");
  assert(Array.isArray(info));
  assert.equal((info[0] as string[])[0], "get");
  assert.deepEqual(info.slice(1), [null, null]);
  assert.deepEqual(
    await client.call("COMMAND", "GETKEYS", "fetch", "k"),
    ["k"],
  );
  const names = await client.call("COMMAND", "LIST") as string[];
  assert(!names.includes("flushall"));
  assert(names.includes("config|get"));
});

// -------------------------------------------------------------------- clients

Deno.test("one client more than maxclients is told so and closed", async () => {
  await using server = await startServer({ options: ["--maxclients", "3"] });
  const clients = await Promise.all(
    Array.from({ length: 3 }, () => server.connect()),
  );
  for (const client of clients) await client.call("PING");
  using refused = await server.connect();
  const { bytes, closed } = await refused.readRaw({ quietMs: 2000 });
  assert.equal(
    new TextDecoder().decode(bytes),
    "-ERR max number of clients reached\r\n",
  );
  assert(closed);
  clients.pop()!.close();
  for (let tries = 0; !await answers(server.address); tries++) {
    assert(tries < 100, "the place of the closed client stays taken");
    await sleep(20);
  }
  for (const client of clients) client.close();
});

/** An address of this machine that others can reach. */
const outside = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

Deno.test({
  name: "protected mode turns clients from outside away",
  ignore: outside === undefined,
  fn: async () => {
    await using server = await startServer({
      options: ["--bind", "127.0.0.1", outside!],
    });
    const address = { port: server.port, hostname: outside! };
    using refused = await RespClient.connect(address);
    const { bytes, closed } = await refused.readRaw({ quietMs: 2000 });
    assert.match(
      new TextDecoder().decode(bytes),
      /^-DENIED Redis is running in protected mode .*\r\n$/,
    );
    assert(closed);
    using local = await server.connect();
    await local.call("CONFIG", "SET", "protected-mode", "no");
    assert(await answers(address));
    await local.call("CONFIG", "SET", "protected-mode", "yes");
    assert(!await answers(address));
    await local.call("CONFIG", "SET", "requirepass", "x");
    using stranger = await RespClient.connect(address);
    assert.equal(await stranger.call("AUTH", "x"), "OK");
  },
});

// --------------------------------------------------- addresses at run time

Deno.test("CONFIG SET port moves the server, and clients stay connected", async () => {
  await using server = await startServer({ unixSocket: true });
  using client = await server.connect();
  const old = server.address;
  const port = findFreePort();
  await client.call("CONFIG", "SET", "port", String(port));
  assert(await answers({ port }));
  assert(!await answers(old));
  assert.equal(await client.call("PING"), "PONG");
  await client.call("CONFIG", "SET", "port", "0");
  assert(!await answers({ port }));
  assert.equal(await client.call("PING"), "PONG");
  await client.call("CONFIG", "SET", "port", String(port));
  assert(await answers({ port }));
  assert(await answers({ path: server.socketPath! }));
});

Deno.test("a port that is taken leaves the server where it is", async () => {
  await using server = await startServer();
  using client = await server.connect();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await assert.rejects(
    client.call("CONFIG", "SET", "port", String(taken.addr.port)),
    {
      message:
        "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.",
    },
  );
  assert.deepEqual(await client.call("CONFIG", "GET", "port"), [
    "port",
    String(server.port),
  ]);
  assert(await answers(server.address));
});

Deno.test({
  name: "CONFIG SET bind opens and closes addresses, overlapping ones as well",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using server = await startServer();
    using client = await server.connect();
    const { port } = server;
    /** Asks again for a while: an address may be let go a little after the reply. */
    const expectReachable = async (expected: boolean[], when: string) => {
      for (let tries = 1;; tries++) {
        const found = [
          await answers({ port, hostname: "127.0.0.1" }),
          await answers({ port, hostname: "127.0.0.2" }),
        ];
        if (found.join() === expected.join()) return;
        assert(tries < 20, `${when}: ${found}, not ${expected}`);
        await sleep(10);
      }
    };
    const steps: [bind: string, expected: [boolean, boolean]][] = [
      ["127.0.0.1 127.0.0.2", [true, true]],
      ["127.0.0.2", [false, true]],
      ["0.0.0.0", [true, true]],
      ["127.0.0.1", [true, false]],
      ["*", [true, true]],
      ["127.0.0.1", [true, false]],
    ];
    for (const [bind, expected] of steps) {
      await client.call("CONFIG", "SET", "bind", bind);
      await expectReachable(expected, `bind ${bind}`);
    }
    await assert.rejects(
      client.call("CONFIG", "SET", "bind", "198.51.100.7"),
      {
        message:
          "ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to specified addresses.",
      },
    );
    await expectReachable([true, false], "after a failure");
  },
});
