/** Reading the entries of several streams, by themselves or in a group. */

import { untilNul } from "../../base/byte_string.ts";
import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { readTimeoutMs } from "../_timeout.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  integer,
  key,
  MULTIPLE,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { groupOf, readCount, readId } from "./_ids.ts";

/** Entries a client that has waited is given at most, unless it says. */
const WOKEN_COUNT = 1000;
/** Room for the text of an ID. */
const ID_BYTES = 48;

const NO_GROUP_ANY_MORE =
  "NOGROUP the consumer group this client was blocked on no longer exists";
const NO_STREAM_ANY_MORE = "UNBLOCKED the stream key no longer exists";
const DOLLAR_IN_GROUP =
  "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.";
const ABOVE_OUTSIDE_GROUP =
  "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.";

/** `XREAD` */
export const xread: CommandSpec = {
  name: "xread",
  summary:
    "Return never seen elements in multiple streams, with IDs greater than the ones reported by the caller for each stream. Can block.",
  since: "5.0.0",
  group: "stream",
  complexity:
    "For each stream mentioned: O(N) with N being the number of elements being returned, it means that XREAD-ing with a fixed COUNT is O(1). Note that when the BLOCK option is used, XADD will pay O(M) time in order to serve the M clients blocked on the stream getting new data.",
  arity: -4,
  flags: ["readonly", "blocking"],
  acl: ["stream"],
  keys: [{
    flags: ["RO", "access"],
    beginSearch: { type: "keyword", keyword: "STREAMS", startFrom: 1 },
    findKeys: { type: "range", lastKey: -1, keyStep: 1, limit: 2 },
  }],
  arguments: [
    integer("count", { token: "COUNT", optional: true }),
    integer("milliseconds", { token: "BLOCK", optional: true }),
    block("streams", [key("key", MULTIPLE), string("id", MULTIPLE)], {
      token: "STREAMS",
    }),
  ],
  handler: xreadHandler,
};

/** `XREADGROUP` */
export const xreadgroup: CommandSpec = {
  name: "xreadgroup",
  summary:
    "Return new entries from a stream using a consumer group, or access the history of the pending entries for a given consumer. Can block.",
  since: "5.0.0",
  group: "stream",
  complexity:
    "For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.",
  arity: -7,
  flags: ["write", "blocking"],
  acl: ["stream"],
  keys: [{
    flags: ["RO", "access"],
    beginSearch: { type: "keyword", keyword: "STREAMS", startFrom: 4 },
    findKeys: { type: "range", lastKey: -1, keyStep: 1, limit: 2 },
  }],
  arguments: [
    block("group_consumer", [string("group"), string("consumer")], {
      token: "GROUP",
    }),
    integer("count", { token: "COUNT", optional: true }),
    integer("milliseconds", { token: "BLOCK", optional: true }),
    token("noack", "NOACK", OPTIONAL),
    block("streams", [key("key", MULTIPLE), string("id", MULTIPLE)], {
      token: "STREAMS",
    }),
  ],
  handler: xreadgroupHandler,
};

interface ReadOptions {
  /** Milliseconds; undefined: do not wait. */
  readonly timeoutMs: number | undefined;
  /** 0: as many as there are. */
  readonly count: number;
  /** The first key; the IDs come behind the keys. */
  readonly firstKey: number;
  readonly streams: number;
  /** The argument that names the group, before the one that names the consumer. */
  readonly groupIndex: number;
  readonly noAck: boolean;
}

/** The options, or undefined after an error. */
function readOptions(call: Call, isGroup: boolean): ReadOptions | undefined {
  let timeoutMs: number | undefined;
  let count: number | undefined = 0;
  let firstKey = 0;
  let groupIndex = 0;
  let noAck = false;
  for (let index = 1; index < call.argc && firstKey === 0; index++) {
    const more = call.argc - index - 1;
    if (more > 0 && call.argIs(index, "block")) {
      timeoutMs = readTimeoutMs(call, ++index);
      if (timeoutMs === undefined) return undefined;
    } else if (more > 0 && call.argIs(index, "count")) {
      count = readCount(call, ++index);
      if (count === undefined) return undefined;
    } else if (more > 0 && call.argIs(index, "streams")) {
      firstKey = index + 1;
    } else if (more > 1 && call.argIs(index, "group")) {
      if (!isGroup) return refuseGroupOption(call, "GROUP");
      groupIndex = index + 1;
      index += 2;
    } else if (call.argIs(index, "noack")) {
      if (!isGroup) return refuseGroupOption(call, "NOACK");
      noAck = true;
    } else return refuse(call, errors.SYNTAX);
  }
  if (firstKey === 0) return refuse(call, errors.SYNTAX);
  const streams = (call.argc - firstKey) / 2;
  if (!Number.isInteger(streams)) {
    return refuse(
      call,
      "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
    );
  }
  if (isGroup && groupIndex === 0) {
    return refuse(call, "ERR Missing GROUP option for XREADGROUP");
  }
  return { timeoutMs, count, firstKey, streams, groupIndex, noAck };
}

