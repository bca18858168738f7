/**
 * A large sorted set (reported as "skiplist"): a dict that finds members and a
 * tree that keeps their order, over the same elements.
 *
 *   large set, 16 bytes
 *   +0  u32  dict of elements (KIND_SCORED)
 *   +4  u32  root of the tree
 *   +8  u32  while it is being freed: leaf to free next
 *
 *   element: f64 score, key header, member (keyspace/element.ts)
 *
 * A member of 10 bytes takes about 40 bytes: 24 for its element, 10 for its slot
 * of the dict, 5 for its place in the tree.
 */
import { alloc, free, usableSize } from "../../base/memory";
import { siphash } from "../../base/siphash";
import {
  dictCount,
  dictFind,
  dictFree,
  dictMove,
  dictNew,
  dictOverhead,
  dictRemoveFound,
  dictShrinkIfSparse,
  elementAdd,
  elementRemoveFound,
  elementReplaceFound,
} from "../../keyspace/dict";
import { walkFreeSome } from "../../keyspace/dict_walk";
import {
  KIND_SCORED,
  memberHeaderBytes,
  memberKey,
  memberKeyLength,
  memberWrite,
} from "../../keyspace/element";
import {
  put64,
  undoAlloc,
  undoFree,
  undoReserve,
} from "../../keyspace/undo";
import {
  elementScore,
  leafAfter,
  leafElement,
  nodeCount,
  treeBytes,
  treeFirst,
  treeFreeInner,
  treeInsert,
  treeNeighbour,
  treeNew,
  treeRank,
  treeRemoveFound,
  treeRescored,
  treeSelect,
  TREE_RECORDS,
} from "./tree";

const LARGE_BYTES: u32 = 16;
/** Of a very large set, so many elements stand for all when it is measured. */
const MEASURED_MAX: u32 = 1000;
/** Leaves freed with every so many elements. */
const ELEMENTS_A_LEAF: u32 = 32;

/** An empty large set, nobody's yet; 0 when out of memory. */
export function largeNew(): u32 {
  const large = alloc(LARGE_BYTES);
  if (large == 0) return 0;
  const dict = dictNew(KIND_SCORED);
  const root = dict == 0 ? 0 : treeNew();
  if (root == 0) {
    if (dict != 0) dictFree(dict);
    free(large);
    return 0;
  }
  store<u32>(large, dict);
  store<u32>(large, root, 4);
  store<u64>(large, 0, 8);
  return large;
}

// @ts-ignore: decorator
@inline
export function largeDict(large: u32): u32 {
  return load<u32>(large);
}

// @ts-ignore: decorator
@inline
export function largeRoot(large: u32): u32 {
  return load<u32>(large, 4);
}

// @ts-ignore: decorator
@inline
export function largeLength(large: u32): u32 {
  return dictCount(load<u32>(large));
}

// @ts-ignore: decorator
@inline
export function elementMember(element: u32): u32 {
  return memberKey(element + 8);
}

// @ts-ignore: decorator
@inline
export function elementMemberLength(element: u32): u32 {
  return memberKeyLength(element + 8);
}

/** Bytes of the block of an element. */
// @ts-ignore: decorator
@inline
function elementBytes(length: u32): u32 {
  return 8 + memberHeaderBytes(length) + length;
}

/** A new element; 0 when out of memory. */
function elementNew(ptr: u32, length: u32, score: f64): u32 {
  const element = undoAlloc(elementBytes(length));
  if (element == 0) return 0;
  store<f64>(element, score);
  memberWrite(element + 8, ptr, length);
  return element;
}

/** Hash of the member last looked for. */
export let lastHash: u64 = 0;

/** The element of a member, 0 if there is none. */
export function largeFind(large: u32, ptr: u32, length: u32): u32 {
  lastHash = siphash(ptr, length);
  return dictFind(largeDict(large), ptr, length, lastHash);
}

/**
 * Adds a member that is not there to the dict alone, for a set that is put in
 * order later (`largeOrder`); `hash` is its hash. The element, or 0 when out of
 * memory.
 */
export function largeAddUnordered(
  large: u32,
  ptr: u32,
  length: u32,
  score: f64,
  hash: u64,
): u32 {
  const element = elementNew(ptr, length, score);
  if (element == 0) return 0;
  if (elementAdd(largeDict(large), element, hash)) return element;
  undoFree(element);
  return 0;
}

/** Puts an element of the dict into the order; false when out of memory. */
export function largeOrder(large: u32, element: u32): bool {
  return treeInsert(large + 4, element);
}

