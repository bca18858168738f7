/** What the stream commands share: IDs, and looking streams up. */

import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { untilNul } from "../../base/byte_string.ts";
import { type Call, WRONG } from "../call.ts";

export const INVALID_ID =
  "ERR Invalid stream ID specified as stream command argument";

/** Registers of the core that hold an ID. */
export const ID = 0;
export const START = 1;

/** Longest text of an ID. */
const ID_BYTES_MAX = 41;

/** Reads the ID in an argument into a register, or replies an error. */
export function readId(call: Call, index: number, register = ID): boolean {
  const { x } = call;
  if (x.streamIdParse(register, x.argPtr(index), x.argLength(index)) !== 0) {
    return true;
  }
  call.reply.error(INVALID_ID);
  return false;
}

/** Whether the arguments from `first` on are IDs; if not, replies an error. */
export function needIds(call: Call, first: number): boolean {
  const last = call.argc - 1;
  if (call.x.streamIdsValid(first, last) === last - first + 1) return true;
  call.reply.error(INVALID_ID);
  return false;
}

/** The bounds of a range in two arguments become START and END, or an error is replied. */
export function readRange(
  call: Call,
  startIndex: number,
  endIndex: number,
): boolean {
  return readBound(call, startIndex, false) && readBound(call, endIndex, true);
}

/** As `readRange`, for one bound. */
export function readBound(call: Call, index: number, isEnd: boolean): boolean {
  const { x } = call;
  const result = x.streamBoundParse(
    isEnd ? 1 : 0,
    x.argPtr(index),
    x.argLength(index),
  );
  if (result === 1) return true;
  call.reply.error(
    result === 0
      ? INVALID_ID
      : `ERR invalid ${isEnd ? "end" : "start"} ID for the interval`,
  );
  return false;
}

/** The ID register as text. */
export function idText(call: Call): string {
  const { core, x } = call;
  const at = call.keyspace.need(core.scratch(ID_BYTES_MAX));
  return core.text(at, x.streamIdText(at));
}

/** A count of which any negative number means 0, or undefined after an error. */
export function readCount(call: Call, index: number): number | undefined {
  const count = call.needInteger(index);
  return count === undefined ? undefined : Math.max(0, Number(count));
}

/** A stream and a group in it, as the core's addresses. */
export interface Group {
  readonly entry: number;
  readonly stream: number;
  readonly group: number;
}

/**
 * The group named by an argument, of the stream at another. If there is none,
 * or the key holds something else, replies the error and returns undefined.
 */
export function findGroup(
  call: Call,
  keyIndex: number,
  groupIndex: number,
): Group | undefined {
  const entry = call.lookupReadOf(keyIndex, TYPE_STREAM);
  if (entry === WRONG) return undefined;
  const found = groupOf(call, entry, groupIndex);
  if (found === undefined) {
    const key = untilNul(call.argText(keyIndex));
    const name = untilNul(call.argText(groupIndex));
    call.reply.error(
      `NOGROUP No such key '${key}' or consumer group '${name}'`,
    );
  }
  return found;
}

/** The group named by an argument in a stream; undefined if there is none. */
export function groupOf(
  call: Call,
  entry: number,
  groupIndex: number,
): Group | undefined {
  if (entry === 0) return undefined;
  const stream = call.x.valuePtr(entry);
  const group = call.x.streamGroupFind(stream, groupIndex);
  return group === 0 ? undefined : { entry, stream, group };
}

/** The error for a group that a stream, which is there, does not have. */
export function noSuchGroup(
  call: Call,
  keyIndex: number,
  groupIndex: number,
): void {
  const key = untilNul(call.argText(keyIndex));
  const name = untilNul(call.argText(groupIndex));
  call.reply.error(
    `NOGROUP No such consumer group '${name}' for key name '${key}'`,
  );
}
