/**
 * The undo log. While it is open, each primitive that changes data records the
 * inverse of what it did, in O(change); blocks that would be freed are kept
 * until commit. Rolling back applies the inverses in reverse order, so every
 * pointer in a record is valid again when its turn comes.
 *
 *   record, 24 bytes
 *   +0 u8 kind  +4 u32 db  +8 u32 a  +12 u32 b  +16 i64 c
 *
 * Levels nest by marks: `undoMark()` gives the place to roll back to. Rolling
 * back to a mark leaves the log open, rolling back to 0 takes everything back
 * and closes it.
 *
 * Putting an entry back may take memory (a child bucket, a chunk of the expiry
 * index) that it gave up when it was removed, and a log is often rolled back
 * just because memory ran out. So the expiry index keeps its chunks while the
 * log is open, and rolling back may use the allocator's reserve.
 */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferSetLength,
  bufferTake,
} from "../base/buffer";
import { alloc, free, memoryUseReserve, resize } from "../base/memory";
import { valueDrop, valueFree } from "../types/value";
import {
  dictAdd,
  dictLocate,
  dictPutFound,
  dictRemoveFound,
  elementHash,
} from "./dict";
import {
  entryBody,
  entryExpires,
  entryFlags,
  entryEncoding,
  entryFree,
  entrySetWhen,
  ENCODING_INT,
  ENTRY_INLINE,
} from "./entry";
import { expiresUpdate } from "./expires";
import { fieldExpiresReserve, fieldExpiresSchedule } from "./field_expires";
import {
  attach,
  databaseDict,
  databaseExpires,
  databaseRetire,
  databaseSet,
  databaseSwapRaw,
  detach,
} from "./database";

export const UNDO_ADDED: u8 = 1;
export const UNDO_REMOVED: u8 = 2;
export const UNDO_REPLACED: u8 = 3;
export const UNDO_RESHAPED: u8 = 4;
export const UNDO_INT: u8 = 5;
export const UNDO_LENGTH: u8 = 6;
export const UNDO_BYTES: u8 = 7;
export const UNDO_WHEN: u8 = 8;
export const UNDO_FLUSHED: u8 = 9;
export const UNDO_SWAPPED: u8 = 10;
export const UNDO_MOVED: u8 = 12;
export const UNDO_GROWN: u8 = 13;
/** `b` bytes at address `a` were `c`. */
const UNDO_WORD: u8 = 14;
/** The block `b` (u32 length, bytes) holds what was at address `a`. */
const UNDO_COPIED: u8 = 15;
/** The block `a` is new. */
const UNDO_FRESH: u8 = 16;
/** The block `a` is to be freed when the log is committed. */
const UNDO_DEFERRED: u8 = 17;
export const UNDO_ELEMENT_ADDED: u8 = 18;
export const UNDO_ELEMENT_REMOVED: u8 = 19;
export const UNDO_ELEMENT_REPLACED: u8 = 20;
/** The value `b` of type and encoding `c` is new. */
const UNDO_VALUE_FRESH: u8 = 21;
/** The value `b` of type and encoding `c` is to be freed at commit. */
const UNDO_VALUE_DEFERRED: u8 = 22;

/** The hash `a` has a field that expires at `c` again. */
export const UNDO_FIELD_EXPIRY: u8 = 23;

const RECORD_BYTES: u32 = 24;

let log: u32 = 0;
export let undoOpen: bool = false;

export function undoInit(): bool {
  log = bufferNew();
  return log != 0;
}

export function undoBegin(): void {
  undoOpen = true;
}

export function undoIsOpen(): bool {
  return undoOpen;
}

/** The place to roll back to; never 0. */
export function undoMark(): u32 {
  return bufferLength(log) + 1;
}

/** Makes sure the next records fit; call before changing anything. */
export function undoReserve(records: u32): bool {
  return !undoOpen || bufferReserve(log, records * RECORD_BYTES);
}

/** Adds a record; `undoReserve` must have succeeded. */
export function undoRecord(kind: u8, db: u32, a: u32, b: u32, c: i64): void {
  const at = bufferTake(log, RECORD_BYTES);
  store<u8>(at, kind);
  store<u32>(at, db, 4);
  store<u32>(at, a, 8);
  store<u32>(at, b, 12);
  store<i64>(at, c, 16);
}

