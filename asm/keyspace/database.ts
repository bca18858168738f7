/**
 * Databases: a dict of entries and an expiry index each.
 *
 *   database, 16 bytes, at `databases` + index * 16
 *   +0 u32 dict   +4 u32 expires   +8 u32 reserved (slot directory of cluster mode)
 *
 * `attach` and `detach` are the only ways an entry gets into or out of a
 * database; everything else builds on them.
 */
import { alloc, free, usableSize } from "../base/memory";
import { siphash } from "../base/siphash";
import {
  dictAdd,
  dictCount,
  dictDrain,
  dictFree,
  dictLocate,
  dictMove,
  dictNew,
  dictOverhead,
  dictRemoveFound,
  dictShrinkIfSparse,
  emittedAt,
  emittedCount,
} from "./dict";
import { KIND_ENTRY } from "./element";
import { retiredValuesCount, retiredValuesFree } from "../types/value";
import {
  entryExpires,
  entryFree,
  entryKey,
  entryKeyLength,
} from "./entry";
import {
  expiresAdd,
  expiresCount,
  expiresFree,
  expiresNew,
  expiresOverhead,
  expiresRemove,
  expiresReserve,
  expiresTrim,
} from "./expires";
import {
  fieldExpiresArrive,
  fieldExpiresLeave,
  fieldExpiresRoom,
} from "./field_expires";
import { UNDO_FLUSHED, UNDO_SWAPPED, undoOpen, undoRecord, undoReserve } from "./undo";

const DATABASE_BYTES: u32 = 16;

let databases: u32 = 0;
let databaseCount: u32 = 0;

/** Detached dicts waiting to be freed: a list of 16-byte nodes. */
let retired: u32 = 0;
let retiredEntries: f64 = 0;

export function databasesInit(count: u32): bool {
  databases = alloc(count * DATABASE_BYTES);
  if (databases == 0) return false;
  memory.fill(databases, 0, count * DATABASE_BYTES);
  databaseCount = count;
  for (let db: u32 = 0; db < count; db++) {
    const dict = dictNew(KIND_ENTRY);
    const expires = expiresNew();
    if (dict == 0 || expires == 0) return false;
    databaseSet(db, dict, expires);
  }
  return true;
}

export function databasesCount(): u32 {
  return databaseCount;
}

// @ts-ignore: decorator
@inline
export function databaseDict(db: u32): u32 {
  return load<u32>(databases + (db << 4));
}

// @ts-ignore: decorator
@inline
export function databaseExpires(db: u32): u32 {
  return load<u32>(databases + (db << 4), 4);
}

export function databaseSet(db: u32, dict: u32, expires: u32): void {
  store<u32>(databases + (db << 4), dict);
  store<u32>(databases + (db << 4), expires, 4);
}

export function databaseKeys(db: u32): u32 {
  return dictCount(databaseDict(db));
}

export function databaseVolatileKeys(db: u32): u32 {
  return expiresCount(databaseExpires(db));
}

/** Bytes of the dict and the expiry index, without the entries. */
export function databaseOverhead(db: u32): f64 {
  return dictOverhead(databaseDict(db));
}

export function databaseExpiresOverhead(db: u32): f64 {
  return <f64>expiresOverhead(databaseExpires(db));
}

/** Puts an entry in whose key is not there; false when out of memory. */
export function attach(db: u32, entry: u32): bool {
  const expires = entryExpires(entry);
  if (expires && !expiresReserve(databaseExpires(db))) return false;
  if (!fieldExpiresRoom(db, entry)) return false;
  const hash = siphash(entryKey(entry), entryKeyLength(entry));
  if (!dictAdd(databaseDict(db), entry, hash)) return false;
  if (expires) expiresAdd(databaseExpires(db), entry);
  fieldExpiresArrive(db, entry);
  return true;
}

