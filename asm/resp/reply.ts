/**
 * Replies in RESP2 or RESP3, written to the current output.
 *
 * Sources: the RESP2 and RESP3 specifications (redis.io, antirez/RESP3), and
 * the bytes redis-server 7.0 sends. Types that RESP2 lacks are sent as Redis
 * sends them there: maps as arrays of twice the length, sets and pushes as
 * arrays, booleans as 1 and 0, doubles, big numbers and verbatim strings as
 * bulk strings.
 */
import { bytesCopy } from "../base/bytes";
import { F64_TEXT_BYTES_MAX, writeF64 } from "../base/float_print";
import { digitCount, writeI64, writeU64 } from "../base/number";
import {
  advance,
  cursor,
  deferHeader,
  fillHeader,
  outputLiteral,
  reserve,
} from "./output";

/** A prefix, 20 digits, a line end: more than any header takes. */
const HEADER_BYTES_MAX: u32 = 24;
/** Longer strings could never be held. */
const STRING_BYTES_MAX: u32 = 0xffe00000;

const CRLF: u16 = 0x0a0d;

/** Protocol of the current client, 2 or 3. */
export let replyProto: u32 = 2;

const SCRATCH: u32 = <u32> memory.data(64, 16);

/** Sets the protocol replies are written in, 2 or 3. */
export function replySetProtocol(version: u32): void {
  replyProto = version;
}

/** The protocol replies are written in. */
export function replyProtocol(): u32 {
  return replyProto;
}

// ------------------------------------------------------------------- headers

/** A prefix with a number of more than one digit at `target`. */
function writeHeader(target: u32, prefix: u32, value: u64): u32 {
  store<u8>(target, <u8> prefix);
  const length = 1 + writeU64(target + 1, value);
  store<u16>(target + length, CRLF);
  return length + 2;
}

/** A prefix, a number and a line end; the room must be there. */
// @ts-ignore: decorator
@inline
function putHeader(prefix: u32, value: u32): void {
  if (value < 10) {
    store<u32>(cursor, prefix | (48 + value) << 8 | 0x0a0d0000);
    advance(4);
  } else {
    advance(writeHeader(cursor, prefix, <u64> value));
  }
}

// @ts-ignore: decorator
@inline
function header(prefix: u32, value: u32): void {
  if (reserve(HEADER_BYTES_MAX)) putHeader(prefix, value);
}

// @ts-ignore: decorator
@inline
function putCrlf(): void {
  store<u16>(cursor, CRLF);
  advance(2);
}

/** Four bytes, the first one lowest. */
// @ts-ignore: decorator
@inline
function four(bytes: u32): void {
  if (!reserve(4)) return;
  store<u32>(cursor, bytes);
  advance(4);
}

/** Five bytes, the first one lowest. */
// @ts-ignore: decorator
@inline
function five(bytes: u64): void {
  if (!reserve(8)) return;
  store<u64>(cursor, bytes);
  advance(5);
}

/** Makes room for a string and `extra` bytes around it, without wrapping. */
// @ts-ignore: decorator
@inline
function reserveString(length: u32, extra: u32): bool {
  return reserve(length > STRING_BYTES_MAX ? 0xffffffff : length + extra);
}

/** A prefix, bytes and a line end. */
function line(prefix: u32, ptr: u32, length: u32): void {
  if (!reserveString(length, 3)) return;
  store<u8>(cursor, <u8> prefix);
  bytesCopy(cursor + 1, ptr, length);
  advance(length + 1);
  putCrlf();
}

/** A line in which CR and LF become blanks, those at its end nothing. */
function safeLine(prefix: u32, ptr: u32, length: u32): void {
  while (length != 0) {
    const last = load<u8>(ptr + length - 1);
    if (last != 13 && last != 10) break;
    length--;
  }
  if (!reserveString(length, 3)) return;
  store<u8>(cursor, <u8> prefix);
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(ptr + i);
    store<u8>(cursor + 1 + i, byte == 13 || byte == 10 ? 32 : byte);
  }
  advance(length + 1);
  putCrlf();
}

/** A prefix with the length, bytes and a line end. */
function blob(prefix: u32, ptr: u32, length: u32): void {
  if (!reserveString(length, HEADER_BYTES_MAX)) return;
  putHeader(prefix, length);
  bytesCopy(cursor, ptr, length);
  advance(length);
  putCrlf();
}

