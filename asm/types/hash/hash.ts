/**
 * Hashes, whatever their encoding: a listpack (pack.ts) while they are small, a
 * table (table.ts) from then on, for good. A hash of which a field has had an
 * expiry is listed in its database's index of them (field_expires.ts).
 *
 * Policy is not here: a field past its time is found, and the caller is told so
 * (FIELD_EXPIRED); what to do with it is his business.
 */
import { parsedI64, parseI64, writeI64 } from "../../base/number";
import { nowMs } from "../../keyspace/clock";
import {
  collectionNew,
  replaceValue,
  setValue,
} from "../../keyspace/collection";
import { memberKey, memberKeyLength } from "../../keyspace/element";
import {
  ENCODING_HASHTABLE,
  ENCODING_LISTPACK,
  ENCODING_LISTPACK_EX,
  entryEncoding,
  TYPE_HASH,
  valuePtr,
} from "../../keyspace/entry";
import {
  fieldExpiresReserve,
  fieldExpiresSchedule,
} from "../../keyspace/field_expires";
import { dropEntry } from "../../keyspace/keyspace";
import { touched } from "../../keyspace/touched";
import {
  UNDO_FIELD_EXPIRY,
  undoMark,
  undoOpen,
  undoRecord,
  undoReserve,
  undoResume,
  undoRollback,
  undoSuspend,
} from "../../keyspace/undo";
import { lpBytes, lpCount, lpFree, lpLength, lpNew, lpNext, lpPtr, lpView } from "../listpack";
import { fieldIsVolatile, fieldValue } from "./field";
import {
  EXPIRY_STEP,
  PACK_RECORDS,
  packCreated,
  packExpire,
  packFind,
  packPut,
  packRemove,
  packToTable,
  packWhen,
  packWithExpiries,
  PLAIN_STEP,
} from "./pack";
import {
  PUT_CREATED,
  PUT_OUT_OF_MEMORY,
  PUT_UPDATED,
  TABLE_RECORDS,
  tableExpireFound,
  tableFind,
  tableFree,
  tableLength,
  tableNew,
  tablePersistFound,
  tablePut,
  tableRemoveFound,
  tableWhen,
} from "./table";

/** Undo records one change of one field may take. */
const RECORDS: u32 = PACK_RECORDS + TABLE_RECORDS;

/** Listpacks that would become larger are made tables (Redis: lpSafeToAdd). */
const PACK_BYTES_MAX: u64 = 1 << 30;

/** A field was found whose time has passed. */
export const FIELD_EXPIRED: i32 = -1;
export const FIELD_ABSENT: i32 = 0;
export const FIELD_FOUND: i32 = 1;

/** `hash-max-listpack-entries` and `hash-max-listpack-value`. */
let entriesMax: u32 = 512;
let valueBytesMax: u32 = 64;

export function hashLimits(entries: u32, valueBytes: u32): void {
  entriesMax = entries;
  valueBytesMax = valueBytes;
}

/** What the last `hashFind` found: where it is, and when it expires (0: never). */
let found: u32 = 0;
export let foundWhen: i64 = 0;
/** The value it has, after `hashFind` or `hashNext` and `hashValueView`. */
export let valueText: u32 = 0;
export let valueLength: u32 = 0;

// @ts-ignore: decorator
@inline
function stepOf(encoding: u32): u32 {
  return encoding == ENCODING_LISTPACK ? PLAIN_STEP : EXPIRY_STEP;
}

/** Fields of a hash, those past their time included. */
export function hashCount(entry: u32): u32 {
  const encoding = entryEncoding(entry);
  const value = valuePtr(entry);
  return encoding == ENCODING_HASHTABLE
    ? tableLength(value)
    : lpCount(value) / stepOf(encoding);
}

// ------------------------------------------------------------------- finding

/** Looks a field up: FIELD_*, and sets `foundWhen`. */
export function hashFind(entry: u32, name: u32, length: u32): i32 {
  const encoding = entryEncoding(entry);
  const value = valuePtr(entry);
  if (encoding == ENCODING_HASHTABLE) {
    found = tableFind(value, name, length);
    if (found == 0) return FIELD_ABSENT;
    foundWhen = tableWhen(value, found);
  } else {
    const step = stepOf(encoding);
    found = packFind(value, name, length, step);
    if (found == 0) return FIELD_ABSENT;
    foundWhen = packWhen(value, found, step);
  }
  return foundWhen != 0 && foundWhen < nowMs ? FIELD_EXPIRED : FIELD_FOUND;
}

