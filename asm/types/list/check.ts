/** Verifies lists, for tests: 0 if all is well, else what is not. */
import { lzfDecompress } from "../../base/lzf";
import { alloc, free } from "../../base/memory";
import { ENCODING_QUICKLIST, entryEncoding, valuePtr } from "../../keyspace/entry";
import { lpBytes, lpCount, lpValidate } from "../listpack";
import {
  listCount,
  listHead,
  listNodes,
  listTail,
  nodeBytes,
  nodeCount,
  nodeData,
  nodeIsCompressed,
  nodeIsPlain,
  nodeNext,
  nodePrev,
} from "./node";

/** What `listCheck` found. */
const BAD_LISTPACK: u32 = 1;
const BAD_LINKS: u32 = 2;
const BAD_COUNT: u32 = 3;
const BAD_NODE: u32 = 4;
const BAD_COMPRESSION: u32 = 5;

function checkNode(node: u32): u32 {
  let data = nodeData(node);
  const bytes = nodeBytes(node);
  if (nodeIsCompressed(node)) {
    data = alloc(bytes);
    const packed = load<u32>(node, 16);
    const made = lzfDecompress(nodeData(node), packed, data, bytes);
    if (made != bytes) return BAD_COMPRESSION;
  }
  let result: u32 = 0;
  if (nodeIsPlain(node)) {
    if (nodeCount(node) != 1) result = BAD_NODE;
  } else if (!lpValidate(data, bytes) || lpBytes(data) != bytes) {
    result = BAD_LISTPACK;
  } else if (nodeCount(node) == 0 || lpCount(data) != nodeCount(node)) {
    result = BAD_NODE;
  }
  if (nodeIsCompressed(node)) free(data);
  return result;
}

/** Verifies the list of an entry. */
export function listCheck(entry: u32): u32 {
  const ptr = valuePtr(entry);
  if (entryEncoding(entry) != ENCODING_QUICKLIST) {
    return lpValidate(ptr, lpBytes(ptr)) && lpCount(ptr) != 0
      ? 0
      : BAD_LISTPACK;
  }
  let prev: u32 = 0;
  let count: u32 = 0;
  let nodes: u32 = 0;
  for (let node = listHead(ptr); node != 0; node = nodeNext(node)) {
    if (nodePrev(node) != prev) return BAD_LINKS;
    const problem = checkNode(node);
    if (problem != 0) return problem;
    count += nodeCount(node);
    nodes++;
    prev = node;
  }
  if (listTail(ptr) != prev || listNodes(ptr) != nodes) return BAD_LINKS;
  return count == listCount(ptr) ? 0 : BAD_COUNT;
}
