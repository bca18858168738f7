/**
 * BITFIELD: integers of 1 to 64 bits anywhere in a string, the highest bit
 * first.
 */
import { entryBody } from "../keyspace/entry";
import { touched } from "../keyspace/touched";
import { stringLength } from "./string";
import { stringRoom, stringSave, stringSetPadded } from "./string_edit";

/** The nine bytes an integer may lie in, zeros behind them. */
const window: u32 = <u32>memory.data(16, 16);
const WINDOW_BYTES: u32 = 9;
/** The last byte of a new string. */
const zero: u32 = <u32>memory.data(8);

/** Copies the bytes around an integer into the window. */
function openWindow(ptr: u32, length: u32, byte: u32): void {
  store<u64>(window, 0);
  store<u8>(window, 0, 8);
  if (byte >= length) return;
  memory.copy(window, ptr + byte, min<u32>(WINDOW_BYTES, length - byte));
}

/** The integer in the window that starts at bit `bit`. */
function windowBits(bit: u32, bits: u32): u64 {
  let high = bswap<u64>(load<u64>(window)) << <u64>bit;
  if (bit != 0) high |= <u64>load<u8>(window, 8) >> <u64>(8 - bit);
  return high >> <u64>(64 - bits);
}

/** Puts an integer into the window. */
function setWindowBits(bit: u32, bits: u32, value: u64): void {
  const mask = ~<u64>0 >> <u64>(64 - bits);
  value &= mask;
  const high = bswap<u64>(load<u64>(window));
  const end = bit + bits;
  if (end <= 64) {
    const shift = <u64>(64 - end);
    const changed = high & ~(mask << shift) | value << shift;
    store<u64>(window, bswap<u64>(changed));
    return;
  }
  const over = end - 64;
  const changed = high & ~(mask >> <u64>over) | value >> <u64>over;
  store<u64>(window, bswap<u64>(changed));
  const low = <u32>load<u8>(window, 8) & 0xff >> over;
  store<u8>(window, <u8>(low | <u32>value << 8 - over), 8);
}

// @ts-ignore: decorator
@inline
function extend(value: u64, bits: u32, isSigned: bool): i64 {
  if (!isSigned) return <i64>value;
  const shift = <i64>(64 - bits);
  return <i64>value << shift >> shift;
}

/**
 * The integer of `bits` bits at bit `bit` of byte `byte`; what is behind the
 * end of the string counts as zeros.
 */
export function bitfieldGet(
  ptr: u32,
  length: u32,
  byte: u32,
  bit: u32,
  bits: u32,
  isSigned: bool,
): i64 {
  openWindow(ptr, length, byte);
  return extend(windowBits(bit, bits), bits, isSigned);
}

/**
 * Makes the string at a key at least `length` bytes long. `entry` is what the
 * key holds, 0 if nothing. Returns the entry, which may have moved, or 0 when
 * out of memory, nothing changed.
 */
export function bitfieldRoom(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  length: u32,
): u32 {
  if (entry == 0) {
    store<u8>(zero, 0);
    return stringSetPadded(db, key, keyLength, length - 1, zero, 1);
  }
  const isLonger = length > stringLength(entry);
  const changed = stringRoom(db, entry, length);
  if (changed != 0 && isLonger) touched(db, changed, 1);
  return changed;
}

/** What happens to a result that does not fit. */
export const OVERFLOW_WRAP: u32 = 0;
export const OVERFLOW_SATURATE: u32 = 1;
export const OVERFLOW_FAIL: u32 = 2;

/** The value that is stored; set by `fitSigned` and `fitUnsigned`. */
let fitted: i64 = 0;

