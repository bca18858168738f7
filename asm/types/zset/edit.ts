/** Changing sorted sets: members added, scored anew, removed; encodings. */
import { collectionNew, replaceValue, setValue } from "../../keyspace/collection";
import {
  ENCODING_LISTPACK,
  ENCODING_SKIPLIST,
  entryEncoding,
  TYPE_ZSET,
  valuePtr,
} from "../../keyspace/entry";
import { touched } from "../../keyspace/touched";
import { undoReserve, undoResume, undoSuspend } from "../../keyspace/undo";
import { lpBytes, LP_BYTES_MAX, lpNew, lpNext } from "../listpack";
import { valueFree } from "../value";
import {
  largeAdd,
  largeAddHashed,
  largeFind,
  largeLength,
  largeNew,
  largeRemove,
  largeRemoveRange,
  largeSetScore,
  lastHash,
} from "./large";
import {
  scoreAt,
  smallAdd,
  smallFind,
  smallLength,
  smallLp,
  SMALL_RECORDS,
  smallRemove,
  smallRemoveRange,
  smallSetScore,
} from "./small";
import { elementScore } from "./tree";
import { walkFrom, walkLength, walkNext, walkPtr, walkScore } from "./walk";

/** zset-max-listpack-entries and zset-max-listpack-value. */
let entriesMax: u32 = 128;
let valueMax: u32 = 64;

export function zsetLimits(entries: u32, value: u32): void {
  entriesMax = entries;
  valueMax = value;
}

/** Options of `zsetAdd`. */
export const ADD_NX: u32 = 1;
export const ADD_XX: u32 = 2;
export const ADD_GT: u32 = 4;
export const ADD_LT: u32 = 8;
export const ADD_INCR: u32 = 16;

/** Results of `zsetAdd`. */
export const ADD_OUT_OF_MEMORY: i32 = 0;
export const ADD_ADDED: i32 = 1;
export const ADD_UPDATED: i32 = 2;
/** The member is there and its score is what it was. */
export const ADD_SAME: i32 = 3;
/** The options forbid it. */
export const ADD_NOTHING: i32 = 4;
/** The sum is not a number. */
export const ADD_NAN: i32 = 5;

/** The score that the last `zsetAdd` arrived at. */
export let addedScore: f64 = 0;
/** The entry it worked on, which may be new. */
export let addedEntry: u32 = 0;

export function zsetAddedEntry(): u32 {
  return addedEntry;
}

/** The score of the member last found by `zsetScore`. */
export let foundScore: f64 = 0;
/** Where it was found: an address in the listpack, or an element. */
let foundAt: u32 = 0;

// @ts-ignore: decorator
@inline
export function isSmall(entry: u32): bool {
  return entryEncoding(entry) == ENCODING_LISTPACK;
}

/** Elements of the set of an entry. */
// @ts-ignore: decorator
@inline
export function zsetCount(entry: u32): u32 {
  return isSmall(entry)
    ? smallLength(valuePtr(entry))
    : largeLength(valuePtr(entry));
}

/** Whether a member is there; its score is in `foundScore`. */
export function zsetFind(entry: u32, ptr: u32, length: u32): bool {
  const value = valuePtr(entry);
  if (isSmall(entry)) {
    foundAt = smallFind(value, ptr, length);
    if (foundAt == 0) return false;
    foundScore = scoreAt(lpNext(value, foundAt));
  } else {
    foundAt = largeFind(value, ptr, length);
    if (foundAt == 0) return false;
    foundScore = elementScore(foundAt);
  }
  return true;
}

export function zsetFoundScore(): f64 {
  return foundScore;
}

/** A large set with the elements of another; 0 when out of memory. */
export function largeFrom(encoding: u32, ptr: u32, count: u32): u32 {
  const large = largeNew();
  if (large == 0 || count == 0) return large;
  walkFrom(encoding, ptr, 0, false);
  while (walkNext()) {
    if (!largeAdd(large, walkPtr, walkLength, walkScore)) {
      valueFree(TYPE_ZSET, ENCODING_SKIPLIST, large);
      return 0;
    }
  }
  return large;
}

/** Makes a small set large; false when out of memory, nothing changed. */
function enlarge(entry: u32): bool {
  if (!undoReserve(SMALL_RECORDS)) return false;
  const lp = valuePtr(entry);
  const wasOpen = undoSuspend();
  const large = largeFrom(ENCODING_LISTPACK, lp, smallLength(lp));
  undoResume(wasOpen);
  if (large == 0) return false;
  replaceValue(entry, ENCODING_SKIPLIST, large);
  return true;
}

/** Whether a set of so many elements, no member longer, is kept small. */
export function belongsSmall(count: u32, lengthMax: u32): bool {
  return count <= entriesMax && lengthMax <= valueMax;
}

/** A new, empty value whose first member is so long; 0 when out of memory. */
function valueNew(isLarge: bool): u32 {
  const wasOpen = undoSuspend();
  const value = isLarge ? largeNew() : lpNew();
  undoResume(wasOpen);
  return value;
}

