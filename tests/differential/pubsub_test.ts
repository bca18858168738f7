/**
 * Publish/subscribe, keyspace notifications and client-side caching: what every
 * connection receives, against redis-server.
 */

import assert from "node:assert/strict";
import {
  type Argument,
  redisTest,
  SeededRandom,
  testSeed,
} from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { type Pair, type Protocol, startPair } from "./_pair.ts";
import { type Act, compareTranscripts } from "./_transcript.ts";

const SEQUENCES = Number(Deno.env.get("AIKV_DIFF_SEQUENCES") ?? 25);
const ACTS = 40;

const SETUP: readonly (readonly Argument[])[] = [
  ["FLUSHALL"],
  ["DEBUG", "SET-ACTIVE-EXPIRE", 0],
];

interface Scenario {
  readonly name: string;
  /** By connection. */
  readonly protocols: readonly Protocol[];
  readonly setup: (random: SeededRandom) => readonly (readonly Argument[])[];
  readonly acts: (random: SeededRandom) => Act[];
}

function transcriptTest(scenario: Scenario): void {
  redisTest(scenario.name, async () => {
    await using pair = await startPair();
    const seed = testSeed();
    const random = new SeededRandom(seed);
    for (let round = 0; round < SEQUENCES; round++) {
      const difference = await runOnce(pair, scenario, random.fork());
      assert(difference === undefined, `seed ${seed}: ${difference}`);
    }
  });
}

async function runOnce(
  pair: Pair,
  { protocols, setup, acts }: Scenario,
  random: SeededRandom,
): Promise<string | undefined> {
  const commands = [...SETUP, ...setup(random)];
  const made = acts(random);
  return await compareTranscripts(pair, protocols, commands, made);
}

// ------------------------------------------------------- publish/subscribe

const CHANNELS = ["a1", "a2", "b1", "xc", "", "канал", "other"];
/** No channel matches two: Redis keeps patterns in no order. */
const PATTERNS = ["a*", "b[1-3]", "?c", "nosuch*"];

const PUBSUB_COMMANDS: readonly (readonly [
  number,
  (random: SeededRandom) => Argument[][],
])[] = [
  [6, (it) => [["SUBSCRIBE", ...several(it, CHANNELS)]]],
  [3, (it) => [["PSUBSCRIBE", ...several(it, PATTERNS)]]],
  [3, (it) => [["SSUBSCRIBE", ...several(it, CHANNELS)]]],
  [4, (it) => [["UNSUBSCRIBE", ...several(it, CHANNELS)]]],
  [2, (it) => [["PUNSUBSCRIBE", ...several(it, PATTERNS)]]],
  [2, (it) => [["SUNSUBSCRIBE", ...several(it, CHANNELS)]]],
  [12, (it) => [["PUBLISH", it.pick(CHANNELS), it.bytes(it.integer(0, 50))]]],
  [4, (it) => [["SPUBLISH", it.pick(CHANNELS), "m"]]],
  [2, (it) => [["PUBSUB", "NUMSUB", ...several(it, CHANNELS)]]],
  [2, (it) => [["PUBSUB", "SHARDNUMSUB", ...several(it, CHANNELS)]]],
  [1, () => [["PUBSUB", "NUMPAT"]]],
  [1, () => [["PUBSUB", "CHANNELS", "a1"]]],
  [1, () => [["PUBSUB", "CHANNELS", "a", "b"]]],
  [2, (it) => [["PING"], ["PING", it.pick(CHANNELS)], ["ping", "a", "b"]]],
  [2, () => [["GET", "x"]]],
  [1, () => [["NOSUCH"], ["CLIENT", "LIST", "x"], ["ECHO"]]],
  [1, () => [["RESET"]]],
  [1, () => [["HELLO", 3]]],
  [1, () => [["HELLO", 2]]],
  [2, (it) => [
    // In RESP2 the subscriber could not turn replies on again.
    ["HELLO", 3],
    ["CLIENT", "REPLY", "OFF"],
    ["SUBSCRIBE", it.pick(CHANNELS)],
    ["PUBLISH", it.pick(CHANNELS), "unheard reply"],
    ["CLIENT", "REPLY", "ON"],
  ]],
  [1, (it) => [
    ["CLIENT", "REPLY", "SKIP"],
    ["PSUBSCRIBE", it.pick(PATTERNS)],
  ]],
  [3, (it) => [
    ["MULTI"],
    ["PUBLISH", it.pick(CHANNELS), "in a transaction"],
    ["SUBSCRIBE", it.pick(CHANNELS)],
    ["SSUBSCRIBE", it.pick(CHANNELS)],
    ["SET", "key", "value"],
    ["UNSUBSCRIBE", it.pick(CHANNELS)],
    ["EXEC"],
  ]],
];

