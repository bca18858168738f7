/**
 * The log of touched keys. While anybody listens, the core logs the keys that
 * change (asm/keyspace/touched.ts); after each command the log is drained, and
 * everybody who listens is told.
 */

import type { Core } from "../core/mod.ts";

/** Hears which keys have changed. */
export interface TouchedListener {
  /** A key, a byte string, has changed, or has been removed. */
  touched(db: number, key: string): void;
  /** Some changes went unrecorded: anything may have changed. */
  everythingTouched(): void;
  /** Everything in a database is about to be removed or swapped. */
  databaseTouched?(db: number): void;
}

/** The log, and who listens to it. */
export class TouchedKeys {
  readonly #core: Core;
  readonly #onChange: () => void;
  readonly #listeners = new Set<TouchedListener>();

  /** `onChange` is told when there begin or cease to be listeners. */
  constructor(core: Core, onChange: () => void) {
    this.#core = core;
    this.#onChange = onChange;
  }

  /** Whether anybody listens. */
  get isActive(): boolean {
    return this.#listeners.size > 0;
  }

  add(listener: TouchedListener): void {
    const wasActive = this.isActive;
    this.#listeners.add(listener);
    if (wasActive) return;
    this.#core.x.touchedListen(1);
    this.#onChange();
  }

  remove(listener: TouchedListener): void {
    if (!this.#listeners.delete(listener) || this.isActive) return;
    this.#core.x.touchedListen(0);
    this.#core.x.touchedReset();
    this.#onChange();
  }

  /** Tells the listeners what has changed since the last call. */
  drain(): void {
    const core = this.#core;
    const length = core.x.touchedLength();
    const isLost = core.x.touchedLost() !== 0;
    if (!isLost && length === 0) return;
    const changes: { db: number; key: string }[] = [];
    const start = core.x.touchedData() >>> 0;
    for (let at = start; at < start + length;) {
      const db = core.load32(at);
      const keyLength = core.load32(at + 4);
      changes.push({ db, key: core.text(at + 8, keyLength) });
      at += 8 + ((keyLength + 3) & ~3);
    }
    // Before anybody is told: listeners may stop listening, and change keys.
    core.x.touchedReset();
    for (const listener of [...this.#listeners]) {
      if (isLost) listener.everythingTouched();
      for (const { db, key } of changes) listener.touched(db, key);
    }
  }

  /** Tells that everything in a database is about to go. */
  databaseTouched(db: number): void {
    for (const listener of [...this.#listeners]) listener.databaseTouched?.(db);
  }
}
