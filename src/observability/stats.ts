/** Counters behind INFO: of the server, and of each command. */

import { Histogram } from "./histogram.ts";

const SAMPLES = 16;

/** A rate per second: the mean of the last sixteen samples, as in Redis. */
export class Rate {
  readonly #samples = new Float64Array(SAMPLES);
  #index = 0;
  #lastMs = 0;
  #lastCount = 0;

  /** Takes a sample of a counter that only grows. */
  sample(nowMs: number, count: number): void {
    const elapsedMs = nowMs - this.#lastMs;
    if (this.#lastMs !== 0 && elapsedMs > 0) {
      this.#samples[this.#index] = (count - this.#lastCount) * 1000 / elapsedMs;
      this.#index = (this.#index + 1) % SAMPLES;
    }
    this.#lastMs = nowMs;
    this.#lastCount = count;
  }

  get perSecond(): number {
    let sum = 0;
    for (const sample of this.#samples) sum += sample;
    return sum / SAMPLES;
  }

  reset(): void {
    this.#samples.fill(0);
  }
}

/** Counters of the server; those of CONFIG RESETSTAT are reset by `reset`. */
export class ServerStats {
  connectionsReceived = 0;
  connectionsRejected = 0;
  commandsProcessed = 0;
  netInputBytes = 0;
  netOutputBytes = 0;
  readsProcessed = 0;
  writesProcessed = 0;
  errorReplies = 0;
  evictedClients = 0;
  /** Milliseconds spent evicting above `maxmemory` since it was first exceeded. */
  evictionExceededMs = 0;
  /** Milliseconds spent expiring keys in the background. */
  expireCycleMs = 0;
  expireTimeCapReached = 0;
  outputLimitDisconnections = 0;
  queryLimitDisconnections = 0;
  /** Errors by their first word, without the `-`. */
  readonly errors = new Map<string, number>();
  readonly commandRate = new Rate();
  readonly inputRate = new Rate();
  readonly outputRate = new Rate();

  /** Counts an error reply by its code. */
  countError(text: string): void {
    this.errorReplies++;
    const end = text.indexOf(" ");
    const code = end < 0 ? text : text.slice(0, end);
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  reset(): void {
    this.connectionsReceived = 0;
    this.connectionsRejected = 0;
    this.commandsProcessed = 0;
    this.netInputBytes = 0;
    this.netOutputBytes = 0;
    this.readsProcessed = 0;
    this.writesProcessed = 0;
    this.errorReplies = 0;
    this.evictedClients = 0;
    this.evictionExceededMs = 0;
    this.expireCycleMs = 0;
    this.expireTimeCapReached = 0;
    this.outputLimitDisconnections = 0;
    this.queryLimitDisconnections = 0;
    this.errors.clear();
    this.commandRate.reset();
    this.inputRate.reset();
    this.outputRate.reset();
  }
}

/** Figures of one command. */
export class CommandFigures {
  calls = 0;
  microseconds = 0;
  rejectedCalls = 0;
  failedCalls = 0;
  /** Microseconds a call; absent until the first one, or while tracking is off. */
  histogram: Histogram | undefined = undefined;
}

/** Figures by id of the command table. */
export class CommandStats {
  readonly figures: CommandFigures[];
  /** `latency-tracking` */
  isTracking = true;

  constructor(commands: number) {
    this.figures = Array.from({ length: commands }, () => new CommandFigures());
  }

  /** Counts calls that took this long together. */
  record(id: number, calls: number, microseconds: number): void {
    const figures = this.figures[id];
    figures.calls += calls;
    figures.microseconds += microseconds;
    if (this.isTracking) {
      (figures.histogram ??= new Histogram()).add(microseconds / calls, calls);
    }
  }

  reset(): void {
    for (let id = 0; id < this.figures.length; id++) {
      this.figures[id] = new CommandFigures();
    }
  }

  resetHistograms(id: number): void {
    this.figures[id].histogram = undefined;
  }
}
