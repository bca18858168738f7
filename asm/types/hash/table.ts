/**
 * Large hashes: a dict of fields, and a heap of the expiries of those that have
 * one.
 *
 *   table, 24 bytes
 *   +0  u32  dict             of fields (field.ts)
 *   +4  ...  heap             see expiries.ts
 *
 * Owner: the entry of its key. What changes a table goes through the undo log:
 * `undoReserve(TABLE_RECORDS)` must have succeeded.
 */
import { alloc, blockBytes, free, usableSize } from "../../base/memory";
import { siphash } from "../../base/siphash";
import {
  childOf,
  dictAdd,
  dictCount,
  dictFind,
  dictMove,
  dictNew,
  dictOverhead,
  dictShrinkIfSparse,
  elementAdd,
  elementRemoveFound,
  elementReplaceFound,
  hasChild,
  slotAddress,
  usedMask,
} from "../../keyspace/dict";
import { walkBucket, walkEnd, walkFreeSome } from "../../keyspace/dict_walk";
import {
  KIND_FIELD,
  memberHeaderBytes,
  memberKey,
  memberKeyLength,
  memberWrite,
} from "../../keyspace/element";
import { undoFree, undoOpen, undoResume, undoSuspend } from "../../keyspace/undo";
import {
  HEAP_RECORDS,
  heapAdd,
  heapBytes,
  heapFree,
  heapRelocate,
  heapRemove,
  heapReserve,
  heapUpdate,
  heapWhen,
} from "./expiries";
import {
  FIELD_VOLATILE,
  fieldBytes,
  fieldIsVolatile,
  fieldKey,
  fieldKeyLength,
  fieldNew,
  fieldPlace,
  fieldUsedBytes,
  fieldValue,
} from "./field";

/** Undo records one change of a table may take. */
export const TABLE_RECORDS: u32 = HEAP_RECORDS + 16;

const TABLE_BYTES: u32 = 24;

/** Fields measured to know the size of a very large hash. */
const USAGE_SAMPLES: u32 = 1024;

/** Results of changes: what was put is new, or replaced something. */
export const PUT_CREATED: i32 = 1;
export const PUT_UPDATED: i32 = 0;
export const PUT_OUT_OF_MEMORY: i32 = -1;

/** An empty table, not recorded in the undo log; 0 when out of memory. */
export function tableNew(): u32 {
  const table = alloc(TABLE_BYTES);
  if (table == 0) return 0;
  memory.fill(table, 0, TABLE_BYTES);
  const dict = dictNew(KIND_FIELD);
  if (dict == 0) {
    free(table);
    return 0;
  }
  store<u32>(table, dict);
  return table;
}

// @ts-ignore: decorator
@inline
export function tableDict(table: u32): u32 {
  return load<u32>(table);
}

// @ts-ignore: decorator
@inline
export function tableLength(table: u32): u32 {
  return dictCount(tableDict(table));
}

/** The element of a field, 0 if there is none; what changes "the last found" is about it. */
export function tableFind(table: u32, name: u32, length: u32): u32 {
  return dictFind(tableDict(table), name, length, siphash(name, length));
}

/** When the element expires, ms of Unix time; 0 for never. */
// @ts-ignore: decorator
@inline
export function tableWhen(table: u32, element: u32): i64 {
  return fieldIsVolatile(element) ? heapWhen(table, fieldPlace(element)) : 0;
}

/** Adds a field that is not there to a table; false when out of memory. */
function add(
  table: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  valueLength: u32,
  hash: u64,
): bool {
  const element = fieldNew(name, nameLength, value, valueLength, 0);
  if (element == 0) return false;
  if (elementAdd(tableDict(table), element, hash)) return true;
  undoFree(element);
  return false;
}

/** Whether another value fits in the element's block, without wasting any. */
// @ts-ignore: decorator
@inline
function fits(element: u32, nameLength: u32, valueLength: u32): bool {
  const flags = <u32>load<u8>(element);
  const bytes = fieldBytes(nameLength, valueLength, flags);
  const have = usableSize(element);
  return bytes <= <u64>have && blockBytes(<u32>bytes) == have;
}

/**
 * The field holds the value; PUT_*. Its expiry, if it has one, goes unless it is
 * kept.
 */
export function tablePut(
  table: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  valueLength: u32,
  keepExpiry: bool,
): i32 {
  const hash = siphash(name, nameLength);
  const old = dictFind(tableDict(table), name, nameLength, hash);
  if (old == 0) {
    return add(table, name, nameLength, value, valueLength, hash)
      ? PUT_CREATED
      : PUT_OUT_OF_MEMORY;
  }
  const isVolatile = fieldIsVolatile(old);
  const keeps = isVolatile && keepExpiry;
  if (!undoOpen && isVolatile == keeps && fits(old, nameLength, valueLength)) {
    memberWrite(fieldValue(old), value, valueLength);
    return PUT_UPDATED;
  }
  const flags = keeps ? FIELD_VOLATILE : 0;
  const element = fieldNew(name, nameLength, value, valueLength, flags);
  if (element == 0) return PUT_OUT_OF_MEMORY;
  if (keeps) heapRelocate(table, fieldPlace(old), element);
  else if (isVolatile) heapRemove(table, old);
  elementReplaceFound(tableDict(table), element);
  undoFree(old);
  return PUT_UPDATED;
}

