/**
 * Values of collections, whatever their type: freeing, copying, measuring. Each
 * type answers for its own in `types/<type>/mod.ts`.
 *
 * A collection of many elements that nobody can reach any more is not freed at
 * once: it is retired, and freed a slice at a time (`retiredFree`). Freeing must
 * leave the list of emitted elements (dict.ts) alone: whoever empties a database
 * is reading it.
 *
 *   retired value, 16 bytes
 *   +0 u32 next   +4 u32 type << 8 | encoding   +8 u32 value
 */
import { alloc, free } from "../base/memory";
import {
  TYPE_HASH,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STREAM,
  TYPE_ZSET,
} from "../keyspace/entry";
import { hashCopy, hashFreeSome, hashLength, hashUsage } from "./hash/mod";
import { listCopy, listFreeSome, listLength, listUsage } from "./list/mod";
import { setCopy, setFreeSome, setLength, setUsage } from "./set/mod";
import {
  streamCopy,
  streamFreeSome,
  streamLength,
  streamUsage,
} from "./stream/mod";
import { zsetCopy, zsetFreeSome, zsetLength, zsetUsage } from "./zset/mod";

/** Collections of at most so many elements are freed at once. */
const FREE_AT_ONCE_MAX: u32 = 64;
const FREE_STEP: u32 = 1024;

let retired: u32 = 0;
let retiredCount: u32 = 0;

/** Elements of a value. */
export function valueLength(type: u32, encoding: u32, ptr: u32): u32 {
  switch (type) {
    case TYPE_LIST:
      return listLength(encoding, ptr);
    case TYPE_SET:
      return setLength(encoding, ptr);
    case TYPE_ZSET:
      return zsetLength(encoding, ptr);
    case TYPE_HASH:
      return hashLength(encoding, ptr);
    case TYPE_STREAM:
      return streamLength(encoding, ptr);
  }
  return 0;
}

/** Bytes of all blocks of a value; about, if it is very large. */
export function valueUsage(type: u32, encoding: u32, ptr: u32): f64 {
  switch (type) {
    case TYPE_LIST:
      return listUsage(encoding, ptr);
    case TYPE_SET:
      return setUsage(encoding, ptr);
    case TYPE_ZSET:
      return zsetUsage(encoding, ptr);
    case TYPE_HASH:
      return hashUsage(encoding, ptr);
    case TYPE_STREAM:
      return streamUsage(encoding, ptr);
  }
  return 0;
}

/** A copy of a value that shares nothing with it; 0 when out of memory. */
export function valueCopy(type: u32, encoding: u32, ptr: u32): u32 {
  switch (type) {
    case TYPE_LIST:
      return listCopy(encoding, ptr);
    case TYPE_SET:
      return setCopy(encoding, ptr);
    case TYPE_ZSET:
      return zsetCopy(encoding, ptr);
    case TYPE_HASH:
      return hashCopy(encoding, ptr);
    case TYPE_STREAM:
      return streamCopy(encoding, ptr);
  }
  return 0;
}

/** Frees about `limit` elements of a value; true while more remain. */
function freeSome(type: u32, encoding: u32, ptr: u32, limit: u32): bool {
  switch (type) {
    case TYPE_LIST:
      return listFreeSome(encoding, ptr, limit);
    case TYPE_SET:
      return setFreeSome(encoding, ptr, limit);
    case TYPE_ZSET:
      return zsetFreeSome(encoding, ptr, limit);
    case TYPE_HASH:
      return hashFreeSome(encoding, ptr, limit);
    case TYPE_STREAM:
      return streamFreeSome(encoding, ptr, limit);
  }
  return false;
}

/** Frees a value now. */
export function valueFree(type: u32, encoding: u32, ptr: u32): void {
  while (freeSome(type, encoding, ptr, FREE_STEP));
}

/** Frees a value now if it is small, else a slice at a time. */
export function valueDrop(type: u32, encoding: u32, ptr: u32): void {
  const node = valueLength(type, encoding, ptr) > FREE_AT_ONCE_MAX
    ? alloc(16)
    : 0;
  if (node == 0) {
    valueFree(type, encoding, ptr);
    return;
  }
  store<u32>(node, retired);
  store<u32>(node, type << 8 | encoding, 4);
  store<u32>(node, ptr, 8);
  retired = node;
  retiredCount++;
}

/** Retired values not freed yet. */
export function retiredValuesCount(): u32 {
  return retiredCount;
}

/** Frees about `limit` elements of retired values; true while some remain. */
export function retiredValuesFree(limit: u32): bool {
  if (retired == 0) return false;
  const node = retired;
  const shape = load<u32>(node, 4);
  if (!freeSome(shape >> 8, shape & 255, load<u32>(node, 8), limit)) {
    // The list may have grown at its head, but only the head is ever freed.
    retired = load<u32>(node);
    free(node);
    retiredCount--;
  }
  return retired != 0;
}
