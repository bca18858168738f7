/** Counters behind INFO: of the server, and of each command. */

import { Histogram } from "./histogram.ts";

const SAMPLES = 16;

/** Error codes counted apart, as in Redis 7.2: scripts may invent any number. */
const ERROR_CODES_MAX = 128;
const ERRORS_DISABLED = "ERRORSTATS_DISABLED";

/** Where Redis looks for the end of an error's code (afterErrorReply). */
const ERROR_CODE_BYTES_MAX = 30;

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

  /** Forgets the samples; the counter starts at 0 again. */
  reset(): void {
    this.#samples.fill(0);
    this.#lastMs = 0;
    this.#lastCount = 0;
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
  /** Milliseconds for which `maxmemory` was exceeded; without what still goes on. */
  evictionExceededMs = 0;
  /** Since when it is exceeded, by the monotonic clock; undefined: it is not. */
  evictionExceededSinceMs: number | undefined = undefined;
  /** Milliseconds spent expiring keys in the background. */
  expireCycleMs = 0;
  expireTimeCapReached = 0;
  outputLimitDisconnections = 0;
  queryLimitDisconnections = 0;
  /** What access control denied. */
  readonly denied = { auth: 0, command: 0, key: 0, channel: 0 };
  /** Errors by their first word, without the `-`. */
  readonly errors = new Map<string, number>();
  readonly commandRate = new Rate();
  readonly inputRate = new Rate();
  readonly outputRate = new Rate();

  /** Counts an error reply by its code. */
  countError(text: string): void {
    this.errorReplies++;
    const { errors } = this;
    if (errors.has(ERRORS_DISABLED)) return;
    const end = text.indexOf(" ");
    const code = end < 0 || end > ERROR_CODE_BYTES_MAX
      ? "ERR"
      : text.slice(0, end);
    const count = errors.get(code);
    if (count === undefined && errors.size >= ERROR_CODES_MAX) {
      errors.clear();
      errors.set(ERRORS_DISABLED, 1);
    } else errors.set(code, (count ?? 0) + 1);
  }

  /** Notes whether `maxmemory` is exceeded; `nowMs` is the monotonic clock. */
  noteExceeded(isExceeded: boolean, nowMs: number): void {
    if (isExceeded) this.evictionExceededSinceMs ??= nowMs;
    else if (this.evictionExceededSinceMs !== undefined) {
      this.evictionExceededMs += nowMs - this.evictionExceededSinceMs;
      this.evictionExceededSinceMs = undefined;
    }
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
    this.evictionExceededSinceMs = undefined;
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
