/**
 * Output buffers: where the replies to one client gather until they are sent.
 *
 *   output, OUTPUT_BYTES
 *   +0   u32  block     0 until something is written
 *   +4   u32  capacity  of the block
 *   +8   u32  head      offset of the first byte not sent yet
 *   +12  u32  tail      offset behind the last byte; the current output keeps
 *                       it in `cursor`
 *   +16  u32  limit     most bytes to hold, 0 = as many as memory has
 *   +20  u32  flags     OUTPUT_* below
 *
 * One output is current; replies go there, or nowhere while none is. When it
 * cannot grow, a flag is set and all further bytes are dropped, so a handler
 * never has to look; the caller closes the client.
 *
 * Positions are counted from `head`, not from the block: what lies before a
 * position may move in the block without changing it. Owner: the client's.
 * Blocks are moved by growing: bytes on their way to a socket must first be
 * taken with `outputTake`.
 */
import { alloc, free, resize, usableSize } from "../base/memory";
import { bytesCopy } from "../base/bytes";

/** Bytes were dropped: memory ran out. */
export const OUTPUT_OUT_OF_MEMORY: u32 = 1;
/** Bytes were dropped: the output's limit was reached. */
export const OUTPUT_OVER_LIMIT: u32 = 2;

const OUTPUT_BYTES: u32 = 24;
/** A size class that is no power of two: blocks spread over the caches. */
const CAPACITY_MIN: u32 = 1280;
/** A larger block is given back when its bytes have been sent. */
const CAPACITY_KEPT: u32 = 16384;
/** From here on a block grows by a quarter rather than to double. */
const DOUBLING_BYTES_MAX: u32 = 1 << 28;
/** Never more than the allocator could give. */
const CAPACITY_MAX: u64 = 0xffe00000;

const BLOCK = 0;
const CAPACITY = 4;
const HEAD = 8;
const TAIL = 12;
const LIMIT = 16;
const FLAGS = 20;

let current: u32 = 0;
/** Address of the next byte to be written. */
export let cursor: u32 = 0;
/** Address behind the room there is. */
let roomEnd: u32 = 0;

let takenStart: u32 = 0;
let takenLength: u32 = 0;

/** Writes the current output's `tail` back. */
// @ts-ignore: decorator
@inline
function sync(): void {
  if (current != 0) store<u32>(current, cursor - load<u32>(current), TAIL);
}

/** Loads `cursor` and `roomEnd` for the current output. */
function reload(): void {
  if (current == 0) {
    cursor = 0;
    roomEnd = 0;
    return;
  }
  const block = load<u32>(current);
  cursor = block + load<u32>(current, TAIL);
  roomEnd = load<u32>(current, FLAGS) != 0
    ? cursor
    : block + load<u32>(current, CAPACITY);
}

/** A new, empty output; 0 when memory runs out. */
export function outputNew(): u32 {
  const output = alloc(OUTPUT_BYTES);
  if (output != 0) memory.fill(output, 0, OUTPUT_BYTES);
  return output;
}

/** Gives an output back; when it is the current one, none is from then on. */
export function outputFree(output: u32): void {
  if (output == current) outputSelect(0);
  free(load<u32>(output));
  free(output);
}

/** Makes an output the current one; 0 drops everything that is written. */
export function outputSelect(output: u32): void {
  sync();
  current = output;
  reload();
}

/** The current output. */
export function outputSelected(): u32 {
  return current;
}

/** Address of the first byte to be sent. */
export function outputStart(output: u32): u32 {
  return load<u32>(output) + load<u32>(output, HEAD);
}

/** Bytes to be sent. */
export function outputLength(output: u32): u32 {
  const head = load<u32>(output, HEAD);
  if (output == current) return cursor - load<u32>(output) - head;
  return load<u32>(output, TAIL) - head;
}

/** Bytes the output's block takes. */
export function outputCapacity(output: u32): u32 {
  return load<u32>(output, CAPACITY);
}

