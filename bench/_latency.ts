/** The longest wait of a separate probing client while the key space grows or expires. */

import { sleep } from "./_client.ts";
import { loadKeys } from "./_loader.ts";
import type { ProbeReport } from "./_probe.ts";
import { BenchServer } from "./_process.ts";

const EXPIRE_LEAD_MS = 3000;
const PROBE_LEAD_MS = 2000;
const EXPIRE_LIMIT_MS = 120_000;
const EXPIRE_POLL_MS = 50;
/** Loading with an expiry is assumed to run at least this fast. */
const LOAD_KEYS_PER_SECOND_MIN = 100_000;

/** One server in one scenario. */
export interface LatencyFigures extends ProbeReport {
  /** How long the inserting, or the disappearing of all keys, took. */
  readonly durationMs: number;
}

/** Both servers in one scenario. */
export interface LatencyResult {
  readonly scenario: "fill" | "expire";
  readonly keyCount: number;
  readonly reference: LatencyFigures;
  readonly candidate: LatencyFigures;
}

/** Measures both scenarios on both servers, one process after the other. */
export async function measureLatency(
  binaries: { readonly reference: string; readonly candidate: string },
  keyCounts: { readonly fill: number; readonly expire: number },
): Promise<LatencyResult[]> {
  const results: LatencyResult[] = [];
  for (const scenario of ["fill", "expire"] as const) {
    const keyCount = keyCounts[scenario];
    const run = scenario === "fill" ? probeFilling : probeExpiring;
    const measure = async (label: "reference" | "candidate") => {
      await using server = await BenchServer.start(label, binaries[label]);
      const figures = await run(server, keyCount);
      console.log(`${scenario} ${keyCount}, ${label}: ${describe(figures)}`);
      return figures;
    };
    results.push({
      scenario,
      keyCount,
      reference: await measure("reference"),
      candidate: await measure("candidate"),
    });
  }
  return results;
}

function describe(figures: LatencyFigures): string {
  return `max ${figures.maxMs.toFixed(2)} ms at ` +
    `${(figures.slowestAtMs / 1000).toFixed(1)} s (then waiting for a CPU: ` +
    `probe ${formatWait(figures.slowestProbeWaitMs)}, ` +
    `server ${formatWait(figures.slowestServerWaitMs)} ms), ` +
    `max without such waits ${figures.maxBeyondWaitsMs?.toFixed(2) ?? "?"}, ` +
    `p99.9 ${figures.p999Ms.toFixed(2)}, p50 ${figures.p50Ms.toFixed(3)}, ` +
    `${figures.overLimit} over 10 ms of ${figures.samples}; ` +
    `took ${(figures.durationMs / 1000).toFixed(1)} s`;
}

/** A wait in milliseconds, or `?` where the kernel does not tell. */
export function formatWait(waitMs: number | null): string {
  return waitMs === null ? "?" : waitMs.toFixed(1);
}

async function probeFilling(
  server: BenchServer,
  keyCount: number,
): Promise<LatencyFigures> {
  using client = await server.connect();
  await using probe = await Probe.start(server);
  const durationMs = await loadKeys(client, { keyCount });
  return { ...await probe.finish(), durationMs };
}

async function probeExpiring(
  server: BenchServer,
  keyCount: number,
): Promise<LatencyFigures> {
  using client = await server.connect();
  const loadMsMax = keyCount / LOAD_KEYS_PER_SECOND_MIN * 1000;
  const expiryMs = Date.now() + loadMsMax + EXPIRE_LEAD_MS;
  await loadKeys(client, {
    keyCount,
    setOptions: ["PXAT", String(Math.round(expiryMs))],
  });
  if (Date.now() >= expiryMs) throw new Error("keys expired while loading");
  await sleep(expiryMs - PROBE_LEAD_MS - Date.now());
  await using probe = await Probe.start(server);
  await sleep(expiryMs - Date.now());
  while (Number(await client.call("DBSIZE")) > 0) {
    if (Date.now() > expiryMs + EXPIRE_LIMIT_MS) {
      throw new Error(`${server.label} did not free expired keys in time`);
    }
    await sleep(EXPIRE_POLL_MS);
  }
  const durationMs = Date.now() - expiryMs;
  return { ...await probe.finish(), durationMs };
}

/** The probe's process; see `_probe.ts`. */
class Probe {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStream<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";
  #hasFinished = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#stdin = child.stdin;
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Resolves when the probe is warm and measures. */
  static async start(server: BenchServer): Promise<Probe> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--allow-all"],
        new URL("./_probe.ts", import.meta.url).href,
        ...[String(server.port), String(server.pid)],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const probe = new Probe(child);
    if (await probe.#readLine() !== "ready") throw new Error("no probe");
    return probe;
  }

  /** Ends the measurement and returns what was seen. */
  async finish(): Promise<ProbeReport> {
    await this.#stdin.close();
    const report = JSON.parse(await this.#readLine()) as ProbeReport;
    await this.#child.status;
    this.#hasFinished = true;
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasFinished) return;
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  async #readLine(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("the latency probe ended early");
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }
}
