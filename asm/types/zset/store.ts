/** Sorted sets that are made whole and then put in place of what a key holds. */
import { collectionStore } from "../../keyspace/collection";
import {
  ENCODING_LISTPACK,
  ENCODING_SKIPLIST,
  entryEncoding,
  TYPE_ZSET,
  valuePtr,
} from "../../keyspace/entry";
import { undoResume, undoSuspend } from "../../keyspace/undo";
import { lpAppend, lpNew } from "../listpack";
import { valueFree } from "../value";
import { belongsSmall } from "./edit";
import { largeAdd, largeLength, largeNew } from "./large";
import { scoreText, scoreTextPtr } from "./score";
import { walkFrom, walkLength, walkNext, walkPtr, walkScore } from "./walk";

/** Appends the element the walk is at; the listpack, which stays whole, or 0. */
function appendWalked(lp: u32): u32 {
  const withMember = lpAppend(lp, walkPtr, walkLength);
  if (withMember == 0) {
    valueFree(TYPE_ZSET, ENCODING_LISTPACK, lp);
    return 0;
  }
  const size = scoreText(walkScore);
  const whole = lpAppend(withMember, scoreTextPtr, size);
  if (whole == 0) valueFree(TYPE_ZSET, ENCODING_LISTPACK, withMember);
  return whole;
}

/** A listpack of `count` elements from a rank on; 0 when out of memory. */
function listpackOf(encoding: u32, ptr: u32, start: u32, count: u32): u32 {
  let lp = lpNew();
  walkFrom(encoding, ptr, start, false);
  for (let i: u32 = 0; i < count && lp != 0; i++) {
    walkNext();
    lp = appendWalked(lp);
  }
  return lp;
}

/** A large set of `count` elements from a rank on; 0 when out of memory. */
function largeOf(encoding: u32, ptr: u32, start: u32, count: u32): u32 {
  const large = largeNew();
  if (large == 0) return 0;
  walkFrom(encoding, ptr, start, false);
  for (let i: u32 = 0; i < count; i++) {
    walkNext();
    if (!largeAdd(large, walkPtr, walkLength, walkScore)) {
      valueFree(TYPE_ZSET, ENCODING_SKIPLIST, large);
      return 0;
    }
  }
  return large;
}

/** The key holds a value of nobody's; false when out of memory, and it is freed. */
function storeValue(
  db: u32,
  key: u32,
  keyLength: u32,
  encoding: u32,
  value: u32,
): bool {
  if (value == 0) return false;
  const entry = collectionStore(db, key, keyLength, TYPE_ZSET, encoding, value);
  if (entry == 0) valueFree(TYPE_ZSET, encoding, value);
  return entry != 0;
}

/**
 * The key holds a large set of nobody's, which is not empty, made small where it
 * belongs; false when out of memory. The set is the key's then, or freed.
 */
export function storeLarge(
  db: u32,
  key: u32,
  keyLength: u32,
  large: u32,
  lengthMax: u32,
): bool {
  const count = largeLength(large);
  if (!belongsSmall(count, lengthMax)) {
    return storeValue(db, key, keyLength, ENCODING_SKIPLIST, large);
  }
  const wasOpen = undoSuspend();
  const lp = listpackOf(ENCODING_SKIPLIST, large, 0, count);
  valueFree(TYPE_ZSET, ENCODING_SKIPLIST, large);
  undoResume(wasOpen);
  return storeValue(db, key, keyLength, ENCODING_LISTPACK, lp);
}

/**
 * ZRANGESTORE: the key holds `count` elements, at least one, of the set of an
 * entry from a rank on; false when out of memory.
 */
export function zsetStoreRange(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  start: u32,
  count: u32,
): bool {
  const from = entryEncoding(entry);
  const value = valuePtr(entry);
  let lengthMax: u32 = 0;
  walkFrom(from, value, start, false);
  for (let i: u32 = 0; i < count && belongsSmall(count, lengthMax); i++) {
    walkNext();
    if (walkLength > lengthMax) lengthMax = walkLength;
  }
  const isLarge = !belongsSmall(count, lengthMax);
  const wasOpen = undoSuspend();
  const made = isLarge
    ? largeOf(from, value, start, count)
    : listpackOf(from, value, start, count);
  undoResume(wasOpen);
  const encoding = isLarge ? ENCODING_SKIPLIST : ENCODING_LISTPACK;
  return storeValue(db, key, keyLength, encoding, made);
}
