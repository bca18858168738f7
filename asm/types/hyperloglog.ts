/**
 * HyperLogLogs: strings in Redis's own layout, byte for byte, so that they may
 * come from a Redis by SET and go to one by GET.
 *
 *   +0  "HYLL"
 *   +4  u8   0 dense, 1 sparse
 *   +5  3 bytes, zero
 *   +8  u64  cached cardinality; its highest bit says that it is out of date
 *   +16 16384 registers
 *         dense: 6 bits each, the first in the lowest bits
 *         sparse: runs, of one byte but for XZERO
 *           ZERO  00llllll           l+1 registers (1-64) are 0
 *           XZERO 01llllll llllllll  l+1 registers (1-16384) are 0
 *           VAL   1vvvvvll           l+1 registers (1-4) are v+1 (1-32)
 *
 * A register holds the longest run of zeros, plus one, that the hashes of the
 * elements it stands for began with. Anyone may SET any bytes, so nothing here
 * trusts them: runs are followed no further than the string goes, and registers
 * no further than there are.
 */

export const REGISTERS: u32 = 16384;
const REGISTER_BITS: u32 = 6;
const INDEX_BITS: u64 = 14;
/** Bits of the hash that are looked through for the first one set. */
const PATTERN_BITS: u64 = 50;

export const HEADER_BYTES: u32 = 16;
export const DENSE_BYTES: u32 = HEADER_BYTES + REGISTERS * REGISTER_BITS / 8;
/** Bytes of a new one: a single XZERO. */
export const EMPTY_BYTES: u32 = HEADER_BYTES + 2;

/** "HYLL", the first byte lowest. */
const MAGIC: u32 = 0x4c4c5948;
const DENSE: u32 = 0;
const SPARSE: u32 = 1;

const HASH_SEED: u64 = 0xadc83b19;

// ------------------------------------------------------------------- header

/** Whether a string looks like one: what Redis checks before it goes on. */
export function hllLooksRight(ptr: u32, length: u32): bool {
  if (length < HEADER_BYTES || load<u32>(ptr) != MAGIC) return false;
  const encoding = <u32>load<u8>(ptr, 4);
  return encoding == SPARSE || encoding == DENSE && length == DENSE_BYTES;
}

// @ts-ignore: decorator
@inline
export function isDense(ptr: u32): bool {
  return load<u8>(ptr, 4) == DENSE;
}

/** Writes the EMPTY_BYTES of one without elements. */
export function writeEmpty(ptr: u32): void {
  memory.fill(ptr, 0, EMPTY_BYTES);
  store<u32>(ptr, MAGIC);
  store<u8>(ptr, SPARSE, 4);
  store<u16>(ptr, 0xff7f, HEADER_BYTES);
}

/** Offset of the byte that says whether the cached cardinality is out of date. */
export const CACHE_FLAG: u32 = 15;

// @ts-ignore: decorator
@inline
export function isCached(ptr: u32): bool {
  return (load<u8>(ptr, CACHE_FLAG) & 0x80) == 0;
}

// @ts-ignore: decorator
@inline
export function dropCached(ptr: u32): void {
  store<u8>(ptr, load<u8>(ptr, CACHE_FLAG) | 0x80, CACHE_FLAG);
}

// --------------------------------------------------------------------- hash

/** MurmurHash64A, as Redis seeds it. */
function murmur(ptr: u32, length: u32): u64 {
  const factor: u64 = 0xc6a4a7935bd1e995;
  let hash = HASH_SEED ^ <u64>length * factor;
  const end = ptr + (length & ~7);
  for (; ptr != end; ptr += 8) {
    let word = load<u64>(ptr) * factor;
    word ^= word >> 47;
    hash = (hash ^ word * factor) * factor;
  }
  const left = length & 7;
  if (left != 0) {
    let word: u64 = 0;
    for (let i: u32 = 0; i < left; i++) {
      word |= <u64>load<u8>(ptr + i) << <u64>(i << 3);
    }
    hash = (hash ^ word) * factor;
  }
  hash ^= hash >> 47;
  hash *= factor;
  return hash ^ hash >> 47;
}

/** The register of the last element looked at, and what it would hold. */
export let elementIndex: u32 = 0;
export let elementValue: u32 = 0;

/** Sets `elementIndex` and `elementValue`. */
export function lookAt(ptr: u32, length: u32): void {
  const hash = murmur(ptr, length);
  elementIndex = <u32>hash & REGISTERS - 1;
  const pattern = hash >> INDEX_BITS | <u64>1 << PATTERN_BITS;
  elementValue = <u32>ctz(pattern) + 1;
}

// ---------------------------------------------------------- dense registers

/** The first of the one or two bytes that hold a register. */
// @ts-ignore: decorator
@inline
export function registerByte(index: u32): u32 {
  return index * REGISTER_BITS >> 3;
}

/** A register of the dense ones at `registers`. */
export function denseGet(registers: u32, index: u32): u32 {
  const at = registers + registerByte(index);
  const shift = index * REGISTER_BITS & 7;
  // The last register ends with its byte: the one behind is never read.
  const bytes = shift > 2 ? <u32>load<u16>(at) : <u32>load<u8>(at);
  return bytes >> shift & 63;
}

