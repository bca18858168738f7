/**
 * The intset: a small set of integers, byte for byte as Redis keeps and saves
 * it.
 *
 *   +0 u32 encoding   bytes of an integer: 2, 4 or 8
 *   +4 u32 length     how many
 *   +8 the integers, little-endian, in ascending order
 *
 * The encoding is that of the widest integer the set ever had. A look-up takes
 * O(log n), a change O(n). Changes work in place, or, while the undo log is
 * open, make a fresh block: the caller keeps the one returned. Owner: the entry
 * of a set.
 */
import { alloc, usableSize } from "../../base/memory";
import { undoAlloc, undoFree, undoOpen } from "../../keyspace/undo";

const HEADER_BYTES: u32 = 8;

/** Where the last search found the integer, or where it belongs. */
export let intsetPosition: u32 = 0;

/** An empty intset; 0 when out of memory. */
export function intsetNew(): u32 {
  const block = alloc(HEADER_BYTES);
  if (block == 0) return 0;
  store<u32>(block, 2);
  store<u32>(block, 0, 4);
  return block;
}

// @ts-ignore: decorator
@inline
function width(intset: u32): u32 {
  return load<u32>(intset);
}

// @ts-ignore: decorator
@inline
export function intsetLength(intset: u32): u32 {
  return load<u32>(intset, 4);
}

/** Bytes in use. */
// @ts-ignore: decorator
@inline
export function intsetBytes(intset: u32): u32 {
  return HEADER_BYTES + intsetLength(intset) * width(intset);
}

// @ts-ignore: decorator
@inline
function widthOf(value: i64): u32 {
  if (value == <i64><i16>value) return 2;
  return value == <i64><i32>value ? 4 : 8;
}

// @ts-ignore: decorator
@inline
function read(intset: u32, index: u32, bytes: u32): i64 {
  const at = intset + HEADER_BYTES + index * bytes;
  if (bytes == 2) return <i64>load<i16>(at);
  return bytes == 4 ? <i64>load<i32>(at) : load<i64>(at);
}

// @ts-ignore: decorator
@inline
function write(intset: u32, index: u32, bytes: u32, value: i64): void {
  const at = intset + HEADER_BYTES + index * bytes;
  if (bytes == 2) store<i16>(at, <i16>value);
  else if (bytes == 4) store<i32>(at, <i32>value);
  else store<i64>(at, value);
}

/** The integer at an index below the length. */
export function intsetAt(intset: u32, index: u32): i64 {
  return read(intset, index, width(intset));
}

/** Whether the set has the integer; `intsetPosition` says where it is, or belongs. */
export function intsetSearch(intset: u32, value: i64): bool {
  const bytes = width(intset);
  let low: u32 = 0;
  let high = intsetLength(intset);
  if (high != 0 && value > read(intset, high - 1, bytes)) low = high;
  while (low < high) {
    const middle = low + high >> 1;
    if (read(intset, middle, bytes) < value) low = middle + 1;
    else high = middle;
  }
  intsetPosition = low;
  return low < intsetLength(intset) && read(intset, low, bytes) == value;
}

/** A block of at least `bytes` that holds the first `keep` bytes of the old one. */
function reblock(intset: u32, bytes: u32, keep: u32): u32 {
  const block = undoAlloc(bytes);
  if (block == 0) return 0;
  memory.copy(block, intset, keep);
  undoFree(intset);
  return block;
}

/** All integers, and one more that is wider than they: the first or the last. */
function widenAndInsert(intset: u32, value: i64): u32 {
  const length = intsetLength(intset);
  const from = width(intset);
  const to = widthOf(value);
  const bytes = HEADER_BYTES + (length + 1) * to;
  let block = intset;
  if (undoOpen || usableSize(intset) < bytes) {
    block = reblock(intset, bytes, HEADER_BYTES + length * from);
    if (block == 0) return 0;
  }
  const shift: u32 = value < 0 ? 1 : 0;
  for (let i = length; i > 0; i--) {
    write(block, i - 1 + shift, to, read(block, i - 1, from));
  }
  write(block, shift != 0 ? 0 : length, to, value);
  store<u32>(block, to);
  store<u32>(block, length + 1, 4);
  return block;
}

/**
 * Puts in an integer that the last search did not find. Returns the intset,
 * which may have moved, or 0 when out of memory, nothing changed.
 */
export function intsetInsert(intset: u32, value: i64): u32 {
  const bytes = width(intset);
  if (widthOf(value) > bytes) return widenAndInsert(intset, value);
  const length = intsetLength(intset);
  const used = HEADER_BYTES + length * bytes;
  let block = intset;
  if (undoOpen || usableSize(intset) < used + bytes) {
    block = reblock(intset, used + bytes, used);
    if (block == 0) return 0;
  }
  const at = block + HEADER_BYTES + intsetPosition * bytes;
  memory.copy(at + bytes, at, (length - intsetPosition) * bytes);
  write(block, intsetPosition, bytes, value);
  store<u32>(block, length + 1, 4);
  return block;
}

/** Blocks with more room than this many times what is in use are given back. */
const SPARE_FACTOR: u32 = 2;
/** Smaller blocks are never worth moving. */
const SPARE_BYTES_MIN: u32 = 64;

/**
 * Takes out the integer at an index. Returns the intset, which may have moved;
 * 0 when out of memory, nothing changed (only while the undo log is open).
 */
export function intsetRemove(intset: u32, index: u32): u32 {
  const bytes = width(intset);
  const length = intsetLength(intset);
  const used = HEADER_BYTES + length * bytes;
  const room = usableSize(intset);
  let block = intset;
  if (undoOpen || room > SPARE_BYTES_MIN && room > used * SPARE_FACTOR) {
    block = reblock(intset, used, used);
    if (block == 0) {
      if (undoOpen) return 0;
      block = intset;
    }
  }
  const at = block + HEADER_BYTES + index * bytes;
  memory.copy(at, at + bytes, (length - 1 - index) * bytes);
  store<u32>(block, length - 1, 4);
  return block;
}