/** Adds a member that is not there. False when out of memory, nothing changed. */
export function largeAdd(
  large: u32,
  ptr: u32,
  length: u32,
  score: f64,
): bool {
  return largeAddHashed(large, ptr, length, score, siphash(ptr, length));
}

/** `largeAdd` of a member whose hash is known. */
export function largeAddHashed(
  large: u32,
  ptr: u32,
  length: u32,
  score: f64,
  hash: u64,
): bool {
  if (!undoReserve(TREE_RECORDS)) return false;
  const element = largeAddUnordered(large, ptr, length, score, hash);
  if (element == 0) return false;
  if (treeInsert(large + 4, element)) return true;
  if (largeFind(large, ptr, length) != 0) dictRemoveFound(largeDict(large));
  undoFree(element);
  return false;
}

/** Whether an element may take this score where it stands. */
function keepsPlace(element: u32, score: f64): bool {
  const before = treeNeighbour(false);
  if (before != 0 && elementScore(before) >= score) return false;
  const after = treeNeighbour(true);
  return after == 0 || elementScore(after) > score;
}

/**
 * Gives the member last found (`largeFind`) another score. False when out of
 * memory, nothing changed.
 */
export function largeSetScore(large: u32, element: u32, score: f64): bool {
  if (!undoReserve(TREE_RECORDS * 2)) return false;
  treeRank(largeRoot(large), element);
  if (keepsPlace(element, score)) {
    put64(element, reinterpret<u64>(score));
    return treeRescored(largeRoot(large));
  }
  // The old element stays in the tree until the new one is in.
  const fresh = elementNew(
    elementMember(element),
    elementMemberLength(element),
    score,
  );
  if (fresh == 0) return false;
  if (!treeInsert(large + 4, fresh)) {
    undoFree(fresh);
    return false;
  }
  elementReplaceFound(largeDict(large), fresh);
  treeRank(largeRoot(large), element);
  if (!treeRemoveFound(large + 4)) return false;
  undoFree(element);
  return true;
}

/** Takes the element last found out of the dict, which may shrink, and frees it. */
function dropElement(large: u32, element: u32): void {
  const dict = largeDict(large);
  elementRemoveFound(dict);
  undoFree(element);
  if (!dictMove(dict, 1)) dictShrinkIfSparse(dict);
}

/** Removes the member last found; false only for lack of memory to undo it. */
export function largeRemove(large: u32, element: u32): bool {
  if (!undoReserve(TREE_RECORDS)) return false;
  treeRank(largeRoot(large), element);
  if (!treeRemoveFound(large + 4)) return false;
  dropElement(large, element);
  return true;
}

/** Removes `count` elements from a rank on; as `largeRemove`. */
export function largeRemoveRange(large: u32, start: u32, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (!undoReserve(TREE_RECORDS)) return false;
    const element = treeSelect(largeRoot(large), start);
    if (!treeRemoveFound(large + 4)) return false;
    if (
      largeFind(large, elementMember(element), elementMemberLength(element)) ==
        0
    ) unreachable();
    dropElement(large, element);
  }
  return true;
}

/** Frees about `limit` elements of a set nobody has any more; true while more remain. */
export function largeFreeSome(large: u32, limit: u32): bool {
  const root = largeRoot(large);
  const hasMore = walkFreeSome(largeDict(large), limit);
  let leaf = load<u32>(large, 8);
  if (leaf == 0) leaf = treeFirst(root);
  let leaves: u32 = hasMore ? limit / ELEMENTS_A_LEAF : 0xffffffff;
  // The last one stays, so that there is one to go on from.
  while (leaves != 0 && leafAfter(leaf) != 0) {
    const after = leafAfter(leaf);
    free(leaf);
    leaf = after;
    leaves--;
  }
  store<u32>(large, leaf, 8);
  if (hasMore) return true;
  // The root is the leaf itself, unless there are inner nodes.
  if (root != leaf) treeFreeInner(root);
  free(leaf);
  free(large);
  return false;
}

/** Bytes of all blocks; about, if it is very large. */
export function largeUsage(large: u32): f64 {
  const root = largeRoot(large);
  const count = largeLength(large);
  let bytes: f64 = 0;
  let seen: u32 = 0;
  let leaf = treeFirst(root);
  while (leaf != 0 && seen < MEASURED_MAX) {
    for (let i: u32 = 0; i < nodeCount(leaf); i++) {
      bytes += <f64>usableSize(leafElement(leaf, i));
      seen++;
    }
    leaf = leafAfter(leaf);
  }
  if (seen != 0) bytes *= <f64>count / <f64>seen;
  return <f64>LARGE_BYTES + dictOverhead(largeDict(large)) + treeBytes(root) +
    Math.round(bytes);
}
