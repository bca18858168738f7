/** Walking over keys: KEYS, and the filter of SCAN. */
import { globMatch } from "../base/glob";
import { databaseDict } from "../keyspace/database";
import {
  dictScan,
  emittedAt,
  emittedCount,
  emittedPut,
  emittedReset,
  emittedSetCount,
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
 * Keeps, of the entries emitted, those whose key matches and whose type is
 * `type` (-1: any). `length` -1: no pattern.
 */
export function scanFilter(pattern: u32, length: i32, type: i32): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < emittedCount; i++) {
    const entry = emittedAt(i);
    if (type >= 0 && entryType(entry) != <u32>type) continue;
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
    emittedPut(kept, entry);
    kept++;
  }
  emittedSetCount(kept);
  return kept;
}

/** One step of SCAN over a database; entries are added to those emitted. */
export function scanStep(db: u32, cursor: u32): u32 {
  return dictScan(databaseDict(db), cursor);
}
