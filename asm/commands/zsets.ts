/**
 * Commands on sorted sets that take or give many elements: their loops over
 * arguments and replies, so that a command costs its handler few calls.
 */
import {
  bufferData,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferTake,
} from "../base/buffer";
import { parsedF64, parseF64 } from "../base/float_parse";
import { writeF64 } from "../base/float_print";
import { globMatch } from "../base/glob";
import {
  dictScan,
  emittedAt,
  emittedCount,
  emittedLost,
  emittedReset,
} from "../keyspace/dict";
import { entryEncoding, ENCODING_SKIPLIST, valuePtr } from "../keyspace/entry";
import { argLength, argPtr, frameCount } from "../resp/frame";
import {
  replyArray,
  replyBulk,
  replyDouble,
  replyNull,
  replyProto,
} from "../resp/reply";
import { lpFirst, lpLength, lpNext, lpPtr, lpView } from "../types/listpack";
import {
  ADD_ADDED,
  ADD_NAN,
  ADD_NOTHING,
  ADD_OUT_OF_MEMORY,
  ADD_UPDATED,
  addedEntry,
  addedScore,
  foundScore,
  zsetAdd,
  zsetCount,
  zsetFind,
  zsetRemove,
} from "../types/zset/edit";
import {
  elementMember,
  elementMemberLength,
  largeDict,
  largeLength,
} from "../types/zset/large";
import { elementScore } from "../types/zset/tree";
import {
  walkFrom,
  walkLength,
  walkNext,
  walkPtr,
  walkScore,
} from "../types/zset/walk";

/** Results of `zaddRun`. */
export const RUN_OUT_OF_MEMORY: i32 = 0;
export const RUN_DONE: i32 = 1;
export const RUN_NAN: i32 = 2;

/** Scores of the command under way, read before anything is changed. */
let scores: u32 = 0;

let added: u32 = 0;
let updated: u32 = 0;
let isProcessed: bool = false;

/** Members the last `zaddRun` added. */
export function zaddAdded(): u32 {
  return added;
}

/** Members whose score it changed. */
export function zaddUpdated(): u32 {
  return updated;
}

/** Whether the options let it do anything. */
export function zaddProcessed(): bool {
  return isProcessed;
}

/** The score it arrived at last. */
export function zaddScore(): f64 {
  return addedScore;
}

/**
 * Reads the scores of pairs of score and member from an argument on: 1, 0 if one
 * is no number, -1 when out of memory.
 */
export function zaddScores(first: u32): i32 {
  if (scores == 0) scores = bufferNew();
  if (scores == 0) return -1;
  bufferReset(scores);
  const end = frameCount();
  if (!bufferReserve(scores, (end - first) << 2)) return -1;
  for (let i = first; i < end; i += 2) {
    if (!parseF64(argPtr(i), argLength(i), 0)) return 0;
    store<f64>(bufferTake(scores, 8), parsedF64());
  }
  return 1;
}

/**
 * Adds the members from an argument on with the scores `zaddScores` read; the
 * key is argument 1, `entry` its set or 0. Returns RUN_*.
 */
export function zaddRun(
  db: u32,
  entry: u32,
  first: u32,
  options: u32,
): i32 {
  added = 0;
  updated = 0;
  isProcessed = false;
  const end = frameCount();
  let at: u32 = 0;
  for (let i = first; i < end; i += 2) {
    const score = load<f64>(bufferData(scores) + at);
    at += 8;
    const result = zsetAdd(
      db,
      argPtr(1),
      argLength(1),
      entry,
      argPtr(i + 1),
      argLength(i + 1),
      score,
      options,
    );
    if (result == ADD_OUT_OF_MEMORY) return RUN_OUT_OF_MEMORY;
    if (result == ADD_NAN) return RUN_NAN;
    if (result == ADD_ADDED) added++;
    else if (result == ADD_UPDATED) updated++;
    if (result != ADD_NOTHING) isProcessed = true;
    entry = addedEntry;
  }
  return RUN_DONE;
}

/** Removes the members from argument 2 on; how many were there, -1 when out of memory. */
export function zremRun(db: u32, entry: u32): i32 {
  const end = frameCount();
  let removed: i32 = 0;
  for (let i: u32 = 2; i < end; i++) {
    const result = zsetRemove(db, entry, argPtr(i), argLength(i));
    if (result < 0) return -1;
    removed += result;
    if (result == 1 && zsetCount(entry) == 0) break;
  }
  return removed;
}

// ------------------------------------------------------------------- replies

