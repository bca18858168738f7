/**
 * The nodes of lists.
 *
 *   list, 24 bytes
 *   +0  u32  head    first node, 0 if there is none
 *   +4  u32  tail    last node
 *   +8  u32  count   elements
 *   +12 u32  nodes
 *   +16 i16  fill    `list-max-listpack-size` when the list was made
 *   +18 u16  depth   `list-compress-depth` when the list was made
 *
 *   node, 24 bytes
 *   +0  u32  prev
 *   +4  u32  next
 *   +8  u32  data    a listpack, or the bytes of one large element, as they are
 *                    or compressed (LZF)
 *   +12 u32  bytes   of the data before compression
 *   +16 u32  packed  bytes of the data once compressed, 0 when it is not
 *   +20 u16  count   elements
 *   +22 u8   flags   NODE_* below
 *
 * Compressed are nodes more than `depth` nodes away from both ends, if memory
 * allows: the rest of the code takes every node as it finds it.
 *
 * A list with a single listpack is kept as that listpack alone, which is how
 * most lists are; its fill and depth are in the entry's spare word. To change
 * it, it is dressed up as a list of one node in static memory (VIEW_LIST,
 * VIEW_NODE); see mod.ts.
 */
import { alloc, free } from "../../base/memory";
import { lzfCompress, lzfDecompress } from "../../base/lzf";
import {
  put16,
  put32,
  put8,
  undoAlloc,
  undoFree,
  undoReserve,
} from "../../keyspace/undo";

export const LIST_BYTES: u32 = 24;
export const NODE_BYTES: u32 = 24;

/** The data is one element, no listpack. */
export const NODE_PLAIN: u32 = 1;
/** Compressing it did not pay. */
const NODE_INCOMPRESSIBLE: u32 = 2;

/** Shorter data is not worth compressing (Redis's MIN_COMPRESS_BYTES). */
const COMPRESS_BYTES_MIN: u32 = 48;
/** What compressing must save (Redis's MIN_COMPRESS_IMPROVE). */
const COMPRESS_GAIN_MIN: u32 = 8;

/** Undo records that opening or compressing a node takes. */
const SHAPE_RECORDS: u32 = 6;

/** A list that is one listpack, while it is worked on. */
export const VIEW_LIST: u32 = <u32>memory.data(24, 8);
export const VIEW_NODE: u32 = <u32>memory.data(24, 8);
/** Whether VIEW_NODE is a node of VIEW_LIST. */
export let viewNodeIsUsed: bool = false;

/** Must be called before VIEW_LIST is used: empty, or one node to be filled in. */
export function viewReset(options: u32, hasNode: bool): void {
  const node = hasNode ? VIEW_NODE : 0;
  viewNodeIsUsed = hasNode;
  store<u32>(VIEW_LIST, node);
  store<u32>(VIEW_LIST, node, 4);
  store<u32>(VIEW_LIST, 0, 8);
  store<u32>(VIEW_LIST, <u32>hasNode, 12);
  store<u32>(VIEW_LIST, options, 16);
}

// @ts-ignore: decorator
@inline
export function listHead(list: u32): u32 {
  return load<u32>(list);
}

// @ts-ignore: decorator
@inline
export function listTail(list: u32): u32 {
  return load<u32>(list, 4);
}

// @ts-ignore: decorator
@inline
export function listCount(list: u32): u32 {
  return load<u32>(list, 8);
}

// @ts-ignore: decorator
@inline
export function listNodes(list: u32): u32 {
  return load<u32>(list, 12);
}

/** Fill and depth in one word. */
// @ts-ignore: decorator
@inline
export function listOptions(list: u32): u32 {
  return load<u32>(list, 16);
}

// @ts-ignore: decorator
@inline
export function fillOf(options: u32): i32 {
  return <i32>options << 16 >> 16;
}

// @ts-ignore: decorator
@inline
export function depthOf(options: u32): u32 {
  return options >> 16;
}

// @ts-ignore: decorator
@inline
export function nodePrev(node: u32): u32 {
  return load<u32>(node);
}

// @ts-ignore: decorator
@inline
export function nodeNext(node: u32): u32 {
  return load<u32>(node, 4);
}

// @ts-ignore: decorator
@inline
export function nodeData(node: u32): u32 {
  return load<u32>(node, 8);
}

// @ts-ignore: decorator
@inline
export function nodeBytes(node: u32): u32 {
  return load<u32>(node, 12);
}

// @ts-ignore: decorator
@inline
export function nodeIsCompressed(node: u32): bool {
  return load<u32>(node, 16) != 0;
}

// @ts-ignore: decorator
@inline
export function nodeCount(node: u32): u32 {
  return <u32>load<u16>(node, 20);
}

// @ts-ignore: decorator
@inline
export function nodeIsPlain(node: u32): bool {
  return (<u32>load<u8>(node, 22) & NODE_PLAIN) != 0;
}

/** Writes what a fresh node holds. */
export function nodeFill(
  node: u32,
  data: u32,
  bytes: u32,
  count: u32,
  flags: u32,
): void {
  store<u64>(node, 0);
  store<u32>(node, data, 8);
  store<u32>(node, bytes, 12);
  store<u32>(node, 0, 16);
  store<u16>(node, <u16>count, 20);
  store<u8>(node, <u8>flags, 22);
}

/**
 * A node that is in no list yet; 0 when out of memory, the data is the caller's
 * then. Takes an undo record.
 */
export function nodeNew(
  list: u32,
  data: u32,
  bytes: u32,
  count: u32,
  flags: u32,
): u32 {
  let node: u32 = 0;
  if (list == VIEW_LIST && !viewNodeIsUsed) {
    node = VIEW_NODE;
    viewNodeIsUsed = true;
  } else {
    node = undoAlloc(NODE_BYTES);
    if (node == 0) return 0;
  }
  nodeFill(node, data, bytes, count, flags);
  return node;
}

