/**
 * Numbers as Redis's configuration reads and writes them. 64-bit values are
 * `bigint`, because `maxmemory 18446744073709551615` must come back exactly.
 */

export const INT_MIN = -(2n ** 31n);
export const INT_MAX = 2n ** 31n - 1n;
export const UINT_MAX = 2n ** 32n - 1n;
export const LONG_MIN = -(2n ** 63n);
export const LONG_MAX = 2n ** 63n - 1n;
export const ULONG_MAX = 2n ** 64n - 1n;

/**
 * A canonical signed 64-bit decimal: no spaces, no plus, no leading zeros.
 * `null` for anything else (`string2ll`).
 */
export function parseCanonicalInteger(text: string): bigint | null {
  if (!/^(0|-?[1-9][0-9]{0,19})$/.test(text)) return null;
  const value = BigInt(text);
  return value < LONG_MIN || value > LONG_MAX ? null : value;
}

/** What C's `strtoll` makes of a text. */
export interface LooseInteger {
  /** Saturated to 64 bits. */
  readonly value: bigint;
  /** False if something follows the digits, or there are none in a non-empty text. */
  readonly isWhole: boolean;
  readonly isOverflow: boolean;
}

/**
 * A number as C's `strtoll` reads it: leading white space, a sign, then
 * digits; an empty text is 0.
 */
export function parseLooseInteger(text: string, base: 8 | 10): LooseInteger {
  const pattern = base === 8
    ? /^[ \t-\r]*([+-]?)([0-7]+)/
    : /^[ \t-\r]*([+-]?)([0-9]+)/;
  const match = pattern.exec(text);
  if (!match) {
    return { value: 0n, isWhole: text === "", isOverflow: false };
  }
  let value = BigInt((base === 8 ? "0o" : "") + match[2]);
  if (match[1] === "-") value = -value;
  const isOverflow = value < LONG_MIN || value > LONG_MAX;
  if (isOverflow) value = value < 0n ? LONG_MIN : LONG_MAX;
  return { value, isWhole: match[0].length === text.length, isOverflow };
}

const UNIT_BYTES: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  k: 1000n,
  kb: 1024n,
  m: 1000n ** 2n,
  mb: 1024n ** 2n,
  g: 1000n ** 3n,
  gb: 1024n ** 3n,
};

/** Digits of a memory value that Redis still copies into its buffer. */
const MEMORY_DIGITS_MAX = 127;

/**
 * A size in bytes with an optional unit: `1gb` is 1024³, `1g` is 1000³. The
 * result is an unsigned 64-bit number, saturated before and wrapped after
 * applying the unit, as in `memtoull`. `null` if it is not a size.
 */
export function parseMemory(text: string): bigint | null {
  const match = /^([0-9]*)([a-zA-Z]*)$/.exec(text);
  if (!match || match[1].length > MEMORY_DIGITS_MAX) return null;
  const unit = UNIT_BYTES[match[2].toLowerCase()];
  if (unit === undefined) return null;
  const digits = BigInt(match[1] || "0");
  return BigInt.asUintN(64, (digits > ULONG_MAX ? ULONG_MAX : digits) * unit);
}

/** A size as Redis writes it into its configuration file: `1gb`, `64mb`, `3000`. */
export function formatMemory(bytes: bigint): string {
  for (const unit of ["gb", "mb", "kb"]) {
    const size = UNIT_BYTES[unit];
    if (bytes !== 0n && bytes % size === 0n) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/**
 * A floating-point number as `string2d` reads it: C's `strtod`, but without
 * leading white space, and neither NaN nor out of range. `null` otherwise.
 */
export function parseDouble(text: string): number | null {
  if (/^[+-]?(inf|infinity)$/i.test(text)) {
    return text[0] === "-" ? -Infinity : Infinity;
  }
  if (/^[+-]?0x/i.test(text)) return parseHexDouble(text);
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text)) {
    return null;
  }
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  const isWrittenZero = !/[1-9]/.test(text.replace(/e.*$/i, ""));
  return value === 0 && !isWrittenZero ? null : value;
}

/** C's hexadecimal floating point: `0x1.8p3`. */
function parseHexDouble(text: string): number | null {
  const match = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?$/i.exec(
    text,
  );
  if (!match || match[2] + match[3] === "") return null;
  const fraction = match[3]
    ? parseInt(match[3], 16) / 16 ** match[3].length
    : 0;
  const whole = match[2] ? parseInt(match[2], 16) : 0;
  const value = (whole + fraction) * 2 ** Number(match[4] ?? 0);
  if (!Number.isFinite(value)) return null;
  return match[1] === "-" ? -value : value;
}

/** C's `%f` without trailing zeros. */
export function formatDouble(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}