/** Sets `valueText` and `valueLength` to the value of the field found last. */
export function hashFoundView(entry: u32): void {
  viewValue(entryEncoding(entry), valuePtr(entry), found);
}

/** The value of the field at an element or place in a listpack. */
export function viewValue(encoding: u32, value: u32, at: u32): void {
  if (encoding == ENCODING_HASHTABLE) {
    const header = fieldValue(at);
    valueText = memberKey(header);
    valueLength = memberKeyLength(header);
  } else {
    lpView(lpNext(value, at));
    valueText = lpPtr;
    valueLength = lpLength;
  }
}

// ----------------------------------------------------------------- changing

/** A key that is not there holds an empty hash, to be filled at once; 0 when out of memory. */
function create(db: u32, key: u32, keyLength: u32, isLarge: bool): u32 {
  const wasOpen = undoSuspend();
  const value = isLarge ? tableNew() : lpNew();
  undoResume(wasOpen);
  if (value == 0) return 0;
  const encoding = isLarge ? ENCODING_HASHTABLE : ENCODING_LISTPACK;
  const entry = collectionNew(db, key, keyLength, TYPE_HASH, encoding, value);
  if (entry != 0) return entry;
  if (isLarge) tableFree(value);
  else {
    const open = undoSuspend();
    lpFree(value);
    undoResume(open);
  }
  return 0;
}

/** The hash becomes a table; false when out of memory, nothing changed. */
function enlarge(entry: u32): bool {
  const wasOpen = undoSuspend();
  const table = packToTable(valuePtr(entry), stepOf(entryEncoding(entry)));
  undoResume(wasOpen);
  if (table == 0) return false;
  replaceValue(entry, ENCODING_HASHTABLE, table);
  return true;
}

/** Where an undo log that is open stands, 0 if none is: for `takeBack`. */
// @ts-ignore: decorator
@inline
function markHere(): u32 {
  return undoOpen ? undoMark() : 0;
}

/**
 * Memory ran out in the middle: what was done since the mark is taken back.
 * Without a log nothing can have been done.
 */
function takeBack(mark: u32): void {
  if (mark != 0) undoRollback(mark);
}

/** An expiry goes or comes later: if that is taken back, the index must know of it. */
// @ts-ignore: decorator
@inline
function noteExpiry(db: u32, entry: u32, whenMs: i64): void {
  if (undoOpen && whenMs != 0) {
    undoRecord(UNDO_FIELD_EXPIRY, db, entry, 0, whenMs);
  }
}

/** Whether a field of this shape makes a listpack a table. */
function isTooLong(lp: u32, nameLength: u32, length: u32): bool {
  if (nameLength > valueBytesMax || length > valueBytesMax) return true;
  return <u64>lpBytes(lp) + <u64>nameLength + <u64>length > PACK_BYTES_MAX;
}

/** `hashSet` of a hash that is there, not counted as a change; PUT_*. */
export function hashPut(
  db: u32,
  entry: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
): i32 {
  if (!undoReserve(RECORDS)) return PUT_OUT_OF_MEMORY;
  const mark = markHere();
  const result = put(db, entry, name, nameLength, value, length, keepExpiry);
  if (result == PUT_OUT_OF_MEMORY) takeBack(mark);
  return result;
}

function put(
  db: u32,
  entry: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
): i32 {
  if (
    undoOpen && !keepExpiry && entryEncoding(entry) != ENCODING_LISTPACK &&
    hashFind(entry, name, nameLength) != FIELD_ABSENT
  ) noteExpiry(db, entry, foundWhen);
  if (
    entryEncoding(entry) != ENCODING_HASHTABLE &&
    isTooLong(valuePtr(entry), nameLength, length) && !enlarge(entry)
  ) return PUT_OUT_OF_MEMORY;
  const encoding = entryEncoding(entry);
  const ptr = valuePtr(entry);
  if (encoding == ENCODING_HASHTABLE) {
    return tablePut(ptr, name, nameLength, value, length, keepExpiry);
  }
  const step = stepOf(encoding);
  const lp = packPut(ptr, name, nameLength, value, length, step, keepExpiry);
  if (lp == 0) return PUT_OUT_OF_MEMORY;
  setValue(entry, lp);
  const result = packCreated ? PUT_CREATED : PUT_UPDATED;
  // Without memory for a table it stays a listpack, if a long one.
  if (lpCount(lp) / step > entriesMax) enlarge(entry);
  return result;
}

/** A hash that `hashEnsure` created is taken away again. */
function abandon(db: u32, entry: u32, old: u32): void {
  if (old == 0) dropEntry(db, entry);
}

