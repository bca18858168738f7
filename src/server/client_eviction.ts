/**
 * `maxmemory-clients`: when the buffers of all clients together need more than
 * that, the clients that need most are closed. As in Redis, sizes count by
 * their power of two, and among clients of one size the oldest goes first.
 * While no limit is set, nothing is counted.
 */

import type { Client } from "../commands/client.ts";
import { clientInfoLine } from "../commands/connection/client_info.ts";
import {
  CLIENTS_MEMORY_BYTES_MIN,
  EVICTION_CLASS_LOG_MAX,
  EVICTION_CLASS_LOG_MIN,
} from "../base/limits.ts";
import type { Server } from "./server.ts";

/** The class of a client by the bytes it needs; greater ones go first. */
function sizeClass(bytes: number): number {
  const log = 31 - Math.clz32(Math.min(bytes, 0xffffffff) >>> 0);
  const exponent = bytes > 0xffffffff ? EVICTION_CLASS_LOG_MAX : log + 1;
  return Math.min(
    EVICTION_CLASS_LOG_MAX,
    Math.max(EVICTION_CLASS_LOG_MIN, exponent),
  );
}

/** Keeps the memory of clients below its limit. */
export class ClientEviction {
  readonly #server: Server;
  /** Bytes each client was last seen to need. */
  readonly #bytes = new Map<Client, number>();
  #total = 0;
  #limit = 0;
  /** Everyone who may be closed has been; said so once. */
  #isHelpless = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Whether there is a limit. */
  get isOn(): boolean {
    return this.#limit > 0;
  }

  /** Follows `maxmemory-clients` and `maxmemory`. */
  configure(): void {
    const { maxmemoryClients, maxmemory } = this.#server.config.values;
    let limit = maxmemoryClients;
    // A percentage of no maxmemory limits nothing.
    if (limit < 0) limit = Math.floor(maxmemory * -limit / 100);
    this.#limit = limit === 0 ? 0 : Math.max(limit, CLIENTS_MEMORY_BYTES_MIN);
    this.#bytes.clear();
    this.#total = 0;
    this.noteAll();
  }

  /** Looks anew at what a client needs. */
  note(client: Client): void {
    if (this.#limit === 0 || client.isClosed) return;
    const bytes = client.port.memoryBytes();
    this.#total += bytes - (this.#bytes.get(client) ?? 0);
    this.#bytes.set(client, bytes);
  }

  /** Looks anew at all clients; for the cron. */
  noteAll(): void {
    if (this.#limit === 0) return;
    for (const { client } of this.#server.connections.values()) {
      this.note(client);
    }
  }

  /** Forgets a client that goes. */
  remove(client: Client): void {
    this.#total -= this.#bytes.get(client) ?? 0;
    this.#bytes.delete(client);
  }

  /** After a client has sent or been sent something. */
  afterTurn(client: Client): void {
    if (this.#limit === 0) return;
    this.note(client);
    this.enforce();
  }

  /** Closes the largest clients until the rest fits. May close anyone. */
  enforce(): void {
    if (this.#limit === 0) return;
    if (this.#total < this.#limit) {
      this.#isHelpless = false;
      return;
    }
    const { log, stats } = this.#server;
    for (const client of this.#candidates()) {
      if (this.#total < this.#limit) return;
      log.notice(
        `Evicting client: ${
          clientInfoLine(client, this.#server.nowMs, client.argumentBytes)
        }`,
      );
      stats.evictedClients++;
      client.port.close();
    }
    if (this.#total < this.#limit || this.#isHelpless) return;
    this.#isHelpless = true;
    log.warning("Over client maxmemory after evicting all evictable clients");
  }

  /** Who may be closed, the largest class first, in it the oldest first. */
  #candidates(): Client[] {
    const isEvictable = (client: Client) =>
      !client.isNoEvict &&
      (client.type === "normal" || client.type === "pubsub");
    return [...this.#bytes]
      .filter(([client]) => isEvictable(client))
      .sort(([, a], [, b]) => sizeClass(b) - sizeClass(a))
      .map(([client]) => client);
  }
}
