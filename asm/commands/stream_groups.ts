/** XGROUP, XREADGROUP and XACK. Times are those of the turn. */
import { nowMs } from "../keyspace/clock";
import { dirtyAdd } from "../keyspace/touched";
import { put64, undoOpen, undoReserve } from "../keyspace/undo";
import { argLength, argPtr } from "../resp/frame";
import {
  replyArray,
  replyDeferred,
  replyDeferredArray,
  replyNullArray,
} from "../resp/reply";
import {
  cursorFind,
  cursorNext,
  cursorStart,
  entryMs,
  entrySeq,
} from "../types/stream/cursor";
import {
  consumerFind,
  consumerNew,
  consumerRemove,
  consumerSeen,
  groupAdvance,
  groupFind,
  groupNew,
  groupRemove,
  pendingDeliver,
  pendingFind,
  pendingNew,
  pendingRemove,
} from "../types/stream/groups";
import {
  idAtOrAfter,
  idCount,
  idNext,
  thingMs,
  thingSeq,
} from "../types/stream/id_tree";
import {
  CONSUMER_ACTIVE,
  CONSUMER_PENDING,
  GROUP_LAST,
  GROUP_READ,
  idCompare,
  PENDING_DELIVERIES,
  PENDING_TIME,
  READ_UNKNOWN,
  STREAM_ADDED,
} from "../types/stream/layout";
import { entriesUpTo, hasDeletedFrom } from "../types/stream/stream";
import {
  effectClaim,
  effectConsumer,
  effectGroupId,
} from "./stream_effects";
import { ID, idParse, idSet, replyId, START } from "./stream_ids";
import { hasAfter, replyEntry } from "./stream_reply";

// --------------------------------------------------------------------- XGROUP

/** The group named by an argument, 0 if there is none. */
export function streamGroupFind(stream: u32, nameArgument: u32): u32 {
  return groupFind(stream, argPtr(nameArgument), argLength(nameArgument));
}

/**
 * A new group of the name in an argument, which is not in use, that has read up
 * to the ID register. 0 when out of memory.
 */
export function streamGroupCreate(
  stream: u32,
  nameArgument: u32,
  entriesRead: i64,
): u32 {
  const group = groupNew(
    stream,
    argPtr(nameArgument),
    argLength(nameArgument),
    load<u64>(ID),
    load<u64>(ID, 8),
    entriesRead,
  );
  if (group != 0) dirtyAdd(1);
  return group;
}

/** The group has read up to the ID register; false when out of memory. */
export function streamGroupSetId(group: u32, entriesRead: i64): bool {
  if (!groupAdvance(group, load<u64>(ID), load<u64>(ID, 8), entriesRead)) {
    return false;
  }
  dirtyAdd(1);
  return true;
}

/** Removes a group with all it holds; false when out of memory. */
export function streamGroupRemove(stream: u32, group: u32): bool {
  if (!groupRemove(stream, group)) return false;
  dirtyAdd(1);
  return true;
}

/** The consumer named by an argument, 0 if there is none. */
export function streamConsumerFind(group: u32, nameArgument: u32): u32 {
  return consumerFind(group, argPtr(nameArgument), argLength(nameArgument));
}

/** A new consumer, whose name is not in use; 0 when out of memory. */
export function streamConsumerCreate(group: u32, nameArgument: u32): u32 {
  const consumer = consumerNew(
    group,
    argPtr(nameArgument),
    argLength(nameArgument),
    nowMs,
  );
  if (consumer != 0) dirtyAdd(1);
  return consumer;
}

/** Removes a consumer; how many entries were pending for it, -1 when out of memory. */
export function streamConsumerRemove(group: u32, consumer: u32): f64 {
  const pending = <f64>idCount(consumer + CONSUMER_PENDING);
  if (!consumerRemove(group, consumer)) return -1;
  dirtyAdd(1);
  return pending;
}

// ----------------------------------------------------------------- XREADGROUP

/** Whether the group has not read up to the last entry. */
export function streamGroupHasNew(stream: u32, group: u32): bool {
  return hasAfter(stream, group + GROUP_LAST);
}

/** The consumer named by an argument, made if there is none; `consumerIsNew` tells. */
export let consumerIsNew: bool = false;

export function streamConsumerIsNew(): bool {
  return consumerIsNew;
}

/** A consumer that tries to read; 0 when out of memory. */
export function consumerAttempt(group: u32, nameArgument: u32): u32 {
  let consumer = streamConsumerFind(group, nameArgument);
  consumerIsNew = consumer == 0;
  if (consumerIsNew) return streamConsumerCreate(group, nameArgument);
  return consumerSeen(consumer, nowMs, false) ? consumer : 0;
}

/** The consumer was given something. */
export function consumerActive(consumer: u32): void {
  if (undoReserve(1)) put64(consumer + CONSUMER_ACTIVE, <u64>nowMs);
}

