/**
 * The expiry index of a database: a 4-ary min-heap over the entries that have
 * an expiry, so that the next key to expire is always at hand, and sampling
 * keys with an expiry is one random index.
 *
 *   node, 12 bytes: i64 expiry (ms), u32 entry
 *
 * Nodes live in chunks of 4096 (48 KiB) behind a directory, so growing never
 * copies more than the directory; while there is a single chunk it grows by
 * doubling. Each entry holds its node's index (entrySetPlace), so that an
 * entry can be taken out or moved in O(log n).
 *
 *   expires, 24 bytes
 *   +0 u32 directory   +4 u32 count   +8 u32 room in nodes   +12 u32 directory room
 *   +16 u32 index of hashes by their fields' expiries, 0 = none (field_expires.ts)
 *   +20 u32 1 if this is one of those
 *
 * Invariant: heap order, and entryPlace(node.entry) == index of node; in an
 * index of hashes, entryFieldPlace(node.entry) == index of node + 1.
 */
import { alloc, free, resize, usableSize } from "../base/memory";
import {
  entryPlace,
  entrySetFieldPlace,
  entrySetPlace,
  entryWhen,
} from "./entry";
import { undoOpen } from "./undo";

const NODE_BYTES: u32 = 12;
const CHUNK_SHIFT: u32 = 12;
const CHUNK_NODES: u32 = 1 << CHUNK_SHIFT;
const FIRST_NODES: u32 = 16;
export const EXPIRES_BYTES: u32 = 24;

export function expiresNew(): u32 {
  const heap = alloc(EXPIRES_BYTES);
  if (heap != 0) memory.fill(heap, 0, EXPIRES_BYTES);
  return heap;
}

/** The index of hashes that belongs to this one, 0 if there is none. */
// @ts-ignore: decorator
@inline
export function expiresFields(heap: u32): u32 {
  return load<u32>(heap, 16);
}

/** Makes an index of hashes for this one; 0 when out of memory. */
export function expiresFieldsNew(heap: u32): u32 {
  const fields = expiresNew();
  if (fields == 0) return 0;
  store<u32>(fields, 1, 20);
  store<u32>(heap, fields, 16);
  return fields;
}

// @ts-ignore: decorator
@inline
export function expiresCount(heap: u32): u32 {
  return load<u32>(heap, 4);
}

/** Bytes the index holds. */
export function expiresOverhead(heap: u32): u32 {
  let bytes = usableSize(heap);
  const fields = expiresFields(heap);
  if (fields != 0) bytes += expiresOverhead(fields);
  const directory = load<u32>(heap);
  if (directory == 0) return bytes;
  bytes += usableSize(directory);
  const room = load<u32>(heap, 8);
  if (room <= CHUNK_NODES) return bytes + usableSize(load<u32>(directory));
  return bytes + (room >> CHUNK_SHIFT) * CHUNK_NODES * NODE_BYTES;
}

// @ts-ignore: decorator
@inline
function node(heap: u32, index: u32): u32 {
  return load<u32>(load<u32>(heap) + (index >> CHUNK_SHIFT << 2)) +
    (index & CHUNK_NODES - 1) * NODE_BYTES;
}

// @ts-ignore: decorator
@inline
function nodeWhen(at: u32): i64 {
  return load<i64>(at);
}

// @ts-ignore: decorator
@inline
function put(heap: u32, index: u32, whenMs: i64, entry: u32): void {
  const at = node(heap, index);
  store<i64>(at, whenMs);
  store<u32>(at, entry, 8);
  if (load<u32>(heap, 20) != 0) entrySetFieldPlace(entry, index + 1);
  else entrySetPlace(entry, index);
}

/** The entry at an index below `expiresCount`. */
export function expiresAt(heap: u32, index: u32): u32 {
  return load<u32>(node(heap, index), 8);
}

/** The expiry the index has for it, ms of Unix time. */
export function expiresWhenAt(heap: u32, index: u32): i64 {
  return nodeWhen(node(heap, index));
}

/** Makes room for one more node. */
export function expiresReserve(heap: u32): bool {
  const count = expiresCount(heap);
  const room = load<u32>(heap, 8);
  if (count < room) return true;
  let directory = load<u32>(heap);
  if (directory == 0) {
    directory = alloc(64);
    if (directory == 0) return false;
    const chunk = alloc(FIRST_NODES * NODE_BYTES);
    if (chunk == 0) {
      free(directory);
      return false;
    }
    store<u32>(directory, chunk);
    store<u32>(heap, directory);
    store<u32>(heap, FIRST_NODES, 8);
    store<u32>(heap, 16, 12);
    return true;
  }
  if (room < CHUNK_NODES) {
    const chunk = resize(load<u32>(directory), room * 2 * NODE_BYTES);
    if (chunk == 0) return false;
    store<u32>(directory, chunk);
    store<u32>(heap, room * 2, 8);
    return true;
  }
  const chunks = room >> CHUNK_SHIFT;
  if (chunks == load<u32>(heap, 12)) {
    directory = resize(directory, chunks << 3);
    if (directory == 0) return false;
    store<u32>(heap, directory);
    store<u32>(heap, chunks << 1, 12);
  }
  const chunk = alloc(CHUNK_NODES * NODE_BYTES);
  if (chunk == 0) return false;
  store<u32>(directory + (chunks << 2), chunk);
  store<u32>(heap, room + CHUNK_NODES, 8);
  return true;
}

