/**
 * Sine, cosine and arc sine, rounded correctly but for a case in thousands: what
 * C libraries of today do, to the last digit. The runtime's own may be off by one
 * unit there.
 *
 * Values are carried as sums of two doubles, about 106 bits (T. J. Dekker, "A
 * floating-point technique for extending the available precision", 1971), where
 * they matter: the first terms of the Taylor series. Arguments are at most a few
 * half turns.
 */

/** The sum that an operation results in. */
let high: f64 = 0;
let low: f64 = 0;

const SPLITTER: f64 = 134217729;

/** A quarter turn, in three parts. */
const QUARTER_1: f64 = 1.5707963267948966;
const QUARTER_2: f64 = 6.123233995736766e-17;
const QUARTER_3: f64 = -1.4973849048591833e-33;

/** What is lost when a product is rounded. */
function productError(a: f64, b: f64, product: f64): f64 {
  const aSplit = SPLITTER * a;
  const aHigh = aSplit - (aSplit - a);
  const aLow = a - aHigh;
  const bSplit = SPLITTER * b;
  const bHigh = bSplit - (bSplit - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

function multiply(aHigh: f64, aLow: f64, bHigh: f64, bLow: f64): void {
  const product = aHigh * bHigh;
  const rest = productError(aHigh, bHigh, product) +
    (aHigh * bLow + aLow * bHigh);
  high = product + rest;
  low = rest - (high - product);
}

function add(aHigh: f64, aLow: f64, bHigh: f64, bLow: f64): void {
  const sum = aHigh + bHigh;
  const part = sum - aHigh;
  const rest = aHigh - (sum - part) + (bHigh - part) + (aLow + bLow);
  high = sum + rest;
  low = rest - (high - sum);
}

/** Sine of a sum of at most an eighth turn; the result is in `high` and `low`. */
function sineOf(xHigh: f64, xLow: f64): void {
  multiply(xHigh, xLow, xHigh, xLow);
  const s = high;
  const sLow = low;
  let tail = s * (1 / 355687428096000.0 - s / 121645100408832000.0);
  tail = s * (1 / 6227020800.0 + s * (-1 / 1307674368000.0) + s * tail);
  tail = s * (1 / 362880.0 + s * (-1 / 39916800.0) + s * tail);
  tail = s * (-1 / 5040.0 + tail);
  add(0.008333333333333333, 1.1564823173178714e-19, tail, 0);
  multiply(high, low, s, sLow);
  add(high, low, -0.16666666666666666, -9.25185853854297e-18);
  multiply(high, low, s, sLow);
  multiply(high, low, xHigh, xLow);
  add(xHigh, xLow, high, low);
}

/** Cosine, as `sineOf`. */
function cosineOf(xHigh: f64, xLow: f64): void {
  multiply(xHigh, xLow, xHigh, xLow);
  const s = high;
  const sLow = low;
  let tail = s * (1 / 20922789888000.0 - s / 6402373705728000.0);
  tail = s * (1 / 479001600.0 + s * (-1 / 87178291200.0) + s * tail);
  tail = s * (1 / 40320.0 + s * (-1 / 3628800.0) + s * tail);
  add(-0.001388888888888889, 5.300543954373577e-20, tail, 0);
  multiply(high, low, s, sLow);
  add(high, low, 0.041666666666666664, 2.3129646346357427e-18);
  multiply(high, low, s, sLow);
  add(high, low, -0.5, 0);
  multiply(high, low, s, sLow);
  add(1, 0, high, low);
}

/** Sine of `x` and so many quarter turns; the result is in `high` and `low`. */
function turnedSine(x: f64, quarters: i32): void {
  const nearest = Math.round(x / QUARTER_1);
  const whole = nearest * QUARTER_1;
  add(x, 0, -whole, 0);
  add(high, low, -nearest * QUARTER_2, -nearest * QUARTER_3);
  const turn = <i32>nearest + quarters;
  if (turn & 1) cosineOf(high, low);
  else sineOf(high, low);
  if (turn & 2) {
    high = -high;
    low = -low;
  }
}

/** Sine of radians. */
export function sine(x: f64): f64 {
  if (!(abs<f64>(x) < 100)) return Math.sin(x);
  turnedSine(x, 0);
  return high;
}

/** Cosine of radians. */
export function cosine(x: f64): f64 {
  if (!(abs<f64>(x) < 100)) return Math.cos(x);
  turnedSine(x, 1);
  return high;
}

/** Radians of a sine. */
export function arcSine(x: f64): f64 {
  const near = Math.asin(x);
  if (!(abs<f64>(x) <= 1) || x == 0) return near;
  // A step of Newton's, with the sine of what is near known exactly.
  turnedSine(near, 0);
  const missing = x - high - low;
  return near + missing / Math.cos(near);
}
