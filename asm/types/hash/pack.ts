/**
 * Small hashes: a listpack of fields and values in turn, as Redis keeps and
 * stores them. As soon as a field has had an expiry (listpackex) each value is
 * followed by one, in ms of Unix time, 0 for none; the fields that expire come
 * first, the soonest at the front.
 *
 * `step` is what one field takes: PLAIN_STEP or EXPIRY_STEP elements. Functions
 * that change a listpack return it, as it may have moved, or 0 when out of
 * memory, nothing changed; `undoReserve(PACK_RECORDS)` must have succeeded.
 */
import { alloc, resize, usableSize } from "../../base/memory";
import { writeI64 } from "../../base/number";
import { undoOpen } from "../../keyspace/undo";
import {
  elementBytes,
  LP_HEADER_BYTES,
  lpAppend,
  lpAppendInt,
  lpBytes,
  lpCount,
  lpDeleteRange,
  lpEncodedBytes,
  lpFind,
  lpFirst,
  lpGet,
  lpInt,
  lpLength,
  lpNext,
  lpPosition,
  lpPrev,
  lpPtr,
  lpReplace,
  lpReplaceInt,
  lpView,
} from "../listpack";
import { tableFill, tableFree, tableNew } from "./table";

export const PLAIN_STEP: u32 = 2;
export const EXPIRY_STEP: u32 = 3;

/** Undo records one change may take. */
export const PACK_RECORDS: u32 = 16;

const COUNT_UNKNOWN: u32 = 65535;
/** Bytes of the element 0. */
const ZERO_BYTES: u32 = 2;

/** Bytes moved at a time when fields change places. */
const CARRIED_BYTES: u32 = 512;
const carried: u32 = <u32>memory.data(512);

/** The name of a field that is an integer, while its value is under view. */
const nameDigits: u32 = <u32>memory.data(24);

/** Whether the last `packPut` added a field. */
export let packCreated: bool = false;

/** Where a field is, 0 if it is not there. */
export function packFind(lp: u32, name: u32, length: u32, step: u32): u32 {
  const first = lpFirst(lp);
  return first == 0 ? 0 : lpFind(lp, first, name, length, step - 1);
}

/** The field behind the one at `p`, 0 if that is the last. */
export function packNext(lp: u32, p: u32, step: u32): u32 {
  for (let i = step; i > 0 && p != 0; i--) p = lpNext(lp, p);
  return p;
}

/** When the field at `p` expires, 0 for never. */
export function packWhen(lp: u32, p: u32, step: u32): i64 {
  if (step == PLAIN_STEP) return 0;
  lpGet(lpNext(lp, lpNext(lp, p)));
  return lpInt;
}

/** When the first field expires, 0 for never. */
export function packNextExpiry(lp: u32, step: u32): i64 {
  const first = lpFirst(lp);
  return first == 0 ? 0 : packWhen(lp, first, step);
}

/** Sees to it that what is appended next, `bytes` in all, finds room without moving. */
function makeRoom(lp: u32, bytes: u32): u32 {
  const need = lpBytes(lp) + bytes;
  return undoOpen || need <= usableSize(lp) ? lp : resize(lp, need);
}

function append(
  lp: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  valueLength: u32,
  step: u32,
): u32 {
  const bytes = lpEncodedBytes(name, nameLength) +
    lpEncodedBytes(value, valueLength) + ZERO_BYTES;
  lp = makeRoom(lp, bytes);
  if (lp != 0) lp = lpAppend(lp, name, nameLength);
  if (lp != 0) lp = lpAppend(lp, value, valueLength);
  if (lp != 0 && step == EXPIRY_STEP) lp = lpAppendInt(lp, 0);
  return lp;
}

/**
 * The field holds the value. Its expiry, if it has one, goes unless it is kept.
 * Neither name nor value may lie in the listpack.
 */
export function packPut(
  lp: u32,
  name: u32,
  nameLength: u32,
  value: u32,
  valueLength: u32,
  step: u32,
  keepExpiry: bool,
): u32 {
  const p = packFind(lp, name, nameLength, step);
  packCreated = p == 0;
  if (p == 0) return append(lp, name, nameLength, value, valueLength, step);
  lp = lpReplace(lp, lpNext(lp, p), value, valueLength);
  if (lp == 0 || step == PLAIN_STEP || keepExpiry) return lp;
  const start = lpPrev(lp, lpPosition);
  return packWhen(lp, start, step) == 0 ? lp : packExpire(lp, start, 0);
}

