/** Files, arguments and rewriting beside a real redis-server 7.0. */
import assert from "node:assert/strict";
import { startUp } from "../../../src/config/mod.ts";
import { get, HOOKS, newConfig, REMOTE } from "./_support.ts";
import {
  configGet,
  redisTest,
  runRedis,
  temporaryDirectory,
  withRedis,
} from "./_redis.ts";

/** Configuration lines that end redis-server, and some that do not when `port` is wrong after them. */
const BAD_LINES = [
  "port",
  "port 1 2",
  "port abc",
  "port 65536",
  'port "1',
  "port '1'x",
  "nosuch 1",
  "nosuch",
  "maxmemory 1tb",
  "maxmemory-clients 101%",
  "unixsocketperm 999",
  "unixsocketperm 1777",
  "appendonly maybe",
  "appendfilename a/b",
  'appendfilename ""',
  'appenddirname ""',
  "appenddirname a/b",
  "dbfilename a/b",
  "save 1",
  "save 0 1",
  "save a b",
  "save 60 -1",
  "client-output-buffer-limit normal 1 2",
  "client-output-buffer-limit x 1 2 3",
  "client-output-buffer-limit normal 1 2 -1",
  "oom-score-adj-values 1 2",
  "oom-score-adj-values 1 2 5000",
  "notify-keyspace-events q",
  "notify-keyspace-events K E",
  "dir /no/such/dir",
  "dir",
  "bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
  "replicaof a",
  "replicaof a 99999",
  "replicaof a b",
  "slaveof a -1",
  "latency-tracking-info-percentiles 50 101",
  "latency-tracking-info-percentiles x",
  "shutdown-on-sigterm save nosave",
  "shutdown-on-sigterm",
  "shutdown-on-sigint never",
  "maxmemory-policy x",
  "supervised maybe",
  "rename-command nosuch x",
  "rename-command get",
  "rename-command get set",
  "user",
  "include",
  "loadmodule",
  "sentinel monitor x",
  "a.b",
  "list-max-ziplist-entries 1 2\nport x",
  "list-max-ziplist-entries 1",
  "lua-replicate-commands yes\nport x",
  "# a comment\n\n  \t\nPORT 'x' # y",
  "cluster-enabled yes\nreplicaof a 1",
  "logfile /no/such/dir/x.log",
  "hz 1000\nport x",
  "save 60 1\nsave\nport x",
  'proc-title-template ""',
  "cluster-announce-hostname a_b",
  "databases 0",
  "databases -1",
  "timeout -1",
  "tcp-keepalive x",
  "requirepass a b",
  "maxclients 0",
  "loglevel",
  "syslog-facility x",
  "bind 1 2\nbind\nport x",
  'requirepass "\\x41\\',
  "\x0b",
  'port\t"6\\x35"\t7',
  "caf\xc3\xa9 1",
];

function normalize(text: string): string {
  return text.replace(/Redis \d+\.\d+\.\d+/, "Redis VERSION");
}

async function compareFatal(
  directory: string,
  args: string[],
  input = "",
): Promise<void> {
  const theirs = await runRedis(directory, args, input);
  const { config } = newConfig(directory);
  const ours = startUp(config, args, {
    ...HOOKS,
    readStandardInput: () => new TextEncoder().encode(input),
  });
  const shown = JSON.stringify([args, input]);
  assert.equal(
    ours.action,
    "exit",
    `${shown} ends redis-server: ${theirs.stderr}`,
  );
  if (ours.action !== "exit") return;
  assert.equal(normalize(ours.stderr), normalize(theirs.stderr), shown);
  assert.equal(ours.exitCode, theirs.exitCode, shown);
}

redisTest(
  "a bad configuration file ends with Redis's text and exit code",
  async () => {
    const directory = await temporaryDirectory();
    for (const lines of BAD_LINES) {
      const bytes = Uint8Array.from(lines + "\n", (c) => c.charCodeAt(0));
      await Deno.writeFile(`${directory}/bad.conf`, bytes);
      // What Redis accepts must not start it: a wrong line follows.
      await compareFatal(directory, ["bad.conf", "--databases", "wrong"]);
    }
  },
);

