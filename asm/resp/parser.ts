/**
 * The request parser: RESP arrays of bulk strings, and inline commands.
 *
 * `parse` looks at the unread bytes of one client and takes one command off
 * them. The arguments are left in the current frame as pointers into the input.
 * A complete command of short headers takes one pass without touching the
 * client's state. An incomplete one is remembered there (`_pending.ts`), so that
 * nothing is looked at twice.
 *
 * As in Redis, the byte behind `\r` is not looked at, a line that has a NUL
 * before its end never ends, and a count of 0 or less is an empty command. A
 * line end must come within 64 KiB: Redis tests this at each read, so where it
 * may or may not notice, depending on how the bytes arrive, this parser always
 * does.
 */
import { bytesIndexOfOrNul } from "../base/bytes";
import { parsedI64, parseI64 } from "../base/number";
import {
  ERROR_BIG_BULK_COUNT,
  ERROR_BIG_INLINE,
  ERROR_BIG_MULTIBULK_COUNT,
  ERROR_BULK_LENGTH,
  ERROR_EXPECTED_DOLLAR,
  ERROR_MULTIBULK_LENGTH,
  ERROR_UNAUTHENTICATED_BULK,
  ERROR_UNAUTHENTICATED_MULTIBULK,
  ERROR_UNBALANCED_QUOTES,
  PARSE_NEED_MORE,
  PARSE_OUT_OF_MEMORY,
  PARSE_PROTOCOL_ERROR,
} from "../base/errors";
import { splitInline } from "./_inline";
import {
  ARGC,
  DONE,
  FLAGS,
  keep,
  NEEDED,
  outOfMemory,
  parserReset,
  restoreArguments,
  SCAN,
  SEARCHED,
  suspend,
} from "./_pending";
import {
  frameBase,
  frameCapacity,
  frameReserve,
  frameSetCount,
  frameStore,
} from "./frame";

export { PARSER_STATE_BYTES, parserReset } from "./_pending";

/** The client has yet to authenticate: small commands only. */
export const PARSER_UNAUTHENTICATED: u32 = 1;
/** A trusted source (a log, a primary): bulks of any length. */
export const PARSER_TRUSTED: u32 = 2;

/** Redis's PROTO_INLINE_MAX_SIZE: how far the end of a line may be. */
const LINE_BYTES_MAX: u32 = 65536;
const UNAUTHENTICATED_ARGS_MAX: i64 = 10;
const UNAUTHENTICATED_BULK_BYTES_MAX: i64 = 16384;
const BULK_BYTES_MAX: i64 = 0xfff00000;
/** The fast path takes lengths of up to two digits without asking. */
const BULK_LIMIT_MIN: i64 = 99;
const ARGS_LIMIT_MIN: i64 = 99;
/** "*1\r\n$0\r\n\r\n", the shortest command. */
const SHORT_BYTES_MIN: u32 = 10;
/** A header that is an error may be as short as its line end. */
const LINE_BYTES_MIN: u64 = 2;

let bulkBytesMax: i64 = 512 * 1024 * 1024;
let argsMax: i64 = 1024 * 1024;

let consumed: u32 = 0;
let errorCode: u32 = 0;
let errorByte: u32 = 0;

/**
 * Sets `proto-max-bulk-len` and the most arguments a command may have. A
 * number, since an option may be far above what fits here: it is clamped.
 */
export function parserSetLimits(bulkBytes: f64, args: f64): void {
  const bulk = bulkBytes < <f64> BULK_BYTES_MAX
    ? <i64> bulkBytes
    : BULK_BYTES_MAX;
  bulkBytesMax = max<i64>(bulk, BULK_LIMIT_MIN);
  const count = args < 2147483647 ? <i64> args : 2147483647;
  argsMax = max<i64>(count, ARGS_LIMIT_MIN);
}

/** Sets PARSER_* flags of a client. */
export function parserSetFlags(state: u32, flags: u32): void {
  store<u32>(state, flags, FLAGS);
}

/** Bytes of the command that `parse` has just taken. */
// @ts-ignore: decorator
@inline
export function parseConsumed(): u32 {
  return consumed;
}

/**
 * After PARSE_NEED_MORE: unread bytes, from the command's start, below which
 * another call is useless. Exact inside a bulk, so a buffer can be sized by it.
 */
// @ts-ignore: decorator
@inline
export function parseNeeded(state: u32): u32 {
  return load<u32>(state, NEEDED);
}

/** After PARSE_PROTOCOL_ERROR: which ERROR_* of base/errors.ts. */
export function parseError(): u32 {
  return errorCode;
}

