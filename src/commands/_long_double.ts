/** Numbers with a fraction, as INCRBYFLOAT and HINCRBYFLOAT count. */

import { type LongDouble, parseLongDouble } from "../base/long_double.ts";
import type { Call } from "./call.ts";

/** No longer text is a number; it is not even looked at. */
const NUMBER_TEXT_BYTES_MAX = 5 * 1024;

/** The number that bytes of the core's memory say, or null if they say none. */
export function longDoubleAt(
  call: Call,
  ptr: number,
  length: number,
): LongDouble | null {
  if (length > NUMBER_TEXT_BYTES_MAX) return null;
  return parseLongDouble(call.core.text(ptr, length));
}
