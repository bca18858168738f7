import { strict as assert } from "node:assert";
import {
  type Argument,
  redisTest,
  SeededRandom,
  testSeed,
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

/** Elements that meet each other often, and others of all kinds. */
function element(sample: Sample): Argument {
  return sample.random.chance(0.6)
    ? sample.random.pick(["a", "b", "c", "1", "2", "300", "-7", "", "70000"])
    : sample.value();
}

function elements(sample: Sample): Argument[] {
  const count = sample.random.integer(1, 6);
  return Array.from({ length: count }, () => element(sample));
}

function index(sample: Sample): string {
  return sample.random.chance(0.9)
    ? String(sample.random.integer(-12, 12))
    : sample.integer();
}

function end(sample: Sample): Argument {
  const word = sample.random.chance(0.97)
    ? sample.random.pick(["LEFT", "RIGHT"])
    : "MIDDLE";
  return sample.mixCase(word);
}

function count(sample: Sample): string {
  return sample.random.chance(0.9)
    ? String(sample.random.integer(0, 5))
    : sample.integer();
}

/** A command that may wait, as it is: with another timeout it might wait for long. */
function waiting(...command: Argument[]): Step {
  return { command };
}

function timeout(sample: Sample): string {
  return sample.random.pick([
    ..."0.001 0.01 .002 -1 -0.1 abc 1e-3 nan 0x".split(" "),
  ]);
}

function manyKeys(sample: Sample): Argument[] {
  const keys = sample.keys(3);
  const numkeys = sample.random.chance(0.9) ? keys.length : sample.integer();
  return [
    numkeys,
    ...keys,
    end(sample),
    ...sample.options([["COUNT", count(sample)]]),
  ];
}

function lpos(sample: Sample): Argument[] {
  return [
    "LPOS",
    sample.key(),
    element(sample),
    ...sample.options([
      ["RANK", index(sample)],
      ["COUNT", count(sample)],
      ["MAXLEN", count(sample)],
    ]),
  ];
}

const COMMANDS: CommandChoices = [
  [8, (it) => ["RPUSH", it.key(), ...elements(it)]],
  [8, (it) => ["LPUSH", it.key(), ...elements(it)]],
  [2, (it) => ["RPUSHX", it.key(), ...elements(it)]],
  [2, (it) => ["LPUSHX", it.key(), ...elements(it)]],
  [2, (it) => ["LPOP", it.key()]],
  [2, (it) => ["RPOP", it.key()]],
  [2, (it) => ["LPOP", it.key(), count(it)]],
  [2, (it) => ["RPOP", it.key(), count(it)]],
  [2, (it) => ["LLEN", it.key()]],
  [3, (it) => ["LINDEX", it.key(), index(it)]],
  [3, (it) => ["LRANGE", it.key(), index(it), index(it)]],
  [4, (it) => ["LSET", it.key(), index(it), element(it)]],
  [4, (it) => [
    "LINSERT",
    it.key(),
    it.mixCase(it.random.pick(["BEFORE", "AFTER", "AFTER", "BESIDE"])),
    element(it),
    element(it),
  ]],
  [3, (it) => ["LREM", it.key(), index(it), element(it)]],
  [2, (it) => ["LTRIM", it.key(), index(it), index(it)]],
  [4, lpos],
  [3, (it) => ["LMOVE", it.key(), it.key(), end(it), end(it)]],
  [2, (it) => ["RPOPLPUSH", it.key(), it.key()]],
  [2, (it) => ["LMPOP", ...manyKeys(it)]],
  [0.4, (it) => waiting("BLPOP", ...it.keys(3), timeout(it))],
  [0.4, (it) => waiting("BRPOP", ...it.keys(3), timeout(it))],
  [0.4, (it) => {
    const keys = [it.key(), it.key()];
    return waiting("BLMOVE", ...keys, end(it), end(it), timeout(it));
  }],
  [0.4, (it) => waiting("BRPOPLPUSH", it.key(), it.key(), timeout(it))],
  [0.4, (it) => waiting("BLMPOP", timeout(it), ...manyKeys(it))],
  [1, (it) => ["SET", it.key(), it.value()]],
  [1, (it) => ["OBJECT", "ENCODING", it.key()]],
  [1, (it) => ["COPY", it.key(), it.key(), "REPLACE"]],
  [1, (it) => ["RENAME", it.key(), it.key()]],
  [1, (it) => ["DEBUG", "DIGEST-VALUE", it.key()]],
  [1, (it) => ["TYPE", it.key()]],
  [0.5, (it) => ["DEL", it.key()]],
];

const SHAPES: Readonly<Record<string, readonly string[]>> = {
  "list commands": [],
  "lists of small nodes": ["--list-max-listpack-size", "3"],
  "lists of small compressed nodes": [
    ...["--list-max-listpack-size", "2", "--list-compress-depth", "1"],
  ],
  "lists of nodes of 4 KiB": [
    ...["--list-max-listpack-size", "-1", "--list-compress-depth", "2"],
  ],
};

for (const [name, options] of Object.entries(SHAPES)) {
  differentialGroup({
    name,
    alsoWithLaneClosed: options.length === 0,
    server: { options },
    generate: (random, length) => generateSequence(random, length, COMMANDS),
  });
}

/** What DEBUG OBJECT says of the nodes of a list once the commands have run. */
async function nodeFigures(
  server: TestServer,
  commands: readonly Argument[][],
): Promise<string[]> {
  using client = await server.connect();
  const figures: string[] = [];
  for (const command of commands) {
    await client.call(...command);
    const { raw } = await client.send("DEBUG", "OBJECT", "l");
    const text = new TextDecoder().decode(raw);
    figures.push(/ql_nodes.*/.exec(text)?.[0] ?? text);
  }
  return figures;
}

redisTest("nodes are filled at both ends as Redis fills them", async () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  for (const options of Object.values(SHAPES)) {
    await using pair = await startPair({ options });
    const commands: Argument[][] = [];
    for (let i = 0; i < 150; i++) {
      const end = random.pick(["L", "R"]);
      const size = random.pick([1, 5, 20, 300, 2000]);
      const values = Array.from(
        { length: random.integer(1, 20) },
        () =>
          random.chance(0.5)
            ? random.integer(-1e9, 1e9)
            : random.bytes(random.integer(0, size)),
      );
      commands.push([`${end}PUSH`, "l", ...values]);
      if (random.chance(0.3)) {
        commands.push([`${end}POP`, "l", random.integer(1, 10)]);
      }
    }
    const expected = await nodeFigures(pair.reference, commands);
    const got = await nodeFigures(pair.subject, commands);
    assert.deepEqual(got, expected, `AIKV_TEST_SEED=${seed}, ${options}`);
  }
});

redisTest(
  "DEBUG QUICKLIST-PACKED-THRESHOLD takes what Redis takes",
  async () => {
    await using pair = await startPair();
    for (const size of ["1b", "100", "0", "4gb", "4096mb", "x", "-1", "5kb"]) {
      const command = ["DEBUG", "QUICKLIST-PACKED-THRESHOLD", size];
      const replies: string[] = [];
      for (const server of [pair.reference, pair.subject]) {
        using client = await server.connect();
        const { raw } = await client.send(...command);
        replies.push(new TextDecoder().decode(raw));
      }
      assert.equal(replies[1], replies[0], size);
    }
  },
);