/** Fits `value + delta` into a signed integer; false when it does not fit. */
function fitSigned(value: i64, delta: i64, bits: u32, overflow: u32): bool {
  const highest = <i64>((<u64>1 << <u64>(bits - 1)) - 1);
  const lowest = -highest - 1;
  fitted = value + delta;
  let isAbove = value > highest;
  let isBelow = value < lowest;
  if (!isAbove && !isBelow) {
    // Neither difference wraps where it is used: value is within the limits.
    isAbove = delta > 0 && (bits != 64 || value >= 0) &&
      delta > highest - value;
    isBelow = delta < 0 && (bits != 64 || value < 0) && delta < lowest - value;
    if (!isAbove && !isBelow) return true;
  }
  if (overflow == OVERFLOW_SATURATE) fitted = isAbove ? highest : lowest;
  else fitted = extend(<u64>fitted, bits, true);
  return false;
}

/** Fits `value + delta` into an unsigned integer of up to 63 bits. */
function fitUnsigned(value: u64, delta: i64, bits: u32, overflow: u32): bool {
  const highest = ~<u64>0 >> <u64>(64 - bits);
  fitted = <i64>value + delta;
  const isAbove = value > highest ||
    delta > 0 && delta > <i64>(highest - value);
  const isBelow = !isAbove && delta < 0 && delta < -<i64>value;
  if (!isAbove && !isBelow) return true;
  if (overflow == OVERFLOW_SATURATE) fitted = isAbove ? <i64>highest : 0;
  else fitted &= <i64>highest;
  return false;
}

export const BITFIELD_OUT_OF_MEMORY: i32 = -1;
/** It did not fit and OVERFLOW_FAIL was asked for; nothing changed. */
export const BITFIELD_FAILED: i32 = 0;
export const BITFIELD_SAME: i32 = 1;
export const BITFIELD_CHANGED: i32 = 2;

let result: i64 = 0;

/** What the last `bitfieldSet` or `bitfieldAdd` replies. */
export function bitfieldResult(): i64 {
  return result;
}

function put(
  db: u32,
  entry: u32,
  byte: u32,
  bit: u32,
  bits: u32,
  old: i64,
): i32 {
  if (fitted == old) return BITFIELD_SAME;
  const bytes = bit + bits + 7 >> 3;
  if (!stringSave(db, entry, byte, bytes)) return BITFIELD_OUT_OF_MEMORY;
  setWindowBits(bit, bits, <u64>fitted);
  memory.copy(load<u32>(entryBody(entry)) + byte, window, bytes);
  touched(db, entry, 1);
  return BITFIELD_CHANGED;
}

/** The integer at a place that is inside the string; opens the window. */
function current(
  entry: u32,
  byte: u32,
  bit: u32,
  bits: u32,
  isSigned: bool,
): i64 {
  const body = entryBody(entry);
  const length = load<u32>(body, 4);
  return bitfieldGet(load<u32>(body), length, byte, bit, bits, isSigned);
}

/**
 * SET of BITFIELD, after `bitfieldRoom`: replies the old value. Returns one of
 * BITFIELD_*.
 */
export function bitfieldSet(
  db: u32,
  entry: u32,
  byte: u32,
  bit: u32,
  bits: u32,
  isSigned: bool,
  overflow: u32,
  value: i64,
): i32 {
  const old = current(entry, byte, bit, bits, isSigned);
  const fits = isSigned
    ? fitSigned(value, 0, bits, overflow)
    : fitUnsigned(<u64>value, 0, bits, overflow);
  if (!fits && overflow == OVERFLOW_FAIL) return BITFIELD_FAILED;
  result = old;
  return put(db, entry, byte, bit, bits, old);
}

/** INCRBY of BITFIELD, likewise: replies the new value. */
export function bitfieldAdd(
  db: u32,
  entry: u32,
  byte: u32,
  bit: u32,
  bits: u32,
  isSigned: bool,
  overflow: u32,
  delta: i64,
): i32 {
  const old = current(entry, byte, bit, bits, isSigned);
  const fits = isSigned
    ? fitSigned(old, delta, bits, overflow)
    : fitUnsigned(<u64>old, delta, bits, overflow);
  if (!fits && overflow == OVERFLOW_FAIL) return BITFIELD_FAILED;
  result = fitted;
  return put(db, entry, byte, bit, bits, old);
}
