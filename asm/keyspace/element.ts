/**
 * What a dict may hold: entries of the key space, and elements of collections.
 * All have a key; where it stands depends on the kind.
 *
 *   KIND_MEMBER (set)           key header, bytes
 *   KIND_SCORED (sorted set)    f64 score, key header, bytes
 *   KIND_FIELD  (hash)          see types/hash
 *
 *   key header: u8 length, or 0xff and a u32 length if that is 255 or more
 */
import { fieldKey, fieldKeyLength } from "../types/hash/mod";
import { entryKey, entryKeyLength } from "./entry";

/** Elements are entries of the key space (entry.ts). */
export const KIND_ENTRY: u32 = 0;
export const KIND_MEMBER: u32 = 1;
export const KIND_SCORED: u32 = 2;
export const KIND_FIELD: u32 = 3;

const LONG_KEY: u32 = 255;

/** Bytes of the header of a key of this length. */
// @ts-ignore: decorator
@inline
export function memberHeaderBytes(length: u32): u32 {
  return length < LONG_KEY ? 1 : 5;
}

/** Length of the key whose header is at `header`. */
// @ts-ignore: decorator
@inline
export function memberKeyLength(header: u32): u32 {
  const length = <u32>load<u8>(header);
  return length < LONG_KEY ? length : load<u32>(header, 1);
}

/** The key whose header is at `header`. */
// @ts-ignore: decorator
@inline
export function memberKey(header: u32): u32 {
  return header + (<u32>load<u8>(header) < LONG_KEY ? 1 : 5);
}

/** Writes header and key; returns the address behind them. */
// @ts-ignore: decorator
@inline
export function memberWrite(header: u32, ptr: u32, length: u32): u32 {
  let key = header + 1;
  if (length < LONG_KEY) store<u8>(header, <u8>length);
  else {
    store<u8>(header, <u8>LONG_KEY);
    store<u32>(header, length, 1);
    key = header + 5;
  }
  memory.copy(key, ptr, length);
  return key + length;
}

/** The key of an element. */
// @ts-ignore: decorator
@inline
export function elementKey(kind: u32, element: u32): u32 {
  if (kind == KIND_ENTRY) return entryKey(element);
  if (kind == KIND_FIELD) return fieldKey(element);
  return memberKey(kind == KIND_SCORED ? element + 8 : element);
}

/** The length of an element's key. */
// @ts-ignore: decorator
@inline
export function elementKeyLength(kind: u32, element: u32): u32 {
  if (kind == KIND_ENTRY) return entryKeyLength(element);
  if (kind == KIND_FIELD) return fieldKeyLength(element);
  return memberKeyLength(kind == KIND_SCORED ? element + 8 : element);
}
