/** 128-bit products and quotients, and the powers of five that fit 64 bits. */

/** 5^0 to 5^27. */
const POW5: u32 = <u32> memory.data(28 * 8, 16);

function fillPow5(): void {
  let power: u64 = 1;
  for (let i: u32 = 0; i < 28; i++) {
    store<u64>(POW5 + (i << 3), power);
    power *= 5;
  }
}
fillPow5();

/** 5^n for n of 0 to 27. */
// @ts-ignore: decorator
@inline
export function pow5(n: i32): u64 {
  return load<u64>(POW5 + (<u32> n << 3));
}

let wideHigh: u64 = 0;
let wideRest: u64 = 0;

/** The upper half of the last `mulWide`. */
// @ts-ignore: decorator
@inline
export function mulWideHigh(): u64 {
  return wideHigh;
}

/** The lower 64 bits of a * b. */
export function mulWide(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const lowest = aLow * bLow;
  const middle = aHigh * bLow + (lowest >> 32);
  const middle2 = aLow * bHigh + (middle & 0xffffffff);
  wideHigh = aHigh * bHigh + (middle >> 32) + (middle2 >> 32);
  return middle2 << 32 | lowest & 0xffffffff;
}

/** The remainder of the last `divideWide`. */
// @ts-ignore: decorator
@inline
export function divideWideRest(): u64 {
  return wideRest;
}

/**
 * (high * 2^64 + low) / divisor, where the divisor's top bit is set and
 * high < divisor. Two steps of 32 bits (Knuth, algorithm D).
 */
export function divideWide(high: u64, low: u64, divisor: u64): u64 {
  const base: u64 = 0x100000000;
  const dHigh = divisor >> 32;
  const dLow = divisor & 0xffffffff;
  let quotient: u64 = 0;
  let rest = high;
  for (let step = 0; step < 2; step++) {
    const next = step == 0 ? low >> 32 : low & 0xffffffff;
    let guess = rest / dHigh;
    let left = rest - guess * dHigh;
    while (guess >= base || guess * dLow > (left << 32 | next)) {
      guess--;
      left += dHigh;
      if (left >= base) break;
    }
    rest = (rest << 32 | next) - guess * divisor;
    quotient = quotient << 32 | guess;
  }
  wideRest = rest;
  return quotient;
}
