/**
 * Lists of nodes, changed: at the ends, at an index, in ranges. As Redis's
 * quicklist does it: elements go into the node beside the place if it has room,
 * else a node is split, and small neighbours are joined after that.
 *
 * What returns false ran out of memory. While no undo log is open, nothing has
 * changed then; else the caller rolls back. `undoReserve(STEP_RECORDS)` must
 * have succeeded before each of these functions.
 */
import { bytesEqual } from "../../base/bytes";
import {
  undoAlloc,
  undoBegin,
  undoCommit,
  undoFree,
  undoOpen,
  undoReserve,
  undoRollback,
} from "../../keyspace/undo";
import {
  elementBytes,
  lpAppend,
  lpBytes,
  lpDelete,
  lpDeleteRange,
  lpEncodedBytes,
  lpFind,
  lpFirst,
  lpInsertAfter,
  lpInsertBefore,
  lpLast,
  lpNext,
  lpPrepend,
  lpReplace,
  lpSeek,
} from "../listpack";
import { canMerge, exceeds, hasRoom, isLarge } from "./limits";
import {
  depthOf,
  listAddCount,
  listCount,
  listHead,
  listOptions,
  listSettle,
  listTail,
  NODE_PLAIN,
  nodeBytes,
  nodeCount,
  nodeData,
  nodeFree,
  nodeIsPlain,
  nodeLink,
  nodeNew,
  nodeNext,
  nodeOpen,
  nodePrev,
  nodePut,
  nodeRemove,
  nodeUnview,
  nodeView,
} from "./node";
import { lpEnd, lpJoin, lpMatches, lpOfOne, lpSlice, lpWithout } from "./pieces";

/** Undo records one step may take. */
export const STEP_RECORDS: u32 = 64;

/**
 * Begins what takes several steps, each of which may have to open compressed
 * nodes: if memory runs out half-way, `guardEnd` takes all of it back.
 */
export function guardBegin(list: u32): bool {
  if (undoOpen || depthOf(listOptions(list)) == 0) return false;
  undoBegin();
  return true;
}

/** `guards` is what `guardBegin` returned; passes `ok` on. */
export function guardEnd(guards: bool, ok: bool): bool {
  if (!guards) return ok;
  if (ok) undoCommit();
  else undoRollback(0);
  return ok;
}

/** What `listSeek` found. */
export let seekNode: u32 = 0;
/** Index in that node. */
export let seekOffset: u32 = 0;

/** Finds the node of an index, which must be there, from the nearer end. */
export function listSeek(list: u32, index: u32): void {
  const count = listCount(list);
  if (index < count >> 1) {
    let node = listHead(list);
    while (index >= nodeCount(node)) {
      index -= nodeCount(node);
      node = nodeNext(node);
    }
    seekNode = node;
    seekOffset = index;
    return;
  }
  let left = count - 1 - index;
  let node = listTail(list);
  while (left >= nodeCount(node)) {
    left -= nodeCount(node);
    node = nodePrev(node);
  }
  seekNode = node;
  seekOffset = nodeCount(node) - 1 - left;
}

/** A node of one element that is in no list yet; 0 when out of memory. */
function nodeOfOne(list: u32, ptr: u32, length: u32): u32 {
  const isPlain = isLarge(list, length);
  const data = isPlain ? undoAlloc(length) : lpOfOne(ptr, length);
  if (data == 0) return 0;
  if (isPlain) memory.copy(data, ptr, length);
  const bytes = isPlain ? length : lpBytes(data);
  const node = nodeNew(list, data, bytes, 1, isPlain ? NODE_PLAIN : 0);
  if (node == 0) undoFree(data);
  return node;
}

/** The listpack of a node has changed. */
// @ts-ignore: decorator
@inline
function putListpack(list: u32, node: u32, lp: u32, difference: i32): void {
  nodePut(node, lp, lpBytes(lp), nodeCount(node) + difference);
  if (difference != 0) listAddCount(list, difference);
}

