/** Ranges of a sorted set: how they are given, and which ranks they come down to. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";

/** Elements of consecutive ranks. */
export interface Span {
  /** Rank of the first, from the lowest score up. */
  readonly start: number;
  readonly count: number;
}

const NONE: Span = { start: 0, count: 0 };

/** What a range is given by. */
export type RangeKind = "rank" | "score" | "lex";

/** A range as the arguments have it. */
export interface Range {
  readonly kind: RangeKind;
  /** Argument indexes of the lower and the upper end, or of the ranks. */
  readonly minIndex: number;
  readonly maxIndex: number;
  /** The ends, by rank or score. */
  readonly min: number;
  readonly max: number;
  readonly isMinExcluded: boolean;
  readonly isMaxExcluded: boolean;
}

/** A range by rank; replies an error and returns undefined if it is none. */
function readRanks(call: Call, first: number, last: number): Range | undefined {
  const min = call.needInteger(first);
  if (min === undefined) return undefined;
  const max = call.needInteger(last);
  if (max === undefined) return undefined;
  return {
    kind: "rank",
    minIndex: first,
    maxIndex: last,
    min: Number(min),
    max: Number(max),
    isMinExcluded: false,
    isMaxExcluded: false,
  };
}

/** A range by score, as `readRanks`. */
function readScores(
  call: Call,
  minIndex: number,
  maxIndex: number,
): Range | undefined {
  const { x } = call;
  if (!x.boundParse(x.argPtr(minIndex), x.argLength(minIndex))) {
    return refuseScores(call);
  }
  const min = x.boundScore();
  const isMinExcluded = x.boundIsExclusive() !== 0;
  if (!x.boundParse(x.argPtr(maxIndex), x.argLength(maxIndex))) {
    return refuseScores(call);
  }
  const max = x.boundScore();
  const isMaxExcluded = x.boundIsExclusive() !== 0;
  return {
    ...{ kind: "score", minIndex, maxIndex, min, max },
    ...{ isMinExcluded, isMaxExcluded },
  };
}

function refuseScores(call: Call): undefined {
  call.reply.error("ERR min or max is not a float");
  return undefined;
}

/** A range by member, as `readRanks`. */
function readMembers(
  call: Call,
  minIndex: number,
  maxIndex: number,
): Range | undefined {
  const { x } = call;
  if (
    !x.lexParse(x.argPtr(minIndex), x.argLength(minIndex)) ||
    !x.lexParse(x.argPtr(maxIndex), x.argLength(maxIndex))
  ) {
    call.reply.error("ERR min or max not valid string range item");
    return undefined;
  }
  return {
    ...{ kind: "lex", minIndex, maxIndex, min: 0, max: 0 },
    ...{ isMinExcluded: false, isMaxExcluded: false },
  };
}

/** Reads a range; replies an error and returns undefined if it is none. */
export function readRange(
  call: Call,
  kind: RangeKind,
  minIndex: number,
  maxIndex: number,
): Range | undefined {
  if (kind === "rank") return readRanks(call, minIndex, maxIndex);
  if (kind === "score") return readScores(call, minIndex, maxIndex);
  return readMembers(call, minIndex, maxIndex);
}

/** The ranks of a range, which count from the highest score down if `isReverse`. */
export function spanOf(
  call: Call,
  entry: number,
  range: Range,
  isReverse: boolean,
): Span {
  const { x } = call;
  const length = x.zsetCount(entry) >>> 0;
  if (range.kind === "rank") return spanOfRanks(length, range, isReverse);
  if (range.kind === "score") {
    const start = x.zsetBefore(entry, range.min, range.isMinExcluded) >>> 0;
    const end = x.zsetBefore(entry, range.max, !range.isMaxExcluded) >>> 0;
    return end > start ? { start, count: end - start } : NONE;
  }
  x.zsetLexRange(
    entry,
    x.argPtr(range.minIndex),
    x.argLength(range.minIndex),
    x.argPtr(range.maxIndex),
    x.argLength(range.maxIndex),
    isReverse,
  );
  return { start: x.zsetRangeStart() >>> 0, count: x.zsetRangeCount() >>> 0 };
}

function spanOfRanks(length: number, range: Range, isReverse: boolean): Span {
  const first = Math.max(0, range.min < 0 ? range.min + length : range.min);
  const end = range.max < 0 ? range.max + length : range.max;
  const last = Math.min(end, length - 1);
  if (first > end || first >= length) return NONE;
  const count = last - first + 1;
  return { start: isReverse ? length - first - count : first, count };
}

/** What LIMIT leaves of a span; a negative `limit` is none, a negative `offset` leaves nothing. */
export function limited(
  span: Span,
  isReverse: boolean,
  offset: number,
  limit: number,
): Span {
  if (offset < 0 || offset >= span.count) return NONE;
  const left = span.count - offset;
  const count = limit < 0 ? left : Math.min(left, limit);
  return {
    start: isReverse
      ? span.start + span.count - offset - count
      : span.start + offset,
    count,
  };
}

/** A number of elements, from 0 up; replies and returns undefined if it is none. */
export function readCount(call: Call, index: number): number | undefined {
  return call.needIntegerIn(
    index,
    0,
    Infinity,
    "ERR value is out of range, must be positive",
  );
}

/** Replies a syntax error. */
export function refuseSyntax(call: Call): undefined {
  call.reply.error(errors.SYNTAX);
  return undefined;
}
