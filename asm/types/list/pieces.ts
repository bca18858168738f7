/** Listpacks cut and put together, as whole blocks. */
import { resize } from "../../base/memory";
import { undoAlloc, undoFree, undoOpen } from "../../keyspace/undo";
import {
  LP_HEADER_BYTES,
  lpAppend,
  lpBytes,
  lpCount,
  lpEquals,
  lpFind,
  lpFirst,
  lpNew,
  lpNext,
} from "../listpack";

const END: u8 = 0xff;
/** The count of a listpack that must be counted. */
const COUNT_UNKNOWN: u32 = 0xffff;

/** Address of the byte that ends it. */
// @ts-ignore: decorator
@inline
export function lpEnd(lp: u32): u32 {
  return lp + lpBytes(lp) - 1;
}

function finish(lp: u32, end: u32, count: u32): void {
  store<u8>(end, END);
  store<u32>(lp, end + 1 - lp);
  store<u16>(lp, <u16>min<u32>(count, COUNT_UNKNOWN), 4);
}

/** A listpack of the `count` elements in [from, to); 0 when out of memory. */
export function lpSlice(from: u32, to: u32, count: u32): u32 {
  const bytes = to - from;
  const lp = undoAlloc(LP_HEADER_BYTES + bytes + 1);
  if (lp == 0) return 0;
  memory.copy(lp + LP_HEADER_BYTES, from, bytes);
  finish(lp, lp + LP_HEADER_BYTES + bytes, count);
  return lp;
}

/** A listpack of the elements of two; 0 when out of memory. */
export function lpJoin(a: u32, b: u32): u32 {
  const aBytes = lpBytes(a) - 1;
  const bBytes = lpBytes(b) - 1 - LP_HEADER_BYTES;
  const lp = undoAlloc(aBytes + bBytes + 1);
  if (lp == 0) return 0;
  memory.copy(lp, a, aBytes);
  memory.copy(lp + aBytes, b + LP_HEADER_BYTES, bBytes);
  finish(lp, lp + aBytes + bBytes, lpCount(a) + lpCount(b));
  return lp;
}

/** A listpack of one element; 0 when out of memory. */
export function lpOfOne(ptr: u32, length: u32): u32 {
  const empty = lpNew();
  if (empty == 0) return 0;
  const lp = lpAppend(empty, ptr, length);
  if (lp == 0) undoFree(empty);
  return lp;
}

/** How many elements equal a string. */
export function lpMatches(lp: u32, ptr: u32, length: u32): u32 {
  let matches: u32 = 0;
  let p = lpFind(lp, lpFirst(lp), ptr, length, 0);
  while (p != 0) {
    matches++;
    p = lpFind(lp, lpNext(lp, p), ptr, length, 0);
  }
  return matches;
}

/**
 * The listpack without some of the elements that equal a string: the first
 * `skip` of them stay, the next `take` go. In place, unless the undo log is
 * open; 0 when out of memory, which happens only then. The result may have
 * moved.
 */
export function lpWithout(
  lp: u32,
  ptr: u32,
  length: u32,
  skip: u32,
  take: u32,
): u32 {
  const target = undoOpen ? undoAlloc(lpBytes(lp)) : lp;
  if (target == 0) return 0;
  const count = lpCount(lp) - take;
  const end = lpEnd(lp);
  let out = target + LP_HEADER_BYTES;
  let kept = lp + LP_HEADER_BYTES;
  let p = lpFirst(lp);
  while (p != 0 && take != 0) {
    // Looked at before what stands in front of it moves.
    const next = lpNext(lp, p);
    if (lpEquals(p, ptr, length)) {
      if (skip != 0) skip--;
      else {
        memory.copy(out, kept, p - kept);
        out += p - kept;
        kept = next != 0 ? next : end;
        take--;
      }
    }
    p = next;
  }
  memory.copy(out, kept, end - kept);
  finish(target, out + end - kept, count);
  if (target != lp) {
    undoFree(lp);
    return target;
  }
  const smaller = resize(target, lpBytes(target));
  return smaller != 0 ? smaller : target;
}
