/** Figures of lists for DEBUG OBJECT, and walks over their elements. */
import { free } from "../../base/memory";
import { lpFirst, lpLength, lpNext, lpPtr, lpView } from "../listpack";
import { listOf, optionsOf } from "./mod";
import {
  depthOf,
  fillOf,
  listHead,
  listNodes,
  nodeBytes,
  nodeIsCompressed,
  nodeIsPlain,
  nodeNext,
  nodeView,
} from "./node";

/** Nodes of a list. */
export function listNodesOf(entry: u32): u32 {
  return listNodes(listOf(entry));
}

/** `list-max-listpack-size` as it was when the list was made. */
export function listFillOf(entry: u32): i32 {
  return fillOf(optionsOf(entry));
}

/** `list-compress-depth` as it was when the list was made. */
export function listDepthOf(entry: u32): u32 {
  return depthOf(optionsOf(entry));
}

/** Bytes of the data of all nodes, before compression. */
export function listDataBytes(entry: u32): f64 {
  let bytes: f64 = 0;
  for (let node = listHead(listOf(entry)); node != 0; node = nodeNext(node)) {
    bytes += <f64>nodeBytes(node);
  }
  return bytes;
}

/** Bytes of a length in a snapshot. */
// @ts-ignore: decorator
@inline
function savedLengthBytes(length: u32): u32 {
  if (length < 64) return 1;
  return length < 16384 ? 2 : 5;
}

/** Bytes a list takes in a snapshot before compression (Redis: rdbSavedObjectLen). */
export function listSavedBytes(entry: u32): f64 {
  const list = listOf(entry);
  let bytes = <f64>savedLengthBytes(listNodes(list));
  for (let node = listHead(list); node != 0; node = nodeNext(node)) {
    const length = nodeBytes(node);
    bytes += <f64>(1 + savedLengthBytes(length)) + <f64>length;
  }
  return bytes;
}

// ---------------------------------------------------------------------- walks

/** The data of the node the walk is in, 0 outside of one. */
let data: u32 = 0;
/** Whether that is a copy, to be freed. */
let isCopy: bool = false;
let isPlain: bool = false;
let next: u32 = 0;
/** The element that comes next, 0 at the end of the node. */
let element: u32 = 0;
let isBlind: bool = false;
let ptr: u32 = 0;
let length: u32 = 0;

/** Begins a walk over a list, which must not be changed before the walk has ended. */
export function listWalk(entry: u32): void {
  listWalkEnd();
  isBlind = false;
  enter(listHead(listOf(entry)));
}

function enter(node: u32): void {
  if (node == 0) return;
  data = nodeView(node);
  isBlind = data == 0;
  isCopy = nodeIsCompressed(node);
  isPlain = nodeIsPlain(node);
  next = nodeNext(node);
  length = nodeBytes(node);
  element = isBlind || isPlain ? data : lpFirst(data);
}

/**
 * The next element: 1, and it is at `listWalkPtr`, `listWalkLength`; 0 at the
 * end; -1 when out of memory.
 */
export function listWalkNext(): i32 {
  if (data != 0 && element == 0) {
    listWalkEnd();
    enter(next);
  }
  if (isBlind) return -1;
  if (data == 0) return 0;
  if (isPlain) {
    ptr = data;
    element = 0;
  } else {
    lpView(element);
    ptr = lpPtr;
    length = lpLength;
    element = lpNext(data, element);
  }
  return 1;
}

/** Ends a walk before the end of the list. */
export function listWalkEnd(): void {
  if (data != 0 && isCopy) free(data);
  data = 0;
}

export function listWalkPtr(): u32 {
  return ptr;
}

export function listWalkLength(): u32 {
  return length;
}
