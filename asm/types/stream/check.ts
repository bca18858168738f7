/** Verifies what must hold of a stream: for tests of the invariants build. */
import { cursorNext, cursorStart, entryMs, entrySeq } from "./cursor";
import { listAt, listCount, pendingConsumer } from "./groups";
import { idCount, idFirst, idNext, thingMs, thingSeq, treeCheck } from "./id_tree";
import {
  CONSUMER_PENDING,
  GROUP_CONSUMERS,
  GROUP_PENDING,
  idCompare,
  STREAM_FIRST,
  STREAM_GROUPS,
  STREAM_LAST,
} from "./layout";
import { nodeCount, nodeListpack } from "./node";
import { lpBytes, lpValidate } from "../listpack";
import { lengthOf } from "./stream";

const CHECK_NODES: u32 = 1;
const CHECK_LENGTH: u32 = 2;
const CHECK_FIRST: u32 = 3;
const CHECK_LAST: u32 = 4;
const CHECK_GROUP: u32 = 5;
const CHECK_CONSUMER: u32 = 6;

/** Listpacks are sound, and the entries counted are there, in order. */
function checkEntries(stream: u32): u32 {
  if (!treeCheck(stream)) return CHECK_NODES;
  let counted: u64 = 0;
  for (let node = idFirst(stream); node != 0; node = idNext(stream, node)) {
    const lp = nodeListpack(node);
    if (!lpValidate(lp, lpBytes(lp))) return CHECK_NODES;
    counted += <u64>nodeCount(lp);
  }
  if (counted != lengthOf(stream)) return CHECK_LENGTH;
  let ms: u64 = 0;
  let seq: u64 = 0;
  let found: u64 = 0;
  cursorStart(stream, 0, 0, u64.MAX_VALUE, u64.MAX_VALUE, false);
  while (cursorNext()) {
    if (found++ == 0) {
      if (idCompare(stream + STREAM_FIRST, entryMs, entrySeq) != 0) {
        return CHECK_FIRST;
      }
    } else if (entryMs < ms || entryMs == ms && entrySeq <= seq) {
      return CHECK_NODES;
    }
    ms = entryMs;
    seq = entrySeq;
  }
  if (found != counted) return CHECK_LENGTH;
  return idCompare(stream + STREAM_LAST, ms, seq) < 0 ? CHECK_LAST : 0;
}

/** What is pending for a group is pending for one of its consumers. */
function checkGroup(group: u32): u32 {
  const tree = group + GROUP_PENDING;
  if (!treeCheck(tree)) return CHECK_GROUP;
  let pending: u32 = 0;
  const consumers = load<u32>(group, GROUP_CONSUMERS);
  for (let i: u32 = 0; i < listCount(consumers); i++) {
    const consumer = listAt(consumers, i);
    const its = consumer + CONSUMER_PENDING;
    if (!treeCheck(its)) return CHECK_CONSUMER;
    pending += idCount(its);
    for (let one = idFirst(its); one != 0; one = idNext(its, one)) {
      if (pendingConsumer(one) != consumer) return CHECK_CONSUMER;
      const after = idNext(its, one);
      if (after == 0) continue;
      const ms = thingMs(after);
      if (idCompare(one, ms, thingSeq(after)) >= 0) return CHECK_CONSUMER;
    }
  }
  return pending == idCount(tree) ? 0 : CHECK_GROUP;
}

/** 0 if all is well, else CHECK_*. */
export function streamCheck(stream: u32): u32 {
  const result = checkEntries(stream);
  if (result != 0) return result;
  const groups = load<u32>(stream, STREAM_GROUPS);
  for (let i: u32 = 0; i < listCount(groups); i++) {
    const found = checkGroup(listAt(groups, i));
    if (found != 0) return found;
  }
  return 0;
}
