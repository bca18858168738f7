/**
 * Walking over the entries of a stream, forwards or backwards. There is one
 * cursor: what walks must not be interrupted by another walk, and the listpack
 * it is in must not change.
 */
import { elementBytes, LP_HEADER_BYTES, lpLast, lpPrev } from "../listpack";
import {
  idAtOrBefore,
  idFirst,
  idNext,
  idPrevious,
  thingMs,
  thingSeq,
} from "./id_tree";
import { ENTRY_DELETED, ENTRY_SAME_FIELDS } from "./layout";
import { integerAt, nodeListpack, skip } from "./node";

const END: u8 = 0xff;

let stream: u32 = 0;
let backwards: bool = false;
let startMs: u64 = 0;
let startSeq: u64 = 0;
let endMs: u64 = 0;
let endSeq: u64 = 0;

/** The node the cursor is in; 0 at the end. */
export let cursorNode: u32 = 0;
let lp: u32 = 0;
let masterFields: u32 = 0;
let masterCount: u32 = 0;
/** Flags of the entry the cursor is at; 0 before the first. */
export let cursorEntry: u32 = 0;

/** ID, flags and number of fields of the entry the cursor is at. */
export let entryMs: u64 = 0;
export let entrySeq: u64 = 0;
export let entryFlags: u32 = 0;
export let entryFields: u32 = 0;
/** Its first value, or, if its fields are not the master's, its first field. */
let entryData: u32 = 0;

/** Where the next field and value are read; see `fieldsStart`. */
let fieldAt: u32 = 0;
let valueAt: u32 = 0;

/** Makes a node current, the cursor before its first entry. */
function openNode(node: u32): void {
  cursorNode = node;
  cursorEntry = 0;
  if (node == 0) return;
  lp = nodeListpack(node);
  const p = skip(skip(lp + LP_HEADER_BYTES));
  masterCount = <u32>integerAt(p);
  masterFields = skip(p);
}

/** The first entry of the node, deleted or not; 0 if there is none. */
function firstEntry(): u32 {
  let p = masterFields;
  for (let i: u32 = 0; i < masterCount; i++) p = skip(p);
  p = skip(p);
  return load<u8>(p) == END ? 0 : p;
}

/** The entry whose last element is at `p`; 0 if that ends the master entry. */
function entryEndingAt(p: u32): u32 {
  let elements = integerAt(p);
  if (elements == 0) return 0;
  while (elements-- > 0) p = lpPrev(lp, p);
  return p;
}

/** The entry behind the one the cursor is at. */
function entryAfter(): u32 {
  let p = entryData;
  const data = entryFlags & ENTRY_SAME_FIELDS ? entryFields : entryFields << 1;
  for (let i: u32 = 0; i < data; i++) p = p + elementBytes(p);
  p = skip(p);
  return load<u8>(p) == END ? 0 : p;
}

function readEntry(p: u32): void {
  cursorEntry = p;
  entryFlags = <u32>load<u8>(p);
  p = skip(p);
  entryMs = thingMs(cursorNode) + <u64>integerAt(p);
  p = skip(p);
  entrySeq = thingSeq(cursorNode) + <u64>integerAt(p);
  p = skip(p);
  if (entryFlags & ENTRY_SAME_FIELDS) entryFields = masterCount;
  else {
    entryFields = <u32>integerAt(p);
    p = skip(p);
  }
  entryData = p;
}

/** Walks over the entries whose IDs are within the bounds, these included. */
export function cursorStart(
  ofStream: u32,
  fromMs: u64,
  fromSeq: u64,
  toMs: u64,
  toSeq: u64,
  reverse: bool,
): void {
  stream = ofStream;
  backwards = reverse;
  startMs = fromMs;
  startSeq = fromSeq;
  endMs = toMs;
  endSeq = toSeq;
  let node = reverse
    ? idAtOrBefore(stream, toMs, toSeq)
    : idAtOrBefore(stream, fromMs, fromSeq);
  if (node == 0 && !reverse) node = idFirst(stream);
  openNode(node);
}

/** Goes to the next entry, deleted or not, whatever the bounds. */
function step(): bool {
  while (cursorNode != 0) {
    let p: u32;
    if (backwards) {
      p = cursorEntry == 0
        ? entryEndingAt(lpLast(lp))
        : entryEndingAt(lpPrev(lp, cursorEntry));
    } else p = cursorEntry == 0 ? firstEntry() : entryAfter();
    if (p != 0) {
      readEntry(p);
      return true;
    }
    openNode(
      backwards ? idPrevious(stream, cursorNode) : idNext(stream, cursorNode),
    );
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isBeforeStart(): bool {
  return entryMs < startMs || entryMs == startMs && entrySeq < startSeq;
}

// @ts-ignore: decorator
@inline
function isBehindEnd(): bool {
  return entryMs > endMs || entryMs == endMs && entrySeq > endSeq;
}

function next(withDeleted: bool): bool {
  while (step()) {
    if (!withDeleted && entryFlags & ENTRY_DELETED) continue;
    if (backwards) {
      if (isBehindEnd()) continue;
      return !isBeforeStart();
    }
    if (isBeforeStart()) continue;
    return !isBehindEnd();
  }
  return false;
}

/** Goes to the last entry of a node, deleted or not; false if there is none. */
export function cursorNodeLast(node: u32): bool {
  openNode(node);
  const p = entryEndingAt(lpLast(lp));
  if (p == 0) return false;
  readEntry(p);
  return true;
}

/** Goes to the next entry that is not deleted; false when there is none. */
export function cursorNext(): bool {
  return next(false);
}

/** Goes to the next entry; false when there is none. */
export function cursorNextAny(): bool {
  return next(true);
}

/** Goes to the entry of this ID; false if it is not there or deleted. */
export function cursorFind(ofStream: u32, ms: u64, seq: u64): bool {
  cursorStart(ofStream, ms, seq, ms, seq, false);
  return cursorNext();
}

/** Goes to the last entry that is not deleted; false if there is none. */
export function cursorLast(ofStream: u32): bool {
  cursorStart(ofStream, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE, true);
  return cursorNext();
}

/** From here on `fieldNext` gives the fields of the entry the cursor is at. */
export function fieldsStart(): void {
  if (entryFlags & ENTRY_SAME_FIELDS) {
    fieldAt = masterFields;
    valueAt = entryData;
  } else {
    fieldAt = entryData;
    valueAt = skip(entryData);
  }
}

/** The element that holds the field; `fieldValue` holds its value. */
export function fieldName(): u32 {
  return fieldAt;
}

export function fieldValue(): u32 {
  return valueAt;
}

export function fieldNext(): void {
  if (entryFlags & ENTRY_SAME_FIELDS) {
    fieldAt = skip(fieldAt);
    valueAt = skip(valueAt);
  } else {
    fieldAt = skip(valueAt);
    valueAt = skip(fieldAt);
  }
}
