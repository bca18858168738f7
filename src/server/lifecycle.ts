/** The end of the server: SHUTDOWN, signals, bugs; and who the process is. */

import { EXIT_BUG, EXIT_OK } from "../base/exit_code.ts";
import type { Files, Random } from "../base/interfaces.ts";
import { AIKV_VERSION } from "../base/version.ts";
import type { Lifecycle, ShutdownOptions } from "../commands/services.ts";
import type { Config } from "../config/mod.ts";
import type { Log } from "../observability/log.ts";

/** What has to be closed before the process ends. */
export interface Closable {
  close(): void;
}

/** What the lifecycle is made of. */
export interface LifecycleParts {
  readonly config: Config;
  readonly log: Log;
  readonly random: Random;
  readonly files: Files;
  readonly startedMs: number;
  readonly processId: number;
  /** Path the server was started by. */
  readonly executable: string;
  /** Ends the process. */
  exit(code: number): never;
}

/** The process as commands see it. */
export class ServerLifecycle implements Lifecycle {
  readonly startedMs: number;
  readonly runId: string;
  readonly processId: number;
  readonly executable: string;
  #replicationId: string;
  readonly #parts: LifecycleParts;
  readonly #closables: Closable[] = [];
  #isEnding = false;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    this.startedMs = parts.startedMs;
    this.processId = parts.processId;
    this.executable = parts.executable;
    this.runId = randomName(parts.random);
    this.#replicationId = randomName(parts.random);
  }

  get replicationId(): string {
    return this.#replicationId;
  }

  changeReplicationId(): void {
    this.#replicationId = randomName(this.#parts.random);
  }

  get configFile(): string {
    return this.#parts.config.file ?? "";
  }

  get tcpPort(): number {
    return this.#parts.config.values.port;
  }

  get listenAddresses(): readonly string[] {
    return this.#parts.config.values.bind;
  }

  /** Closes this before the process ends, last added first. */
  onExit(closable: Closable): void {
    this.#closables.unshift(closable);
  }

  shutdown(options: ShutdownOptions): string | null {
    const { log, config, exit } = this.#parts;
    log.warning("User requested shutdown...");
    if (options.save === true) {
      const reason = "AiKv cannot save snapshots yet.";
      log.warning(reason);
      if (!options.force) {
        log.warning("Error trying to save the DB, can't exit.");
        log.warning(
          "Errors trying to shut down the server. Check the logs for more information.",
        );
        return reason;
      }
      log.warning("Error trying to save the DB. Exit anyway.");
    } else if (options.save === undefined && config.values.save.length > 0) {
      log.warning(
        "Save points are configured, but AiKv cannot save snapshots yet: nothing was saved.",
      );
    }
    this.#end();
    return exit(EXIT_OK);
  }

  /** On SIGTERM or SIGINT: as the options of their names say. */
  shutdownOnSignal(signal: "SIGTERM" | "SIGINT"): void {
    const { log, config: { values } } = this.#parts;
    log.warning(`Received ${signal} scheduling shutdown...`);
    const words = signal === "SIGINT"
      ? values.shutdownOnSigint
      : values.shutdownOnSigterm;
    const nosave = words.includes("nosave");
    const problem = this.shutdown({
      save: words.includes("save") ? true : nosave ? false : undefined,
      now: words.includes("now"),
      force: words.includes("force"),
    });
    if (problem === null) return;
    log.warning(
      `${signal} received but errors trying to shut down the server, check the logs for more information`,
    );
  }

  abortShutdown(): boolean {
    // A shutdown that may be aborted waits for replicas; there are none.
    return false;
  }

  crash(
    headline: string,
    error: unknown,
    facts: readonly string[] = [],
  ): never {
    const { log, config, exit } = this.#parts;
    const what = `AiKv ${AIKV_VERSION} crashed: ${headline}`;
    const report = config.values.crashLogEnabled
      ? [
        "=== AIKV BUG REPORT START: Cut & paste starting from here ===",
        what,
        ...facts,
        "------ STACK TRACE ------",
        ...stackOf(error),
        "=== AIKV BUG REPORT END. Make sure to include from START to END. ===",
      ]
      : [what];
    for (const line of report) log.warning(line);
    // Nothing is put in order: what is known to be wrong is not to be trusted.
    return exit(EXIT_BUG);
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { log, files, config: { values: { pidfile } } } = this.#parts;
    if (pidfile) {
      log.notice("Removing the pid file.");
      try {
        files.remove(pidfile);
      } catch {
        // Not there any more.
      }
    }
    for (const closable of this.#closables) closable.close();
    log.warning("AiKv is now ready to exit, bye bye...");
    log.close();
  }
}

/** 40 random hex digits. */
function randomName(random: Random): string {
  const bytes = new Uint8Array(20);
  random.fill(bytes);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is known of where something was thrown, and of what caused it. */
function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const own = (error.stack ?? String(error)).split("\n");
  return error.cause === undefined
    ? own
    : [...own, "Caused by:", ...stackOf(error.cause)];
}
