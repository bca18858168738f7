/** XCLAIM, XAUTOCLAIM and XPENDING. Times are those of the turn. */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferTake,
} from "../base/buffer";
import { nowMs } from "../keyspace/clock";
import { dirtyAdd } from "../keyspace/touched";
import { undoOpen, undoReserve } from "../keyspace/undo";
import { argLength, argPtr } from "../resp/frame";
import {
  outputFlags,
  outputLength,
  outputSelected,
  outputStart,
} from "../resp/output";
import {
  replyArray,
  replyBulk,
  replyBulkI64,
  replyDeferred,
  replyDeferredArray,
  replyInteger,
  replyNull,
  replyNullArray,
} from "../resp/reply";
import { cursorFind } from "../types/stream/cursor";
import {
  listAt,
  listCount,
  nameLength,
  namePtr,
  pendingConsumer,
  pendingDeliver,
  pendingFind,
  pendingNew,
  pendingRemove,
} from "../types/stream/groups";
import {
  idAfter,
  idAtOrAfter,
  idCount,
  idFirst,
  idLast,
  idNext,
  thingMs,
  thingSeq,
} from "../types/stream/id_tree";
import {
  CONSUMER_PENDING,
  GROUP_CONSUMERS,
  GROUP_LAST,
  GROUP_PENDING,
  idCompare,
  PENDING_DELIVERIES,
  PENDING_TIME,
} from "../types/stream/layout";
import { setId } from "../types/stream/stream";
import { consumerActive, consumerAttempt, consumerIsNew } from "./stream_groups";
import { effectClaim, effectGroupId } from "./stream_effects";
import { END, ID, idParse, replyId, replyIdAt, START } from "./stream_ids";
import { replyEntry } from "./stream_reply";

const KEY_ARGUMENT: u32 = 1;
const GROUP_ARGUMENT: u32 = 2;
const CONSUMER_ARGUMENT: u32 = 3;
const FIRST_ID_ARGUMENT: u32 = 5;

/** An entry that XCLAIM creates counts as delivered once before. */
const FORCED_DELIVERIES: u64 = 1;
/** Entries XAUTOCLAIM looks at for each it may claim. */
const ATTEMPTS: f64 = 10;

/** The consumer that claims, 0 before the first claim. */
let claimant: u32 = 0;
let isClaimantNew: bool = false;
let retryCount: i64 = -1;
let deliveryMs: i64 = 0;
let isJustId: bool = false;

/** Whether the last claim has made its consumer. */
export function streamClaimantIsNew(): bool {
  return isClaimantNew;
}

function findClaimant(group: u32): bool {
  if (claimant != 0) return true;
  claimant = consumerAttempt(group, CONSUMER_ARGUMENT);
  if (claimant == 0) return false;
  isClaimantNew = consumerIsNew;
  return true;
}

/**
 * The entry the cursor is at, pending or not (0), becomes the claimant's, and is
 * replied. Returns what is pending now, 0 when out of memory.
 */
function claim(group: u32, pending: u32): u32 {
  if (!findClaimant(group)) return 0;
  const before = pending == 0
    ? FORCED_DELIVERIES
    : load<u64>(pending, PENDING_DELIVERIES);
  const deliveries = retryCount >= 0
    ? <u64>retryCount
    : isJustId
    ? before
    : before + 1;
  const ms = load<u64>(ID);
  const seq = load<u64>(ID, 8);
  if (pending == 0) {
    pending = pendingNew(group, claimant, ms, seq, deliveryMs, deliveries);
    if (pending == 0) return 0;
  } else if (!pendingDeliver(pending, claimant, deliveryMs, deliveries)) {
    return 0;
  }
  if (isJustId) replyId(ms, seq);
  else replyEntry();
  return pending;
}

