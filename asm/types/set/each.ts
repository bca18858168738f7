/**
 * All members of a set, one after the other, in view (member.ts). There is one
 * such walk at a time; the set must not change before it ends. Each member is
 * met once.
 */
import {
  childOf,
  hasChild,
  slotAddress,
  usedMask,
} from "../../keyspace/dict";
import { walkBucket, walkEnd } from "../../keyspace/dict_walk";
import {
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  entryEncoding,
  valuePtr,
} from "../../keyspace/entry";
import { lpFirst, lpNext } from "../listpack";
import { intsetAt, intsetLength } from "./intset";
import {
  viewAsText,
  viewElement,
  viewIntegerOf,
  viewLength,
  viewListpackAt,
  viewPtr,
} from "./member";

let encoding: u32 = 0;
let ptr: u32 = 0;
/** Intset: the next index; dict: the next position. */
let position: u32 = 0;
let end: u32 = 0;
/** Listpack: the next element; dict: the bucket being read. */
let at: u32 = 0;
/** Dict: slots of the bucket still to be read. */
let slots: u32 = 0;

/** Begins with the first member. */
export function eachBegin(setEncoding: u32, setPtr: u32): void {
  encoding = setEncoding;
  ptr = setPtr;
  position = 0;
  at = 0;
  slots = 0;
  if (encoding == ENCODING_INTSET) end = intsetLength(ptr);
  else if (encoding == ENCODING_LISTPACK) at = lpFirst(ptr);
  else end = walkEnd(ptr);
}

/** Has the next member in view; false at the end. */
export function eachNext(): bool {
  if (encoding == ENCODING_INTSET) {
    if (position >= end) return false;
    viewIntegerOf(intsetAt(ptr, position++));
    return true;
  }
  if (encoding == ENCODING_LISTPACK) {
    if (at == 0) return false;
    viewListpackAt(at);
    at = lpNext(ptr, at);
    return true;
  }
  return nextElement();
}

function nextElement(): bool {
  while (slots == 0) {
    at = at != 0 && hasChild(at) ? childOf(at) : nextBucket();
    if (at == 0) return false;
    slots = usedMask(at);
  }
  viewElement(load<u32>(slotAddress(at, ctz(slots))));
  slots &= slots - 1;
  return true;
}

function nextBucket(): u32 {
  while (position < end) {
    const bucket = walkBucket(ptr, position++);
    if (bucket != 0) return bucket;
  }
  return 0;
}

// --------------------------------------------------------------- for the host

/** Begins with the first member of an entry's set. */
export function setEachBegin(entry: u32): void {
  eachBegin(entryEncoding(entry), valuePtr(entry));
}

/**
 * Has the next member at `setMemberPtr`, `setMemberLength`; false at the end. An
 * integer's text lasts until the next call.
 */
export function setEachNext(): bool {
  if (!eachNext()) return false;
  viewAsText();
  return true;
}

export function setMemberPtr(): u32 {
  return viewPtr;
}

export function setMemberLength(): u32 {
  return viewLength;
}
