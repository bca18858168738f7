/** Robustness scenarios that send very many commands: fuzzed ones, and a bounded mix. */

import { encodeCommand, infoField, type RawClient } from "./_client.ts";
import { sleep, withTimeout } from "./_client.ts";
import type { BenchServer } from "./_process.ts";
import { formatMib } from "./_statistics.ts";
import {
  type Outcome,
  Random,
  type Scenario,
  settledUsedMemory,
  stillWorks,
} from "./_stress_support.ts";

const FUZZ_CONNECTIONS = 16;
const FRAMES_PER_CONNECTION = 100;
const FUZZ_TIMEOUT_MS = 20_000;
const FUZZ_GROWTH_MAX = 512 * 2 ** 20;

/** Commands that stay within a server's data, so that any arguments are harmless. */
const FUZZ_COMMANDS = [
  ...["SET", "GET", "APPEND", "INCRBY", "INCRBYFLOAT", "GETRANGE", "SETRANGE"],
  ...["MSET", "MGET", "MSETNX", "GETEX", "GETDEL", "GETSET", "LCS", "STRLEN"],
  ...["EXPIRE", "PEXPIREAT", "TTL", "PERSIST", "TYPE", "DEL", "EXISTS"],
  ...["RENAME", "COPY", "MOVE", "SCAN", "TOUCH", "RANDOMKEY", "OBJECT", "PING"],
  ...["ECHO", "HELLO", "SELECT", "MULTI", "EXEC", "DISCARD", "WATCH"],
];

/** Numbers around every limit, none of which makes a large string. */
const FUZZ_WORDS = [
  ...["", "0", "-1", "1", "255", "1000", "2147483647", "-2147483648"],
  ...["4294967295", "4294967296", "9223372036854775807", "1e400", "nan"],
  ...["-9223372036854775808", "18446744073709551616", "inf", "3.25", "0x10"],
  ...["NX", "XX", "GET", "EX", "PX", "KEEPTTL", "IDX", "LEN", "MATCH", "COUNT"],
  ...["ENCODING", "FREQ", "INFO", "DOCS", "key:1", "key:2", "key:3", "*", "["],
];

/** Lines that are not frames, or whose lengths lie. */
const BROKEN_HEADS = [
  ...["*-2\r\n", "*1048577\r\n", "*9999999999\r\n", "*a\r\n", "*\r\n"],
  ...["*1\r\n$-1\r\n", "*1\r\n$536870913\r\n", "*1\r\n$x\r\n", "*1\r\n:1\r\n"],
  ...["*2\r\n$3\r\nGET\r\n$", "*3\r\n$3\r\nSET\r\n", "$5\r\nhello\r\n"],
  ...[
    "\0\0\0\0\r\n",
    'GET "unbalanced\r\n',
    "*1\r\n$4\r\nPINGxx",
    "*1\n$4\nPING\n",
  ],
];

/** Random and mutated protocol. */
export const fuzzedFrames: Scenario = {
  scenario: "fuzz",
  describe: ({ frames, seed }) =>
    `${frames.toLocaleString("en")} fuzzed frames (seed ${seed})`,
  async run(server, { frames, seed }) {
    using control = await server.connect();
    const before = server.residentBytes();
    let sent = 0;
    let sessions = 0;
    const startedMs = performance.now();
    const worker = async (workerIndex: number) => {
      const random = new Random(seed + workerIndex * 7919);
      while (sent < frames) {
        sent += FRAMES_PER_CONNECTION;
        const session = ++sessions;
        await fuzzSession(server, random);
        if (session % 1000 === 0) {
          await withTimeout(control.call("PING"), FUZZ_TIMEOUT_MS, "a PING");
        }
      }
    };
    await Promise.all(
      Array.from({ length: FUZZ_CONNECTIONS }, (_, index) => worker(index)),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    await sleep(500);
    const left = await infoField(control, "clients", "connected_clients");
    const growth = server.residentPeakBytes() - before;
    return {
      isGood: await stillWorks(server) && left === 1 &&
        growth <= FUZZ_GROWTH_MAX,
      figure: `${sent.toLocaleString("en")} frames over ` +
        `${sessions.toLocaleString("en")} connections in ` +
        `${seconds.toFixed(0)} s; RSS grew by at most ${formatMib(growth)}; ` +
        `${left} connection left; ` +
        (server.hasExited ? "the server DIED" : "the server answers"),
    };
  },
};

/** Sends frames of sound framing, then one that is broken, and waits for the end. */
async function fuzzSession(
  server: BenchServer,
  random: Random,
): Promise<void> {
  using client = await server.connect();
  const parts: Uint8Array[] = [];
  for (let index = 1; index < FRAMES_PER_CONNECTION; index++) {
    parts.push(soundFrame(random));
  }
  parts.push(brokenFrame(random));
  const bytes = concatenate(parts);
  try {
    const draining = drain(client);
    // In pieces, so that frames are cut anywhere.
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + random.below(4096));
      await client.write(bytes.subarray(at, end));
      at = end;
    }
    await client.closeWrite();
    await withTimeout(draining, FUZZ_TIMEOUT_MS, "closing after broken frames");
  } catch (error) {
    // Writing to a connection that the server has closed already is expected.
    const isClosed = error instanceof Deno.errors.BrokenPipe ||
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.NotConnected;
    if (!isClosed) throw error;
  }
}

