/** XINFO, and the digest of a stream. */
import { nowMs } from "../keyspace/clock";
import { writeU64 } from "../base/number";
import { outputLiteral } from "../resp/output";
import {
  replyArray,
  replyBulk,
  replyBulkHeader,
  replyCrlf,
  replyDeferred,
  replyDeferredArray,
  replyInteger,
  replyMap,
  replyNull,
} from "../resp/reply";
import { lpLength, lpPtr, lpView } from "../types/listpack";
import {
  cursorNext,
  cursorStart,
  entryFields,
  entryMs,
  entrySeq,
  fieldName,
  fieldNext,
  fieldsStart,
  fieldValue,
} from "../types/stream/cursor";
import {
  listAt,
  listCount,
  nameLength,
  namePtr,
  pendingConsumer,
} from "../types/stream/groups";
import { idCount, idFirst, idNext } from "../types/stream/id_tree";
import {
  CONSUMER_PENDING,
  CONSUMER_SEEN,
  GROUP_CONSUMERS,
  GROUP_LAST,
  GROUP_PENDING,
  GROUP_READ,
  PENDING_DELIVERIES,
  PENDING_TIME,
  READ_UNKNOWN,
  STREAM_ADDED,
  STREAM_DELETED,
  STREAM_FIRST,
  STREAM_GROUPS,
  STREAM_LAST,
} from "../types/stream/layout";
import { entriesUpTo, hasDeletedFrom, lengthOf } from "../types/stream/stream";
import { replyIdAt } from "./stream_ids";
import { replyEntry, streamRangeAll, streamRangeReply } from "./stream_reply";

const U64_MAX: u64 = u64.MAX_VALUE;

/** The name of a field of a reply. */
function name(text: string): void {
  replyBulkHeader(<u32>text.length);
  outputLiteral(text);
  replyCrlf();
}

function replyName(named: u32): void {
  replyBulk(namePtr(named), nameLength(named));
}

// ----------------------------------------------- the radix tree Redis would have

/** Depths of the branches above the key last seen. */
const BRANCHES: u32 = <u32>memory.data(17 * 4, 16);
/** Bytes of a key: an ID, the highest byte first. */
const KEY_BYTES: u32 = 16;

/** Bytes that two IDs have in common, the highest byte first. */
function commonBytes(a: u32, b: u32): u32 {
  const ms = load<u64>(a) ^ load<u64>(b);
  if (ms != 0) return <u32>clz(ms) >> 3;
  return 8 + (<u32>clz(load<u64>(a, 8) ^ load<u64>(b, 8)) >> 3);
}

/** A node for the bytes between a branch (0: none above) and what is below it. */
// @ts-ignore: decorator
@inline
function chain(branchAbove: u32, depth: u32): u32 {
  return depth > branchAbove ? 1 : 0;
}

/**
 * How many nodes Redis's radix tree of these listpacks would have: one for each
 * listpack, each place where keys part, and each run of bytes in between.
 */
export function radixNodes(stream: u32): u32 {
  let node = idFirst(stream);
  if (node == 0) return 1;
  let nodes: u32 = 0;
  let branches: u32 = 0;
  while (node != 0) {
    const following = idNext(stream, node);
    // `above` is behind the byte by which the deepest branch tells keys apart.
    const common: u32 = following == 0
      ? 0
      : commonBytes(node, following) + 1;
    const top: u32 = branches == 0 ? 0 : load<u32>(BRANCHES + (branches - 1 << 2));
    nodes += 1 + chain(max<u32>(top, common), KEY_BYTES);
    while (branches > 0) {
      const depth = load<u32>(BRANCHES + (branches - 1 << 2));
      if (depth <= common) break;
      branches--;
      const next: u32 = branches == 0
        ? 0
        : load<u32>(BRANCHES + (branches - 1 << 2));
      nodes += 1 + chain(max<u32>(next, common), depth - 1);
    }
    const deepest: u32 = branches == 0
      ? 0
      : load<u32>(BRANCHES + (branches - 1 << 2));
    if (common != 0 && deepest != common) {
      store<u32>(BRANCHES + (branches << 2), common);
      branches++;
    }
    node = following;
  }
  return nodes;
}

// ---------------------------------------------------------------- XINFO STREAM

function replyHead(stream: u32): void {
  name("length");
  replyInteger(<i64>lengthOf(stream));
  name("radix-tree-keys");
  replyInteger(<i64>idCount(stream));
  name("radix-tree-nodes");
  replyInteger(<i64>radixNodes(stream));
  name("last-generated-id");
  replyIdAt(stream + STREAM_LAST);
  name("max-deleted-entry-id");
  replyIdAt(stream + STREAM_DELETED);
  name("entries-added");
  replyInteger(load<i64>(stream, STREAM_ADDED));
  name("recorded-first-entry-id");
  replyIdAt(stream + STREAM_FIRST);
}

function replyEdge(stream: u32, isLast: bool): void {
  cursorStart(stream, 0, 0, U64_MAX, U64_MAX, isLast);
  if (cursorNext()) replyEntry();
  else replyNull();
}

/** XINFO STREAM */
export function streamInfo(stream: u32): void {
  replyMap(10);
  replyHead(stream);
  name("groups");
  replyInteger(<i64>listCount(load<u32>(stream, STREAM_GROUPS)));
  name("first-entry");
  replyEdge(stream, false);
  name("last-entry");
  replyEdge(stream, true);
}

