/** Values of type hash: what values of every type have to offer (types/value.ts). */

/** Elements of the value. */
export function hashLength(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Bytes of all blocks of the value. */
export function hashUsage(encoding: u32, ptr: u32): f64 {
  return 0;
}

/** A deep copy; 0 when out of memory. */
export function hashCopy(encoding: u32, ptr: u32): u32 {
  return 0;
}

/** Frees about `limit` elements; true while more remain. */
export function hashFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  return false;
}

/** The field name of an element of a hash's dict. */
export function fieldKey(element: u32): u32 {
  return element + 1;
}

/** Its length in bytes. */
export function fieldKeyLength(element: u32): u32 {
  return <u32>load<u8>(element);
}