/**
 * Closes the log for a while, so that a value nobody can see yet is built
 * without records; returns what `undoResume` wants. Whoever puts the value in
 * place records it as a whole.
 */
export function undoSuspend(): bool {
  const wasOpen = undoOpen;
  undoOpen = false;
  return wasOpen;
}

export function undoResume(wasOpen: bool): void {
  undoOpen = wasOpen;
}

// -------------------------------------------------- memory of collections
//
// Collections change through these, and so need no records of their own. Each
// takes a record: `undoReserve` must have succeeded.

// @ts-ignore: decorator
@inline
export function put8(address: u32, value: u32): void {
  if (undoOpen) undoRecord(UNDO_WORD, 0, address, 1, <i64>load<u8>(address));
  store<u8>(address, <u8>value);
}

// @ts-ignore: decorator
@inline
export function put16(address: u32, value: u32): void {
  if (undoOpen) undoRecord(UNDO_WORD, 0, address, 2, <i64>load<u16>(address));
  store<u16>(address, <u16>value);
}

// @ts-ignore: decorator
@inline
export function put32(address: u32, value: u32): void {
  if (undoOpen) undoRecord(UNDO_WORD, 0, address, 4, <i64>load<u32>(address));
  store<u32>(address, value);
}

// @ts-ignore: decorator
@inline
export function put64(address: u32, value: u64): void {
  if (undoOpen) undoRecord(UNDO_WORD, 0, address, 8, load<i64>(address));
  store<u64>(address, value);
}

/** Remembers the bytes at `address`, about to be changed; false when out of memory. */
export function undoBytes(address: u32, length: u32): bool {
  if (!undoOpen || length == 0) return true;
  const saved = alloc(4 + length);
  if (saved == 0) return false;
  store<u32>(saved, length);
  memory.copy(saved + 4, address, length);
  undoRecord(UNDO_COPIED, 0, address, saved, 0);
  return true;
}

/** Copies bytes over others; false when out of memory, nothing changed. */
export function putBytes(address: u32, from: u32, length: u32): bool {
  if (!undoBytes(address, length)) return false;
  memory.copy(address, from, length);
  return true;
}

/** A block that rolling back frees; 0 when out of memory. */
export function undoAlloc(bytes: u32): u32 {
  const block = alloc(bytes);
  if (undoOpen && block != 0) undoRecord(UNDO_FRESH, 0, block, 0, 0);
  return block;
}

/** Frees a block; while the log is open, only when it is committed. */
export function undoFree(block: u32): void {
  if (block == 0) return;
  if (undoOpen) undoRecord(UNDO_DEFERRED, 0, block, 0, 0);
  else free(block);
}

/**
 * A value built while the log was suspended is in place now: rolling back frees
 * it whole.
 */
export function undoValueFresh(type: u32, encoding: u32, ptr: u32): void {
  if (!undoOpen) return;
  undoRecord(UNDO_VALUE_FRESH, 0, 0, ptr, <i64>(type << 8 | encoding));
}

/** Frees a value whole; while the log is open, only when it is committed. */
export function undoValueFree(type: u32, encoding: u32, ptr: u32): void {
  if (!undoOpen) valueDrop(type, encoding, ptr);
  else undoRecord(UNDO_VALUE_DEFERRED, 0, 0, ptr, <i64>(type << 8 | encoding));
}

/** Keeps what was done: frees what only the log still held. */
export function undoCommit(): void {
  undoOpen = false;
  const end = bufferLength(log);
  for (let offset: u32 = 0; offset < end; offset += RECORD_BYTES) {
    const at = bufferData(log) + offset;
    const a = load<u32>(at, 8);
    switch (load<u8>(at)) {
      case UNDO_REMOVED:
      case UNDO_REPLACED:
        entryFree(a);
        break;
      case UNDO_RESHAPED:
      case UNDO_MOVED:
      case UNDO_BYTES:
        free(load<u8>(at) == UNDO_BYTES ? load<u32>(at, 12) : a);
        break;
      case UNDO_FLUSHED:
        databaseRetire(a, load<u32>(at, 12));
        break;
      case UNDO_COPIED:
        free(load<u32>(at, 12));
        break;
      case UNDO_DEFERRED:
        free(a);
        break;
      case UNDO_VALUE_DEFERRED: {
        const shape = <u32>load<i64>(at, 16);
        valueDrop(shape >> 8, shape & 255, load<u32>(at, 12));
        break;
      }
    }
  }
  bufferReset(log);
}