/** The entry is not in the stream any more, and so is not pending either. */
function forget(
  db: u32,
  group: u32,
  pending: u32,
  idArgument: u32,
): bool {
  effectClaim(db, KEY_ARGUMENT, GROUP_ARGUMENT, group, pending, idArgument);
  dirtyAdd(1);
  return pendingRemove(group, pending);
}

function isIdle(pending: u32, minIdleMs: i64): bool {
  return minIdleMs == 0 || nowMs - load<i64>(pending, PENDING_TIME) >= minIdleMs;
}

/**
 * XCLAIM of the IDs in arguments 5 to `lastArgument`: replies what was claimed.
 * The ID register holds LASTID (0-0: none). False when out of memory.
 */
export function streamClaim(
  db: u32,
  stream: u32,
  group: u32,
  lastArgument: u32,
  minIdleMs: i64,
  timeMs: i64,
  retries: i64,
  force: bool,
  justId: bool,
): bool {
  claimant = 0;
  isClaimantNew = false;
  deliveryMs = timeMs;
  retryCount = retries;
  isJustId = justId;
  let isMoved = idCompare(group + GROUP_LAST, load<u64>(ID), load<u64>(ID, 8)) < 0;
  if (isMoved) {
    if (!undoReserve(2)) return false;
    setId(group + GROUP_LAST, load<u64>(ID), load<u64>(ID, 8));
  }
  const header = replyDeferred();
  let claimed: u32 = 0;
  for (let i = FIRST_ID_ARGUMENT; i <= lastArgument; i++) {
    idParse(ID, argPtr(i), argLength(i));
    let pending = pendingFind(group, load<u64>(ID), load<u64>(ID, 8));
    if (!cursorFind(stream, load<u64>(ID), load<u64>(ID, 8))) {
      if (pending == 0) continue;
      isMoved = false;
      if (!forget(db, group, pending, i)) return false;
      continue;
    }
    if (pending == 0 && !force) continue;
    if (pending != 0 && !isIdle(pending, minIdleMs)) continue;
    pending = claim(group, pending);
    if (pending == 0) {
      if (undoOpen || claimed == 0) return false;
      break;
    }
    claimed++;
    effectClaim(db, KEY_ARGUMENT, GROUP_ARGUMENT, group, pending, i);
    isMoved = false;
    dirtyAdd(1);
  }
  if (isMoved) {
    effectGroupId(db, KEY_ARGUMENT, GROUP_ARGUMENT, group);
    dirtyAdd(1);
  }
  if (claimed != 0) consumerActive(claimant);
  replyDeferredArray(header, claimed);
  return true;
}

// ----------------------------------------------------------------- XAUTOCLAIM

/** IDs that were pending and are not in the stream any more, 16 bytes each. */
let deletedIds: u32 = 0;

function noteDeleted(ms: u64, seq: u64): bool {
  if (deletedIds == 0) deletedIds = bufferNew();
  if (deletedIds == 0 || !bufferReserve(deletedIds, 16)) return false;
  const at = bufferTake(deletedIds, 16);
  store<u64>(at, ms);
  store<u64>(at, seq, 8);
  return true;
}

const ROTATED: u32 = <u32>memory.data(64, 16);

/** Moves the last `bytes` bytes of the output to where it was `from` bytes long. */
function moveToFront(output: u32, from: u32, bytes: u32): void {
  if (output == 0 || outputFlags(output) != 0) return;
  const start = outputStart(output) + from;
  const rest = outputLength(output) - from - bytes;
  memory.copy(ROTATED, start + rest, bytes);
  memory.copy(start + bytes, start, rest);
  memory.copy(start, ROTATED, bytes);
}

/**
 * XAUTOCLAIM from START on: replies where to go on, what was claimed, and what
 * was found to be deleted. False when out of memory.
 */