// ------------------------------------------------------- strings and numbers

/** `+OK` */
export function replyOk(): void {
  five(0x0a0d4b4f2b);
}

/** `+PONG` */
export function replyPong(): void {
  if (!reserve(8)) return;
  store<u64>(cursor, 0x0a0d474e4f502b);
  advance(7);
}

/** `+QUEUED` */
export function replyQueued(): void {
  outputLiteral("+QUEUED\r\n");
}

/** A simple string; CR and LF in it become blanks. */
export function replySimple(ptr: u32, length: u32): void {
  safeLine(0x2b, ptr, length);
}

/** An error; the text begins with its code (`ERR …`) and no `-`. */
export function replyError(ptr: u32, length: u32): void {
  safeLine(0x2d, ptr, length);
}

/** An integer. */
export function replyInteger(value: i64): void {
  if (<u64> value < 10) {
    four(0x0a0d303a + (<u32> value << 8));
    return;
  }
  if (!reserve(HEADER_BYTES_MAX)) return;
  store<u8>(cursor, 0x3a);
  advance(1 + writeI64(cursor + 1, value));
  putCrlf();
}

/** An integer that comes as a double, which must be whole. */
export function replyIntegerF64(value: f64): void {
  replyInteger(<i64> value);
}

/** A bulk string. */
export function replyBulk(ptr: u32, length: u32): void {
  blob(0x24, ptr, length);
}

/**
 * The header of a bulk string of which the caller appends `length` bytes and
 * a line end (`outputAppend`, `replyCrlf`).
 */
export function replyBulkHeader(length: u32): void {
  header(0x24, length);
}

/** A line end. */
export function replyCrlf(): void {
  if (reserve(2)) putCrlf();
}

/** An integer as a bulk string. */
export function replyBulkI64(value: i64): void {
  if (!reserve(2 * HEADER_BYTES_MAX)) return;
  const negative = <u32> (value < 0);
  const digits = digitCount(value < 0 ? 0 - <u64> value : <u64> value);
  putHeader(0x24, digits + negative);
  advance(writeI64(cursor, value));
  putCrlf();
}

/** A null: `$-1`, or RESP3's `_`. */
export function replyNull(): void {
  if (replyProto == 2) return five(0x0a0d312d24);
  if (!reserve(4)) return;
  store<u32>(cursor, 0x0a0d5f);
  advance(3);
}

/** A null array: `*-1`, or RESP3's `_`. */
export function replyNullArray(): void {
  if (replyProto == 2) five(0x0a0d312d2a);
  else replyNull();
}

/** A boolean: `:1` and `:0`, or `#t` and `#f`. */
export function replyBoolean(value: bool): void {
  if (replyProto == 2) four(0x0a0d303a + (<u32> value << 8));
  else four(value ? 0x0a0d7423 : 0x0a0d6623);
}

/** A double as `%.17g`: a bulk string, or RESP3's `,`. */
export function replyDouble(value: f64): void {
  if (!reserve(F64_TEXT_BYTES_MAX + HEADER_BYTES_MAX)) return;
  if (replyProto == 2) {
    const length = writeF64(SCRATCH, value);
    blob(0x24, SCRATCH, length);
    return;
  }
  store<u8>(cursor, 0x2c);
  advance(1 + writeF64(cursor + 1, value));
  putCrlf();
}

/** A number of any length given as its digits: a bulk string, or `(`. */
export function replyBigNumber(ptr: u32, length: u32): void {
  if (replyProto == 2) blob(0x24, ptr, length);
  else line(0x28, ptr, length);
}

/**
 * Text with its format, three characters of which the first is the lowest
 * byte ("txt" is 0x747874): a bulk string, or RESP3's `=`.
 */
export function replyVerbatim(format: u32, ptr: u32, length: u32): void {
  if (replyProto == 2) return blob(0x24, ptr, length);
  if (!reserveString(length, HEADER_BYTES_MAX + 4)) return;
  putHeader(0x3d, length + 4);
  store<u32>(cursor, format & 0xffffff | 0x3a000000);
  bytesCopy(cursor + 4, ptr, length);
  advance(length + 4);
  putCrlf();
}

