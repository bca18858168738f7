/** Walking over the elements of a sorted set in order, whatever its encoding. */
import { ENCODING_LISTPACK } from "../../keyspace/entry";
import {
  lpLength,
  lpNext,
  lpPrev,
  lpPtr,
  lpSeek,
  lpView,
} from "../listpack";
import { elementMember, elementMemberLength, largeLength, largeRoot } from "./large";
import { scoreAt } from "./small";
import {
  elementScore,
  foundIndex,
  foundLeaf,
  leafAfter,
  leafBefore,
  leafElement,
  nodeCount,
  treeSelect,
} from "./tree";

/** The element the walk is at. */
export let walkPtr: u32 = 0;
export let walkLength: u32 = 0;
export let walkScore: f64 = 0;
/** Where it stands: an address in the listpack, or an element. */
export let walkAt: u32 = 0;

let isSmall: bool = false;
let backwards: bool = false;
let lp: u32 = 0;
/** The next element of a listpack, or leaf; 0 at the end. */
let next: u32 = 0;
let nextIndex: u32 = 0;

/**
 * Begins a walk at a rank, which must be below the number of elements, counted
 * from the end if `reverse`. A change of the set ends it.
 */
export function walkFrom(
  encoding: u32,
  ptr: u32,
  rank: u32,
  reverse: bool,
): void {
  isSmall = encoding == ENCODING_LISTPACK;
  backwards = reverse;
  if (isSmall) {
    lp = ptr;
    const index = <i32>(rank << 1);
    next = lpSeek(lp, reverse ? -2 - index : index);
  } else {
    const root = largeRoot(ptr);
    treeSelect(root, reverse ? largeLength(ptr) - 1 - rank : rank);
    next = foundLeaf;
    nextIndex = foundIndex;
  }
}

function nextSmall(): bool {
  if (next == 0) return false;
  const scoreElement = lpNext(lp, next);
  walkScore = scoreAt(scoreElement);
  lpView(next);
  walkAt = next;
  walkPtr = lpPtr;
  walkLength = lpLength;
  if (!backwards) next = lpNext(lp, scoreElement);
  else {
    next = lpPrev(lp, next);
    if (next != 0) next = lpPrev(lp, next);
  }
  return true;
}

/** Goes to the next element; false at the end. */
export function walkNext(): bool {
  if (isSmall) return nextSmall();
  if (next == 0) return false;
  const element = leafElement(next, nextIndex);
  walkScore = elementScore(element);
  walkAt = element;
  walkPtr = elementMember(element);
  walkLength = elementMemberLength(element);
  if (backwards) {
    if (nextIndex != 0) nextIndex--;
    else {
      next = leafBefore(next);
      if (next != 0) nextIndex = nodeCount(next) - 1;
    }
  } else if (++nextIndex == nodeCount(next)) {
    next = leafAfter(next);
    nextIndex = 0;
  }
  return true;
}

export function walkMemberPtr(): u32 {
  return walkPtr;
}

export function walkMemberLength(): u32 {
  return walkLength;
}

export function walkElementScore(): f64 {
  return walkScore;
}
