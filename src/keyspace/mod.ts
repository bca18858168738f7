/**
 * The key space: the only mutator of data. It adds policy to the core's
 * primitives: what happens to keys that have expired, what is propagated for
 * them, who hears of it.
 */

import { FREE_BATCH } from "../base/limits.ts";
import type { Core } from "../core/mod.ts";
import type { Effects } from "../effects/mod.ts";

export { bytesOver, evict } from "./eviction.ts";
export type { EvictionResult, EvictionSettings } from "./eviction.ts";

/** Result of a core look-up that found a key past its time. */
const EXPIRED = -1;

/** Keys expired at once between two looks at the clock. */
const EXPIRE_BATCH = 64;

const LOOKUP_STATS = 1;
const LOOKUP_TOUCH = 2;

/** Types as the core numbers them, by the names `TYPE` gives. */
export const TYPE_NAMES = [
  "string",
  "list",
  "set",
  "zset",
  "hash",
  "module",
  "stream",
] as const;
/** Encodings as the core numbers them, by the names `OBJECT ENCODING` gives. */
export const ENCODING_NAMES = [
  "raw",
  "int",
  "embstr",
  "listpack",
  "intset",
  "hashtable",
  "skiplist",
  "quicklist",
  "stream",
  "listpackex",
] as const;

export const TYPE_STRING = 0;
export const TYPE_LIST = 1;
export const TYPE_SET = 2;
export const TYPE_ZSET = 3;
export const TYPE_HASH = 4;
export const TYPE_STREAM = 6;
export const ENCODING_INT = 1;

/** Classes of keyspace events, as `notify-keyspace-events` names them. */
export type EventClass =
  | "string"
  | "list"
  | "set"
  | "hash"
  | "zset"
  | "stream"
  | "generic"
  | "expired"
  | "evicted"
  | "new"
  | "keymiss";

/** Hears of keyspace events. */
export interface EventListener {
  event(eventClass: EventClass, event: string, db: number, key: string): void;
}

