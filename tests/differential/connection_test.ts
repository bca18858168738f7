import assert from "node:assert/strict";
import {
  type Argument,
  concatBytes,
  encodeCommand,
  type PlainValue,
  printableBytes,
  redisTest,
  type RespClient,
  sleep,
  type TestServer,
} from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { startPair } from "./_pair.ts";
import type { Step } from "./_step.ts";

function onAnyConnection(sample: Sample, ...command: Argument[]): Step {
  return { connection: sample.random.integer(0, 2), command };
}

function hello(sample: Sample): Step {
  const { random } = sample;
  const version = random.pick(["2", "3", "2", "3", "1", "4", "", "x", "-1"]);
  const options = random.pick<Argument[]>([
    [],
    [],
    ["SETNAME", "name"],
    ["SETNAME", "bad name"],
    ["AUTH", "default", ""],
    ["AUTH", "nosuch", "x"],
    ["AUTH", "default"],
    ["NOSUCH"],
    ["AUTH", "default", "x", "SETNAME", "n"],
  ]);
  const command = random.chance(0.1) ? ["HELLO"] : [
    "HELLO",
    version,
    ...options,
  ];
  return onAnyConnection(sample, ...command);
}

function client(sample: Sample): Step {
  const { random } = sample;
  const name = random.pick<Argument>([
    ...["n", "", "with space", "new\nline", "ünicode", "x".repeat(100)],
    new Uint8Array([1, 2]),
  ]);
  const command = random.pick<Argument[]>([
    ["ID"],
    ["INFO"],
    ["LIST"],
    ["LIST", "TYPE", "NORMAL"],
    ["LIST", "TYPE", random.pick(["master", "replica", "PUBSUB", "slave"])],
    ["LIST", "TYPE", "nosuch"],
    ["LIST", "TYPE"],
    ["LIST", "ID", random.pick(["0", "-1", "x", "999999999"])],
    ["LIST", "ID"],
    ["LIST", "NOSUCH"],
    ["SETNAME", name],
    ["GETNAME"],
    ["NO-EVICT", random.pick(["ON", "OFF", "off", "x"])],
    ["UNPAUSE"],
    ["PAUSE", random.pick(["-1", "x", ""])],
    ["PAUSE", "1", "NOSUCH"],
    ["UNBLOCK", random.pick(["999999999", "x", "-1"])],
    ["UNBLOCK", "999999999", random.pick(["TIMEOUT", "ERROR", "x"])],
    ["KILL", "127.0.0.1:1"],
    ["KILL", "ID", random.pick(["999999999", "0", "-1", "x"])],
    ["KILL", "ADDR", "127.0.0.1:1", "LADDR", "127.0.0.1:2"],
    ["KILL", "TYPE", random.pick(["pubsub", "nosuch", "master"])],
    ["KILL", "USER", "nosuch"],
    ["KILL", "SKIPME", random.pick(["yes", "no", "x"]), "ID", "999999999"],
    ["KILL", "NOSUCH", "x"],
    ["KILL", "ID"],
    ["KILL"],
    ["REPLY", random.pick(["ON", "x"])],
    ["HELP"],
    ["NOSUCH"],
    [],
  ]);
  return onAnyConnection(sample, "CLIENT", ...command);
}

const COMMANDS: CommandChoices = [
  [3, (it) => onAnyConnection(it, "PING")],
  [3, (it) => onAnyConnection(it, "PING", it.value())],
  [1, (it) => onAnyConnection(it, "PING", "a", "b")],
  [3, (it) => onAnyConnection(it, "ECHO", it.value())],
  [1, (it) => onAnyConnection(it, "ECHO")],
  [3, (it) => onAnyConnection(it, "SELECT", it.integer())],
  [5, hello],
  [14, client],
  [2, (it) => onAnyConnection(it, "AUTH", "x")],
  [1, (it) => onAnyConnection(it, "AUTH", "default", "x")],
  [1, (it) => onAnyConnection(it, "AUTH", "nosuch", "x")],
  [1, (it) => onAnyConnection(it, "AUTH")],
  [1, (it) => onAnyConnection(it, "AUTH", "a", "b", "c")],
  [2, (it) => onAnyConnection(it, "RESET")],
  [1, (it) => onAnyConnection(it, "RESET", "x")],
  [2, (it) => onAnyConnection(it, "MULTI")],
  [2, (it) => onAnyConnection(it, "EXEC")],
  [2, (it) => onAnyConnection(it, "SET", it.key(), it.value())],
  [2, (it) => onAnyConnection(it, "GET", it.key())],
];

differentialGroup({
  name: "connection commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
});

differentialGroup({
  name: "connection commands with a password",
  server: { options: ["--requirepass", "secret"] },
  prelude: [["AUTH", "secret"]],
  commandCount: 600,
  sequenceLength: 25,
  generate: (random, length) =>
    generateSequence(random, length, [
      [4, (it) =>
        onAnyConnection(
          it,
          "AUTH",
          it.random.pick(["secret", "wrong", "", "secret\0"]),
        )],
      [2, (it) =>
        onAnyConnection(
          it,
          "AUTH",
          it.random.pick(["default", "nosuch", ""]),
          it.random.pick(["secret", "wrong"]),
        )],
      [3, (it) =>
        onAnyConnection(
          it,
          "HELLO",
          it.random.pick(["2", "3", "4"]),
          "AUTH",
          it.random.pick(["default", "nosuch"]),
          it.random.pick(["secret", "wrong"]),
        )],
      ...COMMANDS,
    ]),
});

