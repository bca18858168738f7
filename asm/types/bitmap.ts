/**
 * Bitmaps: strings seen as bits. Bit 0 is the highest of the first byte; what
 * lies behind the end of a string is zeros.
 *
 * Positions and counts of bits need more than 32 bits, so they are f64s.
 */
import { alloc } from "../base/memory";
import { entryBody } from "../keyspace/entry";
import { touched } from "../keyspace/touched";
import { stringLength, stringView, viewLength, viewPtr } from "./string";
import {
  stringRoom,
  stringSave,
  stringSetBlock,
  stringSetPadded,
} from "./string_edit";

/** Vectors of byte counts that can be added before a byte overflows. */
const VECTORS_PER_FOLD: u32 = 31;

/** Bits set in the `length` bytes at `ptr`. */
function countBytes(ptr: u32, length: u32): u64 {
  let totals = i64x2.splat(0);
  let at = ptr;
  let vectors = length >> 4;
  while (vectors != 0) {
    const some = min<u32>(vectors, VECTORS_PER_FOLD);
    let counts = i8x16.splat(0);
    for (let i: u32 = 0; i < some; i++) {
      counts = i8x16.add(counts, i8x16.popcnt(v128.load(at)));
      at += 16;
    }
    const sums = i32x4.extadd_pairwise_i16x8_u(
      i16x8.extadd_pairwise_i8x16_u(counts),
    );
    totals = i64x2.add(
      totals,
      i64x2.add(
        i64x2.extend_low_i32x4_u(sums),
        i64x2.extend_high_i32x4_u(sums),
      ),
    );
    vectors -= some;
  }
  let count = <u64>i64x2.extract_lane(totals, 0) +
    <u64>i64x2.extract_lane(totals, 1);
  for (let left = length & 15; left != 0; left--) {
    count += <u64>popcnt<u32>(<u32>load<u8>(at));
    at++;
  }
  return count;
}

/** The bits of a byte from bit `first` on. */
// @ts-ignore: decorator
@inline
function maskFrom(first: u64): u32 {
  return 0xff >> <u32>(first & 7);
}

/** The bits of a byte up to bit `last`. */
// @ts-ignore: decorator
@inline
function maskTo(last: u64): u32 {
  return 0xff << 7 - <u32>(last & 7) & 0xff;
}

/** BITCOUNT: bits set from bit `first` to bit `last`, which must be there. */
export function bitmapCount(ptr: u32, first: f64, last: f64): f64 {
  const firstByte = <u32>(<u64>first >> 3);
  const lastByte = <u32>(<u64>last >> 3);
  const head = <u32>load<u8>(ptr + firstByte) & maskFrom(<u64>first);
  if (firstByte == lastByte) return <f64>popcnt(head & maskTo(<u64>last));
  const tail = <u32>load<u8>(ptr + lastByte) & maskTo(<u64>last);
  const between = countBytes(ptr + firstByte + 1, lastByte - firstByte - 1);
  return <f64>(between + <u64>popcnt(head) + <u64>popcnt(tail));
}

/** Index of the first of `length` bytes that is not `byte`, or `length`. */
function indexOfOther(ptr: u32, length: u32, byte: u32): u32 {
  const skipped = i8x16.splat(<i8>byte);
  let i: u32 = 0;
  while (length - i >= 16) {
    const mask = i8x16.bitmask(i8x16.ne(v128.load(ptr + i), skipped));
    if (mask != 0) return i + <u32>ctz(mask);
    i += 16;
  }
  for (; i < length; i++) {
    if (<u32>load<u8>(ptr + i) != byte) return i;
  }
  return length;
}

/** Position of the highest bit of a byte that is not 0. */
// @ts-ignore: decorator
@inline
function positionIn(byte: u32, value: u32): f64 {
  return <f64>(<u64>byte << 3 | <u64>(clz(value) - 24));
}

/**
 * BITPOS: position of the first bit from `first` to `last`, which must be
 * there, that is set, or that is clear; -1 if there is none.
 */
export function bitmapFind(
  ptr: u32,
  first: f64,
  last: f64,
  isSet: bool,
): f64 {
  const flip: u32 = isSet ? 0 : 0xff;
  const lastByte = <u32>(<u64>last >> 3);
  let byte = <u32>(<u64>first >> 3);
  let value = (<u32>load<u8>(ptr + byte) ^ flip) & maskFrom(<u64>first);
  if (byte == lastByte) value &= maskTo(<u64>last);
  if (value != 0) return positionIn(byte, value);
  if (byte == lastByte) return -1;
  byte++;
  byte += indexOfOther(ptr + byte, lastByte - byte, flip);
  value = <u32>load<u8>(ptr + byte) ^ flip;
  if (byte == lastByte) value &= maskTo(<u64>last);
  return value != 0 ? positionIn(byte, value) : -1;
}

/** What `bitmapSet` adds to the bit that was there when it changed anything. */
export const BIT_CHANGED: i32 = 2;

