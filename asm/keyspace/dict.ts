/**
 * The dict: a hash table of 64-byte buckets holding pointers to elements.
 *
 *   bucket
 *   +0  u16  slots in use (bits 0-11); bit 15: slot 11 points to a child bucket
 *   +2  u16  snapshot epoch
 *   +4  u8   tag of slot 0..11 (top byte of the hash)
 *   +16 u32  element of slot 0..11
 *
 * A look-up is one 16-byte compare of the tags in one cache line. A full
 * bucket moves its last slot to a child bucket and points to it there.
 *
 *   dict, 40 bytes
 *   +0  u32  table      buckets; the source while resizing
 *   +4  u32  target     buckets resized into; 0 = not resizing
 *   +8  u8   bits       log2 of the buckets of `table`
 *   +9  u8   targetBits
 *   +12 u32  moved      while resizing: buckets moved, counted by the index in
 *                       the smaller of the two tables
 *   +16 u32  count      elements
 *   +20 u32  freed      while it is freed: position to go on from (dict_walk.ts)
 *   +24 u32  children   child buckets
 *   +28 u32  kind       what the elements are (KIND_* of element.ts)
 *
 * Resizing is incremental, and at any moment a hash has exactly one bucket:
 * with s the smaller table's mask, it is in the target if (hash & s) < moved
 * and in the table otherwise. So a look-up never probes twice, and target
 * buckets are first written when their source is moved: starting to resize
 * touches no memory, however large the table.
 *
 * SCAN uses Redis's reverse-binary cursor (dict.c, dictScan): every element
 * present during the whole scan is returned at least once.
 */
import { alloc, free, reserveOpen } from "../base/memory";
import { siphash } from "../base/siphash";
import { bytesEqual } from "../base/bytes";
import { elementKey, elementKeyLength } from "./element";
import {
  UNDO_ELEMENT_ADDED,
  UNDO_ELEMENT_REMOVED,
  UNDO_ELEMENT_REPLACED,
  undoOpen,
  undoRecord,
} from "./undo";

export const DICT_BYTES: u32 = 40;

const BUCKET_BYTES: u32 = 64;
const SLOTS: u32 = 12;
const SLOT_MASK: u32 = 0xfff;
const CHILD: u32 = 0x8000;
const LAST_SLOT: u32 = 11;
/** 2 GiB of buckets. */
const BITS_MAX: u32 = 25;

/** Mean elements a bucket that make the table grow, and shrink (per 16). */
const GROW_AT: u32 = 10;
const SHRINK_BELOW_SIXTEENTHS: u32 = 16;

/** Where the last `dictFind` found its element: head of chain, bucket, slot. */
let foundHead: u32 = 0;
export let foundBucket: u32 = 0;
export let foundSlot: u32 = 0;

export function dictNew(kind: u32): u32 {
  const dict = alloc(DICT_BYTES);
  if (dict == 0) return 0;
  memory.fill(dict, 0, DICT_BYTES);
  store<u32>(dict, kind, 28);
  return dict;
}

// @ts-ignore: decorator
@inline
export function table(dict: u32): u32 {
  return load<u32>(dict);
}

// @ts-ignore: decorator
@inline
export function target(dict: u32): u32 {
  return load<u32>(dict, 4);
}

// @ts-ignore: decorator
@inline
export function bits(dict: u32): u32 {
  return <u32>load<u8>(dict, 8);
}

// @ts-ignore: decorator
@inline
export function targetBits(dict: u32): u32 {
  return <u32>load<u8>(dict, 9);
}

// @ts-ignore: decorator
@inline
export function dictCount(dict: u32): u32 {
  return load<u32>(dict, 16);
}

// @ts-ignore: decorator
@inline
export function dictResizing(dict: u32): bool {
  return target(dict) != 0;
}

/** Bytes of the table that resizing will give up; 0 while not resizing. */
export function dictLeavingBytes(dict: u32): f64 {
  if (target(dict) == 0) return 0;
  return <f64>((<u64>1 << bits(dict)) * BUCKET_BYTES);
}

