/**
 * Nodes of a stream: changing the listpacks (layout.ts draws them).
 *
 * A listpack's block always has room for the master entry's two counters to
 * become as long as they may: deleting takes no memory.
 */
import { resize, usableSize } from "../../base/memory";
import {
  put16,
  put32,
  put64,
  put8,
  putBytes,
  undoAlloc,
  undoFree,
  undoOpen,
} from "../../keyspace/undo";
import {
  elementBytes,
  lpBytes,
  lpEquals,
  lpGet,
  LP_HEADER_BYTES,
  lpInt,
} from "../listpack";
import { integerBytes, putInteger, putText, textBytes } from "./encode";
import { ENTRY_SAME_FIELDS, NODE_BYTES, NODE_LISTPACK } from "./layout";

/** As Redis: neither a listpack nor an entry may be larger. */
export const NODE_BYTES_MAX: u32 = 1 << 30;
/** What the two counters may grow by while entries are deleted. */
const SLACK_BYTES: u32 = 8;
/** A block that grows takes no more than this in advance. */
const ADVANCE_BYTES_MAX: u32 = 4096;
const END: u32 = 0xff;
const COUNT_UNKNOWN: u32 = 65535;

let nodeBytesMax: u32 = 4096;
let nodeEntriesMax: u64 = 100;

/** `stream-node-max-bytes` and `stream-node-max-entries`; 0: no limit. */
export function streamLimits(bytes: f64, entries: f64): void {
  nodeBytesMax = bytes < 1 || bytes > <f64>NODE_BYTES_MAX
    ? NODE_BYTES_MAX
    : <u32>bytes;
  nodeEntriesMax = <u64>entries;
}

// @ts-ignore: decorator
@inline
export function nodeListpack(node: u32): u32 {
  return load<u32>(node, NODE_LISTPACK);
}

/** An integer element. */
// @ts-ignore: decorator
@inline
export function integerAt(p: u32): i64 {
  lpGet(p);
  return lpInt;
}

// @ts-ignore: decorator
@inline
export function skip(p: u32): u32 {
  return p + elementBytes(p);
}

/** Entries that are not deleted. */
export function nodeCount(lp: u32): i64 {
  return integerAt(lp + LP_HEADER_BYTES);
}

/** Entries that are deleted. */
export function nodeDeleted(lp: u32): i64 {
  return integerAt(skip(lp + LP_HEADER_BYTES));
}

// ------------------------------------------------------------------ appending

// @ts-ignore: decorator
@inline
function textOf(pair: u32): u32 {
  return load<u32>(pair);
}

// @ts-ignore: decorator
@inline
function lengthOf(pair: u32): u32 {
  return load<u32>(pair, 4);
}

/**
 * Bytes of the fields and values at `pairs` (u32 pointer, u32 length of each, a
 * field and its value in turn).
 */
export function pairsBytes(pairs: u32, fields: u32): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < fields << 1; i++) {
    bytes += <u64>lengthOf(pairs + (i << 3));
  }
  return bytes;
}

/** Whether an entry of so many bytes is to go into a node of its own. */
export function nodeIsFull(lp: u32, bytes: u32): bool {
  if (<u64>lpBytes(lp) + <u64>bytes >= <u64>nodeBytesMax) return true;
  return nodeEntriesMax != 0 &&
    <u64>(nodeCount(lp) + nodeDeleted(lp)) >= nodeEntriesMax;
}

/** Whether the fields are those of the master entry. */
function hasMasterFields(lp: u32, pairs: u32, fields: u32): bool {
  let p = skip(skip(lp + LP_HEADER_BYTES));
  if (integerAt(p) != <i64>fields) return false;
  for (let i: u32 = 0; i < fields; i++) {
    p = skip(p);
    const pair = pairs + (i << 4);
    if (!lpEquals(p, textOf(pair), lengthOf(pair))) return false;
  }
  return true;
}

/** Elements of an entry, the number of them left out. */
// @ts-ignore: decorator
@inline
function entryElements(same: bool, fields: u32): u32 {
  return same ? fields + 3 : fields * 2 + 4;
}