/** An error of any bytes: RESP3's `!`; in RESP2 a plain error. */
export function replyBulkError(ptr: u32, length: u32): void {
  if (replyProto == 2) safeLine(0x2d, ptr, length);
  else blob(0x21, ptr, length);
}

// ---------------------------------------------------------------- aggregates

/** An array of `count` elements, which follow. */
export function replyArray(count: u32): void {
  header(0x2a, count);
}

/** A map of `count` pairs, which follow. */
export function replyMap(count: u32): void {
  if (replyProto == 2) wideHeader(0x2a, <u64> count << 1);
  else header(0x25, count);
}

function wideHeader(prefix: u32, value: u64): void {
  if (value >> 32 == 0) header(prefix, <u32> value);
  else if (reserve(HEADER_BYTES_MAX)) {
    advance(writeHeader(cursor, prefix, value));
  }
}

/** A set of `count` elements, which follow. */
export function replySet(count: u32): void {
  header(replyProto == 2 ? 0x2a : 0x7e, count);
}

/** A push of `count` elements, which follow. */
export function replyPush(count: u32): void {
  header(replyProto == 2 ? 0x2a : 0x3e, count);
}

/**
 * An attribute of `count` pairs, which follow, and then the reply they are
 * about. False in RESP2, which has none: nothing is written, the pairs must
 * be left out.
 */
export function replyAttribute(count: u32): bool {
  if (replyProto == 2) return false;
  header(0x7c, count);
  return true;
}

// ------------------------------------------------- lengths not known in front

/**
 * Begins an aggregate whose length comes later. The handle is for one of the
 * functions below; of several, the last one made must be filled first.
 */
export function replyDeferred(): u32 {
  return deferHeader();
}

function fillDeferred(handle: u32, prefix: u32, value: u64): void {
  fillHeader(handle, SCRATCH, writeHeader(SCRATCH, prefix, value));
}

/** The aggregate was an array of `count` elements. */
export function replyDeferredArray(handle: u32, count: u32): void {
  fillDeferred(handle, 0x2a, <u64> count);
}

/** The aggregate was a map of `count` pairs. */
export function replyDeferredMap(handle: u32, count: u32): void {
  if (replyProto == 2) fillDeferred(handle, 0x2a, <u64> count << 1);
  else fillDeferred(handle, 0x25, <u64> count);
}

/** The aggregate was a set of `count` elements. */
export function replyDeferredSet(handle: u32, count: u32): void {
  fillDeferred(handle, replyProto == 2 ? 0x2a : 0x7e, <u64> count);
}

/** The aggregate was a push of `count` elements. */
export function replyDeferredPush(handle: u32, count: u32): void {
  fillDeferred(handle, replyProto == 2 ? 0x2a : 0x3e, <u64> count);
}

// ------------------------------------------------------------ streams (RESP3)

/** `<prefix>?`; false in RESP2, which has no streams: nothing is written. */
function streamStart(prefix: u32): bool {
  if (replyProto == 2) return false;
  four(prefix | 0x0a0d3f00);
  return true;
}

/** Begins an array of unknown length; false (and nothing) in RESP2. */
export function replyStreamArray(): bool {
  return streamStart(0x2a);
}

/** Begins a map of unknown length; false (and nothing) in RESP2. */
export function replyStreamMap(): bool {
  return streamStart(0x25);
}

/** Begins a set of unknown length; false (and nothing) in RESP2. */
export function replyStreamSet(): bool {
  return streamStart(0x7e);
}

/** Ends a streamed array, map or set. */
export function replyStreamEnd(): void {
  if (replyProto == 2 || !reserve(4)) return;
  store<u32>(cursor, 0x0a0d2e);
  advance(3);
}

/** Begins a string of unknown length; false (and nothing) in RESP2. */
export function replyStreamString(): bool {
  return streamStart(0x24);
}

/** A part of a streamed string; an empty one would end it and is left out. */
export function replyStreamChunk(ptr: u32, length: u32): void {
  if (replyProto != 2 && length != 0) blob(0x3b, ptr, length);
}

/** Ends a streamed string. */
export function replyStreamStringEnd(): void {
  if (replyProto != 2) four(0x0a0d303b);
}
