/**
 * The order of a large sorted set: a B+ tree over its elements, by score, then
 * member. Its entries know how many elements are below them, so that the rank of
 * an element, the element of a rank, and how many lie in a range cost O(log n).
 *
 *   leaf, 256 bytes
 *   +0  u16  count
 *   +2  u16  level, 0
 *   +4  u32  leaf before   +8 u32 leaf after; 0 = none
 *   +12 u32  element       at most LEAF_MAX (element.ts, KIND_SCORED)
 *
 *   inner node, 1024 bytes
 *   +0  u16  count
 *   +2  u16  level, 1 or more
 *   +8       entries, at most INNER_MAX:
 *            f64 score, u32 element  of the least element below the child
 *            u32 child
 *            u32 elements below the child
 *
 * Scores stand in the inner nodes, so a descent reads elements only in the leaf
 * and among equal scores. A node that has fewer than a third of its entries is
 * merged with a neighbour or shares that one's entries; only appending leaves
 * full nodes behind. The root has two entries at least, or is a leaf.
 *
 * Before a node that existed is changed, it is remembered whole (`undoBytes`):
 * a change costs O(height) whether an undo log is open or not.
 */
import { bytesCompare } from "../../base/bytes";
import { alloc, free } from "../../base/memory";
import { memberKey, memberKeyLength } from "../../keyspace/element";
import {
  put32,
  undoAlloc,
  undoBytes,
  undoFree,
} from "../../keyspace/undo";

const LEAF_BYTES: u32 = 256;
const INNER_BYTES: u32 = 1024;
const LEAF_HEADER: u32 = 12;
const INNER_HEADER: u32 = 8;
const INNER_ENTRY: u32 = 20;
export const LEAF_MAX: u32 = 61;
export const INNER_MAX: u32 = 50;

/** Records of the undo log that inserting or removing an element may take. */
export const TREE_RECORDS: u32 = 96;

/**
 * The way of the last descent: a node and a place in it a level. Eight levels
 * hold more elements than memory does.
 */
const path: u32 = <u32>memory.data(64);
/** Nodes taken in front for the splits of one insertion. */
const spares: u32 = <u32>memory.data(40);
let spareCount: u32 = 0;

/** Where the last `treeSelect` or `treeSeek` ended. */
export let foundLeaf: u32 = 0;
export let foundIndex: u32 = 0;

// -------------------------------------------------------------------- layout

// @ts-ignore: decorator
@inline
export function nodeCount(node: u32): u32 {
  return <u32>load<u16>(node);
}

// @ts-ignore: decorator
@inline
export function nodeLevel(node: u32): u32 {
  return <u32>load<u16>(node, 2);
}

// @ts-ignore: decorator
@inline
function setCount(node: u32, count: u32): void {
  store<u16>(node, <u16>count);
}

// @ts-ignore: decorator
@inline
export function leafBefore(leaf: u32): u32 {
  return load<u32>(leaf, 4);
}

// @ts-ignore: decorator
@inline
export function leafAfter(leaf: u32): u32 {
  return load<u32>(leaf, 8);
}

// @ts-ignore: decorator
@inline
export function leafElement(leaf: u32, index: u32): u32 {
  return load<u32>(leaf + (index << 2), LEAF_HEADER);
}

/** Address of an entry of a node of any level. */
// @ts-ignore: decorator
@inline
export function entryAt(node: u32, level: u32, index: u32): u32 {
  return level == 0
    ? node + LEAF_HEADER + (index << 2)
    : node + INNER_HEADER + index * INNER_ENTRY;
}

// @ts-ignore: decorator
@inline
function entryBytesOf(level: u32): u32 {
  return level == 0 ? 4 : INNER_ENTRY;
}

// @ts-ignore: decorator
@inline
export function capacity(level: u32): u32 {
  return level == 0 ? LEAF_MAX : INNER_MAX;
}

// @ts-ignore: decorator
@inline
function nodeBytes(level: u32): u32 {
  return level == 0 ? LEAF_BYTES : INNER_BYTES;
}

// @ts-ignore: decorator
@inline
export function innerChild(node: u32, index: u32): u32 {
  return load<u32>(node + index * INNER_ENTRY, INNER_HEADER + 12);
}

