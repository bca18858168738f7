/**
 * Unions, intersections and differences of sets. The host names the sets one
 * after the other (`setOperand`), 0 for a key that is not there, and then asks
 * for a reply, a number, or a set to be stored.
 *
 * Results to be stored are built as the work (member.ts) while the undo log is
 * suspended, and so are complete before anything changes: a source may be the
 * destination.
 */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferTake,
} from "../../base/buffer";
import { collectionStore } from "../../keyspace/collection";
import {
  ENCODING_INTSET,
  entryEncoding,
  TYPE_SET,
  valuePtr,
} from "../../keyspace/entry";
import { undoResume, undoSuspend } from "../../keyspace/undo";
import { replyDeferred, replyDeferredSet, replySet } from "../../resp/reply";
import { eachBegin, eachNext } from "./each";
import {
  memberCount,
  OUT_OF_MEMORY,
  viewAdd,
  viewIsIn,
  viewRemove,
  workEncoding,
  workFree,
  workNew,
  workPtr,
} from "./member";
import { replyView } from "./random";

/** Operands: entries, u32 each. */
let operands: u32 = 0;
let count: u32 = 0;

/** More are not worth sorting. */
const SORTED_MAX: u32 = 64;
/** A union of more sets is gathered in a set, not found by look-ups. */
const LOOKED_UP_MAX: u32 = 6;

/** Forgets the operands. */
export function setOperandsReset(): void {
  if (operands != 0) bufferReset(operands);
  count = 0;
}

/** Adds an operand: an entry with a set, or 0. False when out of memory. */
export function setOperand(entry: u32): bool {
  if (operands == 0) operands = bufferNew();
  if (operands == 0 || !bufferReserve(operands, 4)) return false;
  store<u32>(bufferTake(operands, 4), entry);
  count++;
  return true;
}

// @ts-ignore: decorator
@inline
function operand(index: u32): u32 {
  return load<u32>(bufferData(operands) + (index << 2));
}

// @ts-ignore: decorator
@inline
function place(index: u32, entry: u32): void {
  store<u32>(bufferData(operands) + (index << 2), entry);
}

function sizeOf(entry: u32): u32 {
  return entry == 0 ? 0 : memberCount(entryEncoding(entry), valuePtr(entry));
}

/** Whether the operand has the member in view. */
// @ts-ignore: decorator
@inline
function has(entry: u32): bool {
  return viewIsIn(entryEncoding(entry), valuePtr(entry));
}

/** Begins a walk over the members of an operand, which is there. */
// @ts-ignore: decorator
@inline
function begin(entry: u32): void {
  eachBegin(entryEncoding(entry), valuePtr(entry));
}

/** Sorts the operands from `first` on by size, if they are not very many. */
function sortOperands(first: u32, descending: bool): void {
  if (count > SORTED_MAX) return;
  for (let i = first + 1; i < count; i++) {
    const entry = operand(i);
    const size = sizeOf(entry);
    let at = i;
    for (; at > first; at--) {
      const before = sizeOf(operand(at - 1));
      if (descending ? before >= size : before <= size) break;
      place(at, operand(at - 1));
    }
    place(at, entry);
  }
}

/** Brings the smallest of the operands to the front. */
function smallestFirst(): void {
  for (let i: u32 = 1; i < count; i++) {
    const entry = operand(i);
    if (sizeOf(entry) >= sizeOf(operand(0))) continue;
    place(i, operand(0));
    place(0, entry);
  }
}

// ---------------------------------------------------------------- intersection
//
// All operands are there: the host knows what the answer is otherwise.

function beginIntersection(): void {
  smallestFirst();
  sortOperands(1, false);
  begin(operand(0));
}

/** Has the next member of the intersection in view; false at the end. */
function nextInAll(): bool {
  while (eachNext()) {
    let i: u32 = 1;
    while (i < count && (operand(i) == operand(0) || has(operand(i)))) i++;
    if (i == count) return true;
  }
  return false;
}

/** Replies with the intersection. */
export function setInterReply(): void {
  const mark = replyDeferred();
  let found: u32 = 0;
  beginIntersection();
  while (nextInAll()) {
    replyView();
    found++;
  }
  replyDeferredSet(mark, found);
}

/** Members of the intersection, counted up to `limit`; 0 for no limit. */
export function setInterCount(limit: f64): f64 {
  let found: f64 = 0;
  beginIntersection();
  while (nextInAll()) {
    found++;
    if (found == limit) break;
  }
  return found;
}

/** The key holds the intersection, if it has members: how many; -1 when out of memory. */
export function setInterStore(db: u32, key: u32, keyLength: u32): i32 {
  const wasOpen = undoSuspend();
  let ok = workNew(ENCODING_INTSET);
  beginIntersection();
  while (ok && nextInAll()) ok = viewAdd() != OUT_OF_MEMORY;
  undoResume(wasOpen);
  return storeWork(db, key, keyLength, ok);
}

