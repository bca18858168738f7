/** How long a command waits, as its arguments say. */

import { INT64_MAX } from "../base/int64.ts";
import type { Call } from "./call.ts";

/**
 * A timeout in seconds, fractions allowed, as milliseconds rounded up; 0 waits
 * for ever. Replies and returns undefined if the argument is no timeout.
 */
export function readTimeout(call: Call, index: number): number | undefined {
  const { x } = call;
  if (x.parseF64(x.argPtr(index), x.argLength(index), 0) === 0) {
    return refuse(call, "ERR timeout is not a float or out of range");
  }
  return checked(call, Math.ceil(x.parsedF64() * 1000));
}

/** As `readTimeout`, of an argument in whole milliseconds (XREAD BLOCK). */
export function readTimeoutMs(call: Call, index: number): number | undefined {
  const value = call.argInteger(index);
  if (value === undefined) {
    return refuse(call, "ERR timeout is not an integer or out of range");
  }
  return checked(call, Number(value));
}

function checked(call: Call, timeoutMs: number): number | undefined {
  if (timeoutMs < 0) return refuse(call, "ERR timeout is negative");
  if (timeoutMs + call.nowMs > Number(INT64_MAX)) {
    return refuse(call, "ERR timeout is out of range");
  }
  return timeoutMs;
}

function refuse(call: Call, error: string): undefined {
  call.reply.error(error);
  return undefined;
}
