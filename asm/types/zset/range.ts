/**
 * Ranges of a sorted set. Whatever a range is given by, it comes down to a rank
 * and a number of elements.
 */
import { bytesCompare } from "../../base/bytes";
import { valuePtr } from "../../keyspace/entry";
import { lpFirst, lpLast, lpNext, lpPrev } from "../listpack";
import { isSmall, zsetFind } from "./edit";
import {
  elementMember,
  elementMemberLength,
  largeFind,
  largeLength,
  largeRoot,
} from "./large";
import {
  memberCompare,
  smallBefore,
  smallFind,
  smallLength,
  smallRank,
} from "./small";
import { BY_MEMBER, BY_SCORE, treeBefore, treeRank, treeSelect } from "./tree";

/** What `zsetLexRange` found. */
let rangeStart: u32 = 0;
let rangeCount: u32 = 0;

export function zsetRangeStart(): u32 {
  return rangeStart;
}

export function zsetRangeCount(): u32 {
  return rangeCount;
}

/** Elements with a lower score, or the same if `included`. */
export function zsetBefore(entry: u32, score: f64, included: bool): u32 {
  const value = valuePtr(entry);
  return isSmall(entry)
    ? smallBefore(value, score, included)
    : treeBefore(largeRoot(value), BY_SCORE, score, 0, 0, included);
}

/** The rank of a member, -1 if it is not there; its score is in `foundScore`. */
export function zsetRank(entry: u32, ptr: u32, length: u32): i32 {
  if (!zsetFind(entry, ptr, length)) return -1;
  const value = valuePtr(entry);
  return <i32>(isSmall(entry)
    ? smallRank(value, smallFind(value, ptr, length))
    : treeRank(largeRoot(value), largeFind(value, ptr, length)));
}

// --------------------------------------------------------- ranges of members

/** Kinds of an end of a range of members. */
export const LEX_INCLUDED: u32 = 0;
export const LEX_EXCLUDED: u32 = 1;
/** Before, and behind, every member: `-` and `+`. */
export const LEX_LEAST: u32 = 2;
export const LEX_GREATEST: u32 = 3;

let minPtr: u32 = 0;
let minLength: u32 = 0;
let minKind: u32 = 0;
let maxPtr: u32 = 0;
let maxLength: u32 = 0;
let maxKind: u32 = 0;

/** What `lexParse` read. */
let lexKind: u32 = 0;

export function lexParsedKind(): u32 {
  return lexKind;
}

/** Reads the kind of an end; all but `-` and `+` have the member behind one byte. */
export function lexParse(ptr: u32, length: u32): bool {
  if (length == 0) return false;
  const first = load<u8>(ptr);
  const isAlone = length == 1 || load<u8>(ptr, 1) == 0;
  if (first == 0x28) lexKind = LEX_EXCLUDED;
  else if (first == 0x5b) lexKind = LEX_INCLUDED;
  else if (first == 0x2d && isAlone) lexKind = LEX_LEAST;
  else if (first == 0x2b && isAlone) lexKind = LEX_GREATEST;
  else return false;
  return true;
}

/** Whether a member, by its order to the lower end, is not below it. */
// @ts-ignore: decorator
@inline
function reachesMin(order: i32): bool {
  return minKind == LEX_EXCLUDED ? order > 0 : order >= 0;
}

function smallReachesMin(at: u32): bool {
  if (minKind >= LEX_LEAST) return minKind == LEX_LEAST;
  return reachesMin(memberCompare(at, minPtr, minLength));
}

function smallKeepsMax(at: u32): bool {
  if (maxKind >= LEX_LEAST) return maxKind == LEX_GREATEST;
  const order = memberCompare(at, maxPtr, maxLength);
  return maxKind == LEX_EXCLUDED ? order < 0 : order <= 0;
}

