/**
 * HyperLogLogs as commands change and count them. Entries that are given hold
 * strings which look right (`hllCheck`).
 */
import { alloc, free, resize } from "../base/memory";
import { TYPE_STRING, entryType } from "../keyspace/entry";
import { touched } from "../keyspace/touched";
import { argLength, argPtr, frameArgc } from "../resp/frame";
import { replyArray, replyInteger } from "../resp/reply";
import {
  cardinality,
  countOf,
  countUnion,
  denseGet,
  dropCached,
  elementIndex,
  elementValue,
  EMPTY_BYTES,
  HEADER_BYTES,
  hllLooksRight,
  isCached,
  isDense,
  lookAt,
  packAll,
  REGISTERS,
  sparseIsWhole,
  union,
  unionClear,
  unionMerge,
  writeEmpty,
} from "../types/hyperloglog";
import {
  EDIT_OUT_OF_MEMORY,
  editBlock,
  editData,
  editDropCached,
  editEntry,
  editLength,
  editRelease,
  editReserve,
  editSet,
  editString,
  editToDense,
} from "../types/hyperloglog_edit";
import { stringView, viewLength, viewPtr } from "../types/string";
import {
  stringAdopt,
  stringRoom,
  stringSave,
  stringSetBlock,
} from "../types/string_edit";

/** Offset of the cached cardinality. */
const CACHED: u32 = 8;
/** Where PFADD's elements begin. */
const FIRST_ELEMENT: u32 = 2;

/** Whether the string of an entry looks like a HyperLogLog. */
export function hllCheck(entry: u32): bool {
  if (entryType(entry) != TYPE_STRING) return false;
  stringView(entry);
  return hllLooksRight(viewPtr, viewLength);
}

/** A block with a HyperLogLog without elements; 0 when out of memory. */
function newEmpty(): u32 {
  const data = alloc(EMPTY_BYTES);
  if (data != 0) writeEmpty(data);
  return data;
}

// -------------------------------------------------------------------- PFADD

/** Adds the elements of the frame to what is edited: registers changed, or EDIT_*. */
function addElements(): i32 {
  let changed = 0;
  for (let i = FIRST_ELEMENT; i < frameArgc; i++) {
    lookAt(argPtr(i), argLength(i));
    const result = editSet(elementIndex, elementValue);
    if (result < 0) return result;
    changed += result;
  }
  if (changed != 0 && !editDropCached()) return EDIT_OUT_OF_MEMORY;
  return changed;
}

function addToNew(db: u32, bytesMax: u32): i32 {
  const data = newEmpty();
  if (data == 0) return EDIT_OUT_OF_MEMORY;
  dropCached(data);
  editBlock(data, EMPTY_BYTES, bytesMax);
  const changed = addElements();
  if (changed < 0) {
    free(editData);
    return changed;
  }
  const entry = stringSetBlock(
    db,
    argPtr(1),
    argLength(1),
    editData,
    editLength,
  );
  if (entry == 0) return EDIT_OUT_OF_MEMORY;
  if (changed != 0) touched(db, entry, changed);
  return changed + 1;
}

/**
 * Adds to a copy, which takes the place of the string if all goes well: some
 * elements may find their place in a corrupt one and others not.
 */
function addToCorrupt(db: u32, entry: u32, bytesMax: u32): i32 {
  if (!editCopy(entry, bytesMax)) return EDIT_OUT_OF_MEMORY;
  let changed = addElements();
  if (changed > 0) {
    const adopted = stringAdopt(db, entry, editData, editLength);
    if (adopted != 0) {
      touched(db, adopted, changed);
      return changed;
    }
    changed = EDIT_OUT_OF_MEMORY;
  }
  free(editData);
  return changed;
}

/**
 * PFADD of the arguments in the frame, `entry` being what their key holds, 0 if
 * nothing. Returns how many registers have changed, a new key being one more,
 * or EDIT_* with nothing changed.
 */
export function hllAdd(db: u32, entry: u32, bytesMax: u32): i32 {
  if (entry == 0) return addToNew(db, bytesMax);
  const own = stringRoom(db, entry, 0);
  if (own == 0) return EDIT_OUT_OF_MEMORY;
  editString(db, own, bytesMax);
  if (frameArgc > FIRST_ELEMENT + 1 && !isDense(editData)) {
    if (!sparseIsWhole(editData, editLength)) {
      return addToCorrupt(db, own, bytesMax);
    }
    if (!editReserve(frameArgc - FIRST_ELEMENT)) return EDIT_OUT_OF_MEMORY;
  }
  const changed = addElements();
  editRelease();
  if (changed > 0) touched(db, editEntry, changed);
  return changed;
}

