/**
 * Strings changed in part: APPEND and SETRANGE, and what bitmaps and
 * HyperLogLogs are built on. What they touch moves into a block of its own with
 * room to grow, and is reported as raw from then on.
 */
import { alloc, free, resize, usableSize } from "../base/memory";
import { dictLocate } from "../keyspace/dict";
import { databaseDict } from "../keyspace/database";
import {
  ENCODING_INT,
  ENCODING_RAW,
  ENTRY_EXPIRES,
  ENTRY_INLINE,
  entryBody,
  entryEncoding,
  entryExpires,
  entryFlags,
  entryKey,
  entryKeyLength,
  entryNew,
  entrySetWhen,
  entryWhen,
} from "../keyspace/entry";
import { find, insert, replace } from "../keyspace/keyspace";
import { siphash } from "../base/siphash";
import { touched } from "../keyspace/touched";
import {
  UNDO_BYTES,
  UNDO_GROWN,
  UNDO_LENGTH,
  undoOpen,
  undoRecord,
  undoReserve,
} from "../keyspace/undo";
import { newMeta, stringLength, stringView, viewPtr } from "./string";

/** Growing strings get as much room again, up to this (SDS_MAX_PREALLOC). */
const PREALLOC_BYTES_MAX: u32 = 1024 * 1024;
/** Beyond this there is no block, with room to grow or without. */
const STRING_BYTES_MAX: u32 = 0xffe00000;

// @ts-ignore: decorator
@inline
function roomFor(length: u32): u32 {
  return length < PREALLOC_BYTES_MAX ? length << 1 : length + PREALLOC_BYTES_MAX;
}

/**
 * Moves a string, the first `have` bytes of which count, into a block of its
 * own with room for `length` bytes and more; 0 when out of memory, nothing
 * changed. `undoReserve(1)` must have succeeded.
 */
function ownBlock(db: u32, entry: u32, have: u32, length: u32): u32 {
  stringView(entry);
  let data = alloc(roomFor(length));
  if (data == 0) data = alloc(length);
  if (data == 0) return 0;
  memory.copy(data, viewPtr, have);
  const moved = withBlock(db, entry, data, have);
  if (moved == 0) free(data);
  return moved;
}

/**
 * Another entry of the same key and expiry in place of `entry`, its value the
 * given block; 0 when out of memory, nothing changed and nothing freed.
 * `undoReserve(1)` must have succeeded.
 */
function withBlock(db: u32, entry: u32, data: u32, length: u32): u32 {
  const moved = entryNew(
    entryKey(entry),
    entryKeyLength(entry),
    load<u32>(entry) & ~0xf0 | ENCODING_RAW << 4,
    entryFlags(entry) & ENTRY_EXPIRES,
    8,
  );
  if (moved == 0) return 0;
  if (entryExpires(entry)) entrySetWhen(moved, entryWhen(entry));
  const body = entryBody(moved);
  store<u32>(body, data);
  store<u32>(body, length, 4);
  const hash = siphash(entryKey(entry), entryKeyLength(entry));
  const found = dictLocate(databaseDict(db), entry, hash);
  if (INVARIANTS) if (!found) unreachable();
  replace(db, entry, moved);
  return moved;
}

/** Whether the bytes are in a block of their own, which is always RAW. */
// @ts-ignore: decorator
@inline
export function hasOwnBlock(entry: u32): bool {
  return entryEncoding(entry) != ENCODING_INT &&
    (entryFlags(entry) & ENTRY_INLINE) == 0;
}

/**
 * The string in a block of its own that holds `length` bytes; its first `have`
 * are what it was. Returns the entry, which may have moved, or 0 when out of
 * memory, nothing changed. `undoReserve(1)` must have succeeded; it takes one.
 */
export function growTo(db: u32, entry: u32, have: u32, length: u32): u32 {
  if (!hasOwnBlock(entry)) return ownBlock(db, entry, have, length);
  const body = entryBody(entry);
  const data = load<u32>(body);
  const had = usableSize(data);
  if (length > had) {
    let larger = resize(data, roomFor(length));
    if (larger == 0) larger = resize(data, length);
    if (larger == 0) return 0;
    store<u32>(body, larger);
    if (undoOpen) undoRecord(UNDO_GROWN, db, entry, had, 0);
  }
  return entry;
}

/**
 * APPEND to an existing string; the caller has checked the length limit.
 * Returns the entry, which may have moved, or 0 when out of memory, nothing
 * changed.
 */
export function stringAppend(
  db: u32,
  entry: u32,
  value: u32,
  length: u32,
): u32 {
  const have = stringLength(entry);
  if (<u64>have + <u64>length > STRING_BYTES_MAX) return 0;
  if (!undoReserve(2)) return 0;
  const grown = growTo(db, entry, have, have + length);
  if (grown == 0) return 0;
  // One that moved is undone by putting back what it was.
  if (undoOpen && grown == entry) {
    undoRecord(UNDO_LENGTH, db, grown, 0, <i64>have);
  }
  const body = entryBody(grown);
  memory.copy(load<u32>(body) + have, value, length);
  store<u32>(body, have + length, 4);
  touched(db, grown, 1);
  return grown;
}

/** Saves what SETRANGE will overwrite, behind its length; 0 when out of memory. */
function saveRange(entry: u32, offset: u32, length: u32): u32 {
  const saved = alloc(4 + length);
  if (saved == 0) return 0;
  store<u32>(saved, length);
  memory.copy(saved + 4, load<u32>(entryBody(entry)) + offset, length);
  return saved;
}

