/**
 * Robustness: bounded scenarios that a server has to survive, each with a fresh process.
 *
 *     deno run --allow-all bench/stress.ts [--quick] [--only=idle,value,…]
 *
 * Prints a PASS or FAIL line each with what was measured. A full run keeps the outcome for the
 * report in `docs/performance.md`; `deno task bench --report` writes that again.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BenchServer, DEFAULT_SERVER, machineFacts } from "./_process.ts";
import { storePart } from "./_report.ts";
import { connectionScenarios, quickCounts } from "./_stress_connections.ts";
import { boundedMix, fuzzedFrames } from "./_stress_load.ts";
import type { StressResult } from "./_stress_result.ts";
import type { Scenario, StressCounts } from "./_stress_support.ts";

const SCENARIOS: readonly Scenario[] = [
  ...connectionScenarios,
  fuzzedFrames,
  boundedMix,
];

const FULL_COUNTS: StressCounts = {
  idleConnections: 10_000,
  valueBytes: 512 * 2 ** 20,
  pipelineCommands: 1_000_000,
  frames: 10_000_000,
  operations: 100_000_000,
  seed: 1,
};

const USAGE = `deno run --allow-all bench/stress.ts [options]
  --server PATH    the server tried (bin/aikv-server)
  --only LIST      of ${SCENARIOS.map(({ scenario }) => scenario).join(",")}
  --quick          small counts
  --connections N  (10000; needs ulimit -n above it)
  --value-bytes N  (536870912)
  --commands N     commands of the pipeline (1000000)
  --frames N       fuzzed frames (10000000)
  --operations N   mixed operations (100000000)
  --seed N         of the random choices (1)`;

function countsFrom(
  values: Readonly<Record<string, string | boolean | undefined>>,
): StressCounts {
  const defaults = values.quick ? quickCounts : FULL_COUNTS;
  const countOf = (name: string, otherwise: number) => {
    const count = Number(values[name] ?? otherwise);
    if (!(count > 0)) throw new RangeError(`--${name} must be positive`);
    return count;
  };
  return {
    idleConnections: countOf("connections", defaults.idleConnections),
    valueBytes: countOf("value-bytes", defaults.valueBytes),
    pipelineCommands: countOf("commands", defaults.pipelineCommands),
    frames: countOf("frames", defaults.frames),
    operations: countOf("operations", defaults.operations),
    seed: countOf("seed", defaults.seed),
  };
}

async function runScenario(
  scenario: Scenario,
  binary: string,
  counts: StressCounts,
): Promise<StressResult> {
  const name = scenario.describe(counts);
  try {
    await using server = await BenchServer.start(
      "server",
      binary,
      scenario.serverOptions,
    );
    const { isGood, figure } = await scenario.run(server, counts);
    const verdict = isGood ? "PASS" : "FAIL";
    return { scenario: scenario.scenario, name, figure, verdict };
  } catch (error) {
    const figure = error instanceof Error ? error.message : String(error);
    return { scenario: scenario.scenario, name, figure, verdict: "FAIL" };
  }
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      server: { ...text, default: DEFAULT_SERVER },
      only: text,
      quick: { type: "boolean", default: false },
      connections: text,
      "value-bytes": text,
      commands: text,
      frames: text,
      operations: text,
      seed: text,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const wanted = values.only?.split(",");
  const counts = countsFrom(values);
  const results: StressResult[] = [];
  for (const scenario of SCENARIOS) {
    if (wanted && !wanted.includes(scenario.scenario)) continue;
    const result = await runScenario(scenario, values.server, counts);
    console.log(`${result.verdict}  ${result.name}: ${result.figure}`);
    results.push(result);
  }
  const isFull = results.length === SCENARIOS.length &&
    JSON.stringify(counts) === JSON.stringify(FULL_COUNTS);
  if (isFull) await storePart("stress", { facts: machineFacts(), results });
  return results.every(({ verdict }) => verdict === "PASS") ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