/** The one byte of a new bitmap that is not 0. */
const lastByteOfNew: u32 = <u32>memory.data(8);

/**
 * SETBIT: bit `bit` of byte `byte`, 0 being its highest. `entry` is the string
 * at the key, not expired, 0 if there is none. Returns the bit that was there,
 * with BIT_CHANGED if the string has changed, or -1 when out of memory, nothing
 * changed.
 */
export function bitmapSet(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  byte: u32,
  bit: u32,
  on: bool,
): i32 {
  const mask: u32 = 0x80 >> bit;
  if (entry == 0) {
    store<u8>(lastByteOfNew, on ? <u8>mask : 0);
    const made = stringSetPadded(db, key, keyLength, byte, lastByteOfNew, 1);
    return made != 0 ? BIT_CHANGED : -1;
  }
  const isLonger = byte >= stringLength(entry);
  const changed = stringRoom(db, entry, byte + 1);
  if (changed == 0) return -1;
  const at = load<u32>(entryBody(changed)) + byte;
  const old = <u32>load<u8>(at);
  const was = (old & mask) != 0;
  if (!isLonger) {
    if (was == on) return <i32>was;
    if (!stringSave(db, changed, byte, 1)) return -1;
  }
  store<u8>(at, <u8>(on ? old | mask : old & ~mask));
  touched(db, changed, 1);
  return <i32>was | BIT_CHANGED;
}

// -------------------------------------------------------------------- BITOP

export const BITOP_AND: u32 = 0;
export const BITOP_OR: u32 = 1;
export const BITOP_XOR: u32 = 2;
export const BITOP_NOT: u32 = 3;

/** Bytes of the result made at once from all sources, while they are cached. */
const CHUNK_BYTES: u32 = 16384;

// @ts-ignore: decorator
@inline
function wide(operation: u32, a: v128, b: v128): v128 {
  if (operation == BITOP_AND) return v128.and(a, b);
  if (operation == BITOP_OR) return v128.or(a, b);
  return v128.xor(a, b);
}

// @ts-ignore: decorator
@inline
function narrow(operation: u32, a: u32, b: u32): u32 {
  if (operation == BITOP_AND) return a & b;
  if (operation == BITOP_OR) return a | b;
  return a ^ b;
}

/** Combines `length` bytes at `source` into those at `target`. */
// @ts-ignore: decorator
@inline
function combineBy(
  operation: u32,
  target: u32,
  source: u32,
  length: u32,
): void {
  let i: u32 = 0;
  while (length - i >= 16) {
    const at = target + i;
    v128.store(at, wide(operation, v128.load(at), v128.load(source + i)));
    i += 16;
  }
  for (; i < length; i++) {
    const byte = <u32>load<u8>(target + i);
    const other = <u32>load<u8>(source + i);
    store<u8>(target + i, <u8>narrow(operation, byte, other));
  }
}

function combine(
  operation: u32,
  target: u32,
  source: u32,
  length: u32,
): void {
  if (operation == BITOP_AND) combineBy(BITOP_AND, target, source, length);
  else if (operation == BITOP_OR) combineBy(BITOP_OR, target, source, length);
  else combineBy(BITOP_XOR, target, source, length);
}

/** Turns all bits of `length` bytes over. */
function invert(target: u32, length: u32): void {
  let i: u32 = 0;
  while (length - i >= 16) {
    v128.store(target + i, v128.not(v128.load(target + i)));
    i += 16;
  }
  for (; i < length; i++) store<u8>(target + i, ~load<u8>(target + i));
}

/**
 * BITOP: the key holds what the strings of `count` entries (an array of
 * pointers, 0 for the empty string) give, whatever it held before. `length`,
 * not 0, is the length of the longest of them. Returns the entry, or 0 when out
 * of memory, nothing changed.
 */
export function bitmapOp(
  db: u32,
  key: u32,
  keyLength: u32,
  operation: u32,
  entries: u32,
  count: u32,
  length: u32,
): u32 {
  const data = alloc(length);
  if (data == 0) return 0;
  for (let at: u32 = 0; at < length; at += CHUNK_BYTES) {
    const target = data + at;
    const bytes = min<u32>(CHUNK_BYTES, length - at);
    for (let i: u32 = 0; i < count; i++) {
      const entry = load<u32>(entries + (i << 2));
      if (entry != 0) stringView(entry);
      const have = entry != 0 && viewLength > at
        ? min<u32>(bytes, viewLength - at)
        : 0;
      if (have != 0) {
        if (i == 0) memory.copy(target, viewPtr + at, have);
        else combine(operation, target, viewPtr + at, have);
      }
      if (have < bytes && (i == 0 || operation == BITOP_AND)) {
        memory.fill(target + have, 0, bytes - have);
      }
    }
    if (operation == BITOP_NOT) invert(target, bytes);
  }
  return stringSetBlock(db, key, keyLength, data, length);
}
