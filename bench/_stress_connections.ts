/** Robustness scenarios about connections and sizes. */

import { encodeCommand, RawClient, sleep, withTimeout } from "./_client.ts";
import { infoField } from "./_client.ts";
import { type BenchServer, openFileLimit } from "./_process.ts";
import { formatMib } from "./_statistics.ts";
import {
  type Outcome,
  PingWatch,
  type Scenario,
  settledUsedMemory,
  stillWorks,
  type StressCounts,
} from "./_stress_support.ts";

const CONNECT_BATCH = 250;
const SPARE_FILES = 200;
const IDLE_RESIDENT_BYTES_PER_CONNECTION_MAX = 64 * 1024;
const BLOCK_BYTES = 1_048_573;
const TIMEOUT_MS = 120_000;
const SLOW_READER_VALUE_BYTES = 1 << 20;
const SLOW_READER_REQUESTS = 2000;
const SLOW_READER_WATCH_MS = 5000;
const SLOW_READER_GROWTH_MAX = 512 * 2 ** 20;

/** Many connections that do nothing. */
export const idleConnections: Scenario = {
  scenario: "idle",
  describe: ({ idleConnections }) =>
    `${idleConnections.toLocaleString("en")} idle connections`,
  // Besides the idle ones, those of the measurement itself.
  serverOptions: ["--maxclients", "10100"],
  async run(server, counts) {
    const limit = openFileLimit();
    if (counts.idleConnections + SPARE_FILES > limit) {
      return {
        isGood: false,
        figure: `not run: ${limit} files may be open, ` +
          `raise it with ulimit -n ${counts.idleConnections + SPARE_FILES}`,
      };
    }
    return await runIdleConnections(server, counts.idleConnections);
  },
};

async function runIdleConnections(
  server: BenchServer,
  count: number,
): Promise<Outcome> {
  using control = await server.connect();
  const before = server.residentBytes();
  const clients: RawClient[] = [];
  let longestPingMs: number;
  let connected: number | undefined;
  let growth: number;
  try {
    while (clients.length < count) {
      const batch = Math.min(CONNECT_BATCH, count - clients.length);
      clients.push(
        ...await Promise.all(
          Array.from({ length: batch }, () => RawClient.connect(server.port)),
        ),
      );
    }
    for (const client of clients) await client.call("PING");
    connected = await infoField(control, "clients", "connected_clients");
    growth = server.residentBytes() - before;
    const watch = new PingWatch(server.port);
    await sleep(3000);
    longestPingMs = await watch.stop();
  } finally {
    for (const client of clients) client.close();
  }
  await sleep(1000);
  const left = await infoField(control, "clients", "connected_clients");
  return {
    isGood: connected === count + 1 && left === 1 &&
      growth / count <= IDLE_RESIDENT_BYTES_PER_CONNECTION_MAX,
    figure: `${connected} connected, each answered; ` +
      `${Math.round(growth / count)} B of RSS each; longest PING ` +
      `beside them ${longestPingMs.toFixed(1)} ms; ${left} left after closing`,
  };
}

