/**
 * Integers to and from decimal text.
 *
 * Redis keeps a string as an integer only when printing the integer gives the
 * string back, so parsing is strict: no spaces, no `+`, no leading zeros, no
 * `-0`, and nothing out of range.
 */

/** "00" to "99", so that two digits cost one division and one copy. */
const PAIRS: u32 = <u32> memory.data(200, 16);

function fillPairs(): void {
  for (let i: u32 = 0; i < 100; i++) {
    store<u8>(PAIRS + (i << 1), <u8> (48 + i / 10));
    store<u8>(PAIRS + (i << 1), <u8> (48 + i % 10), 1);
  }
}
fillPairs();

/** What the last successful parseI64 found. */
let parsedInteger: i64 = 0;

/** What the last successful parseU64 found. */
let parsedUnsigned: u64 = 0;

/** Result of the last parseI64 that returned true. */
// @ts-ignore: decorator
@inline
export function parsedI64(): i64 {
  return parsedInteger;
}

/** Result of the last parseU64 that returned true. */
// @ts-ignore: decorator
@inline
export function parsedU64(): u64 {
  return parsedUnsigned;
}

/**
 * The value of eight ASCII digits; -1 when one is no digit. The first digit is
 * the lowest byte.
 */
// @ts-ignore: decorator
@inline
function eightDigits(word: u64): i64 {
  const digits = word - 0x3030303030303030;
  const above = word + 0x4646464646464646;
  if ((above | digits) & 0x8080808080808080) return -1;
  const pairs = digits * 10 + (digits >> 8);
  const low = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const high = (pairs >> 16 & 0x000000ff000000ff) * 0x0000271000000001;
  return <i64> (low + high >> 32);
}

/** Digits only, at most 20 of them, no leading zero but "0" itself. */
function parseDigits(ptr: u32, length: u32): bool {
  if (length - 1 > 19) return false;
  const first = <u32> load<u8>(ptr) - 48;
  if (first > 9 || first == 0 && length != 1) return false;
  let value: u64 = 0;
  let i: u32 = 0;
  const body = length < 19 ? length : 19;
  while (body - i >= 8) {
    const eight = eightDigits(load<u64>(ptr + i));
    if (eight < 0) return false;
    value = value * 100000000 + <u64> eight;
    i += 8;
  }
  for (; i < body; i++) {
    const digit = <u32> load<u8>(ptr + i) - 48;
    if (digit > 9) return false;
    value = value * 10 + <u64> digit;
  }
  if (length == 20) {
    const digit = <u32> load<u8>(ptr + 19) - 48;
    if (digit > 9) return false;
    if (value > 1844674407370955161) return false;
    if (value == 1844674407370955161 && digit > 5) return false;
    value = value * 10 + <u64> digit;
  }
  parsedUnsigned = value;
  return true;
}

/** Reads an i64 by Redis's rules; the value is in `parsedI64()`. */
export function parseI64(ptr: u32, length: u32): bool {
  if (length == 0) return false;
  if (<u32> load<u8>(ptr) == 0x2d) {
    if (!parseDigits(ptr + 1, length - 1)) return false;
    const magnitude = parsedUnsigned;
    if (magnitude - 1 > 0x7fffffffffffffff) return false;
    parsedInteger = -<i64> magnitude;
    return true;
  }
  if (!parseDigits(ptr, length)) return false;
  if (parsedUnsigned > 0x7fffffffffffffff) return false;
  parsedInteger = <i64> parsedUnsigned;
  return true;
}

/** Reads a u64 by the same rules, without sign; see `parsedU64()`. */
export function parseU64(ptr: u32, length: u32): bool {
  return parseDigits(ptr, length);
}

/** Decimal digits of `value`, 1 to 20. */
export function digitCount(value: u64): u32 {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10000) return 4;
  if (value < 100000) return 5;
  if (value < 1000000) return 6;
  if (value < 10000000) return 7;
  if (value < 100000000) return 8;
  if (value < 10000000000) return value < 1000000000 ? 9 : 10;
  if (value < 1000000000000) return value < 100000000000 ? 11 : 12;
  if (value < 100000000000000) return value < 10000000000000 ? 13 : 14;
  if (value < 10000000000000000) return value < 1000000000000000 ? 15 : 16;
  if (value < 1000000000000000000) return value < 100000000000000000 ? 17 : 18;
  return value < 10000000000000000000 ? 19 : 20;
}

/** Writes exactly `count` digits of `value`, zeros in front. */
export function writeDigits(target: u32, value: u64, count: u32): void {
  let end = target + count;
  let left = count;
  while (left > 2 && value > 0xffffffff) {
    const rest = value / 100;
    end -= 2;
    left -= 2;
    store<u16>(end, load<u16>(PAIRS + (<u32> (value - rest * 100) << 1)));
    value = rest;
  }
  let small = <u32> value;
  while (left >= 2) {
    const rest = small / 100;
    end -= 2;
    left -= 2;
    store<u16>(end, load<u16>(PAIRS + (small - rest * 100 << 1)));
    small = rest;
  }
  if (left != 0) store<u8>(target, <u8> (48 + small % 10));
}

/** Writes a u64 in decimal, at most 20 bytes; returns how many. */
export function writeU64(target: u32, value: u64): u32 {
  if (value < 10) {
    store<u8>(target, <u8> (48 + <u32> value));
    return 1;
  }
  const count = digitCount(value);
  writeDigits(target, value, count);
  return count;
}

/** Writes an i64 in decimal, at most 20 bytes; returns how many. */
export function writeI64(target: u32, value: i64): u32 {
  if (value >= 0) return writeU64(target, <u64> value);
  store<u8>(target, 0x2d);
  return writeU64(target + 1, 0 - <u64> value) + 1;
}
