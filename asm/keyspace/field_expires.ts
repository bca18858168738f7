/**
 * The index of hashes by their fields' expiries: per database, a heap of the
 * hashes of which a field expires, by the time of the next one (expires.ts). It
 * is made when the first hash needs it.
 *
 * A hash may stand in it too early, never too late: a field that is deleted, or
 * expires later than before, leaves it where it is. What comes up too early is
 * put right when its time comes (`fieldExpiresNext`). So undoing a change needs
 * only to see to it that the hash stands early enough again
 * (UNDO_FIELD_EXPIRY).
 *
 * Hashes enter and leave it with their entries (`fieldExpiresArrive`,
 * `fieldExpiresLeave`), wherever these enter or leave a database.
 */
import { hashNextExpiry } from "../types/hash/mod";
import { nowMs } from "./clock";
import { databaseExpires } from "./database";
import {
  entryEncoding,
  entryFieldPlace,
  entrySetFieldPlace,
  entryType,
  TYPE_HASH,
  valuePtr,
} from "./entry";
import {
  expiresAddAt,
  expiresAt,
  expiresCount,
  expiresFields,
  expiresFieldsNew,
  expiresRelocateAt,
  expiresRemoveAt,
  expiresReserve,
  expiresUpdateAt,
  expiresWhenAt,
} from "./expires";

// @ts-ignore: decorator
@inline
function index(db: u32): u32 {
  return expiresFields(databaseExpires(db));
}

/** Hashes in the index. */
export function fieldExpiresCount(db: u32): u32 {
  const fields = index(db);
  return fields == 0 ? 0 : expiresCount(fields);
}

/** Makes room for one more hash; false when out of memory. */
export function fieldExpiresReserve(db: u32): bool {
  let fields = index(db);
  if (fields == 0) fields = expiresFieldsNew(databaseExpires(db));
  return fields != 0 && expiresReserve(fields);
}

/** When the next field of the entry expires, 0 for never, or if it is no hash. */
// @ts-ignore: decorator
@inline
function nextOf(entry: u32): i64 {
  if (entryType(entry) != TYPE_HASH) return 0;
  return hashNextExpiry(entryEncoding(entry), valuePtr(entry));
}

/** `fieldExpiresReserve` if the entry needs it. */
// @ts-ignore: decorator
@inline
export function fieldExpiresRoom(db: u32, entry: u32): bool {
  return nextOf(entry) == 0 || fieldExpiresReserve(db);
}

/** A field of the hash expires at this time; `fieldExpiresReserve` must have succeeded. */
export function fieldExpiresSchedule(db: u32, entry: u32, whenMs: i64): void {
  const fields = index(db);
  const place = entryFieldPlace(entry);
  if (place == 0) expiresAddAt(fields, entry, whenMs);
  else if (whenMs < expiresWhenAt(fields, place - 1)) {
    expiresUpdateAt(fields, place - 1, entry, whenMs);
  }
}

/** An entry is in the database now; `fieldExpiresRoom` must have succeeded. */
// @ts-ignore: decorator
@inline
export function fieldExpiresArrive(db: u32, entry: u32): void {
  const whenMs = nextOf(entry);
  if (whenMs != 0) fieldExpiresSchedule(db, entry, whenMs);
}

/** An entry is in the database no longer. */
// @ts-ignore: decorator
@inline
export function fieldExpiresLeave(db: u32, entry: u32): void {
  if (entryType(entry) == TYPE_HASH) leave(db, entry);
}

function leave(db: u32, entry: u32): void {
  const place = entryFieldPlace(entry);
  if (place == 0) return;
  expiresRemoveAt(index(db), place - 1);
  entrySetFieldPlace(entry, 0);
}

/** An entry has moved to another block, and taken its place along. */
export function fieldExpiresRelocate(db: u32, entry: u32): void {
  if (entryType(entry) != TYPE_HASH) return;
  const place = entryFieldPlace(entry);
  if (place != 0) expiresRelocateAt(index(db), place - 1, entry);
}

/** An entry that is in no database yet, but a copy of one that is. */
export function fieldExpiresForget(entry: u32): void {
  if (entryType(entry) == TYPE_HASH) entrySetFieldPlace(entry, 0);
}

/** A hash with a field past its time, 0 if there is none. Not while an undo log is open. */
export function fieldExpiresNext(db: u32): u32 {
  const fields = index(db);
  if (fields == 0) return 0;
  while (expiresCount(fields) != 0) {
    if (expiresWhenAt(fields, 0) >= nowMs) return 0;
    const entry = expiresAt(fields, 0);
    const whenMs = nextOf(entry);
    if (whenMs == 0) leave(db, entry);
    else if (whenMs < nowMs) return entry;
    else expiresUpdateAt(fields, 0, entry, whenMs);
  }
  return 0;
}

/** When the next field of any hash expires, or earlier; 0 if none does. */
export function fieldExpiresFirst(db: u32): f64 {
  const fields = index(db);
  if (fields == 0 || expiresCount(fields) == 0) return 0;
  return <f64>expiresWhenAt(fields, 0);
}
