import type { Random } from "../base/interfaces.ts";

/** `getRandomValues` fills at most this many bytes a call. */
const CHUNK_BYTES_MAX = 65536;

/** The operating system's randomness. */
export class DenoRandom implements Random {
  fill(bytes: Uint8Array<ArrayBuffer>): void {
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES_MAX) {
      crypto.getRandomValues(bytes.subarray(start, start + CHUNK_BYTES_MAX));
    }
  }

  fraction(): number {
    return Math.random();
  }
}
