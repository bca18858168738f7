/**
 * Places within a circle or a box. As Redis does: the shape is covered by the cell
 * of its centre and that one's neighbours, at the finest step at which they do,
 * and the members of each cell, which are a range of scores, are looked at. The
 * order of cells is the order of what is found.
 *
 *   result, 24 bytes: f64 distance in metres, f64 score,
 *   u32 element (tree) or address (listpack), u32 unused
 */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferTake,
} from "../../base/buffer";
import { entryEncoding, valuePtr } from "../../keyspace/entry";
import { undoResume, undoSuspend } from "../../keyspace/undo";
import { replyBulk } from "../../resp/reply";
import { lpLength, lpPtr, lpView } from "../listpack";
import { isSmall, zsetCount } from "../zset/edit";
import {
  elementMember,
  elementMemberLength,
  largeAdd,
  largeNew,
} from "../zset/large";
import { zsetBefore } from "../zset/range";
import { combineFree } from "../zset/combine";
import { storeLarge } from "../zset/store";
import { walkAt, walkFrom, walkNext, walkScore } from "../zset/walk";
import {
  cellOf,
  degreesAcross,
  degreesAlong,
  east,
  geoDecode,
  geoDistance,
  hashOf,
  latitude,
  latitudeDistance,
  longitude,
  north,
  south,
  STEP_MAX,
  west,
} from "./hash";

const RESULT_BYTES: u32 = 24;
const MERCATOR_MAX: f64 = 20037726.37;
const CELLS: u32 = 9;
const EVEN: u64 = 0x5555555555555555;
const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

let results: u32 = 0;

// The shape that is searched.
let centreX: f64 = 0;
let centreY: f64 = 0;
let isBox: bool = false;
/** The radius; of a box, its width. */
let widthM: f64 = 0;
let heightM: f64 = 0;
let boundWest: f64 = 0;
let boundEast: f64 = 0;
let boundSouth: f64 = 0;
let boundNorth: f64 = 0;

/** The cell of the centre and its neighbours: north, south, east, west, the corners. */
const cells: u32 = <u32>memory.data(72, 8);
/** A bit for each cell that need not be looked at. */
let excluded: u32 = 0;

const NORTH: u32 = 1;
const SOUTH: u32 = 2;
const EAST: u32 = 3;
const WEST: u32 = 4;
const NORTH_EAST: u32 = 5;
const NORTH_WEST: u32 = 6;
const SOUTH_EAST: u32 = 7;
const SOUTH_WEST: u32 = 8;

// @ts-ignore: decorator
@inline
function cellHash(index: u32): u64 {
  return load<u64>(cells + (index << 3));
}

/** Ends of the shape in degrees. */
function findBounds(): void {
  const height = isBox ? heightM / 2 : widthM;
  const width = isBox ? widthM / 2 : widthM;
  const rise = degreesAlong(height);
  // The side towards the pole is the widest in degrees.
  const edge = centreY < 0 ? centreY - rise : centreY + rise;
  const run = degreesAcross(width, edge);
  boundWest = centreX - run;
  boundEast = centreX + run;
  boundSouth = centreY - rise;
  boundNorth = centreY + rise;
}

/** The step at which a cell and its neighbours are about as large as the shape. */
function estimateStep(radiusM: f64): u32 {
  if (radiusM == 0) return STEP_MAX;
  let step: i32 = 1;
  for (; radiusM < MERCATOR_MAX; radiusM *= 2) step++;
  step -= 2;
  // Towards the poles cells are narrower.
  const away = abs<f64>(centreY);
  if (away > 66) step -= away > 80 ? 2 : 1;
  return <u32>max<i32>(1, min<i32>(<i32>STEP_MAX, step));
}

/** The hash of the cell so many columns and rows (-1, 0, 1) away. */
function neighbour(hash: u64, columns: i32, rows: i32, step: u32): u64 {
  const shift = <u64>(64 - (step << 1));
  const even = EVEN >> shift;
  const odd = ODD >> shift;
  let x = hash & ODD;
  let y = hash & EVEN;
  // The bits of the other coordinate carry, or borrow, from one to the next.
  if (columns > 0) x = x + even + 1 & odd;
  else if (columns < 0) x = (x | even) - (even + 1) & odd;
  if (rows > 0) y = y + odd + 1 & even;
  else if (rows < 0) y = (y | odd) - (odd + 1) & even;
  return x | y;
}

function putCell(index: u32, columns: i32, rows: i32, step: u32): void {
  const hash = neighbour(cellHash(0), columns, rows, step);
  store<u64>(cells + (index << 3), hash);
}

function findCells(step: u32): void {
  store<u64>(cells, hashOf(centreX, centreY, step));
  putCell(NORTH, 0, 1, step);
  putCell(SOUTH, 0, -1, step);
  putCell(EAST, 1, 0, step);
  putCell(WEST, -1, 0, step);
  putCell(NORTH_EAST, 1, 1, step);
  putCell(NORTH_WEST, -1, 1, step);
  putCell(SOUTH_EAST, 1, -1, step);
  putCell(SOUTH_WEST, -1, -1, step);
}

/** Whether the neighbours on all sides reach the ends of the shape. */
function cellsReach(step: u32): bool {
  cellOf(cellHash(NORTH), step);
  if (north < boundNorth) return false;
  cellOf(cellHash(SOUTH), step);
  if (south > boundSouth) return false;
  cellOf(cellHash(EAST), step);
  if (east < boundEast) return false;
  cellOf(cellHash(WEST), step);
  return west <= boundWest;
}

function exclude(a: u32, b: u32, c: u32): void {
  excluded |= 1 << a | 1 << b | 1 << c;
}

