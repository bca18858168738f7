/**
 * The latency probe: a process of its own that sends PING and GET in turn and times each reply.
 *
 *     deno run --allow-all bench/_probe.ts PORT SERVER_PID
 *
 * All permissions, because Deno guards /proc with them. It prints `ready` once it is warm and measures until its standard input is closed; then it
 * prints a {@linkcode ProbeReport} as JSON.
 *
 * @module
 */

import { encodeCommand } from "./_client.ts";
import { cpuWaitMs } from "./_process.ts";
import { percentile } from "./_statistics.ts";

/** What the probe saw, in milliseconds. */
export interface ProbeReport {
  readonly samples: number;
  readonly maxMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Replies that took longer than 10 ms. */
  readonly overLimit: number;
  /** During the slowest reply, how long the probe waited for a CPU; null if unknown. */
  readonly slowestProbeWaitMs: number | null;
  /** The same of the server's main thread. */
  readonly slowestServerWaitMs: number | null;
  /** The longest reply time after subtracting both waits; null if unknown. */
  readonly maxBeyondWaitsMs: number | null;
  /** When the slowest reply came, since the probe was ready. */
  readonly slowestAtMs: number;
}

const WARM_UP_REQUESTS = 3000;
const LIMIT_MS = 10;
/** Faster replies are not looked into. */
const SLOW_MS = 0.2;
const SAMPLES_MAX = 4_000_000;

async function main(port: number, serverPid: number): Promise<void> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  const requests = [encodeCommand("PING"), encodeCommand("GET", "probe:key")];
  const buffer = new Uint8Array(4096);
  const ask = async (index: number) => {
    await conn.write(requests[index & 1]);
    // A reply of either command is one short line, so it arrives in one piece.
    if (await conn.read(buffer) === null) throw new Error("connection closed");
  };
  for (let index = 0; index < WARM_UP_REQUESTS; index++) await ask(index);

  let stopped = false;
  Deno.stdin.read(new Uint8Array(1)).then(() => stopped = true);
  console.log("ready");
  const startedMs = performance.now();
  const latencies = new Float32Array(SAMPLES_MAX);
  let count = 0;
  let slowest = { ms: 0, probeWaitMs: NaN, serverWaitMs: NaN, atMs: 0 };
  let maxBeyondWaitsMs = 0;
  while (!stopped && count < SAMPLES_MAX) {
    const probeWaitMs = cpuWaitMs(Deno.pid);
    const serverWaitMs = cpuWaitMs(serverPid);
    const sentMs = performance.now();
    await ask(count);
    const ms = performance.now() - sentMs;
    latencies[count++] = ms;
    if (ms < SLOW_MS) continue;
    const waits = {
      probeWaitMs: cpuWaitMs(Deno.pid) - probeWaitMs,
      serverWaitMs: cpuWaitMs(serverPid) - serverWaitMs,
    };
    // The two waits may overlap, so this may subtract too much, but never below zero.
    const beyondMs = Math.max(0, ms - waits.probeWaitMs - waits.serverWaitMs);
    maxBeyondWaitsMs = Math.max(maxBeyondWaitsMs, beyondMs);
    if (ms > slowest.ms) slowest = { ms, ...waits, atMs: sentMs - startedMs };
  }
  conn.close();
  const sorted = Array.from(latencies.subarray(0, count).sort());
  // JSON turns NaN into null.
  const report: ProbeReport = {
    samples: count,
    maxMs: Math.max(0, ...sorted.slice(-1)),
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    p999Ms: percentile(sorted, 0.999),
    overLimit: sorted.filter((ms) => ms > LIMIT_MS).length,
    slowestProbeWaitMs: slowest.probeWaitMs,
    slowestServerWaitMs: slowest.serverWaitMs,
    maxBeyondWaitsMs,
    slowestAtMs: slowest.atMs,
  };
  console.log(JSON.stringify(report));
}

if (import.meta.main) {
  await main(Number(Deno.args[0]), Number(Deno.args[1]));
  Deno.exit(0);
}