/** The byte found where ERROR_EXPECTED_DOLLAR wanted a `$`. */
export function parseErrorByte(): u32 {
  return errorByte;
}

function fail(state: u32, error: u32): i32 {
  parserReset(state);
  errorCode = error;
  return PARSE_PROTOCOL_ERROR;
}

/**
 * Takes one command off `[input, input + length)`, which must be what follows
 * the last command taken. Returns its number of arguments (0: nothing to run,
 * skip it), or PARSE_*.
 */
export function parse(state: u32, input: u32, length: u32): i32 {
  const needed = load<u32>(state, NEEDED);
  if (length < needed || length == 0) return PARSE_NEED_MORE;
  if (load<u8>(input) != 0x2a) return parseInline(state, input, length);
  if (needed == 0 && length >= SHORT_BYTES_MIN) {
    const argc = parseShort(state, input, length);
    if (argc != 0) return argc;
  }
  return parseMultibulk(state, input, length);
}

/**
 * The fast path: a complete command of up to 99 arguments, no header longer
 * than three digits. 0 for anything else, with nothing changed.
 */
// @ts-ignore: decorator
@inline
function parseShort(state: u32, input: u32, length: u32): i32 {
  const start = load<u32>(input);
  let argc = (start >> 8 & 255) - 48;
  let at = input + 4;
  if (argc - 1 > 8) return 0;
  if (start >> 16 != 0x0a0d) {
    // Two digits; more than ten arguments want a look at the client's flags.
    const second = (start >> 16 & 255) - 48;
    if (start >> 24 != 0x0d || second > 9) return 0;
    if (load<u32>(state, FLAGS) & PARSER_UNAUTHENTICATED) return 0;
    argc = argc * 10 + second;
    at++;
  }
  const pairs = frameBase;
  let left = length - (at - input);
  for (let i: u32 = 0; i < argc; i++) {
    if (left < 6) return 0;
    const header = load<u32>(at);
    let bulk = (header >> 8 & 255) - 48;
    if ((header & 0xff0000ff) == 0x0d000024) {
      const second = (header >> 16 & 255) - 48;
      if (bulk - 1 > 8 || second > 9) return 0;
      bulk = bulk * 10 + second;
      at += 5;
      left -= 5;
    } else if ((header & 0x00ff00ff) == 0x000d0024) {
      if (bulk > 9) return 0;
      at += 4;
      left -= 4;
    } else {
      const second = (header >> 16 & 255) - 48;
      const third = (header >> 24) - 48;
      if ((header & 255) != 0x24 || load<u8>(at, 4) != 0x0d) return 0;
      if (bulk - 1 > 8 || second > 9 || third > 9) return 0;
      bulk = bulk * 100 + second * 10 + third;
      if (<i64> bulk > bulkBytesMax) return 0;
      at += 6;
      left -= 6;
    }
    const used = bulk + 2;
    if (left < used) return 0;
    store<u32>(pairs + (i << 3), at);
    store<u32>(pairs + (i << 3), bulk, 4);
    at += used;
    left -= used;
  }
  consumed = at - input;
  frameSetCount(argc);
  return argc;
}

/**
 * Finds the end of the line that starts at offset `scan`. Returns the offset
 * of `\r`; 0 when there is more to come (the state then says so), and
 * 0xffffffff when the line is too long.
 */
function lineEnd(state: u32, input: u32, length: u32, scan: u32): u32 {
  const searched = load<u32>(state, SEARCHED);
  const from = searched > scan ? searched : scan;
  const reach = length - scan > LINE_BYTES_MAX
    ? scan + LINE_BYTES_MAX + 1
    : length;
  const end = bytesIndexOfOrNul(input, from, reach, 0x0d);
  if (end == reach || load<u8>(input + end) == 0) {
    if (length - scan > LINE_BYTES_MAX) return 0xffffffff;
    // Behind a NUL nothing counts any more but the length of it all.
    suspend(state, scan, end, <u64> length + 1);
    return 0;
  }
  if (end + 1 >= length) {
    suspend(state, scan, end, <u64> end + 2);
    return 0;
  }
  return end;
}

/** Reads `*<count>`; the count, or 0 or less when parsing ends here. */
function readCount(state: u32, input: u32, length: u32): i64 {
  const end = lineEnd(state, input, length, 0);
  if (end == 0xffffffff) return fail(state, ERROR_BIG_MULTIBULK_COUNT);
  if (end == 0) return PARSE_NEED_MORE;
  if (!parseI64(input + 1, end - 1) || parsedI64() > argsMax) {
    return fail(state, ERROR_MULTIBULK_LENGTH);
  }
  const count = parsedI64();
  if (
    count > UNAUTHENTICATED_ARGS_MAX &&
    (load<u32>(state, FLAGS) & PARSER_UNAUTHENTICATED) != 0
  ) {
    return fail(state, ERROR_UNAUTHENTICATED_MULTIBULK);
  }
  consumed = end + 2;
  return count > 0 ? count : 0;
}

