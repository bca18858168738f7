/**
 * Keys that hold collections. A new value is built while the undo log is
 * suspended (`undoSuspend`); the functions here put it in place and record it as
 * a whole.
 */
import { accessNew, usesLfu } from "./clock";
import {
  entryBody,
  ENCODING_INT,
  entryEncoding,
  entryLru,
  entryNew,
  entryType,
  valuePtr,
} from "./entry";
import { find, insertCounted, replace } from "./keyspace";
import { touched } from "./touched";
import { put32, put8, undoReserve, undoValueFree, undoValueFresh } from "./undo";

/** Records the functions here may take. */
const RECORDS: u32 = 8;

function newEntry(
  key: u32,
  keyLength: u32,
  type: u32,
  encoding: u32,
  ptr: u32,
  old: u32,
): u32 {
  const access = old != 0 && usesLfu() ? entryLru(old) : accessNew();
  const meta = type | encoding << 4 | access << 8;
  const entry = entryNew(key, keyLength, meta, 0, 8);
  if (entry == 0) return 0;
  store<u32>(entryBody(entry), ptr);
  store<u32>(entryBody(entry), 0, 4);
  return entry;
}

/**
 * A key that is not there holds the value, which is not counted as a change
 * yet: what is put into it will be. Returns the entry, or 0 when out of memory:
 * the value is the caller's then.
 */
export function collectionNew(
  db: u32,
  key: u32,
  keyLength: u32,
  type: u32,
  encoding: u32,
  ptr: u32,
): u32 {
  if (!undoReserve(RECORDS)) return 0;
  find(db, key, keyLength);
  const entry = newEntry(key, keyLength, type, encoding, ptr, 0);
  if (entry == 0) return 0;
  return insertOwned(db, entry, 0);
}

/** `insertCounted` that leaves the value alone when it fails. */
function insertOwned(db: u32, entry: u32, changes: u32): u32 {
  const body = entryBody(entry);
  const type = entryType(entry);
  // It frees an entry it has no room for: as one that owns nothing.
  const ptr = load<u32>(body);
  const encoding = entryEncoding(entry);
  store<u8>(entry, <u8>(ENCODING_INT << 4));
  if (!insertCounted(db, entry, changes)) return 0;
  store<u8>(entry, <u8>(type | encoding << 4));
  store<u32>(body, ptr);
  return entry;
}

/**
 * The key holds the value, whatever it held before, and does not expire: one
 * change. Returns the entry, or 0 when out of memory: the value is the caller's
 * then.
 */
export function collectionStore(
  db: u32,
  key: u32,
  keyLength: u32,
  type: u32,
  encoding: u32,
  ptr: u32,
): u32 {
  if (!undoReserve(RECORDS)) return 0;
  const old = find(db, key, keyLength);
  const entry = newEntry(key, keyLength, type, encoding, ptr, old);
  if (entry == 0) return 0;
  if (old == 0) return insertOwned(db, entry, 1);
  touched(db, entry, 1);
  replace(db, old, entry);
  return entry;
}

/** Where the value is now; `undoReserve` must have succeeded. */
// @ts-ignore: decorator
@inline
export function setValue(entry: u32, ptr: u32): void {
  const body = entryBody(entry);
  if (load<u32>(body) != ptr) put32(body, ptr);
}

/** How the value is encoded now; `undoReserve` must have succeeded. */
export function setEncoding(entry: u32, encoding: u32): void {
  put8(entry, entryType(entry) | encoding << 4);
}

/**
 * Another value, built while the log was suspended, takes the place of the one
 * the entry has, which is freed. `undoReserve` must have succeeded.
 */
export function replaceValue(entry: u32, encoding: u32, ptr: u32): void {
  const type = entryType(entry);
  const oldEncoding = entryEncoding(entry);
  const old = valuePtr(entry);
  undoValueFresh(type, encoding, ptr);
  setEncoding(entry, encoding);
  setValue(entry, ptr);
  undoValueFree(type, oldEncoding, old);
}
