/** Sets as values: what `types/value.ts` asks of every type. */
import { alloc, free, usableSize } from "../../base/memory";
import { siphash } from "../../base/siphash";
import {
  dictAdd,
  dictCount,
  dictNew,
  dictOverhead,
} from "../../keyspace/dict";
import { walkFreeSome } from "../../keyspace/dict_walk";
import {
  KIND_MEMBER,
  memberHeaderBytes,
  memberWrite,
} from "../../keyspace/element";
import { ENCODING_HASHTABLE, ENCODING_INTSET } from "../../keyspace/entry";
import { lpBytes } from "../listpack";
import { eachBegin, eachNext } from "./each";
import { intsetBytes } from "./intset";
import { memberCount, viewLength, viewPtr } from "./member";

/** Members of a large set whose bytes stand for all. */
const SAMPLE: u32 = 1000;

/** Members. */
export function setLength(encoding: u32, ptr: u32): u32 {
  return memberCount(encoding, ptr);
}

/**
 * Frees about `limit` members of a value nobody can reach any more; true while
 * more remain, and once false all is gone.
 */
export function setFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  if (encoding == ENCODING_HASHTABLE) return walkFreeSome(ptr, limit);
  free(ptr);
  return false;
}

/** Bytes of all blocks; of a large set, as far as its first members tell. */
export function setUsage(encoding: u32, ptr: u32): f64 {
  if (encoding != ENCODING_HASHTABLE) return <f64>usableSize(ptr);
  const count = dictCount(ptr);
  let bytes: f64 = 0;
  let seen: u32 = 0;
  eachBegin(encoding, ptr);
  while (seen < SAMPLE && eachNext()) {
    // The block begins with the header of the member's length.
    bytes += <f64>usableSize(viewPtr - memberHeaderBytes(viewLength));
    seen++;
  }
  if (seen != 0) bytes *= <f64>count / <f64>seen;
  return dictOverhead(ptr) + bytes;
}

function blockCopy(block: u32, bytes: u32): u32 {
  const copy = alloc(bytes);
  if (copy != 0) memory.copy(copy, block, bytes);
  return copy;
}

/** A set that shares nothing with this one; 0 when out of memory. */
export function setCopy(encoding: u32, ptr: u32): u32 {
  if (encoding == ENCODING_INTSET) return blockCopy(ptr, intsetBytes(ptr));
  if (encoding != ENCODING_HASHTABLE) return blockCopy(ptr, lpBytes(ptr));
  const dict = dictNew(KIND_MEMBER);
  if (dict == 0) return 0;
  eachBegin(encoding, ptr);
  while (eachNext()) {
    const element = alloc(memberHeaderBytes(viewLength) + viewLength);
    if (element != 0) {
      memberWrite(element, viewPtr, viewLength);
      if (dictAdd(dict, element, siphash(viewPtr, viewLength))) continue;
      free(element);
    }
    while (walkFreeSome(dict, 1 << 30));
    return 0;
  }
  return dict;
}
