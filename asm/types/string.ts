/**
 * String values. Reported encodings are Redis's (int, embstr up to 44 bytes,
 * raw); where the bytes are kept is ours: up to 1 KiB in the entry's own block,
 * longer or appended-to values in a block of their own with room to grow.
 */
import { alloc, blockBytes, free, resize, usableSize } from "../base/memory";
import { parsedI64, parseI64, writeI64 } from "../base/number";
import { accessNew, touch, usesLfu } from "../keyspace/clock";
import { databaseExpires } from "../keyspace/database";
import { dictLocate } from "../keyspace/dict";
import { databaseDict } from "../keyspace/database";
import {
  EMBSTR_BYTES_MAX,
  ENCODING_EMBSTR,
  ENCODING_INT,
  ENCODING_RAW,
  ENTRY_EXPIRES,
  ENTRY_INLINE,
  entryBody,
  entryBytes,
  entryEncoding,
  entryExpires,
  entryFlags,
  entryFreeValue,
  entryKey,
  entryKeyLength,
  entryLru,
  entryNew,
  entrySetEncoding,
  entrySetWhen,
  entryWhen,
  INLINE_VALUE_BYTES_MAX,
  TYPE_STRING,
} from "../keyspace/entry";
import { expiresRemove } from "../keyspace/expires";
import { find, insert, replace } from "../keyspace/keyspace";
import { siphash } from "../base/siphash";
import { touched } from "../keyspace/touched";
import {
  UNDO_BYTES,
  UNDO_INT,
  UNDO_LENGTH,
  UNDO_META,
  undoOpen,
  undoRecord,
  undoReserve,
} from "../keyspace/undo";

/** Growing strings get as much room again, up to this (SDS_MAX_PREALLOC). */
const PREALLOC_BYTES_MAX: u32 = 1024 * 1024;

/** Where the last `stringView` found the bytes. */
export let viewPtr: u32 = 0;
export let viewLength: u32 = 0;

/** Digits of an integer value under view. */
const digits: u32 = <u32>memory.data(24);

export function stringViewPtr(): u32 {
  return viewPtr;
}

export function stringViewLength(): u32 {
  return viewLength;
}

/**
 * Makes the bytes of a string value readable at `viewPtr`, `viewLength`, until
 * the next change of the entry or the next view.
 */
export function stringView(entry: u32): u32 {
  const body = entryBody(entry);
  if (entryEncoding(entry) == ENCODING_INT) {
    viewPtr = digits;
    viewLength = writeI64(digits, load<i64>(body));
  } else if (entryFlags(entry) & ENTRY_INLINE) {
    viewPtr = body;
    viewLength = <u32>load<u16>(entry, 6);
  } else {
    viewPtr = load<u32>(body);
    viewLength = load<u32>(body, 4);
  }
  return viewPtr;
}

/** Length in bytes, without making the bytes. */
export function stringLength(entry: u32): u32 {
  stringView(entry);
  return viewLength;
}

/** Meta word of a new string in place of `old` (0 if there is none). */
// @ts-ignore: decorator
@inline
function newMeta(encoding: u32, old: u32): u32 {
  // An overwritten key keeps its frequency, as in Redis's dbSetValue.
  const access = old != 0 && usesLfu() ? entryLru(old) : accessNew();
  return TYPE_STRING | encoding << 4 | access << 8;
}

/** The shape a value would be stored in; set by `shapeOf`. */
let shapeEncoding: u32 = 0;
let shapeFlags: u32 = 0;
let shapeBody: u32 = 0;
let shapeInt: i64 = 0;

// @ts-ignore: decorator
@inline
function shapeOf(value: u32, length: u32): void {
  if (length <= 20 && parseI64(value, length)) {
    shapeEncoding = ENCODING_INT;
    shapeFlags = 0;
    shapeBody = 8;
    shapeInt = parsedI64();
  } else if (length <= INLINE_VALUE_BYTES_MAX) {
    shapeEncoding = length <= EMBSTR_BYTES_MAX ? ENCODING_EMBSTR : ENCODING_RAW;
    shapeFlags = ENTRY_INLINE;
    shapeBody = length;
  } else {
    shapeEncoding = ENCODING_RAW;
    shapeFlags = 0;
    shapeBody = 8;
  }
}