/** Frees a node that is in no list, and its data. */
export function nodeFree(node: u32): void {
  undoFree(nodeData(node));
  if (node == VIEW_NODE) viewNodeIsUsed = false;
  else undoFree(node);
}

/** The node, which is not compressed, holds other data now. */
export function nodePut(node: u32, data: u32, bytes: u32, count: u32): void {
  if (nodeData(node) != data) put32(node + 8, data);
  put32(node + 12, bytes);
  if (nodeCount(node) != count) put16(node + 20, count);
  const flags = <u32>load<u8>(node, 22);
  if (flags & NODE_INCOMPRESSIBLE) put8(node + 22, flags & NODE_PLAIN);
}

// @ts-ignore: decorator
@inline
export function listAddCount(list: u32, difference: u32): void {
  put32(list + 8, listCount(list) + difference);
}

/** Puts a node between two neighbours, 0 for none. */
export function nodeLink(list: u32, prev: u32, next: u32, node: u32): void {
  store<u32>(node, prev);
  store<u32>(node, next, 4);
  put32(prev != 0 ? prev + 4 : list, node);
  put32(next != 0 ? next : list + 4, node);
  put32(list + 12, listNodes(list) + 1);
  listAddCount(list, nodeCount(node));
}

/** Takes a node out and frees it and its data. */
export function nodeRemove(list: u32, node: u32): void {
  const prev = nodePrev(node);
  const next = nodeNext(node);
  put32(prev != 0 ? prev + 4 : list, next);
  put32(next != 0 ? next : list + 4, prev);
  put32(list + 12, listNodes(list) - 1);
  listAddCount(list, 0 - nodeCount(node));
  nodeFree(node);
}

// --------------------------------------------------------------- compression

function decompress(node: u32, target: u32): void {
  const bytes = nodeBytes(node);
  const made = lzfDecompress(
    nodeData(node),
    load<u32>(node, 16),
    target,
    bytes,
  );
  if (INVARIANTS) if (made != bytes) unreachable();
}

/** Makes the data of a node plain to see; false when out of memory. */
export function nodeOpen(node: u32): bool {
  if (!nodeIsCompressed(node)) return true;
  if (!undoReserve(SHAPE_RECORDS)) return false;
  const data = undoAlloc(nodeBytes(node));
  if (data == 0) return false;
  decompress(node, data);
  undoFree(nodeData(node));
  put32(node + 8, data);
  put32(node + 16, 0);
  return true;
}

/** Compresses a node, if it pays and memory allows. */
function nodeCompress(node: u32): void {
  const bytes = nodeBytes(node);
  if (nodeIsCompressed(node) || bytes < COMPRESS_BYTES_MIN) return;
  const flags = <u32>load<u8>(node, 22);
  if (flags & NODE_INCOMPRESSIBLE || !undoReserve(SHAPE_RECORDS)) return;
  const room = bytes - COMPRESS_GAIN_MIN;
  const scratch = alloc(room);
  if (scratch == 0) return;
  const packed = lzfCompress(nodeData(node), bytes, scratch, room);
  const data = packed != 0 ? undoAlloc(packed) : 0;
  if (data != 0) {
    memory.copy(data, scratch, packed);
    undoFree(nodeData(node));
    put32(node + 8, data);
    put32(node + 16, packed);
  } else if (packed == 0) put8(node + 22, flags | NODE_INCOMPRESSIBLE);
  free(scratch);
}

/**
 * The data of a node, which stays as it is, to be looked at; `nodeUnview` must
 * follow. 0 when out of memory.
 */
// @ts-ignore: decorator
@inline
export function nodeView(node: u32): u32 {
  return nodeIsCompressed(node) ? nodeViewCompressed(node) : nodeData(node);
}

function nodeViewCompressed(node: u32): u32 {
  const data = alloc(nodeBytes(node));
  if (data != 0) decompress(node, data);
  return data;
}

// @ts-ignore: decorator
@inline
export function nodeUnview(node: u32, data: u32): void {
  if (data != nodeData(node)) free(data);
}

/**
 * After a change: opens the nodes near the ends and compresses `node` (0 for
 * none) and the two that just got far enough from them.
 */
export function listSettle(list: u32, node: u32): void {
  if (depthOf(listOptions(list)) != 0) settle(list, node);
}

function settle(list: u32, node: u32): void {
  let forward = listHead(list);
  let backward = listTail(list);
  let isNearEnd = false;
  for (let i = depthOf(listOptions(list)); i != 0; i--) {
    if (forward == 0) return;
    nodeOpen(forward);
    nodeOpen(backward);
    if (forward == node || backward == node) isNearEnd = true;
    if (forward == backward || nodeNext(forward) == backward) return;
    forward = nodeNext(forward);
    backward = nodePrev(backward);
  }
  if (node != 0 && !isNearEnd) nodeCompress(node);
  nodeCompress(forward);
  nodeCompress(backward);
}

/** After `added` nodes were added at one end. */
export function listSettleEnd(list: u32, atHead: bool, added: u32): void {
  const depth = depthOf(listOptions(list));
  if (depth == 0) return;
  settle(list, 0);
  const nodes = listNodes(list);
  let node = atHead ? listHead(list) : listTail(list);
  for (let i: u32 = 0; i < added + depth && node != 0; i++) {
    if (i >= depth && nodes - 1 - i >= depth) nodeCompress(node);
    node = atHead ? nodeNext(node) : nodePrev(node);
  }
}
