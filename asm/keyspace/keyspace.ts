/**
 * Keys: look-up, removal, expiry, renaming, moving and copying. The primitives
 * know nothing of policy: what to do with a key that has expired is the
 * caller's business, who is told by EXPIRED.
 *
 * Every primitive that changes data reserves its undo records first, changes
 * second, and so either happens whole or returns an out-of-memory code with
 * nothing changed.
 */
import { blockBytes, alloc, free, usableSize } from "../base/memory";
import { siphash } from "../base/siphash";
import { accessNew, nowMs, touch } from "./clock";
import { databaseDict, databaseExpires, detach } from "./database";
import {
  dictAdd,
  dictFind,
  dictLocate,
  dictPutFound,
  dictRemoveFound,
} from "./dict";
import {
  ENTRY_EXPIRES,
  entryBody,
  entryBodyBytes,
  entryBytes,
  entryEncoding,
  entryExpires,
  entryFlags,
  entryFree,
  entryKey,
  entryKeyLength,
  entryNew,
  entryPlace,
  entrySetPlace,
  entrySetWhen,
  entryType,
  entryWhen,
  ENCODING_INT,
  ENTRY_INLINE,
  TYPE_STRING,
  valuePtr,
} from "./entry";
import {
  expiresAdd,
  expiresAt,
  expiresCount,
  expiresRelocate,
  expiresRemove,
  expiresReserve,
  expiresUpdate,
} from "./expires";
import {
  fieldExpiresArrive,
  fieldExpiresForget,
  fieldExpiresLeave,
  fieldExpiresRelocate,
  fieldExpiresRoom,
} from "./field_expires";
import { touched } from "./touched";
import { valueCopy } from "../types/value";
import {
  UNDO_ADDED,
  UNDO_MOVED,
  UNDO_REMOVED,
  UNDO_REPLACED,
  UNDO_RESHAPED,
  UNDO_WHEN,
  undoOpen,
  undoRecord,
  undoReserve,
} from "./undo";

/** A look-up found a key whose time has passed. */
export const EXPIRED: u32 = 0xffffffff;

/** Flags of `lookup`. */
export const LOOKUP_STATS: u32 = 1;
export const LOOKUP_TOUCH: u32 = 2;

/** Look-ups of reading commands that found a key, or did not. */
export let hits: f64 = 0;
export let misses: f64 = 0;

/** Hash of the key of the last `find`. */
export let lastHash: u64 = 0;

export function statsReset(): void {
  hits = 0;
  misses = 0;
}

export function hitsCount(): f64 {
  return hits;
}

export function missesCount(): f64 {
  return misses;
}

export function countLookup(found: bool): void {
  if (found) hits++;
  else misses++;
}

/** The entry of this key, expired or not, untouched; 0 if there is none. */
// @ts-ignore: decorator
@inline
export function find(db: u32, key: u32, length: u32): u32 {
  lastHash = siphash(key, length);
  return dictFind(databaseDict(db), key, length, lastHash);
}

// @ts-ignore: decorator
@inline
export function isExpired(entry: u32): bool {
  return entryExpires(entry) && entryWhen(entry) < nowMs;
}

/** The entry of this key, 0 if there is none, EXPIRED if its time has passed. */
export function lookup(db: u32, key: u32, length: u32, flags: u32): u32 {
  const entry = find(db, key, length);
  if (entry == 0) {
    if (flags & LOOKUP_STATS) misses++;
    return 0;
  }
  if (isExpired(entry)) return EXPIRED;
  if (flags & LOOKUP_TOUCH) touch(entry);
  if (flags & LOOKUP_STATS) hits++;
  return entry;
}

// -------------------------------------------------- putting entries in and out

/**
 * Adds a new entry whose key is not in the database. `lastHash` must be its
 * hash. On failure the entry is freed.
 */
export function insert(db: u32, entry: u32): bool {
  return insertCounted(db, entry, 1);
}

