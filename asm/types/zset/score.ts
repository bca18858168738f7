/** Scores as text, as Redis keeps them in listpacks and reads them in arguments. */
import { parsedF64, parseF64, F64_ALLOW_RANGE, F64_ALLOW_SPACE } from "../../base/float_parse";
import { F64_TEXT_BYTES_MAX, writeF64 } from "../../base/float_print";
import { writeI64 } from "../../base/number";

/** Whole numbers up to half of 2^63 are kept as integers (Redis: double2ll). */
const INTEGER_MAX: f64 = 4611686018427387904.0;

/** Where `scoreText` writes. */
export const scoreTextPtr: u32 = <u32>memory.data(32);

/** Writes a score as a listpack has it; its length. */
export function scoreText(score: f64): u32 {
  if (abs<f64>(score) <= INTEGER_MAX && trunc<f64>(score) == score) {
    return writeI64(scoreTextPtr, <i64>score);
  }
  if (INVARIANTS) if (F64_TEXT_BYTES_MAX > 32) unreachable();
  return writeF64(scoreTextPtr, score);
}

/** What the last `boundParse` read. */
let bound: f64 = 0;
let boundExclusive: bool = false;

export function boundScore(): f64 {
  return bound;
}

export function boundIsExclusive(): bool {
  return boundExclusive;
}

/** The end of a C string within a text. */
function untilNul(ptr: u32, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(ptr + i) == 0) return i;
  }
  return length;
}

/**
 * Reads the end of a range of scores, `(` in front if it is excluded. It is read
 * with strtod as a C string: nothing at all is 0, spaces may stand in front.
 */
export function boundParse(ptr: u32, length: u32): bool {
  let size = untilNul(ptr, length);
  boundExclusive = size != 0 && load<u8>(ptr) == 0x28;
  if (boundExclusive) {
    ptr++;
    size--;
  }
  if (size == 0) {
    bound = 0;
    return true;
  }
  if (!parseF64(ptr, size, F64_ALLOW_SPACE | F64_ALLOW_RANGE)) return false;
  bound = parsedF64();
  return true;
}
