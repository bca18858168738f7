/** Values of type hash: what values of every type have to offer (types/value.ts). */
import { alloc, free, usableSize } from "../../base/memory";
import { ENCODING_HASHTABLE, ENCODING_LISTPACK, ENCODING_LISTPACK_EX } from "../../keyspace/entry";
import { lpBytes, lpCount } from "../listpack";
import { heapCount, heapWhen } from "./expiries";
import { EXPIRY_STEP, packNextExpiry, PLAIN_STEP } from "./pack";
import { tableCopy, tableFreeSome, tableLength, tableUsage } from "./table";

export { fieldKey, fieldKeyLength } from "./field";

/** Elements of the value. */
export function hashLength(encoding: u32, ptr: u32): u32 {
  if (encoding == ENCODING_HASHTABLE) return tableLength(ptr);
  const step = encoding == ENCODING_LISTPACK ? PLAIN_STEP : EXPIRY_STEP;
  return lpCount(ptr) / step;
}

/** Bytes of all blocks of the value. */
export function hashUsage(encoding: u32, ptr: u32): f64 {
  if (encoding == ENCODING_HASHTABLE) return tableUsage(ptr);
  return <f64>usableSize(ptr);
}

/** A deep copy; 0 when out of memory. */
export function hashCopy(encoding: u32, ptr: u32): u32 {
  if (encoding == ENCODING_HASHTABLE) return tableCopy(ptr);
  const copy = alloc(lpBytes(ptr));
  if (copy != 0) memory.copy(copy, ptr, lpBytes(ptr));
  return copy;
}

/** Frees about `limit` elements; true while more remain. */
export function hashFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  if (encoding == ENCODING_HASHTABLE) return tableFreeSome(ptr, limit);
  free(ptr);
  return false;
}

/** When the next field expires, ms of Unix time; 0 if none does. */
export function hashNextExpiry(encoding: u32, ptr: u32): i64 {
  if (encoding == ENCODING_LISTPACK) return 0;
  if (encoding == ENCODING_LISTPACK_EX) return packNextExpiry(ptr, EXPIRY_STEP);
  return heapCount(ptr) == 0 ? 0 : heapWhen(ptr, 0);
}
