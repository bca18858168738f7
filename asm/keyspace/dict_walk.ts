/**
 * Visiting the elements of a dict bucket by bucket, without a list of them:
 * while nothing changes the dict, and while a dict that nobody can reach any
 * more is freed.
 */
import { free } from "../base/memory";
import {
  bits,
  childOf,
  dictFree,
  hasChild,
  slotAddress,
  table,
  target,
  targetBits,
  usedMask,
} from "./dict";

/** Positions there are; each is a bucket, or none. */
export function walkEnd(dict: u32): u32 {
  if (table(dict) == 0) return 0;
  const own: u32 = 1 << bits(dict);
  return target(dict) == 0 ? own : max<u32>(own, 1 << targetBits(dict));
}

/**
 * The bucket at a position; 0 where, in the midst of resizing, an earlier
 * position has shown it already.
 */
export function walkBucket(dict: u32, position: u32): u32 {
  if (target(dict) == 0) return table(dict) + (position << 6);
  const mask: u32 = (1 << bits(dict)) - 1;
  const targetMask: u32 = (1 << targetBits(dict)) - 1;
  const moved = load<u32>(dict, 12);
  const isMoved = (position & min<u32>(mask, targetMask)) < moved;
  if (position > (isMoved ? targetMask : mask)) return 0;
  return (isMoved ? target(dict) : table(dict)) + (position << 6);
}

/**
 * Frees the buckets behind a bucket, and with `elements` the elements of all;
 * returns how many these are.
 */
function freeChain(head: u32, elements: bool): u32 {
  let freed: u32 = 0;
  let bucket = head;
  while (true) {
    let slots = elements ? usedMask(bucket) : 0;
    for (; slots != 0; slots &= slots - 1) {
      free(load<u32>(slotAddress(bucket, ctz(slots))));
      freed++;
    }
    const child = hasChild(bucket) ? childOf(bucket) : 0;
    if (bucket != head) free(bucket);
    if (child == 0) return freed;
    bucket = child;
  }
}

/**
 * Frees about `limit` elements of a dict, each of which is one block; true
 * while more remain, and once false the dict is gone, too. No list of elements
 * is made: whoever walks over such a list may free values on the way.
 */
export function walkFreeSome(dict: u32, limit: u32): bool {
  const end = walkEnd(dict);
  let position = load<u32>(dict, 20);
  let freed: u32 = 0;
  while (position < end) {
    if (freed >= limit) {
      store<u32>(dict, position, 20);
      return true;
    }
    const bucket = walkBucket(dict, position);
    // An empty bucket is a step, too.
    freed += bucket == 0 ? 1 : 1 + freeChain(bucket, true);
    position++;
  }
  dictFree(dict);
  return false;
}

/** Frees a dict whose elements are somebody else's. */
export function walkFreeBuckets(dict: u32): void {
  const end = walkEnd(dict);
  for (let position: u32 = 0; position < end; position++) {
    const bucket = walkBucket(dict, position);
    if (bucket != 0) freeChain(bucket, false);
  }
  dictFree(dict);
}
