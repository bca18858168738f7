/**
 * Writing elements of a listpack into room that is there already, so that an
 * entry of many elements is appended in one piece. The format is Redis's:
 * encoding, data, and the length of both, to be read backwards.
 */
import { bytesCopy } from "../../base/bytes";
import { parsedI64, parseI64 } from "../../base/number";

/** Longer text is no 64-bit integer. */
const INTEGER_TEXT_BYTES_MAX: u32 = 20;

/** Bytes of a length that is to be read backwards. */
function backBytes(length: u32): u32 {
  if (length < 128) return 1;
  if (length < 16383) return 2;
  if (length < 2097151) return 3;
  return length < 268435455 ? 4 : 5;
}

/** Writes it; returns where the next element goes. */
function putBack(at: u32, length: u32): u32 {
  const bytes = backBytes(length);
  for (let i = bytes; i > 0; i--) {
    const more: u32 = i > 1 ? 128 : 0;
    store<u8>(at + i - 1, <u8>(length & 127 | more));
    length >>= 7;
  }
  return at + bytes;
}

// @ts-ignore: decorator
@inline
function integerData(value: i64): u32 {
  if (<u64>value < 128) return 1;
  if (value >= -4096 && value < 4096) return 2;
  if (value >= -32768 && value < 32768) return 3;
  if (value >= -8388608 && value < 8388608) return 4;
  return value >= -2147483648 && value < 2147483648 ? 5 : 9;
}

/** Bytes an integer takes. */
// @ts-ignore: decorator
@inline
export function integerBytes(value: i64): u32 {
  return integerData(value) + 1;
}

/** Writes an integer; returns where the next element goes. */
export function putInteger(at: u32, value: i64): u32 {
  const bytes = integerData(value);
  switch (bytes) {
    case 1:
      store<u8>(at, <u8>value);
      break;
    case 2:
      store<u8>(at, <u8>(0xc0 | <u32>(value >> 8) & 0x1f));
      store<u8>(at, <u8>value, 1);
      break;
    case 3:
      store<u8>(at, 0xf1);
      store<u16>(at, <u16>value, 1);
      break;
    case 4:
      store<u8>(at, 0xf2);
      store<u16>(at, <u16>value, 1);
      store<u8>(at, <u8>(value >> 16), 3);
      break;
    case 5:
      store<u8>(at, 0xf3);
      store<u32>(at, <u32>value, 1);
      break;
    default:
      store<u8>(at, 0xf4);
      store<u64>(at, <u64>value, 1);
  }
  store<u8>(at + bytes, <u8>bytes);
  return at + bytes + 1;
}

// @ts-ignore: decorator
@inline
function isInteger(ptr: u32, length: u32): bool {
  return length <= INTEGER_TEXT_BYTES_MAX && parseI64(ptr, length);
}

// @ts-ignore: decorator
@inline
function textHeader(length: u32): u32 {
  return length < 64 ? 1 : length < 4096 ? 2 : 5;
}

/** Bytes a text takes; digits become an integer. */
export function textBytes(ptr: u32, length: u32): u32 {
  if (isInteger(ptr, length)) return integerBytes(parsedI64());
  const bytes = textHeader(length) + length;
  return bytes + backBytes(bytes);
}

/** Writes a text; returns where the next element goes. */
export function putText(at: u32, ptr: u32, length: u32): u32 {
  if (isInteger(ptr, length)) return putInteger(at, parsedI64());
  const header = textHeader(length);
  if (header == 1) store<u8>(at, <u8>(0x80 | length));
  else if (header == 2) {
    store<u8>(at, <u8>(0xe0 | length >> 8));
    store<u8>(at, <u8>length, 1);
  } else {
    store<u8>(at, 0xf0);
    store<u32>(at, length, 1);
  }
  bytesCopy(at + header, ptr, length);
  return putBack(at + header + length, header + length);
}