/** `insert` that counts as so many changes. */
export function insertCounted(db: u32, entry: u32, changes: u32): bool {
  const expires = entryExpires(entry);
  const heap = databaseExpires(db);
  if (
    !undoReserve(1) || (expires && !expiresReserve(heap)) ||
    !fieldExpiresRoom(db, entry) ||
    !dictAdd(databaseDict(db), entry, lastHash)
  ) {
    entryFree(entry);
    return false;
  }
  if (expires) expiresAdd(heap, entry);
  fieldExpiresArrive(db, entry);
  if (undoOpen) undoRecord(UNDO_ADDED, db, entry, 0, 0);
  touched(db, entry, changes);
  return true;
}

/**
 * Puts `entry` where `old`, which the last look-up found, stands; `old` is
 * freed with its value. `undoReserve(1)` must have succeeded, and room for the
 * expiry been reserved.
 */
export function replace(db: u32, old: u32, entry: u32): void {
  const heap = databaseExpires(db);
  if (entryExpires(old)) {
    if (entryExpires(entry)) {
      entrySetPlace(entry, entryPlace(old));
      expiresRelocate(heap, entry);
      expiresUpdate(heap, entry);
    } else expiresRemove(heap, old);
  } else if (entryExpires(entry)) expiresAdd(heap, entry);
  fieldExpiresLeave(db, old);
  fieldExpiresArrive(db, entry);
  dictPutFound(entry);
  if (undoOpen) undoRecord(UNDO_REPLACED, db, old, entry, 0);
  else entryFree(old);
}

/** Removes and frees the entry the last look-up found; `changes` counts as in `touched`. */
function removeFound(db: u32, entry: u32, changes: u32): void {
  touched(db, entry, changes);
  dictRemoveFound(databaseDict(db));
  if (entryExpires(entry)) expiresRemove(databaseExpires(db), entry);
  fieldExpiresLeave(db, entry);
  if (undoOpen) undoRecord(UNDO_REMOVED, db, entry, 0, 0);
  else entryFree(entry);
}

/**
 * Deletes a key: 1 if it was there, 0 if not, -1 if it is there but expired
 * (nothing done), -2 when out of memory for the undo record.
 */
export function deleteKey(db: u32, key: u32, length: u32): i32 {
  const entry = find(db, key, length);
  if (entry == 0) return 0;
  if (isExpired(entry)) return -1;
  if (!undoReserve(1)) return -2;
  removeFound(db, entry, 1);
  return 1;
}

function remove(db: u32, entry: u32, changes: u32): bool {
  if (!undoReserve(1)) return false;
  const hash = siphash(entryKey(entry), entryKeyLength(entry));
  if (!dictLocate(databaseDict(db), entry, hash)) {
    if (INVARIANTS) unreachable();
    return true;
  }
  removeFound(db, entry, changes);
  return true;
}

/** Deletes an entry; false when out of memory for the undo record. */
export function deleteEntry(db: u32, entry: u32): bool {
  return remove(db, entry, 1);
}

/**
 * `deleteEntry` of one that expired or is evicted: not a change that a client
 * made, so it is not counted as one.
 */
export function dropEntry(db: u32, entry: u32): bool {
  return remove(db, entry, 0);
}

// ----------------------------------------------------------------- expiry

/** Milliseconds of Unix time at which the entry expires, -1 for never. */
export function expiryOf(entry: u32): i64 {
  return entryExpires(entry) ? entryWhen(entry) : -1;
}

/** A copy of the entry's shell with or without room for an expiry. */
function reshape(entry: u32, expires: bool): u32 {
  const bodyBytes = entryBodyBytes(entry);
  const flags = entryFlags(entry) & ENTRY_INLINE |
    (expires ? ENTRY_EXPIRES : 0);
  const shell = entryNew(
    entryKey(entry),
    entryKeyLength(entry),
    load<u32>(entry),
    flags,
    bodyBytes,
  );
  if (shell == 0) return 0;
  memory.copy(entryBody(shell), entryBody(entry), bodyBytes);
  return shell;
}

