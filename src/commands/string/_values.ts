/** What the string commands share. */

import { TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";

/**
 * Replies with the string of an entry, null if there is none (0). If it is no
 * string, replies WRONGTYPE and returns false.
 */
export function replyString(call: Call, entry: number): boolean {
  if (entry === 0) {
    call.reply.null();
    return true;
  }
  if (!call.checkType(entry, TYPE_STRING)) return false;
  call.x.stringReply(entry);
  return true;
}

/** How long the client's output is: what `needAfterReply` may go back to. */
export function replyMark(call: Call): number {
  const output = call.x.outputSelected();
  return output === 0 ? 0 : call.x.outputLength(output);
}

/**
 * As `Keyspace.need`, for a command that must write its reply before it changes
 * the value: takes the reply back before the command fails.
 */
export function needAfterReply(
  call: Call,
  mark: number,
  result: number,
): number {
  if (result === 0) {
    const output = call.x.outputSelected();
    if (output !== 0) call.x.outputTruncate(output, mark);
  }
  return call.keyspace.need(result);
}

/** Tells listeners that the key at this argument holds another string. */
export function notifyStored(
  call: Call,
  index: number,
  isNew: boolean,
  event: string,
): void {
  if (isNew) call.notify("new", "new", index);
  call.notify("string", event, index);
}

/** Whether a string may not be as long as this; if so, replies the error. */
export function isTooLong(call: Call, bytes: number | bigint): boolean {
  if (bytes <= call.services.config.values.protoMaxBulkLen) return false;
  call.reply.error(errors.STRING_TOO_LONG);
  return true;
}
