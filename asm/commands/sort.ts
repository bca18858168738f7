/**
 * SORT: the vector of elements, their weights, and their order. The host loads
 * elements (`sortAdd`), gives each its weight where that is another key's value,
 * sorts, and reads them in order. There is one vector at a time.
 *
 *   record, 24 bytes
 *   +0  f64 score
 *   +8  u32 element   +12 u32 its length
 *   +16 u32 weight    +20 u32 its length    texts to compare by; 0: none found
 */
import { arenaCopy, arenaFree, arenaPtr } from "../base/arena";
import { bytesCompare, bytesIndexOf } from "../base/bytes";
import { F64_ALLOW_SPACE, parsedF64, parseF64 } from "../base/float_parse";
import { alloc, free, resize } from "../base/memory";
import { entryType, TYPE_STRING } from "../keyspace/entry";
import {
  EXPIRED,
  lookup,
  LOOKUP_STATS,
  LOOKUP_TOUCH,
} from "../keyspace/keyspace";
import { stringView, viewLength, viewPtr } from "../types/string";

const RECORD_BYTES: u32 = 24;
const CAPACITY_MIN: u32 = 64;
const CAPACITY_MAX: u32 = 1 << 27;

/** How to sort; may be combined. */
const SORT_ALPHA: u32 = 1;
/** Texts are compared by weights rather than by elements. */
const SORT_BY: u32 = 2;
const SORT_DESCENDING: u32 = 4;
/** Texts are compared whole, not up to their first NUL (strcoll in the C locale). */
const SORT_BINARY: u32 = 8;

let records: u32 = 0;
let capacity: u32 = 0;
let count: u32 = 0;
/** Addresses of the records, in order. */
let order: u32 = 0;
let arena: u32 = 0;
/** The key made from a pattern. */
let key: u32 = 0;
let keyCapacity: u32 = 0;
let keyLength: u32 = 0;
let how: u32 = 0;
/** Whether `sortWeigh` has met a text that is no number. */
let isUnsortable: bool = false;

/** Frees all that a sort needed. */
export function sortEnd(): void {
  free(records);
  free(order);
  free(key);
  arenaFree(arena);
  records = 0;
  capacity = 0;
  count = 0;
  order = 0;
  arena = 0;
  key = 0;
  keyCapacity = 0;
  isUnsortable = false;
}

/** Adds a copy of an element; false when out of memory. */
export function sortAdd(ptr: u32, length: u32): bool {
  if (count == capacity) {
    if (capacity >= CAPACITY_MAX) return false;
    const larger = max<u32>(CAPACITY_MIN, capacity << 1);
    const block = resize(records, larger * RECORD_BYTES);
    if (block == 0) return false;
    records = block;
    capacity = larger;
  }
  const longer = arenaCopy(arena, ptr, length);
  if (longer == 0) return false;
  arena = longer;
  const record = records + count * RECORD_BYTES;
  store<f64>(record, 0);
  store<u32>(record, arenaPtr, 8);
  store<u32>(record, length, 12);
  store<u32>(record, 0, 16);
  store<u32>(record, 0, 20);
  count++;
  return true;
}

/** Elements in the vector. */
export function sortCount(): u32 {
  return count;
}

/** The record at a place of the order, or of the vector before it is sorted. */
// @ts-ignore: decorator
@inline
function recordAt(index: u32): u32 {
  return order != 0
    ? load<u32>(order + (index << 2))
    : records + index * RECORD_BYTES;
}

export function sortPtr(index: u32): u32 {
  return load<u32>(recordAt(index), 8);
}

export function sortLength(index: u32): u32 {
  return load<u32>(recordAt(index), 12);
}

/**
 * The key that a pattern makes of an element: prefix, element, rest. 0 when out
 * of memory. Valid until the next one is made.
 */
export function sortKey(
  index: u32,
  prefix: u32,
  prefixLength: u32,
  rest: u32,
  restLength: u32,
): u32 {
  const record = recordAt(index);
  const length = load<u32>(record, 12);
  const bytes = <u64>prefixLength + <u64>length + <u64>restLength;
  if (bytes > 0xffe00000) return 0;
  keyLength = <u32>bytes;
  if (key == 0 || keyLength > keyCapacity) {
    const block = resize(key, max<u32>(keyLength, CAPACITY_MIN));
    if (block == 0) return 0;
    key = block;
    keyCapacity = max<u32>(keyLength, CAPACITY_MIN);
  }
  memory.copy(key, prefix, prefixLength);
  memory.copy(key + prefixLength, load<u32>(record, 8), length);
  memory.copy(key + prefixLength + length, rest, restLength);
  return key;
}

export function sortKeyLength(): u32 {
  return keyLength;
}

/** Gives an element a copy of a text as its weight; false when out of memory. */
export function sortWeight(index: u32, ptr: u32, length: u32): bool {
  const longer = arenaCopy(arena, ptr, length);
  if (longer == 0) return false;
  arena = longer;
  store<u32>(recordAt(index), arenaPtr, 16);
  store<u32>(recordAt(index), length, 20);
  return true;
}

/** A copy of a text that lasts until the end of the sort; 0 when out of memory. */
export function sortKeep(ptr: u32, length: u32): u32 {
  const longer = arenaCopy(arena, ptr, length);
  if (longer == 0) return 0;
  arena = longer;
  return arenaPtr;
}

