/** What the HyperLogLog commands share. */

import { TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";

/** A string that begins as a HyperLogLog and does not go on as one. */
export const CORRUPT = "INVALIDOBJ Corrupted HLL object detected";

/** Whether the entry holds a HyperLogLog; if not, replies the error. */
export function checkHyperLogLog(call: Call, entry: number): boolean {
  if (!call.checkType(entry, TYPE_STRING)) return false;
  if (call.x.hllCheck(entry)) return true;
  call.reply.error("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return false;
}

/** `hll-sparse-max-bytes`, as far as the core can count. */
export function sparseBytesMax(call: Call): number {
  return Math.min(call.services.config.values.hllSparseMaxBytes, 0xffffffff);
}

/** Results of the core below 0. */
const EDIT_CORRUPT = -1;

/** Whether a result of the core is no failure; if it is one, replies or throws. */
export function isDone(call: Call, result: number): boolean {
  if (result >= 0) return true;
  if (result === EDIT_CORRUPT) call.reply.error(CORRUPT);
  else call.keyspace.need(0);
  return false;
}
