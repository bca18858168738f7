/** Whether sorted sets are as they must be, for tests. */
import { bytesCompare } from "../../base/bytes";
import { memberKey, memberKeyLength } from "../../keyspace/element";
import { entryEncoding, valuePtr } from "../../keyspace/entry";
import { lpBytes, lpValidate } from "../listpack";
import { isSmall, zsetCount } from "./edit";
import { largeFind, largeLength, largeRoot } from "./large";
import {
  capacity,
  elementScore,
  entryAt,
  innerBelow,
  innerChild,
  leafAfter,
  leafBefore,
  leafElement,
  nodeCount,
  nodeLevel,
  treeFirst,
} from "./tree";
import { walkFrom, walkNext, walkScore } from "./walk";

/** Whether two elements stand in order. */
function inOrder(a: u32, b: u32): bool {
  if (elementScore(a) != elementScore(b)) {
    return elementScore(a) < elementScore(b);
  }
  return bytesCompare(
    memberKey(a + 8),
    memberKeyLength(a + 8),
    memberKey(b + 8),
    memberKeyLength(b + 8),
  ) < 0;
}

/** Elements below a node if all it says is true; -1 if not. */
function checkNode(node: u32, level: u32, isRoot: bool): i32 {
  const count = nodeCount(node);
  if (nodeLevel(node) != level || count > capacity(level)) return -1;
  if (count == 0 && !(isRoot && level == 0)) return -1;
  if (level == 0) return <i32>count;
  if (isRoot && count < 2) return -1;
  let total: i32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const child = innerChild(node, i);
    const below = checkNode(child, level - 1, false);
    if (below < 0 || <u32>below != innerBelow(node, i)) return -1;
    const entry = entryAt(node, level, i);
    const least = leafElement(treeFirst(child), 0);
    if (load<u32>(entry, 8) != least) return -1;
    if (load<f64>(entry) != elementScore(least)) return -1;
    total += below;
  }
  return total;
}

/** The elements of the tree, or -1 if it is broken. */
function treeCheck(root: u32): i32 {
  const total = checkNode(root, nodeLevel(root), true);
  if (total < 0) return -1;
  let seen: i32 = 0;
  let last: u32 = 0;
  let leaf = treeFirst(root);
  let before: u32 = 0;
  while (leaf != 0) {
    if (leafBefore(leaf) != before) return -1;
    const count = nodeCount(leaf);
    for (let i: u32 = 0; i < count; i++) {
      const element = leafElement(leaf, i);
      if (last != 0 && !inOrder(last, element)) return -1;
      last = element;
      seen++;
    }
    before = leaf;
    leaf = leafAfter(leaf);
  }
  return seen == total ? total : -1;
}

/** Whether the dict finds every element of the tree, and has no others. */
function checkLarge(large: u32): bool {
  const root = largeRoot(large);
  if (treeCheck(root) != <i32>largeLength(large)) return false;
  let leaf = treeFirst(root);
  while (leaf != 0) {
    for (let i: u32 = 0; i < nodeCount(leaf); i++) {
      const element = leafElement(leaf, i);
      const member = element + 8;
      const found = largeFind(large, memberKey(member), memberKeyLength(member));
      if (found != element) return false;
    }
    leaf = leafAfter(leaf);
  }
  return true;
}

/** Verifies the set of an entry; true if all is well. */
export function zsetCheck(entry: u32): bool {
  const value = valuePtr(entry);
  if (!isSmall(entry)) return checkLarge(value);
  if (!lpValidate(value, lpBytes(value))) return false;
  if (zsetCount(entry) == 0) return true;
  walkFrom(entryEncoding(entry), value, 0, false);
  let before = -Infinity;
  while (walkNext()) {
    if (walkScore < before) return false;
    before = walkScore;
  }
  return true;
}
