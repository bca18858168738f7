/**
 * String values. Reported encodings are Redis's (int, embstr up to 44 bytes,
 * raw); where the bytes are kept is ours: up to 1 KiB in the entry's own block,
 * longer or appended-to values in a block of their own with room to grow.
 */
import { alloc, blockBytes, free, usableSize } from "../base/memory";
import { digitCount, parsedI64, parseI64, writeI64 } from "../base/number";
import { accessNew, usesLfu } from "../keyspace/clock";
import { databaseExpires } from "../keyspace/database";
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
  entrySetWhen,
  entryWhen,
  INLINE_VALUE_BYTES_MAX,
  TYPE_STRING,
} from "../keyspace/entry";
import {
  expiresRemove,
  expiresReserve,
  expiresUpdate,
} from "../keyspace/expires";
import { find, insert, replace } from "../keyspace/keyspace";
import { fieldExpiresLeave } from "../keyspace/field_expires";
import { touched } from "../keyspace/touched";
import { UNDO_INT, undoOpen, undoRecord, undoReserve } from "../keyspace/undo";

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
  const body = entryBody(entry);
  if (entryEncoding(entry) == ENCODING_INT) {
    const value = load<i64>(body);
    return value < 0 ? 1 + digitCount(0 - <u64>value) : digitCount(<u64>value);
  }
  if (entryFlags(entry) & ENTRY_INLINE) return <u32>load<u16>(entry, 6);
  return load<u32>(body, 4);
}

/** Meta word of a new string in place of `old` (0 if there is none). */
// @ts-ignore: decorator
@inline
export function newMeta(encoding: u32, old: u32): u32 {
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
function shapeOf(value: u32, length: u32, asText: bool): void {
  if (!asText && length <= 20 && parseI64(value, length)) {
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

/** How a string is put in place of what the key held; may be combined. */
const PUT_PLAIN: u32 = 0;
/** An expiry the key has stays. */
const PUT_KEEP_EXPIRY: u32 = 1;
/** The key expires at `whenMs`, whether it did before or not. */
const PUT_EXPIRING: u32 = 2;
/** Digits stay text (Redis's INCRBYFLOAT leaves no integer encoding). */
const PUT_TEXT: u32 = 4;

/** Overwrites the found entry in its own block, which is of the right size. */
function overwrite(
  db: u32,
  entry: u32,
  value: u32,
  length: u32,
  data: u32,
  how: u32,
  whenMs: i64,
): void {
  entryFreeValue(entry);
  const key = entryKey(entry);
  const keyLength = entryKeyLength(entry);
  let flags = entryFlags(entry) & ~ENTRY_INLINE | shapeFlags;
  if (how & PUT_EXPIRING) {
    entrySetWhen(entry, whenMs);
    expiresUpdate(databaseExpires(db), entry);
  } else if (flags & ENTRY_EXPIRES && (how & PUT_KEEP_EXPIRY) == 0) {
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
 * The key holds the string, whatever it held before; `old` is what a `find` of
 * the key, the last one made, has found. Returns the entry, or 0 when out of
 * memory, nothing changed.
 */
function put(
  db: u32,
  key: u32,
  keyLength: u32,
  value: u32,
  length: u32,
  how: u32,
  whenMs: i64,
  old: u32,
): u32 {
  shapeOf(value, length, (how & PUT_TEXT) != 0);
  const oldExpires = old != 0 && entryExpires(old);
  const expiring = (how & PUT_EXPIRING) != 0;
  const expires = expiring || oldExpires && (how & PUT_KEEP_EXPIRY) != 0;
  let data: u32 = 0;
  if (shapeEncoding == ENCODING_RAW && (shapeFlags & ENTRY_INLINE) == 0) {
    data = alloc(length);
    if (data == 0) return 0;
    memory.copy(data, value, length);
  }
  if (old != 0 && !undoOpen && (oldExpires || !expiring)) {
    const bytes = entryBytes(keyLength, expires, shapeBody);
    if (blockBytes(bytes) == usableSize(old)) {
      fieldExpiresLeave(db, old);
      overwrite(db, old, value, length, data, how, whenMs);
      touched(db, old, 1);
      return old;
    }
  }
  if (
    !undoReserve(1) ||
    expiring && !oldExpires && !expiresReserve(databaseExpires(db))
  ) {
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
  if (expires) entrySetWhen(entry, expiring ? whenMs : entryWhen(old));
  if (old == 0) return insert(db, entry) ? entry : 0;
  touched(db, entry, 1);
  replace(db, old, entry);
  return entry;
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
// @ts-ignore: decorator
@inline
export function stringPut(
  db: u32,
  key: u32,
  keyLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
  old: u32,
): u32 {
  const how = keepExpiry ? PUT_KEEP_EXPIRY : PUT_PLAIN;
  return put(db, key, keyLength, value, length, how, 0, old);
}

/** `stringSet` that also sets when the key expires, in ms of Unix time. */
export function stringSetExpiring(
  db: u32,
  key: u32,
  keyLength: u32,
  value: u32,
  length: u32,
  whenMs: i64,
): u32 {
  const old = find(db, key, keyLength);
  return put(db, key, keyLength, value, length, PUT_EXPIRING, whenMs, old);
}

/** `stringSet` that keeps the expiry, and digits as text. */
export function stringSetText(
  db: u32,
  key: u32,
  keyLength: u32,
  value: u32,
  length: u32,
): u32 {
  const old = find(db, key, keyLength);
  const how = PUT_KEEP_EXPIRY | PUT_TEXT;
  return put(db, key, keyLength, value, length, how, 0, old);
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

/** Results of `stringAdd` besides 1 for success. */
export const ADD_OUT_OF_MEMORY: i32 = 0;
export const ADD_NOT_AN_INTEGER: i32 = -1;
export const ADD_OVERFLOW: i32 = -2;

/** What the last successful `stringAdd` arrived at. */
export let stringSum: i64 = 0;

/**
 * INCRBY: adds to the integer a string holds, in place where it is one already;
 * the expiry stays. `entry` is the string at the key, not expired, 0 if there is
 * none, which counts as 0. Returns 1 or ADD_*, nothing changed.
 */
export function stringAdd(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  delta: i64,
): i32 {
  let value: i64 = 0;
  if (entry != 0) {
    value = stringInt(entry);
    if (!stringIntOk) return ADD_NOT_AN_INTEGER;
  }
  const sum = value + delta;
  if (((value ^ sum) & (delta ^ sum)) < 0) return ADD_OVERFLOW;
  stringSum = sum;
  if (entry != 0 && entryEncoding(entry) == ENCODING_INT) {
    if (!undoReserve(1)) return ADD_OUT_OF_MEMORY;
    if (undoOpen) undoRecord(UNDO_INT, db, entry, 0, value);
    store<i64>(entryBody(entry), sum);
    touched(db, entry, 1);
    return 1;
  }
  const old = find(db, key, keyLength);
  const length = writeI64(digits, sum);
  const how = entry != 0 ? PUT_KEEP_EXPIRY : PUT_PLAIN;
  return put(db, key, keyLength, digits, length, how, 0, old) != 0 ? 1 : 0;
}