// @ts-ignore: decorator
@inline
export function innerBelow(node: u32, index: u32): u32 {
  return load<u32>(node + index * INNER_ENTRY, INNER_HEADER + 16);
}

// @ts-ignore: decorator
@inline
export function elementScore(element: u32): f64 {
  return load<f64>(element);
}

// @ts-ignore: decorator
@inline
function pathNode(level: u32): u32 {
  return load<u32>(path + (level << 3));
}

// @ts-ignore: decorator
@inline
function pathIndex(level: u32): u32 {
  return load<u32>(path + (level << 3), 4);
}

// @ts-ignore: decorator
@inline
function setPath(level: u32, node: u32, index: u32): void {
  store<u32>(path + (level << 3), node);
  store<u32>(path + (level << 3), index, 4);
}

/** An empty tree; 0 when out of memory. */
export function treeNew(): u32 {
  const leaf = alloc(LEAF_BYTES);
  if (leaf == 0) return 0;
  store<u32>(leaf, 0);
  store<u64>(leaf, 0, 4);
  return leaf;
}

/** Elements of a tree. */
export function treeCount(root: u32): u32 {
  const count = nodeCount(root);
  if (nodeLevel(root) == 0) return count;
  let total: u32 = 0;
  for (let i: u32 = 0; i < count; i++) total += innerBelow(root, i);
  return total;
}

/** Bytes of the nodes. */
export function treeBytes(node: u32): f64 {
  const level = nodeLevel(node);
  if (level == 0) return <f64>LEAF_BYTES;
  const count = nodeCount(node);
  if (level == 1) return <f64>(INNER_BYTES + count * LEAF_BYTES);
  let bytes = <f64>INNER_BYTES;
  for (let i: u32 = 0; i < count; i++) bytes += treeBytes(innerChild(node, i));
  return bytes;
}

/** Frees the inner nodes; leaves are freed along their chain. */
export function treeFreeInner(node: u32): void {
  const level = nodeLevel(node);
  if (level == 0) return;
  if (level > 1) {
    const count = nodeCount(node);
    for (let i: u32 = 0; i < count; i++) treeFreeInner(innerChild(node, i));
  }
  free(node);
}

/** The first leaf. */
export function treeFirst(root: u32): u32 {
  let node = root;
  while (nodeLevel(node) != 0) node = innerChild(node, 0);
  return node;
}

// -------------------------------------------------------------------- search

/** By what elements are compared with the target of a search. */
export const BY_ELEMENT: u32 = 0;
export const BY_SCORE: u32 = 1;
export const BY_MEMBER: u32 = 2;

let targetBy: u32 = 0;
let targetScore: f64 = 0;
let targetPtr: u32 = 0;
let targetLength: u32 = 0;
let targetIncluded: bool = false;

/** Whether an element stands before the target, or is it and belongs to it. */
// @ts-ignore: decorator
@inline
function isBefore(score: f64, element: u32): bool {
  if (targetBy != BY_MEMBER) {
    if (score != targetScore) return score < targetScore;
    if (targetBy == BY_SCORE) return targetIncluded;
  }
  const order = bytesCompare(
    memberKey(element + 8),
    memberKeyLength(element + 8),
    targetPtr,
    targetLength,
  );
  return order < 0 || order == 0 && targetIncluded;
}

