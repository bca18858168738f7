/** Replies of set commands: all members, membership, SSCAN. */
import { globMatch } from "../base/glob";
import {
  dictScan,
  emittedAt,
  emittedCount,
  emittedLost,
  emittedReset,
  emittedTakeBack,
} from "../keyspace/dict";
import {
  ENCODING_HASHTABLE,
  entryEncoding,
  valuePtr,
} from "../keyspace/entry";
import { argLength, argPtr, frameArgc } from "../resp/frame";
import { replyArray, replyInteger, replySet } from "../resp/reply";
import { eachBegin, eachNext } from "../types/set/each";
import {
  memberFind,
  viewAsText,
  viewElement,
  viewLength,
  viewPtr,
} from "../types/set/member";
import { replyView } from "../types/set/random";
import { setCard } from "../types/set/set";

/** Replies with all members of an entry's set, as a set or as an array. */
export function setMembersReply(entry: u32, asArray: bool): void {
  const count = setCard(entry);
  if (asArray) replyArray(count);
  else replySet(count);
  eachBegin(entryEncoding(entry), valuePtr(entry));
  while (eachNext()) replyView();
}

/** Replies for each argument from `first` on whether the entry's set has it. */
export function setHasReply(entry: u32, first: u32): void {
  const encoding = entryEncoding(entry);
  const ptr = valuePtr(entry);
  replyArray(frameArgc - first);
  for (let i = first; i < frameArgc; i++) {
    replyInteger(memberFind(encoding, ptr, argPtr(i), argLength(i)) ? 1 : 0);
  }
}

/**
 * Walks over a set from `cursor` on until at least `count` members have been
 * emitted, or ten times as many buckets read; fewer where memory does not suffice
 * for their list. Returns the next cursor; 0 at the end. A set that is no dict is
 * walked at once, and nothing emitted.
 */
export function setScanRun(entry: u32, cursor: u32, count: f64): u32 {
  emittedReset();
  if (entryEncoding(entry) != ENCODING_HASHTABLE) return 0;
  const dict = valuePtr(entry);
  let bucketsLeft = count * 10;
  do {
    const before = emittedCount;
    const next = dictScan(dict, cursor);
    if (emittedLost && before != 0) {
      // No memory for the list of so many: the next call goes on from here.
      emittedTakeBack(before);
      return cursor;
    }
    cursor = next;
  } while (cursor != 0 && bucketsLeft-- > 0 && <f64>emittedCount < count);
  return cursor;
}

/**
 * Writes the members that the last `setScanRun` has walked over and that match
 * (`length` -1: all), and returns how many.
 */
export function setScanReply(entry: u32, pattern: u32, length: i32): u32 {
  let found: u32 = 0;
  if (entryEncoding(entry) == ENCODING_HASHTABLE) {
    for (let i: u32 = 0; i < emittedCount; i++) {
      viewElement(emittedAt(i));
      if (replyIfMatching(pattern, length)) found++;
    }
    return found;
  }
  eachBegin(entryEncoding(entry), valuePtr(entry));
  while (eachNext()) if (replyIfMatching(pattern, length)) found++;
  return found;
}

function replyIfMatching(pattern: u32, length: i32): bool {
  if (length >= 0) {
    viewAsText();
    if (!globMatch(pattern, <u32>length, viewPtr, viewLength, false)) {
      return false;
    }
  }
  replyView();
  return true;
}
