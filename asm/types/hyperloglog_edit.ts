/**
 * Setting registers of a HyperLogLog. What is edited is either a block that
 * belongs to nobody yet or the string of an entry, whose changes can be undone.
 *
 * Which bytes a sparse one ends up with depends on how runs are split and
 * joined, so this does it exactly as Redis does: the same commands leave the
 * same string.
 */
import { alloc, free, resize, usableSize } from "../base/memory";
import { entryBody } from "../keyspace/entry";
import { undoReserve } from "../keyspace/undo";
import { stringLength } from "./string";
import { growTo, stringAdopt, stringSave, stringSetLength } from "./string_edit";
import {
  DENSE_BYTES,
  denseGet,
  denseSet,
  dropCached,
  HEADER_BYTES,
  isCached,
  isDense,
  CACHE_FLAG,
  readRun,
  registerByte,
  runBytes,
  runLength,
  runValue,
  sparseToDense,
} from "./hyperloglog";

/** Results of `editSet`, besides 1 for a change and 0 for none. */
export const EDIT_CORRUPT: i32 = -1;
export const EDIT_OUT_OF_MEMORY: i32 = -2;

/** The greatest value a VAL run can hold. */
const SPARSE_VALUE_MAX: u32 = 32;
/** The longest VAL and ZERO runs. */
const VAL_LENGTH_MAX: u32 = 4;
const ZERO_LENGTH_MAX: u32 = 64;
/** Setting a register makes a sparse one at most this much longer. */
const SPLIT_BYTES: u32 = 3;
/** Room for that, and for a last XZERO that lacks its second byte. */
const SPLIT_ROOM_BYTES: u32 = 4;
/** Runs looked at for two that can be joined. */
const JOIN_RUNS: u32 = 5;

/** The string's entry; 0: the block belongs to nobody yet. */
export let editEntry: u32 = 0;
/** The bytes and how many they are. */
export let editData: u32 = 0;
export let editLength: u32 = 0;
let editDb: u32 = 0;
/** A sparse one may not grow beyond this. */
let sparseBytesMax: u32 = 0;
/** A block of DENSE_BYTES kept ready, or 0. */
let spare: u32 = 0;

/** The runs that take the place of one. */
const runs: u32 = <u32>memory.data(8);

/** Edits a block, which may be given back for another. */
export function editBlock(data: u32, length: u32, bytesMax: u32): void {
  editEntry = 0;
  editData = data;
  editLength = length;
  sparseBytesMax = bytesMax;
}

/** Edits the string of an entry, which is in a block of its own. */
export function editString(db: u32, entry: u32, bytesMax: u32): void {
  editDb = db;
  sparseBytesMax = bytesMax;
  follow(entry);
}

/** The string is where its entry, which may have moved, says. */
function follow(entry: u32): void {
  editEntry = entry;
  editData = load<u32>(entryBody(entry));
  editLength = stringLength(entry);
}

/** Makes room for a string of `length` bytes; false when out of memory. */
function room(length: u32): bool {
  if (usableSize(editData) >= length) return true;
  if (editEntry == 0) {
    const larger = resize(editData, length << 1);
    if (larger != 0) editData = larger;
    return larger != 0;
  }
  if (!undoReserve(1)) return false;
  const grown = growTo(editDb, editEntry, editLength, length);
  if (grown != 0) follow(grown);
  return grown != 0;
}

/**
 * Gets the memory that setting `count` registers may take, so that none of
 * them fails for the lack of it (unless an undo log is open); false when there
 * is not that much.
 */
export function editReserve(count: u32): bool {
  if (isDense(editData)) return true;
  const longest = <u64>editLength + <u64>count * SPLIT_BYTES;
  const limit = max<u32>(editLength, sparseBytesMax);
  if (!room(<u32>min<u64>(longest, <u64>limit) + SPLIT_ROOM_BYTES)) return false;
  spare = alloc(DENSE_BYTES);
  return spare != 0;
}

/** Gives back what `editReserve` got and was not needed. */
export function editRelease(): void {
  free(spare);
  spare = 0;
}

/** Before bytes are overwritten: true if that can be undone, or need not be. */
// @ts-ignore: decorator
@inline
function save(offset: u32, length: u32): bool {
  return editEntry == 0 || stringSave(editDb, editEntry, offset, length);
}

// @ts-ignore: decorator
@inline
function setLength(length: u32): bool {
  if (editEntry != 0 && !stringSetLength(editDb, editEntry, length)) {
    return false;
  }
  editLength = length;
  return true;
}

/** The cached cardinality no longer holds; false when out of memory. */
export function editDropCached(): bool {
  if (!isCached(editData)) return true;
  if (!save(CACHE_FLAG, 1)) return false;
  dropCached(editData);
  return true;
}