/** One value of the largest size the protocol allows. */
export const largestValue: Scenario = {
  scenario: "value",
  describe: ({ valueBytes }) => `a value of ${formatMib(valueBytes)}`,
  async run(server, { valueBytes }) {
    using control = await server.connect();
    const usedBefore = await infoField(control, "memory", "used_memory");
    using client = await server.connect();
    // A block size that is no power of two shows bytes that ended up elsewhere.
    const block = crypto.getRandomValues(new Uint8Array(65_536));
    const pattern = new Uint8Array(BLOCK_BYTES);
    for (let at = 0; at < BLOCK_BYTES; at += block.length) {
      pattern.set(block.subarray(0, BLOCK_BYTES - at), at);
    }
    const startedMs = performance.now();
    await sendValue(client, pattern, valueBytes);
    await withTimeout(client.readReplyBytes(5), TIMEOUT_MS, "the SET");
    const setMs = performance.now() - startedMs;
    const length = Number(await client.call("STRLEN", "big"));
    await client.write(encodeCommand("GET", "big"));
    const isEqual = await withTimeout(
      receiveValue(client, pattern, valueBytes),
      TIMEOUT_MS,
      "the GET",
    );
    const getMs = performance.now() - startedMs - setMs;
    await control.call("DEL", "big");
    const usedAfter = await settledUsedMemory(control);
    const kept = (usedAfter ?? NaN) - (usedBefore ?? NaN);
    return {
      isGood: length === valueBytes && isEqual && kept < 4 * 2 ** 20,
      figure: `SET ${(setMs / 1000).toFixed(2)} s, GET ` +
        `${(getMs / 1000).toFixed(2)} s, ${
          isEqual ? "equal" : "NOT EQUAL"
        }, peak RSS ${formatMib(server.residentPeakBytes())}, ` +
        `used_memory ${formatMib(kept)} more after DEL`,
    };
  },
};

async function sendValue(
  client: RawClient,
  pattern: Uint8Array,
  byteCount: number,
): Promise<void> {
  const encoder = new TextEncoder();
  await client.write(
    encoder.encode(`*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$${byteCount}\r\n`),
  );
  for (let sent = 0; sent < byteCount; sent += pattern.length) {
    await client.write(pattern.subarray(0, byteCount - sent));
  }
  await client.write(encoder.encode("\r\n"));
}