/** Gives an element a number as its weight; false if the text is none. */
export function sortScore(index: u32, ptr: u32, length: u32): bool {
  // C's strtod sees a text up to its first NUL, and takes nothing for 0.
  const end = bytesIndexOf(ptr, length, 0);
  if (end == 0) return true;
  if (!parseF64(ptr, end, F64_ALLOW_SPACE)) return false;
  store<f64>(recordAt(index), parsedF64());
  return true;
}

/** Gives all elements themselves as weights; false if one is no number. */
export function sortScores(): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (!sortScore(i, sortPtr(i), sortLength(i))) return false;
  }
  return true;
}

/**
 * Gives elements from `from` on the strings of the keys that a pattern makes of
 * them as weights, texts or numbers. Stops at one that the host must see to, and
 * returns its place: its key is past its time, or memory ran out.
 */
export function sortWeigh(
  db: u32,
  from: u32,
  prefix: u32,
  prefixLength: u32,
  rest: u32,
  restLength: u32,
  isText: bool,
): u32 {
  for (let i = from; i < count; i++) {
    const name = sortKey(i, prefix, prefixLength, rest, restLength);
    if (name == 0) return i;
    const entry = lookup(db, name, keyLength, LOOKUP_STATS | LOOKUP_TOUCH);
    if (entry == EXPIRED) return i;
    if (entry == 0 || entryType(entry) != TYPE_STRING) continue;
    stringView(entry);
    if (isText) {
      if (!sortWeight(i, viewPtr, viewLength)) return i;
    } else if (!sortScore(i, viewPtr, viewLength)) isUnsortable = true;
  }
  return count;
}

/** Whether one that `sortWeigh` has met is no number. */
export function sortWeighFailed(): bool {
  return isUnsortable;
}

// ----------------------------------------------------------------------- order

/** Two texts, whole or up to their first NUL. */
function compareTexts(a: u32, aLength: u32, b: u32, bLength: u32): i32 {
  if ((how & SORT_BINARY) == 0) {
    aLength = bytesIndexOf(a, aLength, 0);
    bLength = bytesIndexOf(b, bLength, 0);
  }
  return bytesCompare(a, aLength, b, bLength);
}

function compareUp(a: u32, b: u32): i32 {
  if ((how & SORT_ALPHA) == 0) {
    const left = load<f64>(a);
    const right = load<f64>(b);
    if (left != right) return left < right ? -1 : 1;
    return bytesCompare(
      load<u32>(a, 8),
      load<u32>(a, 12),
      load<u32>(b, 8),
      load<u32>(b, 12),
    );
  }
  const at: u32 = how & SORT_BY ? 16 : 8;
  const left = load<u32>(a + at);
  const right = load<u32>(b + at);
  if (left == 0 || right == 0) return <i32>(left != 0) - <i32>(right != 0);
  return compareTexts(left, load<u32>(a + at, 4), right, load<u32>(b + at, 4));
}

// @ts-ignore: decorator
@inline
function compare(a: u32, b: u32): i32 {
  const result = compareUp(a, b);
  return how & SORT_DESCENDING ? -result : result;
}

/** Runs of this length are sorted by insertion, then merged. */
const RUN: u32 = 8;

function sortRun8(from: u32, end: u32): void {
  for (let i = from + 1; i < end; i++) {
    const record = load<u32>(order + (i << 2));
    let at = i;
    for (; at > from; at--) {
      const before = load<u32>(order + (at - 1 << 2));
      if (compare(before, record) <= 0) break;
      store<u32>(order + (at << 2), before);
    }
    store<u32>(order + (at << 2), record);
  }
}

/** Merges two neighbouring sorted runs of `source` into `target`. */
function merge(
  source: u32,
  target: u32,
  from: u32,
  middle: u32,
  end: u32,
): void {
  let left = from;
  let right = middle;
  for (let at = from; at < end; at++) {
    const isLeft = left < middle && (right >= end ||
      compare(
          load<u32>(source + (left << 2)),
          load<u32>(source + (right << 2)),
        ) <= 0);
    const taken = isLeft ? left++ : right++;
    store<u32>(target + (at << 2), load<u32>(source + (taken << 2)));
  }
}

/** Sorts the elements as the flags (SORT_*) say; equal ones keep their order. False when out of memory. */
export function sortRun(flags: u32): bool {
  how = flags;
  if (count == 0) return true;
  const sorted = alloc(count << 2);
  let spare = alloc(count << 2);
  if (sorted == 0 || spare == 0) {
    free(sorted);
    free(spare);
    return false;
  }
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(sorted + (i << 2), records + i * RECORD_BYTES);
  }
  order = sorted;
  for (let i: u32 = 0; i < count; i += RUN) {
    sortRun8(i, min<u32>(i + RUN, count));
  }
  for (let width = RUN; width < count; width <<= 1) {
    for (let from: u32 = 0; from < count; from += width << 1) {
      merge(
        order,
        spare,
        from,
        min<u32>(from + width, count),
        min<u32>(from + (width << 1), count),
      );
    }
    const merged = spare;
    spare = order;
    order = merged;
  }
  free(spare);
  return true;
}
