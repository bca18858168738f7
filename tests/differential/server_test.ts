import assert from "node:assert/strict";
import {
  type Argument,
  bytesToLatin1,
  redisTest,
  sleep,
  type TestServer,
  toPlain,
} from "../_support/mod.ts";
import { type CommandChoices, generateSequence } from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { startPair } from "./_pair.ts";

const INFO_SECTIONS = [
  ..."server clients memory persistence stats replication cpu".split(" "),
  ..."modules errorstats cluster keyspace commandstats latencystats".split(" "),
  ..."all everything default nosuch SERVER".split(" "),
];

const DEBUG_COMMANDS: readonly (readonly Argument[])[] = [
  ["SLEEP", "0"],
  ["STRINGMATCH-LEN", "10", "*"],
  ["ERROR", "MYERR text"],
  ["PROTOCOL", "string"],
  ["PROTOCOL", "integer"],
  ["PROTOCOL", "double"],
  ["PROTOCOL", "null"],
  ["PROTOCOL", "array"],
  ["PROTOCOL", "set"],
  ["PROTOCOL", "map"],
  ["PROTOCOL", "attrib"],
  ["PROTOCOL", "bignum"],
  ["PROTOCOL", "true"],
  ["PROTOCOL", "false"],
  ["PROTOCOL", "verbatim"],
  ["PROTOCOL", "nosuch"],
  ["SET-ACTIVE-EXPIRE", "0"],
  ["NOSUCH"],
  [],
];

const COMMAND_COMMANDS: readonly (readonly Argument[])[] = [
  ["COUNT"],
  ["COUNT", "x"],
  ["LIST"],
  ["LIST", "FILTERBY", "MODULE", "nosuch"],
  ["LIST", "FILTERBY", "PATTERN", "ge*"],
  ["LIST", "FILTERBY", "ACLCAT", "nosuch"],
  ["LIST", "FILTERBY", "NOSUCH", "x"],
  ["LIST", "FILTERBY"],
  ["INFO", "get", "nosuch"],
  ["INFO"],
  ["DOCS", "get"],
  ["DOCS", "nosuch"],
  ["GETKEYS", "GET", "k"],
  ["GETKEYS", "MSET", "a", "1", "b", "2"],
  ["GETKEYS", "SET", "k", "v", "EX", "1"],
  ["GETKEYS", "COPY", "a", "b"],
  ["GETKEYS", "PING"],
  ["GETKEYS", "NOSUCH", "k"],
  ["GETKEYS", "GET"],
  ["GETKEYS"],
  ["GETKEYSANDFLAGS", "MSET", "a", "1", "b", "2"],
  ["GETKEYSANDFLAGS", "SET", "k", "v"],
  ["GETKEYSANDFLAGS", "SET", "k", "v", "GET"],
  ["GETKEYSANDFLAGS", "RENAME", "a", "b"],
  ["GETKEYSANDFLAGS", "NOSUCH", "k"],
  ["HELP"],
  ["NOSUCH"],
  [],
];

const COMMANDS: CommandChoices = [
  [4, (it) => ["INFO", it.random.pick(INFO_SECTIONS)]],
  [1, () => ["INFO"]],
  [1, (it) => ["INFO", it.random.pick(INFO_SECTIONS), "clients"]],
  [2, () => ["TIME"]],
  [1, () => ["TIME", "x"]],
  [2, () => ["LASTSAVE"]],
  [2, () => ["ROLE"]],
  [1, () => ["ROLE", "x"]],
  [2, () => ["DBSIZE"]],
  [3, (it) => ["SET", it.key(), it.value()]],
  [1, (it) => ["GET", it.key()]],
  [3, (it) => ["SLOWLOG", it.random.pick(["LEN", "GET", "RESET", "NOSUCH"])]],
  [3, (it) => [
    "SLOWLOG",
    "GET",
    it.random.pick(["0", "1", "10", "-1", "-2", "x", "99999999999999999999"]),
  ]],
  [1, () => ["SLOWLOG"]],
  [3, (it) => [
    "LATENCY",
    it.random.pick(["LATEST", "DOCTOR", "RESET", "NOSUCH"]),
  ]],
  [2, (it) => ["LATENCY", "HISTORY", it.random.pick(["command", "nosuch"])]],
  [1, () => ["LATENCY", "HISTORY"]],
  [1, () => ["LATENCY", "GRAPH", "nosuch"]],
  [1, () => ["LATENCY", "RESET", "nosuch", "command"]],
  [1, () => ["LATENCY", "HISTOGRAM", "get"]],
  [1, () => ["LATENCY", "HISTOGRAM"]],
  [3, (it) => ["MEMORY", "USAGE", it.key()]],
  [2, (it) => ["MEMORY", "USAGE", it.key(), "SAMPLES", it.integer()]],
  [1, (it) => ["MEMORY", "USAGE", it.key(), "NOSUCH", "1"]],
  [1, (it) => ["MEMORY", it.random.pick(["STATS", "DOCTOR", "PURGE"])]],
  [1, (it) => ["MEMORY", it.random.pick(["MALLOC-STATS", "NOSUCH", "HELP"])]],
  [1, () => ["MEMORY"]],
  [1, (it) => ["LOLWUT", ...it.random.pick([[], ["VERSION", "5"]])]],
  [1, () => ["SHUTDOWN", "NOSUCH"]],
  [1, () => ["SHUTDOWN", "SAVE", "NOSAVE"]],
  [1, () => ["SHUTDOWN", "ABORT"]],
  [1, () => ["SHUTDOWN", "ABORT", "NOW"]],
  [1, () => ["MONITOR", "x"]],
  [8, (it) => ["DEBUG", ...it.random.pick(DEBUG_COMMANDS)]],
  [8, (it) => ["COMMAND", ...it.random.pick(COMMAND_COMMANDS)]],
];

