/** Strings as arrays of integers of any width. */

import { OutOfMemory, TYPE_STRING } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type ArgumentView,
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  type KeyReference,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { needAfterReply, notifyStored, replyMark } from "../string/_values.ts";
import { type BitOffset, readBitOffset } from "./_offsets.ts";

const BAD_TYPE =
  "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";

/** No string can be longer, whatever `proto-max-bulk-len` says. */
const STRING_BYTES_MAX = 0xffffffff;

/** What happens to results that do not fit, by the numbers the core gives. */
const OVERFLOWS = ["wrap", "sat", "fail"] as const;

/** Results of the core's `bitfieldSet` and `bitfieldAdd`. */
const OUT_OF_MEMORY = -1;
const FAILED = 0;
const CHANGED = 2;

/** `BITFIELD` */
export const bitfield: CommandSpec = {
  name: "bitfield",
  summary: "Perform arbitrary bitfield integer operations on strings",
  since: "3.2.0",
  group: "bitmap",
  complexity: "O(1) for each subcommand specified",
  arity: -2,
  flags: ["write", "denyoom"],
  acl: ["bitmap"],
  keys: [{
    ...keyAt(1, "RW", "access", "update", "variable_flags"),
    notes: "This command allows both access and modification of the key",
  }],
  arguments: [
    key("key"),
    oneOf("operation", [
      block("encoding_offset", [string("encoding"), integer("offset")], {
        token: "GET",
      }),
      block("write", [
        oneOf("wrap_sat_fail", [
          token("wrap", "WRAP"),
          token("sat", "SAT"),
          token("fail", "FAIL"),
        ], { token: "OVERFLOW", optional: true }),
        oneOf("write_operation", [
          block("encoding_offset_value", [
            string("encoding"),
            integer("offset"),
            integer("value"),
          ], { token: "SET" }),
          block("encoding_offset_increment", [
            string("encoding"),
            integer("offset"),
            integer("increment"),
          ], { token: "INCRBY" }),
        ]),
      ]),
    ], { ...OPTIONAL, ...MULTIPLE }),
  ],
  handler: bitfieldHandler,
  getKeys: bitfieldKeys,
};

/** `BITFIELD_RO` */
export const bitfieldRo: CommandSpec = {
  name: "bitfield_ro",
  summary:
    "Perform arbitrary bitfield integer operations on strings. Read-only variant of BITFIELD",
  since: "6.0.0",
  group: "bitmap",
  complexity: "O(1) for each subcommand specified",
  arity: -2,
  flags: ["readonly", "fast"],
  acl: ["bitmap"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    block("encoding_offset", [string("encoding"), integer("offset")], {
      token: "GET",
      optional: true,
      multiple: true,
      multipleToken: true,
    }),
  ],
  handler: bitfieldRoHandler,
};

type OperationName = "get" | "set" | "incrby";

/** An integer's type. */
interface IntegerType {
  readonly isSigned: boolean;
  readonly bits: number;
}

/** One operation as it was asked for. */
interface Operation extends IntegerType, BitOffset {
  readonly name: OperationName;
  /** Number of OVERFLOWS. */
  readonly overflow: number;
  /** What is set or added. */
  readonly operand: bigint;
}

/** A BITFIELD that only gets is no write. */
function bitfieldKeys(args: ArgumentView): KeyReference[] {
  let isReadOnly = true;
  for (let index = 2; index < args.length; index++) {
    const left = args.length - index - 1;
    if (args.equals(index, "get") && left >= 2) index += 2;
    else if (args.equals(index, "overflow") && left >= 1) index++;
    else {
      isReadOnly = false;
      break;
    }
  }
  return [{
    index: 1,
    flags: isReadOnly ? ["RO", "access"] : ["RW", "access", "update"],
  }];
}

function bitfieldHandler(call: Call): void {
  const operations = readOperations(call);
  if (operations === undefined) return;
  if (operations.some(isWrite)) runWriting(call, operations);
  else runReading(call, operations);
}

function bitfieldRoHandler(call: Call): void {
  const operations = readOperations(call);
  if (operations === undefined) return;
  if (operations.some(isWrite)) {
    call.reply.error("ERR BITFIELD_RO only supports the GET subcommand");
  } else runReading(call, operations);
}

function isWrite({ name }: Operation): boolean {
  return name !== "get";
}

