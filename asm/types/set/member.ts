/**
 * The members of a set, whatever its encoding: an intset while all are integers
 * and few, a listpack while they are few and short, else a dict whose elements
 * are the members (KIND_MEMBER).
 *
 * Adding may change the encoding and removing may move the block. So a set is
 * changed as the work: `workOn` takes it up, `memberAdd` and `memberRemove`
 * leave encoding and address in `workEncoding` and `workPtr`, and the caller
 * writes them back, also after a failure. Encodings change in one direction
 * only, as in Redis.
 */
import { parsedI64, parseI64, writeI64 } from "../../base/number";
import { siphash } from "../../base/siphash";
import { alloc, free } from "../../base/memory";
import {
  dictAdd,
  dictCount,
  dictFind,
  dictMove,
  dictNew,
  dictResizing,
  dictShrinkIfSparse,
  elementAdd,
  elementRemoveFound,
} from "../../keyspace/dict";
import {
  KIND_MEMBER,
  memberHeaderBytes,
  memberKey,
  memberKeyLength,
  memberWrite,
} from "../../keyspace/element";
import {
  ENCODING_HASHTABLE,
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  TYPE_SET,
} from "../../keyspace/entry";
import {
  undoAlloc,
  undoFree,
  undoResume,
  undoSuspend,
  undoValueFree,
  undoValueFresh,
} from "../../keyspace/undo";
import {
  lpAppend,
  lpAppendInt,
  lpBytes,
  lpCount,
  lpDelete,
  lpFind,
  lpFirst,
  lpGet,
  lpInt,
  lpLength,
  lpNew,
  lpNext,
  lpPtr,
  lpView,
} from "../listpack";
import {
  intsetAt,
  intsetInsert,
  intsetLength,
  intsetNew,
  intsetPosition,
  intsetRemove,
  intsetSearch,
} from "./intset";
import { setFreeSome } from "./mod";

/** Longest text of an integer. */
export const INTEGER_BYTES_MAX: u32 = 20;

/** Thresholds, as `set-max-…` sets them. */
let intsetEntriesMax: u32 = 512;
let listpackEntriesMax: u32 = 128;
let listpackValueMax: u32 = 64;
/** Whatever the thresholds, a block stays below this. */
const LISTPACK_BYTES_MAX: u32 = 1 << 30;
const INTSET_ENTRIES_MAX: u32 = 1 << 26;

/** Sets when a set leaves an encoding. */
export function setLimits(
  intsetEntries: u32,
  listpackEntries: u32,
  listpackValue: u32,
): void {
  intsetEntriesMax = min<u32>(intsetEntries, INTSET_ENTRIES_MAX);
  listpackEntriesMax = listpackEntries;
  listpackValueMax = min<u32>(listpackValue, LISTPACK_BYTES_MAX);
}

/** The set that is being changed. */
export let workEncoding: u32 = 0;
export let workPtr: u32 = 0;

/** Results of `memberAdd` and `memberRemove` besides 1: done. */
export const NOTHING: i32 = 0;
export const OUT_OF_MEMORY: i32 = -1;

const digits: u32 = <u32>memory.data(24);

// @ts-ignore: decorator
@inline
export function workOn(encoding: u32, ptr: u32): void {
  workEncoding = encoding;
  workPtr = ptr;
}

/** Begins a set of nothing as one begins that gets this member first. */
export function workNewFor(member: u32, length: u32): bool {
  return workNew(
    length <= INTEGER_BYTES_MAX && parseI64(member, length)
      ? ENCODING_INTSET
      : length <= listpackValueMax && listpackEntriesMax != 0
      ? ENCODING_LISTPACK
      : ENCODING_HASHTABLE,
  );
}

/** Begins a set of nothing; false when out of memory. */
export function workNew(encoding: u32): bool {
  workEncoding = encoding;
  if (encoding == ENCODING_INTSET) workPtr = intsetNew();
  else if (encoding == ENCODING_LISTPACK) workPtr = lpNew();
  else workPtr = dictNew(KIND_MEMBER);
  return workPtr != 0;
}

/** Frees the work, which no one else has seen. */
export function workFree(): void {
  if (workPtr != 0) while (setFreeSome(workEncoding, workPtr, 1 << 30));
  workPtr = 0;
}

// ------------------------------------------------------------------- look-ups

export function memberCount(encoding: u32, ptr: u32): u32 {
  if (encoding == ENCODING_INTSET) return intsetLength(ptr);
  return encoding == ENCODING_LISTPACK ? lpCount(ptr) : dictCount(ptr);
}

/** Where the last look-up in a listpack has found it. */
let foundAt: u32 = 0;

function inListpack(ptr: u32, member: u32, length: u32): bool {
  const first = lpFirst(ptr);
  foundAt = first == 0 ? 0 : lpFind(ptr, first, member, length, 0);
  return foundAt != 0;
}

