/** Values of type zset: what values of every type have to offer (types/value.ts). */

/** Elements of the value. */
export function zsetLength(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Bytes of all blocks of the value. */
export function zsetUsage(encoding: u32, ptr: u32): f64 {
  return 0;
}

/** A deep copy; 0 when out of memory. */
export function zsetCopy(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Frees about `limit` elements; true while more remain. */
export function zsetFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  return false;
}