redisTest("bad arguments end with Redis's text and exit code", async () => {
  const directory = await temporaryDirectory();
  await Deno.writeTextFile(
    `${directory}/good.conf`,
    "hz 20\ninclude conf.d/*.conf\n",
  );
  await Deno.writeTextFile(
    `${directory}/nested.conf`,
    "timeout 1\ninclude deep.conf\n",
  );
  await Deno.writeTextFile(`${directory}/deep.conf`, "\n\ntimeout x\n");
  await Deno.writeTextFile(`${directory}/lost.conf`, "include nowhere.conf\n");
  const cases: [args: string[], input?: string][] = [
    [["--port"]],
    [["--port", "x"]],
    [["--port x"]],
    [["--nosuch"]],
    [["--nosuch", "1", "2"]],
    [["x.conf"]],
    [["good.conf", "--hz", "x"]],
    [["good.conf", "x"]],
    [["nested.conf"]],
    [["lost.conf"]],
    [["no*.conf", "--hz", "x"]],
    [["-x"]],
    [["-", "--hz", "x"]],
    [["-"], "hz x"],
    [["good.conf", "--timeout", "5", "-"], "timeout 7\nhz x"],
    [["--hz", "-", "5"]],
    [["--save", "60", "1", "300"]],
    [["--save", "60 1 300"]],
    [["--save", "--hz", "x"]],
    [["--hz", "x", "--save"]],
    [["--hz", "--port", "1"]],
    [["--port", "6379", "7"]],
    [["--logfile", "/no/such/x"]],
    [["--requirepass", 'a"b\\', "c"]],
    [["--", "x"]],
    [["--hz", "5", "--", "--timeout"]],
    [["--maxmemory", "\xe9t\xe9"]],
    [["--hz", "5", "", "6"]],
    [["--hz 5 --port x"]],
    [["--port 'x"]],
    [["good.conf", "more.conf"]],
    [["deep.conf", "--timeout", "1"]],
    [["--include", "deep.conf"]],
    [["--rename-command", "GET", "", "--rename-command", "GET", "x"]],
  ];
  for (const [args, input] of cases) {
    await compareFatal(directory, args, input);
  }
});

redisTest("good arguments give the same configuration", async () => {
  const directory = await temporaryDirectory();
  await Deno.mkdir(`${directory}/conf.d`);
  await Deno.writeTextFile(
    `${directory}/conf.d/b.conf`,
    "timeout 2\nsave 20 2\n",
  );
  await Deno.writeTextFile(`${directory}/conf.d/a.conf`, "timeout 1\nhz 30\n");
  await Deno.writeTextFile(
    `${directory}/good.conf`,
    'hz 20\r\nsave 10 1\nsave 30 3\ninclude conf.d/*.conf\nrequirepass "a\\x20\\"b"\nslave-priority 7\nmaxmemory 5mb\n',
  );
  const cases: string[][] = [
    ["good.conf"],
    ["good.conf", "--hz", "40", "--save", "50", "5", "60", "6"],
    ["--save", "", "--hz", "50"],
    ["--save", "--hz", "50"],
    ["--hz", "50", "--save"],
    ["--save", "3600 1 300 100", "--bind", "127.0.0.1", "-::1"],
    ["--hz 60", "--timeout", "9", "--shutdown-on-sigterm", "nosave", "now"],
    ["./conf.d/../good.conf", "--hz", "1000", "--maxmemory-clients", "7%"],
    ["--requirepass", "--hz", "--proc-title-template", "{title} --x"],
    [
      "--client-output-buffer-limit",
      "normal",
      "1mb",
      "2mb",
      "3",
      "replica",
      "4",
      "5",
      "6",
    ],
    ["--replicaof", "127.0.0.1", "1", "--notify-keyspace-events", "KEA"],
    ["--replicaof", "no", "one"],
  ];
  for (const args of cases) {
    const { config } = newConfig(directory);
    const ours = startUp(config, args, HOOKS);
    assert.equal(ours.action, "serve", args.join(" "));
    const password = get(config, "requirepass")!;
    // redis-server's own port comes last and is left out of the comparison.
    const withPort = (port: number) => {
      const isOpenSave = args.at(-1) === "--save";
      return isOpenSave
        ? ["--port", `${port}`, ...args]
        : [...args, "--port", `${port}`];
    };
    await withRedis(directory, withPort, async (client) => {
      if (password) assert.equal(await client.command("AUTH", password), "OK");
      for (const [name, value] of await configGet(client, "*")) {
        if (name !== "port") {
          assert.equal(get(config, name), value, `${name}, ${args}`);
        }
      }
    });
  }
});

