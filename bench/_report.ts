/** Keeps the figures of each part and writes the generated section of `docs/performance.md`. */

import { fileURLToPath } from "node:url";
import {
  checkAcceptance,
  cpuRatio,
  type Criterion,
  type Measurements,
} from "./_acceptance.ts";
import { ratioChart } from "./_chart.ts";
import { formatWait, type LatencyResult } from "./_latency.ts";
import { KEY_BYTES, VALUE_BYTES } from "./_loader.ts";
import type { MemberResult } from "./_members.ts";
import type { MemoryResult } from "./_memory.ts";
import type { MachineFacts } from "./_process.ts";
import { formatRate, markdownTable } from "./_statistics.ts";
import type { ThroughputResult } from "./_throughput.ts";

/** A part of the measurements that is run and kept by itself. */
export type PartName = keyof Measurements;

/** The figures of one part and the machine they come from. */
export interface Part<Name extends PartName = PartName> {
  readonly facts: MachineFacts;
  readonly results: NonNullable<Measurements[Name]>;
}

type Parts = { readonly [Name in PartName]?: Part<Name> };

const PART_NAMES = [
  "throughput",
  "memory",
  "members",
  "latency",
  "stress",
] as const;
const STORE = fileURLToPath(new URL("../.work/bench/", import.meta.url));
const DOCUMENT = fileURLToPath(
  new URL("../docs/performance.md", import.meta.url),
);
const CHART = fileURLToPath(
  new URL("../docs/performance.svg", import.meta.url),
);
const BEGIN = "<!-- bench:begin (written by deno task bench) -->";
const END = "<!-- bench:end -->";

/** Keeps a part's figures for {@linkcode writeReport}, replacing earlier ones. */
export async function storePart<Name extends PartName>(
  name: Name,
  part: Part<Name>,
): Promise<void> {
  await Deno.mkdir(STORE, { recursive: true });
  await Deno.writeTextFile(
    `${STORE}${name}.json`,
    JSON.stringify(part, null, 2) + "\n",
  );
}

/**
 * Writes the generated section and the chart from the latest figures of every part.
 * @throws {Error} when the document lacks the markers of the section
 */
export async function writeReport(): Promise<void> {
  const parts = await loadParts();
  const document = await Deno.readTextFile(DOCUMENT);
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error("docs/performance.md has no generated section");
  }
  await Deno.writeTextFile(
    DOCUMENT,
    document.slice(0, begin + BEGIN.length) + "\n\n" +
      section(parts) + "\n\n" + document.slice(end),
  );
  if (parts.throughput !== undefined) {
    const { facts, results } = parts.throughput;
    const caption = `redis-server ${facts.redis}, ${facts.cores} cores, ` +
      `${facts.date}; 50 clients, 3-byte values; median of ` +
      `${results[0]?.rounds ?? 0} rounds; more than 1 is faster than Redis`;
    await Deno.writeTextFile(CHART, ratioChart(results, caption));
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", DOCUMENT],
  }).output();
  if (!success) throw new Error("deno fmt refused docs/performance.md");
}

/** The verdicts as lines for a terminal. */
export function criterionLines(criteria: readonly Criterion[]): string {
  return criteria.map(({ verdict, name, figure }) =>
    `${verdict}  ${name}: ${figure}`
  ).join("\n");
}

