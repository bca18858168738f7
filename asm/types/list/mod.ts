/**
 * Values of type list: what values of every type have to offer
 * (types/value.ts), and the two forms they are kept in.
 *
 * ENCODING_LISTPACK: the value is a listpack (0 once it is empty, before the
 * key is deleted), and the entry's spare word holds the list's options.
 * ENCODING_QUICKLIST: the value is a list of nodes (node.ts). Clients are told
 * of a quicklist either way.
 */
import { alloc, free, usableSize } from "../../base/memory";
import { setEncoding, setValue } from "../../keyspace/collection";
import {
  ENCODING_LISTPACK,
  ENCODING_QUICKLIST,
  entryBody,
  entryEncoding,
  valuePtr,
} from "../../keyspace/entry";
import {
  put32,
  undoAlloc,
  undoFree,
  undoOpen,
  undoReserve,
} from "../../keyspace/undo";
import { lpBytes, lpCount } from "../listpack";
import { isSmall } from "./limits";
import {
  LIST_BYTES,
  listHead,
  listCount,
  listNodes,
  listOptions,
  NODE_BYTES,
  nodeBytes,
  nodeCount,
  nodeData,
  nodeFill,
  nodeIsCompressed,
  nodeIsPlain,
  nodeNext,
  nodePrev,
  VIEW_LIST,
  VIEW_NODE,
  viewNodeIsUsed,
  viewReset,
} from "./node";

/** Nodes looked at to measure a list. */
const USAGE_SAMPLE_NODES: u32 = 256;
/** Undo records `listEnd` may take. */
const END_RECORDS: u32 = 16;

/** Elements of the value. */
export function listLength(encoding: u32, ptr: u32): u32 {
  if (encoding == ENCODING_QUICKLIST) return listCount(ptr);
  return ptr != 0 ? lpCount(ptr) : 0;
}

/** Bytes of all blocks of the value; of long lists, about. */
export function listUsage(encoding: u32, ptr: u32): f64 {
  if (encoding != ENCODING_QUICKLIST) {
    return ptr != 0 ? <f64>usableSize(ptr) : 0;
  }
  let bytes: f64 = 0;
  let seen: u32 = 0;
  let node = listHead(ptr);
  while (node != 0 && seen < USAGE_SAMPLE_NODES) {
    bytes += <f64>(usableSize(node) + usableSize(nodeData(node)));
    seen++;
    node = nodeNext(node);
  }
  if (node != 0) bytes *= <f64>listNodes(ptr) / <f64>seen;
  return bytes + <f64>usableSize(ptr);
}

function copyBlock(from: u32, bytes: u32): u32 {
  const block = alloc(bytes);
  if (block != 0) memory.copy(block, from, bytes);
  return block;
}

/** A copy of a node and its data; 0 when out of memory. */
function copyNode(node: u32): u32 {
  const copy = copyBlock(node, NODE_BYTES);
  if (copy == 0) return 0;
  const isCompressed = nodeIsCompressed(node);
  const bytes = isCompressed ? load<u32>(node, 16) : nodeBytes(node);
  const data = copyBlock(nodeData(node), bytes);
  if (data == 0) {
    free(copy);
    return 0;
  }
  store<u32>(copy, data, 8);
  return copy;
}

/** A deep copy; 0 when out of memory. */
export function listCopy(encoding: u32, ptr: u32): u32 {
  if (encoding != ENCODING_QUICKLIST) return copyBlock(ptr, lpBytes(ptr));
  const list = copyBlock(ptr, LIST_BYTES);
  if (list == 0) return 0;
  store<u32>(list, 0);
  let last: u32 = 0;
  for (let node = listHead(ptr); node != 0; node = nodeNext(node)) {
    const copy = copyNode(node);
    if (copy == 0) {
      while (listFreeSome(encoding, list, 1024));
      return 0;
    }
    store<u32>(copy, last);
    store<u32>(copy, 0, 4);
    store<u32>(last != 0 ? last + 4 : list, copy);
    last = copy;
  }
  store<u32>(list, last, 4);
  return list;
}

/** Frees about `limit` elements; true while more remain. */
export function listFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  if (encoding == ENCODING_QUICKLIST) {
    let freed: u32 = 0;
    let node = listHead(ptr);
    while (node != 0 && freed < limit) {
      const next = nodeNext(node);
      freed += nodeCount(node);
      free(nodeData(node));
      free(node);
      node = next;
    }
    store<u32>(ptr, node);
    if (node != 0) return true;
  }
  free(ptr);
  return false;
}

