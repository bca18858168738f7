/** The promises that AiKv makes about its speed, memory and latency, checked against figures. */

import type { LatencyFigures, LatencyResult } from "./_latency.ts";
import type { MemberResult } from "./_members.ts";
import type { MemoryResult } from "./_memory.ts";
import type { StressResult } from "./_stress_result.ts";
import { COLLECTION_TESTS, type ThroughputResult } from "./_throughput.ts";

/** One promise with what was measured. */
export interface Criterion {
  readonly name: string;
  readonly figure: string;
  readonly verdict: "PASS" | "FAIL";
}

/** What was measured; a part that did not run is undefined. */
export interface Measurements {
  readonly throughput?: readonly ThroughputResult[];
  readonly memory?: readonly MemoryResult[];
  readonly members?: readonly MemberResult[];
  readonly latency?: readonly LatencyResult[];
  readonly stress?: readonly StressResult[];
}

const MAIN_TESTS = ["set", "get", "incr", "ping_mbulk"];
const SPEED_PROMISES = [
  { tests: MAIN_TESTS, pipeline: 1, ratioMin: 1.0 },
  { tests: MAIN_TESTS, pipeline: 16, ratioMin: 1.15 },
  { tests: MAIN_TESTS, pipeline: 64, ratioMin: 1.5 },
  { tests: ["mset"], pipeline: 1, ratioMin: 1.1 },
  { tests: ["mset"], pipeline: 16, ratioMin: 1.1 },
  { tests: COLLECTION_TESTS, pipeline: 1, ratioMin: 1.0 },
  { tests: COLLECTION_TESTS, pipeline: 16, ratioMin: 1.2 },
] as const;
const CPU_RATIO_MAX = 1.1;
const BYTES_PER_KEY_MAX = 80;
const LATENCY_MS_MAX = 10;

/** The load that a figure means when none is named. */
export const STANDARD_LOAD = { valueBytes: 3, clients: 50 } as const;

/** Every promise about a part that was measured. */
export function checkAcceptance(measured: Measurements): Criterion[] {
  return [
    ...SPEED_PROMISES.flatMap((promise) =>
      checkSpeed(
        measured.throughput ?? [],
        promise.tests,
        promise.pipeline,
        promise.ratioMin,
      )
    ),
    ...checkCpu(measured.throughput ?? []),
    ...(measured.memory ?? []).map(checkMemory),
    ...(measured.members ?? []).map(checkMembers),
    ...(measured.latency ?? []).map(checkLatency),
    ...(measured.stress ?? []).map(({ name, figure, verdict }) => ({
      name,
      figure,
      verdict,
    })),
  ];
}

/** True for the results of the standard load. */
export function isStandardLoad(result: ThroughputResult): boolean {
  return result.valueBytes === STANDARD_LOAD.valueBytes &&
    result.clients === STANDARD_LOAD.clients;
}

/** CPU time of the candidate per request, as a multiple of the reference's. */
export function cpuRatio(result: ThroughputResult): number {
  const { reference, candidate } = result;
  return (candidate.userUs + candidate.systemUs) /
    (reference.userUs + reference.systemUs);
}

function checkSpeed(
  results: readonly ThroughputResult[],
  tests: readonly string[],
  pipeline: number,
  ratioMin: number,
): Criterion[] {
  const subject = `${tests.map((test) => test.toUpperCase()).join(", ")} ` +
    `at pipeline ${pipeline}: ratio ≥ ${ratioMin}`;
  return checkLoads(
    subject,
    results.filter((one) =>
      one.pipeline === pipeline && tests.includes(one.test)
    ),
    (one) => one.ratio,
    (ratio) => ratio >= ratioMin,
    (ratios) => Math.min(...ratios),
  );
}

function checkCpu(results: readonly ThroughputResult[]): Criterion[] {
  return checkLoads(
    `CPU time a request at pipeline 1: ≤ ${CPU_RATIO_MAX} of the reference's`,
    results.filter((one) => one.pipeline === 1),
    cpuRatio,
    (ratio) => ratio <= CPU_RATIO_MAX,
    (ratios) => Math.max(...ratios),
  );
}

/** A criterion for the standard load, and one for the worst of all loads. */
function checkLoads(
  subject: string,
  results: readonly ThroughputResult[],
  figureOf: (result: ThroughputResult) => number,
  isGood: (figure: number) => boolean,
  worstOf: (figures: number[]) => number,
): Criterion[] {
  const criteria: Criterion[] = [];
  const standard = results.filter(isStandardLoad);
  if (standard.length > 0) {
    criteria.push({
      name:
        `${subject} (${STANDARD_LOAD.valueBytes} B, ${STANDARD_LOAD.clients} clients)`,
      figure: standard.map((one) => `${one.test} ${figureOf(one).toFixed(2)}`)
        .join(", "),
      verdict: verdictOf(standard.every((one) => isGood(figureOf(one)))),
    });
  }
  if (results.length > standard.length) {
    const worst = worstOf(results.map(figureOf));
    const which = results.find((one) => figureOf(one) === worst)!;
    criteria.push({
      name: `${subject} (every value size and number of clients)`,
      figure: `worst ${worst.toFixed(2)}: ${which.test}, ` +
        `${which.valueBytes} B, ${which.clients} clients`,
      verdict: verdictOf(isGood(worst)),
    });
  }
  return criteria;
}

function checkMemory(result: MemoryResult): Criterion {
  const { keyCount, reference, candidate } = result;
  return {
    name: `Bytes a key at ${keyCount.toLocaleString("en")} keys, by RSS: ` +
      `≤ ${BYTES_PER_KEY_MAX}`,
    figure: `${candidate.residentBytesPerKey.toFixed(1)} ` +
      `(reference ${reference.residentBytesPerKey.toFixed(1)})`,
    verdict: verdictOf(candidate.residentBytesPerKey <= BYTES_PER_KEY_MAX),
  };
}

/** A limit where one is promised; no more than the reference needs elsewhere. */
function checkMembers(result: MemberResult): Criterion {
  const { what, bytesMax, reference, candidate } = result;
  const limit = bytesMax ?? reference;
  return {
    name: `Bytes a member, ${what}, by used_memory: ≤ ${
      bytesMax ?? "the reference's"
    }`,
    figure: `${candidate.toFixed(1)} (reference ${reference.toFixed(1)})`,
    verdict: verdictOf(candidate <= limit),
  };
}

function checkLatency(result: LatencyResult): Criterion {
  const keys = result.keyCount.toLocaleString("en");
  const what = result.scenario === "fill"
    ? `while 0 → ${keys} keys are inserted`
    : `while ${keys} keys expire in the same second`;
  return {
    name: `Longest wait ${what}: ≤ ${LATENCY_MS_MAX} ms`,
    figure: `${describe(result.candidate)} (reference ${
      describe(result.reference)
    })`,
    verdict: verdictOf(result.candidate.maxMs <= LATENCY_MS_MAX),
  };
}

function describe({ maxMs, maxBeyondWaitsMs }: LatencyFigures): string {
  const beyond = maxBeyondWaitsMs?.toFixed(2) ?? "?";
  return `${maxMs.toFixed(2)} ms, ${beyond} ms without waiting for a CPU`;
}

function verdictOf(isGood: boolean): "PASS" | "FAIL" {
  return isGood ? "PASS" : "FAIL";
}
