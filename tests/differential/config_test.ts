import assert from "node:assert/strict";
import {
  aikvBinary,
  type Argument,
  type PlainValue,
  redisBinary,
  redisTest,
  spawnServer,
  startServer,
  type TestServer,
} from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { startPair } from "./_pair.ts";

/** Options that may be set at run time without harm, with telling values. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "maxmemory": ["0", "1gb", "100mb", "2GB", "1k", "1kb", "-1", "x", "50%", ""],
  "maxmemory-policy": [
    ..."noeviction allkeys-lru volatile-lru allkeys-lfu VOLATILE-TTL".split(
      " ",
    ),
    ..."allkeys-random volatile-random volatile-lfu nosuch".split(" "),
    "",
  ],
  // Its range is another in 7.4, and named in the error.
  "maxmemory-samples": ["1", "5", "10", "x"],
  "maxclients": ["100", "1000", "0", "-1", "x"],
  "timeout": ["0", "100", "-1", "x", "2147483648"],
  "tcp-keepalive": ["0", "300", "-1", "x"],
  "hz": ["1", "10", "500", "0", "501", "x"],
  "dynamic-hz": ["yes", "no", "YES", "true", ""],
  "slowlog-log-slower-than": ["-1", "0", "10000", "x"],
  "slowlog-max-len": ["0", "128", "-1", "x", "1kb"],
  "latency-monitor-threshold": ["0", "100", "-1", "x"],
  "lazyfree-lazy-expire": ["yes", "no", "on"],
  "lazyfree-lazy-user-del": ["yes", "no", "1"],
  "lfu-log-factor": ["0", "10", "-1", "x"],
  "lfu-decay-time": ["0", "1", "-1"],
  "proto-max-bulk-len": ["1mb", "512mb", "1048575", "x", "2gb"],
  "client-query-buffer-limit": ["1mb", "1gb", "1", "x"],
  "client-output-buffer-limit": [
    "normal 0 0 0",
    "pubsub 32mb 8mb 60",
    "normal 1mb 0 1 pubsub 1 1 1",
    "nosuch 0 0 0",
    "normal 0 0",
    "normal x 0 0",
    "slave 1gb 1 1",
    "",
  ],
  // 7.4 names one level more in the error.
  "loglevel": ["debug", "notice", "warning", "verbose"],
  "active-expire-effort": ["1", "10", "0", "11"],
  "hash-max-listpack-entries": ["1", "512", "-1", "x"],
  "set-max-intset-entries": ["1", "512", "x"],
  "zset-max-listpack-value": ["1", "64", "x"],
  "notify-keyspace-events": ["", "KEA", "Kx", "AKE", "q", "Elg$"],
  "appendonly": ["no"],
  "databases": ["16", "8"],
  "daemonize": ["yes"],
  "bind": ["not an address"],
  "save": ["", "900 1", "900", "x 1", "3600 1 300 100", "-1 1"],
  "protected-mode": ["yes", "no", "x"],
  "latency-tracking": ["yes", "no", "x"],
  "latency-tracking-info-percentiles": ["50 99", "", "101", "x", "50.5 0 100"],
  "nosuch-option": ["1"],
};

function name(sample: Sample): string {
  return sample.mixCase(sample.random.pick(Object.keys(OPTIONS)));
}

function assignment(sample: Sample): Argument[] {
  const option = sample.random.pick(Object.keys(OPTIONS));
  return [sample.mixCase(option), sample.random.pick(OPTIONS[option])];
}

const COMMANDS: CommandChoices = [
  [10, (it) => {
    const [option, value] = assignment(it);
    return [
      { command: ["CONFIG", "SET", option, value] },
      { command: ["CONFIG", "GET", option] },
    ];
  }],
  [3, (it) => ["CONFIG", "SET", ...assignment(it), ...assignment(it)]],
  [1, (it) => ["CONFIG", "SET", ...assignment(it), "hz"]],
  [4, (it) => ["CONFIG", "GET", name(it)]],
  [2, (it) => ["CONFIG", "GET", name(it), name(it), "hz"]],
  [1, () => ["CONFIG", "GET", "maxmemory*"]],
  [1, () => ["CONFIG", "GET", "[st]*-max-*"]],
  [1, () => ["CONFIG", "GET"]],
  [1, () => ["CONFIG", "SET"]],
  [1, () => ["CONFIG", "SET", "hz"]],
  [1, (it) => [
    "CONFIG",
    "SET",
    "port",
    it.random.pick(["x", "65536", "-1", ""]),
  ]],
  [1, () => ["CONFIG", "RESETSTAT"]],
  [1, () => ["CONFIG", "RESETSTAT", "x"]],
  [1, () => ["CONFIG", "REWRITE"]],
  [1, () => ["CONFIG", "NOSUCH"]],
  [1, () => ["CONFIG"]],
];

/** Undoes what a sequence set. Run on both servers before the next one. */
const PRELUDE: readonly (readonly Argument[])[] = [
  ["CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction"],
  ["CONFIG", "SET", "maxclients", "1000", "timeout", "0", "hz", "10"],
  ["CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0"],
  ["CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60"],
  ["CONFIG", "SET", "client-output-buffer-limit", "slave 256mb 64mb 60"],
  ["CONFIG", "SET", "proto-max-bulk-len", "512mb"],
  ["CONFIG", "SET", "client-query-buffer-limit", "1gb"],
  ["CONFIG", "SET", "save", "", "loglevel", "notice", "protected-mode", "yes"],
];