async function drain(client: RawClient): Promise<void> {
  try {
    while (await client.readChunk() !== null);
  } catch (error) {
    // Reset by the server, or closed here after a write that failed.
    const isEnd = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.Interrupted ||
      error instanceof Deno.errors.BadResource;
    if (!isEnd) throw error;
  }
}

/** A command whose framing is right and whose words are anything. */
function soundFrame(random: Random): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) {
    return inlineFrame(random);
  }
  const count = 1 + random.below(6);
  const parts: Uint8Array[] = [text(`*${count}\r\n`)];
  for (let index = 0; index < count; index++) {
    const word = index === 0 && kind < 9
      ? text(mixedCase(random.pick(FUZZ_COMMANDS), random))
      : randomWord(random);
    parts.push(text(`$${word.length}\r\n`), word, text("\r\n"));
  }
  return concatenate(parts);
}

function inlineFrame(random: Random): Uint8Array {
  const words = [random.pick(FUZZ_COMMANDS)];
  for (let count = random.below(4); count > 0; count--) {
    words.push(random.pick(FUZZ_WORDS) || '""');
  }
  const separator = random.pick([" ", "  ", "\t"]);
  return text(words.join(separator) + random.pick(["\r\n", "\n"]));
}

function brokenFrame(random: Random): Uint8Array {
  switch (random.below(3)) {
    case 0:
      return concatenate([
        text(random.pick(BROKEN_HEADS)),
        randomBytes(random, 64),
      ]);
    case 1: {
      const frame = soundFrame(random);
      return frame.subarray(0, random.below(frame.length));
    }
    default: {
      // After flipped bytes, lengths may announce what never comes.
      const frame = soundFrame(random).slice();
      for (let flips = 1 + random.below(4); flips > 0; flips--) {
        frame[random.below(frame.length)] = random.below(256);
      }
      return frame;
    }
  }
}

function randomWord(random: Random): Uint8Array {
  return random.below(4) === 0
    ? randomBytes(random, 80)
    : text(random.pick(FUZZ_WORDS));
}

function randomBytes(random: Random, lengthLimit: number): Uint8Array {
  const bytes = new Uint8Array(random.below(lengthLimit));
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = random.below(256);
  }
  return bytes;
}

function mixedCase(word: string, random: Random): string {
  return random.below(2) === 0 ? word : word.toLowerCase();
}

const encoder = new TextEncoder();

