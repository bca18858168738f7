/**
 * The heap of expiries of a large hash: a 4-ary min-heap over its fields that
 * have one, so that the next to expire is at hand. It is part of the table
 * (table.ts):
 *
 *   table +4 u32 directory   +8 u32 count   +12 u32 room   +16 u32 directory room
 *
 *   node, 12 bytes: i64 expiry (ms of Unix time), u32 field
 *
 * Nodes live in chunks of 4096 behind a directory, so that growing never copies
 * more than the directory; while there is a single chunk it grows by doubling.
 * Everything goes through the undo log: `undoReserve(HEAP_RECORDS)` must have
 * succeeded.
 *
 * Invariant: heap order, and fieldPlace(node.field) == index of node.
 */
import { free, usableSize } from "../../base/memory";
import { put32, put64, undoAlloc, undoFree } from "../../keyspace/undo";
import { fieldPlace } from "./field";

/** Undo records one change of the heap may take. */
export const HEAP_RECORDS: u32 = 96;

const NODE_BYTES: u32 = 12;
const CHUNK_SHIFT: u32 = 12;
const CHUNK_NODES: u32 = 1 << CHUNK_SHIFT;
const FIRST_NODES: u32 = 8;
const FIRST_DIRECTORY: u32 = 4;

const DIRECTORY: u32 = 4;
const COUNT: u32 = 8;
const ROOM: u32 = 12;
const DIRECTORY_ROOM: u32 = 16;

/** Fields that have an expiry. */
// @ts-ignore: decorator
@inline
export function heapCount(table: u32): u32 {
  return load<u32>(table + COUNT);
}

// @ts-ignore: decorator
@inline
function node(table: u32, index: u32): u32 {
  return load<u32>(
    load<u32>(table + DIRECTORY) + (index >> CHUNK_SHIFT << 2),
  ) + (index & CHUNK_NODES - 1) * NODE_BYTES;
}

/** The expiry at an index below `heapCount`. */
// @ts-ignore: decorator
@inline
export function heapWhen(table: u32, index: u32): i64 {
  return load<i64>(node(table, index));
}

/** The field at an index below `heapCount`. */
// @ts-ignore: decorator
@inline
export function heapField(table: u32, index: u32): u32 {
  return load<u32>(node(table, index), 8);
}

function place(table: u32, index: u32, whenMs: i64, field: u32): void {
  const at = node(table, index);
  put64(at, <u64>whenMs);
  put32(at + 8, field);
  put32(field + 1, index);
}

/** Another block holds the field at this index. */
export function heapRelocate(table: u32, index: u32, field: u32): void {
  put32(node(table, index) + 8, field);
  put32(field + 1, index);
}

function firstChunk(table: u32): bool {
  const directory = undoAlloc(FIRST_DIRECTORY << 2);
  if (directory == 0) return false;
  const chunk = undoAlloc(FIRST_NODES * NODE_BYTES);
  if (chunk == 0) {
    undoFree(directory);
    return false;
  }
  store<u32>(directory, chunk);
  put32(table + DIRECTORY, directory);
  put32(table + ROOM, FIRST_NODES);
  put32(table + DIRECTORY_ROOM, FIRST_DIRECTORY);
  return true;
}

/** Twice the room in the only chunk. */
function largerChunk(table: u32, room: u32): bool {
  const directory = load<u32>(table + DIRECTORY);
  const old = load<u32>(directory);
  const larger = undoAlloc(room * 2 * NODE_BYTES);
  if (larger == 0) return false;
  memory.copy(larger, old, room * NODE_BYTES);
  put32(directory, larger);
  undoFree(old);
  put32(table + ROOM, room << 1);
  return true;
}

function largerDirectory(table: u32, chunks: u32): bool {
  const old = load<u32>(table + DIRECTORY);
  const larger = undoAlloc(chunks << 3);
  if (larger == 0) return false;
  memory.copy(larger, old, chunks << 2);
  put32(table + DIRECTORY, larger);
  undoFree(old);
  put32(table + DIRECTORY_ROOM, chunks << 1);
  return true;
}