function siftUp(heap: u32, index: u32, whenMs: i64, entry: u32): void {
  while (index > 0) {
    const parent = index - 1 >> 2;
    const at = node(heap, parent);
    const parentWhen = nodeWhen(at);
    if (parentWhen <= whenMs) break;
    put(heap, index, parentWhen, load<u32>(at, 8));
    index = parent;
  }
  put(heap, index, whenMs, entry);
}

function siftDown(heap: u32, index: u32, whenMs: i64, entry: u32): void {
  const count = expiresCount(heap);
  while (true) {
    const first = (index << 2) + 1;
    if (first >= count) break;
    const end = min<u32>(first + 4, count);
    let best = first;
    let bestWhen = nodeWhen(node(heap, first));
    for (let child = first + 1; child < end; child++) {
      const childWhen = nodeWhen(node(heap, child));
      if (childWhen < bestWhen) {
        best = child;
        bestWhen = childWhen;
      }
    }
    if (bestWhen >= whenMs) break;
    put(heap, index, bestWhen, load<u32>(node(heap, best), 8));
    index = best;
  }
  put(heap, index, whenMs, entry);
}

/** Adds an entry by its own expiry; `expiresReserve` must have succeeded. */
export function expiresAdd(heap: u32, entry: u32): void {
  expiresAddAt(heap, entry, entryWhen(entry));
}

/** Adds an entry by another time than its own. */
export function expiresAddAt(heap: u32, entry: u32, whenMs: i64): void {
  const index = expiresCount(heap);
  store<u32>(heap, index + 1, 4);
  siftUp(heap, index, whenMs, entry);
}

/**
 * Takes an entry out; gives the last chunk back when the one before is empty
 * too. Not while an undo log is open: rolling back must not need memory.
 */
export function expiresRemove(heap: u32, entry: u32): void {
  expiresRemoveAt(heap, entryPlace(entry));
}

/** `expiresRemove` of the entry at an index. */
export function expiresRemoveAt(heap: u32, index: u32): void {
  const last = expiresCount(heap) - 1;
  const at = node(heap, last);
  const whenMs = nodeWhen(at);
  const moved = load<u32>(at, 8);
  store<u32>(heap, last, 4);
  if (index != last) {
    if (index > 0 && nodeWhen(node(heap, index - 1 >> 2)) > whenMs) {
      siftUp(heap, index, whenMs, moved);
    } else {
      siftDown(heap, index, whenMs, moved);
    }
  }
  const room = load<u32>(heap, 8);
  if (
    room > CHUNK_NODES && last + (CHUNK_NODES << 1) <= room && !undoOpen
  ) {
    free(load<u32>(load<u32>(heap) + ((room >> CHUNK_SHIFT) - 1 << 2)));
    store<u32>(heap, room - CHUNK_NODES, 8);
  }
}

/** Gives everything back that an empty index has left. */
export function expiresTrim(heap: u32): void {
  const fields = expiresFields(heap);
  if (fields != 0 && expiresCount(fields) == 0 && !undoOpen) {
    expiresFree(fields);
    store<u32>(heap, 0, 16);
  }
  if (expiresCount(heap) != 0 || load<u32>(heap) == 0 || undoOpen) return;
  freeChunks(heap);
  memory.fill(heap, 0, 16);
}

/** After the entry's expiry was changed in place. */
export function expiresUpdate(heap: u32, entry: u32): void {
  expiresUpdateAt(heap, entryPlace(entry), entry, entryWhen(entry));
}

/** Another time for the entry at an index. */
export function expiresUpdateAt(
  heap: u32,
  index: u32,
  entry: u32,
  whenMs: i64,
): void {
  if (index > 0 && nodeWhen(node(heap, index - 1 >> 2)) > whenMs) {
    siftUp(heap, index, whenMs, entry);
  } else {
    siftDown(heap, index, whenMs, entry);
  }
}

/** After the entry moved to another block: its node follows. */
export function expiresRelocate(heap: u32, entry: u32): void {
  expiresRelocateAt(heap, entryPlace(entry), entry);
}

export function expiresRelocateAt(heap: u32, index: u32, entry: u32): void {
  store<u32>(node(heap, index), entry, 8);
}

function freeChunks(heap: u32): void {
  const directory = load<u32>(heap);
  if (directory == 0) return;
  const chunks = max<u32>(1, load<u32>(heap, 8) >> CHUNK_SHIFT);
  for (let i: u32 = 0; i < chunks; i++) free(load<u32>(directory + (i << 2)));
  free(directory);
}

export function expiresFree(heap: u32): void {
  const fields = expiresFields(heap);
  if (fields != 0) expiresFree(fields);
  freeChunks(heap);
  free(heap);
}