/** How many entries of an inner node have a least element before the target. */
function innerSearch(node: u32): u32 {
  let low: u32 = 0;
  let high = nodeCount(node);
  while (low < high) {
    const middle = low + high >> 1;
    const entry = node + INNER_HEADER + middle * INNER_ENTRY;
    if (isBefore(load<f64>(entry), load<u32>(entry, 8))) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many elements of a leaf stand before the target. */
function leafSearch(leaf: u32): u32 {
  let low: u32 = 0;
  let high = nodeCount(leaf);
  while (low < high) {
    const middle = low + high >> 1;
    const element = leafElement(leaf, middle);
    if (isBefore(elementScore(element), element)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Walks down to the target, noting the way; elements before it. */
function descend(root: u32): u32 {
  let node = root;
  let before: u32 = 0;
  for (let level = nodeLevel(root); level != 0; level--) {
    const found = innerSearch(node);
    const index: u32 = found == 0 ? 0 : found - 1;
    for (let i: u32 = 0; i < index; i++) before += innerBelow(node, i);
    setPath(level, node, index);
    node = innerChild(node, index);
  }
  const index = leafSearch(node);
  setPath(0, node, index);
  return before + index;
}

/**
 * Elements before a target: a score (`BY_SCORE`), a member (`BY_MEMBER`, where
 * all scores are equal) or both; with those equal to it if `included`.
 */
export function treeBefore(
  root: u32,
  by: u32,
  score: f64,
  ptr: u32,
  length: u32,
  included: bool,
): u32 {
  targetBy = by;
  targetScore = score;
  targetPtr = ptr;
  targetLength = length;
  targetIncluded = included;
  return descend(root);
}

/** Walks to an element of the tree; its rank. */
export function treeRank(root: u32, element: u32): u32 {
  const member = element + 8;
  const rank = treeBefore(
    root,
    BY_ELEMENT,
    elementScore(element),
    memberKey(member),
    memberKeyLength(member),
    true,
  ) - 1;
  // The descent counted the element itself, and ended behind it.
  setPath(0, pathNode(0), pathIndex(0) - 1);
  if (INVARIANTS) {
    if (leafElement(pathNode(0), pathIndex(0)) != element) unreachable();
  }
  return rank;
}

/** Walks to the element of a rank below the count, noting the way. */
export function treeSelect(root: u32, rank: u32): u32 {
  let node = root;
  let left = rank;
  for (let level = nodeLevel(root); level != 0; level--) {
    let index: u32 = 0;
    while (left >= innerBelow(node, index)) {
      left -= innerBelow(node, index);
      index++;
    }
    setPath(level, node, index);
    node = innerChild(node, index);
  }
  setPath(0, node, left);
  foundLeaf = node;
  foundIndex = left;
  return leafElement(node, left);
}

/** The elements before and after the last one walked to; 0 = none. */
export function treeNeighbour(isAfter: bool): u32 {
  const leaf = pathNode(0);
  const index = pathIndex(0);
  if (isAfter) {
    if (index + 1 < nodeCount(leaf)) return leafElement(leaf, index + 1);
    const after = leafAfter(leaf);
    return after == 0 ? 0 : leafElement(after, 0);
  }
  if (index != 0) return leafElement(leaf, index - 1);
  const before = leafBefore(leaf);
  return before == 0 ? 0 : leafElement(before, nodeCount(before) - 1);
}

/**
 * After the score of the element last walked to has changed in its place, order
 * and all: inner nodes that name it as their least learn of it. False when out
 * of memory for the undo log.
 */
export function treeRescored(root: u32): bool {
  for (let level: u32 = 1; level <= nodeLevel(root); level++) {
    if (pathIndex(level - 1) != 0) return true;
    const node = pathNode(level);
    if (!undoBytes(node, INNER_BYTES)) return false;
    refreshLeast(node, pathIndex(level));
  }
  return true;
}

// ----------------------------------------------------------- keeping in order

/** Writes what an inner node says of a child's least element. */
function refreshLeast(node: u32, index: u32): void {
  const entry = entryAt(node, 1, index);
  const child = load<u32>(entry, 12);
  if (nodeLevel(child) == 0) {
    const element = leafElement(child, 0);
    store<f64>(entry, elementScore(element));
    store<u32>(entry, element, 8);
  } else {
    store<f64>(entry, load<f64>(child, INNER_HEADER));
    store<u32>(entry, load<u32>(child, INNER_HEADER + 8), 8);
  }
}

/** Writes all an inner node says of a child. */
function refresh(node: u32, index: u32): void {
  refreshLeast(node, index);
  store<u32>(entryAt(node, 1, index), treeCount(innerChild(node, index)), 16);
}

/** Remembers the nodes of the way up to a level; false when out of memory. */
function rememberPath(top: u32): bool {
  for (let level: u32 = 0; level <= top; level++) {
    if (!undoBytes(pathNode(level), nodeBytes(level))) return false;
  }
  return true;
}

/** Takes the nodes that inserting will need in front; false when out of memory. */
function takeSpares(root: u32): bool {
  const top = nodeLevel(root);
  spareCount = 0;
  let level: u32 = 0;
  let fits = false;
  for (; level <= top && !fits; level++) {
    fits = nodeCount(pathNode(level)) < capacity(level);
    if (!fits && !takeSpare(level)) return false;
  }
  // The root splits: another stands above its halves.
  return fits || takeSpare(level);
}

function takeSpare(level: u32): bool {
  const node = undoAlloc(nodeBytes(level));
  if (node == 0) {
    while (spareCount != 0) undoFree(load<u32>(spares + (--spareCount << 2)));
    return false;
  }
  store<u32>(node, level << 16);
  store<u32>(spares + (spareCount << 2), node);
  spareCount++;
  return true;
}

/** The node taken for a level. */
// @ts-ignore: decorator
@inline
function spareOf(level: u32): u32 {
  return load<u32>(spares + (level << 2));
}

/** Moves the entries of a full node from `middle` on to a new one behind it. */
function split(node: u32, level: u32, middle: u32): u32 {
  const right = spareOf(level);
  const moved = capacity(level) - middle;
  setCount(node, middle);
  setCount(right, moved);
  memory.copy(
    entryAt(right, level, 0),
    entryAt(node, level, middle),
    moved * entryBytesOf(level),
  );
  if (level == 0) {
    const after = leafAfter(node);
    store<u32>(right, node, 4);
    store<u32>(right, after, 8);
    store<u32>(node, right, 8);
    if (after != 0) put32(after + 4, right);
  }
  return right;
}

/** The node that the last `makeRoom` split off, 0 if it split nothing. */
let splitOff: u32 = 0;
/** Whether the element being inserted is the last of all. */
let appends: bool = false;

/** Room for an entry at `index`, splitting a full node; its address. */
function makeRoom(node: u32, level: u32, index: u32): u32 {
  const count = nodeCount(node);
  splitOff = 0;
  if (count == capacity(level)) {
    // Appending leaves full nodes behind, not halves.
    const isEnd = appends && index == count;
    const middle = isEnd ? count : count >> 1;
    splitOff = split(node, level, middle);
    if (index > middle || isEnd) {
      node = splitOff;
      index -= middle;
    }
  }
  const entry = entryAt(node, level, index);
  const bytes = entryBytesOf(level);
  const here = nodeCount(node);
  memory.copy(entry + bytes, entry, (here - index) * bytes);
  setCount(node, here + 1);
  return entry;
}

/**
 * Puts an element that is not there into the tree whose root stands at
 * `rootAddress`; `undoReserve(TREE_RECORDS)` must have succeeded. False when out
 * of memory: nothing changed, unless a log is open.
 */
export function treeInsert(rootAddress: u32, element: u32): bool {
  const root = load<u32>(rootAddress);
  const member = element + 8;
  const top = nodeLevel(root);
  treeBefore(
    root,
    BY_ELEMENT,
    elementScore(element),
    memberKey(member),
    memberKeyLength(member),
    true,
  );
  if (!takeSpares(root) || !rememberPath(top)) return false;
  const leaf = pathNode(0);
  appends = leafAfter(leaf) == 0 && pathIndex(0) == nodeCount(leaf);
  store<u32>(makeRoom(pathNode(0), 0, pathIndex(0)), element);
  let right = splitOff;
  for (let level: u32 = 1; level <= top; level++) {
    const node = pathNode(level);
    const index = pathIndex(level);
    if (right == 0) {
      refreshLeast(node, index);
      const below = entryAt(node, 1, index) + 16;
      store<u32>(below, load<u32>(below) + 1);
      continue;
    }
    refresh(node, index);
    const entry = makeRoom(node, level, index + 1);
    store<u32>(entry, right, 12);
    refreshEntry(entry);
    right = splitOff;
  }
  if (right != 0) growRoot(rootAddress, root, right, top + 1);
  return true;
}

/** `refresh` of an entry of which only the child is written. */
function refreshEntry(entry: u32): void {
  refresh(entry - INNER_HEADER, 0);
}

function growRoot(rootAddress: u32, left: u32, right: u32, level: u32): void {
  const root = spareOf(level);
  setCount(root, 2);
  store<u32>(entryAt(root, level, 0), left, 12);
  store<u32>(entryAt(root, level, 1), right, 12);
  refresh(root, 0);
  refresh(root, 1);
  put32(rootAddress, root);
}

// ------------------------------------------------------------------ removing

/** Takes an entry out of a node. */
function closeGap(node: u32, level: u32, index: u32): void {
  const count = nodeCount(node) - 1;
  const entry = entryAt(node, level, index);
  const bytes = entryBytesOf(level);
  memory.copy(entry, entry + bytes, (count - index) * bytes);
  setCount(node, count);
}

/** Frees a node that is empty or was merged into the one before it. */
function dropNode(node: u32, level: u32): void {
  if (level == 0) {
    const before = leafBefore(node);
    const after = leafAfter(node);
    if (before != 0) put32(before + 8, after);
    if (after != 0) put32(after + 4, before);
  }
  undoFree(node);
}

/** Moves entries between neighbours until both have about as many. */
function share(left: u32, right: u32, level: u32): void {
  const bytes = entryBytesOf(level);
  const leftCount = nodeCount(left);
  const rightCount = nodeCount(right);
  const want = leftCount + rightCount >> 1;
  if (leftCount < want) {
    const moved = want - leftCount;
    memory.copy(
      entryAt(left, level, leftCount),
      entryAt(right, level, 0),
      moved * bytes,
    );
    memory.copy(
      entryAt(right, level, 0),
      entryAt(right, level, moved),
      (rightCount - moved) * bytes,
    );
  } else {
    const moved = leftCount - want;
    memory.copy(
      entryAt(right, level, moved),
      entryAt(right, level, 0),
      rightCount * bytes,
    );
    memory.copy(
      entryAt(right, level, 0),
      entryAt(left, level, want),
      moved * bytes,
    );
  }
  setCount(left, want);
  setCount(right, leftCount + rightCount - want);
}

/**
 * A child that has few entries is merged with a neighbour, or takes some of
 * its. False when out of memory for the undo log.
 */
function balance(parent: u32, index: u32, level: u32): bool {
  const child = innerChild(parent, index);
  const count = nodeCount(parent);
  if (count == 1) {
    if (nodeCount(child) == 0) {
      dropNode(child, level);
      setCount(parent, 0);
    }
    return true;
  }
  const at = index == 0 ? 0 : index - 1;
  const left = innerChild(parent, at);
  const right = innerChild(parent, at + 1);
  const bytes = nodeBytes(level);
  if (!undoBytes(left, bytes) || !undoBytes(right, bytes)) return false;
  const leftCount = nodeCount(left);
  const total = leftCount + nodeCount(right);
  if (total > capacity(level) - (capacity(level) >> 3)) {
    share(left, right, level);
    refresh(parent, at + 1);
  } else {
    memory.copy(
      entryAt(left, level, leftCount),
      entryAt(right, level, 0),
      nodeCount(right) * entryBytesOf(level),
    );
    setCount(left, total);
    dropNode(right, level);
    closeGap(parent, nodeLevel(parent), at + 1);
  }
  if (total != 0) refresh(parent, at);
  return true;
}

/**
 * Takes the element last walked to out of the tree; as `treeInsert`, but fails
 * only while a log is open.
 */
export function treeRemoveFound(rootAddress: u32): bool {
  const root = load<u32>(rootAddress);
  const top = nodeLevel(root);
  if (!rememberPath(top)) return false;
  closeGap(pathNode(0), 0, pathIndex(0));
  for (let level: u32 = 1; level <= top; level++) {
    const node = pathNode(level);
    const index = pathIndex(level);
    const child = pathNode(level - 1);
    const below = entryAt(node, 1, index) + 16;
    store<u32>(below, load<u32>(below) - 1);
    if (nodeCount(child) != 0) refreshLeast(node, index);
    if (nodeCount(child) * 3 < capacity(level - 1)) {
      if (!balance(node, index, level - 1)) return false;
    }
  }
  let now = root;
  while (nodeLevel(now) != 0 && nodeCount(now) == 1) {
    const child = innerChild(now, 0);
    undoFree(now);
    now = child;
  }
  if (now != root) put32(rootAddress, now);
  return true;
}