/** Figures for INFO. */
export interface KeyspaceStats {
  expiredKeys: number;
  /** Fields of hashes. */
  expiredFields: number;
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
    expiredFields: 0,
    evictedKeys: 0,
    lazyFreedKeys: 0,
  };
  /** While set, expired keys look absent but stay (CLIENT PAUSE, replicas). */
  isExpiryPaused = false;
  /** Set by `lazyfree-lazy-expire`: how removals of expired keys propagate. */
  lazyExpire = false;
  /** Told before and after a key, or a field of a hash, is removed on the server's own account. */
  onDrop: (isDone: boolean) => void = () => {};
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
   * The entry a reading command sees, or 0. Counts a hit or a miss, notifies
   * `keymiss` and marks the access.
   */
  lookupRead(db: number, keyPtr: number, keyLength: number): number {
    const flags = LOOKUP_STATS | LOOKUP_TOUCH;
    const entry = this.#lookup(db, keyPtr, keyLength, flags);
    if (entry === 0) this.notify("keymiss", "keymiss", db, keyPtr, keyLength);
    return entry;
  }

  /** The entry a writing command sees, or 0. Marks the access. */
  lookupWrite(db: number, keyPtr: number, keyLength: number): number {
    return this.#lookup(db, keyPtr, keyLength, LOOKUP_TOUCH);
  }

  /** The entry, or 0, without marking the access, counting or notifying. */
  peek(db: number, keyPtr: number, keyLength: number): number {
    return this.#lookup(db, keyPtr, keyLength, 0);
  }

  /** `lookupRead` that does not mark the access (EXISTS, TTL, TYPE). */
  peekCounted(db: number, keyPtr: number, keyLength: number): number {
    const entry = this.#lookup(db, keyPtr, keyLength, LOOKUP_STATS);
    if (entry === 0) this.notify("keymiss", "keymiss", db, keyPtr, keyLength);
    return entry;
  }

  /** `peekCounted` that does not notify (OBJECT). */
  inspect(db: number, keyPtr: number, keyLength: number): number {
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
    this.#drop(db, entry, this.lazyExpire, "expired");
    this.stats.expiredKeys++;
  }

  /** Removes an entry to make room: propagates, notifies, counts. */
  evictEntry(db: number, entry: number, lazy: boolean): void {
    this.#drop(db, entry, lazy, "evicted");
    this.stats.evictedKeys++;
  }

  /** Removes an entry on the server's own account. */
  #drop(
    db: number,
    entry: number,
    lazy: boolean,
    event: "expired" | "evicted",
  ): void {
    const { core, effects } = this;
    const x = core.x;
    const keyPtr = x.entryKey(entry);
    const keyLength = x.entryKeyLength(entry);
    const mark = effects.isRecording ? effects.mark() : 0;
    effects.emit(db, [
      lazy ? "UNLINK" : "DEL",
      { ptr: keyPtr, length: keyLength },
    ]);
    const key = this.#listeners.size > 0 ? core.text(keyPtr, keyLength) : "";
    this.onDrop(false);
    if (!x.dropEntry(db, entry)) {
      // Only where what happens can be undone, and no memory is left for that.
      effects.truncate(mark);
      throw new OutOfMemory();
    }
    this.onDrop(true);
    for (const listener of this.#listeners) {
      listener.event(event, event, db, key);
    }
  }

  /**
   * Removes keys past their time in one database until the time is up, but at
   * least a few. Returns true while there are more.
   */
  expireDue(db: number, isTimeUp: () => boolean): boolean {
    const x = this.core.x;
    const quiet = !this.effects.isRecording && this.#listeners.size === 0;
    do {
      if (quiet) {
        const removed = x.expireBatch(db, EXPIRE_BATCH);
        this.stats.expiredKeys += removed;
        if (removed < EXPIRE_BATCH) return false;
        continue;
      }
      for (let i = 0; i < 16; i++) {
        const entry = x.nextExpired(db);
        if (entry === 0) return false;
        this.expireEntry(db, entry);
      }
    } while (!isTimeUp());
    return x.nextExpired(db) !== 0;
  }

  // -------------------------------------------------- expiry of hash fields

  /** Removes a field past its time: propagates and counts. Not while expiry is paused. */
  dropField(
    db: number,
    entry: number,
    fieldPtr: number,
    fieldLength: number,
  ): void {
    const { effects } = this;
    const x = this.core.x;
    const mark = effects.isRecording ? effects.mark() : 0;
    effects.emit(db, [
      "HDEL",
      { ptr: x.entryKey(entry), length: x.entryKeyLength(entry) },
      { ptr: fieldPtr, length: fieldLength },
    ]);
    this.onDrop(false);
    if (!x.hashDropField(db, entry, fieldPtr, fieldLength)) {
      effects.truncate(mark);
      throw new OutOfMemory();
    }
    this.onDrop(true);
    this.stats.expiredFields++;
  }

  /**
   * After fields of a hash have been dropped: notifies, and deletes the hash if
   * it is empty now. Returns whether it did.
   */
  afterDrop(db: number, entry: number): boolean {
    const x = this.core.x;
    const keyPtr = x.entryKey(entry);
    const keyLength = x.entryKeyLength(entry);
    this.notify("hash", "hexpired", db, keyPtr, keyLength);
    if (x.hashCount(entry) !== 0) return false;
    this.notify("generic", "del", db, keyPtr, keyLength);
    this.onDrop(false);
    if (!x.dropEntry(db, entry)) throw new OutOfMemory();
    this.onDrop(true);
    return true;
  }

  /**
   * Removes a field that a look-up found past its time, unless expiry is paused.
   * Returns whether the hash went with it.
   */
  expireField(
    db: number,
    entry: number,
    fieldPtr: number,
    fieldLength: number,
  ): boolean {
    if (this.isExpiryPaused) return false;
    this.dropField(db, entry, fieldPtr, fieldLength);
    return this.afterDrop(db, entry);
  }

  /**
   * Removes up to `limit` fields of a hash that are past their time, unless
   * expiry is paused. Returns whether the hash went with them.
   */
  expireFields(db: number, entry: number, limit: number): boolean {
    if (this.isExpiryPaused) return false;
    const x = this.core.x;
    let dropped = 0;
    while (dropped < limit && x.hashDueField(entry)) {
      this.dropField(db, entry, x.hashNamePtr(), x.hashNameLength());
      dropped++;
    }
    return dropped > 0 && this.afterDrop(db, entry);
  }

  /**
   * Removes fields past their time in one database until the time is up, but at
   * least a few. Returns true while there are more.
   */
  expireDueFields(db: number, isTimeUp: () => boolean): boolean {
    const x = this.core.x;
    const quiet = !this.effects.isRecording && this.#listeners.size === 0;
    do {
      const entry = x.fieldExpiresNext(db);
      if (entry === 0) return false;
      if (!quiet) this.expireFields(db, entry, EXPIRE_BATCH);
      else {
        const dropped = x.hashDropDue(db, entry, EXPIRE_BATCH);
        this.stats.expiredFields += dropped;
        if (dropped > 0) this.afterDrop(db, entry);
      }
    } while (!isTimeUp());
    return x.fieldExpiresNext(db) !== 0;
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

  /**
   * Empties a database and returns how many keys it had. The memory is given
   * back by `freeRetired`.
   */
  flush(db: number): number {
    const count = this.core.x.databaseFlush(db);
    if (count < 0) throw new OutOfMemory();
    return count;
  }

  /**
   * Frees about `limit` of the keys flushed but not freed yet; true while there
   * are more. They count as freed lazily.
   */
  freeRetired(limit: number): boolean {
    const x = this.core.x;
    const before = x.retiredCount();
    const hasMore = x.retiredFree(limit) !== 0;
    this.stats.lazyFreedKeys += before - x.retiredCount();
    return hasMore;
  }

  /** Frees now what was flushed; only what `lazily` counts was freed lazily. */
  freeAllRetired(lazily: number): void {
    const x = this.core.x;
    while (x.retiredFree(FREE_BATCH) !== 0);
    this.stats.lazyFreedKeys += lazily;
  }
}
