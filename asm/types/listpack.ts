/**
 * Listpacks, byte for byte as Redis keeps and stores them (listpack.md, by
 * Salvatore Sanfilippo): small collections in one block.
 *
 *   +0  u32  bytes of the whole listpack
 *   +4  u16  elements, 65535: that many or more, to be counted
 *   +6  elements
 *       u8   0xff, the end
 *
 *   element: encoding and data, then their length, readable backwards
 *
 *   0xxxxxxx            7-bit unsigned integer
 *   10xxxxxx            string of up to 63 bytes
 *   110xxxxx yyyyyyyy   13-bit signed integer
 *   1110xxxx yyyyyyyy   string of up to 4095 bytes
 *   11110000 u32        string
 *   11110001 i16, 11110010 i24, 11110011 i32, 11110100 i64
 *
 * Elements are addressed by where they are. Whatever changes a listpack may
 * move it: the caller stores the address it returns. While an undo log is open,
 * a changed listpack is always a fresh block and the old one is kept, so that
 * the caller's `put32` of the address is all there is to undo; `undoReserve(2)`
 * must have succeeded.
 */
import { bytesEqual } from "../base/bytes";
import { resize, usableSize } from "../base/memory";
import { parsedI64, parseI64, writeI64 } from "../base/number";
import { undoAlloc, undoFree, undoOpen } from "../keyspace/undo";

export const LP_HEADER_BYTES: u32 = 6;
const END: u8 = 0xff;
const COUNT_UNKNOWN: u32 = 65535;
/** As Redis: a listpack may be no larger. */
export const LP_BYTES_MAX: u32 = 1 << 30;

const STRING_32: u32 = 0xf0;
const INT_16: u32 = 0xf1;
const INT_24: u32 = 0xf2;
const INT_32: u32 = 0xf3;
const INT_64: u32 = 0xf4;

/** What `lpGet` and `lpView` found. */
export let lpInt: i64 = 0;
export let lpPtr: u32 = 0;
export let lpLength: u32 = 0;
/** The element last inserted or replaced; after a deletion, the one that follows, or 0. */
export let lpPosition: u32 = 0;

/** Digits of an integer under view. */
const digits: u32 = <u32>memory.data(24);
/** Encoding, integer and length of the element being written. */
const scratch: u32 = <u32>memory.data(24);

// ------------------------------------------------------------------ reading

// @ts-ignore: decorator
@inline
export function lpBytes(lp: u32): u32 {
  return load<u32>(lp);
}

/** Elements; O(elements) from 65535 on. */
export function lpCount(lp: u32): u32 {
  const count = <u32>load<u16>(lp, 4);
  if (count != COUNT_UNKNOWN) return count;
  let counted: u32 = 0;
  let p = lp + LP_HEADER_BYTES;
  while (load<u8>(p) != END) {
    counted++;
    p += elementBytes(p);
  }
  if (counted < COUNT_UNKNOWN && !undoOpen) store<u16>(lp, <u16>counted, 4);
  return counted;
}

/** Bytes of encoding and data of an element. */
function encodedBytes(p: u32): u32 {
  const mark = <u32>load<u8>(p);
  if (mark < 0x80) return 1;
  if (mark < 0xc0) return 1 + (mark & 63);
  if (mark < 0xe0) return 2;
  if (mark < 0xf0) return 2 + ((mark & 15) << 8 | <u32>load<u8>(p, 1));
  if (mark == STRING_32) return 5 + load<u32>(p, 1);
  if (mark == INT_16) return 3;
  if (mark == INT_24) return 4;
  if (mark == INT_32) return 5;
  if (mark == INT_64) return 9;
  return 1;
}

/** Bytes the length behind encoding and data takes. */
// @ts-ignore: decorator
@inline
function backBytes(length: u32): u32 {
  if (length <= 127) return 1;
  if (length < 16383) return 2;
  if (length < 2097151) return 3;
  if (length < 268435455) return 4;
  return 5;
}

/** Bytes of an element with all that belongs to it. */
// @ts-ignore: decorator
@inline
export function elementBytes(p: u32): u32 {
  const bytes = encodedBytes(p);
  return bytes + backBytes(bytes);
}

/** The first element, 0 if there is none. */
// @ts-ignore: decorator
@inline
export function lpFirst(lp: u32): u32 {
  const p = lp + LP_HEADER_BYTES;
  return load<u8>(p) == END ? 0 : p;
}