// ------------------------------------------------------------- the two forms

/** Blocks kept for a listpack that becomes a list of nodes, so that it can. */
let spareList: u32 = 0;
let spareNode: u32 = 0;

function haveSpares(): bool {
  if (spareList == 0) spareList = alloc(LIST_BYTES);
  if (spareNode == 0) spareNode = alloc(NODE_BYTES);
  return spareList != 0 && spareNode != 0;
}

/** The options of an entry's list, in one word. */
// @ts-ignore: decorator
@inline
export function optionsOf(entry: u32): u32 {
  if (entryEncoding(entry) == ENCODING_QUICKLIST) {
    return listOptions(valuePtr(entry));
  }
  return load<u32>(entryBody(entry), 4);
}

/** The list of an entry to be looked at, valid until the next list is. */
export function listOf(entry: u32): u32 {
  const ptr = valuePtr(entry);
  if (entryEncoding(entry) == ENCODING_QUICKLIST) return ptr;
  viewReset(load<u32>(entryBody(entry), 4), true);
  const count = lpCount(ptr);
  nodeFill(VIEW_NODE, ptr, lpBytes(ptr), count, 0);
  store<u32>(VIEW_LIST, count, 8);
  return VIEW_LIST;
}

/** The list of an entry to be changed; `listEnd` must follow. 0 when out of memory. */
export function listBegin(entry: u32): u32 {
  if (entryEncoding(entry) != ENCODING_QUICKLIST && !haveSpares()) return 0;
  return listOf(entry);
}

/** An empty list to be filled; `listFinish` must follow. 0 when out of memory. */
export function listStart(options: u32): u32 {
  if (!haveSpares()) return 0;
  viewReset(options, false);
  return VIEW_LIST;
}

/** What `listFinish` made of a list. */
export let finishedEncoding: u32 = 0;

/**
 * The value that VIEW_LIST has become, which is not empty; 0 when out of memory,
 * which happens only while an undo log is open.
 */
export function listFinish(): u32 {
  const head = listHead(VIEW_LIST);
  if (listNodes(VIEW_LIST) > 1 || nodeIsPlain(head)) {
    finishedEncoding = ENCODING_QUICKLIST;
    return realList();
  }
  finishedEncoding = ENCODING_LISTPACK;
  if (head != VIEW_NODE) undoFree(head);
  return nodeData(head);
}

/** Moves VIEW_LIST and VIEW_NODE into blocks of their own. */
function realList(): u32 {
  let list = spareList;
  let node = spareNode;
  if (undoOpen) {
    list = undoAlloc(LIST_BYTES);
    node = viewNodeIsUsed ? undoAlloc(NODE_BYTES) : list;
    if (list == 0 || node == 0) return 0;
  } else {
    spareList = 0;
    if (viewNodeIsUsed) spareNode = 0;
  }
  if (viewNodeIsUsed) {
    memory.copy(node, VIEW_NODE, NODE_BYTES);
    // Its neighbours are as new as it is: nothing to be undone.
    const prev = nodePrev(node);
    const next = nodeNext(node);
    store<u32>(prev != 0 ? prev + 4 : VIEW_LIST, node);
    store<u32>(next != 0 ? next : VIEW_LIST + 4, node);
  }
  memory.copy(list, VIEW_LIST, LIST_BYTES);
  return list;
}

/**
 * Stores what has become of a list; false when out of memory, which happens
 * only while an undo log is open.
 */
export function listEnd(entry: u32, list: u32): bool {
  if (!undoReserve(END_RECORDS)) return false;
  if (list == VIEW_LIST) return endView(entry);
  const head = listHead(list);
  if (
    listNodes(list) != 1 || nodeIsCompressed(head) || !isSmall(list, head)
  ) return true;
  put32(entryBody(entry) + 4, listOptions(list));
  setEncoding(entry, ENCODING_LISTPACK);
  setValue(entry, nodeData(head));
  undoFree(head);
  undoFree(list);
  return true;
}

function endView(entry: u32): bool {
  if (listNodes(VIEW_LIST) == 0) {
    setValue(entry, 0);
    return true;
  }
  const ptr = listFinish();
  if (ptr == 0) return false;
  setValue(entry, ptr);
  if (finishedEncoding == ENCODING_QUICKLIST) {
    setEncoding(entry, ENCODING_QUICKLIST);
  }
  return true;
}