/**
 * The hash itself, or a new one where there is none (`entry` 0), with room for
 * fields like this; 0 when out of memory.
 */
export function hashEnsure(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  nameLength: u32,
  length: u32,
): u32 {
  if (entry != 0) return entry;
  const isLarge = nameLength > valueBytesMax || length > valueBytesMax;
  return create(db, key, keyLength, isLarge);
}

/** As `hashPut` after `hashEnsure`, of which `old` tells whether it created the hash. */
export function hashPutOrAbandon(
  db: u32,
  entry: u32,
  old: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
): i32 {
  const result = hashPut(
    db,
    entry,
    name,
    nameLength,
    value,
    length,
    keepExpiry,
  );
  if (result == PUT_OUT_OF_MEMORY) abandon(db, entry, old);
  return result;
}

/**
 * The field of the hash at a key holds the value: PUT_CREATED, PUT_UPDATED, or
 * PUT_OUT_OF_MEMORY, nothing changed. `entry` is the hash, 0 if there is none.
 */
export function hashSet(
  db: u32,
  key: u32,
  keyLength: u32,
  old: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  length: u32,
  keepExpiry: bool,
): i32 {
  const entry = hashEnsure(db, key, keyLength, old, nameLength, length);
  if (entry == 0) return PUT_OUT_OF_MEMORY;
  const result = hashPutOrAbandon(
    db,
    entry,
    old,
    name,
    nameLength,
    value,
    length,
    keepExpiry,
  );
  if (result != PUT_OUT_OF_MEMORY) touched(db, entry, 1);
  return result;
}

/** Results of `hashAdd` besides 1 for success. */
export const ADD_OUT_OF_MEMORY: i32 = 0;
export const ADD_NOT_AN_INTEGER: i32 = -1;
export const ADD_OVERFLOW: i32 = -2;

/** What the last successful `hashAdd` arrived at. */
export let hashSum: i64 = 0;

const digits: u32 = <u32>memory.data(24);

/**
 * Adds to the integer a field holds, which counts as 0 if it is not there or past
 * its time; its expiry stays. `old` is the hash, 0 if there is
 * none. Returns 1 or ADD_*, nothing changed.
 */
export function hashAdd(
  db: u32,
  key: u32,
  keyLength: u32,
  old: u32,
  name: u32,
  nameLength: u32,
  delta: i64,
): i32 {
  let value: i64 = 0;
  if (old != 0 && hashFind(old, name, nameLength) == FIELD_FOUND) {
    hashFoundView(old);
    if (!parseI64(valueText, valueLength)) return ADD_NOT_AN_INTEGER;
    value = parsedI64();
  }
  const sum = value + delta;
  if (((value ^ sum) & (delta ^ sum)) < 0) return ADD_OVERFLOW;
  hashSum = sum;
  const length = writeI64(digits, sum);
  const result = hashSet(
    db,
    key,
    keyLength,
    old,
    name,
    nameLength,
    digits,
    length,
    true,
  );
  return result == PUT_OUT_OF_MEMORY ? ADD_OUT_OF_MEMORY : 1;
}

/**
 * Takes a field out, past its time or not: 1, 0 if it was not there, -1 when out
 * of memory (only while an undo log is open). Not counted as a change. A hash
 * that becomes empty is the caller's to delete.
 */
export function hashTake(db: u32, entry: u32, name: u32, length: u32): i32 {
  if (!undoReserve(RECORDS)) return -1;
  if (hashFind(entry, name, length) == FIELD_ABSENT) return 0;
  noteExpiry(db, entry, foundWhen);
  const encoding = entryEncoding(entry);
  const value = valuePtr(entry);
  if (encoding == ENCODING_HASHTABLE) {
    tableRemoveFound(value, found);
    return 1;
  }
  const lp = packRemove(value, found, stepOf(encoding));
  if (lp == 0) return -1;
  setValue(entry, lp);
  return 1;
}

/**
 * `hashTake` of a field that has expired, which is no change that a client made;
 * false when out of memory for the undo record.
 */
export function hashDropField(
  db: u32,
  entry: u32,
  name: u32,
  length: u32,
): bool {
  if (hashTake(db, entry, name, length) < 0) return false;
  touched(db, entry, 0);
  return true;
}

// ------------------------------------------------------------------- expiry

/** Conditions of `hashExpireField`, as bits. */
const IF_NONE: u32 = 1;
const IF_ANY: u32 = 2;
const IF_LATER: u32 = 4;
const IF_SOONER: u32 = 8;

