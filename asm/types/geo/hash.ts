/**
 * Geohashes as Redis makes them: a longitude and a latitude, each as a fraction
 * of its range in `step` bits, interleaved; with 26 bits each they are the 52 bits
 * of a sorted set's score. Latitude has the even bits, longitude the odd ones.
 */

import { arcSine, cosine, sine } from "../../base/trigonometry";

/** Ends of the coordinates that can be stored (EPSG:900913). */
const LONGITUDE_MAX: f64 = 180;
const LATITUDE_MAX: f64 = 85.05112878;

export const STEP_MAX: u32 = 26;

const EARTH_RADIUS_M: f64 = 6372797.560856;
const RADIANS_A_DEGREE: f64 = Math.PI / 180.0;

/** Where `geoDecode` found the middle of a cell, and the ends of `cellOf`. */
export let longitude: f64 = 0;
export let latitude: f64 = 0;
export let west: f64 = 0;
export let east: f64 = 0;
export let south: f64 = 0;
export let north: f64 = 0;

export function geoLongitude(): f64 {
  return longitude;
}

export function geoLatitude(): f64 {
  return latitude;
}

/** Whether a place can be stored. */
export function geoIsValid(x: f64, y: f64): bool {
  return abs<f64>(x) <= LONGITUDE_MAX && abs<f64>(y) <= LATITUDE_MAX;
}

/** Spreads 32 bits over the even places of 64. */
function spread(value: u32): u64 {
  let bits = <u64>value;
  bits = (bits | bits << 16) & 0x0000ffff0000ffff;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

/** Gathers the even bits. */
function gather(bits: u64): u32 {
  bits &= 0x5555555555555555;
  bits = (bits | bits >> 1) & 0x3333333333333333;
  bits = (bits | bits >> 2) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits >> 4) & 0x00ff00ff00ff00ff;
  bits = (bits | bits >> 8) & 0x0000ffff0000ffff;
  return <u32>(bits | bits >> 16);
}

/** The hash of a place in so many bits a coordinate; latitudes reach to `latitudeMax`. */
function encode(x: f64, y: f64, step: u32, latitudeMax: f64): u64 {
  const cells = <f64>(<u64>1 << step);
  const fromSouth = (y + latitudeMax) / (latitudeMax + latitudeMax) * cells;
  const fromWest = (x + LONGITUDE_MAX) / (LONGITUDE_MAX + LONGITUDE_MAX) *
    cells;
  return spread(<u32>fromSouth) | spread(<u32>fromWest) << 1;
}

/** The hash of a place in so many bits a coordinate. */
export function hashOf(x: f64, y: f64, step: u32): u64 {
  return encode(x, y, step, LATITUDE_MAX);
}

/** The score of a place. */
export function geoEncode(x: f64, y: f64): f64 {
  return <f64>hashOf(x, y, STEP_MAX);
}

/** Finds the ends of the cell of a hash: `west`, `east`, `south`, `north`. */
export function cellOf(hash: u64, step: u32): void {
  const cells = <f64>(<u64>1 << step);
  const row = <f64>gather(hash);
  const column = <f64>gather(hash >> 1);
  const height = LATITUDE_MAX + LATITUDE_MAX;
  const width = LONGITUDE_MAX + LONGITUDE_MAX;
  south = row / cells * height - LATITUDE_MAX;
  north = (row + 1) / cells * height - LATITUDE_MAX;
  west = column / cells * width - LONGITUDE_MAX;
  east = (column + 1) / cells * width - LONGITUDE_MAX;
}

/**
 * The bits of a score. Any set may be asked for places: what is no hash gives
 * what the conversion of x86-64 gives.
 */
function bitsOf(score: f64): u64 {
  if (score >= -9223372036854775808.0 && score < 9223372036854775808.0) {
    return <u64><i64>score;
  }
  if (score < 18446744073709551616.0 && score > 0) return <u64>score;
  return score > 0 ? 0 : 0x8000000000000000;
}

/** Finds the place that a score stands for: `longitude`, `latitude`. */
export function geoDecode(score: f64): void {
  cellOf(bitsOf(score), STEP_MAX);
  longitude = min<f64>(LONGITUDE_MAX, max<f64>(-LONGITUDE_MAX, (west + east) / 2));
  latitude = min<f64>(LATITUDE_MAX, max<f64>(-LATITUDE_MAX, (south + north) / 2));
}

/** The place of the character of a standard geohash in its alphabet. */
export function geoStandardDigit(score: f64, index: u32): u32 {
  geoDecode(score);
  // Latitudes of the standard reach to the poles.
  const hash = encode(longitude, latitude, STEP_MAX, 90);
  // 52 bits make ten characters; the eleventh is always 0.
  if (index >= 10) return 0;
  return <u32>(hash >> <u64>(52 - (index + 1) * 5)) & 31;
}

// @ts-ignore: decorator
@inline
function radians(degrees: f64): f64 {
  return degrees * RADIANS_A_DEGREE;
}

/** Metres between two places along a meridian. */
export function latitudeDistance(a: f64, b: f64): f64 {
  return EARTH_RADIUS_M * abs<f64>(radians(b) - radians(a));
}

/** Metres between two places on a sphere (haversine). */
export function geoDistance(aX: f64, aY: f64, bX: f64, bY: f64): f64 {
  const v = sine((radians(bX) - radians(aX)) / 2);
  if (v == 0) return latitudeDistance(aY, bY);
  const a = radians(aY);
  const b = radians(bY);
  const u = sine((b - a) / 2);
  return 2.0 * EARTH_RADIUS_M *
    arcSine(Math.sqrt(u * u + cosine(a) * cosine(b) * v * v));
}

/** Degrees of latitude that a distance takes. */
export function degreesAlong(metres: f64): f64 {
  return metres / EARTH_RADIUS_M / RADIANS_A_DEGREE;
}

/** Degrees of longitude that a distance takes at a latitude. */
export function degreesAcross(metres: f64, degrees: f64): f64 {
  return metres / EARTH_RADIUS_M / cosine(radians(degrees)) /
    RADIANS_A_DEGREE;
}
