/** Members drawn at random: SRANDMEMBER and SPOP. */
import { replaceValue } from "../../keyspace/collection";
import { dictAdd, dictFind, dictNew } from "../../keyspace/dict";
import { dictRandom } from "../../keyspace/dict_random";
import { walkFreeBuckets } from "../../keyspace/dict_walk";
import {
  effectArgument,
  effectBegin,
  effectEnd,
  effectsRecording,
} from "../../keyspace/effects_log";
import { KIND_MEMBER } from "../../keyspace/element";
import {
  ENCODING_HASHTABLE,
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  entryEncoding,
  entryKey,
  entryKeyLength,
  valuePtr,
} from "../../keyspace/entry";
import { random32 } from "../../keyspace/random";
import { touched } from "../../keyspace/touched";
import { undoReserve, undoResume, undoSuspend } from "../../keyspace/undo";
import { siphash } from "../../base/siphash";
import { outputFlags, outputSelected } from "../../resp/output";
import { replyArray, replyBulk, replyBulkI64, replySet } from "../../resp/reply";
import { lpSeek } from "../listpack";
import { eachBegin, eachNext } from "./each";
import { intsetAt, intsetLength } from "./intset";
import {
  memberCount,
  OUT_OF_MEMORY,
  viewAdd,
  viewAsText,
  viewElement,
  viewInteger,
  viewIntegerOf,
  viewIsIn,
  viewIsInteger,
  viewLength,
  viewListpackAt,
  viewPtr,
  viewRemove,
  workEncoding,
  workFree,
  workNewFor,
  workOn,
  workPtr,
} from "./member";
import { writeBack } from "./set";

/** Records of one change. */
const RECORDS: u32 = 64;

/** A number below `limit`. */
// @ts-ignore: decorator
@inline
function below(limit: u32): u32 {
  return <u32>(<u64>random32() * <u64>limit >> 32);
}

/** Has a random member of a set that is not empty in view. */
function viewRandom(encoding: u32, ptr: u32): void {
  if (encoding == ENCODING_INTSET) {
    viewIntegerOf(intsetAt(ptr, below(intsetLength(ptr))));
  } else if (encoding == ENCODING_LISTPACK) {
    viewListpackAt(lpSeek(ptr, <i32>below(memberCount(encoding, ptr))));
  } else viewElement(dictRandom(ptr));
}

/** Has a random member of an entry's set at `setMemberPtr`, `setMemberLength`. */
export function setRandom(entry: u32): void {
  viewRandom(entryEncoding(entry), valuePtr(entry));
  viewAsText();
}

/** Replies with the member in view. */
// @ts-ignore: decorator
@inline
export function replyView(): void {
  if (viewIsInteger) replyBulkI64(viewInteger);
  else replyBulk(viewPtr, viewLength);
}

// ----------------------------------------------------------------- SRANDMEMBER

/** Draws between two looks at whether the reply still has room. */
const DRAWS_AT_ONCE: u32 = 1024;

/** Replies with `count` members, the same more than once perhaps. */
export function setRandomReply(entry: u32, count: u32): void {
  const encoding = entryEncoding(entry);
  const ptr = valuePtr(entry);
  replyArray(count);
  for (let i: u32 = 0; i < count; i++) {
    if (
      i % DRAWS_AT_ONCE == 0 && outputSelected() != 0 &&
      outputFlags(outputSelected()) != 0
    ) return;
    viewRandom(encoding, ptr);
    replyView();
  }
}

/** Of a set this many times larger than what is wanted, members are drawn. */
const DRAW_FROM_TIMES: u64 = 3;

/**
 * Replies with `count` different members, fewer than the set has. False when out
 * of memory, nothing written.
 */
export function setRandomDistinctReply(entry: u32, count: u32): bool {
  const encoding = entryEncoding(entry);
  const ptr = valuePtr(entry);
  const size = memberCount(encoding, ptr);
  if (
    encoding == ENCODING_HASHTABLE && <u64>count * DRAW_FROM_TIMES < <u64>size
  ) return drawDistinct(ptr, count);
  replyArray(count);
  let wanted = count;
  let left = size;
  eachBegin(encoding, ptr);
  // Each of those left is as likely as any other to be among those wanted.
  while (wanted != 0 && eachNext()) {
    if (below(left--) >= wanted) continue;
    wanted--;
    replyView();
  }
  return true;
}