/** Results of `hashExpireField` besides 1 for success, and of `hashPersistField`. */
export const EXPIRE_NO_FIELD: i32 = -2;
export const EXPIRE_REFUSED: i32 = 0;
export const EXPIRE_DELETED: i32 = 2;
export const EXPIRE_OUT_OF_MEMORY: i32 = -3;
export const PERSIST_NO_EXPIRY: i32 = -1;

/** The hash's fields may have expiries from now on; false when out of memory. */
export function hashAllowExpiry(entry: u32): bool {
  if (entryEncoding(entry) != ENCODING_LISTPACK) return true;
  if (!undoReserve(RECORDS)) return false;
  const lp = packWithExpiries(valuePtr(entry));
  if (lp == 0) return false;
  replaceValue(entry, ENCODING_LISTPACK_EX, lp);
  return true;
}

/** Whether the conditions let an expiry (0: none) become another. A field that never expires expires last. */
function allows(conditions: u32, fromMs: i64, toMs: i64): bool {
  if (fromMs == 0) return (conditions & (IF_ANY | IF_LATER)) == 0;
  if (conditions & IF_NONE) return false;
  if (conditions & IF_LATER) return toMs > fromMs;
  return (conditions & IF_SOONER) == 0 || toMs < fromMs;
}

/**
 * Sets when a field expires, if the conditions allow it, after
 * `hashAllowExpiry`; a time that is over takes it out at once. 1 or EXPIRE_*.
 */
export function hashExpireField(
  db: u32,
  entry: u32,
  name: u32,
  length: u32,
  whenMs: i64,
  conditions: u32,
): i32 {
  if (hashFind(entry, name, length) == FIELD_ABSENT) return EXPIRE_NO_FIELD;
  if (!allows(conditions, foundWhen, whenMs)) return EXPIRE_REFUSED;
  if (whenMs <= nowMs) {
    if (hashTake(db, entry, name, length) < 0) return EXPIRE_OUT_OF_MEMORY;
    touched(db, entry, 1);
    return EXPIRE_DELETED;
  }
  if (!undoReserve(RECORDS) || !fieldExpiresReserve(db)) {
    return EXPIRE_OUT_OF_MEMORY;
  }
  const mark = markHere();
  noteExpiry(db, entry, foundWhen);
  if (!setFoundExpiry(entry, whenMs)) {
    takeBack(mark);
    return EXPIRE_OUT_OF_MEMORY;
  }
  fieldExpiresSchedule(db, entry, whenMs);
  touched(db, entry, 1);
  return 1;
}

function dropFoundExpiry(entry: u32): bool {
  const value = valuePtr(entry);
  if (entryEncoding(entry) == ENCODING_HASHTABLE) {
    return tablePersistFound(value, found);
  }
  const lp = packExpire(value, found, 0);
  if (lp != 0) setValue(entry, lp);
  return lp != 0;
}

function setFoundExpiry(entry: u32, whenMs: i64): bool {
  const value = valuePtr(entry);
  if (entryEncoding(entry) == ENCODING_HASHTABLE) {
    return tableExpireFound(value, found, whenMs);
  }
  const lp = packExpire(value, found, whenMs);
  if (lp != 0) setValue(entry, lp);
  return lp != 0;
}

/**
 * Takes a field's expiry away: 1, EXPIRE_NO_FIELD (also if it is past its time),
 * PERSIST_NO_EXPIRY or EXPIRE_OUT_OF_MEMORY. Not counted as a change.
 */
export function hashPersistField(
  db: u32,
  entry: u32,
  name: u32,
  length: u32,
): i32 {
  if (hashFind(entry, name, length) != FIELD_FOUND) return EXPIRE_NO_FIELD;
  if (foundWhen == 0) return PERSIST_NO_EXPIRY;
  if (!undoReserve(RECORDS)) return EXPIRE_OUT_OF_MEMORY;
  const mark = markHere();
  noteExpiry(db, entry, foundWhen);
  if (!dropFoundExpiry(entry)) {
    takeBack(mark);
    return EXPIRE_OUT_OF_MEMORY;
  }
  touched(db, entry, 0);
  return 1;
}

/**
 * When a field expires, ms of Unix time: -1 if it does not, -2 if it is not
 * there, or past its time.
 */
export function hashFieldExpiry(entry: u32, name: u32, length: u32): i64 {
  if (hashFind(entry, name, length) != FIELD_FOUND) return -2;
  return foundWhen == 0 ? -1 : foundWhen;
}

/** Address and length of the value under view. */
export function hashValuePtr(): u32 {
  return valueText;
}

export function hashValueLength(): u32 {
  return valueLength;
}