/** Takes the element that `tableFind` found last out, and frees it. */
export function tableRemoveFound(table: u32, element: u32): void {
  const dict = tableDict(table);
  if (fieldIsVolatile(element)) heapRemove(table, element);
  elementRemoveFound(dict);
  undoFree(element);
  if (!dictMove(dict, 1)) dictShrinkIfSparse(dict);
}

/** The last found element's copy with or without room for an expiry; 0 when out of memory. */
function reshape(table: u32, element: u32, flags: u32): u32 {
  const value = fieldValue(element);
  const shaped = fieldNew(
    fieldKey(element),
    fieldKeyLength(element),
    memberKey(value),
    memberKeyLength(value),
    flags,
  );
  if (shaped != 0) elementReplaceFound(tableDict(table), shaped);
  return shaped;
}

/** Sets when the element that `tableFind` found last expires; false when out of memory. */
export function tableExpireFound(
  table: u32,
  element: u32,
  whenMs: i64,
): bool {
  if (fieldIsVolatile(element)) {
    heapUpdate(table, element, whenMs);
    return true;
  }
  if (!heapReserve(table)) return false;
  const shaped = reshape(table, element, FIELD_VOLATILE);
  if (shaped == 0) return false;
  heapAdd(table, shaped, whenMs);
  undoFree(element);
  return true;
}

/** The element that `tableFind` found last, a volatile one, expires no more; false when out of memory. */
export function tablePersistFound(table: u32, element: u32): bool {
  const shaped = reshape(table, element, 0);
  if (shaped == 0) return false;
  heapRemove(table, element);
  undoFree(element);
  return true;
}

/**
 * Adds a field known not to be there to a table that nobody can reach yet;
 * false when out of memory.
 */
export function tableFill(
  table: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  valueLength: u32,
  whenMs: i64,
): bool {
  if (whenMs != 0 && !heapReserve(table)) return false;
  const flags = whenMs != 0 ? FIELD_VOLATILE : 0;
  const element = fieldNew(name, nameLength, value, valueLength, flags);
  if (element == 0) return false;
  // Read back from the element: what was given may be a passing view.
  const hash = siphash(fieldKey(element), nameLength);
  if (!dictAdd(tableDict(table), element, hash)) {
    free(element);
    return false;
  }
  if (whenMs != 0) heapAdd(table, element, whenMs);
  return true;
}

/** Frees about `limit` fields of a table nobody can reach; true while more remain. */
export function tableFreeSome(table: u32, limit: u32): bool {
  heapFree(table);
  if (walkFreeSome(tableDict(table), limit)) return true;
  free(table);
  return false;
}

/** Frees a table that nobody can reach. */
export function tableFree(table: u32): void {
  while (tableFreeSome(table, 1024));
}

/** Adds a copy of an element; false when out of memory. */
function copyField(table: u32, element: u32, copy: u32): bool {
  const value = fieldValue(element);
  return tableFill(
    copy,
    fieldKey(element),
    fieldKeyLength(element),
    memberKey(value),
    memberKeyLength(value),
    tableWhen(table, element),
  );
}

/** A copy that shares nothing, not recorded in the undo log; 0 when out of memory. */
export function tableCopy(table: u32): u32 {
  const wasOpen = undoSuspend();
  const copy = copyFields(table);
  undoResume(wasOpen);
  return copy;
}

function copyFields(table: u32): u32 {
  const copy = tableNew();
  if (copy == 0) return 0;
  const dict = tableDict(table);
  const end = walkEnd(dict);
  for (let position: u32 = 0; position < end; position++) {
    if (copyChain(table, walkBucket(dict, position), copy)) continue;
    tableFree(copy);
    return 0;
  }
  return copy;
}

/** Adds copies of the fields of a bucket (0: none) and those behind it; false when out of memory. */
function copyChain(table: u32, head: u32, copy: u32): bool {
  let bucket = head;
  while (bucket != 0) {
    for (let slots = usedMask(bucket); slots != 0; slots &= slots - 1) {
      const element = load<u32>(slotAddress(bucket, ctz(slots)));
      if (!copyField(table, element, copy)) return false;
    }
    bucket = hasChild(bucket) ? childOf(bucket) : 0;
  }
  return true;
}

/** Bytes of the blocks of the fields of a bucket (0: none) and those behind it, and how many. */
let chainFields: u32 = 0;

function chainBytes(head: u32): f64 {
  let bytes: f64 = 0;
  chainFields = 0;
  let bucket = head;
  while (bucket != 0) {
    for (let slots = usedMask(bucket); slots != 0; slots &= slots - 1) {
      bytes += <f64>usableSize(load<u32>(slotAddress(bucket, ctz(slots))));
      chainFields++;
    }
    bucket = hasChild(bucket) ? childOf(bucket) : 0;
  }
  return bytes;
}

/** Bytes of all its blocks; of a very large table's fields, a sample is measured. */
export function tableUsage(table: u32): f64 {
  const dict = tableDict(table);
  let bytes: f64 = 0;
  let measured: u32 = 0;
  const end = walkEnd(dict);
  for (
    let position: u32 = 0;
    position < end && measured < USAGE_SAMPLES;
    position++
  ) {
    bytes += chainBytes(walkBucket(dict, position));
    measured += chainFields;
  }
  if (measured != 0) bytes *= <f64>tableLength(table) / <f64>measured;
  return Math.floor(bytes) + <f64>usableSize(table) + dictOverhead(dict) +
    heapBytes(table);
}
