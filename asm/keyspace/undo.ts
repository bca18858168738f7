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
import { free, memoryUseReserve, resize } from "../base/memory";
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
