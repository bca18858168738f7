/** Loading the elements of a collection into the vector of SORT. */
import {
  entryEncoding,
  entryType,
  TYPE_LIST,
  TYPE_SET,
  TYPE_ZSET,
  valuePtr,
} from "../keyspace/entry";
import {
  listWalk,
  listWalkLength,
  listWalkNext,
  listWalkEnd,
  listWalkPtr,
} from "../types/list/figures";
import { eachBegin, eachNext } from "../types/set/each";
import { viewAsText, viewLength, viewPtr } from "../types/set/member";
import { walkFrom, walkLength, walkNext, walkPtr } from "../types/zset/walk";
import { sortAdd } from "./sort";

/**
 * Loads all elements of an entry's value, in their order where it has one. False
 * when out of memory. This is the one place that knows how the types that SORT
 * sorts are walked over.
 */
export function sortLoad(entry: u32): bool {
  switch (entryType(entry)) {
    case TYPE_LIST:
      return loadList(entry);
    case TYPE_SET:
      return loadSet(entry);
    case TYPE_ZSET:
      return loadZset(entry);
  }
  return true;
}

function loadList(entry: u32): bool {
  listWalk(entry);
  let found = listWalkNext();
  while (found > 0 && sortAdd(listWalkPtr(), listWalkLength())) {
    found = listWalkNext();
  }
  listWalkEnd();
  return found == 0;
}

function loadSet(entry: u32): bool {
  eachBegin(entryEncoding(entry), valuePtr(entry));
  while (eachNext()) {
    viewAsText();
    if (!sortAdd(viewPtr, viewLength)) return false;
  }
  return true;
}

function loadZset(entry: u32): bool {
  walkFrom(entryEncoding(entry), valuePtr(entry), 0, false);
  while (walkNext()) if (!sortAdd(walkPtr, walkLength)) return false;
  return true;
}
