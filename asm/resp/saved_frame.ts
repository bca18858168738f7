/**
 * Argument frames kept beyond their command: what MULTI queues.
 *
 *   +0 u32 argc   then (u32 offset, u32 length) an argument, then their bytes
 *
 * Owner: whoever saved it; `free` gives it back.
 */
import { alloc, usableSize } from "../base/memory";
import {
  argLength,
  argPtr,
  frameAppend,
  frameArgc,
  frameClear,
} from "./frame";

/** Copies the current frame; 0 when out of memory. */
export function frameSave(): u32 {
  const argc = frameArgc;
  let bytes: u64 = 4 + <u64>argc * 8;
  for (let i: u32 = 0; i < argc; i++) bytes += <u64>argLength(i);
  if (bytes > 0xfff00000) return 0;
  const saved = alloc(<u32>bytes);
  if (saved == 0) return 0;
  store<u32>(saved, argc);
  let offset: u32 = 4 + (argc << 3);
  for (let i: u32 = 0; i < argc; i++) {
    const length = argLength(i);
    store<u32>(saved + (i << 3), offset, 4);
    store<u32>(saved + (i << 3), length, 8);
    memory.copy(saved + offset, argPtr(i), length);
    offset += length;
  }
  return saved;
}

/** Makes the saved arguments those of the current frame; false when out of memory. */
export function frameLoad(saved: u32): bool {
  frameClear();
  const argc = load<u32>(saved);
  for (let i: u32 = 0; i < argc; i++) {
    const pair = saved + 4 + (i << 3);
    if (!frameAppend(saved + load<u32>(pair), load<u32>(pair, 4))) return false;
  }
  return true;
}

export function frameSavedBytes(saved: u32): u32 {
  return usableSize(saved);
}
