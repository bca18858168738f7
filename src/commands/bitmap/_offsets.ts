/** What the bitmap commands share: places of bits, and specs of ranges. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { type ArgumentSpec, oneOf, token } from "../spec.ts";

const BAD_OFFSET = "ERR bit offset is not an integer or out of range";

/** The place of a bit. */
export interface BitOffset {
  readonly byte: number;
  /** 0 is the highest. */
  readonly bit: number;
}

/**
 * The bit an argument names; if it names none that a string may have, replies
 * and returns undefined. `#n` is the n-th integer of `bits` bits, if that is
 * not 0.
 */
export function readBitOffset(
  call: Call,
  index: number,
  bits = 0,
): BitOffset | undefined {
  const { core, x } = call;
  const ptr = call.argPtr(index);
  const length = call.argLength(index);
  const isNumbered = bits > 0 && length > 0 &&
    core.u8[ptr >>> 0] === "#".charCodeAt(0);
  const skipped = isNumbered ? 1 : 0;
  let offset = x.parseI64(ptr + skipped, length - skipped)
    ? Number(x.parsedI64())
    : -1;
  if (isNumbered) {
    offset *= bits;
    if (!Number.isSafeInteger(offset)) {
      // The product wraps, as Redis's does.
      offset = Number(BigInt.asIntN(64, x.parsedI64() * BigInt(bits)));
    }
  }
  const byte = Math.floor(offset / 8);
  if (offset < 0 || byte >= call.services.config.values.protoMaxBulkLen) {
    call.reply.error(BAD_OFFSET);
    return undefined;
  }
  return { byte, bit: offset % 8 };
}

/** BYTE or BIT, since 7.0. */
export const INDEX_UNIT: ArgumentSpec = oneOf("index_unit", [
  token("byte", "BYTE"),
  token("bit", "BIT"),
], { since: "7.0.0", optional: true });

/**
 * Whether an argument says that a range counts bits; if it is neither BIT nor
 * BYTE, replies and returns undefined.
 */
export function readIsBits(call: Call, index: number): boolean | undefined {
  if (call.argIs(index, "bit")) return true;
  if (call.argIs(index, "byte")) return false;
  call.reply.error(errors.SYNTAX);
  return undefined;
}

/** A range of bits, both ends included; empty if `first` is behind `last`. */
export interface BitRange {
  readonly first: number;
  readonly last: number;
}

/** The bits that a range of bits or bytes of a string covers. */
export function bitRange(
  start: bigint,
  end: bigint,
  isBits: boolean,
  length: number,
): BitRange {
  const total = isBits ? length * 8 : length;
  const first = fromStart(start, total);
  const last = Math.min(fromStart(end, total), total - 1);
  return isBits ? { first, last } : { first: first * 8, last: last * 8 + 7 };
}

/** A position counted from the end if negative, at least 0. */
function fromStart(index: bigint, total: number): number {
  const value = Number(index);
  return Math.max(0, value < 0 ? total + value : value);
}