function several<T>(random: SeededRandom, choices: readonly T[]): T[] {
  const count = random.integer(1, 3);
  return Array.from({ length: count }, () => random.pick(choices));
}

function draw(
  random: SeededRandom,
  choices: typeof PUBSUB_COMMANDS,
  connections: number,
): Act[] {
  return Array.from({ length: ACTS }, () => ({
    connection: random.integer(0, connections - 1),
    commands: Array.from(
      { length: random.integer(1, 3) },
      () => random.pickWeighted(choices)(random),
    ).flat(),
  }));
}

transcriptTest({
  name: "subscribers receive what Redis's do, in the same order",
  protocols: [2, 3, 2, 3],
  setup: () => [],
  acts: (random) => draw(random, PUBSUB_COMMANDS, 4),
});

// ---------------------------------------------------- keyspace notifications

const KEY_COMMANDS: CommandChoices = [
  [10, (it) => ["SET", it.key(), it.value(), ...it.options([["NX"], ["XX"]])]],
  [3, (it) => ["SET", it.key(), it.value(), ...it.expiry()]],
  [2, (it) => ["SET", it.key(), it.value(), "GET"]],
  [4, (it) => ["GET", it.key()]],
  [3, (it) => ["GETEX", it.key(), ...it.expiry()]],
  [2, (it) => ["GETEX", it.key(), "PERSIST"]],
  [3, (it) => ["GETDEL", it.key()]],
  [2, (it) => ["GETSET", it.key(), it.value()]],
  [2, (it) => ["MGET", ...it.keys(4)]],
  [2, (it) => ["MSET", it.key(), it.value(), it.key(), it.value()]],
  [2, (it) => ["MSETNX", it.key(), it.value(), it.key(), it.value()]],
  [2, (it) => ["SETNX", it.key(), it.value()]],
  [2, (it) => ["SETEX", it.key(), it.relativeSeconds(), it.value()]],
  [2, (it) => ["PSETEX", it.key(), it.relativeMs(), it.value()]],
  [3, (it) => ["APPEND", it.key(), it.value()]],
  [2, (it) => ["SETRANGE", it.key(), it.random.integer(0, 50), it.value()]],
  [2, (it) => ["STRLEN", it.key()]],
  [2, (it) => ["GETRANGE", it.key(), it.offset(), it.offset()]],
  [3, (it) => ["INCR", it.key()]],
  [2, (it) => ["DECRBY", it.key(), it.integer()]],
  [2, (it) => ["INCRBYFLOAT", it.key(), it.float()]],
  [1, (it) => ["LCS", it.key(), it.key()]],
  [4, (it) => ["DEL", ...it.keys(3)]],
  [2, (it) => ["UNLINK", ...it.keys(3)]],
  [2, (it) => ["EXISTS", ...it.keys(3)]],
  [1, (it) => ["TOUCH", ...it.keys(3)]],
  [1, (it) => ["TYPE", it.key()]],
  [1, (it) => ["OBJECT", "ENCODING", it.key()]],
  [3, (it) => ["RENAME", it.key(), it.key()]],
  [2, (it) => ["RENAMENX", it.key(), it.key()]],
  [3, (it) => ["COPY", it.key(), it.key(), ...it.options([["REPLACE"]])]],
  [2, (it) => ["MOVE", it.key(), it.random.pick(["0", "1", "2"])]],
  [2, (it) => ["SELECT", it.random.pick(["0", "1"])]],
  [3, (it) => ["EXPIRE", it.key(), it.relativeSeconds()]],
  [2, (it) => ["EXPIRE", it.key(), it.relativeSeconds(), "NX"]],
  [2, (it) => ["PEXPIRE", it.key(), it.relativeMs()]],
  [3, (it) => ["EXPIREAT", it.key(), it.absoluteSeconds()]],
  [2, (it) => ["PEXPIREAT", it.key(), it.absoluteMs()]],
  [2, (it) => ["PERSIST", it.key()]],
  [1, () => ["FLUSHDB"]],
  [1, () => ["SWAPDB", "0", "1"]],
];