/** Stores what has been built, if it is not empty; `ok` is false if memory ran out. */
function storeWork(db: u32, key: u32, keyLength: u32, ok: bool): i32 {
  if (!ok) {
    workFree();
    return OUT_OF_MEMORY;
  }
  const size = memberCount(workEncoding, workPtr);
  if (size == 0) {
    workFree();
    return 0;
  }
  const encoding = workEncoding;
  const ptr = workPtr;
  if (collectionStore(db, key, keyLength, TYPE_SET, encoding, ptr) != 0) {
    return <i32>size;
  }
  workFree();
  return OUT_OF_MEMORY;
}

// ----------------------------------------------------------------------- union

/** Makes the union the work; false when out of memory. */
function buildUnion(): bool {
  if (!workNew(ENCODING_INTSET)) return false;
  for (let i: u32 = 0; i < count; i++) {
    if (operand(i) == 0) continue;
    begin(operand(i));
    while (eachNext()) if (viewAdd() == OUT_OF_MEMORY) return false;
  }
  return true;
}

/** Replies with the members of the work. */
function replyWork(): void {
  replySet(memberCount(workEncoding, workPtr));
  eachBegin(workEncoding, workPtr);
  while (eachNext()) replyView();
}

/** Replies with the union; false when out of memory, nothing written. */
export function setUnionReply(): bool {
  if (count <= LOOKED_UP_MAX) {
    replyUnion();
    return true;
  }
  const wasOpen = undoSuspend();
  const ok = buildUnion();
  if (ok) replyWork();
  workFree();
  undoResume(wasOpen);
  return ok;
}

/** Each member that no operand in front of its own has; the largest comes first. */
function replyUnion(): void {
  sortOperands(0, true);
  const mark = replyDeferred();
  let found: u32 = 0;
  for (let i: u32 = 0; i < count && operand(i) != 0; i++) {
    begin(operand(i));
    while (eachNext()) {
      let before: u32 = 0;
      while (before < i && !has(operand(before))) before++;
      if (before != i) continue;
      replyView();
      found++;
    }
  }
  replyDeferredSet(mark, found);
}

/** The key holds the union, if it has members: how many; -1 when out of memory. */
export function setUnionStore(db: u32, key: u32, keyLength: u32): i32 {
  const wasOpen = undoSuspend();
  const ok = buildUnion();
  undoResume(wasOpen);
  return storeWork(db, key, keyLength, ok);
}

// ------------------------------------------------------------------ difference

/**
 * Whether looking each member of the first operand up in the others is less work
 * than removing the members of all others. By Redis's figures: which way was
 * taken shows in the encoding of what is stored.
 */
function shouldLookUp(): bool {
  let byLookUp: f64 = 0;
  let byRemoval: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (operand(i) == 0) continue;
    byLookUp += <f64>sizeOf(operand(0));
    byRemoval += <f64>sizeOf(operand(i));
  }
  return <i64>byLookUp / 2 <= <i64>byRemoval;
}

/** Has the next member that only the first operand has in view; false at the end. */
function nextInFirstOnly(): bool {
  while (eachNext()) {
    let i: u32 = 1;
    while (i < count) {
      const other = operand(i);
      if (other != 0 && (other == operand(0) || has(other))) break;
      i++;
    }
    if (i == count) return true;
  }
  return false;
}

function beginDifference(): void {
  sortOperands(1, true);
  begin(operand(0));
}

/** Makes the difference the work; false when out of memory. */
function buildDifference(): bool {
  if (!workNew(ENCODING_INTSET)) return false;
  if (operand(0) == 0) return true;
  if (shouldLookUp()) {
    beginDifference();
    while (nextInFirstOnly()) if (viewAdd() == OUT_OF_MEMORY) return false;
    return true;
  }
  begin(operand(0));
  while (eachNext()) if (viewAdd() == OUT_OF_MEMORY) return false;
  for (let i: u32 = 1; i < count; i++) {
    if (operand(i) == 0) continue;
    begin(operand(i));
    while (eachNext()) viewRemove();
    if (memberCount(workEncoding, workPtr) == 0) break;
  }
  return true;
}

/** Replies with the difference; false when out of memory, nothing written. */
export function setDiffReply(): bool {
  if (operand(0) == 0) {
    replySet(0);
    return true;
  }
  if (shouldLookUp()) {
    const mark = replyDeferred();
    let found: u32 = 0;
    beginDifference();
    while (nextInFirstOnly()) {
      replyView();
      found++;
    }
    replyDeferredSet(mark, found);
    return true;
  }
  const wasOpen = undoSuspend();
  const ok = buildDifference();
  if (ok) replyWork();
  workFree();
  undoResume(wasOpen);
  return ok;
}

/** The key holds the difference, if it has members: how many; -1 when out of memory. */
export function setDiffStore(db: u32, key: u32, keyLength: u32): i32 {
  const wasOpen = undoSuspend();
  const ok = buildDifference();
  undoResume(wasOpen);
  return storeWork(db, key, keyLength, ok);
}