/** Makes room for one more field. */
export function heapReserve(table: u32): bool {
  const room = load<u32>(table + ROOM);
  if (heapCount(table) < room) return true;
  if (room == 0) return firstChunk(table);
  if (room < CHUNK_NODES) return largerChunk(table, room);
  const chunks = room >> CHUNK_SHIFT;
  if (
    chunks == load<u32>(table + DIRECTORY_ROOM) &&
    !largerDirectory(table, chunks)
  ) return false;
  const chunk = undoAlloc(CHUNK_NODES * NODE_BYTES);
  if (chunk == 0) return false;
  put32(load<u32>(table + DIRECTORY) + (chunks << 2), chunk);
  put32(table + ROOM, room + CHUNK_NODES);
  return true;
}

function siftUp(table: u32, index: u32, whenMs: i64, field: u32): void {
  while (index > 0) {
    const parent = index - 1 >> 2;
    const parentWhen = heapWhen(table, parent);
    if (parentWhen <= whenMs) break;
    place(table, index, parentWhen, heapField(table, parent));
    index = parent;
  }
  place(table, index, whenMs, field);
}

function siftDown(table: u32, index: u32, whenMs: i64, field: u32): void {
  const count = heapCount(table);
  while (true) {
    const first = (index << 2) + 1;
    if (first >= count) break;
    const end = min<u32>(first + 4, count);
    let best = first;
    let bestWhen = heapWhen(table, first);
    for (let child = first + 1; child < end; child++) {
      const childWhen = heapWhen(table, child);
      if (childWhen < bestWhen) {
        best = child;
        bestWhen = childWhen;
      }
    }
    if (bestWhen >= whenMs) break;
    place(table, index, bestWhen, heapField(table, best));
    index = best;
  }
  place(table, index, whenMs, field);
}

// @ts-ignore: decorator
@inline
function sift(table: u32, index: u32, whenMs: i64, field: u32): void {
  if (index > 0 && heapWhen(table, index - 1 >> 2) > whenMs) {
    siftUp(table, index, whenMs, field);
  } else siftDown(table, index, whenMs, field);
}

/** Adds a volatile field; `heapReserve` must have succeeded. */
export function heapAdd(table: u32, field: u32, whenMs: i64): void {
  const index = heapCount(table);
  put32(table + COUNT, index + 1);
  siftUp(table, index, whenMs, field);
}

/** The field expires at another time. */
export function heapUpdate(table: u32, field: u32, whenMs: i64): void {
  sift(table, fieldPlace(field), whenMs, field);
}

/** Takes a field out, and gives back what is left over. */
export function heapRemove(table: u32, field: u32): void {
  const index = fieldPlace(field);
  const last = heapCount(table) - 1;
  const whenMs = heapWhen(table, last);
  const moved = heapField(table, last);
  put32(table + COUNT, last);
  if (index != last) sift(table, index, whenMs, moved);
  const room = load<u32>(table + ROOM);
  if (last == 0) heapRelease(table);
  else if (room > CHUNK_NODES && last + (CHUNK_NODES << 1) <= room) {
    const chunks = room >> CHUNK_SHIFT;
    undoFree(load<u32>(load<u32>(table + DIRECTORY) + (chunks - 1 << 2)));
    put32(table + ROOM, room - CHUNK_NODES);
  }
}

function chunkCount(table: u32): u32 {
  return max<u32>(1, load<u32>(table + ROOM) >> CHUNK_SHIFT);
}

/** Gives all chunks back and the directory. */
export function heapRelease(table: u32): void {
  const directory = load<u32>(table + DIRECTORY);
  if (directory == 0) return;
  const chunks = chunkCount(table);
  for (let i: u32 = 0; i < chunks; i++) {
    undoFree(load<u32>(directory + (i << 2)));
  }
  undoFree(directory);
  put32(table + DIRECTORY, 0);
  put32(table + COUNT, 0);
  put32(table + ROOM, 0);
  put32(table + DIRECTORY_ROOM, 0);
}

/** Frees chunks and directory of a table that nobody can reach. */
export function heapFree(table: u32): void {
  const directory = load<u32>(table + DIRECTORY);
  if (directory == 0) return;
  const chunks = chunkCount(table);
  for (let i: u32 = 0; i < chunks; i++) free(load<u32>(directory + (i << 2)));
  free(directory);
  memory.fill(table + DIRECTORY, 0, 16);
}

/** Bytes of chunks and directory. */
export function heapBytes(table: u32): f64 {
  const directory = load<u32>(table + DIRECTORY);
  if (directory == 0) return 0;
  const chunks = chunkCount(table);
  return <f64>usableSize(directory) +
    <f64>chunks * <f64>usableSize(load<u32>(directory));
}