differentialGroup({
  name: "server commands",
  // What a noisy machine makes slow is not the same on both sides.
  prelude: [["CONFIG", "SET", "slowlog-log-slower-than", "-1"]],
  generate: (random, length) =>
    generateSequence(random, length, COMMANDS, false),
  commandCount: 2000,
});

/** MONITOR's lines with the time and the client's address taken out. */
async function monitored(server: TestServer): Promise<string[]> {
  using watching = await server.connect();
  using acting = await server.connect();
  await watching.call("MONITOR");
  const commands: Argument[][] = [
    ["set", "k", "v"],
    ["GET", 'quote " backslash \\ newline \n', "extra"],
    ["SELECT", "3"],
    ["SET", "b", new Uint8Array([0, 7, 200, 255])],
    ["AUTH", "secret"],
    ["HELLO", "3", "AUTH", "default", "x"],
    ["CONFIG", "GET", "port"],
    ["MULTI"],
    ["INCR", "n"],
    ["EXEC"],
    ["NOSUCH", "x"],
    ["PING"],
    ["ECHO", "last"],
  ];
  for (const command of commands) await acting.send(...command);
  const lines: string[] = [];
  while (!lines.at(-1)?.includes('"last"')) {
    const line = String(toPlain((await watching.readReply()).value));
    assert.match(line, /^\d+\.\d{6} \[\d+ 127\.0\.0\.1:\d+\] /);
    lines.push(
      line.replace(/^[\d.]+/, "<time>").replace(/127\.0\.0\.1:\d+/, "<peer>"),
    );
  }
  return lines;
}

redisTest("MONITOR shows what Redis shows", async () => {
  await using pair = await startPair();
  assert.deepEqual(
    await monitored(pair.subject),
    await monitored(pair.reference),
  );
});

redisTest("SLOWLOG records what Redis records", async () => {
  await using pair = await startPair({
    options: ["--slowlog-log-slower-than", "0"],
  });
  const read = async (server: TestServer) => {
    using client = await server.connect();
    await client.call("CLIENT", "SETNAME", "tester");
    await client.call("SLOWLOG", "RESET");
    await client.send("SET", "k", "v".repeat(200));
    await client.send(
      "MGET",
      ...Array.from({ length: 40 }, (_, at) => `k${at}`),
    );
    await client.send("GET");
    await client.send("NOSUCH");
    await client.send("AUTH", "secret");
    await client.send("CONFIG", "SET", "requirepass", "");
    await client.pipeline([["MULTI"], ["INCR", "n"], ["EXEC"]]);
    const entries = toPlain((await client.send("SLOWLOG", "GET", "-1")).value);
    assert(Array.isArray(entries));
    return entries.map((entry) => (entry as unknown[]).toSpliced(1, 2))
      .map((entry) => [...entry.slice(1, 2), entry.at(-1)]);
  };
  assert.deepEqual(await read(pair.subject), await read(pair.reference));
});

redisTest("INFO counts commands and errors as Redis does", async () => {
  await using pair = await startPair();
  const read = async (server: TestServer) => {
    using client = await server.connect();
    await client.call("CONFIG", "RESETSTAT");
    for (
      const command of [
        ["SET", "a", "x"],
        ["GET", "a"],
        ["GET", "nosuch"],
        ["GET"],
        ["INCR", "a"],
        ["NOSUCH"],
        ["CLIENT", "ID"],
        ["AUTH", "x", "y"],
        ["EXEC"],
        ["SET", "b", "x", "PXAT", "1"],
        ["EXISTS", "b"],
        ["DEL", "a"],
      ]
    ) await client.send(...command);
    const text = bytesToLatin1((await client.send("INFO", "everything")).raw);
    const wanted =
      /^(keyspace_(hits|misses)|expired_keys|total_error_replies|errorstat_\w+|cmdstat_\S+?|total_commands_processed|total_connections_received|db\d+|role|redis_mode|maxmemory_policy):/;
    return text.split("\r\n").filter((line) => wanted.test(line)).map((line) =>
      line.replace(/usec=\d+,usec_per_call=[\d.]+/, "usec=*")
    ).sort();
  };
  const expected = await read(pair.reference);
  assert.deepEqual(await read(pair.subject), expected);
});

redisTest("SHUTDOWN NOSAVE and SIGTERM end with exit code 0", async () => {
  for (const ending of ["SHUTDOWN", "SIGTERM"] as const) {
    const pair = await startPair();
    try {
      const codes = await Promise.all(
        [pair.reference, pair.subject].map(async (server) => {
          if (ending === "SIGTERM") server.signal("SIGTERM");
          else {
            using client = await server.connect();
            await client.send("SHUTDOWN", "NOSAVE").catch(() => undefined);
          }
          await sleep(10);
          return (await server.waitForExit()).code;
        }),
      );
      assert.deepEqual(codes, [0, 0], ending);
    } finally {
      await pair[Symbol.asyncDispose]();
    }
  }
});
