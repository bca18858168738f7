/**
 * Decimal (and hexadecimal) text to doubles, as C's strtod: correctly rounded,
 * ties to even, subnormals included.
 *
 * Three ways, each exact: up to 2^53 times or by a power of ten that a double
 * holds (Clinger's fast path); up to 19 digits scaled by 10^-27 to 10^27 in
 * 128-bit arithmetic; everything else with big numbers.
 */
import {
  BIG_BYTES,
  bigBitLength,
  bigCompare,
  bigMulAdd,
  bigMulPow5,
  bigSet,
  bigShiftLeft,
  bigSubtract,
} from "./_bignum";
import { lowerByte } from "./bytes";
import {
  divideWide,
  divideWideRest,
  mulWide,
  mulWideHigh,
  pow5,
} from "./_wide";

/** Spaces in front are skipped, as strtod does by itself. */
export const F64_ALLOW_SPACE: u32 = 1;
/** `nan` is a number. */
export const F64_ALLOW_NAN: u32 = 2;
/** What is too large becomes infinite, what is too small 0 (C's ERANGE). */
export const F64_ALLOW_RANGE: u32 = 4;

/** More digits than any halfway point between two doubles has. */
const DIGITS_MAX: u32 = 800;
/** Keeps exponents far from wrapping while digits may still offset them. */
const EXPONENT_MAX: i64 = 1000000000000;

const NUMERATOR: u32 = <u32> memory.data(BIG_BYTES, 16);
const DENOMINATOR: u32 = <u32> memory.data(BIG_BYTES, 16);

/** 10^0 to 10^22, the powers of ten that are exact. */
const POW10: u32 = <u32> memory.data(23 * 8, 16);

function fillPow10(): void {
  let power: f64 = 1;
  for (let i: u32 = 0; i < 23; i++) {
    store<f64>(POW10 + (i << 3), power);
    power *= 10;
  }
}
fillPow10();

let parsed: f64 = 0;

/** Result of the last parseF64 that returned true. */
// @ts-ignore: decorator
@inline
export function parsedF64(): f64 {
  return parsed;
}

/**
 * mantissa * 2^e as a double, `sticky` when a bit below the mantissa is set.
 * Overflows to infinity, underflows to 0.
 */
function assemble(mantissa: u64, e: i64, sticky: bool): f64 {
  if (mantissa == 0) return 0;
  const zeros = clz(mantissa);
  const top = mantissa << zeros;
  const power = e + 63 - <i64> zeros;
  if (power > 1023) return Infinity;
  const shift: i64 = power >= -1022 ? 11 : 11 + (-1022 - power);
  if (shift > 64) return 0;
  const kept = shift == 64 ? 0 : top >> <u64> shift;
  const rest = shift == 64 ? top : top & (<u64> 1 << <u64> shift) - 1;
  const half = <u64> 1 << <u64> (shift - 1);
  const up = rest > half || rest == half && (sticky || (kept & 1) != 0);
  const rounded = kept + <u64> up;
  if (power < -1022) return reinterpret<f64>(rounded);
  const exponentBits = <u64> (power + 1022) << 52;
  return reinterpret<f64>(exponentBits + rounded);
}

/** digits * 10^power for -27 <= power <= 27. */
function scaleMiddle(digits: u64, power: i32): f64 {
  if (power >= 0) {
    const low = mulWide(digits, pow5(power));
    const high = mulWideHigh();
    if (high == 0) return assemble(low, <i64> power, false);
    const zeros = clz(high);
    const top = zeros == 0 ? high : high << zeros | low >> (64 - zeros);
    const below = zeros == 0 ? low : low << zeros;
    return assemble(top, <i64> power + 64 - <i64> zeros, below != 0);
  }
  const divisor = pow5(-power);
  const zeros = clz(digits);
  const zerosDivisor = clz(divisor);
  const top = digits << zeros;
  const quotient = divideWide(top >> 1, top << 63, divisor << zerosDivisor);
  const e = <i64> zerosDivisor - <i64> zeros + <i64> power - 63;
  return assemble(quotient, e, divideWideRest() != 0);
}