/** A key that is not there gets a set with one member. */
function addFirst(
  db: u32,
  key: u32,
  keyLength: u32,
  ptr: u32,
  length: u32,
  score: f64,
): i32 {
  const isLarge = entriesMax == 0 || length > valueMax;
  const encoding = isLarge ? ENCODING_SKIPLIST : ENCODING_LISTPACK;
  let value = valueNew(isLarge);
  if (value == 0) return ADD_OUT_OF_MEMORY;
  const wasOpen = undoSuspend();
  let done: bool;
  if (isLarge) done = largeAdd(value, ptr, length, score);
  else {
    done = smallAdd(value, ptr, length, score);
    value = smallLp;
  }
  undoResume(wasOpen);
  const entry = done
    ? collectionNew(db, key, keyLength, TYPE_ZSET, encoding, value)
    : 0;
  if (entry == 0) {
    valueFree(TYPE_ZSET, encoding, value);
    return ADD_OUT_OF_MEMORY;
  }
  touched(db, entry, 1);
  addedEntry = entry;
  addedScore = score;
  return ADD_ADDED;
}

/** Adds a member that the last `zsetFind` has not found. */
function addMember(entry: u32, ptr: u32, length: u32, score: f64): bool {
  if (isSmall(entry)) {
    const lp = valuePtr(entry);
    const fits = belongsSmall(smallLength(lp) + 1, length) &&
      lpBytes(lp) + length < LP_BYTES_MAX;
    if (fits) {
      if (!undoReserve(SMALL_RECORDS)) return false;
      const done = smallAdd(lp, ptr, length, score);
      setValue(entry, smallLp);
      return done;
    }
    return enlarge(entry) && largeAdd(valuePtr(entry), ptr, length, score);
  }
  return largeAddHashed(valuePtr(entry), ptr, length, score, lastHash);
}

/** Gives the member last found by `zsetFind` another score. */
function setFoundScore(entry: u32, ptr: u32, length: u32, score: f64): bool {
  const value = valuePtr(entry);
  if (!isSmall(entry)) return largeSetScore(value, foundAt, score);
  if (!undoReserve(SMALL_RECORDS)) return false;
  const done = smallSetScore(value, foundAt, ptr, length, score);
  setValue(entry, smallLp);
  return done;
}

/**
 * ZADD of one member to the set of an entry, or to a key that is not there if
 * the entry is 0. `score` is no NaN. Returns ADD_*.
 */
export function zsetAdd(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  ptr: u32,
  length: u32,
  score: f64,
  options: u32,
): i32 {
  addedEntry = entry;
  if (entry == 0 || !zsetFind(entry, ptr, length)) {
    if (options & ADD_XX) return ADD_NOTHING;
    if (entry == 0) return addFirst(db, key, keyLength, ptr, length, score);
    addedScore = score;
    if (!addMember(entry, ptr, length, score)) return ADD_OUT_OF_MEMORY;
    touched(db, entry, 1);
    return ADD_ADDED;
  }
  if (options & ADD_NX) return ADD_NOTHING;
  const old = foundScore;
  if (options & ADD_INCR) {
    score += old;
    if (score != score) return ADD_NAN;
  }
  if ((options & ADD_LT) != 0 && score >= old) return ADD_NOTHING;
  if ((options & ADD_GT) != 0 && score <= old) return ADD_NOTHING;
  addedScore = score;
  if (score == old) return ADD_SAME;
  if (!setFoundScore(entry, ptr, length, score)) return ADD_OUT_OF_MEMORY;
  touched(db, entry, 1);
  return ADD_UPDATED;
}

/**
 * Removes a member: 1 if it was there, 0 if not, -1 when out of memory. The
 * caller removes the key once it is empty.
 */
export function zsetRemove(db: u32, entry: u32, ptr: u32, length: u32): i32 {
  if (!zsetFind(entry, ptr, length)) return 0;
  const value = valuePtr(entry);
  if (isSmall(entry)) {
    if (!undoReserve(SMALL_RECORDS)) return -1;
    const done = smallRemove(value, foundAt);
    setValue(entry, smallLp);
    if (!done) return -1;
  } else if (!largeRemove(value, foundAt)) return -1;
  touched(db, entry, 1);
  return 1;
}

/** Removes `count` members from a rank on; false when out of memory. */
export function zsetRemoveRange(
  db: u32,
  entry: u32,
  start: u32,
  count: u32,
): bool {
  if (count == 0) return true;
  const value = valuePtr(entry);
  if (isSmall(entry)) {
    if (!undoReserve(SMALL_RECORDS)) return false;
    const done = smallRemoveRange(value, start, count);
    setValue(entry, smallLp);
    if (!done) return false;
  } else if (!largeRemoveRange(value, start, count)) return false;
  touched(db, entry, count);
  return true;
}
