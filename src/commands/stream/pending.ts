/** What a group has been given and has not acknowledged. */

import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  MULTIPLE,
  OPTIONAL,
  string,
} from "../spec.ts";
import { findGroup, groupOf, needIds, readCount, readRange } from "./_ids.ts";

/** `XACK` */
export const xack: CommandSpec = {
  name: "xack",
  summary:
    "Marks a pending message as correctly processed, effectively removing it from the pending entries list of the consumer group. Return value of the command is the number of messages successfully acknowledged, that is, the IDs we were actually able to resolve in the PEL.",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1) for each message ID processed.",
  arity: -4,
  flags: ["write", "fast"],
  acl: ["stream"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), string("group"), string("id", MULTIPLE)],
  handler: xackHandler,
};

/** `XPENDING` */
export const xpending: CommandSpec = {
  name: "xpending",
  summary:
    "Return information and entries from a stream consumer group pending entries list, that are messages fetched but never acknowledged.",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.",
  arity: -3,
  flags: ["readonly"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  history: [[
    "6.2.0",
    "Added the `IDLE` option and exclusive range intervals.",
  ]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("group"),
    block("filters", [
      integer("min-idle-time", {
        token: "IDLE",
        since: "6.2.0",
        optional: true,
      }),
      string("start"),
      string("end"),
      integer("count"),
      string("consumer", OPTIONAL),
    ], OPTIONAL),
  ],
  handler: xpendingHandler,
};

function xackHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_STREAM);
  if (entry === WRONG) return;
  const found = groupOf(call, entry, 2);
  if (found === undefined) {
    call.reply.integer(0);
    return;
  }
  if (!needIds(call, 3)) return;
  const acknowledged = call.x.streamAck(found.group, call.argc);
  if (acknowledged < 0) call.keyspace.need(0);
  call.reply.integer(acknowledged);
}

interface PendingOptions {
  readonly minIdleMs: bigint;
  readonly count: number;
  /** The argument that names the consumer; 0: all of them. */
  readonly consumerIndex: number;
}

/** The options of XPENDING with a range, or undefined after an error. */
function readPendingOptions(call: Call): PendingOptions | undefined {
  let start = 3;
  let minIdleMs: bigint | undefined = 0n;
  if (call.argIs(3, "idle")) {
    minIdleMs = call.needInteger(4);
    if (minIdleMs === undefined) return undefined;
    if (call.argc < 8) {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
    start = 5;
  }
  const count = readCount(call, start + 2);
  if (count === undefined) return undefined;
  if (!readRange(call, start, start + 1)) return undefined;
  const consumerIndex = start + 3 < call.argc ? start + 3 : 0;
  return { minIdleMs, count, consumerIndex };
}

function xpendingHandler(call: Call): void {
  const { x } = call;
  if (call.argc !== 3 && (call.argc < 6 || call.argc > 9)) {
    call.reply.error(errors.SYNTAX);
    return;
  }
  const options = call.argc === 3 ? null : readPendingOptions(call);
  if (options === undefined) return;
  const found = findGroup(call, 1, 2);
  if (found === undefined) return;
  if (options === null) {
    x.streamPendingSummary(found.group);
    return;
  }
  const { minIdleMs, count, consumerIndex } = options;
  let consumer = 0;
  if (consumerIndex !== 0) {
    consumer = x.streamConsumerFind(found.group, consumerIndex);
    if (consumer === 0) {
      call.reply.array(0);
      return;
    }
  }
  x.streamPendingRange(found.group, consumer, count, minIdleMs);
}
