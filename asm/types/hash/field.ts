/**
 * A field of a large hash, in one block of its own:
 *
 *   +0  u8   flags   FIELD_VOLATILE: the field has an expiry
 *       u32  place   in the hash's heap of expiries; only when FIELD_VOLATILE
 *       key header, field            (keyspace/element.ts)
 *       the same for the value
 *
 * A field of 12 bytes with a value of 10 takes a block of 32 bytes. Owner: the
 * dict of its hash.
 */
import { undoAlloc } from "../../keyspace/undo";
import {
  memberHeaderBytes,
  memberKey,
  memberKeyLength,
  memberWrite,
} from "../../keyspace/element";

export const FIELD_VOLATILE: u32 = 1;

/** Larger blocks do not exist. */
const FIELD_BYTES_MAX: u64 = 0xffe00000;

// @ts-ignore: decorator
@inline
export function fieldIsVolatile(element: u32): bool {
  return (<u32>load<u8>(element) & FIELD_VOLATILE) != 0;
}

/** Where the header of the field's name stands. */
// @ts-ignore: decorator
@inline
function nameHeader(element: u32): u32 {
  return element + 1 + ((<u32>load<u8>(element) & FIELD_VOLATILE) << 2);
}

/** The field name of an element. */
// @ts-ignore: decorator
@inline
export function fieldKey(element: u32): u32 {
  return memberKey(nameHeader(element));
}

/** Its length in bytes. */
// @ts-ignore: decorator
@inline
export function fieldKeyLength(element: u32): u32 {
  return memberKeyLength(nameHeader(element));
}

/** Where the header of the value stands: `memberKey` and its kind read it. */
// @ts-ignore: decorator
@inline
export function fieldValue(element: u32): u32 {
  const header = nameHeader(element);
  return memberKey(header) + memberKeyLength(header);
}

/** Place in the heap of expiries; only where the field is volatile. */
// @ts-ignore: decorator
@inline
export function fieldPlace(element: u32): u32 {
  return load<u32>(element, 1);
}

/** Bytes of the block of a field of this shape. */
// @ts-ignore: decorator
@inline
export function fieldBytes(
  nameLength: u32,
  valueLength: u32,
  flags: u32,
): u64 {
  return <u64>(1 + ((flags & FIELD_VOLATILE) << 2)) +
    <u64>memberHeaderBytes(nameLength) + <u64>nameLength +
    <u64>memberHeaderBytes(valueLength) + <u64>valueLength;
}

/** A new element, its place in the heap yet to be written; 0 when out of memory. */
export function fieldNew(
  name: u32,
  nameLength: u32,
  value: u32,
  valueLength: u32,
  flags: u32,
): u32 {
  const bytes = fieldBytes(nameLength, valueLength, flags);
  if (bytes > FIELD_BYTES_MAX) return 0;
  const element = undoAlloc(<u32>bytes);
  if (element == 0) return 0;
  store<u8>(element, <u8>flags);
  const header = memberWrite(nameHeader(element), name, nameLength);
  memberWrite(header, value, valueLength);
  return element;
}

/** Bytes that the element uses of its block. */
export function fieldUsedBytes(element: u32): u32 {
  const value = fieldValue(element);
  return memberKey(value) + memberKeyLength(value) - element;
}
