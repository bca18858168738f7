/** Values of type stream: what values of every type have to offer (types/value.ts). */
import { free, usableSize } from "../../base/memory";
import { undoResume, undoSuspend } from "../../keyspace/undo";
import {
  consumerFind,
  consumerNew,
  groupNew,
  listAt,
  listCount,
  nameLength,
  namePtr,
  pendingConsumer,
  pendingNew,
} from "./groups";
import {
  idAdd,
  idCount,
  idFirst,
  idNext,
  idTakeLast,
  idUsage,
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
  PENDING_BYTES,
  PENDING_DELIVERIES,
  PENDING_TIME,
  STREAM_BYTES,
  STREAM_GROUPS,
  STREAM_LENGTH,
} from "./layout";
import { nodeCopy, nodeFree, nodeListpack } from "./node";
import { lengthOf, streamNew } from "./stream";

/** Listpacks that are measured; the others are taken to be as large. */
const NODES_MEASURED: u32 = 64;
/** What freeing a listpack counts for, in elements. */
const NODE_ELEMENTS: u32 = 8;
const FREE_ALL: u32 = 0xffffffff;

/** Entries of the stream. */
export function streamLength(_encoding: u32, ptr: u32): u32 {
  return <u32>lengthOf(ptr);
}

// ------------------------------------------------------------------ measuring

function nodesUsage(stream: u32): f64 {
  const nodes = idCount(stream);
  let bytes: f64 = 0;
  let measured: u32 = 0;
  let node = idFirst(stream);
  while (node != 0 && measured < NODES_MEASURED) {
    bytes += <f64>(usableSize(node) + usableSize(nodeListpack(node)));
    measured++;
    node = idNext(stream, node);
  }
  if (measured != 0) bytes *= <f64>nodes / <f64>measured;
  return bytes + idUsage(stream);
}

function groupUsage(group: u32): f64 {
  const pending = group + GROUP_PENDING;
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  let bytes = <f64>usableSize(group) + idUsage(pending) +
    <f64>idCount(pending) * <f64>PENDING_BYTES;
  if (consumers != 0) bytes += <f64>usableSize(consumers);
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    bytes += <f64>usableSize(consumer) + idUsage(consumer + CONSUMER_PENDING);
  }
  return bytes;
}

/** Bytes of all blocks of the stream; about, if it has many nodes. */
export function streamUsage(_encoding: u32, ptr: u32): f64 {
  const groups = load<u32>(ptr, STREAM_GROUPS);
  let bytes = <f64>usableSize(ptr) + nodesUsage(ptr);
  if (groups != 0) bytes += <f64>usableSize(groups);
  for (let i: u32 = 0; i < listCount(groups); i++) {
    bytes += groupUsage(listAt(groups, i));
  }
  return bytes;
}

// -------------------------------------------------------------------- copying

function copyConsumers(from: u32, to: u32): bool {
  const consumers = load<u32>(from, GROUP_CONSUMERS);
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    const copy = consumerNew(
      to,
      namePtr(consumer),
      nameLength(consumer),
      load<i64>(consumer, CONSUMER_SEEN),
    );
    if (copy == 0) return false;
    store<i64>(copy, load<i64>(consumer, CONSUMER_ACTIVE), CONSUMER_ACTIVE);
  }
  return true;
}

function copyPending(from: u32, to: u32): bool {
  const tree = from + GROUP_PENDING;
  let pending = idFirst(tree);
  while (pending != 0) {
    const consumer = pendingConsumer(pending);
    const name = namePtr(consumer);
    const copied = pendingNew(
      to,
      consumerFind(to, name, nameLength(consumer)),
      thingMs(pending),
      thingSeq(pending),
      load<i64>(pending, PENDING_TIME),
      load<u64>(pending, PENDING_DELIVERIES),
    );
    if (copied == 0) return false;
    pending = idNext(tree, pending);
  }
  return true;
}

function copyGroups(from: u32, to: u32): bool {
  const groups = load<u32>(from, STREAM_GROUPS);
  for (let i: u32 = 0; i < listCount(groups); i++) {
    const group = listAt(groups, i);
    const copy = groupNew(
      to,
      namePtr(group),
      nameLength(group),
      load<u64>(group, GROUP_LAST),
      load<u64>(group, GROUP_LAST + 8),
      load<i64>(group, GROUP_READ),
    );
    if (copy == 0) return false;
    if (!copyConsumers(group, copy) || !copyPending(group, copy)) return false;
  }
  return true;
}

function copyNodes(from: u32, to: u32): bool {
  let node = idFirst(from);
  while (node != 0) {
    const copy = nodeCopy(node);
    if (copy == 0) return false;
    if (!idAdd(to, copy)) {
      nodeFree(copy);
      return false;
    }
    node = idNext(from, node);
  }
  memory.copy(
    to + STREAM_LENGTH,
    from + STREAM_LENGTH,
    STREAM_GROUPS - STREAM_LENGTH,
  );
  return true;
}

/** A deep copy, the groups included; 0 when out of memory. */
export function streamCopy(encoding: u32, ptr: u32): u32 {
  const wasOpen = undoSuspend();
  let copy = streamNew();
  if (copy != 0 && (!copyNodes(ptr, copy) || !copyGroups(ptr, copy))) {
    streamFreeSome(encoding, copy, FREE_ALL);
    copy = 0;
  }
  undoResume(wasOpen);
  return copy;
}

// -------------------------------------------------------------------- freeing

/** Frees a group's pending entries, consumers, and at last the group. */
function groupFreeSome(group: u32, limit: u32): u32 {
  while (limit > 0) {
    const pending = idTakeLast(group + GROUP_PENDING);
    if (pending == 0) break;
    free(pending);
    limit--;
  }
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  while (limit > 0 && listCount(consumers) != 0) {
    const consumer = listAt(consumers, listCount(consumers) - 1);
    while (limit > 0 && idTakeLast(consumer + CONSUMER_PENDING) != 0) limit--;
    if (limit == 0) break;
    free(consumer);
    store<u32>(consumers, listCount(consumers) - 1);
    limit--;
  }
  return limit;
}

/** Frees about `limit` elements; true while more remain. */
export function streamFreeSome(_encoding: u32, ptr: u32, limit: u32): bool {
  while (limit > 0) {
    const node = idTakeLast(ptr);
    if (node == 0) break;
    free(nodeListpack(node));
    free(node);
    limit -= min<u32>(limit, NODE_ELEMENTS);
  }
  const groups = load<u32>(ptr, STREAM_GROUPS);
  while (limit > 0 && listCount(groups) != 0) {
    const group = listAt(groups, listCount(groups) - 1);
    limit = groupFreeSome(group, limit);
    if (limit == 0) return true;
    if (load<u32>(group, GROUP_CONSUMERS) != 0) {
      free(load<u32>(group, GROUP_CONSUMERS));
    }
    free(group);
    store<u32>(groups, listCount(groups) - 1);
    limit--;
  }
  if (limit == 0) return true;
  if (groups != 0) free(groups);
  free(ptr);
  return false;
}
