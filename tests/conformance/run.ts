/**
 * `deno task conformance [unit …]`: Redis's own test suite against AiKv.
 *
 * Every unit runs by itself, so that one which aborts hides no other. Without
 * arguments, the units of baseline.json run. The exit code is 0 when no test
 * failed, no unit aborted, and no count is below the baseline.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { UnitResult } from "./_output.ts";
import {
  type Baseline,
  findProblems,
  raisedBaseline,
  resultTable,
  totalLine,
  unusedWaiting,
} from "./_report.ts";
import { obtainSource, SourceError } from "./_source.ts";
import { prepareSuite } from "./_suite.ts";
import { ServerStartError, startServer } from "../_support/mod.ts";
import type { Waiting } from "./_waiting.ts";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WORK = join(ROOT, ".work/conformance");

const USAGE = `deno task conformance [options] [unit …]
  --server PATH       the server under test (bin/aikv-server)
  --source DIR        unpacked sources of redis (fetched when not given)
  --update            raise baseline.json to the counts reached
  --include-waiting   run the tests of waiting.json as well
  --baseport N        first port for the suite's servers (21200)
  --portcount N       how many ports it may use (200)
  --unit-timeout S    limit for a unit, in seconds (600)
  --summary PATH      where to write the results as JSON
                      (.work/conformance/summary.json)
  --verbose           print the suite's own output`;

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(path)) as T;
}

function parseOptions() {
  return parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      server: { type: "string", default: join(ROOT, "bin/aikv-server") },
      source: { type: "string" },
      update: { type: "boolean", default: false },
      "include-waiting": { type: "boolean", default: false },
      baseport: { type: "string", default: "21200" },
      portcount: { type: "string", default: "200" },
      "unit-timeout": { type: "string", default: "600" },
      summary: { type: "string", default: join(WORK, "summary.json") },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
}

async function main(): Promise<number> {
  const { values, positionals } = parseOptions();
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const baselinePath = join(HERE, "baseline.json");
  const baseline = await readJson<Baseline>(baselinePath);
  const waiting: Waiting = values["include-waiting"]
    ? {}
    : await readJson<Waiting>(join(HERE, "waiting.json"));
  const units = positionals.length > 0 ? positionals : Object.keys(baseline);
  // The suite waits two minutes for a server that cannot start, each time.
  await (await startServer({ binary: values.server })).stop();
  const scratch = join(WORK, `tree-${Deno.pid}`);
  const suite = await prepareSuite({
    source: values.source ?? await obtainSource(WORK),
    scratch,
    server: values.server,
    waiting,
    basePort: Number(values.baseport),
    portCount: Number(values.portcount),
    unitTimeoutMs: Number(values["unit-timeout"]) * 1000,
    onLine: values.verbose ? (line) => console.log(line) : undefined,
  });
  const results: UnitResult[] = [];
  try {
    for (const unit of units) {
      console.log(`${unit} …`);
      results.push(await suite.runUnit(unit));
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  const problems = findProblems(results, baseline);
  problems.push(...unusedWaiting(results, waiting));
  if (values.update) {
    const raised = raisedBaseline(results, baseline);
    await Deno.writeTextFile(
      baselinePath,
      JSON.stringify(raised, null, 2) + "\n",
    );
  }
  await Deno.mkdir(join(values.summary, ".."), { recursive: true });
  await Deno.writeTextFile(
    values.summary,
    JSON.stringify({ server: values.server, results, problems }, null, 2) +
      "\n",
  );
  console.log(resultTable(results, baseline));
  for (const problem of problems) console.log(`\n${problem}`);
  console.log(totalLine(results));
  return problems.length === 0 ? 0 : 1;
}

try {
  Deno.exit(await main());
} catch (error) {
  const isExpected = error instanceof SourceError ||
    error instanceof ServerStartError;
  if (!isExpected) throw error;
  console.error(`conformance: ${error.message}`);
  Deno.exit(2);
}
