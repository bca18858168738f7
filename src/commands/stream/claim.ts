/** Taking over what is pending for another consumer. */

import { untilNul } from "../../base/byte_string.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  MULTIPLE,
  OPTIONAL,
  string,
  token,
  unixTime,
} from "../spec.ts";
import { findGroup, readBound, readId } from "./_ids.ts";

const KEY = 1;
const FIRST_ID = 5;
/** As Redis, whose loop counter is a 64-bit integer. */
const AUTOCLAIM_COUNT_MAX = 0x7fffffffffffffffn / 16n;
const AUTOCLAIM_COUNT_DEFAULT = 100;
/** More deleted IDs than this Redis has no memory for, either. */
const DELETED_IDS_MAX = 2 ** 36;

/** `XAUTOCLAIM` */
export const xautoclaim: CommandSpec = {
  name: "xautoclaim",
  summary:
    "Changes (or acquires) ownership of messages in a consumer group, as if the messages were delivered to the specified consumer.",
  since: "6.2.0",
  group: "stream",
  complexity: "O(1) if COUNT is small.",
  arity: -6,
  flags: ["write", "fast"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  history: [[
    "7.0.0",
    "Added an element to the reply array, containing deleted entries the command cleared from the PEL",
  ]],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [
    key("key"),
    string("group"),
    string("consumer"),
    string("min-idle-time"),
    string("start"),
    integer("count", { token: "COUNT", optional: true }),
    token("justid", "JUSTID", OPTIONAL),
  ],
  handler: xautoclaimHandler,
};

/** `XCLAIM` */
export const xclaim: CommandSpec = {
  name: "xclaim",
  summary:
    "Changes (or acquires) ownership of a message in a consumer group, as if the message was delivered to the specified consumer.",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(log N) with N being the number of messages in the PEL of the consumer group.",
  arity: -6,
  flags: ["write", "fast"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [
    key("key"),
    string("group"),
    string("consumer"),
    string("min-idle-time"),
    string("id", MULTIPLE),
    integer("ms", { token: "IDLE", optional: true }),
    unixTime("unix-time-milliseconds", { token: "TIME", optional: true }),
    integer("count", { token: "RETRYCOUNT", optional: true }),
    token("force", "FORCE", OPTIONAL),
    token("justid", "JUSTID", OPTIONAL),
    string("id", { token: "LASTID", optional: true }),
  ],
  handler: xclaimHandler,
};

interface ClaimOptions {
  /** The last argument that is an ID. */
  readonly lastId: number;
  readonly timeMs: bigint;
  readonly retryCount: bigint;
  readonly force: boolean;
  readonly justId: boolean;
}

/** The options of XCLAIM, or undefined after an error. The ID register holds LASTID. */
function readClaimOptions(call: Call): ClaimOptions | undefined {
  const { x } = call;
  let index = FIRST_ID + x.streamIdsValid(FIRST_ID, call.argc - 1);
  const lastId = index - 1;
  const nowMs = BigInt(call.nowMs);
  let timeMs = -1n;
  let retryCount = -1n;
  let force = false;
  let justId = false;
  let lastIdIndex = 0;
  for (; index < call.argc; index++) {
    const hasMore = index + 1 < call.argc;
    if (call.argIs(index, "force")) force = true;
    else if (call.argIs(index, "justid")) justId = true;
    else if (hasMore && call.argIs(index, "idle")) {
      const idleMs = readTime(call, ++index, "IDLE");
      if (idleMs === undefined) return undefined;
      timeMs = BigInt.asIntN(64, nowMs - idleMs);
    } else if (hasMore && call.argIs(index, "time")) {
      const time = readTime(call, ++index, "TIME");
      if (time === undefined) return undefined;
      timeMs = time;
    } else if (hasMore && call.argIs(index, "retrycount")) {
      const count = readTime(call, ++index, "RETRYCOUNT");
      if (count === undefined) return undefined;
      retryCount = count;
    } else if (hasMore && call.argIs(index, "lastid")) {
      lastIdIndex = ++index;
      if (!readId(call, lastIdIndex)) return undefined;
    } else {
      const option = untilNul(call.argText(index));
      call.reply.error(`ERR Unrecognized XCLAIM option '${option}'`);
      return undefined;
    }
  }
  // A time that cannot be is taken for a clock that goes wrong.
  if (timeMs < 0n || timeMs > nowMs) timeMs = nowMs;
  if (lastIdIndex === 0) x.streamIdLast(0);
  else readId(call, lastIdIndex);
  return { lastId, timeMs, retryCount, force, justId };
}

function readTime(
  call: Call,
  index: number,
  option: string,
): bigint | undefined {
  return call.needInteger(
    index,
    `ERR Invalid ${option} option argument for XCLAIM`,
  );
}

/** The least idle time in argument 4, or undefined after an error. */
function readMinIdle(call: Call, command: string): bigint | undefined {
  const minIdleMs = call.needInteger(
    4,
    `ERR Invalid min-idle-time argument for ${command}`,
  );
  return minIdleMs === undefined || minIdleMs >= 0n ? minIdleMs : 0n;
}

function xclaimHandler(call: Call): void {
  const { x } = call;
  // What it amounts to is propagated by the core.
  call.suppressEffect();
  const found = findGroup(call, KEY, 2);
  if (found === undefined) return;
  const minIdleMs = readMinIdle(call, "XCLAIM");
  if (minIdleMs === undefined) return;
  const options = readClaimOptions(call);
  if (options === undefined) return;
  const isDone = x.streamClaim(
    call.db,
    found.stream,
    found.group,
    options.lastId,
    minIdleMs,
    options.timeMs,
    options.retryCount,
    options.force ? 1 : 0,
    options.justId ? 1 : 0,
  );
  if (isDone === 0) call.keyspace.need(0);
  notifyClaimant(call);
}

function notifyClaimant(call: Call): void {
  if (call.x.streamClaimantIsNew() === 0) return;
  call.notify("stream", "xgroup-createconsumer", KEY);
}

interface AutoClaimOptions {
  readonly count: number;
  readonly justId: boolean;
}

/** The options of XAUTOCLAIM, or undefined after an error. */
function readAutoClaimOptions(call: Call): AutoClaimOptions | undefined {
  let count = AUTOCLAIM_COUNT_DEFAULT;
  let justId = false;
  for (let index = 6; index < call.argc; index++) {
    if (call.argIs(index, "count") && index + 1 < call.argc) {
      const given = call.argInteger(++index);
      if (given === undefined) {
        call.reply.error("ERR COUNT must be > 0");
        return undefined;
      }
      if (given < 1n || given > AUTOCLAIM_COUNT_MAX) {
        call.reply.error("ERR COUNT must be > 0");
        return undefined;
      }
      count = Number(given);
    } else if (call.argIs(index, "justid")) justId = true;
    else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  return { count, justId };
}

function xautoclaimHandler(call: Call): void {
  const { x } = call;
  // What it amounts to is propagated by the core.
  call.suppressEffect();
  const minIdleMs = readMinIdle(call, "XAUTOCLAIM");
  if (minIdleMs === undefined) return;
  if (!readBound(call, 5, false)) return;
  const options = readAutoClaimOptions(call);
  if (options === undefined) return;
  const found = findGroup(call, KEY, 2);
  if (found === undefined) return;
  if (options.count > DELETED_IDS_MAX) {
    call.reply.error(
      "ERR Insufficient memory, failed allocating transient memory, COUNT too high.",
    );
    return;
  }
  const isDone = x.streamAutoClaim(
    call.db,
    found.stream,
    found.group,
    minIdleMs,
    options.count,
    options.justId ? 1 : 0,
  );
  if (isDone === 0) call.keyspace.need(0);
  notifyClaimant(call);
}
