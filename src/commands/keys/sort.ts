/** Sorting lists, sets and sorted sets. */

import {
  OutOfMemory,
  TYPE_LIST,
  TYPE_SET,
  TYPE_ZSET,
} from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type ArgumentSpec,
  type ArgumentView,
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  type KeyReference,
  type KeySpec,
  oneOf,
  OPTIONAL,
  pattern,
  token,
} from "../spec.ts";
import {
  findSortValue,
  readSortPattern,
  type SortPattern,
  sortValue,
} from "./_sort_patterns.ts";

const COMPLEXITY =
  "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).";

const PATTERN_KEYS: KeySpec = {
  flags: ["RO", "access"],
  beginSearch: { type: "unknown" },
  findKeys: { type: "unknown" },
  notes:
    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
};

const STORE_KEY: KeySpec = {
  flags: ["OW", "update"],
  beginSearch: { type: "unknown" },
  findKeys: { type: "unknown" },
  notes:
    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
};

const ARGUMENTS: readonly ArgumentSpec[] = [
  key("key"),
  pattern("pattern", { token: "BY", keySpecIndex: 1, optional: true }),
  block("offset_count", [integer("offset"), integer("count")], {
    token: "LIMIT",
    optional: true,
  }),
  pattern("pattern", {
    token: "GET",
    keySpecIndex: 1,
    optional: true,
    multiple: true,
    multipleToken: true,
  }),
  oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
  token("sorting", "ALPHA", OPTIONAL),
];

/** `SORT` */
export const sort: CommandSpec = {
  name: "sort",
  summary: "Sort the elements in a list, set or sorted set",
  since: "1.0.0",
  group: "generic",
  complexity: COMPLEXITY,
  arity: -2,
  flags: ["write", "denyoom"],
  acl: ["set", "sortedset", "list", "dangerous"],
  keys: [keyAt(1, "RO", "access"), PATTERN_KEYS, STORE_KEY],
  arguments: [
    ...ARGUMENTS,
    key("destination", { token: "STORE", keySpecIndex: 2, optional: true }),
  ],
  handler: (call) => sortHandler(call, true),
  getKeys: sortKeys,
};

/** `SORT_RO` */
export const sortRo: CommandSpec = {
  name: "sort_ro",
  summary:
    "Sort the elements in a list, set or sorted set. Read-only variant of SORT.",
  since: "7.0.0",
  group: "generic",
  complexity: COMPLEXITY,
  arity: -2,
  flags: ["readonly"],
  acl: ["set", "sortedset", "list", "dangerous"],
  keys: [keyAt(1, "RO", "access"), PATTERN_KEYS],
  arguments: ARGUMENTS,
  handler: (call) => sortHandler(call, false),
  getKeys: () => [SORTED_KEY],
};

const SORTED_KEY: KeyReference = { index: 1, flags: ["RO", "access"] };

/** The key sorted, and where the result is stored: the last STORE counts. */
function sortKeys(args: ArgumentView): KeyReference[] {
  let store = 0;
  for (let index = 2; index < args.length; index++) {
    if (args.equals(index, "limit")) index += 2;
    else if (args.equals(index, "get") || args.equals(index, "by")) index++;
    else if (args.equals(index, "store") && index + 1 < args.length) {
      store = index + 1;
    }
  }
  return store === 0
    ? [SORTED_KEY]
    : [SORTED_KEY, { index: store, flags: ["OW", "update"] }];
}

/** Flags of the core's `sortRun`. */
const ALPHA = 1;
const BY = 2;
const DESCENDING = 4;
const BINARY = 8;

interface SortOptions {
  isDescending: boolean;
  isAlpha: boolean;
  offset: bigint;
  count: bigint;
  by: SortPattern | undefined;
  /** BY gave a pattern that names no key. */
  isUnsorted: boolean;
  readonly gets: SortPattern[];
  /** Argument with the destination, 0 for none. */
  store: number;
}

