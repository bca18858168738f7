/** What the robustness scenarios share. */

import { infoField, RawClient, sleep } from "./_client.ts";
import type { BenchServer } from "./_process.ts";

/** How much to do in each scenario. */
export interface StressCounts {
  readonly idleConnections: number;
  readonly valueBytes: number;
  readonly pipelineCommands: number;
  readonly frames: number;
  readonly operations: number;
  /** Random choices repeat with the same seed. */
  readonly seed: number;
}

/** What a scenario measured, and whether that is good. */
export interface Outcome {
  readonly isGood: boolean;
  readonly figure: string;
}

/** One scenario; it has a server to itself. */
export interface Scenario {
  readonly scenario: string;
  readonly describe: (counts: StressCounts) => string;
  readonly serverOptions?: readonly string[];
  readonly run: (
    server: BenchServer,
    counts: StressCounts,
  ) => Promise<Outcome>;
}

/** A small seeded generator (xorshift32), cheap enough for millions of frames. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed | 0) || 1;
  }

  /** An integer of [0, limit). */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return Math.floor((state >>> 0) / 0x1_0000_0000 * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

/** `used_memory` after giving the server a moment to free what it frees later. */
export async function settledUsedMemory(
  client: RawClient,
): Promise<number | undefined> {
  await sleep(1500);
  return await infoField(client, "memory", "used_memory");
}

/** Connects, writes and reads back a value, to see that the server still works. */
export async function stillWorks(server: BenchServer): Promise<boolean> {
  if (server.hasExited) return false;
  try {
    using client = await RawClient.connect(server.port);
    const value = `alive-${server.pid}`;
    return await client.call("SET", "stress:alive", value) === "OK" &&
      await client.call("GET", "stress:alive") === value;
  } catch {
    return false;
  }
}

/** Calls PING until `stop` and keeps the longest reply time, in milliseconds. */
export class PingWatch {
  #longestMs = 0;
  #isStopped = false;
  readonly #loop: Promise<void>;

  constructor(port: number) {
    this.#loop = this.#run(port);
    // Looked at in stop(); until then a failure must not end the process.
    this.#loop.catch(() => {});
  }

  async #run(port: number): Promise<void> {
    using client = await RawClient.connect(port);
    while (!this.#isStopped) {
      const startedMs = performance.now();
      await client.call("PING");
      this.#longestMs = Math.max(
        this.#longestMs,
        performance.now() - startedMs,
      );
      await sleep(2);
    }
  }

  /** @throws {Error} when a PING failed */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await this.#loop;
    return this.#longestMs;
  }
}
