/**
 * LZF: the compression of list nodes and of strings in snapshots.
 *
 *   000nnnnn                      n + 1 bytes follow as they are (1 to 32)
 *   lllooooo oooooooo             l + 2 bytes from o + 1 bytes back, l 1 to 6
 *   111ooooo llllllll oooooooo    l + 9 bytes from o + 1 bytes back
 *
 * Source: the format of liblzf, as Redis reads and writes it. A match is looked
 * for where a hash of the next three bytes was last seen.
 */
import { bytesCopy } from "./bytes";

const HASH_BITS: u32 = 13;
const TABLE_BYTES: u32 = 4 << 13;
/** Where each hash was last seen: offset into the input, plus one. */
const TABLE: u32 = <u32>memory.data(32768, 4);

const DISTANCE_MAX: u32 = 8192;
const MATCH_BYTES_MIN: u32 = 3;
const MATCH_BYTES_MAX: u32 = 264;
const LITERALS_MAX: u32 = 32;
/** A header of three bytes. */
const MATCH_HEADER_BYTES_MAX: u32 = 3;

/** Address behind what is written. */
let out: u32 = 0;
let outEnd: u32 = 0;

// @ts-ignore: decorator
@inline
function slotOf(ptr: u32): u32 {
  const three = <u32>load<u16>(ptr) | <u32>load<u8>(ptr, 2) << 16;
  return TABLE + (three * 0x9e3779b1 >> 32 - HASH_BITS << 2);
}

/** Writes bytes as they are; false when they do not fit. */
function putLiterals(ptr: u32, length: u32): bool {
  while (length != 0) {
    const run = min<u32>(length, LITERALS_MAX);
    if (outEnd - out < run + 1) return false;
    store<u8>(out, <u8>(run - 1));
    bytesCopy(out + 1, ptr, run);
    out += run + 1;
    ptr += run;
    length -= run;
  }
  return true;
}

/** Writes a reference; false when it does not fit. */
function putMatch(distance: u32, length: u32): bool {
  if (outEnd - out < MATCH_HEADER_BYTES_MAX) return false;
  const offset = distance - 1;
  const code = length - 2;
  if (code < 7) {
    store<u8>(out, <u8>(code << 5 | offset >> 8));
    out++;
  } else {
    store<u8>(out, <u8>(7 << 5 | offset >> 8));
    store<u8>(out, <u8>(code - 7), 1);
    out += 2;
  }
  store<u8>(out, <u8>offset);
  out++;
  return true;
}

/** How many bytes at `a` and `b` are the same, `limit` at most. */
function common(a: u32, b: u32, limit: u32): u32 {
  let length: u32 = 0;
  while (limit - length >= 8) {
    const difference = load<u64>(a + length) ^ load<u64>(b + length);
    if (difference != 0) return length + (<u32>ctz(difference) >> 3);
    length += 8;
  }
  while (length < limit && load<u8>(a + length) == load<u8>(b + length)) {
    length++;
  }
  return length;
}

/**
 * Compresses `length` bytes into at most `room` bytes at `target`; returns how
 * many, or 0 when they do not fit.
 */
export function lzfCompress(
  ptr: u32,
  length: u32,
  target: u32,
  room: u32,
): u32 {
  memory.fill(TABLE, 0, TABLE_BYTES);
  out = target;
  outEnd = target + room;
  let at: u32 = 0;
  let literals: u32 = 0;
  while (length - at >= MATCH_BYTES_MIN) {
    const slot = slotOf(ptr + at);
    const seen = load<u32>(slot);
    store<u32>(slot, at + 1);
    const distance = at + 1 - seen;
    let matched: u32 = 0;
    if (seen != 0 && distance <= DISTANCE_MAX) {
      const limit = min<u32>(length - at, MATCH_BYTES_MAX);
      matched = common(ptr + at, ptr + at - distance, limit);
    }
    if (matched < MATCH_BYTES_MIN) {
      at++;
      continue;
    }
    if (!putLiterals(ptr + literals, at - literals)) return 0;
    if (!putMatch(distance, matched)) return 0;
    const end = at + matched;
    // Two places in a match are remembered, not all: it is nearly as good.
    at = end - 2;
    for (; at < end; at++) {
      if (length - at >= MATCH_BYTES_MIN) store<u32>(slotOf(ptr + at), at + 1);
    }
    literals = end;
  }
  if (!putLiterals(ptr + literals, length - literals)) return 0;
  return out - target;
}

/**
 * Decompresses into at most `room` bytes at `target`; returns how many, or 0
 * when the input is not sound or does not fit. Never reads or writes outside.
 */
export function lzfDecompress(
  ptr: u32,
  length: u32,
  target: u32,
  room: u32,
): u32 {
  let at: u32 = 0;
  let written: u32 = 0;
  while (at < length) {
    const control = <u32>load<u8>(ptr + at);
    at++;
    if (control < LITERALS_MAX) {
      const run = control + 1;
      if (length - at < run || room - written < run) return 0;
      bytesCopy(target + written, ptr + at, run);
      at += run;
      written += run;
      continue;
    }
    let run = (control >> 5) + 2;
    if (run == 9) {
      if (at == length) return 0;
      run += <u32>load<u8>(ptr + at);
      at++;
    }
    if (at == length) return 0;
    const distance = ((control & 31) << 8 | <u32>load<u8>(ptr + at)) + 1;
    at++;
    if (distance > written || room - written < run) return 0;
    copyBack(target + written, distance, run);
    written += run;
  }
  return written;
}

/** Repeats bytes written before, which may overlap with what is written. */
function copyBack(target: u32, distance: u32, length: u32): void {
  if (distance >= length) {
    bytesCopy(target, target - distance, length);
    return;
  }
  if (distance == 1) {
    memory.fill(target, load<u8>(target - 1), length);
    return;
  }
  const end = target + length;
  for (; target < end; target++) {
    store<u8>(target, load<u8>(target - distance));
  }
}