/** Whether the set has the member. */
export function memberFind(
  encoding: u32,
  ptr: u32,
  member: u32,
  length: u32,
): bool {
  if (encoding == ENCODING_INTSET) {
    return length <= INTEGER_BYTES_MAX && parseI64(member, length) &&
      intsetSearch(ptr, parsedI64());
  }
  if (encoding == ENCODING_LISTPACK) return inListpack(ptr, member, length);
  return dictFind(ptr, member, length, siphash(member, length)) != 0;
}

/** Whether the set has the integer. */
export function memberFindInteger(encoding: u32, ptr: u32, value: i64): bool {
  if (encoding == ENCODING_INTSET) return intsetSearch(ptr, value);
  return memberFind(encoding, ptr, digits, writeI64(digits, value));
}

// ------------------------------------------------------------------- encodings

function dictOf(encoding: u32, ptr: u32): u32 {
  const dict = dictNew(KIND_MEMBER);
  if (dict == 0) return 0;
  let ok = true;
  if (encoding == ENCODING_INTSET) {
    const count = intsetLength(ptr);
    for (let i: u32 = 0; ok && i < count; i++) {
      ok = putNew(dict, digits, writeI64(digits, intsetAt(ptr, i)));
    }
  } else {
    for (let at = lpFirst(ptr); ok && at != 0; at = lpNext(ptr, at)) {
      lpView(at);
      ok = putNew(dict, lpPtr, lpLength);
    }
  }
  if (ok) return dict;
  while (setFreeSome(ENCODING_HASHTABLE, dict, 1 << 30));
  return 0;
}

/** Adds a member that is not there to a dict nobody has seen yet. */
function putNew(dict: u32, member: u32, length: u32): bool {
  const element = alloc(memberHeaderBytes(length) + length);
  if (element == 0) return false;
  memberWrite(element, member, length);
  if (dictAdd(dict, element, siphash(member, length))) return true;
  free(element);
  return false;
}

function listpackOf(intset: u32): u32 {
  let listpack = lpNew();
  const count = intsetLength(intset);
  for (let i: u32 = 0; listpack != 0 && i < count; i++) {
    const longer = lpAppendInt(listpack, intsetAt(intset, i));
    if (longer == 0) free(listpack);
    listpack = longer;
  }
  return listpack;
}

/** Gives the work another encoding; false when out of memory, nothing changed. */
function convert(encoding: u32): bool {
  const wasOpen = undoSuspend();
  const fresh = encoding == ENCODING_LISTPACK
    ? listpackOf(workPtr)
    : dictOf(workEncoding, workPtr);
  undoResume(wasOpen);
  if (fresh == 0) return false;
  undoValueFresh(TYPE_SET, encoding, fresh);
  undoValueFree(TYPE_SET, workEncoding, workPtr);
  workEncoding = encoding;
  workPtr = fresh;
  return true;
}

/** Whether a listpack may hold so many members, the longest of this length. */
// @ts-ignore: decorator
@inline
function fitsListpack(count: u32, length: u32): bool {
  return count <= listpackEntriesMax && length <= listpackValueMax;
}

/** Text of the longest integer of an intset that is not empty. */
function longestInteger(intset: u32): u32 {
  const first = writeI64(digits, intsetAt(intset, 0));
  const last = writeI64(digits, intsetAt(intset, intsetLength(intset) - 1));
  return max<u32>(first, last);
}

// ------------------------------------------------------------- adding, removing

/** `memberAdd` of an integer. */
export function memberAddInteger(value: i64): i32 {
  if (workEncoding != ENCODING_INTSET) {
    return addText(digits, writeI64(digits, value));
  }
  if (intsetSearch(workPtr, value)) return NOTHING;
  const larger = intsetInsert(workPtr, value);
  if (larger == 0) return OUT_OF_MEMORY;
  workPtr = larger;
  if (
    intsetLength(larger) > intsetEntriesMax && !convert(ENCODING_HASHTABLE)
  ) return takeBack(value);
  return 1;
}

/** The integer just added was one too many, but there is no memory for a dict. */
function takeBack(value: i64): i32 {
  intsetSearch(workPtr, value);
  const smaller = intsetRemove(workPtr, intsetPosition);
  // While the log is open, rolling back takes it out.
  if (smaller != 0) workPtr = smaller;
  return OUT_OF_MEMORY;
}

/**
 * Adds a member: 1, NOTHING if it is there, OUT_OF_MEMORY (nothing changed but,
 * perhaps, the encoding). `undoReserve(16)` must have succeeded.
 */
