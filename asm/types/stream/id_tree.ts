/**
 * Things in the order of their 128-bit IDs: a B+ tree of pointers. It serves
 * the listpacks of a stream and the pending entries of groups and consumers.
 *
 *   a thing  +0 u64 milliseconds  +8 u64 sequence  …; these stay as they are
 *            while it is in a tree
 *   a tree   8 bytes of its owner: +0 u32 root (0 = empty)  +4 u32 things
 *   a leaf   +0 u16 count  +2 u16 level 0  +4 u32 capacity
 *            +8 pointers to things
 *   inner    +0 u16 count  +2 u16 level    +4 u32 spare
 *            +8 slots of 24 bytes: u64 milliseconds, u64 sequence, u32 child
 *
 * The ID of a slot is a bound: what is below the child is not less, and what is
 * below the children before it is less. The first slot's ID means nothing.
 * Invariants: no block is empty, and all leaves are at level 0. A root that is a
 * leaf starts small and doubles, so few things take few bytes.
 *
 * Owner of the things: whoever put them in; blocks belong to the tree. Finding,
 * adding and removing are O(log n), going to the next thing O(1).
 */
import { free, usableSize } from "../../base/memory";
import {
  put16,
  put32,
  putBytes,
  undoAlloc,
  undoFree,
  undoReserve,
} from "../../keyspace/undo";

const SLOTS: u32 = 64;
const FIRST_SLOTS: u32 = 2;
const HEADER_BYTES: u32 = 8;
const LEAF_SLOT_BYTES: u32 = 4;
const INNER_SLOT_BYTES: u32 = 24;
/** A block with no more slots than this may be merged with its neighbour. */
const SPARSE_SLOTS: u32 = SLOTS / 4;
/** The most slots two merged blocks may have together. */
const MERGED_SLOTS_MAX: u32 = SLOTS * 3 / 4;
/** Blocks from the root down to a leaf; 64 things a leaf fill memory in six. */
const LEVELS_MAX: u32 = 12;
/** Records that one change of a tree may write. */
const UNDO_RECORDS: u32 = 128;

/** The way down to a leaf: u32 block, u32 slot each. */
const PATH: u32 = <u32>memory.data(LEVELS_MAX * 8, 16);

/** Counts changes of any tree: where the last look-up was may be void. */
let version: u32 = 0;
let cursorTree: u32 = 0;
let cursorLeaf: u32 = 0;
let cursorAt: u32 = 0;
let cursorVersion: u32 = 0;

/** What the last `idRemove` took out; 0 if there was nothing of that ID. */
export let idRemoved: u32 = 0;

// @ts-ignore: decorator
@inline
export function thingMs(thing: u32): u64 {
  return load<u64>(thing);
}

// @ts-ignore: decorator
@inline
export function thingSeq(thing: u32): u64 {
  return load<u64>(thing, 8);
}

// @ts-ignore: decorator
@inline
export function idCount(tree: u32): u32 {
  return load<u32>(tree, 4);
}

// -------------------------------------------------------------------- blocks

// @ts-ignore: decorator
@inline
function count(block: u32): u32 {
  return <u32>load<u16>(block);
}

// @ts-ignore: decorator
@inline
function level(block: u32): u32 {
  return <u32>load<u16>(block, 2);
}

// @ts-ignore: decorator
@inline
function slotBytes(block: u32): u32 {
  return level(block) == 0 ? LEAF_SLOT_BYTES : INNER_SLOT_BYTES;
}

// @ts-ignore: decorator
@inline
function thingAt(leaf: u32, index: u32): u32 {
  return load<u32>(leaf + HEADER_BYTES + (index << 2));
}

// @ts-ignore: decorator
@inline
function innerSlot(block: u32, index: u32): u32 {
  return block + HEADER_BYTES + index * INNER_SLOT_BYTES;
}

// @ts-ignore: decorator
@inline
function childAt(block: u32, index: u32): u32 {
  return load<u32>(innerSlot(block, index), 16);
}

// @ts-ignore: decorator
@inline
function isBelow(thing: u32, ms: u64, seq: u64): bool {
  const thingTime = load<u64>(thing);
  return thingTime < ms || thingTime == ms && load<u64>(thing, 8) < seq;
}

