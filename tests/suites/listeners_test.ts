/**
 * One suite for every kind of listener: the same conversations over TCP on
 * several addresses, IPv6, a Unix socket, and TLS with and without client
 * certificates.
 */

import { strict as assert } from "node:assert";
import {
  type Address,
  findFreePort,
  RespClient,
  startServer,
  type TestServer,
  type TlsTrust,
  toPlain,
} from "../_support/mod.ts";
import {
  type Certificate,
  CertificateAuthority,
} from "../_support/certificates.ts";

/** A server that listens in one way, and the addresses it must answer on. */
interface Listening {
  readonly server: TestServer;
  readonly addresses: readonly Address[];
  /** What `addr=` and `laddr=` of CLIENT INFO look like. */
  readonly client: RegExp;
}

interface Kind {
  readonly name: string;
  readonly ignore?: boolean;
  start(): Promise<Listening>;
}

const authority = await CertificateAuthority.create("AiKv test authority");
const stranger = await CertificateAuthority.create("Somebody else");
const serverCertificate = await authority.issue("localhost");
const clientCertificate = await authority.issue("a client");
const strangersCertificate = await stranger.issue("a stranger");

const TRUST: TlsTrust = { caCerts: [authority.certificate] };

function showing({ certificate, key }: Certificate): TlsTrust {
  return { ...TRUST, cert: certificate, key };
}

function canListen(hostname: string): boolean {
  try {
    using _listener = Deno.listen({ hostname, port: 0 });
    return true;
  } catch {
    return false;
  }
}

const hasIpv6 = canListen("::1");

async function startTcp(
  binds: readonly string[],
  hostnames: readonly string[],
  client: RegExp,
): Promise<Listening> {
  const server = await startServer({ options: ["--bind", ...binds] });
  const addresses = hostnames.map((hostname) => ({
    port: server.port,
    hostname,
  }));
  return { server, addresses, client };
}

interface TlsStart {
  readonly authClients: "yes" | "no" | "optional";
  readonly trusts: readonly TlsTrust[];
}

