/** Replies of list commands, written in one call. */
import { bytesEqual } from "../base/bytes";
import { parsedI64, parseI64 } from "../base/number";
import {
  lpFirst,
  lpGet,
  lpInt,
  lpLast,
  lpLength,
  lpNext,
  lpPrev,
  lpPtr,
  lpSeek,
} from "../types/listpack";
import { listOf } from "../types/list/mod";
import {
  listCount,
  listHead,
  listTail,
  nodeBytes,
  nodeCount,
  nodeIsPlain,
  nodeNext,
  nodePrev,
  nodeUnview,
  nodeView,
} from "../types/list/node";
import { listSeek, seekNode, seekOffset } from "../types/list/quicklist";
import {
  replyBulk,
  replyBulkI64,
  replyDeferred,
  replyDeferredArray,
  replyInteger,
  replyNull,
} from "../resp/reply";

// @ts-ignore: decorator
@inline
function replyElement(p: u32): void {
  if (lpGet(p)) replyBulkI64(lpInt);
  else replyBulk(lpPtr, lpLength);
}

/**
 * Replies `count` elements from `start` on, forwards or backwards, without the
 * head of an array; all must be there. False when out of memory.
 */
export function listReply(
  entry: u32,
  start: u32,
  count: u32,
  backwards: bool,
): bool {
  if (count == 0) return true;
  listSeek(listOf(entry), start);
  let node = seekNode;
  let offset = seekOffset;
  while (count != 0) {
    const data = nodeView(node);
    if (data == 0) return false;
    if (nodeIsPlain(node)) {
      replyBulk(data, nodeBytes(node));
      count--;
    } else {
      let p = lpSeek(data, <i32>offset);
      while (p != 0 && count != 0) {
        replyElement(p);
        count--;
        p = backwards ? lpPrev(data, p) : lpNext(data, p);
      }
    }
    nodeUnview(node, data);
    node = backwards ? nodePrev(node) : nodeNext(node);
    if (node != 0) offset = backwards ? nodeCount(node) - 1 : 0;
  }
  return true;
}

// ------------------------------------------------------------------------ LPOS

let needle: u32 = 0;
let needleLength: u32 = 0;
let needleIsInteger: bool = false;
let needleInteger: i64 = 0;

function isNeedle(p: u32): bool {
  if (lpGet(p)) return needleIsInteger && lpInt == needleInteger;
  return !needleIsInteger && lpLength == needleLength &&
    bytesEqual(lpPtr, needle, needleLength);
}

/** Matches to be passed over, to be told (0: all), and elements to be looked at. */
let toSkip: u32 = 0;
let toTell: u32 = 0;
let toLookAt: u32 = 0;
let told: u32 = 0;

/** Takes note of an element; false when no more need be looked at. */
function consider(isMatch: bool, index: u32): bool {
  if (isMatch) {
    if (toSkip != 0) toSkip--;
    else {
      replyInteger(<i64>index);
      told++;
      if (told == toTell) return false;
    }
  }
  return --toLookAt != 0;
}

/** Looks through a node; false when no more need be looked at. */
function considerNode(
  node: u32,
  data: u32,
  index: u32,
  backwards: bool,
): bool {
  if (nodeIsPlain(node)) {
    const isMatch = nodeBytes(node) == needleLength &&
      bytesEqual(data, needle, needleLength);
    return consider(isMatch, index);
  }
  let p = backwards ? lpLast(data) : lpFirst(data);
  while (p != 0) {
    if (!consider(isNeedle(p), index)) return false;
    p = backwards ? lpPrev(data, p) : lpNext(data, p);
    index += backwards ? -1 : 1;
  }
  return true;
}

/**
 * LPOS: replies the indexes of elements equal to a string, the `rank`th match
 * first, `count` at most (0: all), as an array, or as a single index or null
 * when `many` is false. Only `lookAt` elements are looked at (0: all). False
 * when out of memory.
 */
export function listPositionsReply(
  entry: u32,
  ptr: u32,
  length: u32,
  rank: u32,
  backwards: bool,
  many: bool,
  count: u32,
  lookAt: u32,
): bool {
  needle = ptr;
  needleLength = length;
  needleIsInteger = length <= 20 && parseI64(ptr, length);
  needleInteger = parsedI64();
  toSkip = rank - 1;
  toTell = many ? count : 1;
  told = 0;
  const list = listOf(entry);
  const total = listCount(list);
  toLookAt = lookAt == 0 ? total : min<u32>(lookAt, total);
  const handle = many ? replyDeferred() : 0;
  let node = backwards ? listTail(list) : listHead(list);
  let index = backwards ? total - 1 : 0;
  while (node != 0) {
    const data = nodeView(node);
    if (data == 0) return false;
    const goesOn = considerNode(node, data, index, backwards);
    nodeUnview(node, data);
    if (!goesOn) break;
    index += backwards ? -nodeCount(node) : nodeCount(node);
    node = backwards ? nodePrev(node) : nodeNext(node);
  }
  if (many) replyDeferredArray(handle, told);
  else if (told == 0) replyNull();
  return true;
}