/** Adds an element at an end of a node that has room for it. */
function pushInto(
  list: u32,
  node: u32,
  atHead: bool,
  ptr: u32,
  length: u32,
): bool {
  if (!nodeOpen(node)) return false;
  const data = nodeData(node);
  const lp = atHead ? lpPrepend(data, ptr, length) : lpAppend(data, ptr, length);
  if (lp == 0) return false;
  putListpack(list, node, lp, 1);
  return true;
}

/** Nodes that `listPushEnd` has added since it was set to 0. */
export let addedNodes: u32 = 0;

export function resetAddedNodes(): void {
  addedNodes = 0;
}

/**
 * Adds an element at an end. The nodes are not settled yet: `listSettleEnd` is
 * to follow.
 */
export function listPushEnd(
  list: u32,
  atHead: bool,
  ptr: u32,
  length: u32,
): bool {
  const end = atHead ? listHead(list) : listTail(list);
  if (hasRoom(list, end, length)) {
    return pushInto(list, end, atHead, ptr, length);
  }
  const node = nodeOfOne(list, ptr, length);
  if (node == 0) return false;
  nodeLink(list, atHead ? 0 : end, atHead ? end : 0, node);
  addedNodes++;
  return true;
}

/** Deletes the element at an end. */
export function listDeleteEnd(list: u32, atHead: bool): bool {
  const node = atHead ? listHead(list) : listTail(list);
  if (nodeCount(node) == 1) {
    nodeRemove(list, node);
    listSettle(list, 0);
    return true;
  }
  if (!nodeOpen(node)) return false;
  const data = nodeData(node);
  const lp = lpDelete(data, atHead ? lpFirst(data) : lpLast(data));
  if (lp == 0) return false;
  putListpack(list, node, lp, -1);
  return true;
}

// --------------------------------------------------------------------- ranges

/** Deletes elements of a node, which is open; some of them stay. */
function dropElements(list: u32, node: u32, offset: u32, count: u32): bool {
  const data = nodeData(node);
  const lp = lpDeleteRange(data, lpSeek(data, <i32>offset), count);
  if (lp == 0) return false;
  putListpack(list, node, lp, -<i32>count);
  return true;
}

/** Opens a node if a part of it is to be deleted. */
function openPart(node: u32, count: u32): bool {
  return count == 0 || count == nodeCount(node) || nodeOpen(node);
}

/** Deletes `count` elements from `start` on, all of which must be there. */
export function listDeleteRange(list: u32, start: u32, count: u32): bool {
  if (count == 0) return true;
  listSeek(list, start);
  let node = seekNode;
  let offset = seekOffset;
  // What may fail comes first: opening the nodes of which a part stays.
  let last = node;
  let left = count;
  let here = min<u32>(left, nodeCount(last) - offset);
  if (!openPart(last, here)) return false;
  while (left > here) {
    left -= here;
    last = nodeNext(last);
    here = min<u32>(left, nodeCount(last));
  }
  if (!openPart(last, here)) return false;
  while (count != 0) {
    if (!undoReserve(STEP_RECORDS)) return false;
    const next = nodeNext(node);
    here = min<u32>(count, nodeCount(node) - offset);
    if (here == nodeCount(node)) nodeRemove(list, node);
    else if (!dropElements(list, node, offset, here)) return false;
    count -= here;
    offset = 0;
    node = next;
  }
  listSettle(list, 0);
  return true;
}

// ------------------------------------------------------------------ in between

/** Joins `b` to `a`, the node in front of it; false if they stay as they are. */
function merge(list: u32, a: u32, b: u32): bool {
  if (!canMerge(list, a, b) || !undoReserve(STEP_RECORDS)) return false;
  if (!nodeOpen(a) || !nodeOpen(b)) return false;
  const joined = lpJoin(nodeData(a), nodeData(b));
  if (joined == 0) return false;
  const more = nodeCount(b);
  undoFree(nodeData(a));
  nodePut(a, joined, lpBytes(joined), nodeCount(a) + more);
  listAddCount(list, more);
  nodeRemove(list, b);
  listSettle(list, a);
  return true;
}

