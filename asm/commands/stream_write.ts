/** Commands that change the entries of a stream, or its IDs. */
import { nowMs } from "../keyspace/clock";
import { collectionNew } from "../keyspace/collection";
import {
  ENCODING_STREAM,
  TYPE_STREAM,
  valuePtr,
} from "../keyspace/entry";
import { dirtyAdd, touched } from "../keyspace/touched";
import {
  put64,
  undoReserve,
  undoResume,
  undoSuspend,
} from "../keyspace/undo";
import { argLength, argPtr, frameBase } from "../resp/frame";
import { cursorLast, cursorNextAny, cursorStart, entryMs, entrySeq } from "../types/stream/cursor";
import {
  idCompare,
  idIsZero,
  STREAM_ADDED,
  STREAM_DELETED,
  STREAM_LAST,
} from "../types/stream/layout";
import { streamFreeSome } from "../types/stream/mod";
import { NODE_BYTES_MAX, pairsBytes } from "../types/stream/node";
import {
  lengthOf,
  newMs,
  newSeq,
  nextId,
  nextSequence,
  setId,
  streamAppend,
  streamDelete,
  streamNew,
  streamTrim,
  trimmed,
} from "../types/stream/stream";
import { ID, idParse, idSet, START } from "./stream_ids";

/** How XADD is told the ID. */
const ID_GIVEN: u32 = 0;
const ID_OPEN_SEQUENCE: u32 = 1;

/** Results of `streamAdd` besides 1 for success. */
const ADD_OUT_OF_MEMORY: i32 = 0;
const ADD_NOT_ABOVE: i32 = -1;
const ADD_TOO_LARGE: i32 = -2;
const ADD_EXHAUSTED: i32 = -3;

const FREE_ALL: u32 = 0xffffffff;

/** The ID register becomes the new entry's; false if there is none to be had. */
function resolveId(stream: u32, how: u32): bool {
  if (how == ID_GIVEN) return true;
  if (how == ID_OPEN_SEQUENCE) {
    if (!nextSequence(stream, load<u64>(ID))) return false;
  } else if (!nextId(stream, <u64>nowMs)) return false;
  idSet(ID, newMs, newSeq);
  return true;
}

/**
 * XADD: adds an entry with the fields and values from argument `first` on. The
 * ID register holds the ID, or its milliseconds, as `how` says, and in the end
 * the entry's. `entry` is the stream at the key, 0 if there is none. Returns 1
 * or ADD_*, nothing changed.
 */
export function streamAdd(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  first: u32,
  fields: u32,
  how: u32,
): i32 {
  const stream = entry == 0 ? streamNew() : valuePtr(entry);
  if (stream == 0) return ADD_OUT_OF_MEMORY;
  const result = addTo(db, key, keyLength, entry, stream, first, fields, how);
  if (entry == 0 && result != 1) streamFreeSome(0, stream, FREE_ALL);
  return result;
}

function addTo(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  stream: u32,
  first: u32,
  fields: u32,
  how: u32,
): i32 {
  const last = stream + STREAM_LAST;
  if ((load<u64>(last) & load<u64>(last, 8)) == u64.MAX_VALUE) {
    return ADD_EXHAUSTED;
  }
  if (!resolveId(stream, how)) return ADD_NOT_ABOVE;
  const ms = load<u64>(ID);
  const seq = load<u64>(ID, 8);
  if (idCompare(last, ms, seq) >= 0) return ADD_NOT_ABOVE;
  const pairs = frameBase + (first << 3);
  if (pairsBytes(pairs, fields) > <u64>NODE_BYTES_MAX) return ADD_TOO_LARGE;
  if (entry != 0) {
    if (!streamAppend(stream, ms, seq, pairs, fields)) return ADD_OUT_OF_MEMORY;
    touched(db, entry, 1);
    return 1;
  }
  const wasOpen = undoSuspend();
  const isAdded = streamAppend(stream, ms, seq, pairs, fields);
  undoResume(wasOpen);
  if (!isAdded) return ADD_OUT_OF_MEMORY;
  const made = newStreamKey(db, key, keyLength, stream);
  if (made == 0) return ADD_OUT_OF_MEMORY;
  touched(db, made, 1);
  return 1;
}

