/**
 * IDs of stream entries as text: parsing by Redis's rules, which are those of C,
 * and replying. Parsed IDs are kept in registers, 16 bytes each, so that 128-bit
 * numbers need not cross to the host.
 */
import {
  parsedI64,
  parsedU64,
  parseI64,
  parseU64,
  writeU64,
} from "../base/number";
import { replyBulk } from "../resp/reply";

const REGISTERS: u32 = <u32>memory.data(64, 16);
/** The ID a command is about. */
export const ID: u32 = REGISTERS;
/** The bounds of a range, both included. */
export const START: u32 = REGISTERS + 16;
export const END: u32 = REGISTERS + 32;

/** Longest text that is looked at. */
const TEXT_BYTES_MAX: u32 = 127;
/** Longest ID: two numbers of 20 digits. */
const ID_TEXT: u32 = <u32>memory.data(48, 16);

const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const STAR: u32 = 0x2a;
const PARENTHESIS: u32 = 0x28;

/** `-` and `+` are no IDs. */
const STRICT: u32 = 1;
/** Without a sequence, the greatest is meant, else 0. */
const MISSING_IS_MAX: u32 = 2;
/** `ms-*` leaves the sequence open. */
const OPEN_SEQUENCE: u32 = 4;

/** Results of parsing. */
const INVALID: u32 = 0;
const VALID: u32 = 1;
const OPEN: u32 = 2;
const NO_NEIGHBOUR: u32 = 2;

let number: u64 = 0;

function setRegister(register: u32, ms: u64, seq: u64): void {
  store<u64>(register, ms);
  store<u64>(register, seq, 8);
}

// @ts-ignore: decorator
@inline
function isBlank(byte: u32): bool {
  return byte == 32 || byte - 9 < 5;
}

/** A number as C's strtoull reads it, all of the text. */
function parseLoosely(ptr: u32, length: u32): bool {
  let i: u32 = 0;
  while (i < length && isBlank(<u32>load<u8>(ptr + i))) i++;
  let isNegative = false;
  if (i < length) {
    const sign = <u32>load<u8>(ptr + i);
    isNegative = sign == MINUS;
    if (isNegative || sign == PLUS) i++;
  }
  if (i == length) return false;
  let value: u64 = 0;
  for (; i < length; i++) {
    const digit = <u32>load<u8>(ptr + i) - 48;
    if (digit > 9) return false;
    if (value > (u64.MAX_VALUE - <u64>digit) / 10) return false;
    value = value * 10 + <u64>digit;
  }
  number = isNegative ? 0 - value : value;
  return true;
}

/** A number as Redis reads it: an integer strictly, or else as C does. */
function parseNumber(ptr: u32, length: u32): bool {
  if (parseU64(ptr, length)) {
    number = parsedU64();
    return true;
  }
  if (parseI64(ptr, length) && parsedI64() < 0) return false;
  return parseLoosely(ptr, length);
}

function indexOf(ptr: u32, length: u32, byte: u32): u32 {
  let i: u32 = 0;
  while (i < length && <u32>load<u8>(ptr + i) != byte) i++;
  return i;
}

function parse(register: u32, ptr: u32, length: u32, flags: u32): u32 {
  if (length > TEXT_BYTES_MAX) return INVALID;
  length = indexOf(ptr, length, 0);
  if (length == 1) {
    const only = <u32>load<u8>(ptr);
    if (only == MINUS || only == PLUS) {
      if (flags & STRICT) return INVALID;
      const edge = only == MINUS ? 0 : u64.MAX_VALUE;
      setRegister(register, edge, edge);
      return VALID;
    }
  }
  const dash = indexOf(ptr, length, MINUS);
  if (!parseNumber(ptr, dash)) return INVALID;
  const ms = number;
  if (dash == length) {
    setRegister(register, ms, flags & MISSING_IS_MAX ? u64.MAX_VALUE : 0);
    return VALID;
  }
  const rest = length - dash - 1;
  const sequence = ptr + dash + 1;
  if (
    (flags & OPEN_SEQUENCE) != 0 && rest == 1 &&
    <u32>load<u8>(sequence) == STAR
  ) {
    setRegister(register, ms, 0);
    return OPEN;
  }
  if (!parseNumber(sequence, rest)) return INVALID;
  setRegister(register, ms, number);
  return VALID;
}