/** OUTPUT_* flags; not 0 when bytes were dropped. */
export function outputFlags(output: u32): u32 {
  return load<u32>(output, FLAGS);
}

/** Sets the most bytes an output may hold; 0 = no limit. */
export function outputSetLimit(output: u32, bytes: u32): void {
  store<u32>(output, bytes, LIMIT);
}

/** Forgets all bytes and flags. A large block is given back. */
export function outputClear(output: u32): void {
  if (load<u32>(output, CAPACITY) > CAPACITY_KEPT) {
    free(load<u32>(output));
    store<u32>(output, 0);
    store<u32>(output, 0, CAPACITY);
  }
  store<u32>(output, 0, HEAD);
  store<u32>(output, 0, TAIL);
  store<u32>(output, 0, FLAGS);
  if (output == current) reload();
}

/** Forgets the first `bytes` bytes: they have been sent. */
export function outputConsume(output: u32, bytes: u32): void {
  if (bytes >= outputLength(output)) {
    const flags = load<u32>(output, FLAGS);
    outputClear(output);
    store<u32>(output, flags, FLAGS);
    if (output == current) reload();
  } else {
    store<u32>(output, load<u32>(output, HEAD) + bytes, HEAD);
  }
}

/** Forgets what was written after the output was `length` bytes long. */
export function outputTruncate(output: u32, length: u32): void {
  if (length >= outputLength(output)) return;
  store<u32>(output, load<u32>(output, HEAD) + length, TAIL);
  if (output == current) reload();
}

/**
 * Detaches an output's block, to be sent while new replies gather in another:
 * the caller gives it to `free`. Its bytes are at `outputTakenStart`,
 * `outputTakenLength` of them. 0 when there is nothing to send.
 */
export function outputTake(output: u32): u32 {
  takenStart = outputStart(output);
  takenLength = outputLength(output);
  if (takenLength == 0) return 0;
  const block = load<u32>(output);
  store<u32>(output, 0);
  store<u32>(output, 0, CAPACITY);
  store<u32>(output, 0, HEAD);
  store<u32>(output, 0, TAIL);
  if (output == current) reload();
  return block;
}

/** `outputSend`: bytes were dropped. */
const SEND_FAILED: u32 = 0xffffffff;

/**
 * `outputTake` for a connection, which is closed when bytes were dropped:
 * SEND_FAILED says so.
 */
export function outputSend(output: u32): u32 {
  return load<u32>(output, FLAGS) != 0 ? SEND_FAILED : outputTake(output);
}

/**
 * Gives a block that was taken back after it has been sent: the output goes on
 * with it if it has none and the block is small. Returns the bytes that have
 * gathered meanwhile.
 */
export function outputGive(output: u32, block: u32): u32 {
  if (load<u32>(output) == 0) {
    const capacity = usableSize(block);
    if (capacity <= CAPACITY_KEPT) {
      store<u32>(output, block);
      store<u32>(output, capacity, CAPACITY);
      store<u32>(output, 0, HEAD);
      store<u32>(output, 0, TAIL);
      if (output == current) reload();
      return 0;
    }
  }
  free(block);
  return outputLength(output);
}

/** Frees the block of an output that holds nothing. */
export function outputTrim(output: u32): void {
  if (load<u32>(output) == 0 || outputLength(output) != 0) return;
  free(load<u32>(output));
  store<u32>(output, 0);
  store<u32>(output, 0, CAPACITY);
  store<u32>(output, 0, HEAD);
  store<u32>(output, 0, TAIL);
  if (output == current) reload();
}

/** Address of the first byte in the block taken last. */
export function outputTakenStart(): u32 {
  return takenStart;
}

/** Bytes to be sent in the block taken last. */
export function outputTakenLength(): u32 {
  return takenLength;
}

/** Sets a flag that ends all writing to the current output. */
function overflow(flag: u32): bool {
  store<u32>(current, load<u32>(current, FLAGS) | flag, FLAGS);
  roomEnd = cursor;
  return false;
}

