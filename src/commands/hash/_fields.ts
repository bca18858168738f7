/** What the hash commands share. */

import type { Call } from "../call.ts";

/** What the core says of a field. */
export const FIELD_EXPIRED = -1;
export const FIELD_ABSENT = 0;
export const FIELD_FOUND = 1;
/** It was past its time, and the hash has gone with it. */
export const HASH_GONE = 2;

/**
 * Looks the field at an argument up in a hash (0: none): FIELD_FOUND,
 * FIELD_ABSENT or HASH_GONE. A field past its time is removed.
 */
export function findField(call: Call, entry: number, index: number): number {
  if (entry === 0) return FIELD_ABSENT;
  const ptr = call.argPtr(index);
  const length = call.argLength(index);
  const found = call.x.hashFind(entry, ptr, length);
  if (found !== FIELD_EXPIRED) return found;
  return call.keyspace.expireField(call.db, entry, ptr, length)
    ? HASH_GONE
    : FIELD_ABSENT;
}

/** Tells of a change of the hash at argument 1, which may be new. */
export function notifyHash(call: Call, isNew: boolean, event: string): void {
  if (isNew) call.notify("new", "new", 1);
  call.notify("hash", event, 1);
}

/** Deletes the hash at argument 1 if it is empty now, and tells of it. */
export function deleteIfEmpty(call: Call, entry: number): void {
  const { x } = call;
  if (x.hashCount(entry) !== 0) return;
  // The fields have been counted as changes, and the key is not one more.
  call.keyspace.need(x.dropEntry(call.db, entry));
  call.notify("generic", "del", 1);
}