/** Replies the score of the member at an argument, null if it is not there. */
export function zscoreReply(entry: u32, index: u32): void {
  if (entry != 0 && zsetFind(entry, argPtr(index), argLength(index))) {
    replyDouble(foundScore);
  } else replyNull();
}

/** Flags of `zrangeReply`. */
export const RANGE_REVERSE: u32 = 1;
export const RANGE_SCORES: u32 = 2;
/** A pair of member and score is an array, whatever the protocol. */
export const RANGE_PAIRS: u32 = 4;
/** Member and score follow each other, whatever the protocol. */
export const RANGE_FLAT: u32 = 8;
/** The header has been written. */
export const RANGE_BARE: u32 = 16;

// @ts-ignore: decorator
@inline
function isPaired(flags: u32): bool {
  if (flags & RANGE_PAIRS) return true;
  return (flags & RANGE_SCORES) != 0 && (flags & RANGE_FLAT) == 0 &&
    replyProto > 2;
}

/** Replies the element the walk is at. */
function replyWalked(flags: u32): void {
  if (isPaired(flags)) replyArray(2);
  replyBulk(walkPtr, walkLength);
  if (flags & RANGE_SCORES) replyDouble(walkScore);
}

/**
 * Replies `count` elements of a value from a rank on, counted from the end with
 * RANGE_REVERSE.
 */
function replyRange(
  encoding: u32,
  value: u32,
  start: u32,
  count: u32,
  flags: u32,
): void {
  const isFlat = (flags & RANGE_SCORES) != 0 && !isPaired(flags);
  if ((flags & RANGE_BARE) == 0) replyArray(isFlat ? count << 1 : count);
  if (count == 0) return;
  walkFrom(encoding, value, start, (flags & RANGE_REVERSE) != 0);
  for (let i: u32 = 0; i < count; i++) {
    walkNext();
    replyWalked(flags);
  }
}

/** `replyRange` of the set of an entry. */
export function zrangeReply(
  entry: u32,
  start: u32,
  count: u32,
  flags: u32,
): void {
  replyRange(entryEncoding(entry), valuePtr(entry), start, count, flags);
}

/** Replies all of what `combineRun` returned. */
export function combineReply(large: u32, flags: u32): void {
  replyRange(ENCODING_SKIPLIST, large, 0, largeLength(large), flags);
}

// ---------------------------------------------------------------------- ZSCAN

const scoreDigits: u32 = <u32>memory.data(32);

/** Replies the pairs of a listpack whose member matches; how many strings. */
function scanSmall(lp: u32, pattern: u32, length: i32): u32 {
  let count: u32 = 0;
  let at = lpFirst(lp);
  while (at != 0) {
    const scoreElement = lpNext(lp, at);
    lpView(at);
    if (
      length < 0 || globMatch(pattern, <u32>length, lpPtr, lpLength, false)
    ) {
      replyBulk(lpPtr, lpLength);
      lpView(scoreElement);
      replyBulk(lpPtr, lpLength);
      count += 2;
    }
    at = lpNext(lp, scoreElement);
  }
  return count;
}

/**
 * Walks over a large set from a cursor on until at least `count` elements have
 * been emitted, or ten times as many buckets read. Returns the next cursor.
 */
export function zscanRun(entry: u32, cursor: u32, count: f64): u32 {
  emittedReset();
  if (entryEncoding(entry) != ENCODING_SKIPLIST) return 0;
  const dict = largeDict(valuePtr(entry));
  let bucketsLeft = count * 10;
  do {
    cursor = dictScan(dict, cursor);
  } while (
    cursor != 0 && bucketsLeft-- > 0 && <f64>emittedCount < count &&
    !emittedLost
  );
  return cursor;
}

/**
 * Replies what `zscanRun` emitted, or all of a small set, as members and scores
 * in turn, where the member matches (`length` -1: any). Returns how many strings.
 */
export function zscanReply(entry: u32, pattern: u32, length: i32): u32 {
  if (entryEncoding(entry) != ENCODING_SKIPLIST) {
    return scanSmall(valuePtr(entry), pattern, length);
  }
  let count: u32 = 0;
  for (let i: u32 = 0; i < emittedCount; i++) {
    const element = emittedAt(i);
    const member = elementMember(element);
    const size = elementMemberLength(element);
    if (length >= 0 && !globMatch(pattern, <u32>length, member, size, false)) {
      continue;
    }
    replyBulk(member, size);
    replyBulk(scoreDigits, writeF64(scoreDigits, elementScore(element)));
    count += 2;
  }
  return count;
}
