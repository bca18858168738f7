/** Patterns of SORT's BY and GET: from an element to a value of another key. */

import { OutOfMemory, TYPE_HASH, TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import { FIELD_EXPIRED, FIELD_FOUND } from "../hash/_fields.ts";

/** A pattern as it stands in an argument, taken apart. */
export interface SortPattern {
  /** `#`: the element itself. */
  readonly isElement: boolean;
  /** Without `*` it names no key. */
  readonly isConstant: boolean;
  readonly ptr: number;
  readonly prefixLength: number;
  /** Behind the `*`, up to the field if there is one. */
  readonly restPtr: number;
  readonly restLength: number;
  /** 0 if the key's own value is meant. */
  readonly fieldPtr: number;
  readonly fieldLength: number;
}

/** Where `findSortValue` found the bytes; valid until the next change or look-up. */
export const sortValue = { ptr: 0, length: 0 };

/**
 * Takes the pattern at an argument apart. It is searched as the C string it is
 * to Redis, up to its first NUL.
 */
export function readSortPattern(call: Call, index: number): SortPattern {
  const ptr = call.argPtr(index);
  const text = call.argText(index);
  const searched = text.split("\0", 1)[0];
  const star = searched.indexOf("*");
  const arrow = star < 0 ? -1 : searched.indexOf("->", star + 1);
  const hasField = arrow >= 0 && arrow + 2 < searched.length;
  const restEnd = hasField ? arrow : text.length;
  return {
    isElement: searched === "#",
    isConstant: star < 0,
    ptr,
    prefixLength: Math.max(star, 0),
    restPtr: ptr + star + 1,
    restLength: restEnd - star - 1,
    fieldPtr: hasField ? ptr + arrow + 2 : 0,
    fieldLength: hasField ? text.length - arrow - 2 : 0,
  };
}

/**
 * Finds what a pattern stands for with the element at this place of SORT's
 * vector, and leaves it in `sortValue`; false if there is nothing.
 */
export function findSortValue(
  call: Call,
  pattern: SortPattern,
  place: number,
): boolean {
  const { x } = call;
  if (pattern.isElement) {
    sortValue.ptr = x.sortPtr(place);
    sortValue.length = x.sortLength(place);
    return true;
  }
  if (pattern.isConstant) return false;
  const key = x.sortKey(
    place,
    pattern.ptr,
    pattern.prefixLength,
    pattern.restPtr,
    pattern.restLength,
  );
  if (key === 0) throw new OutOfMemory();
  const entry = call.keyspace.lookupRead(call.db, key, x.sortKeyLength());
  if (entry === 0) return false;
  return pattern.fieldPtr === 0
    ? findString(call, entry)
    : findField(call, entry, pattern);
}

function findString(call: Call, entry: number): boolean {
  const { x } = call;
  if (x.entryType(entry) !== TYPE_STRING) return false;
  sortValue.ptr = x.stringView(entry);
  sortValue.length = x.stringViewLength();
  return true;
}

/** The value of a hash's field; one past its time is not there. */
function findField(call: Call, entry: number, pattern: SortPattern): boolean {
  const { x } = call;
  const { fieldPtr, fieldLength } = pattern;
  if (x.entryType(entry) !== TYPE_HASH || fieldLength === 0) return false;
  const found = x.hashFind(entry, fieldPtr, fieldLength);
  if (found === FIELD_EXPIRED) {
    call.keyspace.expireField(call.db, entry, fieldPtr, fieldLength);
  }
  if (found !== FIELD_FOUND) return false;
  x.hashFoundView(entry);
  sortValue.ptr = x.hashValuePtr();
  sortValue.length = x.hashValueLength();
  return true;
}
