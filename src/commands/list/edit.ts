/** Elements found by what they are, and changed where they are. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  string,
  token,
} from "../spec.ts";
import { COUNT_MAX, magnitude, removeIfEmptied } from "./_lists.ts";
import { indexIn } from "./range.ts";

/** `LSET` */
export const lset: CommandSpec = {
  name: "lset",
  summary: "Set the value of an element in a list by its index",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["list"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("index"), string("element")],
  handler: lsetHandler,
};

/** `LINSERT` */
export const linsert: CommandSpec = {
  name: "linsert",
  summary: "Insert an element before or after another element in a list",
  since: "2.2.0",
  group: "list",
  complexity:
    "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
  arity: 5,
  flags: ["write", "denyoom"],
  acl: ["list"],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [
    key("key"),
    oneOf("where", [token("before", "BEFORE"), token("after", "AFTER")]),
    string("pivot"),
    string("element"),
  ],
  handler: linsertHandler,
};

/** `LREM` */
export const lrem: CommandSpec = {
  name: "lrem",
  summary: "Remove elements from a list",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(N+M) where N is the length of the list and M is the number of elements removed.",
  arity: 4,
  flags: ["write"],
  acl: ["list"],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), integer("count"), string("element")],
  handler: lremHandler,
};

function lsetHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const entry = call.lookupWriteOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) return reply.error(errors.NO_SUCH_KEY);
  const given = call.needInteger(2);
  if (given === undefined) return;
  const index = indexIn(given, x.listLengthOf(entry) >>> 0);
  if (index < 0) return reply.error(errors.OUT_OF_RANGE);
  keyspace.need(
    x.listSet(call.db, entry, index, x.argPtr(3), x.argLength(3)),
  );
  call.notify("list", "lset", 1);
  reply.ok();
}

function linsertHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const isAfter = call.argIs(2, "after");
  if (!isAfter && !call.argIs(2, "before")) return reply.error(errors.SYNTAX);
  const entry = call.lookupWriteOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) return reply.integer(0);
  const result = keyspace.need(
    x.listInsert(
      call.db,
      entry,
      isAfter ? 1 : 0,
      x.argPtr(3),
      x.argLength(3),
      x.argPtr(4),
      x.argLength(4),
    ),
  ) >>> 0;
  if (result === 1) return reply.integer(-1);
  call.notify("list", "linsert", 1);
  reply.integer(result - 1);
}

function lremHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const count = call.needInteger(2);
  if (count === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) return reply.integer(0);
  const length = x.listLengthOf(entry) >>> 0;
  const removed = (keyspace.need(
    x.listRemove(
      call.db,
      entry,
      count < 0n ? 1 : 0,
      count === 0n ? COUNT_MAX : magnitude(count),
      x.argPtr(3),
      x.argLength(3),
    ),
  ) >>> 0) - 1;
  if (removed > 0) call.notify("list", "lrem", 1);
  removeIfEmptied(call, entry, 1, length - removed);
  reply.integer(removed);
}