/** Bytes sent, and the whole stream that comes back, on both servers. */
async function assertSameStream(
  connect: readonly (() => Promise<RespClient>)[],
  label: string,
  request: Uint8Array,
): Promise<void> {
  const answers = await Promise.all(connect.map(async (open) => {
    using client = await open();
    await client.write(request);
    const { bytes, closed } = await client.readRaw({ quietMs: 250 });
    return `${printableBytes(bytes, 2000)}${closed ? ", then closed" : ""}`;
  }));
  assert.equal(answers[1], answers[0], label);
}

redisTest("CLIENT REPLY, QUIT and pipelines end alike", async (context) => {
  await using pair = await startPair();
  const connect = [
    () => pair.reference.connect(),
    () => pair.subject.connect(),
  ];
  const scripts: Record<string, Argument[][]> = {
    "replies off and on": [
      ["CLIENT", "REPLY", "OFF"],
      ["PING"],
      ["NOSUCH"],
      ["CLIENT", "REPLY", "ON"],
      ["PING"],
    ],
    "skipping one reply": [["CLIENT", "REPLY", "SKIP"], ["PING"], [
      "ECHO",
      "a",
    ]],
    "skip twice": [
      ["CLIENT", "REPLY", "SKIP"],
      ["CLIENT", "REPLY", "SKIP"],
      ["PING"],
      ["PING", "x"],
    ],
    "skip while off": [
      ["CLIENT", "REPLY", "OFF"],
      ["CLIENT", "REPLY", "SKIP"],
      ["PING"],
      ["PING"],
    ],
    "quit drops the rest": [["PING"], ["QUIT"], ["SET", "a", "b"]],
    "quit in a transaction": [["MULTI"], ["SET", "a", "1"], ["QUIT"], ["PING"]],
    "quit with arguments": [["QUIT", "now"], ["PING"]],
    "reset leaves a name, a database and a transaction": [
      ["CLIENT", "SETNAME", "n"],
      ["SELECT", "3"],
      ["MULTI"],
      ["RESET"],
      ["CLIENT", "GETNAME"],
      ["GET", "nosuch"],
    ],
    "killing oneself by filter": [
      ["CLIENT", "KILL", "SKIPME", "no", "TYPE", "normal"],
      ["PING"],
    ],
    "a null in each protocol": [
      ["GET", "nosuch"],
      ["MGET", "nosuch"],
      ["RANDOMKEY"],
    ],
  };
  for (const [label, commands] of Object.entries(scripts)) {
    await context.step(label, async () => {
      const request = commands.map(encodeCommand);
      await assertSameStream(connect, label, concatBytes(request));
    });
  }
});

/** What the clients of a server see when one of them kills or pauses others. */
async function killingAndPausing(server: TestServer): Promise<string[]> {
  const seen: string[] = [];
  const note = (label: string, value: PlainValue) =>
    seen.push(`${label}: ${value}`);
  using admin = await server.connect();
  const victims = await Promise.all(
    Array.from({ length: 4 }, () => server.connect()),
  );
  const ids: PlainValue[] = [];
  for (const victim of victims) ids.push(await victim.call("CLIENT", "ID"));
  const isClosed = async (victim: RespClient) =>
    await victim.call("PING").then(() => false, () => true);
  note("kill by id", await admin.call("CLIENT", "KILL", "ID", String(ids[0])));
  note("closed", await isClosed(victims[0]));
  const address = `127.0.0.1:${victims[1].localPort}`;
  note("kill by old form", await admin.call("CLIENT", "KILL", address));
  note("closed", await isClosed(victims[1]));
  note("addr", await admin.call("CLIENT", "KILL", "ADDR", address));
  note(
    "two filters that disagree",
    await admin.call(
      ...["CLIENT", "KILL", "ADDR", `127.0.0.1:${victims[2].localPort}`],
      ...["ID", String(ids[3])],
    ),
  );
  note("still open", await isClosed(victims[2]));
  const listed = String(
    await admin.call("CLIENT", "LIST", "ID", String(ids[2]), String(ids[3])),
  );
  note("listed", listed.trim().split("\n").length);

  const elapsedOver = async (limitMs: number, ...command: Argument[]) => {
    const startMs = performance.now();
    const value = await victims[2].call(...command);
    return `${value} ${performance.now() - startMs >= limitMs}`;
  };
  await admin.call("CLIENT", "PAUSE", 250, "WRITE");
  note("reading while writes pause", await elapsedOver(200, "GET", "k"));
  note("writing while writes pause", await elapsedOver(150, "SET", "k", "v"));
  await admin.call("CLIENT", "PAUSE", 250);
  note("reading while all pause", await elapsedOver(150, "GET", "k"));
  await admin.call("CLIENT", "PAUSE", 30_000, "WRITE");
  const waiting = victims[2].call("INCR", "n");
  await sleep(30);
  note("unpause", await admin.call("CLIENT", "UNPAUSE"));
  note("the paused command then runs", await waiting);
  for (const victim of victims) victim.close();
  return seen;
}

redisTest("CLIENT KILL and CLIENT PAUSE act as in Redis", async () => {
  await using pair = await startPair();
  const [expected, got] = await Promise.all([
    killingAndPausing(pair.reference),
    killingAndPausing(pair.subject),
  ]);
  assert.deepEqual(got, expected);
});