/** XINFO STREAM FULL; at most `count` (0: all) of each kind. */
export function streamInfoFull(stream: u32, count: f64): void {
  replyMap(9);
  replyHead(stream);
  name("entries");
  streamRangeAll();
  streamRangeReply(stream, count, false);
  name("groups");
  const groups = load<u32>(stream, STREAM_GROUPS);
  replyArray(listCount(groups));
  for (let i: u32 = 0; i < listCount(groups); i++) {
    replyGroupFull(stream, listAt(groups, i), count);
  }
}

function replyGroupFull(stream: u32, group: u32, count: f64): void {
  replyMap(7);
  name("name");
  replyName(group);
  name("last-delivered-id");
  replyIdAt(group + GROUP_LAST);
  replyProgress(stream, group);
  name("pel-count");
  replyInteger(<i64>idCount(group + GROUP_PENDING));
  name("pending");
  replyPending(group + GROUP_PENDING, count, true);
  name("consumers");
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  replyArray(listCount(consumers));
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    replyMap(4);
    name("name");
    replyName(consumer);
    name("seen-time");
    replyInteger(load<i64>(consumer, CONSUMER_SEEN));
    name("pel-count");
    replyInteger(<i64>idCount(consumer + CONSUMER_PENDING));
    name("pending");
    replyPending(consumer + CONSUMER_PENDING, count, false);
  }
}

/** What is pending; `withConsumer` says for whom. */
function replyPending(tree: u32, count: f64, withConsumer: bool): void {
  const header = replyDeferred();
  let found: u32 = 0;
  let pending = idFirst(tree);
  while (pending != 0 && (count == 0 || <f64>found < count)) {
    replyArray(withConsumer ? 4 : 3);
    replyIdAt(pending);
    if (withConsumer) replyName(pendingConsumer(pending));
    replyInteger(load<i64>(pending, PENDING_TIME));
    replyInteger(load<i64>(pending, PENDING_DELIVERIES));
    found++;
    pending = idNext(tree, pending);
  }
  replyDeferredArray(header, found);
}

/** How far a group has read, and how much there is that it has not. */
function replyProgress(stream: u32, group: u32): void {
  const read = load<i64>(group, GROUP_READ);
  name("entries-read");
  if (read == READ_UNKNOWN) replyNull();
  else replyInteger(read);
  name("lag");
  const added = load<i64>(stream, STREAM_ADDED);
  if (added == 0) return replyInteger(0);
  const ms = load<u64>(group, GROUP_LAST);
  const seq = load<u64>(group, GROUP_LAST + 8);
  if (read != READ_UNKNOWN && !hasDeletedFrom(stream, ms, seq)) {
    return replyInteger(added - read);
  }
  const upTo = entriesUpTo(stream, ms, seq);
  if (upTo == READ_UNKNOWN) replyNull();
  else replyInteger(added - upTo);
}

/** XINFO GROUPS */
export function streamInfoGroups(stream: u32): void {
  const groups = load<u32>(stream, STREAM_GROUPS);
  replyArray(listCount(groups));
  for (let i: u32 = 0; i < listCount(groups); i++) {
    const group = listAt(groups, i);
    replyMap(6);
    name("name");
    replyName(group);
    name("consumers");
    replyInteger(<i64>listCount(load<u32>(group, GROUP_CONSUMERS)));
    name("pending");
    replyInteger(<i64>idCount(group + GROUP_PENDING));
    name("last-delivered-id");
    replyIdAt(group + GROUP_LAST);
    replyProgress(stream, group);
  }
}

/** XINFO CONSUMERS */
export function streamInfoConsumers(group: u32): void {
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  replyArray(listCount(consumers));
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    const idleMs = nowMs - load<i64>(consumer, CONSUMER_SEEN);
    replyMap(3);
    name("name");
    replyName(consumer);
    name("pending");
    replyInteger(<i64>idCount(consumer + CONSUMER_PENDING));
    name("idle");
    replyInteger(max<i64>(idleMs, 0));
  }
}

// --------------------------------------------------------------------- digest

const DIGEST_ID: u32 = <u32>memory.data(48, 16);
let digestFieldsLeft: u32 = 0;
let isAtValue: bool = false;
let digestPtr: u32 = 0;
let digestLength: u32 = 0;

/** Begins a walk over all that makes up the digest of a stream. */
export function streamDigestStart(stream: u32): void {
  cursorStart(stream, 0, 0, U64_MAX, U64_MAX, false);
  digestFieldsLeft = 0;
  isAtValue = false;
}

/** Goes to the next ID, field or value; false at the end. */
export function streamDigestNext(): bool {
  if (isAtValue) {
    lpView(fieldValue());
    digestPtr = lpPtr;
    digestLength = lpLength;
    isAtValue = false;
    if (--digestFieldsLeft != 0) fieldNext();
    return true;
  }
  if (digestFieldsLeft != 0) {
    lpView(fieldName());
    digestPtr = lpPtr;
    digestLength = lpLength;
    isAtValue = true;
    return true;
  }
  if (!cursorNext()) return false;
  digestPtr = DIGEST_ID;
  digestLength = writeU64(DIGEST_ID, entryMs);
  store<u8>(DIGEST_ID + digestLength++, 0x2e);
  digestLength += writeU64(DIGEST_ID + digestLength, entrySeq);
  digestFieldsLeft = entryFields;
  if (digestFieldsLeft != 0) fieldsStart();
  return true;
}

export function streamDigestPtr(): u32 {
  return digestPtr;
}

export function streamDigestLength(): u32 {
  return digestLength;
}
