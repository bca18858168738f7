/**
 * Changes of an entry's set, with the arguments of the command as members. All
 * count as changes of the key by what they add or remove.
 */
import { alloc, free } from "../../base/memory";
import {
  collectionNew,
  setEncoding,
  setValue,
} from "../../keyspace/collection";
import {
  entryEncoding,
  TYPE_SET,
  valuePtr,
} from "../../keyspace/entry";
import { touched } from "../../keyspace/touched";
import {
  undoOpen,
  undoReserve,
  undoResume,
  undoSuspend,
} from "../../keyspace/undo";
import { argLength, argPtr, frameArgc } from "../../resp/frame";
import {
  memberAdd,
  memberCount,
  memberFind,
  memberRemove,
  OUT_OF_MEMORY,
  workEncoding,
  workFree,
  workNewFor,
  workOn,
  workPtr,
} from "./member";

/** Records of adding or removing one member. */
const RECORDS: u32 = 64;

/** The entry has what the work has become. */
export function writeBack(entry: u32): void {
  if (entryEncoding(entry) != workEncoding) setEncoding(entry, workEncoding);
  setValue(entry, workPtr);
}

/** Whether an entry's set has the member. */
export function setHas(entry: u32, member: u32, length: u32): bool {
  return memberFind(entryEncoding(entry), valuePtr(entry), member, length);
}

/** Members of an entry's set. */
export function setCard(entry: u32): u32 {
  return memberCount(entryEncoding(entry), valuePtr(entry));
}

/** Adds the member to an entry's set: 1, 0 if it is there, -1 when out of memory. */
export function setAdd(db: u32, entry: u32, member: u32, length: u32): i32 {
  const added = addOne(entry, member, length);
  if (added > 0) touched(db, entry, 1);
  return added;
}

function addOne(entry: u32, member: u32, length: u32): i32 {
  if (!undoReserve(RECORDS)) return OUT_OF_MEMORY;
  workOn(entryEncoding(entry), valuePtr(entry));
  const added = memberAdd(member, length);
  writeBack(entry);
  return added;
}

/** Removes the member: 1, 0 if it is not there, -1 when out of memory (while the undo log is open). */
export function setRemove(db: u32, entry: u32, member: u32, length: u32): i32 {
  const removed = removeOne(entry, member, length);
  if (removed > 0) touched(db, entry, 1);
  return removed;
}

function removeOne(entry: u32, member: u32, length: u32): i32 {
  if (!undoReserve(RECORDS)) return OUT_OF_MEMORY;
  workOn(entryEncoding(entry), valuePtr(entry));
  const removed = memberRemove(member, length);
  writeBack(entry);
  return removed;
}

/**
 * Adds the arguments from `first` on to the set of the key, which `entry` has,
 * 0 if it is not there. Returns how many were new, or -1 when out of memory: then
 * the set has the members it had, or an undo log is open to take the rest back.
 */
export function setAddArguments(
  db: u32,
  entry: u32,
  key: u32,
  keyLength: u32,
  first: u32,
): i32 {
  if (entry == 0) return addToNew(db, key, keyLength, first);
  if (frameArgc - first == 1) {
    return setAdd(db, entry, argPtr(first), argLength(first));
  }
  const added = undoOpen ? addEach(entry, first, 0) : addAll(entry, first);
  if (added > 0) touched(db, entry, <u32>added);
  return added;
}

/** Adds arguments, and notes which were new where `notes` has a byte for each. */
function addEach(entry: u32, first: u32, notes: u32): i32 {
  let total: i32 = 0;
  for (let i = first; i < frameArgc; i++) {
    const added = addOne(entry, argPtr(i), argLength(i));
    if (added == OUT_OF_MEMORY) return OUT_OF_MEMORY;
    if (notes != 0) store<u8>(notes + i - first, <u8>added);
    total += added;
  }
  return total;
}

/** `addEach` that takes back by itself what it did before memory ran out. */
function addAll(entry: u32, first: u32): i32 {
  const count = frameArgc - first;
  const notes = alloc(count);
  if (notes == 0) return OUT_OF_MEMORY;
  memory.fill(notes, 0, count);
  const added = addEach(entry, first, notes);
  for (let i: u32 = 0; added == OUT_OF_MEMORY && i < count; i++) {
    if (load<u8>(notes + i) == 0) continue;
    removeOne(entry, argPtr(first + i), argLength(first + i));
  }
  free(notes);
  return added;
}

function addToNew(db: u32, key: u32, keyLength: u32, first: u32): i32 {
  const wasOpen = undoSuspend();
  let added: i32 = workNewFor(argPtr(first), argLength(first)) ? 0 : -1;
  for (let i = first; added >= 0 && i < frameArgc; i++) {
    const one = memberAdd(argPtr(i), argLength(i));
    added = one == OUT_OF_MEMORY ? -1 : added + one;
  }
  undoResume(wasOpen);
  if (added >= 0) {
    const entry = collectionNew(
      db,
      key,
      keyLength,
      TYPE_SET,
      workEncoding,
      workPtr,
    );
    if (entry != 0) {
      touched(db, entry, <u32>added);
      return added;
    }
  }
  workFree();
  return OUT_OF_MEMORY;
}

/**
 * Removes the arguments from `first` on, until the set has no members: how many
 * were there, or -1 when out of memory (only while an undo log is open).
 */
export function setRemoveArguments(db: u32, entry: u32, first: u32): i32 {
  let total: i32 = 0;
  for (let i = first; i < frameArgc; i++) {
    const removed = removeOne(entry, argPtr(i), argLength(i));
    if (removed == OUT_OF_MEMORY) return OUT_OF_MEMORY;
    total += removed;
    if (memberCount(workEncoding, workPtr) == 0) break;
  }
  if (total > 0) touched(db, entry, <u32>total);
  return total;
}
