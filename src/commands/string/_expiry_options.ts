/** The options of `SET` and `GETEX`, and the times they give. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";

/** Options as bits. */
export const NX = 1;
export const XX = 2;
export const GET = 4;
export const KEEPTTL = 8;
export const PERSIST = 16;
export const EX = 32;
export const PX = 64;
export const EXAT = 128;
export const PXAT = 256;

const TIMES = EX | PX | EXAT | PXAT;
const TTL_OPTIONS = TIMES | KEEPTTL | PERSIST;

const I64_MAX = 0x7fffffffffffffffn;

/** What one word means, and which words may not have come before it. */
interface OptionWord {
  readonly word: string;
  readonly bit: number;
  readonly excludes: number;
}

const SET_WORDS: readonly OptionWord[] = [
  { word: "nx", bit: NX, excludes: XX },
  { word: "xx", bit: XX, excludes: NX },
  { word: "get", bit: GET, excludes: 0 },
  { word: "keepttl", bit: KEEPTTL, excludes: TIMES },
];

const GETEX_WORDS: readonly OptionWord[] = [
  { word: "persist", bit: PERSIST, excludes: TIMES },
];

/** A word may be repeated: the last time counts. */
const TIME_WORDS: readonly OptionWord[] = [
  { word: "ex", bit: EX, excludes: TTL_OPTIONS & ~EX },
  { word: "px", bit: PX, excludes: TTL_OPTIONS & ~PX },
  { word: "exat", bit: EXAT, excludes: TTL_OPTIONS & ~EXAT },
  { word: "pxat", bit: PXAT, excludes: TTL_OPTIONS & ~PXAT },
];

/** Options as they were given. */
export interface StringOptions {
  readonly bits: number;
  /** The argument that holds the time; 0 if no time was given. */
  readonly timeIndex: number;
}

/** Reads the options of `SET`; replies a syntax error and returns undefined. */
export function readSetOptions(call: Call): StringOptions | undefined {
  return readOptions(call, 3, SET_WORDS);
}

/** Reads the options of `GETEX`; replies a syntax error and returns undefined. */
export function readGetexOptions(call: Call): StringOptions | undefined {
  return readOptions(call, 2, GETEX_WORDS);
}

function readOptions(
  call: Call,
  start: number,
  words: readonly OptionWord[],
): StringOptions | undefined {
  let bits = 0;
  let timeIndex = 0;
  for (let index = start; index < call.argc; index++) {
    const option = findWord(call, index, words);
    if (option !== undefined && (bits & option.excludes) === 0) {
      bits |= option.bit;
      continue;
    }
    const time = findWord(call, index, TIME_WORDS);
    if (
      time === undefined || (bits & time.excludes) !== 0 ||
      index + 1 === call.argc
    ) {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
    bits |= time.bit;
    timeIndex = ++index;
  }
  return { bits, timeIndex };
}

function findWord(
  call: Call,
  index: number,
  words: readonly OptionWord[],
): OptionWord | undefined {
  for (const option of words) {
    if (call.argIs(index, option.word)) return option;
  }
  return undefined;
}

/**
 * The time in an argument as milliseconds of Unix time; replies an error and
 * returns undefined if it is none, not positive, or beyond 64 bits.
 */
export function readExpiry(
  call: Call,
  timeIndex: number,
  bits: number,
): bigint | undefined {
  const value = call.needInteger(timeIndex);
  if (value === undefined) return undefined;
  let whenMs = (bits & (EX | EXAT)) !== 0 ? value * 1000n : value;
  if ((bits & (EX | PX)) !== 0) whenMs += BigInt(call.nowMs);
  if (value <= 0n || whenMs > I64_MAX) {
    call.reply.error(errors.invalidExpire(call.entry.fullName));
    return undefined;
  }
  return whenMs;
}
