/**
 * Longest common subsequence, for LCS.
 *
 * Redis fills a table of a-length by b-length counts. All that walking it back
 * needs is one bit a cell, so the table is computed 64 cells at a time
 * (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004): bit j of row
 * i is 0 where LCS(i, j + 1) is one more than LCS(i, j). Where a[i - 1] and
 * b[j - 1] differ, Redis goes up when LCS(i - 1, j) > LCS(i, j - 1), which is
 * when bit j - 1 of row i is 0, and left otherwise. Same path, same ranges, in
 * a thirty-second of the memory and of the time.
 *
 *   state, LCS_STATE_BYTES
 *   +0   u32  a        pointers belong to the caller and must stay valid
 *   +4   u32  aLength
 *   +8   u32  b
 *   +12  u32  bLength
 *   +16  u32  rows     table; row i - 1 holds row i of the description
 *   +20  u32  rowBytes
 *   +24  u32  length   of the longest common subsequence
 *   +28  u32  i        the walk: what is left of a and b
 *   +32  u32  j
 *
 * Complexity: O(a * b / 64) time, a * b / 8 bytes, and as much again for the
 * masks of a's distinct bytes at most. Owner: who called lcsRun; lcsFree.
 */
import { alloc, free } from "./memory";
import { bytesCopy } from "./bytes";

const LCS_STATE_BYTES: u32 = 36;

/** Where each byte value's mask stands, 0 when a does not hold it. */
const MASKS: u32 = <u32> memory.data(256 * 4, 16);

let aStart: u32 = 0;
let aEnd: u32 = 0;
let bStart: u32 = 0;
let bEnd: u32 = 0;

/** Fills MASKS for the bytes of a; returns the block they stand in, 0 = OOM. */
function buildMasks(a: u32, aLength: u32, b: u32, bLength: u32): u32 {
  memory.fill(MASKS, 0, 256 * 4);
  let distinct: u32 = 0;
  for (let i: u32 = 0; i < aLength; i++) {
    const slot = MASKS + (<u32> load<u8>(a + i) << 2);
    if (load<u32>(slot) == 0) store<u32>(slot, ++distinct);
  }
  const words = (bLength >> 6) + 1;
  const total = <u64> distinct * <u64> words << 3;
  if (total > 0xfff00000) return 0;
  const block = alloc(<u32> total);
  if (block == 0) return 0;
  memory.fill(block, 0, <u32> total);
  for (let byte: u32 = 0; byte < 256; byte++) {
    const slot = MASKS + (byte << 2);
    const place = load<u32>(slot);
    if (place != 0) store<u32>(slot, block + (place - 1) * (words << 3));
  }
  for (let j: u32 = 0; j < bLength; j++) {
    const mask = load<u32>(MASKS + (<u32> load<u8>(b + j) << 2));
    if (mask == 0) continue;
    const word = mask + (j >> 6 << 3);
    store<u64>(word, load<u64>(word) | <u64> 1 << <u64> (j & 63));
  }
  return block;
}

/** One row from the one before, in `row`: row = (row + used) | (row - used). */
function nextRow(row: u32, mask: u32, words: u32): void {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < words; i++) {
    const before = load<u64>(row + (i << 3));
    const used = before & load<u64>(mask + (i << 3));
    const partial = before + used;
    const sum = partial + carry;
    carry = <u64> (partial < before) | <u64> (sum < partial);
    store<u64>(row + (i << 3), sum | before - used);
  }
}

/** Zero bits among the first `bits` of a row. */
function countZeros(row: u32, bits: u32): u32 {
  let zeros: u32 = 0;
  let i: u32 = 0;
  for (; bits - i >= 64; i += 64) {
    zeros += 64 - <u32> popcnt(load<u64>(row + (i >> 3)));
  }
  const left = bits - i;
  if (left != 0) {
    const kept = load<u64>(row + (i >> 3)) & (<u64> 1 << <u64> left) - 1;
    zeros += left - <u32> popcnt(kept);
  }
  return zeros;
}

/** Fills the state's table with the help of one working row. */
function fill(state: u32, row: u32, words: u32): void {
  const a = load<u32>(state);
  const aLength = load<u32>(state, 4);
  const bLength = load<u32>(state, 12);
  const rows = load<u32>(state, 16);
  const rowBytes = load<u32>(state, 20);
  memory.fill(row, 255, words << 3);
  for (let i: u32 = 0; i < aLength; i++) {
    const mask = load<u32>(MASKS + (<u32> load<u8>(a + i) << 2));
    nextRow(row, mask, words);
    bytesCopy(rows + i * rowBytes, row, rowBytes);
  }
  store<u32>(state, countZeros(row, bLength), 24);
}