/** The top 64 bits of NUMERATOR times 2^e. */
function assembleBig(e: i64): f64 {
  const bits = bigBitLength(NUMERATOR);
  if (bits <= 64) {
    // The limbs behind the count may be stale.
    const low = <u64> load<u32>(NUMERATOR, 4);
    const high = bits > 32 ? <u64> load<u32>(NUMERATOR, 8) : 0;
    return assemble(high << 32 | low, e, false);
  }
  // Shift left so that the top 64 bits fill the two highest limbs.
  bigShiftLeft(NUMERATOR, 32 - (bits & 31) & 31);
  const count = load<u32>(NUMERATOR);
  const at = NUMERATOR + (count << 2);
  const top = <u64> load<u32>(at) << 32 | <u64> load<u32>(at - 4);
  let sticky = false;
  for (let i: u32 = 1; i + 1 < count; i++) {
    if (load<u32>(NUMERATOR + (i << 2)) != 0) sticky = true;
  }
  return assemble(top, e + <i64> bits - 64, sticky);
}

/** NUMERATOR / DENOMINATOR * 2^e, by 64 steps of long division. */
function divideBig(e: i64): f64 {
  const bits = bigBitLength(NUMERATOR);
  const bitsBelow = bigBitLength(DENOMINATOR);
  if (bits < bitsBelow) bigShiftLeft(NUMERATOR, bitsBelow - bits);
  else bigShiftLeft(DENOMINATOR, bits - bitsBelow);
  let quotient: u64 = 0;
  for (let step = 0; step < 64; step++) {
    quotient <<= 1;
    if (bigCompare(NUMERATOR, DENOMINATOR) >= 0) {
      bigSubtract(NUMERATOR, DENOMINATOR);
      quotient |= 1;
    }
    bigShiftLeft(NUMERATOR, 1);
  }
  const power = e + <i64> bits - <i64> bitsBelow - 63;
  return assemble(quotient, power, load<u32>(NUMERATOR) != 0);
}

/**
 * The number whose first significant digit stands at `ptr`, `count` digits
 * with perhaps a point between them, the last one worth 10^power.
 */
function scaleBig(ptr: u32, count: u64, power: i64): f64 {
  const leading = <i64> count + power;
  if (leading > 310) return Infinity;
  if (leading < -330) return 0;
  const take = count < <u64> DIGITS_MAX ? <u32> count : DIGITS_MAX;
  bigSet(NUMERATOR, 0);
  let at = ptr;
  for (let i: u32 = 0; i < take; at++) {
    const digit = <u32> load<u8>(at) - 48;
    if (digit > 9) continue;
    bigMulAdd(NUMERATOR, 10, digit);
    i++;
  }
  let left = count - <u64> take;
  let e = power + <i64> left;
  // One more digit, 1, stands for all that is not zero in the rest.
  let rest = false;
  for (; left != 0; at++) {
    const digit = <u32> load<u8>(at) - 48;
    if (digit > 9) continue;
    if (digit != 0) {
      rest = true;
      break;
    }
    left--;
  }
  if (rest) {
    bigMulAdd(NUMERATOR, 10, 1);
    e--;
  }
  if (e >= 0) {
    bigMulPow5(NUMERATOR, <u32> e);
    return assembleBig(e);
  }
  bigSet(DENOMINATOR, 1);
  bigMulPow5(DENOMINATOR, <u32> -e);
  return divideBig(e);
}

// @ts-ignore: decorator
@inline
function isSpace(byte: u32): bool {
  return byte == 32 || byte - 9 < 5;
}

// @ts-ignore: decorator
@inline
function hexDigit(byte: u32): u32 {
  const lower = byte | 32;
  if (byte - 48 < 10) return byte - 48;
  return lower - 97 < 6 ? lower - 87 : 16;
}

let textEnd: u32 = 0;
/** Where reading stopped; exponents leave theirs here. */
let cursor: u32 = 0;

/** The byte at `at`, 0 at and behind the end. */
// @ts-ignore: decorator
@inline
function peek(at: u32): u32 {
  return at < textEnd ? <u32> load<u8>(at) : 0;
}

/** Signed digits at `cursor`; 0 without moving when there is none. */
function readExponent(): i64 {
  let at = cursor + 1;
  const sign = peek(at);
  if (sign == 0x2b || sign == 0x2d) at++;
  if (peek(at) - 48 > 9) return 0;
  let value: i64 = 0;
  while (peek(at) - 48 < 10) {
    if (value < EXPONENT_MAX) value = value * 10 + <i64> (peek(at) - 48);
    at++;
  }
  cursor = at;
  return sign == 0x2d ? -value : value;
}

/** Whether a non-zero value came out 0 or infinite. */
let outOfRange: bool = false;

