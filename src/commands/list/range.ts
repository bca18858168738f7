/** Parts of lists, and their length. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { type CommandSpec, integer, key, keyAt } from "../spec.ts";

/** `LLEN` */
export const llen: CommandSpec = {
  name: "llen",
  summary: "Get the length of a list",
  since: "1.0.0",
  group: "list",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["list"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: llenHandler,
  kernel: "llen",
};

/** `LINDEX` */
export const lindex: CommandSpec = {
  name: "lindex",
  summary: "Get an element from a list by its index",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).",
  arity: 3,
  flags: ["readonly"],
  acl: ["list"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("index")],
  handler: lindexHandler,
};

/** `LRANGE` */
export const lrange: CommandSpec = {
  name: "lrange",
  summary: "Get a range of elements from a list",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
  arity: 4,
  flags: ["readonly"],
  acl: ["list"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("start"), integer("stop")],
  handler: lrangeHandler,
};

/** `LTRIM` */
export const ltrim: CommandSpec = {
  name: "ltrim",
  summary: "Trim a list to the specified range",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(N) where N is the number of elements to be removed by the operation.",
  arity: 4,
  flags: ["write"],
  acl: ["list"],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), integer("start"), integer("stop")],
  handler: ltrimHandler,
};

/** An index of a list, counted from the end if negative, or -1 if it is outside. */
export function indexIn(index: bigint, length: number): number {
  const value = index < 0n ? index + BigInt(length) : index;
  return value < 0n || value >= length ? -1 : Number(value);
}

/** A range of a list. */
interface Range {
  readonly start: number;
  /** 0 if no element is in it. */
  readonly count: number;
}

/** The part of a range of indexes that there is. */
function rangeIn(first: bigint, last: bigint, length: number): Range {
  const whole = BigInt(length);
  let start = first < 0n ? first + whole : first;
  let end = last < 0n ? last + whole : last;
  if (start < 0n) start = 0n;
  if (end >= whole) end = whole - 1n;
  return start > end
    ? { start: 0, count: 0 }
    : { start: Number(start), count: Number(end - start) + 1 };
}

function llenHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  call.reply.integer(entry === 0 ? 0 : call.x.listLengthOf(entry) >>> 0);
}

function lindexHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const entry = call.lookupReadOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) return reply.null();
  const given = call.needInteger(2);
  if (given === undefined) return;
  const index = indexIn(given, x.listLengthOf(entry) >>> 0);
  if (index < 0) reply.null();
  else keyspace.need(x.listReply(entry, index, 1, 0));
}

function lrangeHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const first = call.needInteger(2);
  if (first === undefined) return;
  const last = call.needInteger(3);
  if (last === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) return reply.array(0);
  const { start, count } = rangeIn(first, last, x.listLengthOf(entry) >>> 0);
  reply.array(count);
  keyspace.need(x.listReply(entry, start, count, 0));
}

function ltrimHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const first = call.needInteger(2);
  if (first === undefined) return;
  const last = call.needInteger(3);
  if (last === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) return reply.ok();
  const length = x.listLengthOf(entry) >>> 0;
  const { start, count } = rangeIn(first, last, length);
  if (count > 0) {
    keyspace.need(x.listTrim(call.db, entry, start, count));
    call.notify("list", "ltrim", 1);
  } else {
    call.notify("list", "ltrim", 1);
    call.removeIfEmpty(entry, 1, 0);
    call.addDirty(length - 1);
  }
  reply.ok();
}