async function startTls(
  { authClients, trusts }: TlsStart,
): Promise<Listening> {
  const directory = await Deno.makeTempDir({ prefix: "aikv-tls-" });
  const port = findFreePort();
  const options = [
    ...["--tls-port", String(port), "--tls-auth-clients", authClients],
    ...await certificateOptions(directory),
  ];
  try {
    const server = await startServer({ options });
    const addresses = trusts.map((tls) => ({
      port,
      hostname: "localhost",
      tls,
    }));
    const client = / addr=127\.0\.0\.1:\d+ laddr=127\.0\.0\.1:\d+ /;
    return { server, addresses, client };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function certificateOptions(directory: string): Promise<string[]> {
  const files = {
    "tls-cert-file": serverCertificate.certificate,
    "tls-key-file": serverCertificate.key,
    "tls-ca-cert-file": authority.certificate,
  };
  const options: string[] = [];
  for (const [option, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${directory}/${option}.pem`, text);
    options.push(`--${option}`, `${directory}/${option}.pem`);
  }
  return options;
}

const IPV4_CLIENT = / addr=127\.0\.0\.[12]:\d+ laddr=127\.0\.0\.[12]:\d+ /;
const IPV6_CLIENT = / addr=\[::1\]:\d+ laddr=\[::1\]:\d+ /;

const KINDS: readonly Kind[] = [
  {
    name: "TCP on one address",
    start: () => startTcp(["127.0.0.1"], ["127.0.0.1"], IPV4_CLIENT),
  },
  {
    name: "TCP on several addresses, one of which the machine has not",
    // Only Linux has all of 127.0.0.0/8.
    ignore: Deno.build.os !== "linux",
    start: () =>
      startTcp(
        ["127.0.0.1", "127.0.0.2", "-198.51.100.7"],
        ["127.0.0.1", "127.0.0.2"],
        IPV4_CLIENT,
      ),
  },
  {
    name: "TCP on IPv6",
    ignore: !hasIpv6,
    start: () => startTcp(["127.0.0.1", "::1"], ["::1"], IPV6_CLIENT),
  },
  {
    name: "TCP on all addresses of both families",
    ignore: !hasIpv6,
    start: () =>
      startTcp(
        ["*", "-::*"],
        ["127.0.0.1", "::1"],
        / addr=(127\.0\.0\.1|\[::1\]):\d+ /,
      ),
  },
  {
    name: "a Unix socket",
    start: async () => {
      const server = await startServer({
        unixSocket: true,
        options: ["--unixsocketperm", "700"],
      });
      const path = server.socketPath!;
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o700);
      return {
        server,
        addresses: [{ path }],
        client: / addr=\S+\/server\.sock:0 laddr=\S+\/server\.sock:0 /,
      };
    },
  },
  {
    name: "TLS",
    start: () => startTls({ authClients: "no", trusts: [TRUST] }),
  },
  {
    name: "TLS with client certificates",
    start: () =>
      startTls({ authClients: "yes", trusts: [showing(clientCertificate)] }),
  },
  {
    name: "TLS with optional client certificates",
    start: () =>
      startTls({
        authClients: "optional",
        trusts: [TRUST, showing(clientCertificate)],
      }),
  },
];

// ---------------------------------------------------------------- the suite

type Conversation = (address: Address, listening: Listening) => Promise<void>;

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
const LONG_BYTES = 3_000_000;

const SUITE: Readonly<Record<string, Conversation>> = {
  "any bytes go in and come out": async (address) => {
    using client = await RespClient.connect(address);
    assert.equal(await client.call("SET", bytes, bytes), "OK");
    const { raw } = await client.send("GET", bytes);
    assert.deepEqual(raw.slice(6, -2), bytes);
  },

  "a pipeline is answered in order": async (address) => {
    using client = await RespClient.connect(address);
    const commands = Array.from({ length: 2000 }, (_, i) => ["ECHO", `${i}`]);
    const replies = await client.pipeline(commands);
    assert.deepEqual(
      replies.map(({ value }) => toPlain(value)),
      commands.map(([, text]) => text),
    );
  },

  "a value longer than any buffer goes both ways": async (address) => {
    using client = await RespClient.connect(address);
    const value = new Uint8Array(LONG_BYTES).map((_, index) => index * 7);
    assert.equal(await client.call("SET", "long", value), "OK");
    const { raw } = await client.send("GET", "long");
    assert.deepEqual(raw.slice(`$${LONG_BYTES}\r\n`.length, -2), value);
  },

  "clients are served side by side": async (address) => {
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => RespClient.connect(address)),
    );
    await clients[0].call("DEL", "count");
    await Promise.all(clients.map((client) => client.call("INCR", "count")));
    assert.equal(await clients[0].call("GET", "count"), "20");
    for (const client of clients) client.close();
  },

  "CLIENT INFO tells the addresses of both ends": async (
    address,
    { client: expected },
  ) => {
    using client = await RespClient.connect(address);
    assert.match(String(await client.call("CLIENT", "INFO")), expected);
  },

  "QUIT is answered, then the connection ends": async (address) => {
    using client = await RespClient.connect(address);
    await client.write(new TextEncoder().encode("QUIT\r\n"));
    const { bytes, closed } = await client.readRaw({ quietMs: 2000 });
    assert.equal(new TextDecoder().decode(bytes), "+OK\r\n");
    assert(closed);
  },

  "a client that goes is forgotten": async (address, { server }) => {
    using watching = await server.connect();
    using client = await RespClient.connect(address);
    const id = await client.call("CLIENT", "ID");
    const list = async () =>
      String(await watching.call("CLIENT", "LIST", "ID", String(id)));
    assert.match(await list(), /id=/);
    client.close();
    for (let tries = 0; await list() !== "" && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await list(), "");
  },
};

for (const { name, ignore, start } of KINDS) {
  Deno.test({
    name: `a listener serves its clients: ${name}`,
    ignore: ignore ?? false,
    fn: async (context) => {
      const listening = await start();
      await using _server = listening.server;
      for (const [index, address] of listening.addresses.entries()) {
        for (const [title, converse] of Object.entries(SUITE)) {
          await context.step(
            `${title} (address ${index + 1})`,
            () => converse(address, listening),
          );
        }
      }
    },
  });
}

// -------------------------------------------------------- what must not work

/** Whether a PING is answered. */
async function answers(address: Address): Promise<boolean> {
  try {
    using client = await RespClient.connect(address, { timeoutMs: 3000 });
    return await client.call("PING") === "PONG";
  } catch {
    return false;
  }
}

Deno.test("tls-auth-clients decides which clients TLS lets in, also when it changes", async () => {
  const { server, addresses: [{ port }] } = await startTls({
    authClients: "yes",
    trusts: [showing(clientCertificate)],
  }) as Listening & { addresses: [{ port: number }] };
  await using _server = server;
  using admin = await server.connect();
  const who = {
    nobody: TRUST,
    known: showing(clientCertificate),
    stranger: showing(strangersCertificate),
  };
  const expected = {
    yes: { nobody: false, known: true, stranger: false },
    optional: { nobody: true, known: true, stranger: false },
    no: { nobody: true, known: true, stranger: true },
  };
  for (const mode of ["yes", "optional", "no", "yes"] as const) {
    // The certificates are read anew, and their files are gone by now.
    const directory = await Deno.makeTempDir({ prefix: "aikv-tls-" });
    const files = await certificateOptions(directory);
    const pairs = files.map((word) => word.replace(/^--/, ""));
    await admin.call("CONFIG", "SET", "tls-auth-clients", mode, ...pairs);
    await Deno.remove(directory, { recursive: true });
    for (const [name, tls] of Object.entries(who)) {
      assert.equal(
        await answers({ port, hostname: "localhost", tls }),
        expected[mode][name as keyof typeof who],
        `tls-auth-clients ${mode}, client ${name}`,
      );
    }
  }
  assert(!await answers({ port }), "TLS port answers in plain text");
});
