/** Values of type stream: what values of every type have to offer (types/value.ts). */

/** Elements of the value. */
export function streamLength(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Bytes of all blocks of the value. */
export function streamUsage(encoding: u32, ptr: u32): f64 {
  return 0;
}

/** A deep copy; 0 when out of memory. */
export function streamCopy(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Frees about `limit` elements; true while more remain. */
export function streamFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  return false;
}
