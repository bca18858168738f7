/** DEBUG, MONITOR and COMMAND where their replies can be compared whole. */

import { strict as assert } from "node:assert";
import {
  type Argument,
  bytesToLatin1,
  redisTest,
  SeededRandom,
  testSeed,
  type TestServer,
} from "../_support/mod.ts";
import { startPair } from "./_pair.ts";

/** What every server replies to the commands, byte for byte. */
async function replies(
  server: TestServer,
  protocol: number,
  commands: readonly (readonly Argument[])[],
): Promise<string[]> {
  using client = await server.connect();
  await client.call("HELLO", protocol);
  const received = await client.pipeline(commands);
  return received.map(({ raw }) => bytesToLatin1(raw));
}

/** Strings of all encodings, with and without expiry, in several databases. */
function randomData(random: SeededRandom): Argument[][] {
  const commands: Argument[][] = [];
  for (let index = 0; index < 300; index++) {
    if (random.chance(0.1)) commands.push(["SELECT", random.integer(0, 5)]);
    const value = random.pick<() => Argument>([
      () => random.integer(-1e9, 1e9),
      () => random.bytes(random.integer(0, 60)),
      () => random.bytes(random.integer(1000, 3000)),
      () => `0${random.integer(0, 99)}`,
    ])();
    const key = random.chance(0.5)
      ? `key:${index}`
      : random.bytes(random.integer(1, 300));
    commands.push(["SET", key, value]);
    if (random.chance(0.3)) commands.push(["PEXPIRE", key, 1e7]);
    if (random.chance(0.1)) commands.push(["APPEND", key, "more"]);
  }
  return commands;
}

redisTest(
  "DEBUG DIGEST is that of a redis-server with the same data",
  async () => {
    const seed = testSeed();
    const random = new SeededRandom(seed);
    await using pair = await startPair();
    const commands: Argument[][] = [
      ["DEBUG", "DIGEST"],
      ...randomData(random),
      ["DEBUG", "DIGEST"],
      ["SELECT", 0],
      ["DEBUG", "DIGEST-VALUE", "key:1", "key:2", "key:3", "no such key"],
      ["DEBUG", "DIGEST-VALUE"],
      ["DEBUG", "POPULATE", 100],
      ["DEBUG", "POPULATE", 50, "pre\u00e9"],
      ["DEBUG", "POPULATE", 5, "long".repeat(40), 2000],
      ["DEBUG", "POPULATE", 5, "short", 3],
      ["DEBUG", "DIGEST"],
      ["SWAPDB", 0, 1],
      ["DEBUG", "DIGEST"],
      ["FLUSHALL"],
      ["DEBUG", "DIGEST"],
    ];
    assert.deepEqual(
      await replies(pair.subject, 2, commands),
      await replies(pair.reference, 2, commands),
      `seed ${seed}`,
    );
  },
);

redisTest(
  "time goes on within a pipeline while a command takes long",
  async () => {
    await using pair = await startPair();
    const commands: Argument[][] = [
      ["SET", "k", "v", "PX", "50"],
      ["GET", "k"],
      ["DEBUG", "SLEEP", "0.1"],
      ["GET", "k"],
      ["EXISTS", "k"],
    ];
    assert.deepEqual(
      await replies(pair.subject, 3, commands),
      await replies(pair.reference, 3, commands),
    );
  },
);

const DEBUG_COMMANDS: readonly (readonly Argument[])[] = [
  ..."string integer double bignum null array set map".split(" "),
  ..."attrib push verbatim true false nosuch STRING".split(" "),
].map((type) => ["DEBUG", "PROTOCOL", type]);

