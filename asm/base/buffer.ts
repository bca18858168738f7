/**
 * A growable byte buffer, used as a stack or a log.
 *
 *   +0 u32 data   +4 u32 length   +8 u32 capacity
 */
import { alloc, free, resize, usableSize } from "./memory";

export const BUFFER_BYTES: u32 = 16;

const FIRST_BYTES: u32 = 256;
/** A buffer that once grew beyond this gives its memory back when emptied. */
const KEEP_BYTES: u32 = 65536;

export function bufferNew(): u32 {
  const buffer = alloc(BUFFER_BYTES);
  if (buffer != 0) memory.fill(buffer, 0, BUFFER_BYTES);
  return buffer;
}

// @ts-ignore: decorator
@inline
export function bufferData(buffer: u32): u32 {
  return load<u32>(buffer);
}

// @ts-ignore: decorator
@inline
export function bufferLength(buffer: u32): u32 {
  return load<u32>(buffer, 4);
}

// @ts-ignore: decorator
@inline
export function bufferSetLength(buffer: u32, length: u32): void {
  store<u32>(buffer, length, 4);
}

/** Makes room for `more` bytes behind the end; false when out of memory. */
export function bufferReserve(buffer: u32, more: u32): bool {
  const length = bufferLength(buffer);
  const need = length + more;
  if (need < length) return false;
  const capacity = load<u32>(buffer, 8);
  if (need <= capacity) return true;
  const want = max<u32>(need, max<u32>(capacity << 1, FIRST_BYTES));
  let data = resize(bufferData(buffer), want);
  if (data == 0) data = resize(bufferData(buffer), need);
  if (data == 0) return false;
  store<u32>(buffer, data);
  store<u32>(buffer, usableSize(data), 8);
  return true;
}

/** Address of `bytes` reserved bytes at the end, now part of the buffer. */
// @ts-ignore: decorator
@inline
export function bufferTake(buffer: u32, bytes: u32): u32 {
  const length = bufferLength(buffer);
  store<u32>(buffer, length + bytes, 4);
  return bufferData(buffer) + length;
}

/** Empties the buffer. */
export function bufferReset(buffer: u32): void {
  bufferSetLength(buffer, 0);
  if (load<u32>(buffer, 8) > KEEP_BYTES) {
    free(bufferData(buffer));
    store<u32>(buffer, 0);
    store<u32>(buffer, 0, 8);
  }
}