/** The element behind `p`, 0 if that is the last. */
// @ts-ignore: decorator
@inline
export function lpNext(lp: u32, p: u32): u32 {
  const next = p + elementBytes(p);
  return load<u8>(next) == END ? 0 : next;
}

/** The element that ends at `end`. */
function before(end: u32): u32 {
  let at = end - 1;
  let length: u32 = 0;
  let shift: u32 = 0;
  while (true) {
    const byte = <u32>load<u8>(at);
    length |= (byte & 127) << shift;
    if (byte < 128) break;
    shift += 7;
    at--;
  }
  return at - length;
}

/** The last element, 0 if there is none. */
export function lpLast(lp: u32): u32 {
  const end = lp + lpBytes(lp) - 1;
  return end == lp + LP_HEADER_BYTES ? 0 : before(end);
}

/** The element in front of `p`, 0 if that is the first. */
// @ts-ignore: decorator
@inline
export function lpPrev(lp: u32, p: u32): u32 {
  return p == lp + LP_HEADER_BYTES ? 0 : before(p);
}

/** The element of this index, from the end if negative; 0 if there is none. */
export function lpSeek(lp: u32, index: i32): u32 {
  const count = <u32>load<u16>(lp, 4);
  if (count != COUNT_UNKNOWN) {
    if (index < 0) index += <i32>count;
    if (index < 0 || <u32>index >= count) return 0;
    if (<u32>index > count >> 1) index -= <i32>count;
  }
  if (index >= 0) {
    let p = lpFirst(lp);
    while (index > 0 && p != 0) {
      p = lpNext(lp, p);
      index--;
    }
    return p;
  }
  let p = lpLast(lp);
  while (index < -1 && p != 0) {
    p = lpPrev(lp, p);
    index++;
  }
  return p;
}

/**
 * Reads an element: true, and `lpInt`, if it is an integer, else false, and
 * its bytes at `lpPtr`, `lpLength`.
 */
export function lpGet(p: u32): bool {
  const mark = <u32>load<u8>(p);
  if (mark < 0x80) {
    lpInt = <i64>mark;
    return true;
  }
  if (mark < 0xc0) {
    lpPtr = p + 1;
    lpLength = mark & 63;
    return false;
  }
  if (mark < 0xe0) {
    const value = (mark & 31) << 8 | <u32>load<u8>(p, 1);
    lpInt = <i64>(<i32>(value << 19) >> 19);
    return true;
  }
  if (mark < 0xf0) {
    lpPtr = p + 2;
    lpLength = (mark & 15) << 8 | <u32>load<u8>(p, 1);
    return false;
  }
  if (mark == STRING_32) {
    lpPtr = p + 5;
    lpLength = load<u32>(p, 1);
    return false;
  }
  if (mark == INT_16) lpInt = <i64>load<i16>(p, 1);
  else if (mark == INT_24) {
    const value = <u32>load<u16>(p, 1) | <u32>load<u8>(p, 3) << 16;
    lpInt = <i64>(<i32>(value << 8) >> 8);
  } else if (mark == INT_32) lpInt = <i64>load<i32>(p, 1);
  else lpInt = load<i64>(p, 1);
  return true;
}

/** Makes an element readable as text at `lpPtr`, `lpLength`, until the next view. */
export function lpView(p: u32): void {
  if (!lpGet(p)) return;
  lpPtr = digits;
  lpLength = writeI64(digits, lpInt);
}

/** Whether an element is this text. */
export function lpEquals(p: u32, ptr: u32, length: u32): bool {
  if (lpGet(p)) {
    return length <= 20 && parseI64(ptr, length) && parsedI64() == lpInt;
  }
  return lpLength == length && bytesEqual(lpPtr, ptr, length);
}

/**
 * The first element from `p` on that is this text, 0 if none is; `skip`
 * elements are passed over after each one that is looked at.
 */
export function lpFind(
  lp: u32,
  p: u32,
  ptr: u32,
  length: u32,
  skip: u32,
): u32 {
  const isInteger = length <= 20 && parseI64(ptr, length);
  const integer = parsedI64();
  while (p != 0) {
    if (lpGet(p)) {
      if (isInteger && lpInt == integer) return p;
    } else if (
      !isInteger && lpLength == length && bytesEqual(lpPtr, ptr, length)
    ) return p;
    p = lpNext(lp, p);
    for (let i = skip; i > 0 && p != 0; i--) p = lpNext(lp, p);
  }
  return 0;
}

// ------------------------------------------------------------------ writing