/** Takes the field at `p` out. */
export function packRemove(lp: u32, p: u32, step: u32): u32 {
  return lpDeleteRange(lp, p, step);
}

/** The bytes from `start` to `end` change places with those behind them, up to `last`. */
function carryBack(start: u32, end: u32, last: u32): void {
  const behind = last - end;
  while (end > start) {
    const bytes = min<u32>(end - start, CARRIED_BYTES);
    memory.copy(carried, end - bytes, bytes);
    memory.copy(end - bytes, end, behind);
    memory.copy(end - bytes + behind, carried, bytes);
    end -= bytes;
  }
}

/** The bytes from `start` to `end` change places with those before them, from `first` on. */
function carryForward(first: u32, start: u32, end: u32): void {
  const before = start - first;
  while (start < end) {
    const bytes = min<u32>(end - start, CARRIED_BYTES);
    memory.copy(carried, start, bytes);
    memory.copy(first + bytes, first, before);
    memory.copy(first, carried, bytes);
    first += bytes;
    start += bytes;
  }
}

/**
 * Sets when the field at `p` expires, 0 for never, and puts it where it belongs:
 * behind those that expire before it or at the same time.
 */
export function packExpire(lp: u32, p: u32, whenMs: i64): u32 {
  lp = lpReplaceInt(lp, lpNext(lp, lpNext(lp, p)), whenMs);
  if (lp == 0) return 0;
  const end = lpPosition + elementBytes(lpPosition);
  const start = lpPrev(lp, lpPrev(lp, lpPosition));
  const last = lp + lpBytes(lp) - 1;
  let place = last;
  if (whenMs != 0) {
    let other = lpFirst(lp);
    while (other != 0) {
      if (other != start) {
        const otherWhen = packWhen(lp, other, EXPIRY_STEP);
        if (otherWhen == 0 || otherWhen > whenMs) {
          place = other;
          break;
        }
      }
      other = packNext(lp, other, EXPIRY_STEP);
    }
  }
  // A fresh block, or one that no open log knows: it may be written to.
  if (place > end) carryBack(start, end, place);
  else if (place < start) carryForward(place, start, end);
  return lp;
}

/**
 * A listpack with room for expiries, all 0, made of one without; not recorded in
 * the undo log.
 */
export function packWithExpiries(lp: u32): u32 {
  const fields = lpCount(lp) / PLAIN_STEP;
  const bytes = lpBytes(lp) + fields * ZERO_BYTES;
  const made = alloc(bytes);
  if (made == 0) return 0;
  store<u32>(made, bytes);
  const count = min<u32>(fields * EXPIRY_STEP, COUNT_UNKNOWN);
  store<u16>(made, <u16>count, 4);
  let to = made + LP_HEADER_BYTES;
  let p = lpFirst(lp);
  while (p != 0) {
    const value = p + elementBytes(p);
    const end = value + elementBytes(value);
    memory.copy(to, p, end - p);
    to += end - p;
    // The integer 0, and that it is one byte long.
    store<u16>(to, 0x0100);
    to += ZERO_BYTES;
    p = packNext(lp, p, PLAIN_STEP);
  }
  store<u8>(to, 0xff);
  return made;
}

/** Adds the field at `p` to a table; false when out of memory. */
function addTo(table: u32, lp: u32, p: u32, step: u32): bool {
  const whenMs = packWhen(lp, p, step);
  lpView(p);
  let name = lpPtr;
  const nameLength = lpLength;
  if (lpGet(p)) {
    writeI64(nameDigits, lpInt);
    name = nameDigits;
  }
  lpView(lpNext(lp, p));
  return tableFill(table, name, nameLength, lpPtr, lpLength, whenMs);
}

/** A table of the same fields, not recorded in the undo log; 0 when out of memory. */
export function packToTable(lp: u32, step: u32): u32 {
  const table = tableNew();
  if (table == 0) return 0;
  for (let p = lpFirst(lp); p != 0; p = packNext(lp, p, step)) {
    if (addTo(table, lp, p, step)) continue;
    tableFree(table);
    return 0;
  }
  return table;
}