/** Sets a register of the dense ones at `registers`. */
export function denseSet(registers: u32, index: u32, value: u32): void {
  const at = registers + registerByte(index);
  const shift = index * REGISTER_BITS & 7;
  if (shift > 2) {
    const bytes = <u32>load<u16>(at);
    store<u16>(at, <u16>(bytes & ~(63 << shift) | value << shift));
  } else {
    const byte = <u32>load<u8>(at);
    store<u8>(at, <u8>(byte & ~(63 << shift) | value << shift));
  }
}

/** Sixteen dense registers (12 bytes) are read by loads of 16 bytes. */
const PACKED_BYTES: u32 = 12;
/** The last of them, where nothing is behind. */
const lastPacked: u32 = <u32>memory.data(16, 16);

/** The bytes of sixteen registers, as `unpack` takes them. */
// @ts-ignore: decorator
@inline
function packedAt(registers: u32, index: u32): v128 {
  const at = registers + (index >> 2) * 3;
  if (index != REGISTERS - 16) return v128.load(at);
  memory.copy(lastPacked, at, PACKED_BYTES);
  return v128.load(lastPacked);
}

/** Sixteen registers of 6 bits to a byte each. */
// @ts-ignore: decorator
@inline
function unpack(packed: v128): v128 {
  const spread = i8x16.swizzle(
    packed,
    i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1),
  );
  const first = v128.and(spread, i32x4.splat(0x3f));
  const second = v128.and(i32x4.shl(spread, 2), i32x4.splat(0x3f00));
  const third = v128.and(i32x4.shl(spread, 4), i32x4.splat(0x3f0000));
  const fourth = v128.and(i32x4.shl(spread, 6), i32x4.splat(0x3f000000));
  return v128.or(v128.or(first, second), v128.or(third, fourth));
}

/** Sixteen registers of a byte each to 6 bits, in the first 12 bytes. */
// @ts-ignore: decorator
@inline
function pack(bytes: v128): v128 {
  const first = v128.and(bytes, i32x4.splat(0x3f));
  const second = v128.and(i32x4.shr_u(bytes, 2), i32x4.splat(0xfc0));
  const third = v128.and(i32x4.shr_u(bytes, 4), i32x4.splat(0x3f000));
  const fourth = v128.and(i32x4.shr_u(bytes, 6), i32x4.splat(0xfc0000));
  const words = v128.or(v128.or(first, second), v128.or(third, fourth));
  return i8x16.swizzle(
    words,
    i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1),
  );
}

/** Dense registers from REGISTERS bytes. */
export function packAll(registers: u32, bytes: u32): void {
  let at = registers;
  for (let i: u32 = 0; i < REGISTERS; i += 16) {
    const packed = pack(v128.load(bytes + i));
    store<u64>(at, <u64>i64x2.extract_lane(packed, 0));
    store<u32>(at, <u32>i32x4.extract_lane(packed, 2), 8);
    at += PACKED_BYTES;
  }
}

// ----------------------------------------------------------- sparse registers

/** What the last `readRun` found: bytes of the run, registers, their value. */
export let runBytes: u32 = 0;
export let runLength: u32 = 0;
export let runValue: u32 = 0;

/** Looks at the run at `at`; the string goes up to `end`, which is behind it. */
// @ts-ignore: decorator
@inline
export function readRun(at: u32, end: u32): void {
  const byte = <u32>load<u8>(at);
  runBytes = 1;
  runValue = 0;
  if (byte & 0x80) {
    runLength = (byte & 3) + 1;
    runValue = (byte >> 2 & 31) + 1;
  } else if (byte & 0x40) {
    // A second byte that is not there counts as 0, as Redis reads it.
    const low = at + 1 < end ? <u32>load<u8>(at, 1) : 0;
    runLength = ((byte & 63) << 8 | low) + 1;
    runBytes = 2;
  } else runLength = byte + 1;
}

/** Whether the runs of a sparse one stand for all registers and no more. */
export function sparseIsWhole(ptr: u32, length: u32): bool {
  const end = ptr + length;
  let index: u32 = 0;
  for (let at = ptr + HEADER_BYTES; at < end; at += runBytes) {
    readRun(at, end);
    index += runLength;
    if (index > REGISTERS) return false;
  }
  return index == REGISTERS;
}

/**
 * Writes the DENSE_BYTES that a sparse one amounts to; false when it is
 * corrupt.
 */
export function sparseToDense(ptr: u32, length: u32, target: u32): bool {
  memory.copy(target, ptr, HEADER_BYTES);
  store<u8>(target, <u8>DENSE, 4);
  const registers = target + HEADER_BYTES;
  memory.fill(registers, 0, DENSE_BYTES - HEADER_BYTES);
  const end = ptr + length;
  let index: u32 = 0;
  for (let at = ptr + HEADER_BYTES; at < end; at += runBytes) {
    readRun(at, end);
    if (index + runLength > REGISTERS) return false;
    if (runValue == 0) {
      index += runLength;
      continue;
    }
    for (const stop = index + runLength; index < stop; index++) {
      denseSet(registers, index, runValue);
    }
  }
  return index == REGISTERS;
}

