/**
 * Verifies a hash and its place in the index of field expiries. Only the
 * invariants build has this; O(fields). The codes tell the checks apart, 0 is
 * "all is well".
 */
import { dictCheck } from "../../keyspace/check";
import { databaseExpires } from "../../keyspace/database";
import {
  ENCODING_HASHTABLE,
  ENCODING_LISTPACK,
  entryEncoding,
  entryFieldPlace,
  entryType,
  TYPE_HASH,
  valuePtr,
} from "../../keyspace/entry";
import {
  expiresAt,
  expiresCount,
  expiresFields,
  expiresWhenAt,
} from "../../keyspace/expires";
import { lpBytes, lpCount, lpFirst, lpValidate } from "../listpack";
import { heapCount, heapField, heapWhen } from "./expiries";
import { fieldIsVolatile, fieldPlace } from "./field";
import { hashNextExpiry } from "./mod";
import { EXPIRY_STEP, packNext, packWhen, PLAIN_STEP } from "./pack";
import { tableDict } from "./table";

/** The dict, the heap's order, and fields that know their places. */
function checkTable(table: u32): i32 {
  const code = dictCheck(tableDict(table));
  if (code != 0) return code;
  for (let i: u32 = 0; i < heapCount(table); i++) {
    const field = heapField(table, i);
    if (!fieldIsVolatile(field)) return 70;
    if (fieldPlace(field) != i) return 71;
    if (i > 0 && heapWhen(table, i - 1 >> 2) > heapWhen(table, i)) return 72;
  }
  return 0;
}

/** Whole fields, those that expire first, the soonest at the front. */
function checkPack(lp: u32, step: u32): i32 {
  if (!lpValidate(lp, lpBytes(lp))) return 73;
  if (lpCount(lp) % step != 0) return 74;
  let last: i64 = 1;
  for (let p = lpFirst(lp); p != 0; p = packNext(lp, p, step)) {
    const whenMs = packWhen(lp, p, step);
    if (whenMs != 0 && (last == 0 || whenMs < last)) return 75;
    last = whenMs;
  }
  return 0;
}

/** A hash; and that its database's index has it early enough. */
export function hashCheck(db: u32, entry: u32): i32 {
  if (!INVARIANTS) return 0;
  const encoding = entryEncoding(entry);
  const value = valuePtr(entry);
  const step = encoding == ENCODING_LISTPACK ? PLAIN_STEP : EXPIRY_STEP;
  const code = encoding == ENCODING_HASHTABLE
    ? checkTable(value)
    : checkPack(value, step);
  if (code != 0) return code;
  const whenMs = hashNextExpiry(encoding, value);
  if (whenMs == 0) return 0;
  const place = entryFieldPlace(entry);
  if (place == 0) return 76;
  const fields = expiresFields(databaseExpires(db));
  if (fields == 0 || place > expiresCount(fields)) return 77;
  return expiresWhenAt(fields, place - 1) <= whenMs ? 0 : 78;
}

/** A database's index of field expiries: heap order, and hashes that know their places. */
export function fieldExpiresCheck(db: u32): i32 {
  if (!INVARIANTS) return 0;
  const fields = expiresFields(databaseExpires(db));
  if (fields == 0) return 0;
  for (let i: u32 = 0; i < expiresCount(fields); i++) {
    const entry = expiresAt(fields, i);
    if (entryType(entry) != TYPE_HASH) return 80;
    if (entryFieldPlace(entry) != i + 1) return 81;
    if (
      i > 0 && expiresWhenAt(fields, i - 1 >> 2) > expiresWhenAt(fields, i)
    ) return 82;
  }
  return 0;
}