/** Buckets of the table, of the one resized into where there is one. */
export function dictBuckets(dict: u32): u32 {
  if (table(dict) == 0) return 0;
  return 1 << (target(dict) != 0 ? targetBits(dict) : bits(dict));
}

/** Bytes of buckets. */
export function dictOverhead(dict: u32): f64 {
  if (table(dict) == 0) return <f64>DICT_BYTES;
  let buckets = <u64>1 << bits(dict);
  if (target(dict) != 0) buckets += <u64>1 << targetBits(dict);
  return <f64>(DICT_BYTES + (buckets + load<u32>(dict, 24)) * BUCKET_BYTES);
}

/** What the elements are: KIND_*. */
// @ts-ignore: decorator
@inline
export function dictKind(dict: u32): u32 {
  return load<u32>(dict, 28);
}

// @ts-ignore: decorator
@inline
export function elementHash(dict: u32, element: u32): u64 {
  const kind = dictKind(dict);
  return siphash(elementKey(kind, element), elementKeyLength(kind, element));
}

// @ts-ignore: decorator
@inline
export function bucketOf(dict: u32, hash: u64): u32 {
  const mask: u32 = (1 << bits(dict)) - 1;
  if (target(dict) == 0) {
    return table(dict) + ((<u32>hash & mask) << 6);
  }
  const targetMask: u32 = (1 << targetBits(dict)) - 1;
  const small = min<u32>(mask, targetMask);
  if ((<u32>hash & small) < load<u32>(dict, 12)) {
    return target(dict) + ((<u32>hash & targetMask) << 6);
  }
  return table(dict) + ((<u32>hash & mask) << 6);
}

// @ts-ignore: decorator
@inline
function bucketClear(bucket: u32): void {
  store<u32>(bucket, 0);
}

// @ts-ignore: decorator
@inline
export function slotAddress(bucket: u32, slot: u32): u32 {
  return bucket + 16 + (slot << 2);
}

// @ts-ignore: decorator
@inline
export function hasChild(bucket: u32): bool {
  return (<u32>load<u16>(bucket) & CHILD) != 0;
}

// @ts-ignore: decorator
@inline
export function childOf(bucket: u32): u32 {
  return load<u32>(slotAddress(bucket, LAST_SLOT));
}

// @ts-ignore: decorator
@inline
export function usedMask(bucket: u32): u32 {
  const word = <u32>load<u16>(bucket);
  return word & (word & CHILD ? SLOT_MASK >> 1 : SLOT_MASK);
}

/** The element with this key, or 0. Sets `foundBucket` and `foundSlot`. */
export function dictFind(dict: u32, key: u32, length: u32, hash: u64): u32 {
  if (table(dict) == 0) return 0;
  let bucket = bucketOf(dict, hash);
  foundHead = bucket;
  const tags = i8x16.splat(<i8>(hash >> 56));
  const kind = dictKind(dict);
  while (true) {
    let match = <u32>i8x16.bitmask(i8x16.eq(v128.load(bucket), tags)) >> 4;
    match &= usedMask(bucket);
    while (match != 0) {
      const slot = ctz(match);
      const element = load<u32>(slotAddress(bucket, slot));
      if (
        elementKeyLength(kind, element) == length &&
        bytesEqual(elementKey(kind, element), key, length)
      ) {
        foundBucket = bucket;
        foundSlot = slot;
        return element;
      }
      match &= match - 1;
    }
    if (!hasChild(bucket)) return 0;
    bucket = childOf(bucket);
  }
}