function entryBytes(
  same: bool,
  ms: i64,
  seq: i64,
  pairs: u32,
  fields: u32,
): u32 {
  let bytes = 2 + integerBytes(ms) + integerBytes(seq) +
    integerBytes(<i64>entryElements(same, fields));
  if (!same) bytes += integerBytes(<i64>fields);
  for (let i: u32 = same ? 1 : 0; i < fields << 1; i += same ? 2 : 1) {
    const pair = pairs + (i << 3);
    bytes += textBytes(textOf(pair), lengthOf(pair));
  }
  return bytes;
}

/** Writes an entry without its flags, and the listpack's end. */
function writeEntry(
  at: u32,
  same: bool,
  ms: i64,
  seq: i64,
  pairs: u32,
  fields: u32,
): void {
  at = putInteger(at, ms);
  at = putInteger(at, seq);
  if (!same) at = putInteger(at, <i64>fields);
  for (let i: u32 = same ? 1 : 0; i < fields << 1; i += same ? 2 : 1) {
    const pair = pairs + (i << 3);
    at = putText(at, textOf(pair), lengthOf(pair));
  }
  at = putInteger(at, <i64>entryElements(same, fields));
  store<u8>(at, <u8>END);
}

/** A node with one entry, whose ID is the master's; 0 when out of memory. */
export function nodeNew(ms: u64, seq: u64, pairs: u32, fields: u32): u32 {
  const node = undoAlloc(NODE_BYTES);
  if (node == 0) return 0;
  let master = LP_HEADER_BYTES + 2 + 2 + integerBytes(<i64>fields) + 2;
  for (let i: u32 = 0; i < fields; i++) {
    const pair = pairs + (i << 4);
    master += textBytes(textOf(pair), lengthOf(pair));
  }
  const bytes = master + entryBytes(true, 0, 0, pairs, fields) + 1;
  const lp = undoAlloc(bytes + SLACK_BYTES);
  if (lp == 0) {
    undoFree(node);
    return 0;
  }
  const elements = 4 + fields + entryElements(true, fields) + 1;
  store<u32>(lp, bytes);
  store<u16>(lp, <u16>min<u32>(elements, COUNT_UNKNOWN), 4);
  let at = putInteger(lp + LP_HEADER_BYTES, 1);
  at = putInteger(at, 0);
  at = putInteger(at, <i64>fields);
  for (let i: u32 = 0; i < fields; i++) {
    const pair = pairs + (i << 4);
    at = putText(at, textOf(pair), lengthOf(pair));
  }
  at = putInteger(at, 0);
  at = putInteger(at, <i64>ENTRY_SAME_FIELDS);
  writeEntry(at, true, 0, 0, pairs, fields);
  store<u64>(node, ms);
  store<u64>(node, seq, 8);
  store<u64>(node, <u64>lp, NODE_LISTPACK);
  return node;
}

export function nodeFree(node: u32): void {
  undoFree(nodeListpack(node));
  undoFree(node);
}

/** Gives back what a full node's block has too much. */
export function nodeShrink(node: u32): void {
  if (undoOpen) return;
  const lp = nodeListpack(node);
  const shrunk = resize(lp, lpBytes(lp) + SLACK_BYTES);
  if (shrunk != 0) store<u32>(node, shrunk, NODE_LISTPACK);
}

const COUNTERS: u32 = <u32>memory.data(32, 16);

/**
 * Sets the counters of the master entry and makes room for `more` bytes behind
 * the last entry. The listpack may move; its size is left as it is but for what
 * the counters change. Returns by how much the entries moved within it, or
 * FAILED, nothing changed.
 */
