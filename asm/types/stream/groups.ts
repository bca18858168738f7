/**
 * Consumer groups, their consumers, and what is pending (layout.ts draws them).
 *
 * Everything here either happens whole or, when memory runs out, not at all;
 * only while an undo log is open may it stop half-way.
 */
import { usableSize } from "../../base/memory";
import { bytesCompare } from "../../base/bytes";
import {
  put32,
  put64,
  putBytes,
  undoAlloc,
  undoFree,
  undoOpen,
  undoReserve,
} from "../../keyspace/undo";
import {
  idAdd,
  idDiscard,
  idFind,
  idFirst,
  idRemove,
  idRemoved,
  thingMs,
  thingSeq,
} from "./id_tree";
import {
  CONSUMER_ACTIVE,
  CONSUMER_PENDING,
  CONSUMER_SEEN,
  GROUP_CONSUMERS,
  GROUP_LAST,
  GROUP_PENDING,
  GROUP_READ,
  NAME_OFFSET,
  PENDING_BYTES,
  PENDING_CONSUMER,
  PENDING_DELIVERIES,
  PENDING_TIME,
  STREAM_GROUPS,
} from "./layout";

/** Records that one change of a list or an entry may write. */
const RECORDS: u32 = 64;

// -------------------------------------------------------------- sorted lists

// @ts-ignore: decorator
@inline
export function listCount(list: u32): u32 {
  return list == 0 ? 0 : load<u32>(list);
}

