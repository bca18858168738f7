/**
 * Copies of bytes that stay where they are until all are freed together.
 *
 *   chunk: u32 previous chunk, u32 end of what is used, bytes
 *
 * Owner: whoever holds the address of the last chunk.
 */
import { alloc, free, usableSize } from "./memory";

const HEADER_BYTES: u32 = 8;
const CHUNK_BYTES: u32 = 16384;

/** Where the last `arenaCopy` put its copy. */
export let arenaPtr: u32 = 0;

/**
 * Copies bytes to `arenaPtr`. Takes and returns the arena, 0 for a new one;
 * returns 0 when out of memory, and the arena is as it was.
 */
export function arenaCopy(arena: u32, ptr: u32, length: u32): u32 {
  let chunk = arena;
  if (
    chunk == 0 ||
    usableSize(chunk) - load<u32>(chunk, 4) < length
  ) {
    if (length > 0xffff0000) return 0;
    chunk = alloc(max<u32>(CHUNK_BYTES, HEADER_BYTES + length));
    if (chunk == 0) return 0;
    store<u32>(chunk, arena);
    store<u32>(chunk, HEADER_BYTES, 4);
  }
  const used = load<u32>(chunk, 4);
  arenaPtr = chunk + used;
  memory.copy(arenaPtr, ptr, length);
  store<u32>(chunk, used + length, 4);
  return chunk;
}

/** Frees all copies. */
export function arenaFree(arena: u32): void {
  while (arena != 0) {
    const previous = load<u32>(arena);
    free(arena);
    arena = previous;
  }
}