/** Joins small nodes around one that has changed. */
function mergeAround(list: u32, node: u32): void {
  const prev = nodePrev(node);
  const next = nodeNext(node);
  if (prev != 0) merge(list, nodePrev(prev), prev);
  if (next != 0) merge(list, next, nodeNext(next));
  const before = nodePrev(node);
  if (merge(list, before, node)) node = before;
  merge(list, node, nodeNext(node));
  listSettle(list, node);
}

/**
 * Puts an element into a node of its own in place of `drop` elements (0 or 1)
 * of an open node, the first of which has the index `at`: the node is split.
 */
function splice(
  list: u32,
  node: u32,
  at: u32,
  drop: u32,
  ptr: u32,
  length: u32,
): bool {
  const count = nodeCount(node);
  const fresh = nodeOfOne(list, ptr, length);
  if (fresh == 0) return false;
  let ok = true;
  if (drop == count) {
    nodeLink(list, nodePrev(node), node, fresh);
    nodeRemove(list, node);
  } else if (at == 0) {
    ok = drop == 0 || dropElements(list, node, 0, drop);
    if (ok) nodeLink(list, nodePrev(node), node, fresh);
  } else if (at + drop == count) {
    ok = drop == 0 || dropElements(list, node, at, drop);
    if (ok) nodeLink(list, node, nodeNext(node), fresh);
  } else ok = splitAround(list, node, at, drop, fresh);
  if (!ok) {
    nodeFree(fresh);
    return false;
  }
  mergeAround(list, fresh);
  return true;
}

/** The part of `splice` for a place with elements on both sides. */
function splitAround(
  list: u32,
  node: u32,
  at: u32,
  drop: u32,
  fresh: u32,
): bool {
  const count = nodeCount(node);
  const lp = nodeData(node);
  const rest = count - at - drop;
  const right = lpSlice(lpSeek(lp, <i32>(at + drop)), lpEnd(lp), rest);
  if (right == 0) return false;
  const node2 = nodeNew(list, right, lpBytes(right), rest, 0);
  if (node2 == 0) {
    undoFree(right);
    return false;
  }
  if (!dropElements(list, node, at, count - at)) {
    nodeFree(node2);
    return false;
  }
  nodeLink(list, node, nodeNext(node), fresh);
  nodeLink(list, fresh, nodeNext(fresh), node2);
  return true;
}

/** Inserts an element beside the one at an offset of a node. */
export function listInsertAt(
  list: u32,
  node: u32,
  offset: u32,
  after: bool,
  ptr: u32,
  length: u32,
): bool {
  const at = after ? offset + 1 : offset;
  const next = nodeNext(node);
  const prev = nodePrev(node);
  if (hasRoom(list, node, length)) {
    if (!nodeOpen(node)) return false;
    const data = nodeData(node);
    const p = lpSeek(data, <i32>offset);
    const lp = after
      ? lpInsertAfter(data, p, ptr, length)
      : lpInsertBefore(data, p, ptr, length);
    if (lp == 0) return false;
    putListpack(list, node, lp, 1);
    listSettle(list, node);
    return true;
  }
  if (at == nodeCount(node) && hasRoom(list, next, length)) {
    if (!pushInto(list, next, true, ptr, length)) return false;
    listSettle(list, next);
    return true;
  }
  if (at == 0 && hasRoom(list, prev, length)) {
    if (!pushInto(list, prev, false, ptr, length)) return false;
    listSettle(list, prev);
    return true;
  }
  return nodeOpen(node) && splice(list, node, at, 0, ptr, length);
}

/** Puts another element at an index, which must be there. */
export function listReplaceAt(
  list: u32,
  index: u32,
  ptr: u32,
  length: u32,
): bool {
  listSeek(list, index);
  const node = seekNode;
  const offset = seekOffset;
  if (!nodeOpen(node)) return false;
  const large = isLarge(list, length);
  const data = nodeData(node);
  if (nodeIsPlain(node) && large) {
    const fresh = undoAlloc(length);
    if (fresh == 0) return false;
    memory.copy(fresh, ptr, length);
    undoFree(data);
    nodePut(node, fresh, length, 1);
    listSettle(list, node);
    return true;
  }
  if (!nodeIsPlain(node) && !large) {
    const p = lpSeek(data, <i32>offset);
    const bytes = <u64>nodeBytes(node) - elementBytes(p) +
      lpEncodedBytes(ptr, length);
    const count = nodeCount(node);
    if (count == 1 || !exceeds(listOptions(list), bytes, count)) {
      const lp = lpReplace(data, p, ptr, length);
      if (lp == 0) return false;
      putListpack(list, node, lp, 0);
      listSettle(list, node);
      return true;
    }
  }
  return splice(list, node, offset, 1, ptr, length);
}