/** Writes the value part; `data` is the block of a long value. */
// @ts-ignore: decorator
@inline
function writeBody(entry: u32, value: u32, length: u32, data: u32): void {
  const body = entryBody(entry);
  if (shapeEncoding == ENCODING_INT) store<i64>(body, shapeInt);
  else if (shapeFlags & ENTRY_INLINE) memory.copy(body, value, length);
  else {
    store<u32>(body, data);
    store<u32>(body, length, 4);
  }
}

/** Overwrites the found entry in its own block, which is of the right size. */
function overwrite(
  db: u32,
  entry: u32,
  value: u32,
  length: u32,
  data: u32,
  keepExpiry: bool,
): void {
  entryFreeValue(entry);
  const expires = entryExpires(entry);
  const key = entryKey(entry);
  const keyLength = entryKeyLength(entry);
  let flags = entryFlags(entry) & ~ENTRY_INLINE | shapeFlags;
  if (expires && !keepExpiry) {
    expiresRemove(databaseExpires(db), entry);
    flags &= ~ENTRY_EXPIRES;
    memory.copy(entry + 8, entry + 20, key - entry - 20 + keyLength);
  }
  store<u32>(entry, newMeta(shapeEncoding, entry));
  store<u8>(entry, <u8>flags, 4);
  store<u16>(entry, shapeFlags & ENTRY_INLINE ? <u16>length : 0, 6);
  writeBody(entry, value, length, data);
}

/**
 * SET: the key holds the string, whatever it held before. `keepExpiry` keeps
 * the expiry of an existing key. Returns the entry, or 0 when out of memory,
 * nothing changed. An expired entry must have been removed before.
 */
export function stringSet(
  db: u32,
  key: u32,
  keyLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
): u32 {
  const old = find(db, key, keyLength);
  return stringPut(db, key, keyLength, value, length, keepExpiry, old);
}

/** `stringSet` after a `find` of the same key that found `old` (0: nothing). */
export function stringPut(
  db: u32,
  key: u32,
  keyLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
  old: u32,
): u32 {
  shapeOf(value, length);
  let data: u32 = 0;
  if (shapeEncoding == ENCODING_RAW && (shapeFlags & ENTRY_INLINE) == 0) {
    data = alloc(length);
    if (data == 0) return 0;
    memory.copy(data, value, length);
  }
  const expires = keepExpiry && old != 0 && entryExpires(old);
  if (old != 0 && !undoOpen) {
    const bytes = entryBytes(keyLength, expires, shapeBody);
    if (blockBytes(bytes) == usableSize(old)) {
      overwrite(db, old, value, length, data, keepExpiry);
      touched(db, old, 1);
      return old;
    }
  }
  if (!undoReserve(1)) {
    free(data);
    return 0;
  }
  const entry = entryNew(
    key,
    keyLength,
    newMeta(shapeEncoding, old),
    shapeFlags | (expires ? ENTRY_EXPIRES : 0),
    shapeBody,
  );
  if (entry == 0) {
    free(data);
    return 0;
  }
  writeBody(entry, value, length, data);
  if (old == 0) return insert(db, entry) ? entry : 0;
  if (expires) entrySetWhen(entry, entryWhen(old));
  touched(db, entry, 1);
  replace(db, old, entry);
  return entry;
}

/** The integer value of a string; `stringIntOk` tells whether it is one. */
export let stringIntOk: bool = false;

export function stringInt(entry: u32): i64 {
  if (entryEncoding(entry) == ENCODING_INT) {
    stringIntOk = true;
    return load<i64>(entryBody(entry));
  }
  stringView(entry);
  stringIntOk = parseI64(viewPtr, viewLength);
  return parsedI64();
}

export function stringIntIsOk(): bool {
  return stringIntOk;
}

/** Sets an integer value in place where the entry holds one; 0 out of memory. */
export function stringSetInt(
  db: u32,
  key: u32,
  keyLength: u32,
  value: i64,
): u32 {
  const old = find(db, key, keyLength);
  if (old != 0 && entryEncoding(old) == ENCODING_INT) {
    if (!undoReserve(1)) return 0;
    const body = entryBody(old);
    if (undoOpen) undoRecord(UNDO_INT, db, old, 0, load<i64>(body));
    store<i64>(body, value);
    touch(old);
    touched(db, old, 1);
    return old;
  }
  const length = writeI64(digits, value);
  return stringPut(db, key, keyLength, digits, length, true, old);
}

// @ts-ignore: decorator
@inline
function roomFor(length: u32): u32 {
  return length < PREALLOC_BYTES_MAX ? length << 1 : length + PREALLOC_BYTES_MAX;
}

