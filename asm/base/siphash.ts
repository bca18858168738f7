/**
 * SipHash-1-2 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), keyed
 * with a secret of the process, so that clients cannot choose keys that
 * collide. One compression and two finalisation rounds, as Redis uses.
 */

let seed0: u64 = 0;
let seed1: u64 = 0;

/** Sets the secret; must happen before the first hash is stored. */
export function setHashSeed(k0: u64, k1: u64): void {
  seed0 = k0;
  seed1 = k1;
}

/** The bytes left over after the eights, little-endian, without over-reading. */
// @ts-ignore: decorator
@inline
function tailOf(ptr: u32, length: u32): u64 {
  const left = length & 7;
  if (left == 0) return 0;
  if (length >= 8) {
    return load<u64>(ptr + length - 8) >> <u64> (64 - (left << 3));
  }
  if (left >= 4) {
    return <u64> load<u32>(ptr) |
      <u64> load<u32>(ptr + left - 4) << <u64> (left - 4 << 3);
  }
  return <u64> load<u8>(ptr) |
    <u64> load<u8>(ptr + (left >> 1)) << <u64> ((left >> 1) << 3) |
    <u64> load<u8>(ptr + left - 1) << <u64> (left - 1 << 3);
}

/** The keyed 64-bit hash of a byte string. */
export function siphash(ptr: u32, length: u32): u64 {
  let v0: u64 = 0x736f6d6570736575 ^ seed0;
  let v1: u64 = 0x646f72616e646f6d ^ seed1;
  let v2: u64 = 0x6c7967656e657261 ^ seed0;
  let v3: u64 = 0x7465646279746573 ^ seed1;
  const whole = length & ~7;
  for (let i: u32 = 0; i < whole; i += 8) {
    const word = load<u64>(ptr + i);
    v3 ^= word;
    v0 += v1;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v0 = rotl<u64>(v0, 32);
    v2 += v3;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
  }
  const last = <u64> length << 56 | tailOf(ptr, length);
  v3 ^= last;
  for (let round = 0; round < 3; round++) {
    v0 += v1;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v0 = rotl<u64>(v0, 32);
    v2 += v3;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v2 = rotl<u64>(v2, 32);
    if (round == 0) {
      v0 ^= last;
      v2 ^= 0xff;
    }
  }
  return v0 ^ v1 ^ v2 ^ v3;
}