/** Finds the slot that holds this very element; false if none does. */
export function dictLocate(dict: u32, element: u32, hash: u64): bool {
  if (table(dict) == 0) return false;
  let bucket = bucketOf(dict, hash);
  foundHead = bucket;
  while (true) {
    let slots = usedMask(bucket);
    while (slots != 0) {
      const slot = ctz(slots);
      if (load<u32>(slotAddress(bucket, slot)) == element) {
        foundBucket = bucket;
        foundSlot = slot;
        return true;
      }
      slots &= slots - 1;
    }
    if (!hasChild(bucket)) return false;
    bucket = childOf(bucket);
  }
}

/** Puts another element with the same key where one was found. */
// @ts-ignore: decorator
@inline
export function dictPutFound(element: u32): void {
  store<u32>(slotAddress(foundBucket, foundSlot), element);
}

/** Adds to a bucket chain; false when a child bucket is needed and none is to be had. */
function chainAdd(dict: u32, bucket: u32, element: u32, tag: u8): bool {
  while (true) {
    const word = <u32>load<u16>(bucket);
    const free = ~word & (word & CHILD ? SLOT_MASK >> 1 : SLOT_MASK);
    if (free != 0) {
      const slot = ctz(free);
      store<u16>(bucket, <u16>(word | 1 << slot));
      store<u8>(bucket + slot, tag, 4);
      store<u32>(slotAddress(bucket, slot), element);
      return true;
    }
    if (word & CHILD) {
      bucket = childOf(bucket);
      continue;
    }
    const child = alloc(BUCKET_BYTES);
    if (child == 0) return false;
    store<u32>(child, 1);
    store<u8>(child, load<u8>(bucket + LAST_SLOT, 4), 4);
    store<u32>(slotAddress(child, 0), load<u32>(slotAddress(bucket, LAST_SLOT)));
    store<u32>(slotAddress(bucket, LAST_SLOT), child);
    store<u16>(bucket, <u16>(word & (SLOT_MASK >> 1) | CHILD));
    store<u32>(dict, load<u32>(dict, 24) + 1, 24);
    bucket = child;
  }
}

function resizeTo(dict: u32, newBits: u32): bool {
  const fresh = alloc(BUCKET_BYTES << newBits);
  if (fresh == 0) return false;
  store<u32>(dict, fresh, 4);
  store<u8>(dict, <u8>newBits, 9);
  store<u32>(dict, 0, 12);
  return true;
}

/**
 * Adds an element whose key is not there. False when out of memory, nothing
 * changed.
 */
export function dictAdd(dict: u32, element: u32, hash: u64): bool {
  if (table(dict) == 0) {
    const first = alloc(BUCKET_BYTES);
    if (first == 0) return false;
    bucketClear(first);
    store<u32>(dict, first);
    store<u8>(dict, 0, 8);
  }
  if (target(dict) != 0) dictMove(dict, 1);
  else if (
    dictCount(dict) >= GROW_AT << bits(dict) && bits(dict) < BITS_MAX &&
    !reserveOpen
  ) {
    // Growing is an optimisation: without memory for it, chains get longer.
    resizeTo(dict, bits(dict) + 1);
  }
  if (!chainAdd(dict, bucketOf(dict, hash), element, <u8>(hash >> 56))) {
    return false;
  }
  store<u32>(dict, dictCount(dict) + 1, 16);
  return true;
}

/** Takes the element at `foundBucket`/`foundSlot` out of the dict. */
export function dictRemoveFound(dict: u32): void {
  store<u32>(dict, dictCount(dict) - 1, 16);
  const hole = foundBucket;
  let parent: u32 = 0;
  let tail = foundHead;
  while (hasChild(tail)) {
    parent = tail;
    tail = childOf(tail);
  }
  let word = <u32>load<u16>(tail);
  if (tail != hole) {
    const last = 31 - clz(word & SLOT_MASK);
    store<u8>(hole + foundSlot, load<u8>(tail + last, 4), 4);
    store<u32>(
      slotAddress(hole, foundSlot),
      load<u32>(slotAddress(tail, last)),
    );
    word &= ~(1 << last);
  } else {
    word &= ~(1 << foundSlot);
  }
  store<u16>(tail, <u16>word);
  if (word != 0 || parent == 0) return;
  store<u16>(parent, <u16>(<u32>load<u16>(parent) & ~CHILD));
  free(tail);
  store<u32>(dict, load<u32>(dict, 24) - 1, 24);
}