export function memberAdd(member: u32, length: u32): i32 {
  if (workEncoding == ENCODING_INTSET) {
    if (length <= INTEGER_BYTES_MAX && parseI64(member, length)) {
      return memberAddInteger(parsedI64());
    }
    const count = intsetLength(workPtr);
    const longest = count == 0
      ? length
      : max<u32>(length, longestInteger(workPtr));
    const encoding = fitsListpack(count + 1, longest)
      ? ENCODING_LISTPACK
      : ENCODING_HASHTABLE;
    if (!convert(encoding)) return OUT_OF_MEMORY;
  }
  return addText(member, length);
}

function addText(member: u32, length: u32): i32 {
  if (workEncoding == ENCODING_LISTPACK) {
    if (inListpack(workPtr, member, length)) return NOTHING;
    if (
      fitsListpack(lpCount(workPtr) + 1, length) &&
      lpBytes(workPtr) + length < LISTPACK_BYTES_MAX
    ) {
      const longer = lpAppend(workPtr, member, length);
      if (longer == 0) return OUT_OF_MEMORY;
      workPtr = longer;
      return 1;
    }
    if (!convert(ENCODING_HASHTABLE)) return OUT_OF_MEMORY;
  }
  const hash = siphash(member, length);
  if (dictFind(workPtr, member, length, hash) != 0) return NOTHING;
  const element = undoAlloc(memberHeaderBytes(length) + length);
  if (element == 0) return OUT_OF_MEMORY;
  memberWrite(element, member, length);
  if (elementAdd(workPtr, element, hash)) return 1;
  undoFree(element);
  return OUT_OF_MEMORY;
}

/**
 * Removes a member: 1, NOTHING if it is not there, OUT_OF_MEMORY (only while the
 * undo log is open). `undoReserve(16)` must have succeeded.
 */
export function memberRemove(member: u32, length: u32): i32 {
  if (workEncoding == ENCODING_INTSET) {
    return length <= INTEGER_BYTES_MAX && parseI64(member, length)
      ? memberRemoveInteger(parsedI64())
      : NOTHING;
  }
  if (workEncoding == ENCODING_LISTPACK) {
    if (!inListpack(workPtr, member, length)) return NOTHING;
    const shorter = lpDelete(workPtr, foundAt);
    if (shorter == 0) return OUT_OF_MEMORY;
    workPtr = shorter;
    return 1;
  }
  const element = dictFind(workPtr, member, length, siphash(member, length));
  if (element == 0) return NOTHING;
  elementRemoveFound(workPtr);
  undoFree(element);
  if (dictResizing(workPtr)) dictMove(workPtr, 1);
  else dictShrinkIfSparse(workPtr);
  return 1;
}

/** `memberRemove` of an integer. */
export function memberRemoveInteger(value: i64): i32 {
  if (workEncoding != ENCODING_INTSET) {
    return memberRemove(digits, writeI64(digits, value));
  }
  if (!intsetSearch(workPtr, value)) return NOTHING;
  const smaller = intsetRemove(workPtr, intsetPosition);
  if (smaller == 0) return OUT_OF_MEMORY;
  workPtr = smaller;
  return 1;
}

// ------------------------------------------------------------- a member in view

/** The member in view: an integer (`isInteger`), or text. */
export let viewIsInteger: bool = false;
export let viewInteger: i64 = 0;
export let viewPtr: u32 = 0;
export let viewLength: u32 = 0;

const viewDigits: u32 = <u32>memory.data(24);

export function viewIntegerOf(value: i64): void {
  viewIsInteger = true;
  viewInteger = value;
}

export function viewElement(element: u32): void {
  viewIsInteger = false;
  viewPtr = memberKey(element);
  viewLength = memberKeyLength(element);
}

export function viewListpackAt(at: u32): void {
  viewIsInteger = lpGet(at);
  if (viewIsInteger) {
    viewInteger = lpInt;
    return;
  }
  viewPtr = lpPtr;
  viewLength = lpLength;
}

/** Makes sure the member in view is text at `viewPtr`, `viewLength`. */
export function viewAsText(): void {
  if (!viewIsInteger) return;
  viewPtr = viewDigits;
  viewLength = writeI64(viewDigits, viewInteger);
}

/** Whether a set has the member in view. */
// @ts-ignore: decorator
@inline
export function viewIsIn(encoding: u32, ptr: u32): bool {
  return viewIsInteger
    ? memberFindInteger(encoding, ptr, viewInteger)
    : memberFind(encoding, ptr, viewPtr, viewLength);
}

/** Adds the member in view to the work. */
// @ts-ignore: decorator
@inline
export function viewAdd(): i32 {
  return viewIsInteger
    ? memberAddInteger(viewInteger)
    : memberAdd(viewPtr, viewLength);
}

/** Removes the member in view from the work. */
// @ts-ignore: decorator
@inline
export function viewRemove(): i32 {
  return viewIsInteger
    ? memberRemoveInteger(viewInteger)
    : memberRemove(viewPtr, viewLength);
}
