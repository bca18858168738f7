/**
 * Doubles to decimal text, exactly as C's `%.17g` prints them: 17 significant
 * digits correctly rounded from the exact binary value (ties to even), then
 * trailing zeros dropped. This is what Redis 7.0 sends.
 *
 * Three ways, each exact: whole numbers below 10^17 as integers; values in
 * [1e-11, 1e17) in 128-bit arithmetic; the others with every digit written
 * out (`_bignum.ts`).
 */
import {
  BIG_BYTES,
  bigDivideSmall,
  bigMulPow5,
  bigSet,
  bigShiftLeft,
} from "./_bignum";
import { bytesCopy } from "./bytes";
import { digitCount, writeDigits, writeI64, writeU64 } from "./number";
import { mulWide, mulWideHigh, pow5 } from "./_wide";

/** Longest text, "-1.2345678901234567e-308". */
export const F64_TEXT_BYTES_MAX: u32 = 24;

const DIGITS: u32 = 17;
/** 10^16 and 10^17: the bounds of a 17-digit number. */
const LOW: u64 = 10000000000000000;
const HIGH: u64 = 100000000000000000;

/** 2^-1074 has 751 significant digits, 2^-1074 * (2^53 - 1) has 767. */
const TEXT: u32 = <u32> memory.data(1024, 16);
const CHUNKS: u32 = <u32> memory.data(128 * 4, 16);
const BIG: u32 = <u32> memory.data(BIG_BYTES, 16);

/** Decimal exponent of the first of the digits found last. */
let exponent: i32 = 0;

/** floor(log10(2^bits)), right for |bits| up to 1650. */
// @ts-ignore: decorator
@inline
function log10OfPow2(bits: i32): i32 {
  return bits * 78913 >> 18;
}

/**
 * round(mantissa * 2^e * 10^scale) for results below 2^64, ties to even;
 * scale is 0 to 27.
 */
function scaled(mantissa: u64, e: i32, scale: i32): u64 {
  const low = mulWide(mantissa, pow5(scale));
  const high = mulWideHigh();
  const shift = -(e + scale);
  if (shift <= 0) return low << <u64> -shift;
  let kept: u64;
  let rest: u64;
  let half: u64;
  let below: u64 = 0;
  if (shift < 64) {
    kept = high << <u64> (64 - shift) | low >> <u64> shift;
    rest = low & (<u64> 1 << <u64> shift) - 1;
    half = <u64> 1 << <u64> (shift - 1);
  } else if (shift == 64) {
    kept = high;
    rest = low;
    half = <u64> 1 << 63;
  } else {
    kept = high >> <u64> (shift - 64);
    rest = high & (<u64> 1 << <u64> (shift - 64)) - 1;
    half = <u64> 1 << <u64> (shift - 65);
    below = low;
  }
  if (rest > half || rest == half && (below != 0 || (kept & 1) != 0)) kept++;
  return kept;
}

/** The 17 digits of mantissa * 2^e by writing out all of them. */
function digitsExact(mantissa: u64, e: i32): u64 {
  bigSet(BIG, mantissa);
  if (e >= 0) bigShiftLeft(BIG, <u32> e);
  else bigMulPow5(BIG, <u32> -e);
  let chunks: u32 = 0;
  while (load<u32>(BIG) != 0) {
    store<u32>(CHUNKS + (chunks << 2), bigDivideSmall(BIG, 1000000000));
    chunks++;
  }
  let end = TEXT +
    writeU64(TEXT, <u64> load<u32>(CHUNKS + (chunks - 1 << 2)));
  for (let i = chunks - 1; i != 0; i--) {
    writeDigits(end, <u64> load<u32>(CHUNKS + (i - 1 << 2)), 9);
    end += 9;
  }
  exponent = <i32> (end - TEXT) - 1 + (e < 0 ? e : 0);
  let value: u64 = 0;
  for (let i: u32 = 0; i < DIGITS; i++) {
    const digit = TEXT + i < end ? <u64> load<u8>(TEXT + i) - 48 : 0;
    value = value * 10 + digit;
  }
  const next = TEXT + DIGITS;
  if (next >= end || load<u8>(next) < 53) return value;
  let up = load<u8>(next) > 53 || (value & 1) != 0;
  for (let at = next + 1; !up && at < end; at++) up = load<u8>(at) != 48;
  return up ? value + 1 : value;
}

