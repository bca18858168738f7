/**
 * The x87 80-bit long double, exactly, in BigInt arithmetic.
 *
 * INCRBYFLOAT and HINCRBYFLOAT do their arithmetic in C's `long double`, which on x86-64 has a
 * 64-bit mantissa and a 15-bit exponent. A JS number has 53 bits, so its last printed digits
 * would differ from Redis's. Parsing follows `strtold` under the conditions of Redis's
 * `string2ld`, addition rounds to nearest, ties to even, and formatting follows `ld2string`
 * (Redis 7.0 `src/util.c`).
 *
 * ```
 *   value = (-1)^negative * mantissa * 2^exponent
 *   normal     2^63 <= mantissa < 2^64   -16445 <= exponent <= 16320
 *   subnormal  mantissa < 2^63           exponent == -16445
 *   zero       mantissa == 0             exponent == -16445
 * ```
 *
 * @module
 */

/** An 80-bit long double. Immutable; made only by the functions of this module. */
export interface LongDouble {
  readonly kind: "finite" | "infinite" | "nan";
  readonly negative: boolean;
  /** 0 unless the value is finite. */
  readonly mantissa: bigint;
  /** The power of two that the mantissa is scaled by. */
  readonly exponent: number;
}

const MANTISSA_BITS = 64;
const EXPONENT_MIN = -16445;
const EXPONENT_MAX = 16320;
const MANTISSA_LIMIT = 1n << 64n;

/** Redis's buffer is 5 KiB with a terminating zero; a longer text is refused unread. */
const TEXT_BYTES_MAX = 5 * 1024 - 1;

/** Beyond 10^4932 everything overflows; below 10^-4951 everything rounds to zero. */
const DECIMAL_MAGNITUDE_MAX = 5000;
const DECIMAL_MAGNITUDE_MIN = -5000;

/** The same bounds in bits, for hexadecimal text. */
const BINARY_MAGNITUDE_MAX = 17000;
const BINARY_MAGNITUDE_MIN = -17000;

