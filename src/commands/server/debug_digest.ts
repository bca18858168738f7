/**
 * DEBUG DIGEST and DIGEST-VALUE: fingerprints of the data, equal to those of a
 * `redis-server` with the same data.
 *
 * A digest is 20 bytes, zero at first. Adding something whose order does not
 * matter xors its SHA-1 in; where order matters, the digest then becomes its
 * own SHA-1. (Redis: xorDigest, mixDigest and xorObjectDigest in debug.c.)
 */

import { sha1, SHA1_BYTES } from "../../base/sha1.ts";
import type { Core } from "../../core/mod.ts";
import {
  OutOfMemory,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STREAM,
  TYPE_STRING,
  TYPE_ZSET,
} from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";

const ENTRIES_AT_ONCE = 256;
const SCORE_TEXT_BYTES = 32;
const EXPIRES = new TextEncoder().encode("!!expire!!");
const FIELD_EXPIRES = new TextEncoder().encode("!!hexpire!!");

/** A digest being made. */
export class Digest {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SHA1_BYTES);

  /** Adds something whose place among the others does not matter. */
  xor(bytes: Uint8Array): void {
    const hash = sha1(bytes);
    for (let i = 0; i < SHA1_BYTES; i++) this.#bytes[i] ^= hash[i];
  }

  /** Adds something after what was added before. */
  mix(bytes: Uint8Array): void {
    this.xor(bytes);
    this.#bytes = sha1(this.#bytes);
  }

  /** `mix` of a number, as four bytes, the highest first. */
  mixNumber(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    this.mix(bytes);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get hex(): string {
    return [...this.#bytes].map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  }
}

/** Adds the IDs, fields and values of a stream in order; not its groups. */
function addStream(core: Core, digest: Digest, entry: number): void {
  const { x } = core;
  x.streamDigestStart(x.valuePtr(entry));
  while (x.streamDigestNext() !== 0) {
    digest.mix(core.view(x.streamDigestPtr(), x.streamDigestLength()));
  }
}

/** Adds an entry's type, value and whether it expires; not its key. */
function addValue(core: Core, digest: Digest, entry: number): void {
  const { x } = core;
  const type = x.entryType(entry);
  digest.mixNumber(type);
  if (type === TYPE_STRING) {
    const ptr = x.stringView(entry);
    digest.mix(core.view(ptr, x.stringViewLength()));
  } else if (type === TYPE_HASH) addHash(core, digest, entry);
  else if (type === TYPE_LIST) addList(core, digest, entry);
  else if (type === TYPE_SET) addSet(core, digest, entry);
  else if (type === TYPE_STREAM) addStream(core, digest, entry);
  else if (type === TYPE_ZSET) addScored(core, digest, entry);
  else throw new Error(`no digest for type ${type}`);
  if (x.expiryOf(entry) >= 0n) digest.xor(EXPIRES);
}

/** Members have no order. */
function addSet(core: Core, digest: Digest, entry: number): void {
  const { x } = core;
  x.setEachBegin(entry);
  while (x.setEachNext()) {
    digest.xor(core.view(x.setMemberPtr(), x.setMemberLength()));
  }
}

function addList(core: Core, digest: Digest, entry: number): void {
  const { x } = core;
  let found: number;
  x.listWalk(entry);
  while ((found = x.listWalkNext()) > 0) {
    digest.mix(core.view(x.listWalkPtr(), x.listWalkLength()));
  }
  if (found < 0) throw new OutOfMemory();
}

/** Fields have no order. */
function addHash(core: Core, digest: Digest, entry: number): void {
  const { x } = core;
  x.hashEachBegin(entry);
  while (x.hashEachNext()) {
    const field = new Digest();
    x.hashEachName();
    field.mix(core.view(x.hashNamePtr(), x.hashNameLength()));
    x.hashEachValue();
    field.mix(core.view(x.hashValuePtr(), x.hashValueLength()));
    if (x.hashEachWhen() !== 0n) field.xor(FIELD_EXPIRES);
    digest.xor(field.bytes);
  }
}

/** Adds the members of a sorted set with their scores. */
function addScored(core: Core, digest: Digest, entry: number): void {
  const { x } = core;
  x.walkFrom(x.entryEncoding(entry), x.valuePtr(entry), 0, 0);
  while (x.walkNext()) {
    const element = new Digest();
    element.mix(core.bytes(x.walkMemberPtr(), x.walkMemberLength()));
    const text = core.scratch(SCORE_TEXT_BYTES);
    const length = x.writeF64(text, x.walkElementScore());
    element.mix(core.bytes(text, length));
    digest.xor(element.bytes);
  }
}

/** DEBUG DIGEST: of all databases. */
export function debugDigest(call: Call): void {
  const { core, x, keyspace } = call;
  const all = new Digest();
  for (let db = 0; db < keyspace.databases; db++) {
    if (x.databaseKeys(db) === 0) continue;
    all.mixNumber(db);
    let cursor = 0;
    do {
      cursor = x.scanRun(db, cursor, ENTRIES_AT_ONCE);
      if (x.emittedWasLost()) throw new OutOfMemory();
      for (let i = 0; i < x.emittedTotal(); i++) {
        const entry = x.emittedAt(i);
        const digest = new Digest();
        digest.mix(core.view(x.entryKey(entry), x.entryKeyLength(entry)));
        addValue(core, digest, entry);
        all.xor(digest.bytes);
      }
    } while (cursor !== 0);
  }
  call.reply.simple(all.hex);
}

/** DEBUG DIGEST-VALUE key…: zeros for a key that is not there. */
export function debugDigestValue(call: Call): void {
  const { x } = call;
  call.reply.array(call.argc - 2);
  for (let i = 2; i < call.argc; i++) {
    const digest = new Digest();
    // A key past its time counts as long as it is there.
    const entry = x.find(call.db, call.argPtr(i), call.argLength(i));
    if (entry !== 0) addValue(call.core, digest, entry);
    call.reply.simple(digest.hex);
  }
}
