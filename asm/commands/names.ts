/**
 * Command names to ids, filled once from the TypeScript command table.
 *
 *   an open-addressed table of 1024 slots of 32 bytes
 *   +0  16 bytes  the name's first 16 bytes in lower case, zero-padded
 *   +16 u32       name block: the whole name in lower case, 0 = slot free
 *   +20 u32       length of the name
 *   +24 u16       id
 *   +26 u8        kernel (lane.ts), 0 = none
 *   +27 u8        NAME_* flags
 *
 * Names are compared without regard to ASCII case. A name of up to 16 bytes, and
 * nearly all are, takes one folded, masked vector and no loop.
 */
import { alloc } from "../base/memory";
import { argLength, argPtr, frameArgc } from "../resp/frame";

const SLOTS: u32 = 1024;
const SLOT_BYTES: u32 = 32;
/** Longest name: `rename-command` may give a command a long one. */
const NAME_BYTES_MAX: u32 = 128;
/** Longest own name of a container, and of a subcommand. */
const WORD_BYTES_MAX: u32 = 32;

/** The command has subcommands: the second word is part of its name. */
export const NAME_CONTAINER: u32 = 1;
/** `container|subcommand`: nothing a client can say in one word. */
export const NAME_SUBCOMMAND: u32 = 2;

const CONTAINERS_MAX: u32 = 1024;
/** So many slots stay free: a look-up ends at one. */
const FREE_SLOTS_MIN: u32 = 256;

const table: u32 = <u32>memory.data(32768, 16);
/** The name looked for, in lower case, zero-padded to a multiple of 16. */
const word: u32 = <u32>memory.data(NAME_BYTES_MAX + 16, 16);
/** Sixteen 0xff, sixteen 0: a load at 16 - n masks n bytes. */
const masks: u32 = <u32>memory.data(32, 16);
/** By id of a container: its own name, u32 length and bytes. */
const containerNames: u32 = <u32>memory.data(4096, 4);

memory.fill(masks, 0xff, 16);

/** Slots in use. */
let names: u32 = 0;

/** Kernel of the command the last look-up found. */
export let foundKernel: u32 = 0;

// @ts-ignore: decorator
@inline
function folded(bytes: v128): v128 {
  const upper = v128.and(
    i8x16.gt_s(bytes, i8x16.splat(0x40)),
    i8x16.lt_s(bytes, i8x16.splat(0x5b)),
  );
  return v128.or(bytes, v128.and(upper, i8x16.splat(0x20)));
}

// @ts-ignore: decorator
@inline
function masked(bytes: v128, length: u32): v128 {
  return v128.and(bytes, v128.load(masks + 16 - length));
}

// @ts-ignore: decorator
@inline
function hashOf(first: v128, length: u32): u32 {
  const low = i64x2.extract_lane(first, 0);
  const high = i64x2.extract_lane(first, 1);
  const mixed = (<u64>low ^ rotl<u64>(<u64>high, 23) ^ <u64>length) *
    0x9e3779b97f4a7c15;
  return <u32>(mixed >> 44);
}

/** Copies bytes in lower case to `word + offset`, zeroes behind them. */
function foldInto(offset: u32, ptr: u32, length: u32): void {
  let i: u32 = 0;
  for (; i + 16 <= length; i += 16) {
    v128.store(word + offset + i, folded(v128.load(ptr + i)));
  }
  v128.store(
    word + offset + i,
    masked(folded(v128.load(ptr + i)), length - i),
  );
}

/** Whether the slot holds the name in `word`, of more than 16 bytes. */
function restEquals(slot: u32, length: u32): bool {
  const name = load<u32>(slot, 16);
  for (let i: u32 = 16; i < length; i++) {
    if (load<u8>(name + i) != load<u8>(word + i)) return false;
  }
  return true;
}

/** Slot of a name, or the free one where it would go. `first`: its first 16 bytes. */
// @ts-ignore: decorator
@inline
function slotOf(first: v128, length: u32): u32 {
  let index = hashOf(first, length) & SLOTS - 1;
  while (true) {
    const slot = table + index * SLOT_BYTES;
    if (load<u32>(slot, 16) == 0) return slot;
    if (
      load<u32>(slot, 20) == length &&
      i8x16.all_true(i8x16.eq(v128.load(slot), first)) &&
      (length <= 16 || restEquals(slot, length))
    ) return slot;
    index = index + 1 & SLOTS - 1;
  }
}

/**
 * Adds a name (`get`, `client|list`), or gives it another id. `kernel` is
 * KERNEL_* of lane.ts, 0 for none. False when out of memory or too long.
 */
export function nameAdd(
  ptr: u32,
  length: u32,
  id: u32,
  kernel: u32,
  flags: u32,
): bool {
  if (length == 0 || length > NAME_BYTES_MAX) return false;
  foldInto(0, ptr, length);
  const slot = slotOf(v128.load(word), length);
  if (load<u32>(slot, 16) == 0) {
    if (names + FREE_SLOTS_MIN >= SLOTS) return false;
    const name = alloc(length);
    if (name == 0) return false;
    names++;
    memory.copy(name, word, length);
    v128.store(slot, v128.load(word));
    store<u32>(slot, name, 16);
    store<u32>(slot, length, 20);
  }
  store<u16>(slot, <u16>id, 24);
  store<u8>(slot, <u8>kernel, 26);
  store<u8>(slot, <u8>flags, 27);
  return true;
}

/** Says that the command `id` is a container with this name. */
export function nameContainer(ptr: u32, length: u32, id: u32): bool {
  if (id >= CONTAINERS_MAX || length > WORD_BYTES_MAX) return false;
  const name = alloc(4 + length);
  if (name == 0) return false;
  store<u32>(name, length);
  memory.copy(name + 4, ptr, length);
  store<u32>(containerNames + id * 4, name);
  return true;
}

/** Id of `container|subcommand`, the container's own where there is none such. */
function findSubcommand(container: u32): i32 {
  // Subcommands hang on the container's own name, also when it was renamed.
  const own = load<u32>(containerNames + container * 4);
  const ownLength = load<u32>(own);
  const sub = argLength(1);
  if (sub >= WORD_BYTES_MAX) return <i32>container;
  memory.copy(word, own + 4, ownLength);
  store<u8>(word + ownLength, 0x7c);
  foldInto(ownLength + 1, argPtr(1), sub);
  const length = ownLength + 1 + sub;
  if (length < 16) {
    v128.store(word, masked(v128.load(word), length));
  }
  const slot = slotOf(v128.load(word), length);
  if (load<u32>(slot, 16) == 0) return <i32>container;
  return <i32>load<u16>(slot, 24);
}

/**
 * Id of the command in the current frame, with its subcommand where there is
 * one (else the container's id), or -1.
 */
export function nameFind(): i32 {
  const length = argLength(0);
  foundKernel = 0;
  let slot: u32;
  if (length <= 16) {
    slot = slotOf(masked(folded(v128.load(argPtr(0))), length), length);
  } else {
    if (length > NAME_BYTES_MAX) return -1;
    foldInto(0, argPtr(0), length);
    slot = slotOf(v128.load(word), length);
  }
  if (load<u32>(slot, 16) == 0) return -1;
  const flags = <u32>load<u8>(slot, 27);
  if (flags & NAME_SUBCOMMAND) return -1;
  const id = <u32>load<u16>(slot, 24);
  foundKernel = <u32>load<u8>(slot, 26);
  if ((flags & NAME_CONTAINER) == 0 || frameArgc < 2) return <i32>id;
  return findSubcommand(id);
}