function chainFree(dict: u32, bucket: u32): void {
  let child = hasChild(bucket) ? childOf(bucket) : 0;
  while (child != 0) {
    const next = hasChild(child) ? childOf(child) : 0;
    free(child);
    store<u32>(dict, load<u32>(dict, 24) - 1, 24);
    child = next;
  }
}

/** Moves one source bucket into the target; false when memory ran out. */
function moveBucket(dict: u32, source: u32): bool {
  const into = target(dict);
  const mask: u32 = (1 << targetBits(dict)) - 1;
  let bucket = source;
  while (true) {
    let slots = usedMask(bucket);
    while (slots != 0) {
      const slot = ctz(slots);
      const element = load<u32>(slotAddress(bucket, slot));
      const hash = elementHash(dict, element);
      if (
        !chainAdd(
          dict,
          into + ((<u32>hash & mask) << 6),
          element,
          <u8>(hash >> 56),
        )
      ) return false;
      slots &= slots - 1;
    }
    if (!hasChild(bucket)) break;
    bucket = childOf(bucket);
  }
  return true;
}

/** Moves up to `steps` buckets (of the smaller table). True while more remain. */
export function dictMove(dict: u32, steps: u32): bool {
  if (target(dict) == 0) return false;
  const from = bits(dict);
  const to = targetBits(dict);
  const small: u32 = 1 << min<u32>(from, to);
  let moved = load<u32>(dict, 12);
  const into = target(dict);
  while (steps > 0 && moved < small) {
    steps--;
    // Of the larger table, every `small`-th bucket belongs to this step.
    const targetEnd: u32 = 1 << to;
    const sourceEnd: u32 = 1 << from;
    for (let i = moved; i < targetEnd; i += small) bucketClear(into + (i << 6));
    let done = true;
    for (let i = moved; done && i < sourceEnd; i += small) {
      done = moveBucket(dict, table(dict) + (i << 6));
    }
    if (done) {
      for (let i = moved; i < sourceEnd; i += small) {
        chainFree(dict, table(dict) + (i << 6));
      }
    } else {
      for (let i = moved; i < targetEnd; i += small) {
        chainFree(dict, into + (i << 6));
      }
    }
    // Out of memory: the source is whole, try again at a later step.
    if (!done) return true;
    moved++;
    store<u32>(dict, moved, 12);
  }
  if (moved < small) return true;
  free(table(dict));
  store<u32>(dict, into);
  store<u32>(dict, 0, 4);
  store<u8>(dict, <u8>to, 8);
  return false;
}

/** Starts shrinking a table that has become mostly empty. */
export function dictShrinkIfSparse(dict: u32): bool {
  const have = bits(dict);
  if (table(dict) == 0 || target(dict) != 0 || have == 0) return false;
  const count = dictCount(dict);
  if (<u64>count << 4 >= <u64>SHRINK_BELOW_SIXTEENTHS << have) return false;
  let want: u32 = 0;
  while ((GROW_AT - 2) << want < count) want++;
  if (want >= have) return false;
  // At most to an eighth at once: a step reads that many buckets.
  if (want + 3 < have) want = have - 3;
  return resizeTo(dict, want);
}

// ------------------------------------------------------------ walking the dict

/** Room for emitted elements: at first, and at most between scans. */
const EMITTED_FIRST: u32 = 256;
const EMITTED_KEEP: u32 = 16384;

/** Elements of the last scan step, u32 each, and how many. */
let emitted: u32 = 0;
let emittedCapacity: u32 = 0;
export let emittedCount: u32 = 0;
/** True once an element could not be emitted for lack of memory. */
export let emittedLost: bool = false;

