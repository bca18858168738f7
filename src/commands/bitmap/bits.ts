/** Single bits, and looking for them. */

import { OutOfMemory, TYPE_STRING } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import { block, type CommandSpec, integer, key, keyAt } from "../spec.ts";
import { notifyStored } from "../string/_values.ts";
import { bitRange, INDEX_UNIT, readBitOffset, readIsBits } from "./_offsets.ts";

const BAD_BIT = "ERR bit is not an integer or out of range";

/** No string can be longer, whatever `proto-max-bulk-len` says. */
const STRING_BYTES_MAX = 0xffffffff;

/** What the core's `bitmapSet` adds to the old bit when it changed anything. */
const BIT_CHANGED = 2;

const ADDED_UNITS = ["7.0.0", "Added the `BYTE|BIT` option."] as const;

/** `SETBIT` */
export const setbit: CommandSpec = {
  name: "setbit",
  summary: "Sets or clears the bit at offset in the string value stored at key",
  since: "2.2.0",
  group: "bitmap",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["bitmap"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), integer("offset"), integer("value")],
  handler: setbitHandler,
};

/** `GETBIT` */
export const getbit: CommandSpec = {
  name: "getbit",
  summary: "Returns the bit value at offset in the string value stored at key",
  since: "2.2.0",
  group: "bitmap",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly", "fast"],
  acl: ["bitmap"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("offset")],
  handler: getbitHandler,
};

/** `BITCOUNT` */
export const bitcount: CommandSpec = {
  name: "bitcount",
  summary: "Count set bits in a string",
  since: "2.6.0",
  group: "bitmap",
  complexity: "O(N)",
  arity: -2,
  flags: ["readonly"],
  acl: ["bitmap"],
  history: [ADDED_UNITS],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    block("index", [integer("start"), integer("end"), INDEX_UNIT], {
      optional: true,
    }),
  ],
  handler: bitcountHandler,
};

/** `BITPOS` */
export const bitpos: CommandSpec = {
  name: "bitpos",
  summary: "Find first bit set or clear in a string",
  since: "2.8.7",
  group: "bitmap",
  complexity: "O(N)",
  arity: -3,
  flags: ["readonly"],
  acl: ["bitmap"],
  history: [ADDED_UNITS],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    integer("bit"),
    block("index", [
      integer("start"),
      block("end_index", [integer("end"), INDEX_UNIT], { optional: true }),
    ], { optional: true }),
  ],
  handler: bitposHandler,
};

function setbitHandler(call: Call): void {
  const { reply, x } = call;
  const offset = readBitOffset(call, 2);
  if (offset === undefined) return;
  const value = call.needIntegerIn(3, 0, 1, BAD_BIT);
  if (value === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_STRING);
  if (entry === WRONG) return;
  if (offset.byte >= STRING_BYTES_MAX) throw new OutOfMemory();
  const result = x.bitmapSet(
    call.db,
    x.argPtr(1),
    x.argLength(1),
    entry,
    offset.byte,
    offset.bit,
    value,
  );
  if (result < 0) throw new OutOfMemory();
  if ((result & BIT_CHANGED) !== 0) {
    notifyStored(call, 1, entry === 0, "setbit");
  }
  reply.integer(result & 1);
}

function getbitHandler(call: Call): void {
  const { core, reply, x } = call;
  const offset = readBitOffset(call, 2);
  if (offset === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_STRING);
  if (entry === WRONG) return;
  if (entry === 0 || offset.byte >= x.stringLength(entry) >>> 0) {
    reply.integer(0);
    return;
  }
  const byte = core.u8[(x.stringView(entry) >>> 0) + offset.byte];
  reply.integer(byte >> (7 - offset.bit) & 1);
}

function bitcountHandler(call: Call): void {
  const { argc, reply, x } = call;
  const entry = call.lookupReadOf(1, TYPE_STRING);
  if (entry === WRONG) return;
  if (entry === 0) {
    reply.integer(0);
    return;
  }
  let start = 0n;
  let end = -1n;
  let isBits: boolean | undefined = false;
  if (argc === 4 || argc === 5) {
    const from = call.needInteger(2);
    if (from === undefined) return;
    const to = call.needInteger(3);
    if (to === undefined) return;
    if (from < 0n && to < 0n && from > to) {
      reply.integer(0);
      return;
    }
    if (argc === 5) isBits = readIsBits(call, 4);
    if (isBits === undefined) return;
    start = from;
    end = to;
  } else if (argc !== 2) {
    reply.error(errors.SYNTAX);
    return;
  }
  const ptr = x.stringView(entry);
  const range = bitRange(start, end, isBits, x.stringViewLength() >>> 0);
  const isEmpty = range.first > range.last;
  reply.integer(isEmpty ? 0 : x.bitmapCount(ptr, range.first, range.last));
}

function bitposHandler(call: Call): void {
  const { argc, reply, x } = call;
  const bit = call.needInteger(2);
  if (bit === undefined) return;
  if (bit !== 0n && bit !== 1n) {
    reply.error("ERR The bit argument must be 1 or 0.");
    return;
  }
  const entry = call.lookupRead(1);
  if (entry === 0) {
    reply.integer(bit === 1n ? -1 : 0);
    return;
  }
  if (!call.checkType(entry, TYPE_STRING)) return;
  if (argc > 6) {
    reply.error(errors.SYNTAX);
    return;
  }
  const start = argc > 3 ? call.needInteger(3) : 0n;
  if (start === undefined) return;
  const isBits = argc > 5 ? readIsBits(call, 5) : false;
  if (isBits === undefined) return;
  const end = argc > 4 ? call.needInteger(4) : -1n;
  if (end === undefined) return;
  const ptr = x.stringView(entry);
  const length = x.stringViewLength() >>> 0;
  const { first, last } = bitRange(start, end, isBits, length);
  if (first > last) {
    reply.integer(-1);
    return;
  }
  const found = x.bitmapFind(ptr, first, last, Number(bit));
  // Without an end, zeros follow the string.
  const isOpen = bit === 0n && argc < 5;
  reply.integer(found < 0 && isOpen ? length * 8 : found);
}
