/**
 * What the parser remembers of a client's incomplete command, by offsets from
 * the command's first byte, since the buffer may move.
 *
 *   state, PARSER_STATE_BYTES, all zero between commands but for `flags`
 *   +0   u32  needed    bytes from the command's start before another look pays
 *   +4   u32  scan      offset of the header to be read next
 *   +8   u32  searched  offset up to which its line end was looked for
 *   +12  u32  argc      arguments the command will have, 0 = not known yet
 *   +16  u32  done      arguments complete so far
 *   +20  u32  saved     block of (u32 offset, u32 length), one an argument done
 *   +24  u32  capacity  of that block, in arguments
 *   +28  u32  flags     PARSER_* below
 *
 * Owner of the state: the client's; `parserReset` before it is freed.
 */
import { alloc, free, resize } from "../base/memory";
import { PARSE_NEED_MORE, PARSE_OUT_OF_MEMORY } from "../base/errors";
import { frameBase, frameStore } from "./frame";

export const PARSER_STATE_BYTES: u32 = 32;

export const NEEDED = 0;
export const SCAN = 4;
export const SEARCHED = 8;
export const ARGC = 12;
export const DONE = 16;
export const SAVED = 20;
export const CAPACITY = 24;
export const FLAGS = 28;

/** Commands beyond this could not be held in 4 GiB anyway. */
const COMMAND_BYTES_MAX: u64 = 0xffff0000;

/** Forgets an incomplete command; the flags stay. */
export function parserReset(state: u32): void {
  const saved = load<u32>(state, SAVED);
  if (saved != 0) free(saved);
  const flags = load<u32>(state, FLAGS);
  memory.fill(state, 0, PARSER_STATE_BYTES);
  store<u32>(state, flags, FLAGS);
}

/** Ends a command for want of memory. */
export function outOfMemory(state: u32): i32 {
  parserReset(state);
  return PARSE_OUT_OF_MEMORY;
}

/** Remembers where an incomplete command stands. */
export function suspend(
  state: u32,
  scan: u32,
  searched: u32,
  needed: u64,
): i32 {
  if (needed > COMMAND_BYTES_MAX) return outOfMemory(state);
  store<u32>(state, scan, SCAN);
  store<u32>(state, searched, SEARCHED);
  store<u32>(state, <u32> needed, NEEDED);
  return PARSE_NEED_MORE;
}

/** Keeps argument `index` for when the command goes on. */
function saveArgument(state: u32, index: u32, offset: u32, bulk: u32): bool {
  let saved = load<u32>(state, SAVED);
  const capacity = load<u32>(state, CAPACITY);
  if (index >= capacity) {
    const wanted = max<u32>(8, index + (index >> 1) + 1);
    saved = saved == 0 ? alloc(wanted << 3) : resize(saved, wanted << 3);
    if (saved == 0) return false;
    store<u32>(state, saved, SAVED);
    store<u32>(state, wanted, CAPACITY);
  }
  store<u32>(saved + (index << 3), offset);
  store<u32>(saved + (index << 3), bulk, 4);
  return true;
}

/** Moves the saved arguments into the frame, which has room for them. */
export function restoreArguments(state: u32, input: u32): void {
  const done = load<u32>(state, DONE);
  const saved = load<u32>(state, SAVED);
  for (let i: u32 = 0; i < done; i++) {
    const pair = saved + (i << 3);
    frameStore(i, input + load<u32>(pair), load<u32>(pair, 4));
  }
}

/**
 * Leaves the state so that the next call begins at argument `argc`, with the
 * arguments before it kept. Only new ones are copied.
 */
export function keep(state: u32, input: u32, argc: u32, done: u32): bool {
  store<u32>(state, argc, ARGC);
  for (let i = load<u32>(state, DONE); i < done; i++) {
    const pair = frameBase + (i << 3);
    const offset = load<u32>(pair) - input;
    if (!saveArgument(state, i, offset, load<u32>(pair, 4))) return false;
  }
  store<u32>(state, done, DONE);
  return true;
}