/** Makes room for `bytes` more; false, with a flag set, when it cannot. */
function grow(bytes: u32): bool {
  if (current == 0 || load<u32>(current, FLAGS) != 0) return false;
  sync();
  const block = load<u32>(current);
  const head = load<u32>(current, HEAD);
  const length = load<u32>(current, TAIL) - head;
  const wanted = <u64> length + <u64> bytes;
  const limit = load<u32>(current, LIMIT);
  if (limit != 0 && wanted > <u64> limit) return overflow(OUTPUT_OVER_LIMIT);
  if (wanted > CAPACITY_MAX) return overflow(OUTPUT_OUT_OF_MEMORY);
  if (head != 0) {
    memory.copy(block, block + head, length);
    store<u32>(current, 0, HEAD);
    store<u32>(current, length, TAIL);
  }
  const capacity = load<u32>(current, CAPACITY);
  if (wanted > <u64> capacity) {
    const step = capacity < DOUBLING_BYTES_MAX ? capacity : capacity >> 2;
    let size = max<u32>(capacity + step, CAPACITY_MIN);
    if (size < <u32> wanted) size = <u32> wanted;
    let grown = resize(block, size);
    if (grown == 0) {
      size = <u32> wanted;
      grown = resize(block, size);
    }
    if (grown == 0) {
      reload();
      return overflow(OUTPUT_OUT_OF_MEMORY);
    }
    store<u32>(current, grown);
    store<u32>(current, size, CAPACITY);
  }
  reload();
  return true;
}

/** Makes sure `bytes` bytes can be written at `cursor`. */
// @ts-ignore: decorator
@inline
export function reserve(bytes: u32): bool {
  return roomEnd - cursor >= bytes || grow(bytes);
}

/** Says that `bytes` bytes have been written at `cursor`. */
// @ts-ignore: decorator
@inline
export function advance(bytes: u32): void {
  cursor += bytes;
}

/** Appends bytes as they are. */
export function outputAppend(ptr: u32, length: u32): void {
  if (!reserve(length)) return;
  bytesCopy(cursor, ptr, length);
  cursor += length;
}

/**
 * Appends a literal, ASCII only. The string is static data of the module;
 * nothing is allocated.
 */
export function outputLiteral(text: string): void {
  const length = <u32> text.length;
  if (!reserve(length)) return;
  const source = <u32> changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) {
    store<u8>(cursor + i, load<u8>(source + (i << 1)));
  }
  cursor += length;
}

/** Room kept for the header of a reply whose length is not known yet. */
const DEFERRED_BYTES: u32 = 16;
/** What `deferHeader` returns when there was no room. */
const DEFERRED_NONE: u32 = 0xffffffff;

/** Leaves room for a header; the handle is its position. */
export function deferHeader(): u32 {
  if (!reserve(DEFERRED_BYTES)) return DEFERRED_NONE;
  const position = cursor - load<u32>(current) - load<u32>(current, HEAD);
  cursor += DEFERRED_BYTES;
  return position;
}

/**
 * Puts `length` bytes (at most 16) of header into the room left by
 * `deferHeader`, and closes the gap by moving whichever is shorter: what
 * stands before the header or what stands behind it. Handles must be filled
 * in the reverse of the order in which they were made.
 */
export function fillHeader(position: u32, ptr: u32, length: u32): void {
  if (position == DEFERRED_NONE || current == 0) return;
  const head = load<u32>(current, HEAD);
  const start = load<u32>(current) + head;
  const gap = DEFERRED_BYTES - length;
  const region = start + position;
  const behind = cursor - region - DEFERRED_BYTES;
  if (position < behind) {
    memory.copy(start + gap, start, position);
    store<u32>(current, head + gap, HEAD);
    memory.copy(region + gap, ptr, length);
  } else {
    memory.copy(region, ptr, length);
    memory.copy(region + length, region + DEFERRED_BYTES, behind);
    cursor -= gap;
    if (load<u32>(current, FLAGS) != 0) roomEnd = cursor;
  }
}
