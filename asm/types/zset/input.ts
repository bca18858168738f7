/**
 * What ZUNION and its kin read: sorted sets, and sets, whose members count with
 * a score of 1. The one place to say how a type is read.
 */
import {
  entryEncoding,
  entryType,
  TYPE_SET,
  TYPE_ZSET,
  valuePtr,
} from "../../keyspace/entry";
import { eachBegin, eachNext } from "../set/each";
import { viewAsText, viewLength, viewPtr } from "../set/member";
import { setCard, setHas } from "../set/set";
import { foundScore, zsetCount, zsetFind } from "./edit";
import { walkFrom, walkLength, walkNext, walkPtr, walkScore } from "./walk";

/** The element the reading is at, or the score of the one looked for. */
export let inputPtr: u32 = 0;
export let inputLength: u32 = 0;
export let inputScore: f64 = 0;

/** Of a member of a set. */
const SET_SCORE: f64 = 1;

let isSet: bool = false;
let isAtEnd: bool = true;

/** Whether the value of an entry can be read. */
export function inputAccepts(entry: u32): bool {
  return entryType(entry) == TYPE_ZSET || entryType(entry) == TYPE_SET;
}

/** Elements of an input; of no key, 0, there are none. */
export function inputCount(entry: u32): u32 {
  if (entry == 0) return 0;
  return entryType(entry) == TYPE_SET ? setCard(entry) : zsetCount(entry);
}

/** Begins to read an input. One is read at a time. */
export function inputOpen(entry: u32): void {
  isAtEnd = inputCount(entry) == 0;
  if (isAtEnd) return;
  isSet = entryType(entry) == TYPE_SET;
  if (isSet) eachBegin(entryEncoding(entry), valuePtr(entry));
  else walkFrom(entryEncoding(entry), valuePtr(entry), 0, false);
}

function nextOfSet(): bool {
  if (!eachNext()) return false;
  viewAsText();
  inputPtr = viewPtr;
  inputLength = viewLength;
  inputScore = SET_SCORE;
  return true;
}

/** Goes to the next element; false at the end. */
export function inputNext(): bool {
  if (isAtEnd) return false;
  if (isSet) return nextOfSet();
  if (!walkNext()) return false;
  inputPtr = walkPtr;
  inputLength = walkLength;
  inputScore = walkScore;
  return true;
}

/** Looks a member up while another input may be read; its score is in `inputScore`. */
export function inputFind(entry: u32, ptr: u32, length: u32): bool {
  if (entry == 0) return false;
  if (entryType(entry) == TYPE_SET) {
    inputScore = SET_SCORE;
    return setHas(entry, ptr, length);
  }
  if (!zsetFind(entry, ptr, length)) return false;
  inputScore = foundScore;
  return true;
}