function refuse(call: Call, error: string): undefined {
  call.reply.error(error);
  return undefined;
}

function refuseGroupOption(call: Call, option: string): undefined {
  return refuse(
    call,
    `ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`,
  );
}

/** The reply of several streams, begun with the first that has something. */
class StreamsReply {
  #mark = 0;
  streams = 0;

  constructor(readonly call: Call) {}

  /** Begins the part of the stream whose key is at this argument. */
  begin(keyIndex: number): void {
    const { reply, x } = this.call;
    if (this.streams++ === 0) this.#mark = reply.deferred();
    if (x.replyProtocol() === 2) reply.array(2);
    reply.bulk(x.argPtr(keyIndex), x.argLength(keyIndex));
  }

  end(): void {
    const { reply, x } = this.call;
    if (x.replyProtocol() === 2) reply.deferredArray(this.#mark, this.streams);
    else reply.deferredMap(this.#mark, this.streams);
  }
}

/** Waits, if the command says so, for one of its keys; else there is nothing. */
function waitOrReplyNull(
  call: Call,
  options: ReadOptions,
  isGroup: boolean,
): void {
  const { timeoutMs, firstKey, streams } = options;
  if (timeoutMs === undefined || !call.canBlock) {
    call.reply.nullArray();
    return;
  }
  call.services.blocking.block(call, {
    keys: Array.from({ length: streams }, (_, index) => firstKey + index),
    timeoutMs,
    onTimeout: (reply) => reply.nullArray(),
    wakeOnDelete: isGroup,
  });
}

/** The stream at this argument; 0 if there is none, or something else. */
function streamAt(call: Call, keyIndex: number): number {
  const { x } = call;
  const entry = call.lookupRead(keyIndex);
  return entry !== 0 && x.entryType(entry) === TYPE_STREAM
    ? x.valuePtr(entry)
    : 0;
}

// ---------------------------------------------------------------------- XREAD

function xreadHandler(call: Call): void {
  const options = readOptions(call, false);
  if (options === undefined) return;
  const { firstKey, streams } = options;
  if (!call.isWoken && !checkStreams(call, options)) return;
  const reply = new StreamsReply(call);
  const count = options.count || (call.isWoken ? WOKEN_COUNT : 0);
  for (let index = firstKey; index < firstKey + streams; index++) {
    const stream = streamAt(call, index);
    if (stream === 0) continue;
    setStart(call, stream, index + streams);
    if (call.x.streamHasAfter(stream) === 0) continue;
    reply.begin(index);
    call.x.streamRangeAfter();
    call.x.streamRangeReply(stream, count, 0);
    // Who has waited is given what it was woken for.
    if (call.isWoken) break;
  }
  if (reply.streams > 0) {
    reply.end();
    return;
  }
  if (!call.isWoken && options.timeoutMs !== undefined && call.canBlock) {
    fixIds(call, options);
  }
  waitOrReplyNull(call, options, false);
}

/** Whether keys and IDs are good; if not, replies an error. */
function checkStreams(call: Call, options: ReadOptions): boolean {
  const { firstKey, streams } = options;
  for (let index = firstKey; index < firstKey + streams; index++) {
    const entry = call.lookupRead(index);
    if (entry !== 0 && !call.checkType(entry, TYPE_STREAM)) return false;
    const idIndex = index + streams;
    if (call.argIs(idIndex, "$") || call.argIs(idIndex, "+")) continue;
    if (call.argIs(idIndex, ">")) {
      call.reply.error(ABOVE_OUTSIDE_GROUP);
      return false;
    }
    if (!readId(call, idIndex)) return false;
  }
  return true;
}

/** The ID register holds what the client has seen last of a stream (0: none). */
function setStart(call: Call, stream: number, idIndex: number): void {
  const { x } = call;
  if (call.argIs(idIndex, "$")) x.streamIdLast(stream);
  else if (call.argIs(idIndex, "+")) x.streamIdBeforeLast(stream);
  else x.streamIdParse(0, x.argPtr(idIndex), x.argLength(idIndex));
}

/** `$` and `+` are what they are now, also once the client is woken. */
function fixIds(call: Call, options: ReadOptions): void {
  const { x } = call;
  const { firstKey, streams } = options;
  let at = call.keyspace.need(call.core.scratch(streams * ID_BYTES));
  for (let index = firstKey; index < firstKey + streams; index++) {
    const idIndex = index + streams;
    if (!call.argIs(idIndex, "$") && !call.argIs(idIndex, "+")) continue;
    setStart(call, streamAt(call, index), idIndex);
    x.frameReplace(idIndex, at, x.streamIdText(at));
    at += ID_BYTES;
  }
}

// ----------------------------------------------------------------- XREADGROUP

function xreadgroupHandler(call: Call): void {
  // What it amounts to is propagated by the core.
  call.suppressEffect();
  const options = readOptions(call, true);
  if (options === undefined) return;
  const { firstKey, streams, groupIndex } = options;
  if (!call.isWoken && !checkGroups(call, options)) return;
  const reply = new StreamsReply(call);
  for (let index = firstKey; index < firstKey + streams; index++) {
    const stream = streamAt(call, index);
    if (stream === 0) {
      refuse(call, NO_STREAM_ANY_MORE);
      return;
    }
    const group = call.x.streamGroupFind(stream, groupIndex);
    if (group === 0) {
      refuse(call, NO_GROUP_ANY_MORE);
      return;
    }
    const hasServed = readGroup(call, options, reply, index, stream, group);
    if (hasServed && call.isWoken) break;
  }
  if (reply.streams > 0) reply.end();
  else waitOrReplyNull(call, options, true);
}

/** Whether keys, groups and IDs are good; if not, replies an error. */
function checkGroups(call: Call, options: ReadOptions): boolean {
  const { firstKey, streams, groupIndex } = options;
  for (let index = firstKey; index < firstKey + streams; index++) {
    const entry = call.lookupRead(index);
    if (entry !== 0 && !call.checkType(entry, TYPE_STREAM)) return false;
    if (groupOf(call, entry, groupIndex) === undefined) {
      const name = untilNul(call.argText(index));
      const group = untilNul(call.argText(groupIndex));
      call.reply.error(
        `NOGROUP No such key '${name}' or consumer group '${group}' in XREADGROUP with GROUP option`,
      );
      return false;
    }
    const idIndex = index + streams;
    if (call.argIs(idIndex, ">")) continue;
    if (call.argIs(idIndex, "$")) {
      call.reply.error(DOLLAR_IN_GROUP);
      return false;
    }
    if (!readId(call, idIndex)) return false;
  }
  return true;
}

/** Replies what there is for the consumer; false if nothing. */
function readGroup(
  call: Call,
  options: ReadOptions,
  reply: StreamsReply,
  keyIndex: number,
  stream: number,
  group: number,
): boolean {
  const { x } = call;
  const { groupIndex, noAck } = options;
  const idIndex = keyIndex + options.streams;
  let isHistory = false;
  if (!call.argIs(idIndex, ">")) {
    x.streamIdParse(0, x.argPtr(idIndex), x.argLength(idIndex));
    // To Redis the greatest ID is another way to write `>`.
    isHistory = x.streamIdIsMax() === 0;
  }
  if (!isHistory && x.streamGroupHasNew(stream, group) === 0) return false;
  reply.begin(keyIndex);
  if (isHistory) x.streamRangeAfter();
  const isRead = x.streamGroupRead(
    call.db,
    stream,
    group,
    keyIndex,
    groupIndex,
    groupIndex + 1,
    options.count || (call.isWoken ? WOKEN_COUNT : 0),
    noAck ? 1 : 0,
    isHistory ? 1 : 0,
  );
  if (isRead === 0) call.keyspace.need(0);
  if (x.streamConsumerIsNew() !== 0) {
    call.notify("stream", "xgroup-createconsumer", keyIndex);
  }
  return true;
}
