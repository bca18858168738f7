/**
 * Union, intersection and difference of sorted sets. The inputs are noted in a
 * list; the result is a value that nobody else has, to be replied or stored.
 *
 *   input, 16 bytes: f64 weight, u32 entry (0 = no key), u32 unused
 */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferTake,
} from "../../base/buffer";
import { siphash } from "../../base/siphash";
import { dictScan, emittedAt, emittedCount, emittedLost, emittedReset } from "../../keyspace/dict";
import { ENCODING_SKIPLIST, TYPE_ZSET } from "../../keyspace/entry";
import { undoResume, undoSuspend } from "../../keyspace/undo";
import { valueFree } from "../value";
import {
  inputCount,
  inputFind,
  inputLength,
  inputNext,
  inputOpen,
  inputPtr,
  inputScore,
} from "./input";
import {
  largeAddUnordered,
  largeDict,
  largeFind,
  largeLength,
  largeNew,
  largeOrder,
} from "./large";
import { storeLarge } from "./store";
import { elementScore } from "./tree";

const INPUT_BYTES: u32 = 16;

/** How scores of the same member are put together. */
export const AGGREGATE_SUM: u32 = 0;
export const AGGREGATE_MIN: u32 = 1;
export const AGGREGATE_MAX: u32 = 2;

let inputs: u32 = 0;
let lengthMax: u32 = 0;

/** Begins a list of inputs; false when out of memory. */
export function combineReset(): bool {
  if (inputs == 0) inputs = bufferNew();
  if (inputs == 0) return false;
  bufferReset(inputs);
  return true;
}

/** Adds an input to the list; false when out of memory. */
export function combineAdd(entry: u32, weight: f64): bool {
  if (!bufferReserve(inputs, INPUT_BYTES)) return false;
  const at = bufferTake(inputs, INPUT_BYTES);
  store<f64>(at, weight);
  store<u32>(at, entry, 8);
  return true;
}

// @ts-ignore: decorator
@inline
function inputsTotal(): u32 {
  return bufferLength(inputs) / INPUT_BYTES;
}

// @ts-ignore: decorator
@inline
function entryOf(index: u32): u32 {
  return load<u32>(bufferData(inputs) + index * INPUT_BYTES, 8);
}

// @ts-ignore: decorator
@inline
function weightOf(index: u32): f64 {
  return load<f64>(bufferData(inputs) + index * INPUT_BYTES);
}

/** Puts the smallest inputs first, others in the order they were given. */
function sortInputs(): void {
  const total = inputsTotal();
  const data = bufferData(inputs);
  for (let i: u32 = 1; i < total; i++) {
    const weight = weightOf(i);
    const entry = entryOf(i);
    const count = inputCount(entry);
    let at = i;
    while (at != 0 && inputCount(entryOf(at - 1)) > count) {
      const from = data + (at - 1) * INPUT_BYTES;
      memory.copy(from + INPUT_BYTES, from, INPUT_BYTES);
      at--;
    }
    store<f64>(data + at * INPUT_BYTES, weight);
    store<u32>(data + at * INPUT_BYTES, entry, 8);
  }
}

/** What is not a number counts as 0: 0 times infinity, infinity less infinity. */
// @ts-ignore: decorator
@inline
function orZero(score: f64): f64 {
  return score != score ? 0 : score;
}

function aggregate(a: f64, b: f64, how: u32): f64 {
  if (how == AGGREGATE_SUM) return orZero(a + b);
  if (how == AGGREGATE_MIN) return b < a ? b : a;
  return b > a ? b : a;
}

function putMember(large: u32, score: f64): bool {
  if (inputLength > lengthMax) lengthMax = inputLength;
  const hash = siphash(inputPtr, inputLength);
  return largeAddUnordered(large, inputPtr, inputLength, score, hash) != 0;
}

