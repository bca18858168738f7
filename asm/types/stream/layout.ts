/**
 * What a stream consists of. IDs are two u64: milliseconds, then the sequence.
 *
 *   stream, 80 bytes             node, 24 bytes: a listpack of entries
 *   +0  tree of nodes            +0  ID of the master entry
 *   +8  u64 length               +16 u32 listpack
 *   +16 ID last generated        +20 u32 spare
 *   +32 ID of the first entry
 *   +48 ID greatest deleted      pending entry, 40 bytes
 *   +64 u64 entries ever added   +0  ID
 *   +72 u32 list of groups       +16 i64 last delivery, ms of Unix time
 *   +76 u32 spare                +24 u64 deliveries
 *                                +32 u32 consumer, u32 spare
 *
 *   group, 40 bytes and its name      consumer, 40 bytes and its name
 *   +0  u32 length of the name        +0  u32 length of the name
 *   +4  u32 list of consumers         +4  u32 spare
 *   +8  tree of pending entries       +8  tree of pending entries
 *   +16 ID last delivered             +16 i64 last attempt
 *   +32 i64 entries read, -1 unknown  +24 i64 last success, -1 never
 *                                     +32 u32 spare, u32 spare
 *
 *   list (of groups or consumers): u32 count, then pointers, sorted by name
 *
 * A pending entry belongs to the group's tree; the consumer's tree points at
 * the same one. The listpack is Redis's: the master entry (count, deleted,
 * number of fields, fields, 0), then entries (flags, two deltas to the master's
 * ID, number of fields and fields unless they are the master's, values, number
 * of elements of the entry).
 */

export const STREAM_BYTES: u32 = 80;
export const STREAM_NODES: u32 = 0;
export const STREAM_LENGTH: u32 = 8;
export const STREAM_LAST: u32 = 16;
export const STREAM_FIRST: u32 = 32;
export const STREAM_DELETED: u32 = 48;
export const STREAM_ADDED: u32 = 64;
export const STREAM_GROUPS: u32 = 72;

export const NODE_BYTES: u32 = 24;
export const NODE_LISTPACK: u32 = 16;

export const PENDING_BYTES: u32 = 40;
export const PENDING_TIME: u32 = 16;
export const PENDING_DELIVERIES: u32 = 24;
export const PENDING_CONSUMER: u32 = 32;

/** Groups and consumers: their names come behind the rest. */
export const NAME_OFFSET: u32 = 40;

export const GROUP_CONSUMERS: u32 = 4;
export const GROUP_PENDING: u32 = 8;
export const GROUP_LAST: u32 = 16;
export const GROUP_READ: u32 = 32;

export const CONSUMER_PENDING: u32 = 8;
export const CONSUMER_SEEN: u32 = 16;
export const CONSUMER_ACTIVE: u32 = 24;

/** Flags of an entry in a listpack. */
export const ENTRY_DELETED: u32 = 1;
export const ENTRY_SAME_FIELDS: u32 = 2;

/** `entries read` of a group whose place in the stream is not known. */
export const READ_UNKNOWN: i64 = -1;

/** The ID at an address is above the other: 1, equal: 0, below: -1. */
export function idCompare(a: u32, ms: u64, seq: u64): i32 {
  const time = load<u64>(a);
  if (time != ms) return time > ms ? 1 : -1;
  const order = load<u64>(a, 8);
  return order == seq ? 0 : order > seq ? 1 : -1;
}

// @ts-ignore: decorator
@inline
export function idIsZero(id: u32): bool {
  return (load<u64>(id) | load<u64>(id, 8)) == 0;
}