export function emittedAt(index: u32): u32 {
  return load<u32>(emitted + (index << 2));
}

export function emittedPut(index: u32, element: u32): void {
  store<u32>(emitted + (index << 2), element);
}

/** Forgets those behind the first `count`. */
export function emittedSetCount(count: u32): void {
  emittedCount = count;
}

/** Takes the last scan step back, after which `emittedLost` was found set. */
export function emittedTakeBack(count: u32): void {
  emittedCount = count;
  emittedLost = false;
}

export function emittedTotal(): u32 {
  return emittedCount;
}

export function emittedWasLost(): bool {
  return emittedLost;
}

/** Makes room for the elements of one more bucket; false when out of memory. */
function emitReserve(): bool {
  if (emittedCount + SLOTS <= emittedCapacity) return true;
  const capacity = max<u32>(EMITTED_FIRST, emittedCapacity << 1);
  const larger = alloc(capacity << 2);
  if (larger == 0) return false;
  memory.copy(larger, emitted, emittedCount << 2);
  free(emitted);
  emitted = larger;
  emittedCapacity = capacity;
  return true;
}

/** Sets up the list of emitted elements, so that a bucket's always find room. */
export function emittedInit(): bool {
  return emitReserve();
}

/** Emits the elements of one bucket; `emitReserve` must have succeeded. */
function emitBucket(bucket: u32): void {
  let slots = usedMask(bucket);
  while (slots != 0) {
    const element = load<u32>(slotAddress(bucket, ctz(slots)));
    store<u32>(emitted + (emittedCount << 2), element);
    emittedCount++;
    slots &= slots - 1;
  }
}

function emitChain(bucket: u32): void {
  while (true) {
    if (!emitReserve()) {
      emittedLost = true;
      return;
    }
    emitBucket(bucket);
    if (!hasChild(bucket)) return;
    bucket = childOf(bucket);
  }
}

function reverse32(value: u32): u32 {
  value = value >> 1 & 0x55555555 | (value & 0x55555555) << 1;
  value = value >> 2 & 0x33333333 | (value & 0x33333333) << 2;
  value = value >> 4 & 0x0f0f0f0f | (value & 0x0f0f0f0f) << 4;
  return bswap(value);
}

// @ts-ignore: decorator
@inline
function nextCursor(cursor: u32, mask: u32): u32 {
  return reverse32(reverse32(cursor | ~mask) + 1);
}

/** Forgets the elements emitted so far; gives back what a large scan took. */
export function emittedReset(): void {
  emittedCount = 0;
  emittedLost = false;
  if (emittedCapacity <= EMITTED_KEEP) return;
  const smaller = alloc(EMITTED_FIRST << 2);
  if (smaller == 0) return;
  free(emitted);
  emitted = smaller;
  emittedCapacity = EMITTED_FIRST;
}

/**
 * Emits the elements of one cursor position (of all buckets that it stands
 * for while resizing) and returns the next cursor; 0 at the end.
 */
export function dictScan(dict: u32, cursor: u32): u32 {
  if (table(dict) == 0) return 0;
  const mask: u32 = (1 << bits(dict)) - 1;
  if (target(dict) == 0) {
    emitChain(table(dict) + ((cursor & mask) << 6));
    return nextCursor(cursor, mask);
  }
  const targetMask: u32 = (1 << targetBits(dict)) - 1;
  const small = min<u32>(mask, targetMask);
  const large = max<u32>(mask, targetMask);
  // All positions of the larger table that share the small position: each is
  // in exactly one of the two tables, the same one for all of them.
  const moved = (cursor & small) < load<u32>(dict, 12);
  const live = moved ? target(dict) : table(dict);
  const liveMask = moved ? targetMask : mask;
  if (liveMask == small) {
    emitChain(live + ((cursor & small) << 6));
    return nextCursor(cursor, small);
  }
  do {
    emitChain(live + ((cursor & large) << 6));
    cursor = nextCursor(cursor, large);
  } while ((cursor & (small ^ large)) != 0);
  return cursor;
}