/** Swaps a shell in for the entry; the value belongs to the new shell. */
function adopt(db: u32, entry: u32, shell: u32): bool {
  const hash = siphash(entryKey(entry), entryKeyLength(entry));
  if (!dictLocate(databaseDict(db), entry, hash)) return false;
  dictPutFound(shell);
  fieldExpiresRelocate(db, shell);
  if (undoOpen) undoRecord(UNDO_RESHAPED, db, entry, shell, 0);
  else free(entry);
  return true;
}

/**
 * Sets when the entry expires, in milliseconds of Unix time. Returns the entry,
 * which may have moved, or 0 when out of memory.
 */
export function setExpiry(db: u32, entry: u32, whenMs: i64): u32 {
  const heap = databaseExpires(db);
  if (!undoReserve(1)) return 0;
  if (entryExpires(entry)) {
    if (undoOpen) undoRecord(UNDO_WHEN, db, entry, 0, entryWhen(entry));
    entrySetWhen(entry, whenMs);
    expiresUpdate(heap, entry);
    touched(db, entry, 0);
    return entry;
  }
  if (!expiresReserve(heap)) return 0;
  const keyLength = entryKeyLength(entry);
  const bodyBytes = entryBodyBytes(entry);
  const bytes = entryBytes(keyLength, true, bodyBytes);
  let current = entry;
  if (!undoOpen && bytes <= usableSize(entry)) {
    const tail = bytes - 8 - 12;
    memory.copy(entry + 20, entry + 8, tail);
    store<u8>(entry, <u8>(entryFlags(entry) | ENTRY_EXPIRES), 4);
  } else {
    current = reshape(entry, true);
    if (current == 0 || !adopt(db, entry, current)) return 0;
  }
  entrySetWhen(current, whenMs);
  expiresAdd(heap, current);
  touched(db, current, 0);
  return current;
}

/**
 * Takes the entry's expiry away. Returns the entry, which may have moved, or 0
 * when out of memory (only while an undo log is open).
 */
export function removeExpiry(db: u32, entry: u32): u32 {
  if (!entryExpires(entry)) return entry;
  if (!undoReserve(1)) return 0;
  const bytes = entryBytes(entryKeyLength(entry), false, entryBodyBytes(entry));
  const heap = databaseExpires(db);
  const shell = undoOpen || blockBytes(bytes) < usableSize(entry)
    ? reshape(entry, false)
    : 0;
  if (shell == 0 && undoOpen) return 0;
  expiresRemove(heap, entry);
  if (shell != 0) {
    adopt(db, entry, shell);
    touched(db, shell, 0);
    return shell;
  }
  store<u8>(entry, <u8>(entryFlags(entry) & ~ENTRY_EXPIRES), 4);
  memory.copy(entry + 8, entry + 20, bytes - 8);
  touched(db, entry, 0);
  return entry;
}

/** The next entry whose time has passed, 0 if there is none. */
export function nextExpired(db: u32): u32 {
  const heap = databaseExpires(db);
  if (expiresCount(heap) == 0) return 0;
  const entry = expiresAt(heap, 0);
  return entryWhen(entry) < nowMs ? entry : 0;
}

/** When the next key of the database expires, 0 if none does. */
export function nextExpiry(db: u32): f64 {
  const heap = databaseExpires(db);
  if (expiresCount(heap) == 0) return 0;
  return <f64>entryWhen(expiresAt(heap, 0));
}

/** Removes up to `limit` entries whose time has passed, without telling anyone. */
export function expireBatch(db: u32, limit: u32): u32 {
  let removed: u32 = 0;
  while (removed < limit) {
    const entry = nextExpired(db);
    if (entry == 0 || !dropEntry(db, entry)) break;
    removed++;
  }
  return removed;
}

// ------------------------------------------------------ renaming, moving, copying

/**
 * Gives the entry another key, another database, or both. An entry that has
 * that key already is replaced and freed. Returns the entry, which has moved,
 * or 0 when out of memory.
 */
