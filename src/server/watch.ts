/**
 * WATCH. While anybody watches, it listens to the keys that change; the clients
 * concerned are marked.
 */

import type { Client, WatchedKey } from "../commands/client.ts";
import type { WatchControl } from "../commands/services.ts";
import type { Core } from "../core/mod.ts";
import type { TouchedKeys, TouchedListener } from "./touched.ts";

function nameOf(db: number, key: string): string {
  return `${db}:${key}`;
}

/** Watched keys and who watches them. */
export class Watches implements WatchControl, TouchedListener {
  readonly #core: Core;
  readonly #keys: TouchedKeys;
  /** Per key, each watching client with its own record of the key. */
  readonly #watchers = new Map<string, Map<Client, WatchedKey>>();

  constructor(core: Core, keys: TouchedKeys) {
    this.#core = core;
    this.#keys = keys;
  }

  /** Keys watched by anybody. */
  get count(): number {
    return this.#watchers.size;
  }

  watch(client: Client, db: number, keyPtr: number, keyLength: number): void {
    const { x } = this.#core;
    const key = this.#core.text(keyPtr, keyLength);
    if (this.#watchers.get(nameOf(db, key))?.has(client)) return;
    const entry = x.find(db, keyPtr, keyLength);
    const wasExpired = entry !== 0 && x.isExpired(entry) !== 0;
    const watched = { db, key, wasExpired };
    client.watched.push(watched);
    const name = nameOf(db, key);
    const watchers = this.#watchers.get(name);
    if (watchers !== undefined) {
      watchers.set(client, watched);
      return;
    }
    this.#watchers.set(name, new Map([[client, watched]]));
    this.#keys.add(this);
  }

  unwatchAll(client: Client): void {
    if (client.watched.length === 0) return;
    for (const watched of client.watched) {
      const name = nameOf(watched.db, watched.key);
      const watchers = this.#watchers.get(name);
      watchers?.delete(client);
      if (watchers?.size === 0) this.#watchers.delete(name);
    }
    client.watched = [];
    if (this.#watchers.size === 0) this.#keys.remove(this);
  }

  touched(db: number, key: string): void {
    this.#mark(db, key);
  }

  #mark(db: number, key: string): void {
    const watchers = this.#watchers.get(nameOf(db, key));
    if (watchers === undefined) return;
    for (const [client, watched] of watchers) {
      if (watched.wasExpired) {
        // The first change of such a key is its removal, which changes nothing
        // for the client; what may have been put in its place does.
        watched.wasExpired = false;
        if (!this.#isAlive(db, key)) continue;
      }
      client.isDirtyCas = true;
      // Nothing can make it dirtier.
      this.unwatchAll(client);
    }
  }

  /** Some changes went unrecorded: all watchers must assume the worst. */
  everythingTouched(): void {
    for (const watchers of this.#watchers.values()) {
      for (const client of watchers.keys()) client.isDirtyCas = true;
    }
  }

  /** The entry of a key, expired or not; 0 if there is none. */
  #find(db: number, key: string): number {
    return this.#core.x.find(db, this.#core.putText(key), key.length);
  }

  #isExpired(entry: number): boolean {
    return entry !== 0 && this.#core.x.isExpired(entry) !== 0;
  }

  #isAlive(db: number, key: string): boolean {
    const entry = this.#find(db, key);
    return entry !== 0 && !this.#isExpired(entry);
  }

  touchDatabase(db: number, replacedBy?: number): void {
    this.#keys.databaseTouched(db);
    for (const watchers of this.#watchers.values()) {
      for (const [client, watched] of watchers) {
        if (watched.db === db) this.#touchOne(client, watched, replacedBy);
      }
    }
  }

  /** Redis's touchAllWatchedKeysInDb for one watcher of one key. */
  #touchOne(
    client: Client,
    watched: WatchedKey,
    replacedBy: number | undefined,
  ): void {
    const exists = this.#find(watched.db, watched.key) !== 0;
    const other = replacedBy === undefined
      ? 0
      : this.#find(replacedBy, watched.key);
    if (!exists && other === 0) return;
    if (watched.wasExpired) {
      if (other === 0) {
        // Expired and now deleted: no change that a client could see.
        watched.wasExpired = false;
        return;
      }
      if (this.#isExpired(other)) return;
    } else if (!exists && this.#isExpired(other)) {
      watched.wasExpired = true;
      return;
    }
    client.isDirtyCas = true;
  }

  anyExpired(client: Client): boolean {
    return client.watched.some(({ db, key, wasExpired }) =>
      !wasExpired && this.#isExpired(this.#find(db, key))
    );
  }
}