/**
 * Compares two strings, which must stay where they are until `lcsFree`.
 * Returns the handle of the comparison, 0 when memory runs out.
 */
export function lcsRun(a: u32, aLength: u32, b: u32, bLength: u32): u32 {
  const rowBytes = (bLength >> 3) + u32((bLength & 7) != 0);
  const total = <u64> aLength * <u64> rowBytes;
  if (total > 0xfff00000) return 0;
  const words = (bLength >> 6) + 1;
  const masks = buildMasks(a, aLength, b, bLength);
  const row = masks == 0 ? 0 : alloc(words << 3);
  const rows = row == 0 ? 0 : alloc(<u32> total);
  const state = rows == 0 ? 0 : alloc(LCS_STATE_BYTES);
  if (state != 0) {
    store<u32>(state, a);
    store<u32>(state, aLength, 4);
    store<u32>(state, b, 8);
    store<u32>(state, bLength, 12);
    store<u32>(state, rows, 16);
    store<u32>(state, rowBytes, 20);
    store<u32>(state, aLength, 28);
    store<u32>(state, bLength, 32);
    fill(state, row, words);
  } else if (rows != 0) {
    free(rows);
  }
  free(row);
  free(masks);
  return state;
}

/** Gives a comparison's memory back. */
export function lcsFree(state: u32): void {
  free(load<u32>(state, 16));
  free(state);
}

/** Length of the longest common subsequence. */
export function lcsLength(state: u32): u32 {
  return load<u32>(state, 24);
}

/** Whether the path leaves cell (i, j) upwards, where the bytes differ. */
// @ts-ignore: decorator
@inline
function goesUp(state: u32, i: u32, j: u32): bool {
  const at = load<u32>(state, 16) + (i - 1) * load<u32>(state, 20) +
    (j - 1 >> 3);
  return (<u32> load<u8>(at) >> (j - 1 & 7) & 1) == 0;
}

/** Writes the subsequence, `lcsLength` bytes, at `target`. */
export function lcsWrite(state: u32, target: u32): void {
  const a = load<u32>(state);
  const b = load<u32>(state, 8);
  let i = load<u32>(state, 4);
  let j = load<u32>(state, 12);
  let left = load<u32>(state, 24);
  while (i != 0 && j != 0) {
    const byte = load<u8>(a + i - 1);
    if (byte == load<u8>(b + j - 1)) {
      left--;
      store<u8>(target + left, byte);
      i--;
      j--;
    } else if (goesUp(state, i, j)) {
      i--;
    } else {
      j--;
    }
  }
}

/**
 * Steps to the next matching range of at least `lengthMin` bytes, from the end
 * of the strings to their start; false when there is none left. The range is
 * in lcsAStart, lcsAEnd, lcsBStart, lcsBEnd (inclusive, as LCS IDX replies).
 */
export function lcsNextRange(state: u32, lengthMin: u32): bool {
  const a = load<u32>(state);
  const b = load<u32>(state, 8);
  let i = load<u32>(state, 28);
  let j = load<u32>(state, 32);
  let found = false;
  while (!found && i != 0 && j != 0) {
    let run: u32 = 0;
    while (
      i > run && j > run && load<u8>(a + i - 1 - run) ==
        load<u8>(b + j - 1 - run)
    ) run++;
    if (run == 0) {
      if (goesUp(state, i, j)) i--;
      else j--;
      continue;
    }
    aEnd = i - 1;
    bEnd = j - 1;
    i -= run;
    j -= run;
    aStart = i;
    bStart = j;
    found = run >= lengthMin;
  }
  store<u32>(state, i, 28);
  store<u32>(state, j, 32);
  return found;
}

/** First index of the range in the first string. */
export function lcsAStart(): u32 {
  return aStart;
}

/** Last index of the range in the first string. */
export function lcsAEnd(): u32 {
  return aEnd;
}

/** First index of the range in the second string. */
export function lcsBStart(): u32 {
  return bStart;
}

/** Last index of the range in the second string. */
export function lcsBEnd(): u32 {
  return bEnd;
}
