/** Alternating rounds of `redis-benchmark` against the reference and the candidate. */

import { RawClient } from "./_client.ts";
import { loadKeys } from "./_loader.ts";
import type { BenchServer } from "./_process.ts";
import { formatRate, median } from "./_statistics.ts";

/** The tests of `redis-benchmark` on strings, in the order measured. */
const STRING_TESTS = [
  "ping_inline",
  "ping_mbulk",
  "set",
  "get",
  "incr",
  "mset",
] as const;

/**
 * Those on collections. A test that takes elements comes after the one that
 * puts them in, as in `redis-benchmark` itself.
 */
export const COLLECTION_TESTS = [
  "lpush",
  "rpush",
  "lpop",
  "rpop",
  "sadd",
  "hset",
  "spop",
  "zadd",
  "zpopmin",
  "lrange_100",
  "lrange_300",
  "lrange_500",
  "lrange_600",
  "xadd",
] as const;

/** The names that `redis-benchmark -t` takes, and `xadd`, in the order measured. */
export const TEST_NAMES = [...STRING_TESTS, ...COLLECTION_TESTS] as const;

/** Tests measured with values of more than one size. */
const TESTS_WITH_VALUES: readonly string[] = ["set", "get", "mset"];

/** What `redis-benchmark` has no test for. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  xadd: ["XADD", "mystream", "*", "myfield", "__data__"],
};

const KEY_SPACE = 100_000;
const WARM_UP_SECONDS = 0.4;
const WARM_UP_REQUESTS = 20_000;
const REQUESTS_MIN = 20_000;

/** One combination of parameters. */
export interface ThroughputCase {
  readonly test: string;
  readonly pipeline: number;
  readonly valueBytes: number;
  readonly clients: number;
}

/** What one server did in one case, over all rounds. */
export interface ThroughputFigures {
  /** Median of the rounds. */
  readonly requestsPerSecond: number;
  /** CPU time of the server per request, in microseconds. */
  readonly userUs: number;
  readonly systemUs: number;
}

/** One case measured. */
export interface ThroughputResult extends ThroughputCase {
  readonly rounds: number;
  readonly requests: number;
  readonly reference: ThroughputFigures;
  readonly candidate: ThroughputFigures;
  /** Median over the rounds of candidate / reference of the same round. */
  readonly ratio: number;
}

/** Which cases to measure, and how long. */
export interface ThroughputOptions {
  readonly tests: readonly string[];
  readonly pipelines: readonly number[];
  readonly valueSizes: readonly number[];
  readonly clientCounts: readonly number[];
  readonly rounds: number;
  /** Requests a run; chosen to last `seconds` when not given. */
  readonly requests?: number;
  readonly seconds: number;
}

function isStringTest(test: string): boolean {
  return STRING_TESTS.some((name) => name === test);
}

/**
 * Every combination, without those that differ only in a value that is not
 * sent. Collections are measured with the first number of clients only.
 */
export function throughputCases(options: ThroughputOptions): ThroughputCase[] {
  return options.clientCounts.flatMap((clients, clientsIndex) =>
    options.valueSizes.flatMap((valueBytes, sizeIndex) =>
      options.pipelines.flatMap((pipeline) =>
        options.tests
          .filter((test) => sizeIndex === 0 || TESTS_WITH_VALUES.includes(test))
          .filter((test) => clientsIndex === 0 || isStringTest(test))
          .map((test) => ({ test, pipeline, valueBytes, clients }))
      )
    )
  );
}

/** Measures every case on two running servers, printing a line a case. */
export async function measureThroughput(
  reference: BenchServer,
  candidate: BenchServer,
  options: ThroughputOptions,
): Promise<ThroughputResult[]> {
  const results: ThroughputResult[] = [];
  let filledBytes = -1;
  for (const one of throughputCases(options)) {
    if (filledBytes !== one.valueBytes) {
      // So that every GET finds a value of the size under measurement.
      await Promise.all([
        fillKeySpace(reference.port, one.valueBytes),
        fillKeySpace(candidate.port, one.valueBytes),
      ]);
      filledBytes = one.valueBytes;
    }
    const result = await measureCase(reference, candidate, one, options);
    results.push(result);
    console.log(caseLine(result));
  }
  return results;
}

/** The heading of the lines that {@linkcode measureThroughput} prints. */
export function throughputHeading(): string {
  return "test          -P   -d   -c    reference    candidate   ratio   " +
    "CPU µs/request (user+system)";
}

