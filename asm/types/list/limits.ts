/**
 * How much a node holds, by the list's `list-max-listpack-size`: a number of
 * elements, or, if negative, one of five sizes in bytes.
 */
import { fillOf, listOptions, nodeBytes, nodeCount, nodeIsPlain } from "./node";

const FILL_MIN: i32 = -5;
const FILL_MAX: i32 = 32767;
const DEPTH_MAX: u32 = 65535;
/** A node that is limited in elements is limited to this as well. */
const COUNTED_BYTES_MAX: u32 = 8192;
/** What an element takes in a listpack beside its own bytes, at least about. */
const ELEMENT_OVERHEAD_BYTES: u32 = 8;
/** Header and end of a listpack. */
const LISTPACK_OVERHEAD_BYTES: u32 = 7;

/** Options of lists that are made from now on. */
export let newListOptions: u32 = 0xfffe;
/** Elements from this size on have a node of their own; 0 = as the node limit says. */
let largeBytes: u32 = 0;

/** `list-max-listpack-size` and `list-compress-depth`. */
export function listConfigure(fill: i32, depth: u32): void {
  const bounded = min<i32>(max<i32>(fill, FILL_MIN), FILL_MAX);
  newListOptions = <u32>bounded & 0xffff | min<u32>(depth, DEPTH_MAX) << 16;
}

/** DEBUG QUICKLIST-PACKED-THRESHOLD; 0 is the default. */
export function listSetLarge(bytes: u32): void {
  largeBytes = bytes;
}

/** Bytes of a node by a negative fill: 4, 8, 16, 32 or 64 KiB. */
// @ts-ignore: decorator
@inline
function bytesMax(fill: i32): u32 {
  return <u32>2048 << <u32>-fill;
}

/** Whether an element is too large for a listpack. */
export function isLarge(list: u32, length: u32): bool {
  if (largeBytes != 0) return length >= largeBytes;
  const fill = fillOf(listOptions(list));
  return length > (fill < 0 ? bytesMax(fill) : COUNTED_BYTES_MAX);
}

/** Whether a listpack of this size would be more than a node may hold. */
export function exceeds(options: u32, bytes: u64, count: u32): bool {
  const fill = fillOf(options);
  if (fill < 0) return bytes > <u64>bytesMax(fill);
  return bytes > <u64>COUNTED_BYTES_MAX || count > <u32>max<i32>(fill, 1);
}

/** Whether the node (0 is none) has room for an element of this length. */
export function hasRoom(list: u32, node: u32, length: u32): bool {
  if (node == 0 || nodeIsPlain(node) || isLarge(list, length)) return false;
  const bytes = <u64>nodeBytes(node) + <u64>length + ELEMENT_OVERHEAD_BYTES;
  return !exceeds(listOptions(list), bytes, nodeCount(node) + 1);
}

/** Whether two nodes (0 is none) fit into one. */
export function canMerge(list: u32, a: u32, b: u32): bool {
  if (a == 0 || b == 0 || nodeIsPlain(a) || nodeIsPlain(b)) return false;
  const bytes = <u64>nodeBytes(a) + <u64>nodeBytes(b) - LISTPACK_OVERHEAD_BYTES;
  return !exceeds(listOptions(list), bytes, nodeCount(a) + nodeCount(b));
}

/** Whether a single node is so small that its list is kept as a listpack. */
export function isSmall(list: u32, node: u32): bool {
  if (nodeIsPlain(node)) return false;
  const bytes = <u64>nodeBytes(node) << 1;
  return !exceeds(listOptions(list), bytes, nodeCount(node) << 1);
}
