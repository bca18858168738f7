/**
 * Walks a database's dict and expiry index and verifies what the rest relies
 * on. Only the invariants build has this; O(keys). The codes tell the checks
 * apart, 0 is "all is well".
 */
import { databaseDict, databaseExpires, databasesCount } from "./database";
import {
  bits,
  bucketOf,
  childOf,
  dictCount,
  elementHash,
  hasChild,
  slotAddress,
  table,
  target,
  targetBits,
  usedMask,
} from "./dict";
import { entryExpires, entryPlace, entryWhen } from "./entry";
import { expiresAt, expiresCount, expiresWhenAt } from "./expires";

/** Elements met, those of them with an expiry, and child buckets. */
let elements: u32 = 0;
let expiring: u32 = 0;
let children: u32 = 0;

/** One chain: full but for its last bucket, every element where it belongs. */
function checkChain(dict: u32, head: u32): i32 {
  let bucket = head;
  while (true) {
    const used = usedMask(bucket);
    if (hasChild(bucket) && used != 0x7ff) return 50;
    if (bucket != head && used == 0) return 51;
    for (let slots = used; slots != 0; slots &= slots - 1) {
      const slot = ctz(slots);
      const element = load<u32>(slotAddress(bucket, slot));
      const hash = elementHash(dict, element);
      if (bucketOf(dict, hash) != head) return 52;
      if (load<u8>(bucket + slot, 4) != <u8>(hash >> 56)) return 53;
      elements++;
      if (entryExpires(element)) expiring++;
    }
    if (!hasChild(bucket)) return 0;
    bucket = childOf(bucket);
    children++;
  }
}

/** A dict: all chains, and the counts. */
export function dictCheck(dict: u32): i32 {
  if (!INVARIANTS) return 0;
  elements = 0;
  expiring = 0;
  children = 0;
  if (table(dict) == 0) return dictCount(dict) == 0 ? 0 : 54;
  const mask: u32 = (1 << bits(dict)) - 1;
  const targetMask: u32 = target(dict) != 0 ? (1 << targetBits(dict)) - 1 : 0;
  const large = max<u32>(mask, targetMask);
  for (let position: u32 = 0; position <= large; position++) {
    const head = bucketOf(dict, <u64>position);
    // While resizing, positions of the larger table share a bucket of the
    // smaller one; the lowest of them stands for all.
    const inTable = head >= table(dict) && head - table(dict) >> 6 <= mask;
    if (position > (inTable ? mask : targetMask)) continue;
    const code = checkChain(dict, head);
    if (code != 0) return code;
  }
  if (elements != dictCount(dict)) return 55;
  return children == load<u32>(dict, 24) ? 0 : 56;
}

/** An expiry index: heap order, and entries that know their places. */
export function expiresCheck(heap: u32): i32 {
  if (!INVARIANTS) return 0;
  const count = expiresCount(heap);
  for (let i: u32 = 0; i < count; i++) {
    const entry = expiresAt(heap, i);
    if (!entryExpires(entry)) return 60;
    if (entryPlace(entry) != i) return 61;
    if (expiresWhenAt(heap, i) != entryWhen(entry)) return 62;
    if (i > 0 && expiresWhenAt(heap, i - 1 >> 2) > entryWhen(entry)) return 63;
  }
  return 0;
}

/** All databases: 0, or the number of the failed check. */
export function databasesCheck(): i32 {
  if (!INVARIANTS) return 0;
  for (let db: u32 = 0; db < databasesCount(); db++) {
    let code = dictCheck(databaseDict(db));
    if (code != 0) return code;
    code = expiresCheck(databaseExpires(db));
    if (code != 0) return code;
    // So every entry with an expiry is in the index: it holds as many, each
    // once, at its own place.
    if (expiring != expiresCount(databaseExpires(db))) return 64;
  }
  return 0;
}