function setCounters(node: u32, count: i64, deleted: i64, more: u32): i32 {
  const lp = nodeListpack(node);
  const bytes = lpBytes(lp);
  const first = lp + LP_HEADER_BYTES;
  const old = skip(skip(first)) - first;
  const end = putInteger(putInteger(COUNTERS, count), deleted);
  const shift = <i32>(end - COUNTERS) - <i32>old;
  const need = bytes + shift + more;
  if (need + (more != 0 ? SLACK_BYTES : 0) <= usableSize(lp)) {
    if (shift == 0) {
      return putBytes(first, COUNTERS, old) ? 0 : FAILED;
    }
    if (!undoOpen) {
      memory.copy(first + old + shift, first + old, bytes - LP_HEADER_BYTES - old);
      memory.copy(first, COUNTERS, old + shift);
      store<u32>(lp, bytes + shift);
      return shift;
    }
  }
  const advance = more == 0 ? 0 : min<u32>(need >> 1, ADVANCE_BYTES_MAX);
  const least = need + SLACK_BYTES;
  const most = max<u32>(least, min<u32>(least + advance, nodeBytesMax));
  let grown = undoAlloc(most);
  if (grown == 0 && most > least) grown = undoAlloc(least);
  if (grown == 0) return FAILED;
  const target = grown + LP_HEADER_BYTES;
  store<u32>(grown, bytes + shift);
  store<u16>(grown, load<u16>(lp, 4), 4);
  memory.copy(target, COUNTERS, old + shift);
  memory.copy(target + old + shift, first + old, bytes - LP_HEADER_BYTES - old);
  put32(node + NODE_LISTPACK, grown);
  undoFree(lp);
  return shift;
}

/** What `setCounters` and its callers return when out of memory. */
export const FAILED: i32 = i32.MIN_VALUE;

/**
 * Adds an entry behind the others; the caller has looked at `nodeIsFull`. False
 * when out of memory, nothing changed.
 */
export function nodeAppend(
  node: u32,
  ms: u64,
  seq: u64,
  pairs: u32,
  fields: u32,
): bool {
  let lp = nodeListpack(node);
  const same = hasMasterFields(lp, pairs, fields);
  const msDelta = <i64>(ms - load<u64>(node));
  const seqDelta = <i64>(seq - load<u64>(node, 8));
  const more = entryBytes(same, msDelta, seqDelta, pairs, fields);
  const count = nodeCount(lp);
  if (setCounters(node, count + 1, nodeDeleted(lp), more) == FAILED) {
    return false;
  }
  lp = nodeListpack(node);
  const bytes = lpBytes(lp);
  // Behind the end is nothing to be undone.
  const at = lp + bytes - 1;
  const flags: u32 = same ? ENTRY_SAME_FIELDS : 0;
  put8(at, flags);
  store<u8>(at, 1, 1);
  writeEntry(at + 2, same, msDelta, seqDelta, pairs, fields);
  put32(lp, bytes + more);
  const elements = <u32>load<u16>(lp, 4);
  if (elements != COUNT_UNKNOWN) {
    const total = elements + entryElements(same, fields) + 1;
    put16(lp + 4, min<u32>(total, COUNT_UNKNOWN));
  }
  return true;
}

// ------------------------------------------------------------------- deleting

/**
 * Counts so many entries of the node as deleted; their flags are the caller's.
 * Returns by how much entries moved within the listpack, or FAILED, which is
 * only so while an undo log is open.
 */
export function nodeCountDeleted(node: u32, entries: i64): i32 {
  const lp = nodeListpack(node);
  return setCounters(node, nodeCount(lp) - entries, nodeDeleted(lp) + entries, 0);
}

/** A copy of a node, for a value that no key holds yet; 0 when out of memory. */
export function nodeCopy(node: u32): u32 {
  const copy = undoAlloc(NODE_BYTES);
  if (copy == 0) return 0;
  const lp = nodeListpack(node);
  const bytes = lpBytes(lp);
  const copied = undoAlloc(bytes + SLACK_BYTES);
  if (copied == 0) {
    undoFree(copy);
    return 0;
  }
  memory.copy(copied, lp, bytes);
  store<u64>(copy, load<u64>(node));
  store<u64>(copy, load<u64>(node, 8), 8);
  store<u64>(copy, <u64>copied, NODE_LISTPACK);
  return copy;
}
