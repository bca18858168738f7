/** The longest common subsequence of two strings. */

import { TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyRange,
  OPTIONAL,
  token,
} from "../spec.ts";

/** Digits of a 64-bit integer with its sign. */
const INTEGER_BYTES_MAX = 20;

const NO_MEMORY =
  "ERR Insufficient memory, failed allocating transient memory for LCS";

/** `LCS` */
export const lcs: CommandSpec = {
  name: "lcs",
  summary: "Find longest common substring",
  since: "7.0.0",
  group: "string",
  complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
  arity: -3,
  flags: ["readonly"],
  acl: ["string"],
  keys: [keyRange(1, 1, 1, "RO", "access")],
  arguments: [
    key("key1"),
    key("key2"),
    token("len", "LEN", OPTIONAL),
    token("idx", "IDX", OPTIONAL),
    integer("len", { token: "MINMATCHLEN", optional: true }),
    token("withmatchlen", "WITHMATCHLEN", OPTIONAL),
  ],
  handler: lcsHandler,
};

/** LCS as it was asked for. */
interface LcsOptions {
  readonly isLength: boolean;
  readonly isIndex: boolean;
  readonly withLengths: boolean;
  /** Shorter ranges are left out; a u32. */
  readonly rangeBytesMin: number;
}

function lcsHandler(call: Call): void {
  const { core, reply, x } = call;
  const first = call.lookupRead(1);
  const second = call.lookupRead(2);
  if (isNoString(call, first) || isNoString(call, second)) {
    reply.error("ERR The specified keys must contain string values");
    return;
  }
  const options = readOptions(call);
  if (options === undefined) return;
  const firstLength = first === 0 ? 0 : x.stringLength(first) >>> 0;
  const secondLength = second === 0 ? 0 : x.stringLength(second) >>> 0;
  // What Redis's table would take. Ours takes a thirty-second of it, but what
  // Redis refuses would also take us long.
  const tableBytes = (firstLength + 1) * (secondLength + 1) * 4;
  if (tableBytes > call.services.config.values.protoMaxBulkLen) {
    reply.error(
      "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
    );
    return;
  }
  // Two integers would be viewed in the same place: one is copied.
  const copyPtr = call.keyspace.need(x.alloc(INTEGER_BYTES_MAX));
  const firstPtr = viewed(call, first);
  core.u8.copyWithin(
    copyPtr >>> 0,
    firstPtr >>> 0,
    (firstPtr >>> 0) + Math.min(firstLength, INTEGER_BYTES_MAX),
  );
  const state = x.lcsRun(
    firstLength <= INTEGER_BYTES_MAX ? copyPtr : firstPtr,
    firstLength,
    viewed(call, second),
    secondLength,
  );
  if (state === 0) reply.error(NO_MEMORY);
  else {
    replyComparison(call, state, options);
    x.lcsFree(state);
  }
  x.free(copyPtr);
}

function isNoString(call: Call, entry: number): boolean {
  return entry !== 0 && call.x.entryType(entry) !== TYPE_STRING;
}

function viewed(call: Call, entry: number): number {
  return entry === 0 ? 0 : call.x.stringView(entry);
}

function readOptions(call: Call): LcsOptions | undefined {
  let isLength = false;
  let isIndex = false;
  let withLengths = false;
  let rangeBytesMin = 0;
  for (let index = 3; index < call.argc; index++) {
    if (call.argIs(index, "idx")) isIndex = true;
    else if (call.argIs(index, "len")) isLength = true;
    else if (call.argIs(index, "withmatchlen")) withLengths = true;
    else if (call.argIs(index, "minmatchlen") && index + 1 < call.argc) {
      const value = call.needInteger(++index);
      if (value === undefined) return undefined;
      rangeBytesMin = Math.min(Math.max(0, Number(value)), 0xffffffff);
    } else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  if (isLength && isIndex) {
    call.reply.error(
      "ERR If you want both the length and indexes, please just use IDX.",
    );
    return undefined;
  }
  return { isLength, isIndex, withLengths, rangeBytesMin };
}

function replyComparison(
  call: Call,
  state: number,
  options: LcsOptions,
): void {
  const { core, reply, x } = call;
  const length = x.lcsLength(state) >>> 0;
  if (options.isIndex) {
    reply.map(2);
    reply.text("matches");
    replyRanges(call, state, options);
    reply.text("len");
    reply.integer(length);
  } else if (options.isLength) reply.integer(length);
  else {
    const ptr = core.scratch(length);
    if (ptr === 0) {
      reply.error(NO_MEMORY);
      return;
    }
    x.lcsWrite(state, ptr);
    reply.bulk(ptr, length);
  }
}

/** The matching ranges, from the end of the strings to their start. */
function replyRanges(call: Call, state: number, options: LcsOptions): void {
  const { reply, x } = call;
  const mark = reply.deferred();
  let count = 0;
  while (x.lcsNextRange(state, options.rangeBytesMin) !== 0) {
    count++;
    const start = x.lcsAStart() >>> 0;
    const end = x.lcsAEnd() >>> 0;
    reply.array(options.withLengths ? 3 : 2);
    reply.array(2);
    reply.integer(start);
    reply.integer(end);
    reply.array(2);
    reply.integer(x.lcsBStart() >>> 0);
    reply.integer(x.lcsBEnd() >>> 0);
    if (options.withLengths) reply.integer(end - start + 1);
  }
  reply.deferredArray(mark, count);
}
