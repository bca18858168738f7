/** Hash commands that would cost their handlers several calls, and their replies. */
import { globMatch } from "../base/glob";
import { alloc, free, memoryNearLimit } from "../base/memory";
import { dictRandom } from "../keyspace/dict_random";
import {
  dictScan,
  emittedAt,
  emittedCount,
  emittedLost,
  emittedReset,
  emittedTakeBack,
} from "../keyspace/dict";
import {
  ENCODING_HASHTABLE,
  ENCODING_LISTPACK,
  entryEncoding,
  valuePtr,
} from "../keyspace/entry";
import { random32 } from "../keyspace/random";
import { touched } from "../keyspace/touched";
import { undoOpen } from "../keyspace/undo";
import { argLength, argPtr, frameArgc } from "../resp/frame";
import {
  replyArray,
  replyBulk,
  replyDeferred,
  replyDeferredArray,
  replyDeferredMap,
  replyInteger,
  replyMap,
  replyNull,
  replyProto,
} from "../resp/reply";
import {
  FIELD_EXPIRED,
  FIELD_FOUND,
  hashCount,
  hashEnsure,
  hashFind,
  hashFoundView,
  hashPutOrAbandon,
  hashSum,
  hashTake,
  valueLength,
  valueText,
  viewValue,
} from "../types/hash/hash";
import { hashNextExpiry } from "../types/hash/mod";
import { lpBytes, lpSeek } from "../types/listpack";
import { EXPIRY_STEP, PLAIN_STEP } from "../types/hash/pack";
import { tableDict } from "../types/hash/table";
import {
  nameLength,
  nameText,
  viewName,
  eachAt,
  eachEmitted,
  eachIsExpired,
  hashEachName,
  hashEachNext,
  hashEachBegin,
  hashEachValue,
} from "../types/hash/each";

/** What of a hash is replied, as bits. */
const FIELDS: u32 = 1;
const VALUES: u32 = 2;

// ------------------------------------------------------------------ changing

/**
 * HSET of the pairs in the frame from argument 2 on; argument 1 is the key, of
 * the hash `old` (0 if there is none). Returns how many fields are new, or -1
 * when out of memory: some pairs may have been stored then, if there are several
 * and `old` is not 0 and no undo log is open.
 */
export function hashSetArguments(db: u32, old: u32): i32 {
  const entry = hashEnsure(
    db,
    argPtr(1),
    argLength(1),
    old,
    argLength(2),
    argLength(3),
  );
  if (entry == 0) return -1;
  let created: i32 = 0;
  for (let i: u32 = 2; i < frameArgc; i += 2) {
    const result = hashPutOrAbandon(
      db,
      entry,
      old,
      argPtr(i),
      argLength(i),
      argPtr(i + 1),
      argLength(i + 1),
      false,
    );
    if (result < 0) return -1;
    created += result;
  }
  touched(db, entry, frameArgc - 2 >> 1);
  return created;
}

/** Arguments and listpacks of more bytes may be more than there is memory for. */
const SAFE_BYTES_MAX: u64 = 1 << 24;

/** Whether memory may run out in the middle of HSET into this hash. */
export function hashSetMayFail(entry: u32): bool {
  if (undoOpen || memoryNearLimit()) return true;
  let bytes: u64 = 0;
  if (entryEncoding(entry) != ENCODING_HASHTABLE) {
    bytes = <u64>lpBytes(valuePtr(entry));
  }
  for (let i: u32 = 2; i < frameArgc; i++) bytes += <u64>argLength(i);
  return bytes > SAFE_BYTES_MAX;
}

/**
 * HDEL of the fields in the frame from argument 2 on, until the hash is empty.
 * Returns how many there were, or -1 when out of memory (only while an undo log
 * is open).
 */
export function hashDeleteArguments(db: u32, entry: u32): i32 {
  let deleted: i32 = 0;
  for (let i: u32 = 2; i < frameArgc; i++) {
    const result = hashTake(db, entry, argPtr(i), argLength(i));
    if (result < 0) return -1;
    deleted += result;
    if (result != 0 && hashCount(entry) == 0) break;
  }
  if (deleted != 0) touched(db, entry, <u32>deleted);
  return deleted;
}

// ------------------------------------------------------------------- replies

/** Replies with what the last successful `hashAdd` arrived at. */
export function hashSumReply(): void {
  replyInteger(hashSum);
}

/**
 * Replies with the value of a field, or null if it is not there; returns
 * FIELD_EXPIRED, and replies nothing, if it is past its time.
 */
export function hashGetReply(entry: u32, name: u32, length: u32): i32 {
  const result = hashFind(entry, name, length);
  if (result == FIELD_FOUND) {
    hashFoundView(entry);
    replyBulk(valueText, valueLength);
  } else if (result != FIELD_EXPIRED) replyNull();
  return result;
}

/**
 * Replies with the values of the fields in the frame from an argument on. Stops
 * at one that is past its time, and returns its index, the number of arguments
 * if there is none.
 */
export function hashGetArguments(entry: u32, first: u32): u32 {
  for (let i = first; i < frameArgc; i++) {
    if (hashGetReply(entry, argPtr(i), argLength(i)) == FIELD_EXPIRED) return i;
  }
  return frameArgc;
}

/** The field of the walk as `what` (FIELDS, VALUES or both) says. */
// @ts-ignore: decorator
@inline
function replyWalked(what: u32): void {
  if (what & FIELDS) {
    hashEachName();
    replyBulk(nameText, nameLength);
  }
  if (what & VALUES) {
    hashEachValue();
    replyBulk(valueText, valueLength);
  }
}