function text(value: string): Uint8Array {
  return encoder.encode(value);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const MIX_KEYS = 10_000;
const MIX_CONNECTIONS = 4;
const MIX_BATCH_COMMANDS = 2000;
const MIX_BATCHES = 64;
const MIX_USED_GROWTH_MAX = 1 << 20;
const MIX_WARM_SHARE = 0.1;
const MIX_RESIDENT_GROWTH_MAX = 64 * 2 ** 20;
const END_MARK = "=end-of-batch=";

/** Mixed commands on a bounded key set must leave nothing behind. */
export const boundedMix: Scenario = {
  scenario: "leak",
  describe: ({ operations, seed }) =>
    `${operations.toLocaleString("en")} mixed operations on ` +
    `${MIX_KEYS.toLocaleString("en")} keys leak nothing (seed ${seed})`,
  async run(server, { operations, seed }) {
    using control = await server.connect();
    const random = new Random(seed);
    const batches = Array.from(
      { length: MIX_BATCHES },
      () => mixedBatch(random),
    );
    // Tables, buffers and statistics reach their size before the count starts.
    await runMix(server, batches, operations * MIX_WARM_SHARE);
    await deleteEverything(control);
    const usedBefore = await settledUsedMemory(control);
    const residentBefore = server.residentBytes();
    const startedMs = performance.now();
    await runMix(server, batches, operations);
    const seconds = (performance.now() - startedMs) / 1000;
    await deleteEverything(control);
    const usedAfter = await settledUsedMemory(control);
    return describeMix(
      server,
      operations / seconds,
      (usedAfter ?? NaN) - (usedBefore ?? NaN),
      server.residentBytes() - residentBefore,
    );
  },
};

async function describeMix(
  server: BenchServer,
  perSecond: number,
  usedGrowth: number,
  residentGrowth: number,
): Promise<Outcome> {
  return {
    isGood: usedGrowth <= MIX_USED_GROWTH_MAX &&
      residentGrowth <= MIX_RESIDENT_GROWTH_MAX && await stillWorks(server),
    figure: `used_memory ${usedGrowth} B more once all keys are deleted, ` +
      `RSS ${formatMib(residentGrowth)} more; ` +
      `${Math.round(perSecond).toLocaleString("en")} operations/s`,
  };
}

async function runMix(
  server: BenchServer,
  batches: readonly Uint8Array[],
  operations: number,
): Promise<void> {
  let sent = 0;
  const worker = async () => {
    using client = await server.connect();
    while (sent < operations) {
      const batch = batches[sent / MIX_BATCH_COMMANDS % batches.length];
      sent += MIX_BATCH_COMMANDS;
      const replies = readToMark(client);
      await client.write(batch);
      await replies;
    }
  };
  await Promise.all(Array.from({ length: MIX_CONNECTIONS }, worker));
}

/** Random commands, ending with an ECHO that marks the end of the replies. */
function mixedBatch(random: Random): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let index = 1; index < MIX_BATCH_COMMANDS; index++) {
    parts.push(encodeCommand(...mixedCommand(random)));
  }
  parts.push(encodeCommand("ECHO", END_MARK));
  return concatenate(parts);
}

function mixedCommand(random: Random): (string | number)[] {
  const key = `mix:${random.below(MIX_KEYS)}`;
  const other = `mix:${random.below(MIX_KEYS)}`;
  const value = "v".repeat(random.below(random.below(20) === 0 ? 3000 : 100));
  const choices: readonly (readonly (string | number)[])[] = [
    ["SET", key, value],
    ["SET", key, random.below(100_000)],
    ["SET", key, value, "PX", 1 + random.below(200)],
    ["GET", key],
    ["GET", key],
    ["INCRBY", key, random.below(1000)],
    ["INCRBYFLOAT", key, "0.5"],
    ["SETRANGE", key, random.below(500), value],
    ["GETRANGE", key, 0, random.below(100)],
    ["DEL", key],
    ["UNLINK", key, other],
    ["EXPIRE", key, 1 + random.below(5)],
    ["PEXPIRE", key, 1],
    ["PERSIST", key],
    ["GETEX", key, "EX", 10],
    ["GETDEL", key],
    ["RENAME", key, other],
    ["COPY", key, other, "REPLACE"],
    ["MSET", key, value, other, value],
    ["MGET", key, other],
    // Strings grow only until the next SET or DEL of their key.
    ["APPEND", key, value.slice(0, 20)],
    ["EXISTS", key, other],
    ["SCAN", 0, "COUNT", 5],
  ];
  return [...random.pick(choices)];
}

/** Reads until the replies end with the mark; nothing is in flight after it. */
async function readToMark(client: RawClient): Promise<void> {
  const mark = text(`${END_MARK}\r\n`);
  let tail = new Uint8Array(0);
  for (;;) {
    const chunk = await client.readChunk();
    if (chunk === null) throw new Error("the server closed the connection");
    tail = concatenate([tail, chunk.subarray(-mark.length)])
      .slice(-mark.length) as Uint8Array<ArrayBuffer>;
    if (tail.every((byte, index) => byte === mark[index])) {
      if (tail.length === mark.length) return;
    }
  }
}

/** Deletes key by key: FLUSHALL would hide what is not reachable any more. */
async function deleteEverything(control: RawClient): Promise<void> {
  for (let from = 0; from < MIX_KEYS; from += 100) {
    const keys = Array.from(
      { length: 100 },
      (_, index) => `mix:${from + index}`,
    );
    await control.call("UNLINK", ...keys);
  }
  const left = Number(await control.call("DBSIZE"));
  if (left !== 0) throw new Error(`${left} keys are left`);
}
