/**
 * Starts a Redis-compatible server as a child process for a test, on a free
 * loopback port and in a directory of its own, and stops it again.
 *
 * Which binary stands for AiKv is `bin/aikv-server` unless the environment
 * variable `AIKV_TEST_SERVER` names another; the reference is `redis-server`
 * unless `REDIS_SERVER` does.
 */

import { fileURLToPath } from "node:url";
import {
  type Address,
  RespClient,
  type RespClientOptions,
} from "./resp_client.ts";

/** The repository's root folder, with a slash at the end. */
export const repositoryRoot = fileURLToPath(
  new URL("../../", import.meta.url),
);

/** The version of Redis whose replies are the reference. */
export const REFERENCE_VERSION = "7.0.15";

/** Path of the server under test. */
export function aikvBinary(): string {
  return Deno.env.get("AIKV_TEST_SERVER") ?? `${repositoryRoot}bin/aikv-server`;
}

/** Name or path of the reference server. */
export function redisBinary(): string {
  return Deno.env.get("REDIS_SERVER") ?? "redis-server";
}

export interface StartOptions {
  /** Path or name of the server; {@linkcode aikvBinary} unless given. */
  readonly binary?: string;
  /** Lines of a configuration file passed as the first argument. */
  readonly config?: string;
  /** Command-line arguments after it, such as `["--maxclients", "10"]`. */
  readonly options?: readonly string[];
  /** Also listen on a Unix socket inside the directory. */
  readonly unixSocket?: boolean;
  /** The port; a free one unless given. 0 listens on no TCP port. */
  readonly port?: number;
  /** Limit for the first PING to be answered, in milliseconds. 20 s by default. */
  readonly readyTimeoutMs?: number;
}

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const START_ATTEMPTS = 3;

/** The server ended before it answered, or never answered. */
export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
}

/** A running server. `await using` stops it and deletes its directory. */
export class TestServer {
  readonly #child: Deno.ChildProcess;
  readonly #readers: Promise<void>[];
  readonly #output: string[];
  #exit: Deno.CommandStatus | undefined;

  constructor(
    readonly binary: string,
    readonly port: number,
    readonly directory: string,
    readonly socketPath: string | undefined,
    child: Deno.ChildProcess,
  ) {
    this.#child = child;
    this.#output = [];
    this.#readers = [
      collect(child.stdout, this.#output),
      collect(child.stderr, this.#output),
    ];
    child.status.then((status) => this.#exit = status);
  }

  /** Process id of the server (its launcher execs, so there is only one). */
  get pid(): number {
    return this.#child.pid;
  }

  /** Everything written to standard output and standard error so far. */
  get logs(): string {
    return this.#output.join("");
  }

  /** Set once the process has ended. */
  get exit(): Deno.CommandStatus | undefined {
    return this.#exit;
  }

  /** Where clients connect: TCP, or the Unix socket of a server without a port. */
  get address(): Address {
    return this.port > 0 ? { port: this.port } : { path: this.socketPath! };
  }

  /** A new connection over TCP. */
  connect(options?: RespClientOptions): Promise<RespClient> {
    return RespClient.connect(this.address, options);
  }

  /** A new connection over the Unix socket. */
  connectUnix(options?: RespClientOptions): Promise<RespClient> {
    if (this.socketPath === undefined) {
      throw new Error("the server was started without a Unix socket");
    }
    return RespClient.connect({ path: this.socketPath }, options);
  }

  /** Sends a signal to this server and nothing else. */
  signal(signal: Deno.Signal): void {
    if (this.#exit === undefined) this.#child.kill(signal);
  }

  /** Waits until the process has ended by itself. */
  async waitForExit(timeoutMs = STOP_TIMEOUT_MS): Promise<Deno.CommandStatus> {
    const deadlineMs = performance.now() + timeoutMs;
    while (this.#exit === undefined) {
      if (performance.now() > deadlineMs) {
        throw new Error(`server ${this.pid} still runs after ${timeoutMs} ms`);
      }
      await sleep(POLL_MS);
    }
    await Promise.all(this.#readers);
    return this.#exit;
  }

  /** SIGTERM, then SIGKILL when that does not end it; deletes the directory. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    try {
      await this.waitForExit();
    } catch {
      this.signal("SIGKILL");
      await this.waitForExit();
    }
    await Deno.remove(this.directory, { recursive: true }).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Resolves when PING is answered, with an error such as NOAUTH as well. */
  async waitUntilReady(timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (this.#exit === undefined && performance.now() < deadlineMs) {
      try {
        using client = await this.connect({ timeoutMs: 1000 });
        await client.send("PING");
        return;
      } catch {
        await sleep(POLL_MS);
      }
    }
    throw new ServerStartError(
      `${this.binary} did not answer PING (exit ${
        JSON.stringify(this.#exit ?? null)
      }); its output:\n${this.logs}`,
    );
  }
}

/**
 * Starts a server and waits until it answers.
 * @throws {ServerStartError} with everything the server wrote.
 */
export async function startServer(
  options: StartOptions = {},
): Promise<TestServer> {
  for (let attempt = 1;; attempt++) {
    const server = await spawnServer(options);
    try {
      await server.waitUntilReady(options.readyTimeoutMs ?? READY_TIMEOUT_MS);
      return server;
    } catch (error) {
      await server.stop();
      // The free port may have been taken between finding and binding it.
      const portTaken = /in use|Failed listening/i.test(server.logs);
      if (
        attempt === START_ATTEMPTS || !portTaken || options.port !== undefined
      ) {
        throw error;
      }
    }
  }
}

/** Starts a server without waiting; for tests of start-up failures. */
export async function spawnServer(
  options: StartOptions = {},
): Promise<TestServer> {
  const binary = options.binary ?? aikvBinary();
  const directory = await Deno.makeTempDir({ prefix: "aikv-test-" });
  const port = options.port ?? findFreePort();
  const socketPath = options.unixSocket || port === 0
    ? `${directory}/server.sock`
    : undefined;
  const args: string[] = [];
  if (options.config !== undefined) {
    const path = `${directory}/redis.conf`;
    await Deno.writeTextFile(path, options.config);
    args.push(path);
  }
  args.push("--port", String(port), "--bind", "127.0.0.1");
  args.push("--dir", directory, "--save", "");
  args.push("--enable-debug-command", "yes");
  if (socketPath !== undefined) args.push("--unixsocket", socketPath);
  args.push(...(options.options ?? []));
  const child = new Deno.Command(binary, {
    args,
    cwd: directory,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return new TestServer(binary, port, directory, socketPath, child);
}

/** A loopback port that was free a moment ago. */
export function findFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Resolves after `durationMs` milliseconds. */
export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  into: string[],
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    into.push(decoder.decode(chunk, { stream: true }));
  }
}