/** Entries read by the group once it has read the entry the cursor is at. */
function entriesReadWith(stream: u32, group: u32): i64 {
  const read = load<i64>(group, GROUP_READ);
  if (read != READ_UNKNOWN && !hasDeletedFrom(stream, entryMs, entrySeq)) {
    return read + 1;
  }
  if (load<u64>(stream, STREAM_ADDED) == 0) return read;
  return entriesUpTo(stream, entryMs, entrySeq);
}

/** The entry the cursor is at becomes pending; 0 when out of memory. */
function deliver(group: u32, consumer: u32): u32 {
  const pending = pendingFind(group, entryMs, entrySeq);
  if (pending == 0) {
    return pendingNew(group, consumer, entryMs, entrySeq, nowMs, 1);
  }
  return pendingDeliver(pending, consumer, nowMs, 1) ? pending : 0;
}

let keyArgument: u32 = 0;
let groupArgument: u32 = 0;

/** Replies entries that the group has not read; false when out of memory. */
function readNew(
  db: u32,
  stream: u32,
  group: u32,
  consumer: u32,
  count: f64,
  noAck: bool,
): bool {
  const header = replyDeferred();
  let entries: u32 = 0;
  let isMoved = false;
  idSet(START, load<u64>(group, GROUP_LAST), load<u64>(group, GROUP_LAST + 8));
  cursorStart(
    stream,
    load<u64>(START),
    load<u64>(START, 8),
    u64.MAX_VALUE,
    u64.MAX_VALUE,
    false,
  );
  while (cursorNext()) {
    if (idCompare(START, entryMs, entrySeq) == 0) continue;
    const pending: u32 = noAck ? 0 : deliver(group, consumer);
    const isFailed = !noAck && pending == 0;
    const read = entriesReadWith(stream, group);
    if (isFailed || !groupAdvance(group, entryMs, entrySeq, read)) {
      // Fewer entries than asked for are a good reply; none is not.
      if (undoOpen || entries == 0) return false;
      break;
    }
    isMoved = true;
    replyEntry();
    if (!noAck) {
      effectClaim(db, keyArgument, groupArgument, group, pending, 0);
    }
    entries++;
    if (count != 0 && <f64>entries >= count) break;
  }
  if (isMoved && noAck) effectGroupId(db, keyArgument, groupArgument, group);
  if (entries != 0) consumerActive(consumer);
  replyDeferredArray(header, entries);
  return true;
}

/** Replies what is pending for the consumer behind the ID register. */
function readHistory(stream: u32, consumer: u32, count: f64): bool {
  const header = replyDeferred();
  const tree = consumer + CONSUMER_PENDING;
  let entries: u32 = 0;
  let pending = idAtOrAfter(tree, load<u64>(START), load<u64>(START, 8));
  while (pending != 0 && (count == 0 || <f64>entries < count)) {
    const ms = thingMs(pending);
    const seq = thingSeq(pending);
    if (cursorFind(stream, ms, seq)) {
      if (!undoReserve(2)) return false;
      replyEntry();
      put64(pending + PENDING_TIME, <u64>nowMs);
      put64(
        pending + PENDING_DELIVERIES,
        load<u64>(pending, PENDING_DELIVERIES) + 1,
      );
    } else {
      // The entry has been deleted since: its ID is all there is.
      replyArray(2);
      replyId(ms, seq);
      replyNullArray();
    }
    entries++;
    pending = idNext(tree, pending);
  }
  replyDeferredArray(header, entries);
  return true;
}

/**
 * XREADGROUP of one stream: replies an array of entries. With `history`, those
 * pending for the consumer from START on; else those that the group has not
 * read. False when out of memory.
 */
export function streamGroupRead(
  db: u32,
  stream: u32,
  group: u32,
  keyArg: u32,
  groupArg: u32,
  consumerArg: u32,
  count: f64,
  noAck: bool,
  history: bool,
): bool {
  keyArgument = keyArg;
  groupArgument = groupArg;
  const consumer = consumerAttempt(group, consumerArg);
  if (consumer == 0) return false;
  if (noAck && consumerIsNew) {
    effectConsumer(db, keyArg, groupArg, consumer);
  }
  dirtyAdd(1);
  return history
    ? readHistory(stream, consumer, count)
    : readNew(db, stream, group, consumer, count, noAck);
}

// ----------------------------------------------------------------------- XACK

/** XACK: how many of the IDs from argument 3 on were pending, -1 when out of memory. */
export function streamAck(group: u32, argc: u32): f64 {
  let acknowledged: f64 = 0;
  for (let i: u32 = 3; i < argc; i++) {
    idParse(ID, argPtr(i), argLength(i));
    const pending = pendingFind(group, load<u64>(ID), load<u64>(ID, 8));
    if (pending == 0) continue;
    if (!pendingRemove(group, pending)) return -1;
    acknowledged++;
    dirtyAdd(1);
  }
  return acknowledged;
}