const COLLECTION_COMMANDS: CommandChoices = [
  [4, (it) => ["SADD", setKey(it), it.random.integer(0, 5)]],
  [3, (it) => ["SREM", setKey(it), ...members(it)]],
  [2, (it) => ["SMOVE", setKey(it), setKey(it), it.random.integer(0, 5)]],
  [2, (it) => ["SPOP", setKey(it), 99]],
  [2, (it) => ["SMEMBERS", setKey(it)]],
  [2, (it) => ["SUNIONSTORE", setKey(it), setKey(it), setKey(it)]],
  [2, (it) => ["SINTERSTORE", setKey(it), setKey(it), setKey(it)]],
  [1, (it) => ["SDIFFSTORE", setKey(it), setKey(it), setKey(it)]],
  [2, (it) => ["RENAME", setKey(it), it.key()]],
  [2, (it) => ["SETBIT", it.key(), it.random.integer(0, 40), 1]],
  [1, (it) => ["BITFIELD", it.key(), "SET", "u8", 0, 255]],
  [2, (it) => ["BITOP", "OR", it.key(), it.key(), it.key()]],
  [1, (it) => ["BITCOUNT", it.key()]],
  [2, (it) => ["PFADD", "hll", it.random.integer(0, 9)]],
  [1, () => ["PFMERGE", "hll2", "hll"]],
  [3, (it) => [it.random.pick(["LPUSH", "RPUSH"]), listKey(it), 1, 2]],
  [1, (it) => [it.random.pick(["LPUSHX", "RPUSHX"]), listKey(it), 3]],
  [3, (it) => [it.random.pick(["LPOP", "RPOP"]), listKey(it)]],
  [1, (it) => ["LPOP", listKey(it), 2]],
  [2, (it) => ["LMOVE", listKey(it), listKey(it), "LEFT", "RIGHT"]],
  [1, (it) => ["RPOPLPUSH", listKey(it), listKey(it)]],
  [1, (it) => ["LMPOP", 2, listKey(it), listKey(it), "LEFT", "COUNT", 2]],
  [1, (it) => ["BLPOP", listKey(it), listKey(it), 0.01]],
  [1, (it) => ["LTRIM", listKey(it), 1, 2]],
  [1, (it) => ["LREM", listKey(it), 1, 1]],
  [1, (it) => ["LSET", listKey(it), 0, 7]],
  [1, (it) => ["LINSERT", listKey(it), "AFTER", 1, 9]],
  [1, (it) => ["SORT", listKey(it), "STORE", listKey(it)]],
  [3, (it) => ["HSET", "hash", it.random.integer(0, 5), 1]],
  [1, (it) => ["HSETNX", "hash", it.random.integer(0, 5), 1]],
  [1, (it) => ["HINCRBY", "hash", it.random.integer(0, 5), 2]],
  [1, (it) => ["HINCRBYFLOAT", "hash", it.random.integer(0, 5), 0.5]],
  [3, (it) => ["HDEL", "hash", ...members(it)]],
  [1, (it) => ["HGET", "hash", it.random.integer(0, 5)]],
  [
    3,
    (it) => ["XADD", "stream", "MAXLEN", it.random.integer(0, 3), "*", "f", 1],
  ],
  [1, () => ["XGROUP", "CREATE", "stream", "g", "$", "MKSTREAM"]],
  [1, () => ["XGROUP", "DESTROY", "stream", "g"]],
  [1, () => ["XGROUP", "CREATECONSUMER", "stream", "g", "c"]],
  [1, () => ["XGROUP", "DELCONSUMER", "stream", "g", "c"]],
  [1, () => ["XGROUP", "SETID", "stream", "g", "0"]],
  [1, () => ["XREADGROUP", "GROUP", "g", "d", "STREAMS", "stream", ">"]],
  [1, () => ["XTRIM", "stream", "MAXLEN", 1]],
  [1, () => ["XSETID", "stream", "99999999999999-0"]],
];

