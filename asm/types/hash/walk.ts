/**
 * Walking over the fields of a hash, one after the other. There is one walk at a
 * time, the hash must not be changed meanwhile, and it uses the list of emitted
 * elements (keyspace/dict.ts).
 */
import { nowMs } from "../../keyspace/clock";
import {
  dictScan,
  emittedAt,
  emittedCount,
  emittedReset,
} from "../../keyspace/dict";
import {
  ENCODING_HASHTABLE,
  ENCODING_LISTPACK,
  entryEncoding,
  valuePtr,
} from "../../keyspace/entry";
import { lpFirst, lpLength, lpPtr, lpView } from "../listpack";
import { fieldKey, fieldKeyLength } from "./field";
import { viewValue } from "./hash";
import {
  EXPIRY_STEP,
  packNext,
  packWhen,
  PLAIN_STEP,
} from "./pack";
import { tableDict, tableWhen } from "./table";

let encoding: u32 = 0;
let value: u32 = 0;
let step: u32 = 0;
/** The field the walk has come to: an element, or a place in the listpack. */
export let walkAt: u32 = 0;
let isStarted: bool = false;
/** In a table: the next bucket, whether there is none, and the next emitted element. */
let cursor: u32 = 0;
let isLast: bool = false;
let next: u32 = 0;

/** The name of a field, after `walkName`. */
export let nameText: u32 = 0;
export let nameLength: u32 = 0;

/** Starts a walk over a hash. */
export function walkStart(entry: u32): void {
  encoding = entryEncoding(entry);
  value = valuePtr(entry);
  step = encoding == ENCODING_LISTPACK ? PLAIN_STEP : EXPIRY_STEP;
  isStarted = false;
  cursor = 0;
  isLast = false;
  next = 0;
  if (encoding == ENCODING_HASHTABLE) emittedReset();
}

/** Starts a walk over the fields of a table that have been emitted. */
export function walkEmitted(entry: u32): void {
  encoding = entryEncoding(entry);
  value = valuePtr(entry);
  isLast = true;
  next = 0;
}

function nextElement(): bool {
  while (next >= emittedCount) {
    if (isLast) return false;
    emittedReset();
    next = 0;
    cursor = dictScan(tableDict(value), cursor);
    isLast = cursor == 0;
  }
  walkAt = emittedAt(next++);
  return true;
}

/** Goes to the next field; false behind the last. */
export function walkNext(): bool {
  if (encoding == ENCODING_HASHTABLE) return nextElement();
  walkAt = isStarted ? packNext(value, walkAt, step) : lpFirst(value);
  isStarted = true;
  return walkAt != 0;
}

/** When the field expires, 0 for never. */
export function walkWhen(): i64 {
  return encoding == ENCODING_HASHTABLE
    ? tableWhen(value, walkAt)
    : packWhen(value, walkAt, step);
}

/** Whether the field is past its time. */
// @ts-ignore: decorator
@inline
export function walkIsExpired(): bool {
  if (encoding == ENCODING_LISTPACK) return false;
  const whenMs = walkWhen();
  return whenMs != 0 && whenMs < nowMs;
}

/** Sets `nameText` and `nameLength`, which hold until the next view. */
export function walkName(): void {
  viewName(encoding, walkAt);
}

/** Sets `valueText` and `valueLength` of hash.ts, which hold until the next view. */
export function walkValue(): void {
  viewValue(encoding, value, walkAt);
}

/** The name of the field at an element or place in a listpack. */
export function viewName(encoding: u32, at: u32): void {
  if (encoding == ENCODING_HASHTABLE) {
    nameText = fieldKey(at);
    nameLength = fieldKeyLength(at);
  } else {
    lpView(at);
    nameText = lpPtr;
    nameLength = lpLength;
  }
}

/** Address and length of the name under view. */
export function hashNamePtr(): u32 {
  return nameText;
}

export function hashNameLength(): u32 {
  return nameLength;
}
