/**
 * The key space: the only mutator of data. It adds policy to the core's
 * primitives: what happens to keys that have expired, what is propagated for
 * them, who hears of it.
 */

import type { Core } from "../core/mod.ts";
import type { Effects } from "../effects/mod.ts";

/** Result of a core look-up that found a key past its time. */
const EXPIRED = -1;

const LOOKUP_STATS = 1;
const LOOKUP_TOUCH = 2;

/** Types as the core numbers them, by the names `TYPE` gives. */
export const TYPE_NAMES = ["string"] as const;
/** Encodings as the core numbers them, by the names `OBJECT ENCODING` gives. */
export const ENCODING_NAMES = ["raw", "int", "embstr"] as const;

export const TYPE_STRING = 0;
export const ENCODING_INT = 1;

/** Classes of keyspace events, as `notify-keyspace-events` names them. */
export type EventClass = "string" | "generic" | "expired" | "evicted" | "new";

/** Hears of keyspace events. */
export interface EventListener {
  event(eventClass: EventClass, event: string, db: number, key: string): void;
}

/** Figures for INFO. */
export interface KeyspaceStats {
  expiredKeys: number;
  evictedKeys: number;
  lazyFreedKeys: number;
}

/** Thrown by a primitive that ran out of memory; the command replies `-OOM`. */
export class OutOfMemory extends Error {
  constructor() {
    super("out of memory");
  }
}

/** Databases, keys and their expiry. */
export class Keyspace {
  readonly core: Core;
  readonly effects: Effects;
  readonly databases: number;
  readonly stats: KeyspaceStats = {
    expiredKeys: 0,
    evictedKeys: 0,
    lazyFreedKeys: 0,
  };
  /** While set, expired keys look absent but stay (CLIENT PAUSE, replicas). */
  isExpiryPaused = false;
  /** Set by `lazyfree-lazy-expire`: how removals of expired keys propagate. */
  lazyExpire = false;
  readonly #listeners = new Set<EventListener>();

  constructor(core: Core, effects: Effects, databases: number) {
    this.core = core;
    this.effects = effects;
    this.databases = databases;
  }

  /** Whether anyone hears of keyspace events. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  addListener(listener: EventListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: EventListener): void {
    this.#listeners.delete(listener);
  }

  /** Tells listeners of an event; costs nothing without any. */
  notify(
    eventClass: EventClass,
    event: string,
    db: number,
    keyPtr: number,
    keyLength: number,
  ): void {
    if (this.#listeners.size === 0) return;
    const key = this.core.text(keyPtr, keyLength);
    for (const listener of this.#listeners) {
      listener.event(eventClass, event, db, key);
    }
  }

  /**
   * The entry a reading command sees, or 0. Counts a hit or a miss and marks
   * the access.
   */
  lookupRead(db: number, keyPtr: number, keyLength: number): number {
    return this.#lookup(db, keyPtr, keyLength, LOOKUP_STATS | LOOKUP_TOUCH);
  }

  /** The entry a writing command sees, or 0. Marks the access. */
  lookupWrite(db: number, keyPtr: number, keyLength: number): number {
    return this.#lookup(db, keyPtr, keyLength, LOOKUP_TOUCH);
  }

  /** The entry, or 0, without marking the access or counting (OBJECT, TTL). */
  peek(db: number, keyPtr: number, keyLength: number): number {
    return this.#lookup(db, keyPtr, keyLength, 0);
  }

  /** `peek` that counts a hit or a miss (TTL, TYPE). */
  peekCounted(db: number, keyPtr: number, keyLength: number): number {
    return this.#lookup(db, keyPtr, keyLength, LOOKUP_STATS);
  }

  #lookup(
    db: number,
    keyPtr: number,
    keyLength: number,
    flags: number,
  ): number {
    const entry = this.core.x.lookup(db, keyPtr, keyLength, flags);
    if (entry !== EXPIRED) return entry;
    this.expireFound(db, keyPtr, keyLength);
    if ((flags & LOOKUP_STATS) !== 0) this.core.x.countLookup(0);
    return 0;
  }

  /** Removes a key known to be past its time, unless expiry is paused. */
  expireFound(db: number, keyPtr: number, keyLength: number): void {
    if (this.isExpiryPaused) return;
    const entry = this.core.x.find(db, keyPtr, keyLength);
    if (entry !== 0) this.expireEntry(db, entry);
  }

  /** Removes an entry past its time: propagates, notifies, counts. */
  expireEntry(db: number, entry: number): void {
    const { core, effects } = this;
    const x = core.x;
    const keyLength = x.entryKeyLength(entry);
    if (effects.isRecording) {
      effects.emit(db, [
        this.lazyExpire ? "UNLINK" : "DEL",
        { ptr: x.entryKey(entry), length: keyLength },
      ]);
    }
    if (this.#listeners.size > 0) {
      this.notify("expired", "expired", db, x.entryKey(entry), keyLength);
    }
    // An expiry is not a change a client made.
    const dirty = x.dirtyCount();
    this.need(x.deleteEntry(db, entry));
    x.dirtyAdd(dirty - x.dirtyCount() + 1);
    this.stats.expiredKeys++;
  }

  /** Removes an entry to make room: propagates, notifies, counts. */
  evictEntry(db: number, entry: number, lazy: boolean): void {
    const { core, effects } = this;
    const x = core.x;
    const keyLength = x.entryKeyLength(entry);
    if (effects.isRecording) {
      effects.emit(db, [
        lazy ? "UNLINK" : "DEL",
        { ptr: x.entryKey(entry), length: keyLength },
      ]);
    }
    if (this.#listeners.size > 0) {
      this.notify("evicted", "evicted", db, x.entryKey(entry), keyLength);
    }
    this.need(x.deleteEntry(db, entry));
    this.stats.evictedKeys++;
  }

  /**
   * Removes keys past their time in one database for as long as `until` says.
   * Returns true while there are more.
   */
  expireDue(db: number, isTimeUp: () => boolean): boolean {
    const x = this.core.x;
    const quiet = !this.effects.isRecording && this.#listeners.size === 0;
    while (!isTimeUp()) {
      if (quiet) {
        const removed = x.expireBatch(db, 64);
        this.stats.expiredKeys += removed;
        if (removed < 64) return false;
        continue;
      }
      for (let i = 0; i < 16; i++) {
        const entry = x.nextExpired(db);
        if (entry === 0) return false;
        this.expireEntry(db, entry);
      }
    }
    return x.nextExpired(db) !== 0;
  }

  /** Deletes a key; false if it was not there. Notifies `del`. */
  delete(db: number, keyPtr: number, keyLength: number): boolean {
    const x = this.core.x;
    const result = x.deleteKey(db, keyPtr, keyLength);
    if (result === 1) {
      this.notify("generic", "del", db, keyPtr, keyLength);
      return true;
    }
    if (result === -1) this.expireFound(db, keyPtr, keyLength);
    else if (result === -2) throw new OutOfMemory();
    return false;
  }

  /** Throws OutOfMemory when a primitive returned 0; else passes it on. */
  need(result: number): number {
    if (result === 0) throw new OutOfMemory();
    return result;
  }

  /** Empties a database; returns how many keys it had. */
  flush(db: number): number {
    const count = this.core.x.databaseFlush(db);
    if (count < 0) throw new OutOfMemory();
    return count;
  }
}
