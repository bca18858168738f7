/**
 * Byte strings: compare, copy, search.
 *
 * None of these reads outside `[ptr, ptr + length)`: a block may end where the
 * memory ends. Lengths are compared rather than ends, because `ptr + length`
 * may come close to 4 GiB.
 */

/** Copies below this are done with plain loads; a bulk copy is a call out. */
const BULK_COPY_BYTES: u32 = 128;

/** Copies `length` bytes; the two ranges must not overlap. */
// @ts-ignore: decorator
@inline
export function bytesCopy(target: u32, source: u32, length: u32): void {
  if (length >= BULK_COPY_BYTES) memory.copy(target, source, length);
  else copySmall(target, source, length);
}

/** Up to 127 bytes; the last load overlaps the one before it. */
function copySmall(target: u32, source: u32, length: u32): void {
  if (length >= 16) {
    const last = length - 16;
    for (let i: u32 = 0; i < last; i += 16) {
      v128.store(target + i, v128.load(source + i));
    }
    v128.store(target + last, v128.load(source + last));
  } else if (length >= 8) {
    const last = length - 8;
    const tail = load<u64>(source + last);
    store<u64>(target, load<u64>(source));
    store<u64>(target + last, tail);
  } else if (length >= 4) {
    const last = length - 4;
    const tail = load<u32>(source + last);
    store<u32>(target, load<u32>(source));
    store<u32>(target + last, tail);
  } else if (length != 0) {
    const middle = load<u8>(source + (length >> 1));
    const tail = load<u8>(source + length - 1);
    store<u8>(target, load<u8>(source));
    store<u8>(target + (length >> 1), middle);
    store<u8>(target + length - 1, tail);
  }
}

/** Whether two strings of the same length hold the same bytes. */
export function bytesEqual(a: u32, b: u32, length: u32): bool {
  if (length >= 16) {
    const last = length - 16;
    for (let i: u32 = 0; i < last; i += 16) {
      if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) {
        return false;
      }
    }
    return !v128.any_true(
      v128.xor(v128.load(a + last), v128.load(b + last)),
    );
  }
  if (length >= 8) {
    const last = length - 8;
    return (load<u64>(a) ^ load<u64>(b) |
      load<u64>(a + last) ^ load<u64>(b + last)) == 0;
  }
  if (length >= 4) {
    const last = length - 4;
    return (load<u32>(a) ^ load<u32>(b) |
      load<u32>(a + last) ^ load<u32>(b + last)) == 0;
  }
  if (length == 0) return true;
  const half = length >> 1;
  const last = length - 1;
  return (load<u8>(a) ^ load<u8>(b) | load<u8>(a + half) ^ load<u8>(b + half) |
    load<u8>(a + last) ^ load<u8>(b + last)) == 0;
}

/** Order of two strings as memcmp sees it, shorter first on a tie: -1, 0, 1. */
export function bytesCompare(a: u32, aLength: u32, b: u32, bLength: u32): i32 {
  const common = aLength < bLength ? aLength : bLength;
  let i: u32 = 0;
  while (common - i >= 8) {
    const left = load<u64>(a + i);
    const right = load<u64>(b + i);
    if (left != right) {
      return bswap<u64>(left) < bswap<u64>(right) ? -1 : 1;
    }
    i += 8;
  }
  for (; i < common; i++) {
    const left = load<u8>(a + i);
    const right = load<u8>(b + i);
    if (left != right) return left < right ? -1 : 1;
  }
  if (aLength == bLength) return 0;
  return aLength < bLength ? -1 : 1;
}

/** A byte in lower case, by the C locale: only A-Z change. */
// @ts-ignore: decorator
@inline
export function lowerByte(byte: u32): u32 {
  return byte - 65 < 26 ? byte | 32 : byte;
}

/** Eight bytes in lower case, by the C locale. */
// @ts-ignore: decorator
@inline
function lowerEight(bytes: u64): u64 {
  const ones: u64 = 0x0101010101010101;
  const seven = bytes & 0x7f * ones;
  const atLeastA = seven + (128 - 65) * ones;
  const aboveZ = seven + (128 - 91) * ones;
  const upper = (atLeastA ^ aboveZ) & ~bytes & 0x80 * ones;
  return bytes | upper >> 2;
}

/** Whether two strings of the same length are equal but for A-Z and a-z. */
export function bytesEqualNoCase(a: u32, b: u32, length: u32): bool {
  let i: u32 = 0;
  while (length - i >= 8) {
    const left = load<u64>(a + i);
    const right = load<u64>(b + i);
    if (left != right && lowerEight(left) != lowerEight(right)) return false;
    i += 8;
  }
  for (; i < length; i++) {
    const left = <u32> load<u8>(a + i);
    const right = <u32> load<u8>(b + i);
    if (left != right && lowerByte(left) != lowerByte(right)) return false;
  }
  return true;
}

/** Order of two strings with A-Z as a-z, as strcasecmp: -1, 0, 1. */
export function bytesCompareNoCase(
  a: u32,
  aLength: u32,
  b: u32,
  bLength: u32,
): i32 {
  const common = aLength < bLength ? aLength : bLength;
  for (let i: u32 = 0; i < common; i++) {
    const left = lowerByte(<u32> load<u8>(a + i));
    const right = lowerByte(<u32> load<u8>(b + i));
    if (left != right) return left < right ? -1 : 1;
  }
  if (aLength == bLength) return 0;
  return aLength < bLength ? -1 : 1;
}

/** Index of the first `byte`, or `length`. */
export function bytesIndexOf(ptr: u32, length: u32, byte: u32): u32 {
  const wanted = i8x16.splat(<i8> byte);
  let i: u32 = 0;
  while (length - i >= 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(ptr + i), wanted));
    if (mask != 0) return i + <u32> ctz(mask);
    i += 16;
  }
  for (; i < length; i++) {
    if (<u32> load<u8>(ptr + i) == byte) return i;
  }
  return length;
}

/**
 * Index of the first `byte` or NUL at or after `from`, or `length`: what C's
 * strchr would stop at.
 */
export function bytesIndexOfOrNul(
  ptr: u32,
  from: u32,
  length: u32,
  byte: u32,
): u32 {
  const wanted = i8x16.splat(<i8> byte);
  const nul = i8x16.splat(0);
  let i = from;
  while (length - i >= 16) {
    const chunk = v128.load(ptr + i);
    const mask = i8x16.bitmask(
      v128.or(i8x16.eq(chunk, wanted), i8x16.eq(chunk, nul)),
    );
    if (mask != 0) return i + <u32> ctz(mask);
    i += 16;
  }
  for (; i < length; i++) {
    const found = <u32> load<u8>(ptr + i);
    if (found == byte || found == 0) return i;
  }
  return length;
}