/**
 * A string entry whose bytes are in a block of their own with room for
 * `capacity` bytes; moved there if they are not. 0 when out of memory.
 */
function ownBlock(db: u32, entry: u32, capacity: u32): u32 {
  stringView(entry);
  const length = viewLength;
  const data = alloc(capacity);
  if (data == 0) return 0;
  memory.copy(data, viewPtr, length);
  const moved = entryNew(
    entryKey(entry),
    entryKeyLength(entry),
    load<u32>(entry) & ~0xf0 | ENCODING_RAW << 4,
    entryFlags(entry) & ENTRY_EXPIRES,
    8,
  );
  if (moved == 0) {
    free(data);
    return 0;
  }
  if (entryExpires(entry)) entrySetWhen(moved, entryWhen(entry));
  const body = entryBody(moved);
  store<u32>(body, data);
  store<u32>(body, length, 4);
  const hash = siphash(entryKey(entry), entryKeyLength(entry));
  dictLocate(databaseDict(db), entry, hash);
  replace(db, entry, moved);
  return moved;
}

/** Makes the entry's own block hold `length` bytes; 0 when out of memory. */
function growTo(db: u32, entry: u32, length: u32): u32 {
  if (
    entryEncoding(entry) == ENCODING_INT || entryFlags(entry) & ENTRY_INLINE
  ) return ownBlock(db, entry, roomFor(length));
  const body = entryBody(entry);
  const data = load<u32>(body);
  if (length > usableSize(data)) {
    let larger = resize(data, roomFor(length));
    if (larger == 0) larger = resize(data, length);
    if (larger == 0) return 0;
    store<u32>(body, larger);
  }
  return entry;
}

/**
 * APPEND to an existing string; the caller has checked the length limit.
 * Returns the entry, which may have moved, or 0 when out of memory.
 */
export function stringAppend(
  db: u32,
  entry: u32,
  value: u32,
  length: u32,
): u32 {
  if (!undoReserve(2)) return 0;
  const have = stringLength(entry);
  const grown = growTo(db, entry, have + length);
  if (grown == 0) return 0;
  const body = entryBody(grown);
  if (undoOpen) undoRecord(UNDO_LENGTH, db, grown, 0, <i64>have);
  memory.copy(load<u32>(body) + have, value, length);
  store<u32>(body, have + length, 4);
  touch(grown);
  touched(db, grown, 1);
  return grown;
}

/**
 * SETRANGE on an existing string, zero-padded up to `offset`; the caller has
 * checked the length limit. Returns the entry or 0 when out of memory.
 */
export function stringSetRange(
  db: u32,
  entry: u32,
  offset: u32,
  value: u32,
  length: u32,
): u32 {
  if (!undoReserve(4)) return 0;
  const have = stringLength(entry);
  const end = offset + length;
  const grown = growTo(db, entry, max<u32>(have, end));
  if (grown == 0) return 0;
  const body = entryBody(grown);
  const data = load<u32>(body);
  if (undoOpen) {
    const changed = offset < have ? min<u32>(length, have - offset) : 0;
    const saved = alloc(4 + changed);
    if (saved == 0) return 0;
    store<u32>(saved, changed);
    memory.copy(saved + 4, data + offset, changed);
    undoRecord(UNDO_BYTES, db, grown, saved, <i64>offset);
    undoRecord(UNDO_LENGTH, db, grown, 0, <i64>have);
  }
  if (offset > have) memory.fill(data + have, 0, offset - have);
  memory.copy(data + offset, value, length);
  if (end > have) store<u32>(body, end, 4);
  if (undoOpen) undoRecord(UNDO_META, db, grown, load<u32>(grown), 0);
  entrySetEncoding(grown, ENCODING_RAW);
  touched(db, grown, 1);
  return grown;
}

/** A new string of `length` zero bytes that the caller then fills by SETRANGE. */
export function stringSetRaw(
  db: u32,
  key: u32,
  keyLength: u32,
  length: u32,
): u32 {
  const old = find(db, key, keyLength);
  if (old != 0) return 0;
  if (!undoReserve(1)) return 0;
  const data = alloc(length);
  if (data == 0) return 0;
  memory.fill(data, 0, length);
  const entry = entryNew(key, keyLength, newMeta(ENCODING_RAW, 0), 0, 8);
  if (entry == 0) {
    free(data);
    return 0;
  }
  const body = entryBody(entry);
  store<u32>(body, data);
  store<u32>(body, length, 4);
  return insert(db, entry) ? entry : 0;
}

