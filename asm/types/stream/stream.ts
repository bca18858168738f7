/**
 * A stream as a whole: adding, deleting and trimming entries, and what can be
 * said of its IDs (layout.ts draws it).
 *
 * Everything here either happens whole or, when memory runs out, not at all;
 * only while an undo log is open may it stop half-way.
 */
import { alloc } from "../../base/memory";
import { put64, put8, undoReserve } from "../../keyspace/undo";
import {
  cursorEntry,
  cursorFind,
  cursorNext,
  cursorNextAny,
  cursorNode,
  cursorNodeLast,
  cursorStart,
  entryFlags,
  entryMs,
  entrySeq,
} from "./cursor";
import { idAdd, idFirst, idLast, idRemove, thingMs, thingSeq } from "./id_tree";
import {
  ENTRY_DELETED,
  idCompare,
  idIsZero,
  READ_UNKNOWN,
  STREAM_ADDED,
  STREAM_BYTES,
  STREAM_DELETED,
  STREAM_FIRST,
  STREAM_LAST,
  STREAM_LENGTH,
} from "./layout";
import {
  FAILED,
  nodeAppend,
  nodeCount,
  nodeCountDeleted,
  nodeFree,
  nodeIsFull,
  nodeListpack,
  nodeNew,
  nodeShrink,
  pairsBytes,
} from "./node";

const RECORDS: u32 = 128;
const U64_MAX: u64 = u64.MAX_VALUE;

// @ts-ignore: decorator
@inline
export function lengthOf(stream: u32): u64 {
  return load<u64>(stream, STREAM_LENGTH);
}

/** An empty stream; 0 when out of memory. */
export function streamNew(): u32 {
  const stream = alloc(STREAM_BYTES);
  if (stream != 0) memory.fill(stream, 0, STREAM_BYTES);
  return stream;
}

/** Sets one of the stream's IDs. */
export function setId(id: u32, ms: u64, seq: u64): void {
  put64(id, ms);
  put64(id + 8, seq);
}

// --------------------------------------------------------------------- adding

/** A free ID: what `nextId` and `nextSequence` found. */
export let newMs: u64 = 0;
export let newSeq: u64 = 0;

/** The ID of an entry added now; false if there is none left. */
export function nextId(stream: u32, nowMs: u64): bool {
  newMs = load<u64>(stream, STREAM_LAST);
  newSeq = load<u64>(stream, STREAM_LAST + 8);
  if (nowMs > newMs) {
    newMs = nowMs;
    newSeq = 0;
    return true;
  }
  if (newSeq != U64_MAX) {
    newSeq++;
    return true;
  }
  newSeq = 0;
  return ++newMs != 0;
}

/** The first free ID of this millisecond; false if there is none. */
export function nextSequence(stream: u32, ms: u64): bool {
  newMs = ms;
  newSeq = 0;
  if (load<u64>(stream, STREAM_LAST) != ms) return true;
  newSeq = load<u64>(stream, STREAM_LAST + 8);
  return newSeq++ != U64_MAX;
}

/**
 * Adds an entry, whose ID is above all others, with the fields and values at
 * `pairs` (layout of `pairsBytes`). False when out of memory.
 */
export function streamAppend(
  stream: u32,
  ms: u64,
  seq: u64,
  pairs: u32,
  fields: u32,
): bool {
  if (!undoReserve(RECORDS)) return false;
  const last = idLast(stream);
  const bytes = <u32>pairsBytes(pairs, fields);
  if (last == 0 || nodeIsFull(nodeListpack(last), bytes)) {
    const node = nodeNew(ms, seq, pairs, fields);
    if (node == 0) return false;
    if (!idAdd(stream, node)) {
      nodeFree(node);
      return false;
    }
    if (last != 0) nodeShrink(last);
  } else if (!nodeAppend(last, ms, seq, pairs, fields)) return false;
  if (!undoReserve(RECORDS)) return false;
  const length = lengthOf(stream) + 1;
  put64(stream + STREAM_LENGTH, length);
  put64(stream + STREAM_ADDED, load<u64>(stream, STREAM_ADDED) + 1);
  setId(stream + STREAM_LAST, ms, seq);
  if (length == 1) setId(stream + STREAM_FIRST, ms, seq);
  return true;
}

// ------------------------------------------------------------------- deleting

/** Looks up what the first entry is now. */
function findFirst(stream: u32): void {
  if (lengthOf(stream) == 0) return setId(stream + STREAM_FIRST, 0, 0);
  cursorStart(stream, 0, 0, U64_MAX, U64_MAX, false);
  if (cursorNext()) setId(stream + STREAM_FIRST, entryMs, entrySeq);
}

/** Deletes an entry: 1, 0 if it is not there, -1 when out of memory. */
export function streamDelete(stream: u32, ms: u64, seq: u64): i32 {
  if (!cursorFind(stream, ms, seq)) return 0;
  if (!undoReserve(RECORDS)) return -1;
  const node = cursorNode;
  const lp = nodeListpack(node);
  if (nodeCount(lp) == 1) {
    if (!removeNode(stream, node)) return -1;
  } else {
    const at = cursorEntry - lp;
    const flags = entryFlags | ENTRY_DELETED;
    const shift = nodeCountDeleted(node, 1);
    if (shift == FAILED) return -1;
    put8(nodeListpack(node) + at + shift, flags);
  }
  if (!undoReserve(RECORDS)) return -1;
  put64(stream + STREAM_LENGTH, lengthOf(stream) - 1);
  if (idCompare(stream + STREAM_DELETED, ms, seq) < 0) {
    setId(stream + STREAM_DELETED, ms, seq);
  }
  if (lengthOf(stream) == 0 || idCompare(stream + STREAM_FIRST, ms, seq) == 0) {
    findFirst(stream);
  }
  return 1;
}

