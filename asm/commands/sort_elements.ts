/** Loading the elements of a collection into the vector of SORT. */
import {
  entryEncoding,
  entryType,
  TYPE_SET,
  valuePtr,
} from "../keyspace/entry";
import { eachBegin, eachNext } from "../types/set/each";
import { viewAsText, viewLength, viewPtr } from "../types/set/member";
import { sortAdd } from "./sort";

/**
 * Loads all elements of an entry's value, in their order where it has one. False
 * when out of memory. This is the one place that knows which types SORT sorts.
 */
export function sortLoad(entry: u32): bool {
  if (entryType(entry) == TYPE_SET) return loadSet(entry);
  return true;
}

function loadSet(entry: u32): bool {
  eachBegin(entryEncoding(entry), valuePtr(entry));
  while (eachNext()) {
    viewAsText();
    if (!sortAdd(viewPtr, viewLength)) return false;
  }
  return true;
}