/** Encodes an integer into `scratch`; returns its bytes. */
function encodeInt(value: i64): u32 {
  if (value >= 0 && value <= 127) {
    store<u8>(scratch, <u8>value);
    return 1;
  }
  if (value >= -4096 && value <= 4095) {
    const word = <u32>value & 0x1fff;
    store<u8>(scratch, <u8>(0xc0 | word >> 8));
    store<u8>(scratch, <u8>word, 1);
    return 2;
  }
  store<i64>(scratch, value, 1);
  if (value >= -32768 && value <= 32767) {
    store<u8>(scratch, <u8>INT_16);
    return 3;
  }
  if (value >= -8388608 && value <= 8388607) {
    store<u8>(scratch, <u8>INT_24);
    return 4;
  }
  if (value >= -2147483648 && value <= 2147483647) {
    store<u8>(scratch, <u8>INT_32);
    return 5;
  }
  store<u8>(scratch, <u8>INT_64);
  return 9;
}

/** Writes the head of a string into `scratch`; returns the head's bytes. */
function encodeHead(length: u32): u32 {
  if (length < 64) {
    store<u8>(scratch, <u8>(0x80 | length));
    return 1;
  }
  if (length < 4096) {
    store<u8>(scratch, <u8>(0xe0 | length >> 8));
    store<u8>(scratch, <u8>length, 1);
    return 2;
  }
  store<u8>(scratch, <u8>STRING_32);
  store<u32>(scratch, length, 1);
  return 5;
}

/** Writes the length of encoding and data behind them. */
function writeBack(at: u32, length: u32): void {
  const bytes = backBytes(length);
  for (let i = bytes; i > 0; i--) {
    const mark: u32 = i == 1 ? 0 : 128;
    store<u8>(at + i - 1, <u8>(length & 127 | mark));
    length >>= 7;
  }
}

/** Bytes an element of this text would take. */
export function lpEncodedBytes(ptr: u32, length: u32): u32 {
  const bytes = length <= 20 && parseI64(ptr, length)
    ? encodeInt(parsedI64())
    : encodeHead(length) + length;
  return bytes + backBytes(bytes);
}

/** An empty listpack; 0 when out of memory. */
export function lpNew(): u32 {
  const lp = undoAlloc(LP_HEADER_BYTES + 1);
  if (lp == 0) return 0;
  store<u32>(lp, LP_HEADER_BYTES + 1);
  store<u16>(lp, 0, 4);
  store<u8>(lp, END, LP_HEADER_BYTES);
  return lp;
}

/** A copy; 0 when out of memory. */
export function lpCopy(lp: u32): u32 {
  const copy = undoAlloc(lpBytes(lp));
  if (copy != 0) memory.copy(copy, lp, lpBytes(lp));
  return copy;
}

/** Frees a listpack; while the log is open, when it is committed. */
export function lpFree(lp: u32): void {
  undoFree(lp);
}

/**
 * The listpack with `removed` bytes at `offset` replaced by `inserted` bytes
 * yet to be written; 0 when out of memory, nothing changed.
 */
function splice(lp: u32, offset: u32, removed: u32, inserted: u32): u32 {
  const bytes = lpBytes(lp);
  if (<u64>bytes - <u64>removed + <u64>inserted > <u64>LP_BYTES_MAX) return 0;
  const after = bytes - removed + inserted;
  const tail = bytes - offset - removed;
  if (undoOpen) {
    const fresh = undoAlloc(after);
    if (fresh == 0) return 0;
    memory.copy(fresh, lp, offset);
    memory.copy(fresh + offset + inserted, lp + offset + removed, tail);
    store<u32>(fresh, after);
    undoFree(lp);
    return fresh;
  }
  let block = lp;
  if (after > usableSize(lp)) {
    block = resize(lp, after);
    if (block == 0) return 0;
  }
  memory.copy(block + offset + inserted, block + offset + removed, tail);
  store<u32>(block, after);
  if (after < bytes) {
    // A smaller block is a wish; without memory for the move it stays.
    const smaller = resize(block, after);
    if (smaller != 0) block = smaller;
  }
  return block;
}

// @ts-ignore: decorator
@inline
function addCount(lp: u32, change: i32): void {
  const count = <u32>load<u16>(lp, 4);
  if (count == COUNT_UNKNOWN) return;
  const now = <i32>count + change;
  store<u16>(lp, now >= <i32>COUNT_UNKNOWN ? <u16>COUNT_UNKNOWN : <u16>now, 4);
}