/** Takes an entry out without freeing it. */
export function detach(db: u32, entry: u32): void {
  const dict = databaseDict(db);
  const hash = siphash(entryKey(entry), entryKeyLength(entry));
  const found = dictLocate(dict, entry, hash);
  if (INVARIANTS) if (!found) unreachable();
  if (!found) return;
  dictRemoveFound(dict);
  if (entryExpires(entry)) expiresRemove(databaseExpires(db), entry);
  fieldExpiresLeave(db, entry);
}

/** Hands a detached dict and index over to be freed a slice at a time. */
export function databaseRetire(dict: u32, expires: u32): void {
  expiresFree(expires);
  const node = alloc(16);
  if (node == 0) {
    drainAll(dict);
    return;
  }
  retiredEntries += <f64>dictCount(dict);
  store<u32>(node, dict);
  store<u32>(node, 0, 4);
  store<u32>(node, retired, 8);
  retired = node;
}

function freeEmitted(): void {
  for (let i: u32 = 0; i < emittedCount; i++) entryFree(emittedAt(i));
}

function drainAll(dict: u32): void {
  let position: i32 = 0;
  do {
    position = dictDrain(dict, <u32>position, 1024);
    freeEmitted();
  } while (position >= 0);
  dictFree(dict);
}

/**
 * Frees about `limit` entries of retired dicts, or elements of retired
 * collections; true while some remain.
 */
export function retiredFree(limit: u32): bool {
  if (retiredValuesFree(limit)) return true;
  if (retired == 0) return false;
  const dict = load<u32>(retired);
  const position = dictDrain(dict, load<u32>(retired, 4), limit);
  retiredEntries -= <f64>emittedCount;
  freeEmitted();
  if (position >= 0) {
    store<u32>(retired, <u32>position, 4);
    return true;
  }
  dictFree(dict);
  const node = retired;
  retired = load<u32>(node, 8);
  free(node);
  return retired != 0 || retiredValuesCount() != 0;
}

/** Entries of retired dicts, and retired collections, not freed yet. */
export function retiredCount(): f64 {
  return retiredEntries + <f64>retiredValuesCount();
}

/**
 * Empties a database in O(1): its contents are retired. Returns the number of
 * keys it had, or -1 when out of memory (only while an undo log is open).
 */
export function databaseFlush(db: u32): f64 {
  const count = databaseKeys(db);
  if (count == 0) return 0;
  if (!undoReserve(1)) return -1;
  const oldDict = databaseDict(db);
  const oldExpires = databaseExpires(db);
  const dict = dictNew(KIND_ENTRY);
  const expires = expiresNew();
  if (dict != 0 && expires != 0) {
    if (undoOpen) undoRecord(UNDO_FLUSHED, db, oldDict, oldExpires, 0);
    else databaseRetire(oldDict, oldExpires);
    databaseSet(db, dict, expires);
    return <f64>count;
  }
  if (dict != 0) dictFree(dict);
  free(expires);
  if (undoOpen) return -1;
  // Emptying a database is what helps when memory is full, so it must work
  // then: the old structures go first and leave room for the new ones.
  drainAll(oldDict);
  expiresFree(oldExpires);
  databaseSet(db, dictNew(KIND_ENTRY), expiresNew());
  return <f64>count;
}

export function databaseSwapRaw(a: u32, b: u32): void {
  const dict = databaseDict(a);
  const expires = databaseExpires(a);
  databaseSet(a, databaseDict(b), databaseExpires(b));
  databaseSet(b, dict, expires);
}

/** Swaps two databases; false when out of memory. */
export function databaseSwap(a: u32, b: u32): bool {
  if (!undoReserve(1)) return false;
  if (undoOpen) undoRecord(UNDO_SWAPPED, 0, a, b, 0);
  databaseSwapRaw(a, b);
  return true;
}

/** Moves on with resizing the dict, `steps` buckets; true while more remains. */
export function databaseResizeStep(db: u32, steps: u32): bool {
  const dict = databaseDict(db);
  expiresTrim(databaseExpires(db));
  if (!dictMove(dict, steps)) return dictShrinkIfSparse(dict);
  return true;
}

/** Bytes the entry's block has. */
export function entryBlockBytes(entry: u32): u32 {
  return usableSize(entry);
}