// @ts-ignore: decorator
@inline
export function listAt(list: u32, index: u32): u32 {
  return load<u32>(list + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
export function nameLength(named: u32): u32 {
  return load<u32>(named);
}

// @ts-ignore: decorator
@inline
export function namePtr(named: u32): u32 {
  return named + NAME_OFFSET;
}

/** Index at which the name is or would be; `listFound` tells. */
let listFound: bool = false;

function listIndex(list: u32, name: u32, length: u32): u32 {
  let low: u32 = 0;
  let high = listCount(list);
  while (low < high) {
    const middle = low + high >> 1;
    const named = listAt(list, middle);
    const order = bytesCompare(
      namePtr(named),
      nameLength(named),
      name,
      length,
    );
    if (order == 0) {
      listFound = true;
      return middle;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  listFound = false;
  return low;
}

function listFind(list: u32, name: u32, length: u32): u32 {
  const index = listIndex(list, name, length);
  return listFound ? listAt(list, index) : 0;
}

/** Puts something named in, whose name is not in; `slot` holds the list. */
function listAdd(slot: u32, named: u32): bool {
  const list = load<u32>(slot);
  const count = listCount(list);
  const index = listIndex(list, namePtr(named), nameLength(named));
  const bytes: u32 = (count + 2) << 2;
  const behind: u32 = (count - index) << 2;
  if (!undoOpen && list != 0 && usableSize(list) >= bytes) {
    const at = list + 4 + (index << 2);
    memory.copy(at + 4, at, behind);
    store<u32>(at, named);
    store<u32>(list, count + 1);
    return true;
  }
  const grown = undoAlloc(bytes);
  if (grown == 0) return false;
  store<u32>(grown, count + 1);
  if (count != 0) {
    memory.copy(grown + 4, list + 4, index << 2);
    memory.copy(grown + 8 + (index << 2), list + 4 + (index << 2), behind);
  }
  store<u32>(grown + 4 + (index << 2), named);
  put32(slot, grown);
  undoFree(list);
  return true;
}

/** Takes something out of the list that is in it. */
function listRemove(slot: u32, named: u32): bool {
  const list = load<u32>(slot);
  const count = listCount(list);
  if (count == 1) {
    put32(slot, 0);
    undoFree(list);
    return true;
  }
  const index = listIndex(list, namePtr(named), nameLength(named));
  const at = list + 4 + (index << 2);
  if (!putBytes(at, at + 4, (count - index - 1) << 2)) return false;
  put32(list, count - 1);
  return true;
}

function namedNew(name: u32, length: u32): u32 {
  const named = undoAlloc(NAME_OFFSET + length);
  if (named == 0) return 0;
  memory.fill(named, 0, NAME_OFFSET);
  store<u32>(named, length);
  memory.copy(named + NAME_OFFSET, name, length);
  return named;
}

// --------------------------------------------------------------------- groups

export function groupFind(stream: u32, name: u32, length: u32): u32 {
  return listFind(load<u32>(stream, STREAM_GROUPS), name, length);
}

/** A new group, whose name is not in use; 0 when out of memory. */
export function groupNew(
  stream: u32,
  name: u32,
  length: u32,
  lastMs: u64,
  lastSeq: u64,
  entriesRead: i64,
): u32 {
  if (!undoReserve(RECORDS)) return 0;
  const group = namedNew(name, length);
  if (group == 0) return 0;
  store<u64>(group, lastMs, GROUP_LAST);
  store<u64>(group, lastSeq, GROUP_LAST + 8);
  store<i64>(group, entriesRead, GROUP_READ);
  if (!listAdd(stream + STREAM_GROUPS, group)) {
    undoFree(group);
    return 0;
  }
  return group;
}

/** Removes a group with all it holds; false when out of memory. */
export function groupRemove(stream: u32, group: u32): bool {
  if (!undoReserve(RECORDS)) return false;
  if (!listRemove(stream + STREAM_GROUPS, group)) return false;
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    if (!idDiscard(consumer + CONSUMER_PENDING, false)) return false;
    if (!undoReserve(RECORDS)) return false;
    undoFree(consumer);
  }
  if (!idDiscard(group + GROUP_PENDING, true)) return false;
  if (!undoReserve(RECORDS)) return false;
  undoFree(consumers);
  undoFree(group);
  return true;
}

// ------------------------------------------------------------------ consumers

export function consumerFind(group: u32, name: u32, length: u32): u32 {
  return listFind(load<u32>(group, GROUP_CONSUMERS), name, length);
}

/** A new consumer, whose name is not in use; 0 when out of memory. */
export function consumerNew(
  group: u32,
  name: u32,
  length: u32,
  nowMs: i64,
): u32 {
  if (!undoReserve(RECORDS)) return 0;
  const consumer = namedNew(name, length);
  if (consumer == 0) return 0;
  store<i64>(consumer, nowMs, CONSUMER_SEEN);
  store<i64>(consumer, -1, CONSUMER_ACTIVE);
  if (!listAdd(group + GROUP_CONSUMERS, consumer)) {
    undoFree(consumer);
    return 0;
  }
  return consumer;
}

/** Removes a consumer with what is pending for it; false when out of memory. */
export function consumerRemove(group: u32, consumer: u32): bool {
  const tree = consumer + CONSUMER_PENDING;
  for (;;) {
    const pending = idFirst(tree);
    if (pending == 0) break;
    if (!pendingRemove(group, pending)) return false;
  }
  if (!undoReserve(RECORDS)) return false;
  if (!listRemove(group + GROUP_CONSUMERS, consumer)) return false;
  undoFree(consumer);
  return true;
}

/** The consumer has tried to read, and perhaps was given something. */
export function consumerSeen(
  consumer: u32,
  nowMs: i64,
  isActive: bool,
): bool {
  if (!undoReserve(2)) return false;
  put64(consumer + CONSUMER_SEEN, <u64>nowMs);
  if (isActive) put64(consumer + CONSUMER_ACTIVE, <u64>nowMs);
  return true;
}

// ------------------------------------------------------------ pending entries

// @ts-ignore: decorator
@inline
export function pendingFind(group: u32, ms: u64, seq: u64): u32 {
  return idFind(group + GROUP_PENDING, ms, seq);
}

// @ts-ignore: decorator
@inline
export function pendingConsumer(pending: u32): u32 {
  return load<u32>(pending, PENDING_CONSUMER);
}

/** An entry becomes pending that is not yet; 0 when out of memory. */
export function pendingNew(
  group: u32,
  consumer: u32,
  ms: u64,
  seq: u64,
  timeMs: i64,
  deliveries: u64,
): u32 {
  if (!undoReserve(RECORDS)) return 0;
  const pending = undoAlloc(PENDING_BYTES);
  if (pending == 0) return 0;
  store<u64>(pending, ms);
  store<u64>(pending, seq, 8);
  store<i64>(pending, timeMs, PENDING_TIME);
  store<u64>(pending, deliveries, PENDING_DELIVERIES);
  store<u64>(pending, <u64>consumer, PENDING_CONSUMER);
  if (!idAdd(group + GROUP_PENDING, pending)) {
    undoFree(pending);
    return 0;
  }
  if (idAdd(consumer + CONSUMER_PENDING, pending)) return pending;
  if (!undoOpen) {
    idRemove(group + GROUP_PENDING, ms, seq);
    undoFree(pending);
  }
  return 0;
}

/** The entry is not pending any more; false when out of memory. */
export function pendingRemove(group: u32, pending: u32): bool {
  const ms = thingMs(pending);
  const seq = thingSeq(pending);
  const consumer = pendingConsumer(pending);
  if (!idRemove(group + GROUP_PENDING, ms, seq)) return false;
  if (!idRemove(consumer + CONSUMER_PENDING, ms, seq)) return false;
  if (INVARIANTS && idRemoved != pending) unreachable();
  if (!undoReserve(1)) return false;
  undoFree(pending);
  return true;
}

/** The entry is pending for this consumer now; false when out of memory. */
export function pendingDeliver(
  pending: u32,
  consumer: u32,
  timeMs: i64,
  deliveries: u64,
): bool {
  if (!undoReserve(RECORDS)) return false;
  const before = pendingConsumer(pending);
  if (before != consumer) {
    if (!idAdd(consumer + CONSUMER_PENDING, pending)) return false;
    const ms = thingMs(pending);
    if (!idRemove(before + CONSUMER_PENDING, ms, thingSeq(pending))) {
      return false;
    }
    if (!undoReserve(RECORDS)) return false;
    put32(pending + PENDING_CONSUMER, consumer);
  }
  put64(pending + PENDING_TIME, <u64>timeMs);
  put64(pending + PENDING_DELIVERIES, deliveries);
  return true;
}

/** The group has read up to this ID. */
export function groupAdvance(
  group: u32,
  ms: u64,
  seq: u64,
  entriesRead: i64,
): bool {
  if (!undoReserve(RECORDS)) return false;
  put64(group + GROUP_LAST, ms);
  put64(group + GROUP_LAST + 8, seq);
  put64(group + GROUP_READ, <u64>entriesRead);
  return true;
}