function union(large: u32, how: u32): bool {
  const total = inputsTotal();
  for (let i: u32 = 0; i < total; i++) {
    const weight = weightOf(i);
    inputOpen(entryOf(i));
    while (inputNext()) {
      const score = orZero(weight * inputScore);
      const element = largeFind(large, inputPtr, inputLength);
      if (element != 0) {
        store<f64>(element, aggregate(elementScore(element), score, how));
      } else if (!putMember(large, score)) return false;
    }
  }
  return true;
}

/** Members that the last `common` found. */
let commonCount: u32 = 0;

/**
 * Members common to all inputs, at most `limit` (0: all), put into `large` unless
 * that is 0.
 */
function common(large: u32, how: u32, limit: u32): bool {
  const total = inputsTotal();
  commonCount = 0;
  inputOpen(entryOf(0));
  while (inputNext()) {
    const own = inputScore;
    let score = orZero(weightOf(0) * own);
    let isCommon = true;
    for (let i: u32 = 1; i < total && isCommon; i++) {
      let other = own;
      if (entryOf(i) != entryOf(0)) {
        isCommon = inputFind(entryOf(i), inputPtr, inputLength);
        other = inputScore;
      }
      if (isCommon) score = aggregate(score, other * weightOf(i), how);
    }
    if (!isCommon) continue;
    if (large != 0 && !putMember(large, score)) return false;
    commonCount++;
    if (limit != 0 && commonCount == limit) return true;
  }
  return true;
}

function difference(large: u32): bool {
  const total = inputsTotal();
  for (let i: u32 = 1; i < total; i++) {
    if (entryOf(i) == entryOf(0)) return true;
  }
  inputOpen(entryOf(0));
  while (inputNext()) {
    const score = inputScore;
    let isOwn = true;
    for (let i: u32 = 1; i < total && isOwn; i++) {
      isOwn = !inputFind(entryOf(i), inputPtr, inputLength);
    }
    if (isOwn && !putMember(large, score)) return false;
  }
  return true;
}

/** Puts the elements of the dict in order; false when out of memory. */
function putInOrder(large: u32): bool {
  let cursor: u32 = 0;
  do {
    emittedReset();
    cursor = dictScan(largeDict(large), cursor);
    if (emittedLost) return false;
    for (let i: u32 = 0; i < emittedCount; i++) {
      if (!largeOrder(large, emittedAt(i))) return false;
    }
  } while (cursor != 0);
  return true;
}

export const COMBINE_UNION: u32 = 0;
export const COMBINE_INTER: u32 = 1;
export const COMBINE_DIFF: u32 = 2;

/**
 * Combines the inputs; a large set of nobody's, or 0 when out of memory. It must
 * be given to `combineStore` or `combineFree`.
 */
export function combineRun(operation: u32, how: u32): u32 {
  const wasOpen = undoSuspend();
  if (operation != COMBINE_DIFF) sortInputs();
  lengthMax = 0;
  const large = largeNew();
  let done = large != 0;
  if (done && operation == COMBINE_UNION) done = union(large, how);
  else if (done && operation == COMBINE_INTER) done = common(large, how, 0);
  else if (done) done = difference(large);
  done = done && putInOrder(large);
  if (!done && large != 0) combineFree(large);
  undoResume(wasOpen);
  return done ? large : 0;
}

/** How many members the inputs have in common, up to `limit` (0: all). */
export function combineCommon(limit: u32): u32 {
  sortInputs();
  common(0, AGGREGATE_SUM, limit);
  return commonCount;
}

export function combineLength(large: u32): u32 {
  return largeLength(large);
}

export function combineFree(large: u32): void {
  valueFree(TYPE_ZSET, ENCODING_SKIPLIST, large);
}

/**
 * The key holds the large set, which is not empty, made small if it is; false
 * when out of memory. The set is the key's, or freed.
 */
export function combineStore(
  db: u32,
  key: u32,
  keyLength: u32,
  large: u32,
): bool {
  return storeLarge(db, key, keyLength, large, lengthMax);
}