const OTHER_COMMANDS: readonly (readonly Argument[])[] = [
  ["DEBUG"],
  ["DEBUG", "NOSUCH"],
  ["debug", "nosuch\0x", "y"],
  ["DEBUG", "PROTOCOL"],
  ["DEBUG", "SLEEP", "0.001"],
  ["DEBUG", "SLEEP", "x"],
  ["DEBUG", "SLEEP"],
  ["DEBUG", "ERROR", "CODE with\r\nlines"],
  ["DEBUG", "ERROR", ""],
  ["DEBUG", "LOG", "text"],
  ["DEBUG", "SET-ACTIVE-EXPIRE", "0"],
  ["DEBUG", "SET-ACTIVE-EXPIRE", "1x"],
  ["DEBUG", "SET-ACTIVE-EXPIRE"],
  ["DEBUG", "PAUSE-CRON", "0"],
  ["DEBUG", "SET-DISABLE-DENY-SCRIPTS", "1"],
  ["DEBUG", "OBJECT", "nosuch"],
  ["DEBUG", "SDSLEN", "nosuch"],
  ["SET", "n", "12"],
  ["DEBUG", "SDSLEN", "n"],
  ["DEBUG", "HTSTATS", "x"],
  ["DEBUG", "HTSTATS", "-1"],
  ["DEBUG", "HTSTATS", "16"],
  ["DEBUG", "POPULATE", "x"],
  ["DEBUG", "POPULATE", "-1"],
  ["DEBUG", "POPULATE", "1", "p", "-1"],
  ["DEBUG", "POPULATE", "1", "p", "1", "x"],
  ["DEBUG", "RESTART", "x"],
  ["DEBUG", "RELOAD", "NOSUCH"],
  ["DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "never"],
  ["DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "RESET"],
  ["DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "100"],
  ["DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "x"],
  ["DEBUG", "REPLYBUFFER", "RESIZING", "1"],
  ["DEBUG", "REPLYBUFFER", "NOSUCH", "1"],
  ["DEBUG", "REPLYBUFFER"],
  ["DEBUG", "CHANGE-REPL-ID"],
  ["DEBUG", "CONFIG-REWRITE-FORCE-ALL", "x"],
  ["COMMAND", "HELP"],
  ["command", "help"],
  ["CONFIG", "HELP"],
  ["CONFIG", "HELP", "x"],
  ["COMMAND", "INFO", "get", "NOSUCH", "config|get", "get|x", "config|get|x"],
  ["COMMAND", "INFO", "set", "copy", "object|encoding", "exec", "lcs"],
  ["COMMAND", "DOCS", "get", "nosuch", "copy", "lcs", "getex", "debug"],
  ["COMMAND", "GETKEYS", "MEMORY", "USAGE", "k"],
  ["COMMAND", "GETKEYS", "MEMORY", "NOSUCH", "k"],
  ["COMMAND", "GETKEYS", "OBJECT", "HELP"],
  ["COMMAND", "GETKEYS", "CONFIG", "GET", "x"],
  ["COMMAND", "LIST", "FILTERBY", "PATTERN", "xxx"],
  ["COMMAND", "LIST", "FILTERBY", "ACLCAT", "nosuch"],
  ["COMMAND", "LIST", "FILTERBY", "MODULE", "nosuch", "x"],
  ["SHUTDOWN", "ABORT"],
  ["SHUTDOWN", "ABORT", "NOSAVE"],
  ["SHUTDOWN", "NOSAVE", "NOW", "SAVE"],
  ["SHUTDOWN", "x"],
  ["MULTI"],
  ["MONITOR"],
  ["SHUTDOWN"],
  ["EXEC"],
  ["MULTI"],
  ["MONITOR"],
  ["EXEC"],
];

for (const protocol of [2, 3]) {
  redisTest(
    `server commands reply byte for byte as Redis's do in RESP${protocol}`,
    async () => {
      await using pair = await startPair();
      const commands = [...DEBUG_COMMANDS, ...OTHER_COMMANDS];
      const [got, expected] = await Promise.all([
        replies(pair.subject, protocol, commands),
        replies(pair.reference, protocol, commands),
      ]);
      commands.forEach((command, index) =>
        assert.equal(got[index], expected[index], JSON.stringify(command))
      );
    },
  );
}

redisTest("a client that monitors may do what it may in Redis", async () => {
  await using pair = await startPair();
  const commands: Argument[][] = [
    ["SET", "k", "v"],
    ["MONITOR"],
    ["MONITOR"],
    ["GET", "k"],
    ["SET", "k", "w"],
    ["PING"],
    ["SELECT", "1"],
    ["MULTI"],
    ["PING"],
    ["EXEC"],
    ["RESET"],
    ["GET", "k"],
  ];
  const run = async (server: TestServer) => {
    using client = await server.connect();
    for (const command of commands) {
      const text = command.map((word) =>
        `$${String(word).length}\r\n${word}\r\n`
      )
        .join("");
      await client.write(
        new TextEncoder().encode(`*${command.length}\r\n${text}`),
      );
    }
    const { bytes } = await client.readRaw({ quietMs: 300 });
    return bytesToLatin1(bytes)
      .replaceAll(/\d+\.\d{6}/g, "<time>")
      .replaceAll(/127\.0\.0\.1:\d+/g, "<peer>");
  };
  assert.equal(await run(pair.subject), await run(pair.reference));
});