/** Whether no member could lie between the ends. */
function isEmptyRange(): bool {
  if (minKind == LEX_GREATEST || maxKind == LEX_LEAST) return true;
  if (minKind == LEX_LEAST || maxKind == LEX_GREATEST) return false;
  const order = bytesCompare(minPtr, minLength, maxPtr, maxLength);
  return order > 0 ||
    order == 0 && (minKind == LEX_EXCLUDED || maxKind == LEX_EXCLUDED);
}

/**
 * Members from the first that reaches the lower end on, or, from behind, from
 * the last that keeps to the upper end back: as Redis walks, which tells where
 * scores differ.
 */
function smallLexRange(lp: u32, reverse: bool): void {
  if (lpFirst(lp) == 0) return;
  if (!smallReachesMin(lpPrev(lp, lpLast(lp)))) return;
  if (!smallKeepsMax(lpFirst(lp))) return;
  let at = reverse ? lpPrev(lp, lpLast(lp)) : lpFirst(lp);
  let skipped: u32 = 0;
  while (at != 0 && !(reverse ? smallKeepsMax(at) : smallReachesMin(at))) {
    at = smallStep(lp, at, reverse);
    skipped++;
  }
  let count: u32 = 0;
  while (at != 0 && (reverse ? smallReachesMin(at) : smallKeepsMax(at))) {
    at = smallStep(lp, at, reverse);
    count++;
  }
  rangeCount = count;
  rangeStart = reverse ? smallLength(lp) - skipped - count : skipped;
}

/** The member behind another, or in front of it. */
function smallStep(lp: u32, at: u32, reverse: bool): u32 {
  if (!reverse) return lpNext(lp, lpNext(lp, at));
  const score = lpPrev(lp, at);
  return score == 0 ? 0 : lpPrev(lp, score);
}

/** Whether all members lie below, or above, the range: Redis looks at these first. */
function largeIsOutside(root: u32, length: u32): bool {
  if (minKind != LEX_LEAST) {
    const last = treeSelect(root, length - 1);
    if (!reachesMin(elementCompare(last, minPtr, minLength))) return true;
  }
  if (maxKind == LEX_GREATEST) return false;
  const order = elementCompare(treeSelect(root, 0), maxPtr, maxLength);
  return maxKind == LEX_EXCLUDED ? order >= 0 : order > 0;
}

/** Order of an element's member and another one. */
function elementCompare(element: u32, ptr: u32, length: u32): i32 {
  return bytesCompare(
    elementMember(element),
    elementMemberLength(element),
    ptr,
    length,
  );
}

function largeLexRange(large: u32): void {
  const root = largeRoot(large);
  if (largeIsOutside(root, largeLength(large))) return;
  const start: u32 = minKind == LEX_LEAST
    ? 0
    : treeBefore(root, BY_MEMBER, 0, minPtr, minLength, minKind == LEX_EXCLUDED);
  const end = maxKind == LEX_GREATEST
    ? largeLength(large)
    : treeBefore(root, BY_MEMBER, 0, maxPtr, maxLength, maxKind == LEX_INCLUDED);
  if (end <= start) return;
  rangeStart = start;
  rangeCount = end - start;
}

/**
 * The members between two texts, each with its first byte, which `lexParse` has
 * accepted. `reverse` tells where Redis would begin.
 */
export function zsetLexRange(
  entry: u32,
  min: u32,
  minTextLength: u32,
  max: u32,
  maxTextLength: u32,
  reverse: bool,
): void {
  lexParse(min, minTextLength);
  minKind = lexKind;
  minPtr = min + 1;
  minLength = minTextLength - 1;
  lexParse(max, maxTextLength);
  maxKind = lexKind;
  maxPtr = max + 1;
  maxLength = maxTextLength - 1;
  rangeStart = 0;
  rangeCount = 0;
  if (isEmptyRange()) return;
  if (isSmall(entry)) smallLexRange(valuePtr(entry), reverse);
  else largeLexRange(valuePtr(entry));
}
