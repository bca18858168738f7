/**
 * Natural numbers of up to BIG_LIMBS_MAX 32-bit limbs, little-endian, for the
 * rare floating-point conversions that need every digit.
 *
 *   +0  u32  count of limbs in use, the highest of them not 0
 *   +4  u32  limbs
 *
 * The callers bound their inputs so that no result can grow beyond the limit:
 * 800 decimal digits scaled by 10^1200, or 5^1100 times 2^64.
 */

/** Enough for 7,168 bits. */
export const BIG_LIMBS_MAX: u32 = 224;
export const BIG_BYTES: u32 = 4 + BIG_LIMBS_MAX * 4;

/** Sets a number to a 64-bit value. */
export function bigSet(big: u32, value: u64): void {
  store<u64>(big, value, 4);
  store<u32>(big, value == 0 ? 0 : value >> 32 == 0 ? 1 : 2);
}

/** big = big * factor + addend. */
export function bigMulAdd(big: u32, factor: u32, addend: u32): void {
  const count = load<u32>(big);
  let carry = <u64> addend;
  let limb = big + 4;
  const end = limb + (count << 2);
  for (; limb != end; limb += 4) {
    carry += <u64> load<u32>(limb) * <u64> factor;
    store<u32>(limb, <u32> carry);
    carry >>= 32;
  }
  if (carry != 0) {
    store<u32>(limb, <u32> carry);
    store<u32>(big, count + 1);
  }
}

/** big = big * 5^power. */
export function bigMulPow5(big: u32, power: u32): void {
  // 5^13 is the highest power that fits 32 bits.
  while (power >= 13) {
    bigMulAdd(big, 1220703125, 0);
    power -= 13;
  }
  let factor: u32 = 1;
  while (power != 0) {
    factor *= 5;
    power--;
  }
  if (factor != 1) bigMulAdd(big, factor, 0);
}

/** big = big * 2^bits. */
export function bigShiftLeft(big: u32, bits: u32): void {
  const count = load<u32>(big);
  if (count == 0 || bits == 0) return;
  const limbs = bits >> 5;
  const shift = <u64> (bits & 31);
  let above: u32 = 0;
  for (let i = count; i != 0; i--) {
    const limb = load<u32>(big + (i << 2));
    const wide = <u64> limb << shift;
    store<u32>(big + (i + 1 + limbs << 2), above | <u32> (wide >> 32));
    above = <u32> wide;
  }
  store<u32>(big + (1 + limbs << 2), above);
  for (let i: u32 = 0; i < limbs; i++) store<u32>(big + (i + 1 << 2), 0);
  const top = count + limbs + 1;
  store<u32>(big, load<u32>(big + (top << 2)) == 0 ? top - 1 : top);
}

/** Bits of the number, 0 for zero. */
export function bigBitLength(big: u32): u32 {
  const count = load<u32>(big);
  if (count == 0) return 0;
  return (count << 5) - <u32> clz(load<u32>(big + (count << 2)));
}

/** Order of two numbers: -1, 0, 1. */
export function bigCompare(a: u32, b: u32): i32 {
  const count = load<u32>(a);
  if (count != load<u32>(b)) return count < load<u32>(b) ? -1 : 1;
  for (let i = count; i != 0; i--) {
    const left = load<u32>(a + (i << 2));
    const right = load<u32>(b + (i << 2));
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

/** a = a - b, where a >= b. */
export function bigSubtract(a: u32, b: u32): void {
  const count = load<u32>(a);
  const countB = load<u32>(b);
  let borrow: u64 = 0;
  for (let i: u32 = 1; i <= count; i++) {
    const right = i <= countB ? <u64> load<u32>(b + (i << 2)) : 0;
    const wide = <u64> load<u32>(a + (i << 2)) - right - borrow;
    store<u32>(a + (i << 2), <u32> wide);
    borrow = wide >> 63;
  }
  let top = count;
  while (top != 0 && load<u32>(a + (top << 2)) == 0) top--;
  store<u32>(a, top);
}

/** big = big / divisor; returns the remainder. */
export function bigDivideSmall(big: u32, divisor: u32): u32 {
  let rest: u64 = 0;
  const count = load<u32>(big);
  for (let i = count; i != 0; i--) {
    rest = rest << 32 | <u64> load<u32>(big + (i << 2));
    store<u32>(big + (i << 2), <u32> (rest / <u64> divisor));
    rest %= <u64> divisor;
  }
  let top = count;
  while (top != 0 && load<u32>(big + (top << 2)) == 0) top--;
  store<u32>(big, top);
  return <u32> rest;
}