/** Whether no field of the hash is past its time. */
// @ts-ignore: decorator
@inline
function isSteady(entry: u32): bool {
  return hashNextExpiry(entryEncoding(entry), valuePtr(entry)) == 0;
}

/** Replies with all fields, values, or both as a map. */
export function hashAllReply(entry: u32, what: u32): void {
  const both = what == (FIELDS | VALUES);
  const steady = isSteady(entry);
  let handle: u32 = 0;
  if (!steady) handle = replyDeferred();
  else if (both) replyMap(hashCount(entry));
  else replyArray(hashCount(entry));
  let replied: u32 = 0;
  hashEachBegin(entry);
  while (hashEachNext()) {
    if (!steady && eachIsExpired()) continue;
    replyWalked(what);
    replied++;
  }
  if (steady) return;
  if (both) replyDeferredMap(handle, replied);
  else replyDeferredArray(handle, replied);
}

// -------------------------------------------------------------------- random

/** A random field: an element, or a place in the listpack. */
function randomField(entry: u32): u32 {
  const encoding = entryEncoding(entry);
  const value = valuePtr(entry);
  if (encoding == ENCODING_HASHTABLE) return dictRandom(tableDict(value));
  const step = encoding == ENCODING_LISTPACK ? PLAIN_STEP : EXPIRY_STEP;
  return lpSeek(value, <i32>(random32() % hashCount(entry) * step));
}

/** One field, with its value if asked for: as a pair of its own in RESP3. */
function replyPair(entry: u32, at: u32, withValues: bool): void {
  if (withValues && replyProto > 2) replyArray(2);
  viewName(entryEncoding(entry), at);
  replyBulk(nameText, nameLength);
  if (!withValues) return;
  viewValue(entryEncoding(entry), valuePtr(entry), at);
  replyBulk(valueText, valueLength);
}

/** Replies with a random field. */
export function hashRandomReply(entry: u32): void {
  replyPair(entry, randomField(entry), false);
}

/** Replies with `count` random fields, the same ones several times perhaps; no header. */
export function hashRandomMany(
  entry: u32,
  count: u32,
  withValues: bool,
): void {
  for (; count > 0; count--) replyPair(entry, randomField(entry), withValues);
}

/** Draws so many times as many fields that it is better to look at them all. */
const FEW_FACTOR: u32 = 3;

/**
 * Replies with `count` different fields, no more than there are; no header.
 * False when out of memory, nothing replied.
 */
export function hashRandomDistinct(
  entry: u32,
  count: u32,
  withValues: bool,
): bool {
  const total = hashCount(entry);
  if (
    entryEncoding(entry) == ENCODING_HASHTABLE &&
    <u64>count * FEW_FACTOR <= <u64>total
  ) return replyFew(entry, count, withValues);
  let left = total;
  let wanted = count;
  hashEachBegin(entry);
  while (wanted != 0 && hashEachNext()) {
    // Each of those left is as likely as any other to be among those wanted.
    if (wanted == left || random32() % left < wanted) {
      replyPair(entry, eachAt, withValues);
      wanted--;
    }
    left--;
  }
  return true;
}

/** A few different fields of many: draws, and remembers what it has drawn. */
function replyFew(entry: u32, count: u32, withValues: bool): bool {
  let places: u32 = 4;
  while (places < count << 1) places <<= 1;
  const drawn = alloc(places << 2);
  if (drawn == 0) return false;
  memory.fill(drawn, 0, places << 2);
  while (count > 0) {
    const element = dictRandom(tableDict(valuePtr(entry)));
    let place = element * 0x9e3779b1 >> clz(places) + 1;
    let seen = load<u32>(drawn + (place << 2));
    while (seen != 0 && seen != element) {
      place = place + 1 & places - 1;
      seen = load<u32>(drawn + (place << 2));
    }
    if (seen != 0) continue;
    store<u32>(drawn + (place << 2), element);
    replyPair(entry, element, withValues);
    count--;
  }
  free(drawn);
  return true;
}

// ---------------------------------------------------------------------- scan

/**
 * HSCAN: walks on from `cursor` until `count` fields have been emitted, or ten
 * times as many buckets read; returns the next cursor, 0 at the end. A small
 * hash is replied as a whole, and emits nothing.
 */
export function hashScanRun(entry: u32, cursor: u32, count: f64): u32 {
  emittedReset();
  if (entryEncoding(entry) != ENCODING_HASHTABLE) return 0;
  const dict = tableDict(valuePtr(entry));
  let bucketsLeft = count * 10;
  do {
    const before = emittedCount;
    const next = dictScan(dict, cursor);
    if (emittedLost && before != 0) {
      // No memory for the list of so many: the next call goes on from here.
      emittedTakeBack(before);
      return cursor;
    }
    cursor = next;
  } while (cursor != 0 && bucketsLeft-- > 0 && <f64>emittedCount < count);
  return cursor;
}

/**
 * Replies with the fields that `hashScanRun` came by, those that match a pattern
 * (`length` -1: any) and are not past their time, as an array.
 */
export function hashScanReply(
  entry: u32,
  pattern: u32,
  length: i32,
  withValues: bool,
): void {
  const handle = replyDeferred();
  const what = withValues ? FIELDS | VALUES : FIELDS;
  let replied: u32 = 0;
  if (entryEncoding(entry) == ENCODING_HASHTABLE) eachEmitted(entry);
  else hashEachBegin(entry);
  while (hashEachNext()) {
    if (eachIsExpired()) continue;
    hashEachName();
    if (
      length >= 0 &&
      !globMatch(pattern, <u32>length, nameText, nameLength, false)
    ) continue;
    replyWalked(what);
    replied += withValues ? 2 : 1;
  }
  replyDeferredArray(handle, replied);
}
