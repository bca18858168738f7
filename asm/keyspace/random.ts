/** xorshift64*, seeded by the host: for sampling, not for secrets. */
let state: u64 = 0x9e3779b97f4a7c15;

export function randomSeed(seed: u64): void {
  state = seed | 1;
}

export function random32(): u32 {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return <u32>(state * 0x2545f4914f6cdd1d >> 32);
}