redisTest("CONFIG REWRITE writes the same lines", async () => {
  const theirs = await temporaryDirectory();
  const file = [
    "# first comment",
    "",
    "",
    "",
    "timeout 5",
    "save 60 1",
    "  save 30 2",
    "save 20 3",
    "hash-max-ziplist-entries 100 ",
    "MaxMemory 1gb",
    "maxmemory 2gb",
    "user alice on nopass ~* +@all",
    "bind 127.0.0.1",
    "requirepass foo",
    "tcp-keepalive 300",
    'notify-keyspace-events ""',
    "client-output-buffer-limit normal 0 0 0",
    "list-max-ziplist-value 5",
    "   # indented comment",
    "shutdown-on-sigterm nosave now",
    "cluster-announce-ip 1.2.3.4",
    "",
  ].join("\n");
  await Deno.writeTextFile(`${theirs}/redis.conf`, file);
  const ours = await temporaryDirectory();
  await Deno.writeTextFile(`${ours}/redis.conf`, file);
  const changes: [string, string][] = [
    ["hz", "50"],
    ["save", "100 1 200 2"],
    ["maxmemory", "1500mb"],
    ["bind", "127.0.0.1 -::1"],
    ["requirepass", 'a b"\x01\xff'],
    ["maxmemory-clients", "5%"],
    ["client-output-buffer-limit", "pubsub 1 2 3 normal 1kb 1mb 1"],
    ["hash-max-listpack-entries", "512"],
    ["latency-tracking-info-percentiles", ""],
    ["cluster-announce-ip", ""],
    ["notify-keyspace-events", "KEA"],
    ["loglevel", "debug"],
    ["slave-priority", "5"],
    ["lazyfree-lazy-expire", "yes"],
  ];
  const { config } = newConfig(ours);
  assert.equal(startUp(config, ["redis.conf"], HOOKS).action, "serve");
  for (const change of changes) {
    assert.equal(config.set([change], REMOTE), null);
  }
  assert.equal(config.rewrite(), null);
  let content = "";
  await withRedis(
    theirs,
    (port) => ["redis.conf", "--port", `${port}`],
    async (client) => {
      assert.equal(await client.command("AUTH", "foo"), "OK");
      for (const change of changes) {
        assert.equal(
          await client.command("CONFIG", "SET", ...change),
          "OK",
          `${change}`,
        );
      }
      assert.equal(await client.command("CONFIG", "REWRITE"), "OK");
      content = await Deno.readTextFile(`${theirs}/redis.conf`);
    },
  );
  const split = (text: string) => {
    const [kept, appended] = text.split("# Generated by CONFIG REWRITE\n");
    const lines = appended.split("\n").filter((l) => !/^(port|user) /.test(l));
    return {
      kept: kept.split("\n").filter((l) => !l.startsWith("user ")),
      appended: lines.sort(),
    };
  };
  const text = await Deno.readTextFile(`${ours}/redis.conf`);
  assert.deepEqual(split(text.replaceAll(ours, theirs)), split(content));
  assert(text.includes("user alice on nopass"), "users stay without an ACL");
});