/** The operations asked for; if they make no sense, replies and returns undefined. */
function readOperations(call: Call): Operation[] | undefined {
  const operations: Operation[] = [];
  let overflow = 0;
  for (let index = 2; index < call.argc;) {
    const left = call.argc - index - 1;
    if (call.argIs(index, "overflow") && left >= 1) {
      overflow = OVERFLOWS.findIndex((name) => call.argIs(index + 1, name));
      if (overflow < 0) {
        call.reply.error("ERR Invalid OVERFLOW type specified");
        return undefined;
      }
      index += 2;
      continue;
    }
    const name = operationName(call, index, left);
    if (name === undefined) {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
    const operation = readOperation(call, index, name, overflow);
    if (operation === undefined) return undefined;
    operations.push(operation);
    index += name === "get" ? 3 : 4;
  }
  return operations;
}

/** The operation a word names, if there are enough arguments for it. */
function operationName(
  call: Call,
  index: number,
  left: number,
): OperationName | undefined {
  if (call.argIs(index, "get") && left >= 2) return "get";
  if (call.argIs(index, "set") && left >= 3) return "set";
  if (call.argIs(index, "incrby") && left >= 3) return "incrby";
  return undefined;
}

function readOperation(
  call: Call,
  index: number,
  name: OperationName,
  overflow: number,
): Operation | undefined {
  const type = readType(call, index + 1);
  if (type === undefined) return undefined;
  const offset = readBitOffset(call, index + 2, type.bits);
  if (offset === undefined) return undefined;
  const operand = name === "get" ? 0n : call.needInteger(index + 3);
  if (operand === undefined) return undefined;
  return { name, overflow, operand, ...type, ...offset };
}

/** A type such as `u8`; if it is none, replies and returns undefined. */
function readType(call: Call, index: number): IntegerType | undefined {
  const { x } = call;
  const text = call.argText(index);
  const isSigned = text.startsWith("i");
  // Redis reads it as a C string.
  const nul = text.indexOf("\0");
  const length = (nul < 0 ? text.length : nul) - 1;
  const isType = (isSigned || text.startsWith("u")) &&
    x.parseI64(x.argPtr(index) + 1, length);
  const bits = isType ? Number(x.parsedI64()) : 0;
  if (bits < 1 || bits > (isSigned ? 64 : 63)) {
    call.reply.error(BAD_TYPE);
    return undefined;
  }
  return { isSigned, bits };
}

function runReading(call: Call, operations: readonly Operation[]): void {
  const entry = call.lookupReadOf(1, TYPE_STRING);
  if (entry === WRONG) return;
  call.reply.array(operations.length);
  for (const operation of operations) replyInteger(call, entry, operation);
}

/** Replies with the integer at a place. */
function replyInteger(call: Call, entry: number, operation: Operation): void {
  const { x } = call;
  const { byte, bit, bits, isSigned } = operation;
  const length = entry === 0 ? 0 : x.stringLength(entry) >>> 0;
  if (byte >= length) {
    call.reply.integer(0);
    return;
  }
  const ptr = x.stringView(entry);
  x.replyInteger(x.bitfieldGet(ptr, length, byte, bit, bits, isSigned));
}

/** Bytes a string must have for all that is written. */
function bytesWritten(operations: readonly Operation[]): number {
  let bytes = 0;
  for (const operation of operations) {
    if (!isWrite(operation)) continue;
    const { byte, bit, bits } = operation;
    bytes = Math.max(bytes, byte + Math.ceil((bit + bits) / 8));
  }
  return bytes;
}

function runWriting(call: Call, operations: readonly Operation[]): void {
  const { db, keyspace, reply, x } = call;
  const bytes = bytesWritten(operations);
  const old = call.lookupWriteOf(1, TYPE_STRING);
  if (old === WRONG) return;
  if (bytes > STRING_BYTES_MAX) throw new OutOfMemory();
  const isLonger = old === 0 || bytes > x.stringLength(old) >>> 0;
  const dirty = x.dirtyCount();
  const entry = keyspace.need(
    x.bitfieldRoom(db, x.argPtr(1), x.argLength(1), old, bytes),
  );
  if (old === 0) call.notify("new", "new", 1);
  const mark = replyMark(call);
  let changes = 0;
  reply.array(operations.length);
  for (const operation of operations) {
    if (!isWrite(operation)) {
      replyInteger(call, entry, operation);
      continue;
    }
    const result = write(call, entry, operation);
    if (result === OUT_OF_MEMORY) needAfterReply(call, mark, 0);
    if (result === FAILED) reply.null();
    else x.replyInteger(x.bitfieldResult());
    if (result === CHANGED || isLonger && result !== FAILED) changes++;
  }
  if (changes === 0) return;
  // In a string that became longer each write counts, as in Redis.
  call.addDirty(changes - (x.dirtyCount() - dirty));
  notifyStored(call, 1, false, "setbit");
}

function write(call: Call, entry: number, operation: Operation): number {
  const { x } = call;
  const { name, byte, bit, bits, isSigned, overflow, operand } = operation;
  const change = name === "set" ? x.bitfieldSet : x.bitfieldAdd;
  return change(
    call.db,
    entry,
    byte,
    bit,
    bits,
    isSigned,
    overflow,
    operand,
  );
}
