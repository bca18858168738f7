/** Runs single units of Redis's test suite against a given server binary. */

import { join } from "node:path";
import { parseSuiteOutput, type UnitResult } from "./_output.ts";
import {
  leaveOutBlocks,
  type Waiting,
  waitingBlocks,
  waitingTests,
} from "./_waiting.ts";

export interface SuiteOptions {
  /** Folder with the unpacked sources of Redis. */
  readonly source: string;
  /** Folder for the scratch tree; made anew. */
  readonly scratch: string;
  /** Path of the server under test. */
  readonly server: string;
  readonly waiting: Waiting;
  /** First port of the servers the suite starts. */
  readonly basePort: number;
  readonly portCount: number;
  /** Limit for one unit, in milliseconds. */
  readonly unitTimeoutMs: number;
  /** Called with each line as the suite prints it. */
  readonly onLine?: (line: string) => void;
}

/** Programs beside the server which the suite calls by their path in `src/`. */
const TOOLS = [
  "redis-cli",
  "redis-benchmark",
  "redis-check-aof",
  "redis-check-rdb",
] as const;

/** A suite made ready to run; see {@linkcode prepareSuite}. */
export class Suite {
  constructor(readonly options: SuiteOptions) {}

  /** Runs one unit to its end or its time limit. Never throws for a failure. */
  async runUnit(unit: string): Promise<UnitResult> {
    const { scratch, source, waiting, unitTimeoutMs } = this.options;
    const unitPath = `tests/${unit}.tcl`;
    const text = await Deno.readTextFile(join(source, unitPath));
    await Deno.writeTextFile(
      join(scratch, unitPath),
      leaveOutBlocks(text, waitingBlocks(waiting, unit)),
    );
    const skipFile = join(scratch, "skip.txt");
    const names = waitingTests(waiting, unit).map(({ name }) => name);
    await Deno.writeTextFile(skipFile, names.join("\n"));
    const startMs = performance.now();
    const { output, timedOut } = await this.#execute(unit, skipFile);
    const outcome = parseSuiteOutput(output);
    const aborted = timedOut
      ? `no end after ${unitTimeoutMs} ms; last: ${lastLine(output)}`
      : outcome.aborted;
    const durationMs = Math.round(performance.now() - startMs);
    return { unit, ...outcome, aborted, durationMs };
  }

  async #execute(
    unit: string,
    skipFile: string,
  ): Promise<{ output: string; timedOut: boolean }> {
    const { scratch, basePort, portCount, unitTimeoutMs, onLine } =
      this.options;
    const noProgressSeconds = Math.max(1, Math.floor(unitTimeoutMs / 1000) - 5);
    const child = new Deno.Command("./runtest", {
      cwd: scratch,
      args: [
        ...["--single", unit, "--skipfile", skipFile],
        // A failed command then fails its test instead of ending the run.
        "--durable",
        ...["--clients", "1", "--timeout", String(noProgressSeconds)],
        ...["--baseport", String(basePort), "--portcount", String(portCount)],
      ],
      // A process group of its own, so that the limit below ends every server.
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, unitTimeoutMs);
    const [output] = await Promise.all([
      readLines(child.stdout, onLine),
      readLines(child.stderr, onLine),
    ]);
    await child.status;
    clearTimeout(timer);
    // Servers of an aborted run would keep its ports.
    killGroup(child.pid);
    return { output, timedOut };
  }
}

/** Builds the scratch tree in which the suite believes it runs Redis's build. */
export async function prepareSuite(options: SuiteOptions): Promise<Suite> {
  const { source, scratch, server } = options;
  await Deno.remove(scratch, { recursive: true }).catch(() => {});
  await Deno.mkdir(join(scratch, "src"), { recursive: true });
  await copyTree(join(source, "tests"), join(scratch, "tests"));
  await Deno.mkdir(join(scratch, "tests/tmp"), { recursive: true });
  await Deno.copyFile(join(source, "runtest"), join(scratch, "runtest"));
  await Deno.chmod(join(scratch, "runtest"), 0o755);
  await Deno.symlink(
    await Deno.realPath(server),
    join(scratch, "src/redis-server"),
  );
  for (const tool of TOOLS) {
    const path = await findOnPath(tool);
    if (path !== undefined) {
      await Deno.symlink(path, join(scratch, "src", tool));
    }
  }
  return new Suite(options);
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory) await copyTree(source, target);
    else if (entry.isFile) await Deno.copyFile(source, target);
  }
}

async function findOnPath(program: string): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(folder, program);
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

function killGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch {
    // The whole group has ended.
  }
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: ((line: string) => void) | undefined,
): Promise<string> {
  let text = "";
  let reported = 0;
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    let end: number;
    while ((end = text.indexOf("\n", reported)) >= 0) {
      onLine?.(text.slice(reported, end));
      reported = end + 1;
    }
  }
  return text;
}

function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1) ?? "";
}
