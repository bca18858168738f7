/**
 * What the commands do with lists that are values of keys. Each function either
 * happens whole or returns its out-of-memory code, as all primitives.
 */
import { alloc, free } from "../../base/memory";
import { collectionNew } from "../../keyspace/collection";
import {
  ENCODING_QUICKLIST,
  entryBody,
  TYPE_LIST,
} from "../../keyspace/entry";
import { touched } from "../../keyspace/touched";
import {
  undoOpen,
  undoReserve,
  undoResume,
  undoSuspend,
} from "../../keyspace/undo";
import { argLength, argPtr } from "../../resp/frame";
import {
  lpFirst,
  lpLast,
  lpLength,
  lpPtr,
  lpView,
} from "../listpack";
import { newListOptions } from "./limits";
import {
  finishedEncoding,
  listBegin,
  listEnd,
  listFinish,
  listFreeSome,
  listOf,
  listStart,
} from "./mod";
import {
  listCount,
  listHead,
  listSettleEnd,
  listTail,
  nodeBytes,
  nodeData,
  nodeIsPlain,
  nodeOpen,
} from "./node";
import {
  addedNodes,
  deleted,
  FIND_OUT_OF_MEMORY,
  FOUND,
  guardBegin,
  guardEnd,
  listDeleteEnd,
  listDeleteEqual,
  listDeleteRange,
  listFind,
  listInsertAt,
  listPushEnd,
  listReplaceAt,
  resetAddedNodes,
  seekNode,
  seekOffset,
  STEP_RECORDS,
} from "./quicklist";

/** Index of an argument that stands for the element held. */
const HELD: u32 = 0;

/** An element on its way from one list to another. */
let held: u32 = 0;
let heldLength: u32 = 0;

/** Elements of a list. */
export function listLengthOf(entry: u32): u32 {
  return listCount(listOf(entry));
}

// -------------------------------------------------------------------- pushing

/** Pushes `count` arguments from `first` on; false when out of memory. */
function pushAll(list: u32, atHead: bool, first: u32, count: u32): bool {
  const before = listCount(list);
  resetAddedNodes();
  for (let i: u32 = 0; i < count; i++) {
    const isHeld = first == HELD;
    const ptr = isHeld ? held : argPtr(first + i);
    const length = isHeld ? heldLength : argLength(first + i);
    if (
      !undoReserve(STEP_RECORDS) || !listPushEnd(list, atHead, ptr, length)
    ) {
      if (!undoOpen) listDeleteRange(list, atHead ? 0 : before, i);
      return false;
    }
  }
  listSettleEnd(list, atHead, addedNodes);
  return true;
}

/**
 * Pushes `count` arguments from `first` on (0 is the element held) onto an
 * existing list. Returns its length, 0 when out of memory.
 */
export function listPush(
  db: u32,
  entry: u32,
  atHead: bool,
  first: u32,
  count: u32,
): u32 {
  if (!undoReserve(STEP_RECORDS)) return 0;
  const list = listBegin(entry);
  if (list == 0) return 0;
  const ok = pushAll(list, atHead, first, count);
  const length = listCount(list);
  if (!listEnd(entry, list) || !ok) return 0;
  touched(db, entry, first == HELD ? 0 : count);
  return length;
}

/** `listPush` onto a key that is not there. Returns the entry, 0 when out of memory. */
export function listCreate(
  db: u32,
  key: u32,
  keyLength: u32,
  atHead: bool,
  first: u32,
  count: u32,
): u32 {
  const options = newListOptions;
  const wasOpen = undoSuspend();
  const list = listStart(options);
  let value: u32 = 0;
  if (list != 0 && pushAll(list, atHead, first, count)) value = listFinish();
  undoResume(wasOpen);
  if (value == 0) return 0;
  const encoding = finishedEncoding;
  const entry = collectionNew(db, key, keyLength, TYPE_LIST, encoding, value);
  if (entry == 0) {
    while (listFreeSome(encoding, value, 1024));
    return 0;
  }
  if (encoding != ENCODING_QUICKLIST) {
    store<u32>(entryBody(entry), options, 4);
  }
  touched(db, entry, first == HELD ? 0 : count);
  return entry;
}

// -------------------------------------------------------------------- popping