// -------------------------------------------------------------------- union

/** Registers of a byte each: the greatest of all that were merged. */
export const union: u32 = <u32>memory.data(REGISTERS, 16);

/** Forgets what was merged. */
export function unionClear(): void {
  memory.fill(union, 0, REGISTERS);
}

function mergeDense(registers: u32): void {
  for (let i: u32 = 0; i < REGISTERS; i += 16) {
    const others = unpack(packedAt(registers, i));
    v128.store(union + i, i8x16.max_u(v128.load(union + i), others));
  }
}

/** Merges one that looks right into the union; false when it is corrupt. */
export function unionMerge(ptr: u32, length: u32): bool {
  if (isDense(ptr)) {
    mergeDense(ptr + HEADER_BYTES);
    return true;
  }
  const end = ptr + length;
  let index: u32 = 0;
  for (let at = ptr + HEADER_BYTES; at < end; at += runBytes) {
    readRun(at, end);
    if (index + runLength > REGISTERS) return false;
    if (runValue == 0) {
      index += runLength;
      continue;
    }
    for (const stop = index + runLength; index < stop; index++) {
      if (<u32>load<u8>(union + index) < runValue) {
        store<u8>(union + index, <u8>runValue);
      }
    }
  }
  return index == REGISTERS;
}

// -------------------------------------------------------------- cardinality

/** How many registers hold each value; 64, though only 52 can come from a hash. */
const histogram: u32 = <u32>memory.data(64 * 4, 16);

// @ts-ignore: decorator
@inline
function tally(value: u32, registers: u32): void {
  const at = histogram + (value << 2);
  store<u32>(at, load<u32>(at) + registers);
}

/** Counts eight registers of a byte each. */
function tallyEight(bytes: u64): void {
  if (bytes == 0) return tally(0, 8);
  for (let i = 0; i < 8; i++) {
    tally(<u32>bytes & 63, 1);
    bytes >>= 8;
  }
}

// @ts-ignore: decorator
@inline
function tallySixteen(bytes: v128): void {
  tallyEight(<u64>i64x2.extract_lane(bytes, 0));
  tallyEight(<u64>i64x2.extract_lane(bytes, 1));
}

function tallySparse(ptr: u32, length: u32): bool {
  const end = ptr + length;
  let index: u32 = 0;
  for (let at = ptr + HEADER_BYTES; at < end; at += runBytes) {
    readRun(at, end);
    index += runLength;
    if (index > REGISTERS) return false;
    tally(runValue, runLength);
  }
  return index == REGISTERS;
}

/** 1 / (2 ln 2) */
const ALPHA: f64 = 0.721347520444481703680;

/** Sigma and tau as Ertl defines them (arXiv:1702.01284). */
function sigma(x: f64): f64 {
  if (x == 1) return Infinity;
  let before: f64;
  let y: f64 = 1;
  let z = x;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (before != z);
  return z;
}

function tau(x: f64): f64 {
  if (x == 0 || x == 1) return 0;
  let before: f64;
  let y: f64 = 1;
  let z = 1 - x;
  do {
    x = sqrt<f64>(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (before != z);
  return z / 3;
}

/** The nearest integer, halves away from 0; what C makes of one out of range. */
function rounded(value: f64): i64 {
  if (!(value < 9223372036854775808.0)) return i64.MIN_VALUE;
  const whole = floor<f64>(value);
  return <i64>(value - whole >= 0.5 ? whole + 1 : whole);
}

/** The cardinality that the histogram speaks for. */
function estimate(): i64 {
  const registers = <f64>REGISTERS;
  const highest = PATTERN_BITS + 1;
  const full = <f64>load<u32>(histogram + (<u32>highest << 2));
  let z = registers * tau((registers - full) / registers);
  for (let value = <u32>PATTERN_BITS; value != 0; value--) {
    z = (z + <f64>load<u32>(histogram + (value << 2))) * 0.5;
  }
  const empty = <f64>load<u32>(histogram);
  z += registers * sigma(empty / registers);
  return rounded(ALPHA * registers * registers / z);
}

/** The last cardinality that was computed. */
export let cardinality: i64 = 0;

/** Computes the cardinality of one that looks right; false when it is corrupt. */
export function countOf(ptr: u32, length: u32): bool {
  memory.fill(histogram, 0, 64 * 4);
  if (isDense(ptr)) {
    for (let i: u32 = 0; i < REGISTERS; i += 16) {
      tallySixteen(unpack(packedAt(ptr + HEADER_BYTES, i)));
    }
  } else if (!tallySparse(ptr, length)) return false;
  cardinality = estimate();
  return true;
}

/** Computes the cardinality of the union. */
export function countUnion(): void {
  memory.fill(histogram, 0, 64 * 4);
  for (let i: u32 = 0; i < REGISTERS; i += 16) {
    tallySixteen(v128.load(union + i));
  }
  cardinality = estimate();
}