/** The 17 digits of mantissa * 2^e; `exponent` is that of the first. */
function digitsOf(mantissa: u64, e: i32): u64 {
  const bits = e + 63 - <i32> clz(mantissa);
  let power = log10OfPow2(bits);
  let value: u64 = 0;
  if (power >= -11 && power <= 15) {
    value = scaled(mantissa, e, 16 - power);
    if (value >= HIGH) value = scaled(mantissa, e, 16 - ++power);
    exponent = power;
  } else {
    value = digitsExact(mantissa, e);
  }
  if (value == HIGH) {
    exponent++;
    return LOW;
  }
  return value;
}

/** `d.ddde+XX`; the digits stand in TEXT. */
function layOutExponent(target: u32, count: u32): u32 {
  let at = target;
  store<u8>(at++, load<u8>(TEXT));
  if (count > 1) {
    store<u8>(at++, 0x2e);
    bytesCopy(at, TEXT + 1, count - 1);
    at += count - 1;
  }
  const magnitude = <u32> (exponent < 0 ? -exponent : exponent);
  store<u8>(at++, 0x65);
  store<u8>(at++, exponent < 0 ? 0x2d : 0x2b);
  const width = max<u32>(2, digitCount(<u64> magnitude));
  writeDigits(at, <u64> magnitude, width);
  return at + width - target;
}

/** `ddd.ddd` or `0.000ddd`; the digits stand in TEXT. */
function layOutPlain(target: u32, count: u32): u32 {
  let at = target;
  if (exponent < 0) {
    store<u16>(at, 0x2e30);
    at += 2;
    for (let i = exponent + 1; i < 0; i++) store<u8>(at++, 0x30);
    bytesCopy(at, TEXT, count);
    return at + count - target;
  }
  const whole = <u32> exponent + 1;
  if (count <= whole) {
    bytesCopy(at, TEXT, count);
    at += count;
    for (let i = count; i < whole; i++) store<u8>(at++, 0x30);
    return at - target;
  }
  bytesCopy(at, TEXT, whole);
  at += whole;
  store<u8>(at++, 0x2e);
  bytesCopy(at, TEXT + whole, count - whole);
  return at + count - whole - target;
}

/** Three or four letters, the lowest byte first; returns the bytes written. */
function writeWord(target: u32, word: u32): u32 {
  const bytes: u32 = word >> 24 == 0 ? 3 : 4;
  for (let i: u32 = 0; i < bytes; i++) {
    store<u8>(target + i, <u8> (word >> (i << 3)));
  }
  return bytes;
}

/**
 * Writes `value` as `%.17g`; `inf`, `-inf`, and `nan` whatever its sign.
 * At most F64_TEXT_BYTES_MAX bytes; returns how many.
 */
export function writeF64(target: u32, value: f64): u32 {
  if (abs<f64>(value) < 1e17 && trunc<f64>(value) == value) {
    if (value != 0 || reinterpret<u64>(value) == 0) {
      return writeI64(target, <i64> value);
    }
    store<u16>(target, 0x302d);
    return 2;
  }
  if (value != value) return writeWord(target, 0x6e616e);
  const bits = reinterpret<u64>(value);
  const negative = <u32> (bits >> 63);
  const biased = <i32> (bits >> 52 & 0x7ff);
  if (biased == 0x7ff) {
    return writeWord(target, negative != 0 ? 0x666e692d : 0x666e69);
  }
  const fraction = bits & 0x000fffffffffffff;
  const mantissa = biased == 0 ? fraction : fraction | 0x0010000000000000;
  let digits = digitsOf(mantissa, (biased == 0 ? 1 : biased) - 1075);
  let count = DIGITS;
  while (digits % 100 == 0) {
    digits /= 100;
    count -= 2;
  }
  if (digits % 10 == 0) {
    digits /= 10;
    count--;
  }
  writeDigits(TEXT, digits, count);
  if (negative != 0) store<u8>(target, 0x2d);
  const at = target + negative;
  const written = exponent < -4 || exponent >= <i32> DIGITS
    ? layOutExponent(at, count)
    : layOutPlain(at, count);
  return written + negative;
}