function setKey({ random }: Sample): string {
  return random.pick(["set1", "set2", "set3"]);
}

function listKey({ random }: Sample): string {
  return random.pick(["list1", "list2"]);
}

function members({ random }: Sample): number[] {
  return [random.integer(0, 5), random.integer(0, 5)];
}

const CLASSES = [
  "Ksg$",
  "KEA",
  "KEAmn",
  "KE$",
  "Kg$",
  "Exg",
  "Amn",
  "EKmn",
  "K$n",
  "",
];

function eventActs(random: SeededRandom): Act[] {
  const acts: Act[] = [
    { connection: 0, commands: [["PSUBSCRIBE", "__key*"]] },
    { connection: 1, commands: [["PSUBSCRIBE", "*"]] },
    { connection: 2, commands: [["SUBSCRIBE", "__keyevent@0__:set"]] },
  ];
  acts.push(...keyActs(random, 3, [...KEY_COMMANDS, ...COLLECTION_COMMANDS]));
  return acts;
}

/** Commands on keys, some of them within transactions. */
function keyActs(
  random: SeededRandom,
  connection: number,
  choices: CommandChoices,
): Act[] {
  const steps = generateSequence(random, ACTS, choices);
  const acts: Act[] = [];
  while (steps.length > 0) {
    const isTransaction = random.chance(0.1);
    const count = isTransaction ? random.integer(1, 4) : 1;
    const commands = steps.splice(0, count).map(({ command }) => [...command]);
    acts.push({
      connection,
      commands: isTransaction ? [["MULTI"], ...commands, ["EXEC"]] : commands,
    });
  }
  return acts;
}

transcriptTest({
  name: "keyspace notifications are those of Redis, in the same order",
  protocols: [2, 3, 2, 2],
  setup: (
    random,
  ) => [["CONFIG", "SET", "notify-keyspace-events", random.pick(CLASSES)]],
  acts: eventActs,
});

transcriptTest({
  name: "a RESP3 client receives the events of its own commands as with Redis",
  protocols: [3],
  setup: () => [["CONFIG", "SET", "notify-keyspace-events", "KEAmn"]],
  acts: (random) => [
    { connection: 0, commands: [["PSUBSCRIBE", "__keye*"]] },
    ...keyActs(random, 0, KEY_COMMANDS),
  ],
});

// ------------------------------------------------------- client-side caching

const KEYS = ["a", "b", "ab", "c", "k:1", "k:2"];