async function loadParts(): Promise<Parts> {
  const parts: Partial<Record<PartName, unknown>> = {};
  for (const name of PART_NAMES) {
    try {
      parts[name] = JSON.parse(await Deno.readTextFile(`${STORE}${name}.json`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return parts as Parts;
}

function section(parts: Parts): string {
  const pieces: string[] = [];
  const { throughput, memory, members, latency, stress } = parts;
  if (throughput !== undefined) {
    pieces.push("### Throughput", factsLine(throughput.facts));
    pieces.push(throughputNote(throughput.results));
    pieces.push("![Throughput relative to redis-server](performance.svg)");
    pieces.push(throughputTable(throughput.results));
  }
  if (memory !== undefined) {
    pieces.push("### Memory", factsLine(memory.facts));
    pieces.push(memoryTable(memory.results));
  }
  if (members !== undefined) {
    pieces.push("### Members of collections", factsLine(members.facts));
    pieces.push(membersTable(members.results));
  }
  if (latency !== undefined) {
    pieces.push("### Latency", factsLine(latency.facts));
    pieces.push(latencyTable(latency.results));
  }
  pieces.push("### Promises");
  if (stress !== undefined) {
    pieces.push(`Robustness was measured on: ${factsLine(stress.facts)}`);
  }
  const criteria = checkAcceptance({
    throughput: throughput?.results,
    memory: memory?.results,
    members: members?.results,
    latency: latency?.results,
    stress: stress?.results,
  });
  pieces.push(markdownTable([
    ["promise", "measured", ""],
    ...criteria.map(({ name, figure, verdict }) => [name, figure, verdict]),
  ]));
  return pieces.join("\n\n");
}

function factsLine(facts: MachineFacts): string {
  return `${facts.date}; ${facts.cores} cores of ${facts.cpu}, ` +
    `${facts.memoryGib} GiB; Linux ${facts.kernel}; Deno ${facts.deno}; ` +
    `redis-server ${facts.redis}.`;
}

function throughputNote(results: readonly ThroughputResult[]): string {
  return `Median of ${results[0]?.rounds ?? 0} alternating rounds of ` +
    "`redis-benchmark -r 100000`. The ratio is the median of the rounds' " +
    "ratios; CPU is the server's user + system time per request.";
}

function throughputTable(results: readonly ThroughputResult[]): string {
  const cpu = (figures: ThroughputResult["reference"]) =>
    `${figures.userUs.toFixed(2)} + ${figures.systemUs.toFixed(2)}`;
  return markdownTable([
    [
      "test",
      "pipeline",
      "value bytes",
      "clients",
      "Redis/s",
      "AiKv/s",
      "ratio",
      "Redis CPU µs",
      "AiKv CPU µs",
      "CPU ratio",
    ],
    ...results.map((one) => [
      one.test.toUpperCase(),
      String(one.pipeline),
      String(one.valueBytes),
      String(one.clients),
      formatRate(one.reference.requestsPerSecond),
      formatRate(one.candidate.requestsPerSecond),
      `**${one.ratio.toFixed(2)}**`,
      cpu(one.reference),
      cpu(one.candidate),
      cpuRatio(one).toFixed(2),
    ]),
  ]);
}

function memoryTable(results: readonly MemoryResult[]): string {
  return `Bytes a key of ${KEY_BYTES} bytes with a value of ${VALUE_BYTES}: ` +
    "growth of the warm, empty process, and in parentheses of one that had " +
    "run no command.\n\n" +
    markdownTable([
      ["keys", "server", "by RSS", "by used_memory", "idle RSS", "loaded in"],
      ...results.flatMap((one) =>
        (["reference", "candidate"] as const).map((side) => {
          const figures = one[side];
          return [
            one.keyCount.toLocaleString("en"),
            side === "reference" ? "Redis" : "AiKv",
            `${figures.residentBytesPerKey.toFixed(1)} ` +
            `(${figures.residentBytesPerKeyFromCold.toFixed(1)})`,
            figures.usedBytesPerKey?.toFixed(1) ?? "not reported",
            `${(figures.idleBytes / 2 ** 20).toFixed(1)} MiB`,
            `${figures.loadSeconds.toFixed(1)} s`,
          ];
        })
      ),
    ]);
}

function membersTable(results: readonly MemberResult[]): string {
  return "Growth of `used_memory` a member (a field, an entry).\n\n" +
    markdownTable([
      ["collection", "Redis", "AiKv"],
      ...results.map((one) => [
        one.what,
        one.reference.toFixed(1),
        one.candidate.toFixed(1),
      ]),
    ]);
}

function latencyTable(results: readonly LatencyResult[]): string {
  return "What a separate client saw that sends PING and GET in turn. In " +
    "parentheses, how long during the slowest reply the client and the " +
    "server were ready to run while other processes had the CPU; and the " +
    "longest wait once both are subtracted from every reply.\n\n" +
    markdownTable([
      [
        "meanwhile",
        "server",
        "longest wait",
        "without CPU waits",
        "p99.9",
        "p50",
        "took",
      ],
      ...results.flatMap((one) =>
        (["reference", "candidate"] as const).map((side) => {
          const figures = one[side];
          const keys = one.keyCount.toLocaleString("en");
          return [
            one.scenario === "fill"
              ? `0 → ${keys} keys inserted`
              : `${keys} keys expire at once`,
            side === "reference" ? "Redis" : "AiKv",
            `${figures.maxMs.toFixed(2)} ms ` +
            `(${formatWait(figures.slowestProbeWaitMs)}, ` +
            `${formatWait(figures.slowestServerWaitMs)})`,
            `${figures.maxBeyondWaitsMs?.toFixed(2) ?? "?"} ms`,
            `${figures.p999Ms.toFixed(2)} ms`,
            `${figures.p50Ms.toFixed(3)} ms`,
            `${(figures.durationMs / 1000).toFixed(1)} s`,
          ];
        })
      ),
    ]);
}