function readOptions(call: Call, mayStore: boolean): SortOptions | undefined {
  const options: SortOptions = {
    isDescending: false,
    isAlpha: false,
    offset: 0n,
    count: -1n,
    by: undefined,
    isUnsorted: false,
    gets: [],
    store: 0,
  };
  for (let index = 2; index < call.argc; index++) {
    const left = call.argc - index - 1;
    if (call.argIs(index, "asc")) options.isDescending = false;
    else if (call.argIs(index, "desc")) options.isDescending = true;
    else if (call.argIs(index, "alpha")) options.isAlpha = true;
    else if (call.argIs(index, "limit") && left >= 2) {
      const offset = call.needInteger(index + 1);
      if (offset === undefined) return undefined;
      const count = call.needInteger(index + 2);
      if (count === undefined) return undefined;
      options.offset = offset;
      options.count = count;
      index += 2;
    } else if (mayStore && call.argIs(index, "store") && left >= 1) {
      options.store = ++index;
    } else if (call.argIs(index, "by") && left >= 1) {
      options.by = readSortPattern(call, ++index);
      if (options.by.isConstant) options.isUnsorted = true;
      else if (!mayFollow(call, "BY")) return undefined;
    } else if (call.argIs(index, "get") && left >= 1) {
      if (!mayFollow(call, "GET")) return undefined;
      options.gets.push(readSortPattern(call, ++index));
    } else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  return options;
}

/** Whether patterns may lead to keys that are no arguments; if not, says so. */
function mayFollow(call: Call, option: "BY" | "GET"): boolean {
  if (call.services.access.mayReadAllKeys(call.client, call.entry)) return true;
  call.reply.error(
    `ERR ${option} option of SORT denied due to insufficient ACL permissions.`,
  );
  return false;
}

function sortHandler(call: Call, mayStore: boolean): void {
  const options = readOptions(call, mayStore);
  if (options === undefined) return;
  const { x } = call;
  const entry = call.lookupRead(1);
  const type = entry === 0 ? TYPE_LIST : x.entryType(entry);
  if (type !== TYPE_LIST && type !== TYPE_SET && type !== TYPE_ZSET) {
    return call.reply.error(errors.WRONG_TYPE);
  }
  if (options.isUnsorted && type === TYPE_SET && options.store !== 0) {
    // A set has no order of its own, but what is stored must not depend on luck.
    options.isUnsorted = false;
    options.isAlpha = true;
    options.by = undefined;
  }
  try {
    if (entry !== 0 && !x.sortLoad(entry)) throw new OutOfMemory();
    if (!options.isUnsorted && !arrange(call, options)) {
      return call.reply.error(
        "ERR One or more scores can't be converted into double",
      );
    }
    const places = chosenPlaces(x.sortCount(), options, type);
    if (options.store === 0) replyPlaces(call, options, places);
    else storePlaces(call, options, places);
  } finally {
    x.sortEnd();
  }
}

/** Brings the vector into order; false if a weight is no number. */
function arrange(call: Call, options: SortOptions): boolean {
  const { x } = call;
  const { by, isAlpha } = options;
  let isSortable = true;
  if (by !== undefined) isSortable = weigh(call, by, isAlpha);
  else if (!isAlpha) isSortable = x.sortScores() !== 0;
  if (!isSortable) return false;
  const flags = (isAlpha ? ALPHA : 0) | (by === undefined ? 0 : BY) |
    (options.isDescending ? DESCENDING : 0) |
    (options.store === 0 ? 0 : BINARY);
  if (!x.sortRun(flags)) throw new OutOfMemory();
  return true;
}

/** Gives each element what BY finds for it as weight; false if one is no number. */
function weigh(call: Call, by: SortPattern, isAlpha: boolean): boolean {
  const { x } = call;
  const count = x.sortCount();
  const isPlain = by.fieldPtr === 0 && !by.isElement && !by.isConstant;
  // Listeners want to hear of keys that are not there.
  const isForCore = isPlain && !call.keyspace.hasListeners;
  let isSortable = true;
  for (let place = 0; place < count; place++) {
    if (isForCore) {
      place = x.sortWeigh(
        call.db,
        place,
        by.ptr,
        by.prefixLength,
        by.restPtr,
        by.restLength,
        isAlpha ? 1 : 0,
      );
      if (place === count) break;
    }
    if (!findSortValue(call, by, place)) continue;
    const { ptr, length } = sortValue;
    if (isAlpha) {
      if (!x.sortWeight(place, ptr, length)) throw new OutOfMemory();
    } else if (!x.sortScore(place, ptr, length)) isSortable = false;
  }
  return isSortable && !(isForCore && x.sortWeighFailed());
}

/** Places of the vector to be returned, from `first` on before `end`. */
interface Places {
  readonly first: number;
  readonly end: number;
  /** The vector was left in ascending order, and is to be read backwards. */
  readonly total: number;
  readonly isReversed: boolean;
}

function chosenPlaces(
  total: number,
  options: SortOptions,
  type: number,
): Places {
  const clamp = (value: bigint) =>
    Number(value < 0n ? 0n : value > BigInt(total) ? BigInt(total) : value);
  const first = clamp(options.offset);
  const end = options.count < 0n
    ? total
    : Math.min(first + clamp(options.count), total);
  const isReversed = options.isUnsorted && options.isDescending &&
    type !== TYPE_SET;
  return { first, end, total, isReversed };
}

/** The place in the vector of the `index`-th to be returned. */
function placeAt(places: Places, index: number): number {
  return places.isReversed ? places.total - 1 - index : index;
}

function replyPlaces(
  call: Call,
  { gets }: SortOptions,
  places: Places,
): void {
  const { reply, x } = call;
  reply.array((places.end - places.first) * Math.max(gets.length, 1));
  for (let index = places.first; index < places.end; index++) {
    const place = placeAt(places, index);
    if (gets.length === 0) reply.bulk(x.sortPtr(place), x.sortLength(place));
    for (const get of gets) {
      if (!findSortValue(call, get, place)) reply.null();
      else reply.bulk(sortValue.ptr, sortValue.length);
    }
  }
}

/** Stores what would have been returned as a list; nothing is the empty string there. */
function storePlaces(
  call: Call,
  options: SortOptions,
  places: Places,
): void {
  const { keyspace, x } = call;
  const { db } = call;
  const keyPtr = call.argPtr(options.store);
  const keyLength = call.argLength(options.store);
  const count = (places.end - places.first) * Math.max(options.gets.length, 1);
  if (count === 0) keyspace.delete(db, keyPtr, keyLength);
  else {
    const isNew = keyspace.lookupWrite(db, keyPtr, keyLength) === 0;
    if (!x.framePush()) throw new OutOfMemory();
    try {
      fillFrame(call, options, places);
      replaceByList(call, keyPtr, keyLength, count);
    } finally {
      x.framePop();
    }
    if (isNew) keyspace.notify("new", "new", db, keyPtr, keyLength);
    keyspace.notify("list", "sortstore", db, keyPtr, keyLength);
  }
  call.reply.integer(count);
}

/** Makes the elements of the list to be the arguments of a frame, from 1 on. */
function fillFrame(call: Call, options: SortOptions, places: Places): void {
  const { x } = call;
  const append = (ptr: number, length: number) => {
    if (!x.frameAppend(ptr, length)) throw new OutOfMemory();
  };
  append(0, 0);
  for (let index = places.first; index < places.end; index++) {
    const place = placeAt(places, index);
    if (options.gets.length === 0) {
      append(x.sortPtr(place), x.sortLength(place));
    }
    for (const get of options.gets) {
      if (!findSortValue(call, get, place)) append(0, 0);
      else {
        const { length } = sortValue;
        const kept = x.sortKeep(sortValue.ptr, length);
        if (kept === 0) throw new OutOfMemory();
        append(kept, length);
      }
    }
  }
}

/** The key holds the arguments of the frame as a list, or what it held if memory runs out. */
function replaceByList(
  call: Call,
  keyPtr: number,
  keyLength: number,
  count: number,
): void {
  const { db, x } = call;
  const dirty = x.dirtyCount();
  const isNested = x.undoIsOpen() !== 0;
  const mark = isNested ? x.undoMark() : 0;
  if (!isNested) x.undoBegin();
  const isStored = x.deleteKey(db, keyPtr, keyLength) >= 0 &&
    x.listCreate(db, keyPtr, keyLength, 0, 1, count) !== 0;
  if (!isStored) {
    if (!x.undoRollback(mark)) throw new Error("no memory to undo SORT STORE");
    x.dirtyAdd(dirty - x.dirtyCount());
    throw new OutOfMemory();
  }
  if (!isNested) x.undoCommit();
}
