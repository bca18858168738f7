/** Values of type list: what values of every type have to offer (types/value.ts). */

/** Elements of the value. */
export function listLength(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Bytes of all blocks of the value. */
export function listUsage(encoding: u32, ptr: u32): f64 {
  return 0;
}

/** A deep copy; 0 when out of memory. */
export function listCopy(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Frees about `limit` elements; true while more remain. */
export function listFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  return false;
}
