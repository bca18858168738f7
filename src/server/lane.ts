/**
 * Who may use the fast lane (asm/commands/lane.ts): only clients and moments
 * where no one could tell a kernel from its handler.
 */

import type { Client } from "../commands/client.ts";
import type { CommandTable } from "../commands/entries.ts";
import { LANE_SLOWLOG_MIN_MICROSECONDS } from "../base/limits.ts";
import type { Core } from "../core/mod.ts";
import type { CommandStats } from "../observability/stats.ts";

const READS = 1;
const WRITES = 2;

/** Kernels by the name in a command's spec; the numbers are the core's. */
export const KERNELS: Readonly<Record<string, number>> = {
  ping: 1,
  echo: 2,
  get: 3,
  set: 4,
  incr: 5,
  decr: 6,
  incrby: 7,
  mget: 8,
  mset: 9,
  exists: 10,
  del: 11,
  strlen: 12,
  sadd: 13,
  sismember: 14,
  lpush: 15,
  rpush: 16,
  lpop: 17,
  rpop: 18,
  llen: 19,
  hget: 20,
  hset: 21,
};

const KERNEL_COUNT = 22;

/** What of the server's state closes the lane for everybody. */
export interface LaneConditions {
  readonly hasMonitors: boolean;
  readonly isPaused: boolean;
  readonly slowlogMicroseconds: number;
  readonly latencyThresholdMs: number;
  readonly hasListeners: boolean;
  readonly hasWatchers: boolean;
}

/** Opens and closes the lane, and accounts for what ran in it. */
export class Lane {
  /** False closes it for good (tests compare both ways). */
  isEnabled = true;
  readonly #core: Core;
  /** Command ids by kernel. */
  readonly #ids = new Int32Array(KERNEL_COUNT).fill(-1);
  readonly #conditions: () => LaneConditions;
  #mode = 0;
  /** Index of the core's report in a view of 32-bit words. */
  readonly #report: number;

  constructor(
    core: Core,
    table: CommandTable,
    conditions: () => LaneConditions,
  ) {
    this.#core = core;
    this.#report = core.x.laneReport() >>> 2;
    this.#conditions = conditions;
    for (const entry of table.entries) {
      const kernel = entry.spec.kernel;
      if (kernel !== undefined) this.#ids[KERNELS[kernel]] = entry.id;
    }
  }

  /** To be called whenever a condition changes. */
  update(): void {
    const now = this.#conditions();
    const isTimed = now.slowlogMicroseconds >= 0 &&
      now.slowlogMicroseconds < LANE_SLOWLOG_MIN_MICROSECONDS;
    if (
      !this.isEnabled || now.hasMonitors || now.isPaused || isTimed ||
      now.latencyThresholdMs > 0 || now.hasListeners
    ) this.#mode = 0;
    else this.#mode = now.hasWatchers ? READS : READS | WRITES;
  }

  /** The mode for a client's next commands. */
  modeFor(client: Client): number {
    return client.isAuthenticated && client.user.runsEverything &&
        !client.inMulti && client.replyMode === "on" && !client.isNoTouch &&
        !client.isMonitor && !client.isListeningOnly &&
        client.tracking === undefined
      ? this.#mode
      : 0;
  }

  /** How many commands ran since the last `account`. */
  get calls(): number {
    return this.#core.i32[this.#report];
  }

  /** Id of the command that ran last. */
  get lastCommandId(): number {
    return this.#ids[this.#core.i32[this.#report + 1]];
  }

  /** Unread bytes of the input. */
  get left(): number {
    return this.#core.i32[this.#report + 3] >>> 0;
  }

  /** Where they start. */
  get position(): number {
    return this.#core.i32[this.#report + 4];
  }

  /** Spreads the time a turn's kernels took over their commands. */
  account(stats: CommandStats, microseconds: number): number {
    const { x, i32 } = this.#core;
    const total = i32[this.#report];
    if (i32[this.#report + 2] !== 0) {
      stats.record(this.#ids[i32[this.#report + 1]], total, microseconds);
    } else {
      for (let kernel = 1; kernel < KERNEL_COUNT; kernel++) {
        const calls = x.laneCallsOf(kernel);
        if (calls === 0) continue;
        stats.record(this.#ids[kernel], calls, microseconds * calls / total);
      }
    }
    x.laneReset();
    return total;
  }
}