/** Sets a register to a value if that is greater than what it holds. */
export function editSet(index: u32, value: u32): i32 {
  if (!isDense(editData)) return setSparse(index, value);
  const registers = editData + HEADER_BYTES;
  if (denseGet(registers, index) >= value) return 0;
  const at = HEADER_BYTES + registerByte(index);
  // A register that begins above bit 2 goes on in the next byte.
  const bytes: u32 = (index * 6 & 7) > 2 ? 2 : 1;
  if (!save(at, bytes)) return EDIT_OUT_OF_MEMORY;
  denseSet(registers, index, value);
  return 1;
}

/** Makes a sparse one dense: 1, or EDIT_* with nothing changed. */
export function editToDense(): i32 {
  const dense = spare != 0 ? spare : alloc(DENSE_BYTES);
  if (dense == 0) return EDIT_OUT_OF_MEMORY;
  spare = 0;
  if (!sparseToDense(editData, editLength, dense)) {
    free(dense);
    return EDIT_CORRUPT;
  }
  if (editEntry == 0) {
    free(editData);
    editData = dense;
    editLength = DENSE_BYTES;
    return 1;
  }
  const entry = stringAdopt(editDb, editEntry, dense, DENSE_BYTES);
  if (entry == 0) {
    free(dense);
    return EDIT_OUT_OF_MEMORY;
  }
  follow(entry);
  return 1;
}

/** What a sparse one cannot hold makes it dense. */
function promote(index: u32, value: u32): i32 {
  const made = editToDense();
  if (made < 0) return made;
  denseSet(editData + HEADER_BYTES, index, value);
  return 1;
}

// @ts-ignore: decorator
@inline
function valRun(value: u32, length: u32): u8 {
  return <u8>(0x80 | value - 1 << 2 | length - 1);
}

/** Writes a run of zeros; returns what is behind it. */
function putZeros(at: u32, length: u32): u32 {
  const last = length - 1;
  if (length <= ZERO_LENGTH_MAX) {
    store<u8>(at, <u8>last);
    return at + 1;
  }
  store<u8>(at, <u8>(0x40 | last >> 8));
  store<u8>(at, <u8>last, 1);
  return at + 2;
}

/** Writes registers that keep what they hold; returns what is behind them. */
function putRest(at: u32, value: u32, length: u32): u32 {
  if (length == 0) return at;
  if (value == 0) return putZeros(at, length);
  store<u8>(at, valRun(value, length));
  return at + 1;
}

function setSparse(index: u32, value: u32): i32 {
  if (value > SPARSE_VALUE_MAX) return promote(index, value);
  if (!room(editLength + SPLIT_ROOM_BYTES)) return EDIT_OUT_OF_MEMORY;
  const data = editData;
  const end = data + editLength;
  let at = data + HEADER_BYTES;
  let before: u32 = 0;
  let first: u32 = 0;
  while (at < end) {
    readRun(at, end);
    if (index < first + runLength) break;
    before = at;
    at += runBytes;
    first += runLength;
  }
  if (at >= end) return EDIT_CORRUPT;
  if (runValue >= value) return 0;
  const from = before != 0 ? before : data + HEADER_BYTES;
  let behind = putRest(runs, runValue, index - first);
  store<u8>(behind, valRun(value, 1));
  behind = putRest(behind + 1, runValue, first + runLength - 1 - index);
  const bytes = behind - runs;
  const length = editLength + bytes - runBytes;
  if (bytes > runBytes && length > sparseBytesMax) {
    return promote(index, value);
  }
  if (!save(from - data, end - from)) return EDIT_OUT_OF_MEMORY;
  const rest = at + runBytes;
  if (rest < end && bytes != runBytes) {
    memory.copy(at + bytes, rest, end - rest);
  }
  memory.copy(at, runs, bytes);
  const joined = joinRuns(from, data + length);
  if (!setLength(joined - data) || !editDropCached()) {
    return EDIT_OUT_OF_MEMORY;
  }
  return 1;
}

/**
 * Joins neighbouring VAL runs of the same value, looking at a few runs from
 * `from` on. Returns the end of the string, which was at `end`.
 */
function joinRuns(from: u32, end: u32): u32 {
  let at = from;
  for (let left = JOIN_RUNS; left != 0 && at < end; left--) {
    const run = <u32>load<u8>(at);
    if ((run & 0x80) == 0) {
      at += run & 0x40 ? 2 : 1;
      continue;
    }
    if (at + 1 < end) {
      const next = <u32>load<u8>(at, 1);
      const length = (run & 3) + (next & 3) + 2;
      if ((run & 0xfc) == (next & 0xfc) && length <= VAL_LENGTH_MAX) {
        store<u8>(at + 1, <u8>(run & 0xfc | length - 1));
        memory.copy(at, at + 1, end - at - 1);
        end--;
        continue;
      }
    }
    at++;
  }
  return end;
}
