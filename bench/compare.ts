/**
 * `deno task bench`: AiKv beside `redis-server` on the same machine in the same run.
 *
 * A full run writes the generated section of `docs/performance.md` and `docs/performance.svg`;
 * the figures of each part are kept under `.work/bench/`, so that parts may be run one by one.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { checkAcceptance } from "./_acceptance.ts";
import { measureLatency } from "./_latency.ts";
import { measureMembers } from "./_members.ts";
import { measureMemory } from "./_memory.ts";
import { BenchServer, DEFAULT_SERVER, machineFacts } from "./_process.ts";
import { criterionLines, storePart, writeReport } from "./_report.ts";
import {
  measureThroughput,
  TEST_NAMES,
  throughputHeading,
  type ThroughputResult,
} from "./_throughput.ts";

const USAGE = `deno task bench [options]
  --server PATH        the server measured (bin/aikv-server)
  --reference PATH     what it is compared with (redis-server)
  --only PART          throughput, memory, members or latency
  --quick              small counts, one round; writes nothing
  --tests LIST         of ${TEST_NAMES.join(",")}
  --pipelines LIST     (1,16,64)
  --value-sizes LIST   bytes (3,512)
  --clients LIST       (50,500)
  --rounds N           (5)
  --seconds S          duration of one run (2)
  --requests N         requests of one run, instead of --seconds
  --keys LIST          key counts of the memory part (1000000,10000000)
  --fill-keys N        keys inserted under the latency probe (10000000)
  --expire-keys N      keys expiring under the latency probe (1000000)
  --no-write           do not keep the figures or write docs/
  --write              do, even from a restricted run
  --report             only write docs/ again from the figures kept

A run restricted by --tests, --pipelines, --value-sizes, --clients, --keys,
--fill-keys, --expire-keys, --reference or --quick writes only with --write.`;

const PARTS = ["throughput", "memory", "members", "latency"] as const;

interface Options {
  readonly binaries: { readonly reference: string; readonly candidate: string };
  readonly parts: readonly (typeof PARTS)[number][];
  readonly tests: readonly string[];
  readonly pipelines: readonly number[];
  readonly valueSizes: readonly number[];
  readonly clientCounts: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly requests?: number;
  readonly keyCounts: readonly number[];
  readonly fillKeys: number;
  readonly expireKeys: number;
  readonly shouldWrite: boolean;
  readonly reportOnly: boolean;
}

function readOptions(args: readonly string[]): Options | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      server: { ...text, default: DEFAULT_SERVER },
      reference: text,
      only: text,
      quick: flag,
      tests: text,
      pipelines: text,
      "value-sizes": text,
      clients: text,
      rounds: text,
      seconds: text,
      requests: text,
      keys: text,
      "fill-keys": text,
      "expire-keys": text,
      "no-write": flag,
      write: flag,
      report: flag,
      help: flag,
    },
  });
  if (values.help) return null;
  const { quick } = values;
  const isRestricted = quick || [
    ...[values.reference, values.tests, values.pipelines, values.clients],
    ...[values["value-sizes"], values.keys],
    ...[values["fill-keys"], values["expire-keys"]],
  ].some((value) => value !== undefined);
  return {
    binaries: {
      reference: values.reference ?? "redis-server",
      candidate: values.server,
    },
    parts: namesOf(values.only, PARTS),
    tests: namesOf(values.tests, TEST_NAMES),
    pipelines: numbersOf(values.pipelines, [1, 16, 64]),
    valueSizes: numbersOf(values["value-sizes"], quick ? [3] : [3, 512]),
    clientCounts: numbersOf(values.clients, quick ? [50] : [50, 500]),
    rounds: numbersOf(values.rounds, [quick ? 1 : 5])[0],
    seconds: numbersOf(values.seconds, [quick ? 0.5 : 2])[0],
    requests: values.requests === undefined
      ? undefined
      : numbersOf(values.requests, [])[0],
    keyCounts: numbersOf(values.keys, quick ? [200_000] : [1e6, 1e7]),
    fillKeys: numbersOf(values["fill-keys"], [quick ? 500_000 : 1e7])[0],
    expireKeys: numbersOf(values["expire-keys"], [quick ? 100_000 : 1e6])[0],
    shouldWrite: values.write || (!isRestricted && !values["no-write"]),
    reportOnly: values.report,
  };
}

function namesOf<Name extends string>(
  list: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (list === undefined) return known;
  const names = list.toLowerCase().split(",");
  const unknown = names.find((name) => !known.some((each) => each === name));
  if (unknown !== undefined) {
    throw new RangeError(`${unknown} is none of ${known.join(", ")}`);
  }
  return known.filter((name) => names.includes(name));
}

function numbersOf(
  list: string | undefined,
  otherwise: readonly number[],
): readonly number[] {
  const numbers = list?.split(",").map(Number) ?? otherwise;
  const isWrong = (number: number) => !(number > 0 && number < Infinity);
  if (numbers.some(isWrong)) throw new RangeError(`not a number: ${list}`);
  return numbers;
}

async function runThroughput(options: Options): Promise<ThroughputResult[]> {
  const { binaries } = options;
  await using reference = await BenchServer.start(
    "reference",
    binaries.reference,
  );
  await using candidate = await BenchServer.start(
    "candidate",
    binaries.candidate,
  );
  console.log(`\n${throughputHeading()}`);
  return await measureThroughput(reference, candidate, options);
}

async function main(): Promise<number> {
  const options = readOptions(Deno.args);
  if (options === null) {
    console.log(USAGE);
    return 0;
  }
  if (options.reportOnly) {
    await writeReport();
    return 0;
  }
  const facts = machineFacts();
  console.log(
    `${facts.cores} cores of ${facts.cpu}, ${facts.memoryGib} GiB, ` +
      `Linux ${facts.kernel}, Deno ${facts.deno}, redis-server ${facts.redis}`,
  );
  const has = (part: (typeof PARTS)[number]) => options.parts.includes(part);
  const throughput = has("throughput")
    ? await runThroughput(options)
    : undefined;
  if (throughput && options.shouldWrite) {
    await storePart("throughput", { facts, results: throughput });
  }
  if (has("memory")) console.log("\nMemory");
  const memory = has("memory")
    ? await measureMemory(options.binaries, options.keyCounts)
    : undefined;
  if (memory && options.shouldWrite) {
    await storePart("memory", { facts, results: memory });
  }
  if (has("members")) console.log("\nMembers of collections");
  const members = has("members")
    ? await measureMembers(options.binaries)
    : undefined;
  if (members && options.shouldWrite) {
    await storePart("members", { facts, results: members });
  }
  if (has("latency")) console.log("\nLatency");
  const latency = has("latency")
    ? await measureLatency(options.binaries, {
      fill: options.fillKeys,
      expire: options.expireKeys,
    })
    : undefined;
  if (latency && options.shouldWrite) {
    await storePart("latency", { facts, results: latency });
  }
  if (options.shouldWrite) await writeReport();
  const criteria = checkAcceptance({ throughput, memory, members, latency });
  console.log(`\n${criterionLines(criteria)}`);
  return criteria.some(({ verdict }) => verdict === "FAIL") ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main());
