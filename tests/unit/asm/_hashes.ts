/** Hashes in a key space of their own, driven by text. */
import assert from "node:assert/strict";
import { KeySpace, type KeySpaceOptions } from "./_keyspace.ts";

export const TYPE_HASH = 4;
export const LISTPACK = 3;
export const HASHTABLE = 5;
export const LISTPACK_EX = 9;

/** What a field holds. */
export interface HeldField {
  readonly value: string;
  /** Milliseconds of Unix time, 0 for never. */
  readonly whenMs: number;
}

/** See the top of the file. */
export class HashSpace extends KeySpace {
  readonly #output: number;
  readonly #field: number;

  constructor(options: KeySpaceOptions = {}) {
    super(options);
    this.#output = this.call.outputNew();
    this.call.outputSelect(this.#output);
    this.#field = this.alloc(4096);
  }

  /** Puts the name of a field where the next call can read it; its address. */
  fieldAt(name: string): number {
    this.view(this.#field, name.length).set(
      Uint8Array.from(name, (char) => char.charCodeAt(0)),
    );
    return this.#field;
  }

  /** The reply written since the last look. */
  reply(): string {
    const { call } = this;
    const text = this.text(
      call.outputStart(this.#output),
      call.outputLength(this.#output),
    );
    call.outputClear(this.#output);
    return text;
  }

  /** HSET of one field; what `hashSet` returns. */
  hset(db: number, key: string, name: string, value: string, keep = false) {
    return this.call.hashSet(
      db,
      this.keyAt(key),
      key.length,
      this.find(db, key),
      this.fieldAt(name),
      name.length,
      this.valueAt(value),
      value.length,
      keep ? 1 : 0,
    );
  }

  /** The value of a field, past its time or not. */
  hget(db: number, key: string, name: string): string | undefined {
    const entry = this.find(db, key);
    if (entry === 0) return undefined;
    const found = this.call.hashFind(entry, this.fieldAt(name), name.length);
    if (found === 0) return undefined;
    this.call.hashFoundView(entry);
    return this.text(this.call.hashValuePtr(), this.call.hashValueLength());
  }

  /** HDEL of one field, and of the hash when it is empty: 1 if it was there, 0 or -1. */
  hdel(db: number, key: string, name: string): number {
    const entry = this.find(db, key);
    if (entry === 0) return 0;
    const taken = this.call.hashTake(
      db,
      entry,
      this.fieldAt(name),
      name.length,
    );
    if (this.call.hashCount(entry) === 0) this.call.dropEntry(db, entry);
    return taken;
  }

  /** HPEXPIREAT of one field; what `hashExpireField` returns. */
  expireField(
    db: number,
    key: string,
    name: string,
    whenMs: number,
    conditions = 0,
  ): number {
    const entry = this.entry(db, key);
    if (this.call.hashAllowExpiry(entry) === 0) return -3;
    const result = this.call.hashExpireField(
      db,
      entry,
      this.fieldAt(name),
      name.length,
      BigInt(whenMs),
      conditions,
    );
    if (this.call.hashCount(entry) === 0) this.call.dropEntry(db, entry);
    return result;
  }

  /** HPERSIST of one field. */
  persistField(db: number, key: string, name: string): number {
    return this.call.hashPersistField(
      db,
      this.entry(db, key),
      this.fieldAt(name),
      name.length,
    );
  }

  encoding(db: number, key: string): number {
    return this.call.entryEncoding(this.entry(db, key));
  }

  /** All fields in the hash's own order. */
  fields(db: number, key: string): [string, HeldField][] {
    const { call } = this;
    const entry = this.find(db, key);
    if (entry === 0) return [];
    const fields: [string, HeldField][] = [];
    call.hashEachBegin(entry);
    while (call.hashEachNext() !== 0) {
      call.hashEachName();
      const name = this.text(call.hashNamePtr(), call.hashNameLength());
      call.hashEachValue();
      const value = this.text(call.hashValuePtr(), call.hashValueLength());
      fields.push([name, { value, whenMs: Number(call.hashEachWhen()) }]);
    }
    return fields;
  }

  /** The names of all fields, in the hash's own order. */
  names(db: number, key: string): string[] {
    return this.fields(db, key).map(([name]) => name);
  }

  /** Verifies every structure, the hashes at these keys included. */
  checkHashes(keys: readonly string[]): void {
    this.check();
    for (let db = 0; db < this.databases; db++) {
      assert.equal(this.call.fieldExpiresCheck(db), 0, "fieldExpiresCheck");
      for (const key of keys) {
        const entry = this.find(db, key);
        if (entry === 0 || this.call.entryType(entry) !== TYPE_HASH) continue;
        assert.equal(this.call.hashCheck(db, entry), 0, `hashCheck ${key}`);
      }
    }
  }
}