/** A reshaped or moved entry's value belongs to the old shell again. */
function returnValue(old: u32, current: u32): void {
  if (
    entryEncoding(old) != ENCODING_INT &&
    (entryFlags(old) & ENTRY_INLINE) == 0
  ) {
    store<u64>(entryBody(old), load<u64>(entryBody(current)));
  }
}

function undoOne(at: u32): bool {
  const db = load<u32>(at, 4);
  const a = load<u32>(at, 8);
  const b = load<u32>(at, 12);
  const c = load<i64>(at, 16);
  switch (load<u8>(at)) {
    case UNDO_ADDED:
      detach(db, a);
      entryFree(a);
      return true;
    case UNDO_REMOVED:
      return attach(db, a);
    case UNDO_REPLACED:
      detach(db, b);
      entryFree(b);
      return attach(db, a);
    case UNDO_RESHAPED:
      detach(db, b);
      returnValue(a, b);
      free(b);
      return attach(db, a);
    case UNDO_MOVED:
      detach(<u32>c, b);
      returnValue(a, b);
      free(b);
      return attach(db, a);
    case UNDO_INT:
      store<i64>(entryBody(a), c);
      return true;
    case UNDO_LENGTH:
      store<u32>(entryBody(a), <u32>c, 4);
      return true;
    case UNDO_GROWN: {
      const data = resize(load<u32>(entryBody(a)), b);
      if (data != 0) store<u32>(entryBody(a), data);
      return true;
    }
    case UNDO_BYTES: {
      const saved = b;
      memory.copy(
        load<u32>(entryBody(a)) + <u32>c,
        saved + 4,
        load<u32>(saved),
      );
      free(saved);
      return true;
    }
    case UNDO_WHEN:
      entrySetWhen(a, c);
      if (entryExpires(a)) expiresUpdate(databaseExpires(db), a);
      return true;
    case UNDO_FLUSHED:
      databaseRetire(databaseDict(db), databaseExpires(db));
      databaseSet(db, a, b);
      return true;
    case UNDO_SWAPPED:
      databaseSwapRaw(a, b);
      return true;
  }
  if (load<u8>(at) == UNDO_FIELD_EXPIRY) {
    if (!fieldExpiresReserve(db)) return false;
    fieldExpiresSchedule(db, a, c);
    return true;
  }
  return undoMemory(load<u8>(at), a, b, c);
}

/** Takes back one change of a collection. */
function undoMemory(kind: u8, a: u32, b: u32, c: i64): bool {
  switch (kind) {
    case UNDO_WORD:
      if (b == 4) store<u32>(a, <u32>c);
      else if (b == 8) store<i64>(a, c);
      else if (b == 2) store<u16>(a, <u16>c);
      else store<u8>(a, <u8>c);
      return true;
    case UNDO_COPIED:
      memory.copy(a, b + 4, load<u32>(b));
      free(b);
      return true;
    case UNDO_FRESH:
      free(a);
      return true;
    case UNDO_ELEMENT_ADDED:
      if (!dictLocate(a, b, elementHash(a, b))) return false;
      dictRemoveFound(a);
      return true;
    case UNDO_ELEMENT_REMOVED:
      return dictAdd(a, b, elementHash(a, b));
    case UNDO_ELEMENT_REPLACED:
      if (!dictLocate(a, b, elementHash(a, b))) return false;
      dictPutFound(<u32>c);
      return true;
    case UNDO_VALUE_FRESH:
      valueFree(<u32>c >> 8, <u32>c & 255, b);
      return true;
  }
  return true;
}

/**
 * Takes back everything recorded since `mark`; 0 takes back all and closes the
 * log. False if memory, its reserve included, ran out while putting an entry
 * back, which cannot be survived.
 */
export function undoRollback(mark: u32): bool {
  const end: u32 = mark == 0 ? 0 : mark - 1;
  undoOpen = false;
  memoryUseReserve(true);
  let ok = true;
  let offset = bufferLength(log);
  while (offset > end) {
    offset -= RECORD_BYTES;
    if (!undoOne(bufferData(log) + offset)) ok = false;
  }
  memoryUseReserve(false);
  bufferSetLength(log, end);
  if (mark == 0) bufferReset(log);
  else undoOpen = true;
  return ok;
}
