/**
 * Background work, `hz` times a second and in between: expiring, evicting,
 * resizing tables, freeing, closing idle clients, sampling rates. All of it in
 * slices of a millisecond, so that no command waits for it.
 */

import type { Client } from "../commands/client.ts";
import { FREE_BATCH, RESIZE_BATCH, SLICE_MS } from "../base/limits.ts";
import { evict } from "../keyspace/mod.ts";
import type { Server } from "./server.ts";

/** Rates are sampled ten times a second, as in Redis. */
const SAMPLE_MS = 100;

/** The server's background work. */
export class Cron {
  readonly #server: Server;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #isSlicePending = false;
  #lastSampleMs = 0;
  #isStopped = false;

  constructor(server: Server) {
    this.#server = server;
  }

  start(): void {
    this.#schedule();
  }

  close(): void {
    this.#isStopped = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  #schedule(): void {
    const { hz, dynamicHz } = this.#server.config.values;
    let frequency = hz;
    if (dynamicHz) {
      // As in Redis: at most 200 clients a run (CONFIG_DEFAULT_HZ and friends).
      while (
        this.#server.connections.size / frequency > 200 && frequency < 500
      ) frequency *= 2;
    }
    frequency = Math.min(500, frequency);
    this.#server.hz = frequency;
    this.#timer = setTimeout(() => this.#run(), 1000 / frequency);
  }

  #run(): void {
    const server = this.#server;
    server.tick();
    if (!server.debug.cronPaused) {
      server.tracking.limitTable();
      this.#checkClients();
      this.#sample();
    }
    if (!server.debug.cronPaused) this.#slice();
    if (!this.#isStopped) this.#schedule();
  }

  /** One millisecond of background work; again soon while there is more. */
  #slice(): void {
    const server = this.#server;
    const { clock, keyspace } = server;
    const startMs = clock.monotonicMs();
    const isTimeUp = () => clock.monotonicMs() - startMs >= SLICE_MS;
    // What a command of very many arguments has left behind.
    server.core.x.frameTrim();
    let isBehind = this.#free(isTimeUp);
    if (server.debug.activeExpire && !keyspace.isExpiryPaused) {
      isBehind = this.#expire(isTimeUp) || isBehind;
    }
    const isPaused = server.pauseControl.mode !== undefined;
    if (server.isEvictionBehind && !isPaused) {
      isBehind = this.#evict() || isBehind;
    }
    if (server.debug.dictResizing && server.config.values.activerehashing) {
      isBehind = this.#resize(isTimeUp) || isBehind;
    }
    server.effects.close();
    server.settleTouched(undefined);
    if (isBehind) this.#again();
  }

  /** Another slice after whatever is waiting. */
  #again(): void {
    if (this.#isSlicePending || this.#isStopped) return;
    this.#isSlicePending = true;
    setTimeout(() => {
      this.#isSlicePending = false;
      if (this.#isStopped || this.#server.debug.cronPaused) return;
      this.#server.tick();
      this.#slice();
    }, 0);
  }

  #free(isTimeUp: () => boolean): boolean {
    const { keyspace, core } = this.#server;
    const before = core.x.retiredCount();
    if (before === 0) return core.x.retiredFree(1) !== 0;
    let hasMore = true;
    while (hasMore && !isTimeUp()) {
      hasMore = core.x.retiredFree(FREE_BATCH) !== 0;
    }
    keyspace.stats.lazyFreedKeys += before - core.x.retiredCount();
    return hasMore;
  }

  #expire(isTimeUp: () => boolean): boolean {
    const server = this.#server;
    const { clock, keyspace, stats } = server;
    const startMs = clock.monotonicMs();
    let isBehind = false;
    for (let db = 0; db < keyspace.databases; db++) {
      // Time up or not, each database gets a turn.
      if (keyspace.core.x.nextExpired(db) !== 0) {
        isBehind = keyspace.expireDue(db, isTimeUp) || isBehind;
      }
      if (keyspace.core.x.fieldExpiresNext(db) !== 0) {
        isBehind = keyspace.expireDueFields(db, isTimeUp) || isBehind;
      }
    }
    const elapsedMs = clock.monotonicMs() - startMs;
    stats.expireCycleMs += elapsedMs;
    if (isBehind) stats.expireTimeCapReached++;
    server.latency.note("expire-cycle", elapsedMs, server.nowMs);
    return isBehind;
  }

  #evict(): boolean {
    const server = this.#server;
    const startMs = server.clock.monotonicMs();
    const result = evict(
      server.keyspace,
      server.config.values,
      () => server.clock.monotonicMs(),
    );
    server.noteEviction(result, startMs);
    return server.isEvictionBehind;
  }

  #resize(isTimeUp: () => boolean): boolean {
    const { keyspace } = this.#server;
    const { x } = keyspace.core;
    let isBehind = false;
    for (let db = 0; db < keyspace.databases; db++) {
      let hasMore = x.databaseResizeStep(db, RESIZE_BATCH) !== 0;
      while (hasMore && !isTimeUp()) {
        hasMore = x.databaseResizeStep(db, RESIZE_BATCH) !== 0;
      }
      isBehind ||= hasMore;
    }
    return isBehind;
  }

  #checkClients(): void {
    const server = this.#server;
    const { timeout } = server.config.values;
    for (const connection of server.connections.values()) {
      const { client } = connection;
      if (timeout > 0 && isIdle(client, server.nowMs, timeout)) {
        server.closeConnection(connection, "Closing idle client");
        continue;
      }
      connection.checkLimits();
      server.bufferPeaks.note(
        server.nowMs,
        connection.queryBytes() + connection.queryRoomBytes(),
        connection.outputBytes(),
      );
    }
    server.clientEviction.noteAll();
    server.clientEviction.enforce();
  }

  #sample(): void {
    const { stats, nowMs } = this.#server;
    if (nowMs - this.#lastSampleMs < SAMPLE_MS) return;
    this.#lastSampleMs = nowMs;
    this.#server.resetTimedTurns();
    // The more often it is read, the better it knows the fraction.
    this.#server.wallMicroseconds();
    stats.commandRate.sample(nowMs, stats.commandsProcessed);
    stats.inputRate.sample(nowMs, stats.netInputBytes);
    stats.outputRate.sample(nowMs, stats.netOutputBytes);
  }
}

/** Clients that wait on purpose are never idle. */
function isIdle(
  client: Client,
  nowMs: number,
  timeoutSeconds: number,
): boolean {
  return !client.isMonitor && !client.isBlocked && !client.isPaused &&
    !client.isSubscriber &&
    nowMs - client.lastInteractionMs > timeoutSeconds * 1000;
}