/** Length of the bulk of the header read last. */
let bulkLength: u32 = 0;

/**
 * Reads `$<length>` at offset `scan`. Returns the offset behind the line, 0
 * when parsing ends here with `ending`.
 */
function readBulkHeader(
  state: u32,
  input: u32,
  length: u32,
  scan: u32,
): u32 {
  const end = lineEnd(state, input, length, scan);
  ending = PARSE_NEED_MORE;
  if (end == 0) return 0;
  if (end == 0xffffffff) {
    ending = fail(state, ERROR_BIG_BULK_COUNT);
    return 0;
  }
  const byte = <u32> load<u8>(input + scan);
  if (byte != 0x24) {
    errorByte = byte;
    ending = fail(state, ERROR_EXPECTED_DOLLAR);
    return 0;
  }
  const flags = load<u32>(state, FLAGS);
  const limit = flags & PARSER_TRUSTED ? BULK_BYTES_MAX : bulkBytesMax;
  const valid = parseI64(input + scan + 1, end - scan - 1);
  const bulk = parsedI64();
  if (!valid || bulk < 0 || bulk > limit) {
    ending = fail(state, ERROR_BULK_LENGTH);
    return 0;
  }
  if (
    bulk > UNAUTHENTICATED_BULK_BYTES_MAX &&
    (flags & PARSER_UNAUTHENTICATED) != 0
  ) {
    ending = fail(state, ERROR_UNAUTHENTICATED_BULK);
    return 0;
  }
  bulkLength = <u32> bulk;
  return end + 2;
}

let ending: i32 = 0;

/** A RESP command of any shape, begun or continued. */
function parseMultibulk(state: u32, input: u32, length: u32): i32 {
  let argc = load<u32>(state, ARGC);
  let scan = load<u32>(state, SCAN);
  if (argc == 0) {
    const count = readCount(state, input, length);
    if (count < 0) return <i32> count;
    if (count == 0) {
      parserReset(state);
      frameSetCount(0);
      return 0;
    }
    argc = <u32> count;
    scan = consumed;
    store<u32>(state, 0, SEARCHED);
  }
  let done = load<u32>(state, DONE);
  for (; done < argc; done++) {
    if (scan == length) {
      suspend(state, scan, scan, <u64> scan + LINE_BYTES_MIN);
      break;
    }
    const body = readBulkHeader(state, input, length, scan);
    if (body == 0) {
      if (ending != PARSE_NEED_MORE) return ending;
      break;
    }
    const after = <u64> body + <u64> bulkLength + 2;
    if (after > <u64> length) {
      // The header is read again then: it ends at `searched`.
      const more = done + 1 == argc ? 0 : LINE_BYTES_MIN;
      if (suspend(state, scan, body - 2, after + more) != PARSE_NEED_MORE) {
        return PARSE_OUT_OF_MEMORY;
      }
      break;
    }
    if (done >= frameCapacity && !frameReserve(done + 1)) {
      return outOfMemory(state);
    }
    frameStore(done, input + body, bulkLength);
    scan = <u32> after;
    store<u32>(state, 0, SEARCHED);
  }
  if (done != argc) {
    if (!keep(state, input, argc, done)) return outOfMemory(state);
    return PARSE_NEED_MORE;
  }
  restoreArguments(state, input);
  parserReset(state);
  consumed = scan;
  frameSetCount(argc);
  return argc;
}

/** One line of words. */
function parseInline(state: u32, input: u32, length: u32): i32 {
  const searched = load<u32>(state, SEARCHED);
  const reach = length > LINE_BYTES_MAX ? LINE_BYTES_MAX + 1 : length;
  const end = bytesIndexOfOrNul(input, searched, reach, 0x0a);
  if (end == reach || load<u8>(input + end) == 0) {
    if (length > LINE_BYTES_MAX) return fail(state, ERROR_BIG_INLINE);
    return suspend(state, 0, end, <u64> length + 1);
  }
  if (load<u32>(state, NEEDED) != 0) parserReset(state);
  consumed = end + 1;
  const line = end != 0 && load<u8>(input + end - 1) == 0x0d ? end - 1 : end;
  const argc = splitInline(input, line);
  if (argc == PARSE_PROTOCOL_ERROR) return fail(state, ERROR_UNBALANCED_QUOTES);
  return argc;
}