/**
 * SETRANGE on an existing string, zero-padded up to `offset`; `length` is not 0
 * and the caller has checked the length limit. Returns the entry, which may
 * have moved, or 0 when out of memory, nothing changed.
 */
export function stringSetRange(
  db: u32,
  entry: u32,
  offset: u32,
  value: u32,
  length: u32,
): u32 {
  if (<u64>offset + <u64>length > STRING_BYTES_MAX) return 0;
  if (!undoReserve(3)) return 0;
  const have = stringLength(entry);
  const end = offset + length;
  const overwritten = offset < have ? min<u32>(length, have - offset) : 0;
  let saved: u32 = 0;
  if (undoOpen && overwritten != 0 && hasOwnBlock(entry)) {
    saved = saveRange(entry, offset, overwritten);
    if (saved == 0) return 0;
  }
  const grown = growTo(db, entry, have, max<u32>(have, end));
  if (grown == 0) {
    free(saved);
    return 0;
  }
  if (saved != 0) undoRecord(UNDO_BYTES, db, grown, saved, <i64>offset);
  if (undoOpen && grown == entry) {
    undoRecord(UNDO_LENGTH, db, grown, 0, <i64>have);
  }
  const body = entryBody(grown);
  const data = load<u32>(body);
  if (offset > have) memory.fill(data + have, 0, offset - have);
  memory.copy(data + offset, value, length);
  if (end > have) store<u32>(body, end, 4);
  touched(db, grown, 1);
  return grown;
}

/**
 * SETRANGE on a key that is not there: `offset` zero bytes, then the value.
 * Returns the entry, or 0 when out of memory, nothing changed.
 */
export function stringSetPadded(
  db: u32,
  key: u32,
  keyLength: u32,
  offset: u32,
  value: u32,
  length: u32,
): u32 {
  if (<u64>offset + <u64>length > STRING_BYTES_MAX) return 0;
  const data = alloc(offset + length);
  if (data == 0) return 0;
  memory.fill(data, 0, offset);
  memory.copy(data + offset, value, length);
  return stringSetBlock(db, key, keyLength, data, offset + length);
}

/**
 * The key holds the `length` bytes of a block, raw, whatever it held before.
 * The block is the string's from then on. Returns the entry, or 0 when out of
 * memory: nothing is changed, and the block freed.
 */
export function stringSetBlock(
  db: u32,
  key: u32,
  keyLength: u32,
  data: u32,
  length: u32,
): u32 {
  const old = find(db, key, keyLength);
  const entry = undoReserve(1)
    ? entryNew(key, keyLength, newMeta(ENCODING_RAW, old), 0, 8)
    : 0;
  if (entry == 0) {
    free(data);
    return 0;
  }
  const body = entryBody(entry);
  store<u32>(body, data);
  store<u32>(body, length, 4);
  if (old == 0) return insert(db, entry) ? entry : 0;
  touched(db, entry, 1);
  replace(db, old, entry);
  return entry;
}

/**
 * A string about to be changed in place: in a block of its own, and at least
 * `length` bytes long, padded with zeros. That is not noted as a change yet.
 * Returns the entry, which may have moved, or 0 when out of memory, nothing
 * changed.
 */
export function stringRoom(db: u32, entry: u32, length: u32): u32 {
  const have = stringLength(entry);
  if (length <= have && hasOwnBlock(entry)) return entry;
  if (length > STRING_BYTES_MAX || !undoReserve(2)) return 0;
  const grown = growTo(db, entry, have, max<u32>(have, length));
  if (grown == 0 || length <= have) return grown;
  if (undoOpen && grown == entry) {
    undoRecord(UNDO_LENGTH, db, grown, 0, <i64>have);
  }
  const body = entryBody(grown);
  memory.fill(load<u32>(body) + have, 0, length - have);
  store<u32>(body, length, 4);
  return grown;
}

/**
 * Saves bytes of a string in a block of its own that are about to be
 * overwritten, while an undo log is open; false when out of memory.
 */
export function stringSave(
  db: u32,
  entry: u32,
  offset: u32,
  length: u32,
): bool {
  if (!undoOpen) return true;
  if (!undoReserve(1)) return false;
  const saved = saveRange(entry, offset, length);
  if (saved == 0) return false;
  undoRecord(UNDO_BYTES, db, entry, saved, <i64>offset);
  return true;
}

/** Sets the length of a string in a block of its own; false when out of memory. */
export function stringSetLength(db: u32, entry: u32, length: u32): bool {
  if (!undoReserve(1)) return false;
  const body = entryBody(entry);
  if (undoOpen) undoRecord(UNDO_LENGTH, db, entry, 0, <i64>load<u32>(body, 4));
  store<u32>(body, length, 4);
  return true;
}

/**
 * The string of an entry becomes the `length` bytes of a block, raw; key and
 * expiry stay. That is not noted as a change yet. Returns the entry, which may
 * have moved, or 0 when out of memory, nothing changed and nothing freed.
 */
export function stringAdopt(
  db: u32,
  entry: u32,
  data: u32,
  length: u32,
): u32 {
  if (!undoReserve(1)) return 0;
  if (undoOpen || !hasOwnBlock(entry)) return withBlock(db, entry, data, length);
  const body = entryBody(entry);
  free(load<u32>(body));
  store<u32>(body, data);
  store<u32>(body, length, 4);
  return entry;
}