export function moveEntry(
  db: u32,
  entry: u32,
  toDb: u32,
  key: u32,
  keyLength: u32,
): u32 {
  const bodyBytes = entryBodyBytes(entry);
  const expires = entryExpires(entry);
  const heap = databaseExpires(toDb);
  if (!undoReserve(2)) return 0;
  const flags = entryFlags(entry) & (ENTRY_INLINE | ENTRY_EXPIRES);
  const moved = entryNew(key, keyLength, load<u32>(entry), flags, bodyBytes);
  if (moved == 0) return 0;
  memory.copy(entryBody(moved), entryBody(entry), bodyBytes);
  fieldExpiresForget(moved);
  if (expires) entrySetWhen(moved, entryWhen(entry));
  if (
    (expires && !expiresReserve(heap)) || !fieldExpiresRoom(toDb, moved)
  ) {
    free(moved);
    return 0;
  }
  const old = find(toDb, entryKey(moved), keyLength);
  if (old != 0) {
    // Putting it in the old one's slot needs no memory.
    dictPutFound(moved);
    if (entryExpires(old)) expiresRemove(heap, old);
    fieldExpiresLeave(toDb, old);
    if (undoOpen) undoRecord(UNDO_REMOVED, toDb, old, 0, 0);
    else entryFree(old);
  } else if (!dictAdd(databaseDict(toDb), moved, lastHash)) {
    free(moved);
    return 0;
  }
  detach(db, entry);
  if (expires) expiresAdd(heap, moved);
  fieldExpiresArrive(toDb, moved);
  touched(db, entry, 1);
  touched(toDb, moved, 0);
  if (undoOpen) undoRecord(UNDO_MOVED, db, entry, moved, <i64>toDb);
  else free(entry);
  return moved;
}

/** What the entry has outside its block, copied for `copy`; false when out of memory. */
function copyValue(entry: u32, copy: u32): bool {
  const type = entryType(entry);
  if (type != TYPE_STRING) {
    const value = valueCopy(type, entryEncoding(entry), valuePtr(entry));
    if (value != 0) store<u32>(entryBody(copy), value);
    return value != 0;
  }
  if (
    entryEncoding(entry) == ENCODING_INT ||
    (entryFlags(entry) & ENTRY_INLINE) != 0
  ) return true;
  const length = load<u32>(entryBody(entry), 4);
  const data = alloc(length);
  if (data == 0) return false;
  memory.copy(data, load<u32>(entryBody(entry)), length);
  store<u32>(entryBody(copy), data);
  return true;
}

/**
 * Copies the entry's value and expiry to a key, whatever that key held before;
 * the copy counts as accessed now. Returns the copy, or 0 when out of memory.
 */
export function copyEntry(
  entry: u32,
  toDb: u32,
  key: u32,
  keyLength: u32,
): u32 {
  const bodyBytes = entryBodyBytes(entry);
  const flags = entryFlags(entry) & (ENTRY_INLINE | ENTRY_EXPIRES);
  const meta = load<u32>(entry) & 0xff | accessNew() << 8;
  if (
    !undoReserve(1) || !fieldExpiresRoom(toDb, entry) ||
    (entryExpires(entry) && !expiresReserve(databaseExpires(toDb)))
  ) return 0;
  const copy = entryNew(key, keyLength, meta, flags, bodyBytes);
  if (copy == 0) return 0;
  memory.copy(entryBody(copy), entryBody(entry), bodyBytes);
  fieldExpiresForget(copy);
  if (entryExpires(entry)) entrySetWhen(copy, entryWhen(entry));
  if (!copyValue(entry, copy)) {
    free(copy);
    return 0;
  }
  const old = find(toDb, entryKey(copy), keyLength);
  if (old == 0) return insert(toDb, copy) ? copy : 0;
  touched(toDb, copy, 1);
  replace(toDb, old, copy);
  return copy;
}
