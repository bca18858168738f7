/** Server processes for measurements, and what Linux knows about them. */

import { fileURLToPath } from "node:url";
import { RawClient, sleep } from "./_client.ts";

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 10;
const FIRST_PORT = 21_600;
const LAST_PORT = 21_699;

/** Linux reports process times in units of 1/100 s, on every architecture. */
const CLOCK_TICKS_PER_SECOND = 100;

/** The server measured unless another is named. */
export const DEFAULT_SERVER = fileURLToPath(
  new URL("../bin/aikv-server", import.meta.url),
);

/** CPU time used by all threads of a process since it started, in microseconds. */
export interface CpuTime {
  readonly userUs: number;
  readonly systemUs: number;
}

/** A running server in a directory of its own. `await using` stops it. */
export class BenchServer {
  readonly #child: Deno.ChildProcess;
  #hasExited = false;

  private constructor(
    readonly label: string,
    readonly port: number,
    readonly directory: string,
    child: Deno.ChildProcess,
  ) {
    this.#child = child;
    child.status.then(() => this.#hasExited = true);
  }

  /**
   * Starts a server without persistence and waits for its first PONG.
   * @throws {Error} when it ends or does not answer within 20 s
   */
  static async start(
    label: string,
    binary: string,
    options: readonly string[] = [],
  ): Promise<BenchServer> {
    const directory = await Deno.makeTempDir({ prefix: "aikv-bench-" });
    const port = findFreePort();
    const child = new Deno.Command(binary, {
      args: [
        ...["--port", String(port), "--bind", "127.0.0.1"],
        ...["--save", "", "--appendonly", "no", "--dir", directory],
        ...["--logfile", `${directory}/server.log`, ...options],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const server = new BenchServer(label, port, directory, child);
    try {
      await server.#waitUntilReady();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.port);
  }

  /** Resident memory of the process, in bytes. */
  residentBytes(): number {
    return statusBytes(this.pid, "VmRSS");
  }

  /** The most resident memory it ever had, in bytes. */
  residentPeakBytes(): number {
    return statusBytes(this.pid, "VmHWM");
  }

  /** CPU time of all its threads, in steps of 10 ms. */
  cpuTime(): CpuTime {
    const stat = Deno.readTextFileSync(`/proc/${this.pid}/stat`);
    // The second field is the name in parentheses, which may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const tickUs = 1_000_000 / CLOCK_TICKS_PER_SECOND;
    return {
      userUs: Number(fields[11]) * tickUs,
      systemUs: Number(fields[12]) * tickUs,
    };
  }

  /** Ends this process, at first politely, and deletes its directory. */
  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    const deadlineMs = performance.now() + STOP_TIMEOUT_MS;
    while (!this.#hasExited && performance.now() < deadlineMs) {
      await sleep(POLL_MS);
    }
    this.#signal("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.directory, { recursive: true }).catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #signal(signal: Deno.Signal): void {
    if (!this.#hasExited) this.#child.kill(signal);
  }

  async #waitUntilReady(): Promise<void> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    while (!this.#hasExited && performance.now() < deadlineMs) {
      try {
        using client = await this.connect();
        if (await client.call("PING") === "PONG") return;
      } catch {
        await sleep(POLL_MS);
      }
    }
    throw new Error(`${this.label} did not answer PING`);
  }
}

function statusBytes(pid: number, field: string): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status);
  if (match === null) throw new Error(`no ${field} for process ${pid}`);
  return Number(match[1]) * 1024;
}

let nextPort = FIRST_PORT;

/** A loopback port of the bench's range that was free a moment ago. */
function findFreePort(): number {
  for (let attempt = FIRST_PORT; attempt <= LAST_PORT; attempt++) {
    const port = nextPort;
    nextPort = nextPort === LAST_PORT ? FIRST_PORT : nextPort + 1;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`no free port from ${FIRST_PORT} to ${LAST_PORT}`);
}

/**
 * How long the main thread of a process was ready to run while other processes had the CPU, in
 * milliseconds since it started. NaN where the kernel does not say.
 */
export function cpuWaitMs(pid: number): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/schedstat`);
    return Number(text.split(" ")[1]) / 1_000_000;
  } catch {
    return NaN;
  }
}

/** The limit of open files of this process, which its children inherit. */
export function openFileLimit(): number {
  const limits = Deno.readTextFileSync("/proc/self/limits");
  const match = /^Max open files\s+(\d+)/m.exec(limits);
  return match === null ? Infinity : Number(match[1]);
}

/** What identifies a machine's speed, without naming the machine. */
export interface MachineFacts {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly deno: string;
  readonly redis: string;
}

/** Facts to print beside every figure. */
export function machineFacts(): MachineFacts {
  const cpuInfo = Deno.readTextFileSync("/proc/cpuinfo");
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: /^model name\s*:\s*(.+)$/m.exec(cpuInfo)?.[1] ?? "unknown CPU",
    cores: navigator.hardwareConcurrency,
    memoryGib: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    kernel: Deno.osRelease().replace(/^(\d+\.\d+\.\d+).*/, "$1"),
    deno: Deno.version.deno,
    redis: redisVersion(),
  };
}

function redisVersion(): string {
  const { stdout } = new Deno.Command("redis-server", { args: ["--version"] })
    .outputSync();
  return /v=([0-9.]+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "unknown";
}
