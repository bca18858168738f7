/**
 * WATCH. While anybody watches, the core logs the keys that change; after each
 * command the log is drained and the clients concerned are marked.
 */

import type { Client } from "../commands/client.ts";
import type { WatchControl } from "../commands/services.ts";
import type { Core } from "../core/mod.ts";

function nameOf(db: number, key: string): string {
  return `${db}:${key}`;
}

/** Watched keys and who watches them. */
export class Watches implements WatchControl {
  readonly #core: Core;
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, Set<Client>>();

  /** `onChange` is told when there begin or cease to be watchers. */
  constructor(core: Core, onChange: () => void) {
    this.#core = core;
    this.#onChange = onChange;
  }

  get isActive(): boolean {
    return this.#watchers.size > 0;
  }

  /** Keys watched by anybody. */
  get count(): number {
    return this.#watchers.size;
  }

  watch(client: Client, db: number, keyPtr: number, keyLength: number): void {
    const { x } = this.#core;
    const key = this.#core.text(keyPtr, keyLength);
    if (client.watched.some((one) => one.db === db && one.key === key)) return;
    const entry = x.find(db, keyPtr, keyLength);
    const wasExpired = entry !== 0 && x.isExpired(entry) !== 0;
    client.watched.push({ db, key, wasExpired });
    const name = nameOf(db, key);
    const watchers = this.#watchers.get(name);
    if (watchers !== undefined) {
      watchers.add(client);
      return;
    }
    this.#watchers.set(name, new Set([client]));
    if (this.#watchers.size === 1) {
      x.touchedListen(1);
      this.#onChange();
    }
  }

  unwatchAll(client: Client): void {
    if (client.watched.length === 0) return;
    for (const { db, key } of client.watched) {
      const name = nameOf(db, key);
      const watchers = this.#watchers.get(name);
      watchers?.delete(client);
      if (watchers?.size === 0) this.#watchers.delete(name);
    }
    client.watched = [];
    if (this.#watchers.size === 0) {
      this.#core.x.touchedListen(0);
      this.#core.x.touchedReset();
      this.#onChange();
    }
  }

  /** Marks the clients that watch keys changed since the last call. */
  drain(): void {
    const core = this.#core;
    const length = core.x.touchedLength();
    if (core.x.touchedLost() !== 0) this.#markAll();
    if (length === 0) return;
    const start = core.x.touchedData() >>> 0;
    let at = start;
    while (at < start + length) {
      const db = core.load32(at);
      const keyLength = core.load32(at + 4);
      this.#mark(db, core.text(at + 8, keyLength));
      at += 8 + ((keyLength + 3) & ~3);
    }
    core.x.touchedReset();
  }

  #mark(db: number, key: string): void {
    const watchers = this.#watchers.get(nameOf(db, key));
    if (watchers === undefined) return;
    for (const client of watchers) {
      // Removing a key that had expired when it was watched changes nothing.
      const watched = client.watched.find((one) =>
        one.db === db && one.key === key
      );
      if (watched?.wasExpired && !this.#exists(db, key)) continue;
      client.isDirtyCas = true;
    }
  }

  #markAll(): void {
    for (const watchers of this.#watchers.values()) {
      for (const client of watchers) client.isDirtyCas = true;
    }
  }

  #exists(db: number, key: string): boolean {
    return this.#core.x.find(db, this.#core.putText(key), key.length) !== 0;
  }

  touchDatabase(db: number, replacedBy?: number): void {
    if (this.#watchers.size === 0) return;
    for (const [name, watchers] of this.#watchers) {
      const colon = name.indexOf(":");
      if (Number(name.slice(0, colon)) !== db) continue;
      const key = name.slice(colon + 1);
      const touches = this.#exists(db, key) ||
        (replacedBy !== undefined && this.#exists(replacedBy, key));
      if (!touches) continue;
      for (const client of watchers) {
        const watched = client.watched.find((one) =>
          one.db === db && one.key === key
        );
        // A key that had expired is gone already, unless another replaces it.
        if (watched?.wasExpired && replacedBy === undefined) continue;
        client.isDirtyCas = true;
      }
    }
  }

  anyExpired(client: Client): boolean {
    const { x } = this.#core;
    for (const { db, key, wasExpired } of client.watched) {
      if (wasExpired) continue;
      const entry = x.find(db, this.#core.putText(key), key.length);
      if (entry !== 0 && x.isExpired(entry) !== 0) return true;
    }
    return false;
  }
}