// @ts-ignore: decorator
@inline
function registerAt(index: u32): u32 {
  return REGISTERS + (index << 4);
}

/** Reads an ID of which nothing may be open, into the register at an address. */
export function idParse(register: u32, ptr: u32, length: u32): bool {
  return parse(register, ptr, length, STRICT) == VALID;
}

/** Reads an ID into a register (0: ID, 1: START, 2: END); false if it is none. */
export function streamIdParse(index: u32, ptr: u32, length: u32): bool {
  return idParse(registerAt(index), ptr, length);
}

/** As `streamIdParse`; `-` and `+` are IDs, too. */
export function streamIdParseLax(index: u32, ptr: u32, length: u32): bool {
  return parse(registerAt(index), ptr, length, 0) == VALID;
}

/** Reads the ID of XADD: 0 if it is none, 2 if its sequence is open, else 1. */
export function streamIdParseNew(ptr: u32, length: u32): u32 {
  return parse(ID, ptr, length, STRICT | OPEN_SEQUENCE);
}

/**
 * Reads a bound of a range, which `(` excludes, into START or END: 0 if it is
 * none, 2 if there is no ID beyond it, else 1.
 */
export function streamBoundParse(isEnd: bool, ptr: u32, length: u32): u32 {
  const register = isEnd ? END : START;
  const missing = isEnd ? MISSING_IS_MAX : 0;
  if (length < 2 || <u32>load<u8>(ptr) != PARENTHESIS) {
    return parse(register, ptr, length, missing);
  }
  if (parse(register, ptr + 1, length - 1, STRICT | missing) == INVALID) {
    return INVALID;
  }
  const hasNext = isEnd ? idDecrement(register) : idIncrement(register);
  return hasNext ? VALID : NO_NEIGHBOUR;
}

/** Makes an ID the next one; the greatest becomes 0-0, and that is false. */
export function idIncrement(id: u32): bool {
  const seq = load<u64>(id, 8) + 1;
  store<u64>(id, seq, 8);
  if (seq != 0) return true;
  const ms = load<u64>(id) + 1;
  store<u64>(id, ms);
  return ms != 0;
}

/** Makes an ID the one before; 0-0 becomes the greatest, and that is false. */
export function idDecrement(id: u32): bool {
  const seq = load<u64>(id, 8);
  store<u64>(id, seq - 1, 8);
  if (seq != 0) return true;
  const ms = load<u64>(id);
  store<u64>(id, ms - 1);
  return ms != 0;
}

/** Copies an ID into a register. */
export function idSet(register: u32, ms: u64, seq: u64): void {
  setRegister(register, ms, seq);
}

/** Whether the ID register holds 0-0. */
export function streamIdIsZero(): bool {
  return (load<u64>(ID) | load<u64>(ID, 8)) == 0;
}

/** Whether the ID register holds the greatest ID there is. */
export function streamIdIsMax(): bool {
  return (load<u64>(ID) & load<u64>(ID, 8)) == u64.MAX_VALUE;
}

// ------------------------------------------------------------------- as text

/** Writes an ID at an address, 41 bytes at most; returns how many. */
export function idWrite(at: u32, ms: u64, seq: u64): u32 {
  const length = writeU64(at, ms);
  store<u8>(at + length, <u8>MINUS);
  return length + 1 + writeU64(at + length + 1, seq);
}

/** Replies an ID. */
export function replyId(ms: u64, seq: u64): void {
  replyBulk(ID_TEXT, idWrite(ID_TEXT, ms, seq));
}

/** Replies the ID at an address. */
export function replyIdAt(id: u32): void {
  replyId(load<u64>(id), load<u64>(id, 8));
}

/** Replies the ID in the ID register. */
export function streamIdReply(): void {
  replyIdAt(ID);
}

/** Writes the ID register's ID at an address; returns its length. */
export function streamIdText(at: u32): u32 {
  return idWrite(at, load<u64>(ID), load<u64>(ID, 8));
}

/** START becomes 0-0. */
export function streamIdClearStart(): void {
  setRegister(START, 0, 0);
}

/** Whether the ID register is below START. */
export function streamIdIsBelowStart(): bool {
  const ms = load<u64>(ID);
  const startMs = load<u64>(START);
  if (ms != startMs) return ms < startMs;
  return load<u64>(ID, 8) < load<u64>(START, 8);
}
