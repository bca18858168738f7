/**
 * Command names to ids, filled once from the TypeScript command table.
 *
 * An open-addressed table of 1024 slots of 8 bytes (u32 name block, u16 id,
 * u8 arity-relevant kernel, u8 flags); a name block is u32 length and the name
 * in lower case. Names are compared without regard to ASCII case.
 */
import { alloc } from "../base/memory";
import { argLength, argPtr, frameArgc } from "../resp/frame";

const SLOTS: u32 = 1024;
const SLOT_BYTES: u32 = 8;
const NAME_BYTES_MAX: u32 = 64;

/** The command has subcommands: the second word is part of its name. */
export const NAME_CONTAINER: u32 = 1;

const table: u32 = <u32>memory.data(8192, 16);
const word: u32 = <u32>memory.data(96, 16);

/** Kernel of the command the last look-up found. */
export let foundKernel: u32 = 0;

/** Lower-case copy of `length` bytes at `word + offset`. */
function fold(offset: u32, ptr: u32, length: u32): void {
  for (let i: u32 = 0; i < length; i += 16) {
    const bytes = v128.load(ptr + i);
    const upper = v128.and(
      i8x16.gt_s(bytes, i8x16.splat(0x40)),
      i8x16.lt_s(bytes, i8x16.splat(0x5b)),
    );
    v128.store(
      word + offset + i,
      v128.or(bytes, v128.and(upper, i8x16.splat(0x20))),
    );
  }
}

function hashWord(length: u32): u32 {
  let hash: u64 = length;
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    hash = (hash ^ load<u64>(word + i)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  if (i < length) {
    const tail = load<u64>(word + i) & (~<u64>0 >> (64 - ((length - i) << 3)));
    hash = (hash ^ tail) * 0x9e3779b97f4a7c15;
  }
  return <u32>(hash >> 40);
}

function equalWord(name: u32, length: u32): bool {
  if (load<u32>(name) != length) return false;
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(name + 4 + i) != load<u8>(word + i)) return false;
  }
  return true;
}

/** Slot of the name in `word`, or of the free place where it would go. */
function slotOf(length: u32): u32 {
  let index = hashWord(length) & SLOTS - 1;
  while (true) {
    const slot = table + index * SLOT_BYTES;
    const name = load<u32>(slot);
    if (name == 0 || equalWord(name, length)) return slot;
    index = index + 1 & SLOTS - 1;
  }
}

/**
 * Adds a name (`get`, `client|list`), in lower case, or gives it another id.
 * `kernel` is KERNEL_* of lane.ts, 0 for none. False when out of memory.
 */
export function nameAdd(
  ptr: u32,
  length: u32,
  id: u32,
  kernel: u32,
  flags: u32,
): bool {
  if (length > NAME_BYTES_MAX) return false;
  fold(0, ptr, length);
  const slot = slotOf(length);
  if (load<u32>(slot) == 0) {
    const name = alloc(4 + length);
    if (name == 0) return false;
    store<u32>(name, length);
    memory.copy(name + 4, word, length);
    store<u32>(slot, name);
  }
  store<u16>(slot, <u16>id, 4);
  store<u8>(slot, <u8>kernel, 6);
  store<u8>(slot, <u8>flags, 7);
  return true;
}

/** Id of no command: for names taken away by rename-command. */
export const NAME_NONE: u32 = 0xffff;

/**
 * Id of the command in the current frame, with its subcommand where there is
 * one (else the container's id), or -1.
 */
export function nameFind(): i32 {
  const length = argLength(0);
  foundKernel = 0;
  if (length > 32) return -1;
  fold(0, argPtr(0), length);
  const slot = slotOf(length);
  if (load<u32>(slot) == 0) return -1;
  const id = <u32>load<u16>(slot, 4);
  if (id == NAME_NONE) return -1;
  foundKernel = <u32>load<u8>(slot, 6);
  if ((<u32>load<u8>(slot, 7) & NAME_CONTAINER) == 0 || frameArgc < 2) {
    return <i32>id;
  }
  // Subcommands hang on the container's own name, also when it was renamed.
  const sub = argLength(1);
  if (sub > 31) return <i32>id;
  const own = containerNames + id * 4;
  const name = load<u32>(own);
  const ownLength = load<u32>(name);
  memory.copy(word, name + 4, ownLength);
  store<u8>(word + ownLength, 0x7c);
  fold(ownLength + 1, argPtr(1), sub);
  const found = slotOf(ownLength + 1 + sub);
  if (load<u32>(found) == 0) return <i32>id;
  return <i32>load<u16>(found, 4);
}

/** By id of a container: its name block. */
const containerNames: u32 = <u32>memory.data(4096, 4);

/** Says that the command `id` is a container with this name. */
export function nameContainer(ptr: u32, length: u32, id: u32): bool {
  const name = alloc(4 + length);
  if (name == 0 || id >= 1024) return false;
  store<u32>(name, length);
  memory.copy(name + 4, ptr, length);
  store<u32>(containerNames + id * 4, name);
  return true;
}