differentialGroup({
  name: "CONFIG commands",
  generate: (random, length) =>
    generateSequence(random, length, COMMANDS, false),
  prelude: PRELUDE,
  commandCount: 1500,
});

/** Options whose values are each server's own. */
const OWN_VALUES = new Set([
  ..."port dir pidfile logfile unixsocket bind enable-debug-command".split(" "),
]);

async function allOptions(
  server: TestServer,
): Promise<Map<string, PlainValue>> {
  using client = await server.connect();
  await client.call("HELLO", 3);
  return await client.call("CONFIG", "GET", "*") as Map<string, PlainValue>;
}

redisTest("every option of Redis is known, with Redis's default", async () => {
  await using pair = await startPair();
  const expected = await allOptions(pair.reference);
  const got = await allOptions(pair.subject);
  const differences: string[] = [];
  for (const [option, value] of expected) {
    if (!got.has(option)) differences.push(`${option} is unknown`);
    else if (!OWN_VALUES.has(option) && got.get(option) !== value) {
      differences.push(`${option} is ${got.get(option)}, not ${value}`);
    }
  }
  assert.deepEqual(differences, []);
});

interface BadStart {
  readonly config?: string;
  readonly options?: readonly string[];
}

const BAD_STARTS: readonly BadStart[] = [
  { config: "nosuch-option 1\n" },
  { config: "port\n" },
  { config: "port x\n" },
  { config: "hz 10\nmaxmemory 1zb\n" },
  { config: "maxmemory-policy nosuch\n" },
  { config: 'requirepass "unbalanced\n' },
  { config: "databases 0\n" },
  { config: "appendonly maybe\n" },
  { config: "include /nosuch/file.conf\n" },
  { options: ["--nosuch", "1"] },
  { options: ["--maxclients"] },
  { options: ["--hz", "x"] },
];

async function failure(binary: string, start: BadStart): Promise<string> {
  await using server = await spawnServer({ ...start, binary });
  const { code } = await server.waitForExit();
  const message = server.logs.split("\n")
    .filter((line) => !/^\d+:[A-Z] /.test(line))
    .join("\n")
    .replaceAll(/redis\.conf|Redis \S+|AiKv \S+/g, "<name>")
    .replaceAll(server.directory, "<dir>")
    .replaceAll(String(server.port), "<port>");
  return `exit ${code}\n${message.trim()}`;
}

redisTest("a bad option stops the start as Redis's does", async (context) => {
  for (const start of BAD_STARTS) {
    await context.step(JSON.stringify(start), async () => {
      const [expected, got] = await Promise.all([
        failure(redisBinary(), start),
        failure(aikvBinary(), start),
      ]);
      assert.equal(got, expected);
    });
  }
});

const GOOD_CONFIG = `# a comment
maxmemory 100mb
  MAXMEMORY-POLICY   allkeys-lru
hz 20
requirepass "a b\\x41\\n"
client-output-buffer-limit normal 1mb 512kb 10
slowlog-log-slower-than -1
timeout 0
timeout 7
`;

const READ_BACK = [
  ..."maxmemory maxmemory-policy hz requirepass save timeout".split(" "),
  ..."client-output-buffer-limit slowlog-log-slower-than maxclients".split(" "),
];

async function readBack(server: TestServer): Promise<string[]> {
  using client = await server.connect();
  await client.call("AUTH", "a bA\n");
  await client.call("HELLO", 3);
  const options = await client.call("CONFIG", "GET", ...READ_BACK);
  assert(options instanceof Map);
  return [...options].map(([name, value]) => `${name} ${value}`).sort();
}

redisTest(
  "a configuration file is read, and rewritten, as in Redis",
  async () => {
    const run = async (binary: string) => {
      const start = {
        binary,
        config: GOOD_CONFIG,
        options: ["--maxclients", "123"],
      };
      await using server = await startServer(start);
      const asRead = await readBack(server);
      using client = await server.connect();
      await client.call("AUTH", "a bA\n");
      await client.call("CONFIG", "SET", "maxmemory", "200mb", "hz", "33");
      await client.call("CONFIG", "REWRITE");
      const text = await Deno.readTextFile(`${server.directory}/redis.conf`);
      // The rewritten file must give the same settings to a server started on it.
      await using second = await startServer({ binary, config: text });
      const rewritten = await readBack(second);
      const kept = text.split("\n").filter((line) =>
        /^#|^\s*maxmemory|^hz|^timeout|^requirepass|^slowlog/i.test(line)
      ).filter((line) => !line.startsWith("# Generated"));
      return { asRead, rewritten, kept };
    };
    const [expected, got] = await Promise.all([
      run(redisBinary()),
      run(aikvBinary()),
    ]);
    assert.deepEqual(got, expected);
  },
);

redisTest("CONFIG RESETSTAT clears the figures Redis clears", async () => {
  await using pair = await startPair();
  const read = async (server: TestServer) => {
    using client = await server.connect();
    await client.send("GET", "nosuch");
    await client.send("NOSUCH");
    await client.call("CONFIG", "RESETSTAT");
    const text = String(await client.call("INFO", "stats"));
    const wanted =
      /^(total_commands|keyspace|expired|evicted|total_error|unexp)/;
    return text.split("\r\n").filter((line) => wanted.test(line));
  };
  const expected = await read(pair.reference);
  const names = new Set(expected.map((line) => line.split(":")[0]));
  // AiKv has the fields of 7.4, too.
  const got = (await read(pair.subject)).filter((line) =>
    names.has(line.split(":")[0])
  );
  assert.deepEqual(got, expected);
});
