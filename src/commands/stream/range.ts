/** Reading the entries of one stream. */

import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, integer, key, keyAt, string } from "../spec.ts";
import { readBound, readCount } from "./_ids.ts";

/** `XLEN` */
export const xlen: CommandSpec = {
  name: "xlen",
  summary: "Return the number of entries in a stream",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["stream"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: xlenHandler,
};

/** `XRANGE` */
export const xrange: CommandSpec = {
  name: "xrange",
  summary:
    "Return a range of elements in a stream, with IDs matching the specified IDs interval",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
  arity: -4,
  flags: ["readonly"],
  acl: ["stream"],
  history: [["6.2.0", "Added exclusive ranges."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("start"),
    string("end"),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: xrangeHandler,
};

/** `XREVRANGE` */
export const xrevrange: CommandSpec = {
  name: "xrevrange",
  summary:
    "Return a range of elements in a stream, with IDs matching the specified IDs interval, in reverse order (from greater to smaller IDs) compared to XRANGE",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
  arity: -4,
  flags: ["readonly"],
  acl: ["stream"],
  history: [["6.2.0", "Added exclusive ranges."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("end"),
    string("start"),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: xrevrangeHandler,
};

function xlenHandler(call: Call): void {
  const { x } = call;
  const entry = call.lookupReadOf(1, TYPE_STREAM);
  if (entry === WRONG) return;
  call.reply.integer(entry === 0 ? 0 : x.streamCount(x.valuePtr(entry)));
}

function xrangeHandler(call: Call): void {
  replyRange(call, 2, 3, false);
}

function xrevrangeHandler(call: Call): void {
  replyRange(call, 3, 2, true);
}

function replyRange(
  call: Call,
  startIndex: number,
  endIndex: number,
  isReverse: boolean,
): void {
  const { x } = call;
  if (!readBound(call, startIndex, false)) return;
  if (!readBound(call, endIndex, true)) return;
  let count: number | undefined;
  for (let index = 4; index < call.argc; index += 2) {
    if (!call.argIs(index, "count") || index + 1 === call.argc) {
      call.reply.error(errors.SYNTAX);
      return;
    }
    count = readCount(call, index + 1);
    if (count === undefined) return;
  }
  const entry = call.lookupReadOf(1, TYPE_STREAM);
  if (entry === WRONG) return;
  if (entry === 0) call.reply.array(0);
  else if (count === 0) call.reply.nullArray();
  else x.streamRangeReply(x.valuePtr(entry), count ?? 0, isReverse ? 1 : 0);
}
