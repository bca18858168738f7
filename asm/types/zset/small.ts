/**
 * A small sorted set: a listpack of members and scores in turn, in order of
 * score, then member, as Redis has it.
 *
 * Functions that change it leave the listpack, which may have moved, in
 * `smallLp`, whether they succeed or not. They fail when out of memory, and have
 * changed nothing then, unless an undo log is open. `undoReserve(SMALL_RECORDS)`
 * must have succeeded.
 */
import { bytesCompare } from "../../base/bytes";
import { parsedF64, parseF64, F64_ALLOW_RANGE } from "../../base/float_parse";
import {
  lpAppend,
  lpCount,
  lpDeleteRange,
  lpFind,
  lpFirst,
  lpGet,
  lpInsertAfter,
  lpInsertBefore,
  lpInt,
  lpLength,
  lpNext,
  lpPosition,
  lpPrev,
  lpPtr,
  lpReplace,
  lpSeek,
  lpView,
} from "../listpack";
import { scoreText, scoreTextPtr } from "./score";

/** Records of the undo log that a change takes. */
export const SMALL_RECORDS: u32 = 16;

/** The listpack last changed. */
export let smallLp: u32 = 0;

/** Elements of a small set. */
// @ts-ignore: decorator
@inline
export function smallLength(lp: u32): u32 {
  return lpCount(lp) >> 1;
}

/** The score that stands at an element of the listpack. */
export function scoreAt(at: u32): f64 {
  if (lpGet(at)) return <f64>lpInt;
  if (!parseF64(lpPtr, lpLength, F64_ALLOW_RANGE)) return 0;
  return parsedF64();
}

/** Where the member stands, 0 if it is not there. */
export function smallFind(lp: u32, ptr: u32, length: u32): u32 {
  const first = lpFirst(lp);
  return first == 0 ? 0 : lpFind(lp, first, ptr, length, 1);
}

/** Order of the member at an element and another one. */
export function memberCompare(at: u32, ptr: u32, length: u32): i32 {
  lpView(at);
  return bytesCompare(lpPtr, lpLength, ptr, length);
}

/** Makes a changed listpack the current one, if the change succeeded. */
function changed(lp: u32): bool {
  if (lp == 0) return false;
  smallLp = lp;
  return true;
}

/** Adds a member that is not there. */
export function smallAdd(lp: u32, ptr: u32, length: u32, score: f64): bool {
  let at = lpFirst(lp);
  while (at != 0) {
    const scoreElement = lpNext(lp, at);
    const here = scoreAt(scoreElement);
    if (here > score) break;
    if (here == score && memberCompare(at, ptr, length) > 0) break;
    at = lpNext(lp, scoreElement);
  }
  smallLp = lp;
  if (
    !changed(
      at == 0
        ? lpAppend(lp, ptr, length)
        : lpInsertBefore(lp, at, ptr, length),
    )
  ) return false;
  const member = lpPosition;
  const size = scoreText(score);
  if (changed(lpInsertAfter(smallLp, member, scoreTextPtr, size))) return true;
  // Taking the member back needs no memory unless a log is open.
  changed(lpDeleteRange(smallLp, member, 1));
  return false;
}

/** Removes the member that stands at `at`, and its score. */
export function smallRemove(lp: u32, at: u32): bool {
  smallLp = lp;
  return changed(lpDeleteRange(lp, at, 2));
}

/** Removes `count` members from a rank on. */
export function smallRemoveRange(lp: u32, start: u32, count: u32): bool {
  smallLp = lp;
  const at = lpSeek(lp, <i32>(start << 1));
  return changed(lpDeleteRange(lp, at, count << 1));
}

/** The rank of the member at `at`. */
export function smallRank(lp: u32, at: u32): u32 {
  let rank: u32 = 0;
  let score = lpPrev(lp, at);
  while (score != 0) {
    rank++;
    score = lpPrev(lp, lpPrev(lp, score));
  }
  return rank;
}

/** Whether the member at `at` may take this score where it stands. */
function keepsPlace(lp: u32, at: u32, score: f64): bool {
  const before = lpPrev(lp, at);
  if (before != 0 && scoreAt(before) >= score) return false;
  const after = lpNext(lp, lpNext(lp, at));
  return after == 0 || scoreAt(lpNext(lp, after)) > score;
}

/** Gives the member that stands at `at` another score. */
export function smallSetScore(
  lp: u32,
  at: u32,
  ptr: u32,
  length: u32,
  score: f64,
): bool {
  smallLp = lp;
  if (keepsPlace(lp, at, score)) {
    const size = scoreText(score);
    return changed(lpReplace(lp, lpNext(lp, at), scoreTextPtr, size));
  }
  // The old pair stays until the new one is in.
  const oldRank = smallRank(lp, at);
  if (!smallAdd(lp, ptr, length, score)) return false;
  const first = smallFind(smallLp, ptr, length);
  const isNew = scoreAt(lpNext(smallLp, first)) == score;
  return smallRemoveRange(smallLp, isNew ? oldRank + 1 : oldRank, 1);
}

/** Members whose score is less than one, or equal to it if `included`. */
export function smallBefore(lp: u32, score: f64, included: bool): u32 {
  let rank: u32 = 0;
  let at = lpFirst(lp);
  while (at != 0) {
    const scoreElement = lpNext(lp, at);
    const here = scoreAt(scoreElement);
    if (included ? here > score : here >= score) break;
    rank++;
    at = lpNext(lp, scoreElement);
  }
  return rank;
}