export function streamAutoClaim(
  db: u32,
  stream: u32,
  group: u32,
  minIdleMs: i64,
  count: f64,
  justId: bool,
): bool {
  claimant = 0;
  isClaimantNew = false;
  deliveryMs = nowMs;
  retryCount = -1;
  isJustId = justId;
  if (deletedIds != 0) bufferReset(deletedIds);
  replyArray(3);
  const output = outputSelected();
  const from: u32 = output == 0 ? 0 : outputLength(output);
  const header = replyDeferred();
  const tree = group + GROUP_PENDING;
  let attempts = count * ATTEMPTS;
  let claimed: u32 = 0;
  let pending = idAtOrAfter(tree, load<u64>(START), load<u64>(START, 8));
  while (pending != 0 && attempts > 0 && count > 0) {
    attempts--;
    const ms = thingMs(pending);
    const seq = thingSeq(pending);
    if (!cursorFind(stream, ms, seq)) {
      if (!noteDeleted(ms, seq)) break;
      if (!forget(db, group, pending, 0)) return false;
      count--;
    } else if (isIdle(pending, minIdleMs)) {
      store<u64>(ID, ms);
      store<u64>(ID, seq, 8);
      if (claim(group, pending) == 0) {
        if (undoOpen || claimed == 0) return false;
        break;
      }
      claimed++;
      count--;
      effectClaim(db, KEY_ARGUMENT, GROUP_ARGUMENT, group, pending, 0);
      dirtyAdd(1);
    }
    pending = idAfter(tree, ms, seq);
  }
  if (claimed != 0) consumerActive(claimant);
  replyDeferredArray(header, claimed);
  replyDeleted();
  const before: u32 = output == 0 ? 0 : outputLength(output);
  if (pending == 0) replyId(0, 0);
  else replyIdAt(pending);
  if (output != 0) moveToFront(output, from, outputLength(output) - before);
  return true;
}

function replyDeleted(): void {
  const bytes: u32 = deletedIds == 0 ? 0 : bufferLength(deletedIds);
  replyArray(bytes >> 4);
  for (let i: u32 = 0; i < bytes; i += 16) {
    replyIdAt(bufferData(deletedIds) + i);
  }
}

// ------------------------------------------------------------------- XPENDING

/** XPENDING without a range: how many, the bounds, and how many a consumer. */
export function streamPendingSummary(group: u32): void {
  const tree = group + GROUP_PENDING;
  replyArray(4);
  replyInteger(<i64>idCount(tree));
  if (idCount(tree) == 0) {
    replyNull();
    replyNull();
    replyNullArray();
    return;
  }
  replyIdAt(idFirst(tree));
  replyIdAt(idLast(tree));
  const header = replyDeferred();
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  let busy: u32 = 0;
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    const pending = idCount(consumer + CONSUMER_PENDING);
    if (pending == 0) continue;
    replyArray(2);
    replyBulk(namePtr(consumer), nameLength(consumer));
    replyBulkI64(<i64>pending);
    busy++;
  }
  replyDeferredArray(header, busy);
}

/** XPENDING from START to END, of one consumer unless that is 0. */
export function streamPendingRange(
  group: u32,
  consumer: u32,
  count: f64,
  minIdleMs: i64,
): void {
  const tree = consumer == 0
    ? group + GROUP_PENDING
    : consumer + CONSUMER_PENDING;
  const header = replyDeferred();
  let found: u32 = 0;
  let pending = idAtOrAfter(tree, load<u64>(START), load<u64>(START, 8));
  while (pending != 0 && <f64>found < count) {
    if (idCompare(END, thingMs(pending), thingSeq(pending)) < 0) break;
    const idleMs = nowMs - load<i64>(pending, PENDING_TIME);
    if (minIdleMs == 0 || idleMs >= minIdleMs) {
      found++;
      const owner = pendingConsumer(pending);
      replyArray(4);
      replyIdAt(pending);
      replyBulk(namePtr(owner), nameLength(owner));
      replyInteger(max<i64>(idleMs, 0));
      replyInteger(load<i64>(pending, PENDING_DELIVERIES));
    }
    pending = idNext(tree, pending);
  }
  replyDeferredArray(header, found);
}