/** Puts encoding (`head` bytes of `scratch`) and data in place of `removed` bytes at `offset`. */
function write(
  lp: u32,
  offset: u32,
  removed: u32,
  head: u32,
  ptr: u32,
  length: u32,
  change: i32,
): u32 {
  const encoded = head + length;
  const after = splice(lp, offset, removed, encoded + backBytes(encoded));
  if (after == 0) return 0;
  const at = after + offset;
  memory.copy(at, scratch, head);
  memory.copy(at + head, ptr, length);
  writeBack(at + encoded, encoded);
  if (change != 0) addCount(after, change);
  lpPosition = at;
  return after;
}

function writeText(
  lp: u32,
  offset: u32,
  removed: u32,
  ptr: u32,
  length: u32,
  change: i32,
): u32 {
  if (length <= 20 && parseI64(ptr, length)) {
    return writeInt(lp, offset, removed, parsedI64(), change);
  }
  return write(lp, offset, removed, encodeHead(length), ptr, length, change);
}

function writeInt(
  lp: u32,
  offset: u32,
  removed: u32,
  value: i64,
  change: i32,
): u32 {
  return write(lp, offset, removed, encodeInt(value), 0, 0, change);
}

/**
 * Inserts text in front of an element. The text must not lie in the listpack.
 * Returns the listpack, or 0 when out of memory, nothing changed; so do all
 * below.
 */
export function lpInsertBefore(lp: u32, p: u32, ptr: u32, length: u32): u32 {
  return writeText(lp, p - lp, 0, ptr, length, 1);
}

export function lpInsertAfter(lp: u32, p: u32, ptr: u32, length: u32): u32 {
  return writeText(lp, p + elementBytes(p) - lp, 0, ptr, length, 1);
}

export function lpAppend(lp: u32, ptr: u32, length: u32): u32 {
  return writeText(lp, lpBytes(lp) - 1, 0, ptr, length, 1);
}

export function lpPrepend(lp: u32, ptr: u32, length: u32): u32 {
  return writeText(lp, LP_HEADER_BYTES, 0, ptr, length, 1);
}

export function lpReplace(lp: u32, p: u32, ptr: u32, length: u32): u32 {
  return writeText(lp, p - lp, elementBytes(p), ptr, length, 0);
}

export function lpAppendInt(lp: u32, value: i64): u32 {
  return writeInt(lp, lpBytes(lp) - 1, 0, value, 1);
}

export function lpInsertIntBefore(lp: u32, p: u32, value: i64): u32 {
  return writeInt(lp, p - lp, 0, value, 1);
}

export function lpReplaceInt(lp: u32, p: u32, value: i64): u32 {
  return writeInt(lp, p - lp, elementBytes(p), value, 0);
}

export function lpDelete(lp: u32, p: u32): u32 {
  return lpDeleteRange(lp, p, 1);
}

/** Deletes up to `count` elements from `p` on. */
export function lpDeleteRange(lp: u32, p: u32, count: u32): u32 {
  let end = p;
  let deleted: i32 = 0;
  while (<u32>deleted < count && load<u8>(end) != END) {
    end += elementBytes(end);
    deleted++;
  }
  const offset = p - lp;
  const after = splice(lp, offset, end - p, 0);
  if (after == 0) return 0;
  addCount(after, -deleted);
  lpPosition = load<u8>(after + offset) == END ? 0 : after + offset;
  return after;
}

/**
 * Whether `bytes` bytes are a listpack whose every element can be read; for
 * listpacks from elsewhere.
 */
export function lpValidate(lp: u32, bytes: u32): bool {
  if (bytes < LP_HEADER_BYTES + 1 || lpBytes(lp) != bytes) return false;
  const end = lp + bytes - 1;
  if (load<u8>(end) != END) return false;
  let p = lp + LP_HEADER_BYTES;
  let count: u32 = 0;
  while (p < end) {
    const mark = <u32>load<u8>(p);
    if (mark > INT_64) return false;
    // The head must be there before it is read.
    const head: u32 = mark == STRING_32 ? 5 : mark >= 0xc0 && mark < 0xf0 ? 2 : 1;
    if (end - p < head) return false;
    const encoded = encodedBytes(p);
    const left = end - p;
    if (encoded > left || left - encoded < backBytes(encoded)) return false;
    const next = p + encoded + backBytes(encoded);
    if (before(next) != p) return false;
    p = next;
    count++;
  }
  const stated = <u32>load<u16>(lp, 4);
  return p == end && (stated == COUNT_UNKNOWN || stated == count);
}

export function lpViewPtr(): u32 {
  return lpPtr;
}

export function lpViewLength(): u32 {
  return lpLength;
}