/** `%.17Lf` and `%.17Lg`. */
const FORMAT_DIGITS = 17;

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const HEXADECIMAL =
  /^([+-]?)0[xX](?:([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?|\.([0-9a-fA-F]+))(?:[pP]([+-]?\d+))?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** The powers of ten that everyday numbers need, made once. */
const SMALL_POWERS_OF_TEN = Array.from(
  { length: 64 },
  (_, power) => 10n ** BigInt(power),
);

const NAN: LongDouble = {
  kind: "nan",
  negative: false,
  mantissa: 0n,
  exponent: 0,
};

/**
 * Reads what Redis's `string2ld` accepts: a decimal or hexadecimal floating-point number or an
 * infinity, filling the whole text. Returns null where Redis answers
 * `ERR value is not a valid float`: empty or over-long text, spaces, trailing characters, NaN,
 * and numbers that overflow or that underflow to zero.
 *
 * @param text the argument's bytes, one character a byte
 */
export function parseLongDouble(text: string): LongDouble | null {
  if (text.length === 0 || text.length > TEXT_BYTES_MAX) return null;
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return parseDecimal(decimal);
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal !== null) return parseHexadecimal(hexadecimal);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinity(infinite[1] === "-");
  return null;
}

/** The long double nearest to an integer; exact for every 64-bit one. */
export function longDoubleFromInteger(value: bigint): LongDouble {
  const negative = value < 0n;
  return roundToLongDouble(negative, negative ? -value : value, 0, false);
}

/** `a + b`, rounded to nearest, ties to even. Overflow gives an infinity, `inf - inf` NaN. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "infinite") {
    return b.kind === "infinite" && a.negative !== b.negative ? NAN : a;
  }
  if (b.kind === "infinite") return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = alignedTo(exponent, a) + alignedTo(exponent, b);
  if (sum === 0n) {
    // IEEE 754: an exact zero is positive unless both operands are negative zeros.
    return zero(
      a.negative && b.negative && a.mantissa === 0n && b.mantissa === 0n,
    );
  }
  return sum < 0n
    ? roundToLongDouble(true, -sum, exponent, false)
    : roundToLongDouble(false, sum, exponent, false);
}

/**
 * `ld2string(LD_STR_HUMAN)`: fixed notation with at most 17 decimals, trailing zeros removed,
 * never an exponent, and `0` for negative zero. This is what INCRBYFLOAT stores and replies.
 */
export function formatLongDoubleHuman(value: LongDouble): string {
  if (value.kind !== "finite") return formatNonFinite(value);
  const scaled = scaleByPowerOfTen(value, FORMAT_DIGITS);
  if (scaled === 0n) return "0";
  const digits = scaled.toString().padStart(FORMAT_DIGITS + 1, "0");
  const pointIndex = digits.length - FORMAT_DIGITS;
  const text = joinDecimal(
    digits.slice(0, pointIndex),
    digits.slice(pointIndex),
  );
  return value.negative ? `-${text}` : text;
}

/** `ld2string(LD_STR_AUTO)`: C's `%.17Lg`. */
export function formatLongDoubleAuto(value: LongDouble): string {
  if (value.kind !== "finite") return formatNonFinite(value);
  const sign = value.negative ? "-" : "";
  if (value.mantissa === 0n) return `${sign}0`;
  const binaryMagnitude = bitLength(value.mantissa) + value.exponent - 1;
  // A lower bound of the decimal exponent that is at most one short.
  let decimalExponent = Math.floor(binaryMagnitude * Math.LOG10E * Math.LN2);
  let scaled = scaleByPowerOfTen(value, FORMAT_DIGITS - 1 - decimalExponent);
  if (scaled >= powerOfTen(FORMAT_DIGITS)) {
    decimalExponent += 1;
    scaled = scaleByPowerOfTen(value, FORMAT_DIGITS - 1 - decimalExponent);
  }
  const digits = scaled.toString();
  if (decimalExponent < -4 || decimalExponent >= FORMAT_DIGITS) {
    const exponentSign = decimalExponent < 0 ? "-" : "+";
    const exponentText = Math.abs(decimalExponent).toString().padStart(2, "0");
    const significand = joinDecimal(digits.slice(0, 1), digits.slice(1));
    return `${sign}${significand}e${exponentSign}${exponentText}`;
  }
  if (decimalExponent < 0) {
    return sign + joinDecimal("0", "0".repeat(-decimalExponent - 1) + digits);
  }
  return sign +
    joinDecimal(
      digits.slice(0, decimalExponent + 1),
      digits.slice(decimalExponent + 1),
    );
}

/** True for NaN, as `inf - inf` gives it. */
export function isNaNLongDouble(value: LongDouble): boolean {
  return value.kind === "nan";
}

/** True for either infinity. */
export function isInfiniteLongDouble(value: LongDouble): boolean {
  return value.kind === "infinite";
}

function parseDecimal(match: RegExpExecArray): LongDouble | null {
  const negative = match[1] === "-";
  const fraction = match[4] ?? match[3] ?? "";
  const digits = ((match[2] ?? "") + fraction).replace(/^0+/, "");
  // Zero is zero whatever its exponent: strtold reports no range error for it.
  if (digits === "") return zero(negative);
  // An exponent of thousands of digits becomes an infinity here, which the bounds catch.
  const exponent10 = Number(match[5] ?? "0") - fraction.length;
  const magnitude = digits.length + exponent10;
  if (magnitude > DECIMAL_MAGNITUDE_MAX || magnitude < DECIMAL_MAGNITUDE_MIN) {
    return null;
  }
  const integer = BigInt(digits);
  if (exponent10 >= 0) {
    const scaled = integer * powerOfTen(exponent10);
    return refuseRangeErrors(roundToLongDouble(negative, scaled, 0, false));
  }
  // Two bits more than the mantissa, and the remainder as a sticky bit, round correctly.
  const divisor = powerOfTen(-exponent10);
  const shift = Math.max(
    0,
    MANTISSA_BITS + 3 + bitLength(divisor) - bitLength(integer),
  );
  const numerator = integer << BigInt(shift);
  const quotient = numerator / divisor;
  const sticky = quotient * divisor !== numerator;
  return refuseRangeErrors(
    roundToLongDouble(negative, quotient, -shift, sticky),
  );
}

function parseHexadecimal(match: RegExpExecArray): LongDouble | null {
  const negative = match[1] === "-";
  const fraction = match[4] ?? match[3] ?? "";
  const digits = ((match[2] ?? "") + fraction).replace(/^0+/, "");
  if (digits === "") return zero(negative);
  const exponent = Number(match[5] ?? "0") - 4 * fraction.length;
  const magnitude = 4 * digits.length + exponent;
  if (magnitude > BINARY_MAGNITUDE_MAX || magnitude < BINARY_MAGNITUDE_MIN) {
    return null;
  }
  return refuseRangeErrors(
    roundToLongDouble(negative, BigInt(`0x${digits}`), exponent, false),
  );
}

/** What `string2ld` refuses of ERANGE: overflow, and underflow as far as zero. */
function refuseRangeErrors(value: LongDouble): LongDouble | null {
  return value.kind === "infinite" || value.mantissa === 0n ? null : value;
}

/**
 * Rounds `magnitude * 2^exponent` to nearest, ties to even. `sticky` says that the exact value is
 * a little above it, by less than one unit of `magnitude`, which must then have at least two bits
 * more than a mantissa.
 */
function roundToLongDouble(
  negative: boolean,
  magnitude: bigint,
  exponent: number,
  sticky: boolean,
): LongDouble {
  if (magnitude === 0n) return zero(negative);
  let resultExponent = Math.max(
    exponent + bitLength(magnitude) - MANTISSA_BITS,
    EXPONENT_MIN,
  );
  let mantissa = shiftRightToNearest(
    magnitude,
    resultExponent - exponent,
    sticky,
  );
  if (mantissa === MANTISSA_LIMIT) {
    mantissa >>= 1n;
    resultExponent += 1;
  }
  if (resultExponent > EXPONENT_MAX) return infinity(negative);
  return { kind: "finite", negative, mantissa, exponent: resultExponent };
}

/** `value / 2^bits` to nearest, ties to even; a negative count shifts left. */
function shiftRightToNearest(
  value: bigint,
  bits: number,
  sticky: boolean,
): bigint {
  if (bits <= 0) return value << BigInt(-bits);
  const quotient = value >> BigInt(bits);
  const remainder = value - (quotient << BigInt(bits));
  const half = 1n << BigInt(bits - 1);
  const roundsUp = remainder > half ||
    (remainder === half && (sticky || (quotient & 1n) === 1n));
  return roundsUp ? quotient + 1n : quotient;
}

/** `|value| * 10^power` as an integer, to nearest, ties to even, as glibc's printf rounds. */
function scaleByPowerOfTen(value: LongDouble, power: number): bigint {
  if (power >= 0) {
    const scaled = value.mantissa * powerOfTen(power);
    return shiftRightToNearest(scaled, -value.exponent, false);
  }
  const negativeExponent = Math.max(0, -value.exponent);
  const divisor = powerOfTen(-power) << BigInt(negativeExponent);
  const dividend = value.mantissa << BigInt(Math.max(0, value.exponent));
  const quotient = dividend / divisor;
  const twiceRemainder = 2n * (dividend - quotient * divisor);
  const roundsUp = twiceRemainder > divisor ||
    (twiceRemainder === divisor && (quotient & 1n) === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

/** `integer.fraction` without trailing zeros, and without a point that nothing follows. */
function joinDecimal(integer: string, fraction: string): string {
  let length = fraction.length;
  while (length > 0 && fraction.charCodeAt(length - 1) === 0x30) length -= 1;
  return length === 0 ? integer : `${integer}.${fraction.slice(0, length)}`;
}

function formatNonFinite(value: LongDouble): string {
  if (value.kind === "nan") return "nan";
  return value.negative ? "-inf" : "inf";
}

function alignedTo(exponent: number, value: LongDouble): bigint {
  const magnitude = value.mantissa << BigInt(value.exponent - exponent);
  return value.negative ? -magnitude : magnitude;
}

function zero(negative: boolean): LongDouble {
  return { kind: "finite", negative, mantissa: 0n, exponent: EXPONENT_MIN };
}

function infinity(negative: boolean): LongDouble {
  return { kind: "infinite", negative, mantissa: 0n, exponent: 0 };
}

function powerOfTen(power: number): bigint {
  return power < SMALL_POWERS_OF_TEN.length
    ? SMALL_POWERS_OF_TEN[power]
    : 10n ** BigInt(power);
}

/** Bits up to the highest set one; 0 for 0. */
function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const text = value.toString(16);
  return 4 * text.length - Math.clz32(parseInt(text[0], 16)) + 28;
}