function caseLine(result: ThroughputResult): string {
  const cpu = (figures: ThroughputFigures) =>
    `${figures.userUs.toFixed(2)}+${figures.systemUs.toFixed(2)}`;
  return [
    result.test.padEnd(12),
    String(result.pipeline).padStart(4),
    String(result.valueBytes).padStart(4),
    String(result.clients).padStart(4),
    formatRate(result.reference.requestsPerSecond).padStart(12),
    formatRate(result.candidate.requestsPerSecond).padStart(12),
    result.ratio.toFixed(2).padStart(7),
    `  ${cpu(result.reference)} → ${cpu(result.candidate)}`,
  ].join(" ");
}

async function fillKeySpace(port: number, valueBytes: number): Promise<void> {
  using client = await RawClient.connect(port);
  await loadKeys(client, { keyCount: KEY_SPACE, valueBytes });
}

async function measureCase(
  reference: BenchServer,
  candidate: BenchServer,
  one: ThroughputCase,
  options: ThroughputOptions,
): Promise<ThroughputResult> {
  const requests = await warmUp([reference, candidate], one, options);
  const samples = { reference: new Samples(), candidate: new Samples() };
  const ratios: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    // Whoever goes first changes, so that a drift of the machine favours nobody.
    const order = round % 2 === 0
      ? (["reference", "candidate"] as const)
      : (["candidate", "reference"] as const);
    const servers = { reference, candidate };
    const rates = { reference: NaN, candidate: NaN };
    for (const side of order) {
      rates[side] = await samples[side].measure(servers[side], one, requests);
    }
    ratios.push(rates.candidate / rates.reference);
  }
  return {
    ...one,
    rounds: options.rounds,
    requests,
    reference: samples.reference.figures(),
    candidate: samples.candidate.figures(),
    ratio: median(ratios),
  };
}

/** Runs the case briefly on each server; returns how many requests a round is to have. */
async function warmUp(
  servers: readonly BenchServer[],
  one: ThroughputCase,
  options: ThroughputOptions,
): Promise<number> {
  let slowest = Infinity;
  for (const server of servers) {
    const guess = await runBenchmark(server.port, one, WARM_UP_REQUESTS);
    const warmUpRequests = Math.round(guess * WARM_UP_SECONDS);
    const rate = warmUpRequests > WARM_UP_REQUESTS
      ? await runBenchmark(server.port, one, warmUpRequests)
      : guess;
    slowest = Math.min(slowest, rate);
  }
  return options.requests ??
    Math.max(REQUESTS_MIN, Math.round(slowest * options.seconds));
}

class Samples {
  readonly #rates: number[] = [];
  #requests = 0;
  #userUs = 0;
  #systemUs = 0;

  async measure(
    server: BenchServer,
    one: ThroughputCase,
    requests: number,
  ): Promise<number> {
    const before = server.cpuTime();
    const rate = await runBenchmark(server.port, one, requests);
    const after = server.cpuTime();
    this.#rates.push(rate);
    this.#requests += requests;
    this.#userUs += after.userUs - before.userUs;
    this.#systemUs += after.systemUs - before.systemUs;
    return rate;
  }

  figures(): ThroughputFigures {
    return {
      requestsPerSecond: median(this.#rates),
      userUs: this.#userUs / this.#requests,
      systemUs: this.#systemUs / this.#requests,
    };
  }
}

/** One run of `redis-benchmark`; returns requests per second. */
async function runBenchmark(
  port: number,
  one: ThroughputCase,
  requests: number,
): Promise<number> {
  const { success, stdout, stderr } = await new Deno.Command(
    "redis-benchmark",
    {
      args: [
        ...["-h", "127.0.0.1", "-p", String(port), "--csv"],
        ...["-n", String(requests), "-r", String(KEY_SPACE)],
        ...["-P", String(one.pipeline), "-c", String(one.clients)],
        ...["-d", String(one.valueBytes)],
        ...COMMANDS[one.test] ?? ["-t", one.test],
      ],
      stdin: "null",
    },
  ).output();
  const text = new TextDecoder().decode(stdout);
  // The tests of LRANGE fill the list first: theirs is the last line.
  const rate = [...text.matchAll(/^"[^"]*","([0-9.]+)"/gm)].at(-1)?.[1];
  if (!success || rate === undefined) {
    const errors = new TextDecoder().decode(stderr);
    throw new Error(`redis-benchmark failed: ${text}${errors}`);
  }
  return Number(rate);
}
