/**
 * Glob patterns as Redis matches them (KEYS, SCAN, PSUBSCRIBE, CONFIG GET):
 * `*`, `?`, `[set]` with ranges and `^`, and `\` before any of them.
 *
 * Redis recurses at each `*` and gives up once the last star has failed; the
 * same answers come from going back to the last star only, which needs no
 * stack. Reading behind the end of a pattern gives NUL, as Redis's strings
 * have one there. Oddities kept: nothing matches the empty string but the
 * empty pattern; the part behind a star never matches nothing; ranges compare
 * signed bytes; more than 1000 stars never match.
 */
import { lowerByte } from "./bytes";

/** Stars that have something behind them; beyond, Redis refuses to match. */
const STARS_MAX: u32 = 1000;

let pattern: u32 = 0;
let patternLength: u32 = 0;
let noCase: bool = false;
/** Where `matchSet` stopped: the set's last byte. */
let setEnd: u32 = 0;

// @ts-ignore: decorator
@inline
function at(index: u32): u32 {
  return index < patternLength ? <u32> load<u8>(pattern + index) : 0;
}

// @ts-ignore: decorator
@inline
function same(a: u32, b: u32): bool {
  return a == b || noCase && lowerByte(a) == lowerByte(b);
}

/** A byte as C's plain char sees it, in lower case when case is ignored. */
// @ts-ignore: decorator
@inline
function signed(byte: u32): i32 {
  return <i32> extend8(noCase ? lowerByte(byte) : byte);
}

// @ts-ignore: decorator
@inline
function extend8(byte: u32): i32 {
  return <i32> <i8> byte;
}

/** Whether `byte` is in the range `from`-`to`, given in either order. */
function inRange(from: u32, to: u32, byte: u32): bool {
  // Redis swaps by the bytes as written, before it looks at case.
  const swap = extend8(from) > extend8(to);
  const low = signed(swap ? to : from);
  const high = signed(swap ? from : to);
  const wanted = signed(byte);
  return wanted >= low && wanted <= high;
}

/** Whether `byte` is in the set that starts behind the `[` at `index`. */
function matchSet(index: u32, byte: u32): bool {
  let i = index + 1;
  const negated = at(i) == 0x5e;
  if (negated) i++;
  let match = false;
  while (true) {
    const member = at(i);
    const left = i < patternLength ? patternLength - i : 0;
    if (member == 0x5c && left >= 2) {
      i++;
      // Even when case is ignored an escaped byte must be the same byte.
      if (at(i) == byte) match = true;
    } else if (left == 0) {
      i--;
      break;
    } else if (member == 0x5d) {
      break;
    } else if (left >= 3 && at(i + 1) == 0x2d) {
      if (inRange(member, at(i + 2), byte)) match = true;
      i += 2;
    } else if (same(member, byte)) {
      match = true;
    }
    i++;
  }
  setEnd = i;
  return match != negated;
}

/**
 * Whether the pattern at `index` matches one byte; leaves the index behind
 * what it used in `setEnd`.
 */
// @ts-ignore: decorator
@inline
function matchOne(index: u32, byte: u32): bool {
  let wanted = at(index);
  setEnd = index;
  if (wanted == 0x3f) return true;
  if (wanted == 0x5b) return matchSet(index, byte);
  if (wanted == 0x5c && patternLength - index >= 2) {
    setEnd = index + 1;
    wanted = at(setEnd);
  }
  return same(wanted, byte);
}

/** Whether the string matches the pattern. */
export function globMatch(
  patternPtr: u32,
  patternBytes: u32,
  ptr: u32,
  length: u32,
  ignoreCase: bool,
): bool {
  pattern = patternPtr;
  patternLength = patternBytes;
  noCase = ignoreCase;
  let p: u32 = 0;
  let s: u32 = 0;
  let stars: u32 = 0;
  /** Pattern behind the last star, and where the string is tried from. */
  let starPattern: u32 = 0;
  let starString: u32 = 0;
  while (true) {
    let failed = false;
    while (p < patternLength && s < length) {
      if (at(p) == 0x2a) {
        while (at(p + 1) == 0x2a) p++;
        if (patternLength - p == 1) return true;
        if (++stars > STARS_MAX) return false;
        starPattern = ++p;
        starString = s;
        continue;
      }
      if (!matchOne(p, <u32> load<u8>(ptr + s))) {
        failed = true;
        break;
      }
      p = setEnd + 1;
      s++;
      if (s == length) {
        while (at(p) == 0x2a) p++;
        break;
      }
    }
    if (!failed && p >= patternLength && s == length) return true;
    if (stars == 0 || ++starString >= length) break;
    p = starPattern;
    s = starString;
  }
  return false;
}