function newStreamKey(db: u32, key: u32, keyLength: u32, stream: u32): u32 {
  return collectionNew(
    db,
    key,
    keyLength,
    TYPE_STREAM,
    ENCODING_STREAM,
    stream,
  );
}

/** The key, which is not there, holds an empty stream; 0 when out of memory. */
export function streamCreate(db: u32, key: u32, keyLength: u32): u32 {
  const stream = streamNew();
  if (stream == 0) return 0;
  const entry = newStreamKey(db, key, keyLength, stream);
  if (entry == 0) streamFreeSome(0, stream, FREE_ALL);
  return entry;
}

/**
 * XTRIM, and the trimming of XADD: removes all but `lengthMax` entries, or, if
 * that is negative, those below START. Returns how many, -1 when out of memory.
 */
export function streamTrimTo(
  stream: u32,
  lengthMax: f64,
  approximate: bool,
  limit: f64,
): f64 {
  const byLength = lengthMax >= 0;
  const isDone = streamTrim(
    stream,
    byLength,
    byLength ? <u64>lengthMax : 0,
    load<u64>(START),
    load<u64>(START, 8),
    approximate,
    <u64>limit,
  );
  return isDone ? <f64>trimmed : -1;
}

/** The ID register holds the first ID, of a deleted entry perhaps. */
export function streamIdFirst(stream: u32): void {
  cursorStart(stream, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE, false);
  if (cursorNextAny()) idSet(ID, entryMs, entrySeq);
  else idSet(ID, u64.MAX_VALUE, u64.MAX_VALUE);
}

/**
 * The number of arguments from `first` on, up to `last`, that are IDs before the
 * first that is none.
 */
export function streamIdsValid(first: u32, last: u32): u32 {
  let valid: u32 = 0;
  for (let i = first; i <= last; i++) {
    if (!idParse(ID, argPtr(i), argLength(i))) break;
    valid++;
  }
  return valid;
}

/** XDEL: how many of the IDs from argument 2 on were deleted, -1 when out of memory. */
export function streamDeleteIds(db: u32, entry: u32, argc: u32): i32 {
  const stream = valuePtr(entry);
  let deleted: i32 = 0;
  for (let i: u32 = 2; i < argc; i++) {
    idParse(ID, argPtr(i), argLength(i));
    const result = streamDelete(stream, load<u64>(ID), load<u64>(ID, 8));
    if (result < 0) return -1;
    deleted += result;
  }
  if (deleted != 0) touched(db, entry, deleted);
  return deleted;
}

/** Results of `streamSetId` besides 1 for success. */
const SET_OUT_OF_MEMORY: i32 = 0;
const SET_BELOW_TOP: i32 = -1;
const SET_FEWER_THAN_LENGTH: i32 = -2;

/**
 * XSETID: the ID register becomes the last ID, START the greatest deleted one
 * (unless 0-0), and `entriesAdded` (unless -1) the number of entries ever added.
 */
export function streamSetId(stream: u32, entriesAdded: i64): i32 {
  const ms = load<u64>(ID);
  const seq = load<u64>(ID, 8);
  if (lengthOf(stream) != 0) {
    if (cursorLast(stream)) {
      if (ms < entryMs || ms == entryMs && seq < entrySeq) return SET_BELOW_TOP;
    }
    if (entriesAdded != -1 && lengthOf(stream) > <u64>entriesAdded) {
      return SET_FEWER_THAN_LENGTH;
    }
  }
  if (!undoReserve(8)) return SET_OUT_OF_MEMORY;
  setId(stream + STREAM_LAST, ms, seq);
  if (entriesAdded != -1) put64(stream + STREAM_ADDED, <u64>entriesAdded);
  if (!idIsZero(START)) {
    setId(stream + STREAM_DELETED, load<u64>(START), load<u64>(START, 8));
  }
  dirtyAdd(1);
  return 1;
}

/** A length that leaves the core as a number, exact up to 2^53. */
export function streamCount(stream: u32): f64 {
  return <f64>lengthOf(stream);
}

/** A stream has changed by so many entries. */
export function streamTouched(db: u32, entry: u32, changes: f64): void {
  touched(db, entry, <u32>changes);
}