/** Covers the shape with cells; the step of these. */
function coverShape(): u32 {
  findBounds();
  const halfWidth = widthM / 2;
  const halfHeight = heightM / 2;
  const radiusM = isBox
    ? Math.sqrt(halfWidth * halfWidth + halfHeight * halfHeight)
    : widthM;
  let step = estimateStep(radiusM);
  findCells(step);
  if (step > 1 && !cellsReach(step)) findCells(--step);
  excluded = 0;
  if (step < 2) return step;
  cellOf(cellHash(0), step);
  if (south < boundSouth) exclude(SOUTH, SOUTH_WEST, SOUTH_EAST);
  if (north > boundNorth) exclude(NORTH, NORTH_EAST, NORTH_WEST);
  if (west < boundWest) exclude(WEST, SOUTH_WEST, NORTH_WEST);
  if (east > boundEast) exclude(EAST, SOUTH_EAST, NORTH_EAST);
  return step;
}

/** The distance of the place last decoded, -1 if it is outside the shape. */
function distanceWithin(): f64 {
  if (isBox) {
    if (latitudeDistance(latitude, centreY) > heightM / 2) return -1;
    const across = geoDistance(longitude, latitude, centreX, latitude);
    if (across > widthM / 2) return -1;
  }
  const distance = geoDistance(centreX, centreY, longitude, latitude);
  return !isBox && distance > widthM ? -1 : distance;
}

/** Adds a result; false when out of memory. */
function addResult(distance: f64): bool {
  if (!bufferReserve(results, RESULT_BYTES)) return false;
  const at = bufferTake(results, RESULT_BYTES);
  store<f64>(at, distance);
  store<f64>(at, walkScore, 8);
  store<u32>(at, walkAt, 16);
  return true;
}

/** Looks at the members of a cell, until there are `limit` results (0: no limit). */
function searchCell(entry: u32, hash: u64, step: u32, limit: f64): bool {
  const shift = <u64>(STEP_MAX - step << 1);
  const least = <f64>(hash << shift);
  const end = <f64>(hash + 1 << shift);
  const rank = zsetBefore(entry, least, false);
  if (rank >= zsetCount(entry)) return true;
  walkFrom(entryEncoding(entry), valuePtr(entry), rank, false);
  while (walkNext() && walkScore < end) {
    geoDecode(walkScore);
    const distance = distanceWithin();
    if (distance < 0) continue;
    if (!addResult(distance)) return false;
    if (limit != 0 && <f64>geoResultCount() >= limit) return true;
  }
  return true;
}

/**
 * Finds the members of a set within a circle (`height` negative, `width` its
 * radius) or a box, metres; with `limit` (0: none), any so many of them. False
 * when out of memory.
 */
export function geoSearch(
  entry: u32,
  x: f64,
  y: f64,
  width: f64,
  height: f64,
  limit: f64,
): bool {
  if (results == 0) results = bufferNew();
  if (results == 0) return false;
  bufferReset(results);
  centreX = x;
  centreY = y;
  isBox = height >= 0;
  widthM = width;
  heightM = height;
  const step = coverShape();
  let last: u32 = 0;
  for (let i: u32 = 0; i < CELLS; i++) {
    if (excluded & 1 << i) continue;
    // Where the shape is huge, neighbours are the same cell.
    if (last != 0 && cellHash(i) == cellHash(last)) continue;
    if (limit != 0 && <f64>geoResultCount() >= limit) return true;
    if (!searchCell(entry, cellHash(i), step, limit)) return false;
    last = i;
  }
  return true;
}

/** How many the last search has found. */
export function geoResultCount(): u32 {
  return bufferLength(results) / RESULT_BYTES;
}

// @ts-ignore: decorator
@inline
function resultAt(index: u32): u32 {
  return bufferData(results) + index * RESULT_BYTES;
}

/** Metres from the centre to a result. */
export function geoResultDistance(index: u32): f64 {
  return load<f64>(resultAt(index));
}

export function geoResultScore(index: u32): f64 {
  return load<f64>(resultAt(index), 8);
}

let memberPtr: u32 = 0;
let memberLength: u32 = 0;

function findMember(entry: u32, index: u32): void {
  const at = load<u32>(resultAt(index), 16);
  if (isSmall(entry)) {
    lpView(at);
    memberPtr = lpPtr;
    memberLength = lpLength;
  } else {
    memberPtr = elementMember(at);
    memberLength = elementMemberLength(at);
  }
}

/** Replies the member of a result of a search of this set. */
export function geoResultReply(entry: u32, index: u32): void {
  findMember(entry, index);
  replyBulk(memberPtr, memberLength);
}

let stored: u32 = 0;
let storedLengthMax: u32 = 0;

/** Begins a set of results; false when out of memory. */
export function geoStoreBegin(): bool {
  const wasOpen = undoSuspend();
  stored = largeNew();
  storedLengthMax = 0;
  undoResume(wasOpen);
  return stored != 0;
}

/** Adds a result with a score; false when out of memory, and all is given up. */
export function geoStoreAdd(entry: u32, index: u32, score: f64): bool {
  findMember(entry, index);
  if (memberLength > storedLengthMax) storedLengthMax = memberLength;
  const wasOpen = undoSuspend();
  const done = largeAdd(stored, memberPtr, memberLength, score);
  if (!done) combineFree(stored);
  undoResume(wasOpen);
  return done;
}

/** The key holds the set of results; false when out of memory. */
export function geoStoreEnd(db: u32, key: u32, keyLength: u32): bool {
  return storeLarge(db, key, keyLength, stored, storedLengthMax);
}