// ------------------------------------------------------------------ PFCOUNT

/** What the last `hllCount` found. */
let counted: i64 = 0;

/**
 * PFCOUNT of one key: computes the cardinality and keeps it in the string.
 * False when that is corrupt. Without memory to keep it, it is not kept.
 */
export function hllCount(db: u32, entry: u32): bool {
  const own = stringRoom(db, entry, 0);
  stringView(own != 0 ? own : entry);
  if (isCached(viewPtr)) {
    counted = load<i64>(viewPtr, CACHED);
    return true;
  }
  if (!countOf(viewPtr, viewLength)) return false;
  counted = cardinality;
  if (own != 0 && stringSave(db, own, CACHED, 8)) {
    store<i64>(viewPtr, counted, CACHED);
    touched(db, own, 1);
  }
  return true;
}

/** Replies with the cardinality that `hllCount` found. */
export function hllCountReply(): void {
  replyInteger(counted);
}

// -------------------------------------------------- the union of several keys

/** Whether any of those merged was dense. */
let unionIsDense: bool = false;

export function hllUnionBegin(): void {
  unionClear();
  unionIsDense = false;
}

/** Merges the string of an entry; false when it is corrupt. */
export function hllUnionAdd(entry: u32): bool {
  stringView(entry);
  if (isDense(viewPtr)) unionIsDense = true;
  return unionMerge(viewPtr, viewLength);
}

/** Replies with the cardinality of the union. */
export function hllUnionReply(): void {
  countUnion();
  replyInteger(cardinality);
}

/** Edits a copy of an entry's string, or an empty one for 0. */
function editCopy(entry: u32, bytesMax: u32): bool {
  let copy: u32 = 0;
  let length = EMPTY_BYTES;
  if (entry == 0) copy = newEmpty();
  else {
    stringView(entry);
    length = viewLength;
    copy = alloc(length);
    if (copy != 0) memory.copy(copy, viewPtr, length);
  }
  editBlock(copy, length, bytesMax);
  return copy != 0;
}

/** Sets the registers of what is edited to those of the union: 1 or EDIT_*. */
function editUnion(): i32 {
  for (let i: u32 = 0; i < REGISTERS; i++) {
    // Dense ones need no more than to be packed.
    if (isDense(editData)) {
      packAll(editData + HEADER_BYTES, union);
      break;
    }
    const value = <u32>load<u8>(union + i);
    if (value == 0) continue;
    const result = editSet(i, value);
    if (result < 0) return result;
  }
  dropCached(editData);
  return 1;
}

/**
 * PFMERGE: the key holds the union, of which what it held, `entry` or 0, is a
 * part. Returns the entry, or 0 when out of memory, nothing changed.
 */
export function hllUnionStore(
  db: u32,
  key: u32,
  keyLength: u32,
  entry: u32,
  bytesMax: u32,
): u32 {
  if (!editCopy(entry, bytesMax)) return 0;
  let made = unionIsDense && !isDense(editData) ? editToDense() : 1;
  if (made > 0) made = editUnion();
  if (made < 0) {
    free(editData);
    return 0;
  }
  const fitting = resize(editData, editLength);
  const data = fitting != 0 ? fitting : editData;
  if (entry == 0) return stringSetBlock(db, key, keyLength, data, editLength);
  const stored = stringAdopt(db, entry, data, editLength);
  if (stored != 0) touched(db, stored, 1);
  else free(data);
  return stored;
}

// ------------------------------------------------------------------ PFDEBUG

/**
 * Makes the string of an entry dense: 1, 0 if it was, or EDIT_* with nothing
 * changed. The entry is then to be looked up again.
 */
export function hllToDense(db: u32, entry: u32): i32 {
  const own = stringRoom(db, entry, 0);
  if (own == 0) return EDIT_OUT_OF_MEMORY;
  editString(db, own, 0);
  if (isDense(editData)) return 0;
  const made = editToDense();
  if (made > 0) touched(db, editEntry, 1);
  return made;
}

/** Replies with all registers of a dense one. */
export function hllRegistersReply(entry: u32): void {
  stringView(entry);
  replyArray(REGISTERS);
  for (let i: u32 = 0; i < REGISTERS; i++) {
    replyInteger(<i64>denseGet(viewPtr + HEADER_BYTES, i));
  }
}
