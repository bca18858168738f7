/** Parts of strings and their length. */

import { OutOfMemory, TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import { type CommandSpec, integer, key, keyAt, string } from "../spec.ts";
import { isTooLong, notifyStored } from "./_values.ts";

/** No string can be longer, whatever `proto-max-bulk-len` says. */
const STRING_BYTES_MAX = 0xffffffff;

/** `GETRANGE` */
export const getrange: CommandSpec = {
  name: "getrange",
  summary: "Get a substring of the string stored at a key",
  since: "2.4.0",
  group: "string",
  complexity:
    "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
  arity: 4,
  flags: ["readonly"],
  acl: ["string"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("start"), integer("end")],
  handler: getrangeHandler,
};

/** `SETRANGE` */
export const setrange: CommandSpec = {
  name: "setrange",
  summary: "Overwrite part of a string at key starting at the specified offset",
  since: "2.2.0",
  group: "string",
  complexity:
    "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("offset"), string("value")],
  handler: setrangeHandler,
};

/** `SUBSTR` */
export const substr: CommandSpec = {
  name: "substr",
  summary: "Get a substring of the string stored at a key",
  since: "1.0.0",
  group: "string",
  complexity:
    "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
  arity: 4,
  flags: ["readonly"],
  acl: ["string"],
  docFlags: ["deprecated"],
  deprecatedSince: "2.0.0",
  replacedBy: "`GETRANGE`",
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("start"), integer("end")],
  handler: getrangeHandler,
};

/** `APPEND` */
export const append: CommandSpec = {
  name: "append",
  summary: "Append a value to a key",
  since: "2.0.0",
  group: "string",
  complexity:
    "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation.",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("value")],
  handler: appendHandler,
};

/** `STRLEN` */
export const strlen: CommandSpec = {
  name: "strlen",
  summary: "Get the length of the value stored in a key",
  since: "2.2.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: strlenHandler,
  kernel: "strlen",
};

function getrangeHandler(call: Call): void {
  const { reply, x } = call;
  const first = call.needInteger(2);
  if (first === undefined) return;
  const last = call.needInteger(3);
  if (last === undefined) return;
  const entry = call.lookupRead(1);
  if (entry === 0) {
    reply.text("");
    return;
  }
  if (!call.checkType(entry, TYPE_STRING)) return;
  const ptr = x.stringView(entry);
  const length = x.stringViewLength() >>> 0;
  if (first < 0n && last < 0n && first > last) {
    reply.text("");
    return;
  }
  const start = position(first, length);
  const end = Math.min(position(last, length), length - 1);
  if (start > end) reply.text("");
  else reply.bulk(ptr + start, end - start + 1);
}

/** A position counted from the end if negative, at least 0. */
function position(index: bigint, length: number): number {
  const value = Number(index);
  return Math.max(0, value < 0 ? length + value : value);
}

function setrangeHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const offset = call.needInteger(2);
  if (offset === undefined) return;
  if (offset < 0n) {
    reply.error("ERR offset is out of range");
    return;
  }
  const valueLength = call.argLength(3);
  const entry = call.lookupWrite(1);
  if (entry !== 0 && !call.checkType(entry, TYPE_STRING)) return;
  const length = entry === 0 ? 0 : x.stringLength(entry) >>> 0;
  if (valueLength === 0) {
    reply.integer(length);
    return;
  }
  if (isTooLong(call, offset + BigInt(valueLength))) return;
  const end = Number(offset) + valueLength;
  if (end > STRING_BYTES_MAX) throw new OutOfMemory();
  const start = Number(offset);
  keyspace.need(
    entry === 0
      ? x.stringSetPadded(
        call.db,
        x.argPtr(1),
        x.argLength(1),
        start,
        x.argPtr(3),
        valueLength,
      )
      : x.stringSetRange(call.db, entry, start, x.argPtr(3), valueLength),
  );
  notifyStored(call, 1, entry === 0, "setrange");
  reply.integer(Math.max(length, end));
}

function appendHandler(call: Call): void {
  const { db, keyspace, x } = call;
  const valueLength = call.argLength(2);
  const entry = call.lookupWrite(1);
  let length = 0;
  if (entry === 0) {
    keyspace.need(
      x.stringSet(
        db,
        x.argPtr(1),
        x.argLength(1),
        x.argPtr(2),
        valueLength,
        0,
      ),
    );
  } else {
    if (!call.checkType(entry, TYPE_STRING)) return;
    length = x.stringLength(entry) >>> 0;
    if (isTooLong(call, length + valueLength)) return;
    keyspace.need(x.stringAppend(db, entry, x.argPtr(2), valueLength));
  }
  notifyStored(call, 1, entry === 0, "append");
  call.reply.integer(length + valueLength);
}

function strlenHandler(call: Call): void {
  const entry = call.lookupRead(1);
  if (entry === 0) {
    call.reply.integer(0);
    return;
  }
  if (!call.checkType(entry, TYPE_STRING)) return;
  call.reply.integer(call.x.stringLength(entry) >>> 0);
}