// @ts-ignore: decorator
@inline
function isAbove(thing: u32, ms: u64, seq: u64): bool {
  const thingTime = load<u64>(thing);
  return thingTime > ms || thingTime == ms && load<u64>(thing, 8) > seq;
}

/** Index of the first thing in a leaf that is not below the ID. */
function leafIndex(leaf: u32, ms: u64, seq: u64): u32 {
  let low: u32 = 0;
  let high = count(leaf);
  while (low < high) {
    const middle = low + high >> 1;
    if (isBelow(thingAt(leaf, middle), ms, seq)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the child that an ID belongs to. */
function innerIndex(block: u32, ms: u64, seq: u64): u32 {
  let low: u32 = 1;
  let high = count(block);
  while (low < high) {
    const middle = low + high >> 1;
    if (isAbove(innerSlot(block, middle), ms, seq)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

// ------------------------------------------------------------------- looking

// @ts-ignore: decorator
@inline
function arrive(tree: u32, leaf: u32, index: u32): u32 {
  cursorTree = tree;
  cursorLeaf = leaf;
  cursorAt = index;
  cursorVersion = version;
  return thingAt(leaf, index);
}

function leftmost(block: u32): u32 {
  while (level(block) != 0) block = childAt(block, 0);
  return block;
}

function rightmost(block: u32): u32 {
  while (level(block) != 0) block = childAt(block, count(block) - 1);
  return block;
}

/** The thing of exactly this ID, or 0. */
export function idFind(tree: u32, ms: u64, seq: u64): u32 {
  let block = load<u32>(tree);
  if (block == 0) return 0;
  while (level(block) != 0) block = childAt(block, innerIndex(block, ms, seq));
  const index = leafIndex(block, ms, seq);
  if (index == count(block)) return 0;
  const thing = thingAt(block, index);
  return load<u64>(thing) == ms && load<u64>(thing, 8) == seq ? thing : 0;
}

/** The first thing that is not below the ID, or 0. */
export function idAtOrAfter(tree: u32, ms: u64, seq: u64): u32 {
  let block = load<u32>(tree);
  if (block == 0) return 0;
  let right: u32 = 0;
  while (level(block) != 0) {
    const index = innerIndex(block, ms, seq);
    if (index + 1 < count(block)) right = childAt(block, index + 1);
    block = childAt(block, index);
  }
  const index = leafIndex(block, ms, seq);
  if (index < count(block)) return arrive(tree, block, index);
  return right == 0 ? 0 : arrive(tree, leftmost(right), 0);
}

/** The last thing that is not above the ID, or 0. */
export function idAtOrBefore(tree: u32, ms: u64, seq: u64): u32 {
  let block = load<u32>(tree);
  if (block == 0) return 0;
  let left: u32 = 0;
  while (level(block) != 0) {
    const index = innerIndex(block, ms, seq);
    if (index > 0) left = childAt(block, index - 1);
    block = childAt(block, index);
  }
  const index = leafIndex(block, ms, seq);
  if (index < count(block) && !isAbove(thingAt(block, index), ms, seq)) {
    return arrive(tree, block, index);
  }
  if (index > 0) return arrive(tree, block, index - 1);
  if (left == 0) return 0;
  block = rightmost(left);
  return arrive(tree, block, count(block) - 1);
}

export function idFirst(tree: u32): u32 {
  const root = load<u32>(tree);
  return root == 0 ? 0 : arrive(tree, leftmost(root), 0);
}

export function idLast(tree: u32): u32 {
  const root = load<u32>(tree);
  if (root == 0) return 0;
  const leaf = rightmost(root);
  return arrive(tree, leaf, count(leaf) - 1);
}

// @ts-ignore: decorator
@inline
function isAtCursor(tree: u32, thing: u32): bool {
  return cursorVersion == version && cursorTree == tree &&
    thingAt(cursorLeaf, cursorAt) == thing;
}

/** The thing that follows `thing`, which is in the tree, or 0. */
export function idNext(tree: u32, thing: u32): u32 {
  if (isAtCursor(tree, thing) && cursorAt + 1 < count(cursorLeaf)) {
    return thingAt(cursorLeaf, ++cursorAt);
  }
  return idAfter(tree, thingMs(thing), thingSeq(thing));
}

/** The first thing above the ID, or 0. */
export function idAfter(tree: u32, ms: u64, seq: u64): u32 {
  if (seq != u64.MAX_VALUE) return idAtOrAfter(tree, ms, seq + 1);
  return ms == u64.MAX_VALUE ? 0 : idAtOrAfter(tree, ms + 1, 0);
}

/** The thing before `thing`, which is in the tree, or 0. */
export function idPrevious(tree: u32, thing: u32): u32 {
  if (isAtCursor(tree, thing) && cursorAt > 0) {
    return thingAt(cursorLeaf, --cursorAt);
  }
  const ms = thingMs(thing);
  const seq = thingSeq(thing);
  if (seq != 0) return idAtOrBefore(tree, ms, seq - 1);
  return ms == 0 ? 0 : idAtOrBefore(tree, ms - 1, u64.MAX_VALUE);
}

// -------------------------------------------------------------------- adding

function leafNew(slots: u32): u32 {
  const leaf = undoAlloc(HEADER_BYTES + slots * LEAF_SLOT_BYTES);
  if (leaf == 0) return 0;
  const room = (usableSize(leaf) - HEADER_BYTES) / LEAF_SLOT_BYTES;
  store<u32>(leaf, 0);
  store<u32>(leaf, min<u32>(room, SLOTS), 4);
  return leaf;
}

function innerNew(atLevel: u32): u32 {
  const inner = undoAlloc(HEADER_BYTES + SLOTS * INNER_SLOT_BYTES);
  if (inner == 0) return 0;
  store<u32>(inner, atLevel << 16);
  store<u32>(inner, SLOTS, 4);
  return inner;
}

/** Makes a full root that is a leaf larger; false when out of memory. */
function growLeaf(tree: u32, leaf: u32): bool {
  const slots = count(leaf);
  const grown = leafNew(min<u32>(slots * 2, SLOTS));
  if (grown == 0) return false;
  memory.copy(
    grown + HEADER_BYTES,
    leaf + HEADER_BYTES,
    slots * LEAF_SLOT_BYTES,
  );
  store<u16>(grown, <u16>slots);
  put32(tree, grown);
  undoFree(leaf);
  return true;
}

/** Puts a root above the one there is; false when out of memory. */
function growRoot(tree: u32, root: u32): bool {
  const above = innerNew(level(root) + 1);
  if (above == 0) return false;
  store<u16>(above, 1);
  memory.fill(innerSlot(above, 0), 0, INNER_SLOT_BYTES);
  store<u32>(innerSlot(above, 0), root, 16);
  put32(tree, above);
  return true;
}

/** Opens a gap of one slot; the block has room. */
function openGap(block: u32, index: u32): bool {
  const bytes = slotBytes(block);
  const at = block + HEADER_BYTES + index * bytes;
  const slots = count(block);
  if (!putBytes(at + bytes, at, (slots - index) * bytes)) return false;
  put16(block, slots + 1);
  return true;
}

/** The ID a block's slot is known by: of the thing, or the bound. */
function slotId(block: u32, index: u32): u32 {
  return level(block) == 0 ? thingAt(block, index) : innerSlot(block, index);
}

/**
 * Moves the end of a full child into a block of its own behind it. Where things
 * come in order, only the last slot moves, and blocks end up full.
 */
function split(parent: u32, index: u32, ms: u64, seq: u64): bool {
  const child = childAt(parent, index);
  const bytes = slotBytes(child);
  const right = level(child) == 0 ? leafNew(SLOTS) : innerNew(level(child));
  if (right == 0) return false;
  const kept = isBelow(slotId(child, SLOTS - 1), ms, seq)
    ? SLOTS - 1
    : SLOTS / 2;
  memory.copy(
    right + HEADER_BYTES,
    child + HEADER_BYTES + kept * bytes,
    (SLOTS - kept) * bytes,
  );
  store<u16>(right, <u16>(SLOTS - kept));
  if (!openGap(parent, index + 1)) return false;
  put16(child, kept);
  const bound = slotId(right, 0);
  const slot = innerSlot(parent, index + 1);
  return writeSlot(slot, thingMs(bound), thingSeq(bound), right);
}

const SLOT_IMAGE: u32 = <u32>memory.data(INNER_SLOT_BYTES, 16);

function writeSlot(slot: u32, ms: u64, seq: u64, child: u32): bool {
  store<u64>(SLOT_IMAGE, ms);
  store<u64>(SLOT_IMAGE, seq, 8);
  store<u64>(SLOT_IMAGE, <u64>child, 16);
  return putBytes(slot, SLOT_IMAGE, INNER_SLOT_BYTES);
}

/**
 * Adds a thing, whose ID must not be in the tree. False when out of memory; the
 * tree then holds what it held.
 */
export function idAdd(tree: u32, thing: u32): bool {
  if (!undoReserve(UNDO_RECORDS)) return false;
  version++;
  const ms = thingMs(thing);
  const seq = thingSeq(thing);
  let block = load<u32>(tree);
  if (block == 0) {
    block = leafNew(FIRST_SLOTS);
    if (block == 0) return false;
    put32(tree, block);
  } else if (count(block) == load<u32>(block, 4)) {
    if (level(block) == 0 && count(block) < SLOTS) {
      if (!growLeaf(tree, block)) return false;
    } else if (!growRoot(tree, block)) return false;
    block = load<u32>(tree);
  }
  while (level(block) != 0) {
    let index = innerIndex(block, ms, seq);
    if (count(childAt(block, index)) == SLOTS) {
      if (!split(block, index, ms, seq)) return false;
      index = innerIndex(block, ms, seq);
    }
    block = childAt(block, index);
  }
  const index = leafIndex(block, ms, seq);
  if (!openGap(block, index)) return false;
  put32(block + HEADER_BYTES + (index << 2), thing);
  put32(tree + 4, idCount(tree) + 1);
  return true;
}

// ------------------------------------------------------------------ removing

/** Takes a slot out of a block that has others. */
function closeGap(block: u32, index: u32): bool {
  const bytes = slotBytes(block);
  const at = block + HEADER_BYTES + index * bytes;
  const slots = count(block);
  if (!putBytes(at, at + bytes, (slots - index - 1) * bytes)) return false;
  put16(block, slots - 1);
  return true;
}

/** Merges the child at `index` with a neighbour, if both are sparse enough. */
function merge(parent: u32, index: u32): bool {
  const leftIndex = index > 0 ? index - 1 : 0;
  if (leftIndex + 1 >= count(parent)) return true;
  const left = childAt(parent, leftIndex);
  const right = childAt(parent, leftIndex + 1);
  const slots = count(left);
  if (slots + count(right) > MERGED_SLOTS_MAX) return true;
  const bytes = slotBytes(left);
  const target = left + HEADER_BYTES + slots * bytes;
  if (!putBytes(target, right + HEADER_BYTES, count(right) * bytes)) {
    return false;
  }
  if (level(left) != 0) {
    // The first slot's bound meant nothing in `right`; here it does.
    const bound = innerSlot(parent, leftIndex + 1);
    const child = load<u32>(target, 16);
    if (!writeSlot(target, thingMs(bound), thingSeq(bound), child)) {
      return false;
    }
  }
  put16(left, slots + count(right));
  undoFree(right);
  return closeGap(parent, leftIndex + 1);
}

/** Takes a slot out of the block at the end of the path, and tidies above. */
function removeAt(tree: u32, block: u32, index: u32, depth: u32): bool {
  while (count(block) == 1) {
    undoFree(block);
    if (depth == 0) {
      put32(tree, 0);
      return true;
    }
    depth--;
    block = load<u32>(PATH + depth * 8);
    index = load<u32>(PATH + depth * 8, 4);
  }
  if (!closeGap(block, index)) return false;
  while (depth > 0 && count(block) <= SPARSE_SLOTS) {
    depth--;
    block = load<u32>(PATH + depth * 8);
    if (!merge(block, load<u32>(PATH + depth * 8, 4))) return false;
  }
  let root = load<u32>(tree);
  while (level(root) != 0 && count(root) == 1) {
    const child = childAt(root, 0);
    put32(tree, child);
    undoFree(root);
    root = child;
  }
  return true;
}

/**
 * Takes the thing of this ID out; it is in `idRemoved` then, 0 if there was
 * none. False when out of memory, which is only so while an undo log is open.
 */
export function idRemove(tree: u32, ms: u64, seq: u64): bool {
  idRemoved = 0;
  let block = load<u32>(tree);
  if (block == 0) return true;
  if (!undoReserve(UNDO_RECORDS)) return false;
  let depth: u32 = 0;
  while (level(block) != 0) {
    const index = innerIndex(block, ms, seq);
    store<u32>(PATH + depth * 8, block);
    store<u32>(PATH + depth * 8, index, 4);
    depth++;
    block = childAt(block, index);
  }
  const index = leafIndex(block, ms, seq);
  if (index == count(block)) return true;
  const thing = thingAt(block, index);
  if (thingMs(thing) != ms || thingSeq(thing) != seq) return true;
  version++;
  idRemoved = thing;
  put32(tree + 4, idCount(tree) - 1);
  return removeAt(tree, block, index, depth);
}

// ------------------------------------------------------------------- freeing

/**
 * Takes the last thing out of a tree that nobody else sees, without undo; 0 when
 * it is empty.
 */
export function idTakeLast(tree: u32): u32 {
  let block = load<u32>(tree);
  if (block == 0) return 0;
  version++;
  let depth: u32 = 0;
  while (level(block) != 0) {
    store<u32>(PATH + depth * 8, block);
    depth++;
    block = childAt(block, count(block) - 1);
  }
  const thing = thingAt(block, count(block) - 1);
  store<u32>(tree, idCount(tree) - 1, 4);
  store<u16>(block, <u16>(count(block) - 1));
  while (count(block) == 0) {
    free(block);
    if (depth == 0) {
      store<u32>(tree, 0);
      break;
    }
    depth--;
    block = load<u32>(PATH + depth * 8);
    store<u16>(block, <u16>(count(block) - 1));
  }
  return thing;
}

/** Frees the blocks of a tree, and the things themselves if `things` says so. */
export function idDiscard(tree: u32, things: bool): bool {
  const root = load<u32>(tree);
  version++;
  return root == 0 || discard(root, things);
}

function discard(block: u32, things: bool): bool {
  if (!undoReserve(SLOTS + 1)) return false;
  const slots = count(block);
  if (level(block) != 0) {
    for (let i: u32 = 0; i < slots; i++) {
      if (!discard(childAt(block, i), things)) return false;
    }
    if (!undoReserve(1)) return false;
  } else if (things) {
    for (let i: u32 = 0; i < slots; i++) undoFree(thingAt(block, i));
  }
  undoFree(block);
  return true;
}

/** Bytes of the tree's blocks. */
export function idUsage(tree: u32): f64 {
  const root = load<u32>(tree);
  return root == 0 ? 0 : usage(root);
}

function usage(block: u32): f64 {
  let bytes = <f64>usableSize(block);
  if (level(block) == 0) return bytes;
  const slots = count(block);
  // All leaves but a root are of one size.
  if (level(block) == 1) {
    return bytes + <f64>usableSize(childAt(block, 0)) * <f64>slots;
  }
  for (let i: u32 = 0; i < slots; i++) bytes += usage(childAt(block, i));
  return bytes;
}

// ------------------------------------------------------------------- checking

let counted: u32 = 0;
let checked: u32 = 0;

/** Whether a tree is sound: levels, bounds, order, and the number of things. */
export function treeCheck(tree: u32): bool {
  counted = 0;
  checked = 0;
  const root = load<u32>(tree);
  if (root != 0 && !checkBlock(root, level(root), 0)) return false;
  return counted == idCount(tree);
}

/** `bound` is the ID that nothing below is less than; 0: there is none. */
function checkBlock(block: u32, atLevel: u32, bound: u32): bool {
  const slots = count(block);
  if (level(block) != atLevel || slots == 0 || slots > SLOTS) return false;
  for (let i: u32 = 0; i < slots; i++) {
    if (atLevel != 0) {
      const own: u32 = i == 0 ? bound : innerSlot(block, i);
      if (!checkBlock(childAt(block, i), atLevel - 1, own)) return false;
      continue;
    }
    const thing = thingAt(block, i);
    const ms = thingMs(thing);
    const seq = thingSeq(thing);
    if (bound != 0 && isBelow(thing, thingMs(bound), thingSeq(bound))) {
      return false;
    }
    if (checked != 0 && !isBelow(checked, ms, seq)) return false;
    checked = thing;
    counted++;
  }
  return true;
}