/** Deletes `count` elements at an end; false when out of memory. */
export function listDrop(
  db: u32,
  entry: u32,
  atHead: bool,
  count: u32,
): bool {
  if (!undoReserve(STEP_RECORDS)) return false;
  const list = listOf(entry);
  const start = atHead ? 0 : listCount(list) - count;
  const ok = count == 1
    ? listDeleteEnd(list, atHead)
    : listDeleteRange(list, start, count);
  if (!listEnd(entry, list) || !ok) return false;
  touched(db, entry, count);
  return true;
}

/**
 * Copies the element at an end, to be pushed elsewhere and then dropped, which
 * will not fail for lack of memory unless an undo log is open. `listRelease`
 * must follow. False when out of memory.
 */
export function listHold(entry: u32, atHead: bool): bool {
  listRelease();
  const list = listOf(entry);
  const node = atHead ? listHead(list) : listTail(list);
  if (!nodeOpen(node)) return false;
  const data = nodeData(node);
  let ptr = data;
  heldLength = nodeBytes(node);
  if (!nodeIsPlain(node)) {
    lpView(atHead ? lpFirst(data) : lpLast(data));
    ptr = lpPtr;
    heldLength = lpLength;
  }
  held = alloc(heldLength);
  if (held == 0) return false;
  memory.copy(held, ptr, heldLength);
  return true;
}

export function listHeld(): u32 {
  return held;
}

export function listHeldLength(): u32 {
  return heldLength;
}

export function listRelease(): void {
  free(held);
  held = 0;
}

// -------------------------------------------------------------------- editing

/** Puts another element at an index, which must be there; false when out of memory. */
export function listSet(
  db: u32,
  entry: u32,
  index: u32,
  ptr: u32,
  length: u32,
): bool {
  if (!undoReserve(STEP_RECORDS)) return false;
  const list = listBegin(entry);
  if (list == 0) return false;
  const ok = listReplaceAt(list, index, ptr, length);
  if (!listEnd(entry, list) || !ok) return false;
  touched(db, entry, 1);
  return true;
}

/**
 * Inserts an element beside the first one that equals `pivot`. Returns the
 * length of the list plus one, 1 if there is no such element, 0 when out of
 * memory.
 */
export function listInsert(
  db: u32,
  entry: u32,
  after: bool,
  pivot: u32,
  pivotLength: u32,
  ptr: u32,
  length: u32,
): u32 {
  if (!undoReserve(STEP_RECORDS)) return 0;
  const list = listBegin(entry);
  if (list == 0) return 0;
  const found = listFind(list, pivot, pivotLength);
  if (found != FOUND) return found == FIND_OUT_OF_MEMORY ? 0 : 1;
  const ok = listInsertAt(list, seekNode, seekOffset, after, ptr, length);
  const count = listCount(list);
  if (!listEnd(entry, list) || !ok) return 0;
  touched(db, entry, 1);
  return count + 1;
}

/**
 * Deletes elements equal to a string, `limit` at most. Returns how many plus
 * one, 0 when out of memory.
 */
export function listRemove(
  db: u32,
  entry: u32,
  fromTail: bool,
  limit: u32,
  ptr: u32,
  length: u32,
): u32 {
  if (!undoReserve(STEP_RECORDS)) return 0;
  const list = listOf(entry);
  const ok = listDeleteEqual(list, fromTail, limit, ptr, length);
  const removed = deleted;
  if (!listEnd(entry, list) || !ok) return 0;
  if (removed != 0) touched(db, entry, removed);
  return removed + 1;
}

/** Keeps `count` elements from `start` on, at least one; false when out of memory. */
export function listTrim(
  db: u32,
  entry: u32,
  start: u32,
  count: u32,
): bool {
  if (!undoReserve(STEP_RECORDS)) return false;
  const list = listOf(entry);
  const behind = listCount(list) - start - count;
  const guards = guardBegin(list);
  const ok = guardEnd(
    guards,
    listDeleteRange(list, start + count, behind) &&
      undoReserve(STEP_RECORDS) && listDeleteRange(list, 0, start),
  );
  if (!listEnd(entry, list) || !ok) return false;
  touched(db, entry, start + behind);
  return true;
}
