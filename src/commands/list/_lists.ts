/** What list commands share. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { type ArgumentSpec, oneOf, token } from "../spec.ts";

/** More elements than any list has. */
export const COUNT_MAX = 0xffffffff;

/** How many a number means, its sign apart. */
export function magnitude(value: bigint): number {
  return Math.min(COUNT_MAX, Number(value < 0n ? -value : value));
}

/** An end of a list in the arguments of a command's documentation. */
export function whereArgument(name: string): ArgumentSpec {
  return oneOf(name, [token("left", "LEFT"), token("right", "RIGHT")]);
}

/** Whether the argument is LEFT; replies and returns undefined if it is neither end. */
export function readIsLeft(call: Call, index: number): boolean | undefined {
  if (call.argIs(index, "left")) return true;
  if (call.argIs(index, "right")) return false;
  call.reply.error(errors.SYNTAX);
  return undefined;
}

/**
 * The list at an argument, 0 if there is none, WRONG after replying WRONGTYPE.
 * A command that has waited takes a key of another type for absent.
 */
export function listToPop(call: Call, index: number): number {
  if (!call.isWoken) return call.lookupWriteOf(index, TYPE_LIST);
  const entry = call.lookupWrite(index);
  return entry !== 0 && call.x.entryType(entry) === TYPE_LIST ? entry : 0;
}

/**
 * Deletes a list that a change which was counted has emptied. As in Redis, that
 * it goes is no change of its own.
 */
export function removeIfEmptied(
  call: Call,
  entry: number,
  index: number,
  length: number,
): void {
  if (length !== 0) return;
  call.removeIfEmpty(entry, index, length);
  call.addDirty(-1);
}

/**
 * Replies up to `count` elements from an end, without the head of an array, and
 * takes them out of the list at an argument.
 */
export function popElements(
  call: Call,
  entry: number,
  index: number,
  isLeft: boolean,
  count: number,
): void {
  const { keyspace, x } = call;
  const length = x.listLengthOf(entry) >>> 0;
  keyspace.need(
    x.listReply(entry, isLeft ? 0 : length - 1, count, isLeft ? 0 : 1),
  );
  const event = isLeft ? "lpop" : "rpop";
  if (count < length) {
    keyspace.need(x.listDrop(call.db, entry, isLeft ? 1 : 0, count));
    call.notify("list", event, index);
    return;
  }
  call.notify("list", event, index);
  call.addDirty(count);
  removeIfEmptied(call, entry, index, 0);
}
