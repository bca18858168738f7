/** The cursor and the options of SCAN, SSCAN, HSCAN and ZSCAN. */

import { untilNul } from "../base/byte_string.ts";
import type { Call } from "./call.ts";
import * as errors from "./errors.ts";

/** Flags of `readScanOptions`: TYPE is an option (SCAN). */
export const SCAN_TYPE = 1;
/** NOVALUES is an option (HSCAN). */
export const SCAN_NOVALUES = 2;

const UINT64_MAX = 0xffffffffffffffffn;

/** Elements a call aims at when it does not say. */
const SCAN_COUNT = 10;

/** What stands behind the cursor. */
export interface ScanOptions {
  /** Argument with the pattern, 0 for none. */
  pattern: number;
  /** At least 1. */
  count: number;
  /** Argument with the name of a type, 0 for none. */
  type: number;
  noValues: boolean;
}

/**
 * The cursor at an argument, by C's strtoul: a sign is allowed, nothing at all
 * is 0. Only its low 32 bits ever name a bucket. Replies with an error and
 * returns undefined if it is none.
 */
export function readScanCursor(call: Call, index: number): number | undefined {
  const text = untilNul(call.argText(index));
  if (text === "") return 0;
  const parts = /^([+-]?)(?=[0-9])0*([0-9]{0,20})$/.exec(text);
  const value = BigInt(parts?.[2] || 0);
  if (parts === null || value > UINT64_MAX) {
    call.reply.error("ERR invalid cursor");
    return undefined;
  }
  return Number(BigInt.asUintN(32, parts[1] === "-" ? -value : value));
}

/**
 * The options from an argument on; `flags` (SCAN_*) says which there are besides
 * MATCH and COUNT. Replies with an error and returns undefined if they are wrong.
 */
export function readScanOptions(
  call: Call,
  firstIndex: number,
  flags: number,
): ScanOptions | undefined {
  const options = { pattern: 0, count: SCAN_COUNT, type: 0, noValues: false };
  let index = firstIndex;
  while (index < call.argc) {
    const value = index + 1;
    const hasValue = value < call.argc;
    if (hasValue && call.argIs(index, "count")) {
      const count = call.needInteger(value);
      if (count === undefined) return undefined;
      if (count < 1n) return refuse(call);
      options.count = Number(count);
    } else if (hasValue && call.argIs(index, "match")) {
      options.pattern = call.argIs(value, "*") ? 0 : value;
    } else if (
      hasValue && (flags & SCAN_TYPE) !== 0 && call.argIs(index, "type")
    ) {
      options.type = value;
    } else if (call.argIs(index, "novalues")) {
      if ((flags & SCAN_NOVALUES) === 0) {
        return refuse(call, "ERR NOVALUES option can only be used in HSCAN");
      }
      options.noValues = true;
      index++;
      continue;
    } else return refuse(call);
    index += 2;
  }
  return options;
}

function refuse(call: Call, error: string = errors.SYNTAX): undefined {
  call.reply.error(error);
  return undefined;
}