async function receiveValue(
  client: RawClient,
  pattern: Uint8Array,
  byteCount: number,
): Promise<boolean> {
  const head = new TextEncoder().encode(`$${byteCount}\r\n`);
  const total = head.length + byteCount + 2;
  let received = 0;
  let isEqual = true;
  while (received < total) {
    const chunk = await client.readChunk();
    if (chunk === null) return false;
    for (let at = 0; at < chunk.length;) {
      const offset = received + at - head.length;
      if (offset < 0 || offset >= byteCount) {
        const expected = offset < 0
          ? head[offset + head.length]
          : "\r\n".charCodeAt(offset - byteCount);
        isEqual &&= chunk[at] === expected;
        at += 1;
        continue;
      }
      const from = offset % pattern.length;
      const length = Math.min(
        chunk.length - at,
        pattern.length - from,
        byteCount - offset,
      );
      isEqual &&= areEqual(
        chunk.subarray(at, at + length),
        pattern.subarray(from, from + length),
      );
      at += length;
    }
    received += chunk.length;
  }
  return isEqual && received === total;
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** Very many commands written before the first reply is read. */
export const hugePipeline: Scenario = {
  scenario: "pipeline",
  describe: ({ pipelineCommands }) =>
    `a pipeline of ${pipelineCommands.toLocaleString("en")} commands, ` +
    "replies read only after all are written",
  async run(server, { pipelineCommands }) {
    using client = await server.connect();
    const command = encodeCommand("INCR", "counter");
    const bytes = new Uint8Array(command.length * pipelineCommands);
    for (let index = 0; index < pipelineCommands; index++) {
      bytes.set(command, index * command.length);
    }
    const startedMs = performance.now();
    await withTimeout(client.write(bytes), TIMEOUT_MS, "writing");
    const writtenMs = performance.now() - startedMs;
    const inOrder = await withTimeout(
      countedReplies(client, pipelineCommands),
      TIMEOUT_MS,
      "reading",
    );
    const totalMs = performance.now() - startedMs;
    return {
      isGood: inOrder === pipelineCommands && await stillWorks(server),
      figure: `${inOrder.toLocaleString("en")} replies in order, written in ` +
        `${(writtenMs / 1000).toFixed(2)} s, answered in ` +
        `${(totalMs / 1000).toFixed(2)} s, peak RSS ` +
        formatMib(server.residentPeakBytes()),
    };
  },
};

/** Reads `:1`, `:2`, … and returns how many came as expected. */
async function countedReplies(
  client: RawClient,
  count: number,
): Promise<number> {
  const decoder = new TextDecoder("latin1");
  let text = "";
  let next = 1;
  while (next <= count) {
    const chunk = await client.readChunk();
    if (chunk === null) break;
    const lines = (text + decoder.decode(chunk)).split("\r\n");
    text = lines.pop()!;
    for (const line of lines) {
      if (line !== `:${next}`) return next - 1;
      next += 1;
    }
  }
  return next - 1;
}

/** A client that asks for far more than it reads. */
export const slowReader: Scenario = {
  scenario: "reader",
  describe: () =>
    `a client that asks for ${SLOW_READER_REQUESTS} × ` +
    `${formatMib(SLOW_READER_VALUE_BYTES)} and does not read`,
  async run(server) {
    using control = await server.connect();
    await control.call("SET", "large", "x".repeat(SLOW_READER_VALUE_BYTES));
    const before = server.residentBytes();
    const watch = new PingWatch(server.port);
    let peakGrowth = 0;
    let received: number;
    {
      using reader = await server.connect();
      const get = encodeCommand("GET", "large");
      const requests = new Uint8Array(get.length * SLOW_READER_REQUESTS);
      for (let index = 0; index < SLOW_READER_REQUESTS; index++) {
        requests.set(get, index * get.length);
      }
      const writing = reader.write(requests).catch(() => {});
      const deadlineMs = performance.now() + SLOW_READER_WATCH_MS;
      while (
        performance.now() < deadlineMs && peakGrowth <= SLOW_READER_GROWTH_MAX
      ) {
        await sleep(20);
        peakGrowth = Math.max(peakGrowth, server.residentBytes() - before);
      }
      received = peakGrowth > SLOW_READER_GROWTH_MAX
        ? 0
        : await readToEnd(reader, server, (growth) => {
          peakGrowth = Math.max(peakGrowth, growth - before);
        });
      reader.close();
      await writing;
    }
    const longestPingMs = await watch.stop();
    return describeSlowReader(
      server,
      peakGrowth,
      received,
      longestPingMs,
    );
  },
};

async function readToEnd(
  reader: RawClient,
  server: BenchServer,
  onResident: (bytes: number) => void,
): Promise<number> {
  const replyBytes = `$${SLOW_READER_VALUE_BYTES}\r\n`.length +
    SLOW_READER_VALUE_BYTES + 2;
  const total = replyBytes * SLOW_READER_REQUESTS;
  let received = 0;
  try {
    for (let chunks = 0; received < total; chunks++) {
      const chunk = await reader.readChunk();
      if (chunk === null) break;
      received += chunk.length;
      if (chunks % 200 === 0) onResident(server.residentBytes());
    }
  } catch {
    // The server may drop such a client: then fewer bytes were received.
  }
  return received / total;
}

async function describeSlowReader(
  server: BenchServer,
  peakGrowth: number,
  received: number,
  longestPingMs: number,
): Promise<Outcome> {
  const outcome = received === 1
    ? "all replies came once it read on"
    : `the server dropped it after ${(received * 100).toFixed(0)} %`;
  return {
    isGood: peakGrowth <= SLOW_READER_GROWTH_MAX && await stillWorks(server),
    figure: `RSS grew by at most ${formatMib(peakGrowth)}` +
      (peakGrowth > SLOW_READER_GROWTH_MAX ? " (given up there)" : "") +
      `; ${outcome}; longest PING of another client ` +
      `${longestPingMs.toFixed(1)} ms`,
  };
}

/** The scenarios of this file, in order. */
export const connectionScenarios: readonly Scenario[] = [
  idleConnections,
  largestValue,
  hugePipeline,
  slowReader,
];

/** Smaller counts for a first look. */
export const quickCounts: StressCounts = {
  idleConnections: 500,
  valueBytes: 16 * 2 ** 20,
  pipelineCommands: 100_000,
  frames: 100_000,
  operations: 1_000_000,
  seed: 1,
};