// --------------------------------------------------- elements of collections

/**
 * `dictAdd` that rolling back takes back; `undoReserve` must have succeeded.
 * The element itself is the caller's to free (a block of `undoAlloc` frees
 * itself).
 */
export function elementAdd(dict: u32, element: u32, hash: u64): bool {
  if (!dictAdd(dict, element, hash)) return false;
  if (undoOpen) undoRecord(UNDO_ELEMENT_ADDED, 0, dict, element, 0);
  return true;
}

/** Takes the element last found out, undoably; it is not freed. */
export function elementRemoveFound(dict: u32): void {
  if (undoOpen) {
    const element = load<u32>(slotAddress(foundBucket, foundSlot));
    undoRecord(UNDO_ELEMENT_REMOVED, 0, dict, element, 0);
  }
  dictRemoveFound(dict);
}

/** Puts an element of the same key in place of the one found, undoably. */
export function elementReplaceFound(dict: u32, element: u32): void {
  if (undoOpen) {
    const old = load<u32>(slotAddress(foundBucket, foundSlot));
    undoRecord(UNDO_ELEMENT_REPLACED, 0, dict, element, <i64>old);
  }
  dictPutFound(element);
}

/**
 * Takes the elements of a chain out and emits them, child buckets first. False
 * when there is no room to emit all: the rest stays in the chain.
 */
function drainChain(dict: u32, bucket: u32): bool {
  while (hasChild(bucket)) {
    if (!emitReserve()) return false;
    const child = childOf(bucket);
    emitBucket(child);
    if (hasChild(child)) {
      store<u32>(slotAddress(bucket, LAST_SLOT), childOf(child));
    } else store<u16>(bucket, <u16>(<u32>load<u16>(bucket) & ~CHILD));
    free(child);
    store<u32>(dict, load<u32>(dict, 24) - 1, 24);
  }
  if (!emitReserve()) return false;
  emitBucket(bucket);
  bucketClear(bucket);
  return true;
}

/**
 * Takes out up to `limit` elements in table order starting at bucket
 * `position` and emits them; returns the position to go on from, or -1 when
 * the dict is empty. For freeing a detached dict a slice at a time.
 */
export function dictDrain(dict: u32, position: u32, limit: u32): i32 {
  emittedReset();
  if (table(dict) == 0 || dictCount(dict) == 0) return -1;
  const mask: u32 = (1 << bits(dict)) - 1;
  const targetMask: u32 = target(dict) != 0 ? (1 << targetBits(dict)) - 1 : 0;
  const end = max<u32>(mask, targetMask) + 1;
  while (position < end && emittedCount < limit) {
    if (!drainChain(dict, bucketOf(dict, <u64>position))) break;
    position++;
  }
  store<u32>(dict, dictCount(dict) - emittedCount, 16);
  return position < end ? <i32>position : -1;
}

/** Frees the buckets; the elements must have been drained. */
export function dictFree(dict: u32): void {
  free(table(dict));
  free(target(dict));
  free(dict);
}

/** Histogram for DEBUG HTSTATS: chains of `length` elements (64 = that or more). */
export function dictChains(dict: u32, length: u32): u32 {
  if (table(dict) == 0) return 0;
  const mask: u32 = (1 << bits(dict)) - 1;
  const targetMask: u32 = target(dict) != 0 ? (1 << targetBits(dict)) - 1 : 0;
  const end = max<u32>(mask, targetMask) + 1;
  let found: u32 = 0;
  for (let i: u32 = 0; i < end; i++) {
    let walk = bucketOf(dict, <u64>i);
    let total: u32 = 0;
    while (true) {
      total += popcnt(usedMask(walk));
      if (!hasChild(walk)) break;
      walk = childOf(walk);
    }
    if (total == length || (length == 64 && total >= 64)) found++;
  }
  return found;
}
