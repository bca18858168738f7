/**
 * Walking over the fields of a hash, one after the other. There is one walk at a
 * time, and the hash must not be changed meanwhile.
 */
import { nowMs } from "../../keyspace/clock";
import {
  childOf,
  emittedAt,
  emittedCount,
  hasChild,
  slotAddress,
  usedMask,
} from "../../keyspace/dict";
import { walkBucket, walkEnd } from "../../keyspace/dict_walk";
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
export let eachAt: u32 = 0;
let isStarted: bool = false;
/** In a table: the bucket, its slots that are left, and the next position. */
let bucket: u32 = 0;
let slots: u32 = 0;
let position: u32 = 0;
/** Of the elements emitted: the next, or -1 if the walk is over all. */
let emitted: i32 = -1;

/** The name of a field, after `hashEachName`. */
export let nameText: u32 = 0;
export let nameLength: u32 = 0;

/** Starts a walk over a hash. */
export function hashEachBegin(entry: u32): void {
  encoding = entryEncoding(entry);
  value = valuePtr(entry);
  step = encoding == ENCODING_LISTPACK ? PLAIN_STEP : EXPIRY_STEP;
  isStarted = false;
  bucket = 0;
  slots = 0;
  position = 0;
  emitted = -1;
}

/** Starts a walk over the fields of a table that have been emitted. */
export function eachEmitted(entry: u32): void {
  encoding = entryEncoding(entry);
  value = valuePtr(entry);
  emitted = 0;
}

/** Goes to the next bucket; false behind the last. */
function nextBucket(): bool {
  if (bucket != 0 && hasChild(bucket)) bucket = childOf(bucket);
  else {
    const dict = tableDict(value);
    if (position >= walkEnd(dict)) return false;
    bucket = walkBucket(dict, position++);
  }
  slots = bucket == 0 ? 0 : usedMask(bucket);
  return true;
}

function nextElement(): bool {
  if (emitted >= 0) {
    if (<u32>emitted >= emittedCount) return false;
    eachAt = emittedAt(<u32>emitted);
    emitted++;
    return true;
  }
  while (slots == 0) {
    if (!nextBucket()) return false;
  }
  eachAt = load<u32>(slotAddress(bucket, ctz(slots)));
  slots &= slots - 1;
  return true;
}

/** Goes to the next field; false behind the last. */
export function hashEachNext(): bool {
  if (encoding == ENCODING_HASHTABLE) return nextElement();
  eachAt = isStarted ? packNext(value, eachAt, step) : lpFirst(value);
  isStarted = true;
  return eachAt != 0;
}

/** When the field expires, 0 for never. */
export function hashEachWhen(): i64 {
  return encoding == ENCODING_HASHTABLE
    ? tableWhen(value, eachAt)
    : packWhen(value, eachAt, step);
}

/** Whether the field is past its time. */
// @ts-ignore: decorator
@inline
export function eachIsExpired(): bool {
  if (encoding == ENCODING_LISTPACK) return false;
  const whenMs = hashEachWhen();
  return whenMs != 0 && whenMs < nowMs;
}

/** Sets `nameText` and `nameLength`, which hold until the next view. */
export function hashEachName(): void {
  viewName(encoding, eachAt);
}

/** Sets `valueText` and `valueLength` of hash.ts, which hold until the next view. */
export function hashEachValue(): void {
  viewValue(encoding, value, eachAt);
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