/** Decimal digits, point, exponent at `cursor`; stops where they end. */
function readDecimal(): f64 {
  let digits: u64 = 0;
  let count: u64 = 0;
  let kept: u32 = 0;
  let first: u32 = 0;
  let power: i64 = 0;
  let pointSeen = false;
  let any = false;
  let dropped = false;
  let at = cursor;
  for (;; at++) {
    const byte = peek(at);
    if (byte == 0x2e && !pointSeen) {
      pointSeen = true;
      continue;
    }
    const digit = byte - 48;
    if (digit > 9) break;
    any = true;
    if (pointSeen) power--;
    if (digit == 0 && count == 0) continue;
    if (count == 0) first = at;
    count++;
    if (kept < 19) {
      digits = digits * 10 + <u64> digit;
      kept++;
    } else if (digit != 0) {
      dropped = true;
    }
  }
  if (!any) return 0;
  cursor = at;
  if (peek(at) == 0x65 || peek(at) == 0x45) power += readExponent();
  if (count == 0) return 0;
  const scale = power + <i64> (count - <u64> kept);
  let value: f64;
  if (!dropped && digits <= 0x20000000000000 && scale >= -22 && scale <= 22) {
    value = scale < 0
      ? <f64> digits / load<f64>(POW10 + (<u32> -scale << 3))
      : <f64> digits * load<f64>(POW10 + (<u32> scale << 3));
  } else if (!dropped && scale >= -27 && scale <= 27) {
    value = scaleMiddle(digits, <i32> scale);
  } else {
    value = scaleBig(first, count, power);
  }
  outOfRange = value == 0 || value == Infinity;
  return value;
}

/** What follows `0x` at `cursor`: hexadecimal digits, point, `p` exponent. */
function readHex(): f64 {
  let digits: u64 = 0;
  let sticky = false;
  let power: i64 = 0;
  let pointSeen = false;
  let any = false;
  let at = cursor + 2;
  for (;; at++) {
    const byte = peek(at);
    if (byte == 0x2e && !pointSeen) {
      pointSeen = true;
      continue;
    }
    const digit = hexDigit(byte);
    if (digit > 15) break;
    any = true;
    if (pointSeen) power -= 4;
    if (digits >> 60 == 0) {
      digits = digits << 4 | <u64> digit;
    } else {
      if (digit != 0) sticky = true;
      power += 4;
    }
  }
  if (!any) return 0;
  cursor = at;
  if (peek(at) == 0x70 || peek(at) == 0x50) power += readExponent();
  if (digits == 0) return 0;
  const value = assemble(digits, power, sticky);
  outOfRange = value == 0 || value == Infinity;
  return value;
}

/** Three letters at `at`, in lower case, the first one lowest. */
function threeLetters(at: u32): u32 {
  return lowerByte(peek(at)) | lowerByte(peek(at + 1)) << 8 |
    lowerByte(peek(at + 2)) << 16;
}

/** Behind `nan`, C takes letters, digits and `_` in parentheses. */
function skipNanPayload(): void {
  if (peek(cursor) != 0x28) return;
  let at = cursor + 1;
  while (true) {
    const byte = peek(at);
    if (byte == 0x29) {
      cursor = at + 1;
      return;
    }
    const letter = (byte | 32) - 97 < 26;
    if (!letter && byte - 48 > 9 && byte != 0x5f) return;
    at++;
  }
}

/** The unsigned number at `cursor`, which is left where reading stopped. */
function readUnsigned(): f64 {
  const letters = threeLetters(cursor);
  if (letters == 0x666e69) {
    cursor += 3;
    const more = lowerByte(peek(cursor + 3)) | lowerByte(peek(cursor + 4)) << 8;
    if (threeLetters(cursor) == 0x696e69 && more == 0x7974) cursor += 5;
    return Infinity;
  }
  if (letters == 0x6e616e) {
    cursor += 3;
    skipNanPayload();
    return NaN;
  }
  if ((letters & 0xffff) == 0x7830) return readHex();
  return readDecimal();
}

/**
 * Reads the whole text as strtod would; the value is in `parsedF64()`. False
 * when something is left over, and, unless `flags` allow them, for spaces in
 * front, `nan`, and values out of a double's range.
 */
export function parseF64(ptr: u32, length: u32, flags: u32): bool {
  if (length == 0) return false;
  cursor = ptr;
  textEnd = ptr + length;
  outOfRange = false;
  if (flags & F64_ALLOW_SPACE) { while (isSpace(peek(cursor))) cursor++; }
  const sign = peek(cursor);
  if (sign == 0x2b || sign == 0x2d) cursor++;
  const start = cursor;
  const value = readUnsigned();
  if (cursor == start || cursor != textEnd) return false;
  if (value != value && (flags & F64_ALLOW_NAN) == 0) return false;
  if (outOfRange && (flags & F64_ALLOW_RANGE) == 0) return false;
  parsed = sign == 0x2d ? -value : value;
  return true;
}