function removeNode(stream: u32, node: u32): bool {
  if (!idRemove(stream, thingMs(node), thingSeq(node))) return false;
  if (!undoReserve(2)) return false;
  nodeFree(node);
  return true;
}

// ------------------------------------------------------------------- trimming

/** Entries the last `streamTrim` has removed. */
export let trimmed: u64 = 0;

/** No entry of the node, deleted or not, has this ID or a greater one. */
function isBelow(node: u32, ms: u64, seq: u64): bool {
  if (!cursorNodeLast(node)) return true;
  return entryMs < ms || entryMs == ms && entrySeq < seq;
}

/** Entries at the node's start that are not deleted and below the ID. */
function countBelow(stream: u32, node: u32, ms: u64, seq: u64): u64 {
  let entries: u64 = 0;
  cursorStart(stream, thingMs(node), thingSeq(node), U64_MAX, U64_MAX, false);
  while (cursorNextAny() && cursorNode == node) {
    if (entryMs > ms || entryMs == ms && entrySeq >= seq) break;
    if ((entryFlags & ENTRY_DELETED) == 0) entries++;
  }
  return entries;
}

/** Marks the first so many entries of a node as deleted. */
function trimNode(stream: u32, node: u32, entries: u64): bool {
  if (entries == 0) return true;
  if (!undoReserve(RECORDS + <u32>entries)) return false;
  if (nodeCountDeleted(node, <i64>entries) == FAILED) return false;
  cursorStart(stream, thingMs(node), thingSeq(node), U64_MAX, U64_MAX, false);
  for (let i: u64 = 0; i < entries; i++) {
    if (!cursorNext()) break;
    put8(cursorEntry, entryFlags | ENTRY_DELETED);
  }
  put64(stream + STREAM_LENGTH, lengthOf(stream) - entries);
  trimmed += entries;
  return true;
}

/**
 * Removes the oldest entries: all but `lengthMax`, or those below an ID. Where
 * that is enough (`approximate`), only whole nodes go. At most about `limit`
 * entries; 0: any number. False when out of memory.
 */
export function streamTrim(
  stream: u32,
  byLength: bool,
  lengthMax: u64,
  ms: u64,
  seq: u64,
  approximate: bool,
  limit: u64,
): bool {
  trimmed = 0;
  for (;;) {
    const node = idFirst(stream);
    const length = lengthOf(stream);
    if (node == 0 || byLength && length <= lengthMax) break;
    const entries = <u64>nodeCount(nodeListpack(node));
    if (limit != 0 && trimmed + entries > limit) break;
    const isWhole = byLength
      ? length - entries >= lengthMax
      : isBelow(node, ms, seq);
    if (!isWhole) {
      if (approximate) break;
      const more = byLength
        ? length - lengthMax
        : countBelow(stream, node, ms, seq);
      if (!trimNode(stream, node, more)) return false;
      break;
    }
    if (!removeNode(stream, node) || !undoReserve(RECORDS)) return false;
    put64(stream + STREAM_LENGTH, length - entries);
    trimmed += entries;
  }
  if (trimmed != 0) {
    if (!undoReserve(RECORDS)) return false;
    findFirst(stream);
  }
  return true;
}

// -------------------------------------------------------------- where an ID is

/** The range from this ID on may hold entries that were deleted one by one. */
export function hasDeletedFrom(stream: u32, ms: u64, seq: u64): bool {
  const deleted = stream + STREAM_DELETED;
  if (lengthOf(stream) == 0 || idIsZero(deleted)) return false;
  const deletedMs = load<u64>(deleted);
  const deletedSeq = load<u64>(deleted, 8);
  if (idCompare(stream + STREAM_FIRST, deletedMs, deletedSeq) > 0) return false;
  return idCompare(deleted, ms, seq) >= 0;
}

/**
 * How many entries were ever added up to this ID, this one included, as far as
 * that can be told; else READ_UNKNOWN.
 */
export function entriesUpTo(stream: u32, ms: u64, seq: u64): i64 {
  const added = load<i64>(stream, STREAM_ADDED);
  if (added == 0) return 0;
  const length = <i64>lengthOf(stream);
  const last = idCompare(stream + STREAM_LAST, ms, seq);
  if (length == 0 && last >= 0) return added;
  if (last == 0) return added;
  if (last < 0) return READ_UNKNOWN;
  const first = stream + STREAM_FIRST;
  const deleted = stream + STREAM_DELETED;
  const isWhole = idIsZero(deleted) ||
    idCompare(deleted, load<u64>(first), load<u64>(first, 8)) < 0;
  if (!isWhole) return READ_UNKNOWN;
  const order = idCompare(first, ms, seq);
  if (order > 0) return added - length;
  return order == 0 ? added - length + 1 : READ_UNKNOWN;
}
