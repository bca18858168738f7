/** Commands that store a sorted set at argument 1. */

import type { Call } from "../call.ts";

/** The result is empty: the key is deleted, and 0 replied. */
export function storedNothing(call: Call): void {
  const { x } = call;
  call.keyspace.delete(call.db, x.argPtr(1), x.argLength(1));
  call.reply.integer(0);
}

/** The key holds the result: tells of it, and replies how many members it has. */
export function storedSome(
  call: Call,
  isNew: boolean,
  event: string,
  length: number,
): void {
  if (isNew) call.notify("new", "new", 1);
  call.notify("zset", event, 1);
  call.reply.integer(length);
}
