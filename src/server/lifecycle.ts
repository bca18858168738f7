/** The end of the server: SHUTDOWN, signals, DEBUG RESTART and the like. */

import type { Random } from "../base/interfaces.ts";
import type { Lifecycle, ShutdownOptions } from "../commands/services.ts";
import type { Config } from "../config/mod.ts";
import type { Log } from "../observability/log.ts";
import { environment, exitProcess, removeFile } from "../platform/process.ts";

/** What has to be closed before the process ends. */
export interface Closable {
  close(): void;
}

/** 40 random hex digits. */
function randomName(random: Random): string {
  const bytes = new Uint8Array(20);
  random.fill(bytes);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The process as commands see it. */
export class ServerLifecycle implements Lifecycle {
  readonly startedMs: number;
  readonly runId: string;
  readonly replicationId: string;
  readonly processId: number;
  readonly executable: string;
  readonly #config: Config;
  readonly #log: Log;
  readonly #closables: Closable[] = [];

  constructor(
    config: Config,
    log: Log,
    random: Random,
    startedMs: number,
    processId: number,
  ) {
    this.#config = config;
    this.#log = log;
    this.startedMs = startedMs;
    this.processId = processId;
    this.runId = randomName(random);
    this.replicationId = randomName(random);
    this.executable = environment("AIKV_EXECUTABLE") ?? "aikv-server";
  }

  get configFile(): string {
    return this.#config.file ?? "";
  }

  get tcpPort(): number {
    return this.#config.values.port;
  }

  get listenAddresses(): readonly string[] {
    return this.#config.values.bind;
  }

  /** Closes this before the process ends, last added first. */
  onExit(closable: Closable): void {
    this.#closables.unshift(closable);
  }

  shutdown(options: ShutdownOptions): string | null {
    this.#log.notice("User requested shutdown...");
    if (options.save === true) {
      const reason = "AiKv cannot save yet: snapshots come with the RDB stage.";
      this.#log.warning(reason);
      if (!options.force) return reason;
    }
    this.#end("AiKv is now ready to exit, bye bye...");
    return exitProcess(0);
  }

  abortShutdown(): boolean {
    // A shutdown that may be aborted waits for replicas; there are none.
    return false;
  }

  exit(code: number): never {
    this.#end("Exiting");
    return exitProcess(code);
  }

  #end(message: string): void {
    const { pidfile } = this.#config.values;
    if (pidfile) {
      this.#log.notice("Removing the pid file.");
      removeFile(pidfile);
    }
    for (const closable of this.#closables) closable.close();
    this.#log.warning(message);
    this.#log.close();
  }
}
