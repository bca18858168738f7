/**
 * Argument frames: what a command handler reads its arguments from, whatever
 * the command came from (a socket, EXEC, a script, a log).
 *
 *   a frame's arguments: (u32 pointer, u32 length) pairs
 *   a stack slot, 12 bytes: +0 u32 pairs, +4 u32 capacity (pairs), +8 u32 argc
 *
 * Frames form a stack, because EXEC and scripts run commands inside a command.
 * Each depth keeps its own growing array, so going one deeper never moves the
 * arguments of the command outside. The bytes belong to whoever filled the
 * frame. Owner of the arrays: this file, for the life of the instance.
 */
import { alloc, free, resize } from "../base/memory";

/** Commands inside commands; EXEC in a script in a function needs four. */
export const FRAME_DEPTH_MAX: u32 = 16;
/** Arguments a frame holds without asking. */
export const FRAME_ARGS_MIN: u32 = 128;
/** More would not fit into the memory: their pairs take 8 bytes each. */
const FRAME_ARGS_MAX: u32 = 1 << 28;

const SLOT_BYTES: u32 = 12;
const SLOTS: u32 = <u32> memory.data(FRAME_DEPTH_MAX * SLOT_BYTES, 16);

/** The bottom frame before its array grows: parsing never lacks a frame. */
const FIRST: u32 = <u32> memory.data(FRAME_ARGS_MIN * 8, 16);

/** Address of the current frame's pairs. */
export let frameBase: u32 = FIRST;
/** Arguments in the current frame. */
export let frameArgc: u32 = 0;
/** Arguments the current frame has room for. */
export let frameCapacity: u32 = FRAME_ARGS_MIN;

let depth: u32 = 0;

/** Address of the current frame's pairs, for reading many at once. */
export function frameAddress(): u32 {
  return frameBase;
}

/** Arguments in the current frame. */
export function frameCount(): u32 {
  return frameArgc;
}

/** Nested frames in use; 0 is a command straight from a client. */
export function frameDepth(): u32 {
  return depth;
}

/** Pointer of argument `index`, which must be below the count. */
// @ts-ignore: decorator
@inline
export function argPtr(index: u32): u32 {
  return load<u32>(frameBase + (index << 3));
}

/** Length of argument `index` in bytes. */
// @ts-ignore: decorator
@inline
export function argLength(index: u32): u32 {
  return load<u32>(frameBase + (index << 3), 4);
}

/** Sets the number of arguments; those must have been stored. */
// @ts-ignore: decorator
@inline
export function frameSetCount(count: u32): void {
  frameArgc = count;
}

/** Stores argument `index` without a check of the room. */
// @ts-ignore: decorator
@inline
export function frameStore(index: u32, ptr: u32, length: u32): void {
  const pair = frameBase + (index << 3);
  store<u32>(pair, ptr);
  store<u32>(pair, length, 4);
}

/** Makes room for `count` arguments; false when memory runs out. */
export function frameReserve(count: u32): bool {
  if (count <= frameCapacity) return true;
  if (count > FRAME_ARGS_MAX) return false;
  let capacity = frameCapacity << 1;
  if (capacity < count) capacity = count;
  if (capacity > FRAME_ARGS_MAX) capacity = FRAME_ARGS_MAX;
  let grown: u32;
  if (frameBase == FIRST) {
    grown = alloc(capacity << 3);
    if (grown != 0) memory.copy(grown, FIRST, frameCapacity << 3);
  } else {
    grown = resize(frameBase, capacity << 3);
  }
  if (grown == 0) return false;
  frameBase = grown;
  frameCapacity = capacity;
  return true;
}

/** Empties the current frame, to fill it with `frameAppend`. */
export function frameClear(): void {
  frameArgc = 0;
}

/** Adds an argument to the current frame; false when memory runs out. */
export function frameAppend(ptr: u32, length: u32): bool {
  if (frameArgc == frameCapacity && !frameReserve(frameArgc + 1)) return false;
  frameStore(frameArgc, ptr, length);
  frameArgc++;
  return true;
}

/** Points argument `index` of the current frame at other bytes. */
export function frameReplace(index: u32, ptr: u32, length: u32): void {
  if (index < frameArgc) frameStore(index, ptr, length);
}

function saveSlot(slot: u32): void {
  store<u32>(slot, frameBase);
  store<u32>(slot, frameCapacity, 4);
  store<u32>(slot, frameArgc, 8);
}

/**
 * Begins an empty frame above the current one. False when commands are nested
 * too deeply or memory runs out.
 */
export function framePush(): bool {
  if (depth + 1 >= FRAME_DEPTH_MAX) return false;
  const slot = SLOTS + depth * SLOT_BYTES;
  const above = slot + SLOT_BYTES;
  if (load<u32>(above) == 0) {
    const pairs = alloc(FRAME_ARGS_MIN << 3);
    if (pairs == 0) return false;
    store<u32>(above, pairs);
    store<u32>(above, FRAME_ARGS_MIN, 4);
  }
  saveSlot(slot);
  depth++;
  frameBase = load<u32>(above);
  frameCapacity = load<u32>(above, 4);
  frameArgc = 0;
  return true;
}

/** Back to the frame below, as it was. */
export function framePop(): void {
  if (depth == 0) return;
  const slot = SLOTS + depth * SLOT_BYTES;
  saveSlot(slot);
  depth--;
  const below = slot - SLOT_BYTES;
  frameBase = load<u32>(below);
  frameCapacity = load<u32>(below, 4);
  frameArgc = load<u32>(below, 8);
}

/**
 * Gives back the arrays that one command with very many arguments has left
 * behind. To be called between commands; does nothing inside one.
 */
export function frameTrim(): void {
  if (depth != 0) return;
  if (frameCapacity > FRAME_ARGS_MIN) {
    free(frameBase);
    frameBase = FIRST;
    frameCapacity = FRAME_ARGS_MIN;
    frameArgc = 0;
  }
  for (let i: u32 = 1; i < FRAME_DEPTH_MAX; i++) {
    const slot = SLOTS + i * SLOT_BYTES;
    if (load<u32>(slot, 4) <= FRAME_ARGS_MIN) continue;
    free(load<u32>(slot));
    store<u32>(slot, 0);
    store<u32>(slot, 0, 4);
  }
}