const READS: typeof PUBSUB_COMMANDS = [
  [8, (it) => [["GET", it.pick(KEYS)]]],
  [3, (it) => [["MGET", ...several(it, KEYS)]]],
  [2, (it) => [["STRLEN", it.pick(KEYS)], ["EXISTS", ...several(it, KEYS)]]],
  [2, (it) => [["MULTI"], ["GET", it.pick(KEYS)], ["EXEC"]]],
  [1, (it) => [["SINTERCARD", 2, it.pick(KEYS), it.pick(KEYS)]]],
  [1, (it) => [["SORT_RO", it.pick(KEYS)], ["BITCOUNT", it.pick(KEYS)]]],
  [1, () => [["SMEMBERS", "set"], ["LRANGE", "list", 0, -1]]],
  [1, () => [["HGETALL", "hash"], ["XRANGE", "stream", "-", "+"]]],
];
const WRITES: typeof PUBSUB_COMMANDS = [
  [8, (it) => [["SET", it.pick(KEYS), it.integer(0, 9)]]],
  [2, (it) => [["MSET", it.pick(KEYS), 1, it.pick(KEYS), 2]]],
  [3, (it) => [["DEL", ...several(it, KEYS)]]],
  [2, (it) => [["INCR", it.pick(KEYS)], ["APPEND", it.pick(KEYS), "7"]]],
  [2, (it) => [["EXPIRE", it.pick(KEYS), 1000], ["PERSIST", it.pick(KEYS)]]],
  [1, (it) => [["EXPIREAT", it.pick(KEYS), 1]]],
  [2, (it) => [["RENAME", it.pick(KEYS), it.pick(KEYS)]]],
  [2, (it) => [["COPY", it.pick(KEYS), it.pick(KEYS), "REPLACE"]]],
  [1, (it) => [["GETDEL", it.pick(KEYS)], ["GETEX", it.pick(KEYS)]]],
  [1, (it) => [[it.pick(["FLUSHDB", "FLUSHALL"])]]],
  [1, (it) => [["SADD", "set", it.integer(0, 3)], ["SPOP", "set"]]],
  [1, (it) => [["SETBIT", it.pick(KEYS), 7, 1]]],
  [1, () => [["RPUSH", "list", 1], ["LPOP", "list"]]],
  [1, () => [["HSET", "hash", "f", 1], ["HDEL", "hash", "f"]]],
  [2, (it) => [
    ["MULTI"],
    ["GET", it.pick(KEYS)],
    ["SET", it.pick(KEYS), 3],
    ["GET", it.pick(KEYS)],
    ["DEL", it.pick(KEYS)],
    ["EXEC"],
  ]],
];
const MODES: typeof PUBSUB_COMMANDS = [
  [4, () => [["CLIENT", "TRACKING", "ON"]]],
  [1, () => [["CLIENT", "TRACKING", "ON", "NOLOOP"]]],
  [2, () => [["CLIENT", "TRACKING", "ON", "OPTIN"]]],
  [2, () => [["CLIENT", "TRACKING", "ON", "OPTOUT"]]],
  [1, () => [["CLIENT", "TRACKING", "ON", "OPTIN", "OPTOUT"]]],
  [2, () => [["CLIENT", "TRACKING", "ON", "BCAST"]]],
  [1, () => [["CLIENT", "TRACKING", "ON", "BCAST", "NOLOOP"]]],
  [2, (it) => [
    ["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", it.pick(["a", "k:", "z"])],
  ]],
  [1, () => [["CLIENT", "TRACKING", "ON", "PREFIX", "a"]]],
  [
    2,
    (
      it,
    ) => [["CLIENT", "TRACKING", "ON", "REDIRECT", `ID:${it.integer(2, 3)}`]],
  ],
  [1, (it) => [
    ["CLIENT", "TRACKING", "ON", "BCAST", "REDIRECT", `ID:${it.integer(2, 3)}`],
  ]],
  [5, () => [["CLIENT", "TRACKING", "OFF"]]],
  [2, () => [["CLIENT", "TRACKINGINFO"]]],
  [3, (it) => [["CLIENT", "CACHING", "YES"], ["GET", it.pick(KEYS)]]],
  [3, (it) => [["CLIENT", "CACHING", "NO"], ["GET", it.pick(KEYS)]]],
  [1, () => [["CLIENT", "TRACKING", "ON", "NOSUCH"], ["CLIENT", "TRACKING"]]],
  [1, () => [["RESET"], ["HELLO", 3]]],
];

/**
 * Connections 0 and 1 track; 2 and 3 are redirected to and only listen. What is
 * broadcast at the end of a turn must not depend on where a turn ends, so there
 * is one command that changes something to an act.
 */
function trackingActs(random: SeededRandom): Act[] {
  const acts: Act[] = [
    { connection: 2, commands: [["SUBSCRIBE", "__redis__:invalidate"]] },
  ];
  for (let i = 0; i < ACTS; i++) {
    const choices = random.pickWeighted([[3, READS], [3, WRITES], [2, MODES]]);
    acts.push({
      connection: random.pickWeighted([[3, 0], [2, 1], [1, 4]]),
      commands: random.pickWeighted(choices)(random),
    });
  }
  return acts;
}

transcriptTest({
  name: "clients that track keys receive the invalidations Redis sends",
  protocols: [3, 3, 2, 3, 2],
  setup: () => [["CONFIG", "SET", "notify-keyspace-events", ""]],
  acts: trackingActs,
});
