/** Walking over keys: KEYS, and the filter of SCAN. */
import { globMatch } from "../base/glob";
import { databaseDict } from "../keyspace/database";
import {
  dictScan,
  emittedAt,
  emittedCount,
  emittedLost,
  emittedPut,
  emittedReset,
  emittedSetCount,
  emittedTakeBack,
} from "../keyspace/dict";
import { entryKey, entryKeyLength, entryType } from "../keyspace/entry";
import { isExpired } from "../keyspace/keyspace";
import { replyBulk } from "../resp/reply";

/**
 * Writes the keys of a database that match as bulk strings and returns how
 * many. Keys past their time are passed over.
 */
export function keysReply(db: u32, pattern: u32, length: u32): u32 {
  const dict = databaseDict(db);
  const all = length == 1 && load<u8>(pattern) == 0x2a;
  let cursor: u32 = 0;
  let found: u32 = 0;
  do {
    emittedReset();
    cursor = dictScan(dict, cursor);
    for (let i: u32 = 0; i < emittedCount; i++) {
      const entry = emittedAt(i);
      if (isExpired(entry)) continue;
      const key = entryKey(entry);
      const keyLength = entryKeyLength(entry);
      if (!all && !globMatch(pattern, length, key, keyLength, false)) continue;
      replyBulk(key, keyLength);
      found++;
    }
  } while (cursor != 0);
  return found;
}

/**
 * Walks over a database from `cursor` on until at least `count` entries have
 * been emitted, or ten times as many buckets read; fewer where memory does not
 * suffice for their list. Returns the next cursor; 0
 * at the end.
 */
export function scanRun(db: u32, cursor: u32, count: f64): u32 {
  const dict = databaseDict(db);
  let bucketsLeft = count * 10;
  emittedReset();
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
 * Keeps, of the entries emitted, those whose key matches (`length` -1: any),
 * and returns how many of these are not past their time and of type `type` (-1:
 * any). These come first; behind them, those past their time.
 */
export function scanFilter(pattern: u32, length: i32, type: i32): u32 {
  let kept: u32 = 0;
  let expired: u32 = 0;
  const total = emittedCount;
  for (let i: u32 = 0; i < total; i++) {
    const entry = emittedAt(i);
    if (
      length >= 0 &&
      !globMatch(
        pattern,
        <u32>length,
        entryKey(entry),
        entryKeyLength(entry),
        false,
      )
    ) continue;
    if (isExpired(entry)) {
      emittedPut(kept + expired, entry);
      expired++;
    } else if (type < 0 || entryType(entry) == <u32>type) {
      // The first of those expired makes room by becoming the last.
      emittedPut(kept + expired, emittedAt(kept));
      emittedPut(kept, entry);
      kept++;
    }
  }
  emittedSetCount(kept + expired);
  return kept;
}

/** Writes the keys of the first `count` entries emitted as bulk strings. */
export function scanReply(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const entry = emittedAt(i);
    replyBulk(entryKey(entry), entryKeyLength(entry));
  }
}
