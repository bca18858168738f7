/** A whole key space in a WASM instance of its own, driven by text. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type Build, Kernels } from "./_kernels.ts";

/** Result of `lookup` for a key past its time. */
export const EXPIRED = -1;
export const LOOKUP_STATS = 1;
export const LOOKUP_TOUCH = 2;

export const ENCODING_NAMES = ["raw", "int", "embstr"];

const KEY_BYTES = 128 * 1024;
const VALUE_BYTES = 1024 * 1024;
/** Longer text is worth a native conversion. */
const SHORT_TEXT = 100;

/** What a key holds, as text. */
export interface Held {
  readonly value: string;
  readonly encoding: string;
  /** Milliseconds of Unix time, -1 for never. */
  readonly whenMs: number;
}

/** How to set a key space up. */
export interface KeySpaceOptions {
  readonly databases?: number;
  readonly build?: Build;
  /** Bytes taken first and never touched, to push all else up. */
  readonly ballastBytes?: number;
}

/** Kernels with `coreInit` done, and helpers that speak text. */
export class KeySpace extends Kernels {
  readonly databases: number;
  readonly #key: number;
  readonly #value: number;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(options: KeySpaceOptions = {}) {
    super(options.build);
    this.databases = options.databases ?? 4;
    if (options.ballastBytes !== undefined) this.alloc(options.ballastBytes);
    this.call.setHashSeed(0x0123456789abcdefn, 0x1122334455667788n);
    this.call.randomSeed(42n);
    this.call.setClock(1_000_000);
    assert.equal(this.call.coreInit(this.databases), 1);
    this.#key = this.alloc(KEY_BYTES);
    this.#value = this.alloc(VALUE_BYTES);
  }

  /** All of the memory; a view that has been detached is renewed. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) {
      this.#bytes = new Uint8Array(this.memory.buffer);
    }
    return this.#bytes;
  }

  #write(at: number, limit: number, text: string): number {
    assert.ok(text.length <= limit, "text fits the scratch area");
    const bytes = this.bytes;
    if (text.length > SHORT_TEXT) {
      this.#native(at, text.length).write(text, "latin1");
      return at;
    }
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    return at;
  }

  #native(start: number, length: number): Buffer {
    return Buffer.from(this.bytes.buffer as ArrayBuffer, start, length);
  }

  /** Puts a key where the next call can read it; its address. */
  keyAt(key: string): number {
    return this.#write(this.#key, KEY_BYTES, key);
  }

  /** Puts a value where the next call can read it; its address. */
  valueAt(value: string): number {
    return this.#write(this.#value, VALUE_BYTES, value);
  }

  /** Bytes as Latin-1 text, without a copy in between. */
  override text(ptr: number, length: number): string {
    const start = ptr >>> 0;
    const bytes = this.bytes;
    if (length > SHORT_TEXT) {
      return this.#native(start, length).toString("latin1");
    }
    let result = "";
    for (let i = 0; i < length; i++) {
      result += String.fromCharCode(bytes[start + i]);
    }
    return result;
  }

  /** `SET`; the entry, 0 when out of memory. */
  set(db: number, key: string, value: string, keepExpiry = false): number {
    return this.call.stringSet(
      db,
      this.keyAt(key),
      key.length,
      this.valueAt(value),
      value.length,
      keepExpiry ? 1 : 0,
    );
  }

  /** The entry of a key, expired or not. */
  find(db: number, key: string): number {
    return this.call.find(db, this.keyAt(key), key.length);
  }

  /** The entry of a key, which must be there. */
  entry(db: number, key: string): number {
    const entry = this.find(db, key);
    assert.notEqual(entry, 0, `${key} is there`);
    return entry;
  }

  /** `DEL`; what `deleteKey` returns. */
  delete(db: number, key: string): number {
    return this.call.deleteKey(db, this.keyAt(key), key.length);
  }

  /** Sets when a key expires, in milliseconds of Unix time. */
  expireAt(db: number, key: string, whenMs: number): number {
    return this.call.setExpiry(db, this.entry(db, key), BigInt(whenMs));
  }

  /** The key of an entry. */
  keyOf(entry: number): string {
    return this.text(
      this.call.entryKey(entry),
      this.call.entryKeyLength(entry),
    );
  }

  /** The value of an entry that is there. */
  valueText(entry: number): string {
    const ptr = this.call.stringView(entry);
    return this.text(ptr, this.call.stringViewLength() >>> 0);
  }

  /** What an entry holds. */
  held(entry: number): Held {
    return {
      value: this.valueText(entry),
      encoding: ENCODING_NAMES[this.call.entryEncoding(entry)],
      whenMs: Number(this.call.expiryOf(entry)),
    };
  }

  /** The value of a key, expired or not; undefined when it is not there. */
  getText(db: number, key: string): string | undefined {
    const entry = this.find(db, key);
    return entry === 0 ? undefined : this.valueText(entry);
  }

  /** Runs a whole SCAN; every key returned, repetitions included. */
  scan(db: number, count = 10): string[] {
    const keys: string[] = [];
    let cursor = 0;
    do cursor = this.scanSome(db, cursor, count, keys); while (cursor !== 0);
    return keys;
  }

  /** One call of SCAN; adds to `keys` and returns the next cursor. */
  scanSome(db: number, cursor: number, count: number, keys: string[]): number {
    const next = this.call.scanRun(db, cursor, count) >>> 0;
    const total = this.call.emittedTotal();
    for (let i = 0; i < total; i++) {
      keys.push(this.keyOf(this.call.emittedAt(i)));
    }
    return next;
  }

  /** Everything a database holds, by key. */
  contents(db: number): Map<string, Held> {
    const contents = new Map<string, Held>();
    let cursor = 0;
    do {
      cursor = this.call.scanRun(db, cursor, 100) >>> 0;
      const total = this.call.emittedTotal();
      for (let i = 0; i < total; i++) {
        const entry = this.call.emittedAt(i);
        contents.set(this.keyOf(entry), this.held(entry));
      }
    } while (cursor !== 0);
    return contents;
  }

  /** Finishes resizing and freeing, as the cron would in time. */
  settle(): void {
    while (this.call.retiredFree(1000) !== 0);
    for (let db = 0; db < this.databases; db++) {
      for (let i = 0; this.call.databaseResizeStep(db, 1000) !== 0; i++) {
        assert.ok(i < 100_000, "resizing comes to an end");
      }
    }
  }

  /** Memory in use but for tables and indexes: entries and their values. */
  payloadBytes(): number {
    let bytes = this.call.memoryUsed();
    for (let db = 0; db < this.databases; db++) {
      bytes -= this.call.databaseOverhead(db) +
        this.call.databaseExpiresOverhead(db);
    }
    return bytes;
  }

  /** Verifies every structure, where the build can. */
  check(): void {
    assert.equal(this.call.memoryCheck(), 0, "memoryCheck");
    assert.equal(this.call.databasesCheck(), 0, "databasesCheck");
  }
}
