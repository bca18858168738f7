/**
 * An entry: one key with its value, in one block.
 *
 *   +0  u32  meta   bits 0-3 type, 4-7 encoding, 8-31 LRU clock or LFU counter
 *   +4  u8   flags  ENTRY_* below
 *   +5  u8   key length (low byte only when ENTRY_LONG_KEY)
 *   +6  u16  inline value length (when ENTRY_INLINE)
 *   +8  [i64 expiry, milliseconds of Unix time] [u32 place in the expiry heap]
 *                                            when ENTRY_EXPIRES
 *       [u32 key length]                     when ENTRY_LONG_KEY
 *       key bytes
 *       value: 8 bytes i64                   encoding INT
 *              the bytes themselves          when ENTRY_INLINE
 *              u32 pointer, u32 length       a longer string
 *              u32 pointer, u32 of the type's own    any other type
 *
 * Owner: the dict of its database, or the undo log while one is open. A
 * 16-byte key with a 32-byte value takes 56 bytes.
 */
import { alloc, free, usableSize } from "../base/memory";
import { valueDrop, valueUsage } from "../types/value";

export const TYPE_STRING: u32 = 0;
export const TYPE_LIST: u32 = 1;
export const TYPE_SET: u32 = 2;
export const TYPE_ZSET: u32 = 3;
export const TYPE_HASH: u32 = 4;
export const TYPE_STREAM: u32 = 6;

export const ENCODING_RAW: u32 = 0;
export const ENCODING_INT: u32 = 1;
export const ENCODING_EMBSTR: u32 = 2;
export const ENCODING_LISTPACK: u32 = 3;
export const ENCODING_INTSET: u32 = 4;
export const ENCODING_HASHTABLE: u32 = 5;
export const ENCODING_SKIPLIST: u32 = 6;
export const ENCODING_QUICKLIST: u32 = 7;
export const ENCODING_STREAM: u32 = 8;
export const ENCODING_LISTPACK_EX: u32 = 9;

export const ENTRY_EXPIRES: u32 = 1;
export const ENTRY_LONG_KEY: u32 = 2;
export const ENTRY_INLINE: u32 = 4;

/** Longest value kept in the entry's own block. */
export const INLINE_VALUE_BYTES_MAX: u32 = 1024;
/** Longest string Redis reports as embstr. */
export const EMBSTR_BYTES_MAX: u32 = 44;

const HEADER_BYTES: u32 = 8;
const EXPIRY_BYTES: u32 = 12;

// @ts-ignore: decorator
@inline
export function entryType(entry: u32): u32 {
  return load<u32>(entry) & 15;
}

// @ts-ignore: decorator
@inline
export function entryEncoding(entry: u32): u32 {
  return load<u32>(entry) >> 4 & 15;
}

// @ts-ignore: decorator
@inline
export function entrySetEncoding(entry: u32, encoding: u32): void {
  store<u32>(entry, load<u32>(entry) & ~0xf0 | encoding << 4);
}

// @ts-ignore: decorator
@inline
export function entryFlags(entry: u32): u32 {
  return <u32>load<u8>(entry, 4);
}

// @ts-ignore: decorator
@inline
export function entryLru(entry: u32): u32 {
  return load<u32>(entry) >> 8;
}

// @ts-ignore: decorator
@inline
export function entrySetLru(entry: u32, lru: u32): void {
  store<u32>(entry, load<u32>(entry) & 0xff | lru << 8);
}

// @ts-ignore: decorator
@inline
function bodyBytes(flags: u32): u32 {
  return HEADER_BYTES + (flags & ENTRY_EXPIRES) * EXPIRY_BYTES;
}

// @ts-ignore: decorator
@inline
export function entryKey(entry: u32): u32 {
  const flags = entryFlags(entry);
  return entry + bodyBytes(flags) + ((flags & ENTRY_LONG_KEY) << 1);
}

// @ts-ignore: decorator
@inline
export function entryKeyLength(entry: u32): u32 {
  const flags = entryFlags(entry);
  if (flags & ENTRY_LONG_KEY) return load<u32>(entry + bodyBytes(flags));
  return <u32>load<u8>(entry, 5);
}

/** Where the value part starts. */
// @ts-ignore: decorator
@inline
export function entryBody(entry: u32): u32 {
  return entryKey(entry) + entryKeyLength(entry);
}