/** Draws until `count` different ones have come. */
function drawDistinct(dict: u32, count: u32): bool {
  // Holds elements of the set, which are not its own.
  const drawn = dictNew(KIND_MEMBER);
  if (drawn == 0) return false;
  let found: u32 = 0;
  while (found < count) {
    const element = dictRandom(dict);
    viewElement(element);
    const hash = siphash(viewPtr, viewLength);
    if (dictFind(drawn, viewPtr, viewLength, hash) != 0) continue;
    if (!dictAdd(drawn, element, hash)) {
      walkFreeBuckets(drawn);
      return false;
    }
    found++;
  }
  replyArray(count);
  replyElements(drawn);
  walkFreeBuckets(drawn);
  return true;
}

function replyElements(dict: u32): void {
  eachBegin(ENCODING_HASHTABLE, dict);
  while (eachNext()) replyView();
}

// ------------------------------------------------------------------------ SPOP

/** "SREM" */
const SREM: u32 = <u32>memory.data<u8>([0x53, 0x52, 0x45, 0x4d]);

/** Where SPOP of many leaves this fraction or less, those to stay are drawn. */
const STAY_TIMES: u64 = 5;

/** Tells sinks of effects that the member in view leaves the entry's set. */
function recordRemoval(db: u32, entry: u32): void {
  if (!effectsRecording()) return;
  viewAsText();
  effectBegin(db, 3);
  effectArgument(SREM, 4);
  effectArgument(entryKey(entry), entryKeyLength(entry));
  effectArgument(viewPtr, viewLength);
  effectEnd();
}

/**
 * Removes `count` random members, fewer than the set has, replies with them and
 * records an SREM for each. False when out of memory: the reply is begun, but
 * nothing else changed, unless an undo log is open to take it back.
 */
export function setPopReply(db: u32, entry: u32, count: u32): bool {
  const size = memberCount(entryEncoding(entry), valuePtr(entry));
  const stay = size - count;
  replySet(count);
  if (<u64>stay * STAY_TIMES <= <u64>count) return popAllBut(db, entry, stay);
  for (let i: u32 = 0; i < count; i++) {
    if (!undoReserve(RECORDS)) return false;
    workOn(entryEncoding(entry), valuePtr(entry));
    viewRandom(workEncoding, workPtr);
    replyView();
    recordRemoval(db, entry);
    const removed = viewRemove();
    writeBack(entry);
    if (removed == OUT_OF_MEMORY) return false;
  }
  touched(db, entry, count);
  return true;
}

/** Members drawn make a new set, as Redis makes it; the others leave. */
function popAllBut(db: u32, entry: u32, stay: u32): bool {
  if (!undoReserve(RECORDS)) return false;
  const encoding = entryEncoding(entry);
  const ptr = valuePtr(entry);
  const wasOpen = undoSuspend();
  const isDrawn = draw(encoding, ptr, stay);
  if (!isDrawn) workFree();
  undoResume(wasOpen);
  if (!isDrawn) return false;
  eachBegin(encoding, ptr);
  while (eachNext()) {
    if (viewIsIn(workEncoding, workPtr)) continue;
    replyView();
    recordRemoval(db, entry);
  }
  touched(db, entry, memberCount(encoding, ptr) - stay);
  replaceValue(entry, workEncoding, workPtr);
  return true;
}

/** Makes a set of `stay` random members the work. */
function draw(encoding: u32, ptr: u32, stay: u32): bool {
  viewRandom(encoding, ptr);
  viewAsText();
  if (!workNewFor(viewPtr, viewLength)) return false;
  let have: u32 = 0;
  while (true) {
    const added = viewAdd();
    if (added == OUT_OF_MEMORY) return false;
    have += <u32>added;
    if (have == stay) return true;
    viewRandom(encoding, ptr);
  }
}