// -------------------------------------------------------------------- by value

/** Results of `listFind`. */
export const FOUND: i32 = 1;
export const FOUND_NONE: i32 = 0;
export const FIND_OUT_OF_MEMORY: i32 = -1;

/** Finds the first element equal to a string: `seekNode` and `seekOffset`. */
export function listFind(list: u32, ptr: u32, length: u32): i32 {
  for (let node = listHead(list); node != 0; node = nodeNext(node)) {
    const data = nodeView(node);
    if (data == 0) return FIND_OUT_OF_MEMORY;
    const offset = indexIn(node, data, ptr, length);
    nodeUnview(node, data);
    if (offset >= 0) {
      seekNode = node;
      seekOffset = <u32>offset;
      return FOUND;
    }
  }
  return FOUND_NONE;
}

/** Index of the first element of a node that is equal to a string, or -1. */
function indexIn(node: u32, data: u32, ptr: u32, length: u32): i32 {
  if (nodeIsPlain(node)) {
    const isEqual = nodeBytes(node) == length && bytesEqual(data, ptr, length);
    return isEqual ? 0 : -1;
  }
  const found = lpFind(data, lpFirst(data), ptr, length, 0);
  if (found == 0) return -1;
  let index: i32 = 0;
  for (let p = lpFirst(data); p != found; p = lpNext(data, p)) index++;
  return index;
}

/** Elements that `listDeleteEqual` has deleted. */
export let deleted: u32 = 0;
/** `matchesIn` ran out of memory. */
let isBlind: bool = false;

/** How many elements of a node are equal to a string. */
function matchesIn(node: u32, ptr: u32, length: u32): u32 {
  const data = nodeView(node);
  isBlind = data == 0;
  if (isBlind) return 0;
  let matches: u32 = 0;
  if (!nodeIsPlain(node)) matches = lpMatches(data, ptr, length);
  else if (nodeBytes(node) == length && bytesEqual(data, ptr, length)) {
    matches = 1;
  }
  nodeUnview(node, data);
  return matches;
}

/** Deletes `take` of the elements of a node that are equal to a string. */
function deleteFromNode(
  list: u32,
  node: u32,
  skip: u32,
  take: u32,
  ptr: u32,
  length: u32,
): bool {
  if (take == nodeCount(node)) {
    nodeRemove(list, node);
    return true;
  }
  if (!nodeOpen(node)) return false;
  const lp = lpWithout(nodeData(node), ptr, length, skip, take);
  if (lp == 0) return false;
  putListpack(list, node, lp, -<i32>take);
  listSettle(list, node);
  return true;
}

/**
 * Deletes elements equal to a string, `limit` at most, from the head or from
 * the tail; how many is in `deleted`.
 */
export function listDeleteEqual(
  list: u32,
  fromTail: bool,
  limit: u32,
  ptr: u32,
  length: u32,
): bool {
  deleted = 0;
  const guards = guardBegin(list);
  let node = fromTail ? listTail(list) : listHead(list);
  let ok = true;
  while (ok && node != 0 && deleted < limit) {
    const next = fromTail ? nodePrev(node) : nodeNext(node);
    const matches = matchesIn(node, ptr, length);
    if (isBlind || !undoReserve(STEP_RECORDS)) ok = false;
    else if (matches != 0) {
      const take = min<u32>(matches, limit - deleted);
      const skip = fromTail ? matches - take : 0;
      ok = deleteFromNode(list, node, skip, take, ptr, length);
      deleted += take;
    }
    node = next;
  }
  if (ok && deleted != 0) listSettle(list, 0);
  return guardEnd(guards, ok);
}