// @ts-ignore: decorator
@inline
export function entryExpires(entry: u32): bool {
  return (entryFlags(entry) & ENTRY_EXPIRES) != 0;
}

/** Expiry in milliseconds of Unix time; only where the entry has one. */
// @ts-ignore: decorator
@inline
export function entryWhen(entry: u32): i64 {
  return load<i64>(entry, HEADER_BYTES);
}

// @ts-ignore: decorator
@inline
export function entrySetWhen(entry: u32, whenMs: i64): void {
  store<i64>(entry, whenMs, HEADER_BYTES);
}

// @ts-ignore: decorator
@inline
export function entryPlace(entry: u32): u32 {
  return load<u32>(entry, HEADER_BYTES + 8);
}

// @ts-ignore: decorator
@inline
export function entrySetPlace(entry: u32, place: u32): void {
  store<u32>(entry, place, HEADER_BYTES + 8);
}

/** Bytes of the block of an entry of this shape; `bodyLength` is the value part. */
// @ts-ignore: decorator
@inline
export function entryBytes(keyLength: u32, expires: bool, bodyLength: u32): u32 {
  return HEADER_BYTES + (expires ? EXPIRY_BYTES : 0) +
    (keyLength > 255 ? 4 : 0) + keyLength + bodyLength;
}

/**
 * A new entry with its key copied in and its value part uninitialised; 0 when
 * out of memory. `flags` may hold ENTRY_INLINE and ENTRY_EXPIRES.
 */
export function entryNew(
  key: u32,
  keyLength: u32,
  meta: u32,
  flags: u32,
  bodyLength: u32,
): u32 {
  const entry = alloc(
    entryBytes(keyLength, (flags & ENTRY_EXPIRES) != 0, bodyLength),
  );
  if (entry == 0) return 0;
  if (keyLength > 255) flags |= ENTRY_LONG_KEY;
  store<u32>(entry, meta);
  store<u8>(entry, <u8>flags, 4);
  store<u8>(entry, <u8>keyLength, 5);
  store<u16>(entry, flags & ENTRY_INLINE ? <u16>bodyLength : 0, 6);
  if (flags & ENTRY_LONG_KEY) {
    store<u32>(entry + bodyBytes(flags), keyLength);
  }
  memory.copy(entryKey(entry), key, keyLength);
  return entry;
}

/** Bytes of the value part as stored in the entry. */
export function entryBodyBytes(entry: u32): u32 {
  if (entryFlags(entry) & ENTRY_INLINE) return <u32>load<u16>(entry, 6);
  return 8;
}

/** The value of a collection. */
// @ts-ignore: decorator
@inline
export function valuePtr(entry: u32): u32 {
  return load<u32>(entryBody(entry));
}

/**
 * Place of a hash in its database's index of field expiries plus one, 0 if it is
 * not in it: what a hash has the second half of its value part for.
 */
// @ts-ignore: decorator
@inline
export function entryFieldPlace(entry: u32): u32 {
  return load<u32>(entryBody(entry), 4);
}

// @ts-ignore: decorator
@inline
export function entrySetFieldPlace(entry: u32, place: u32): void {
  store<u32>(entryBody(entry), place, 4);
}

/** Whether the value is a string in a block of its own. */
// @ts-ignore: decorator
@inline
function isLongString(entry: u32): bool {
  return entryEncoding(entry) != ENCODING_INT &&
    (entryFlags(entry) & ENTRY_INLINE) == 0;
}

/** Frees what the entry owns outside its own block; a large collection later. */
export function entryFreeValue(entry: u32): void {
  if (entryType(entry) != TYPE_STRING) {
    valueDrop(entryType(entry), entryEncoding(entry), valuePtr(entry));
  } else if (isLongString(entry)) free(load<u32>(entryBody(entry)));
}

/** Frees the entry and its value. */
export function entryFree(entry: u32): void {
  entryFreeValue(entry);
  free(entry);
}

/** Bytes of all blocks the entry holds. */
export function entryUsage(entry: u32): f64 {
  const bytes = <f64>usableSize(entry);
  if (entryType(entry) != TYPE_STRING) {
    return bytes +
      valueUsage(entryType(entry), entryEncoding(entry), valuePtr(entry));
  }
  if (!isLongString(entry)) return bytes;
  return bytes + <f64>usableSize(load<u32>(entryBody(entry)));
}
