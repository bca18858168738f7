/**
 * The effects of the batch being executed, encoded once as RESP commands so
 * that every sink (append-only file, replicas, write-ahead log) copies bytes.
 *
 *   record: u32 database, u32 length of the command, the command as RESP
 *           (`*argc\r\n$len\r\narg\r\n…`), padded to 4 bytes
 */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferSetLength,
  bufferTake,
} from "../base/buffer";
import { writeI64 } from "../base/number";
import { argLength, argPtr, frameArgc } from "../resp/frame";

/** Longest header of an argument: `$`, ten digits, two line ends. */
const HEADER_BYTES_MAX: u32 = 16;

let log: u32 = 0;
let recording: bool = false;
let failed: bool = false;
let commandStart: u32 = 0;

export function effectsInit(): bool {
  log = bufferNew();
  return log != 0;
}

/** Whether anyone listens; nothing is encoded otherwise. */
export function effectsRecord(value: bool): void {
  recording = value;
}

// @ts-ignore: decorator
@inline
export function effectsRecording(): bool {
  return recording;
}

// @ts-ignore: decorator
@inline
function header(mark: u8, value: u32): void {
  const at = bufferData(log) + bufferLength(log);
  store<u8>(at, mark);
  const digits = writeI64(at + 1, <i64>value);
  store<u16>(at + 1 + digits, 0x0a0d);
  bufferSetLength(log, bufferLength(log) + digits + 3);
}

/** Starts an effect of `argc` arguments. */
export function effectBegin(db: u32, argc: u32): void {
  commandStart = bufferLength(log);
  if (failed || !bufferReserve(log, 8 + HEADER_BYTES_MAX)) {
    failed = true;
    return;
  }
  const at = bufferTake(log, 8);
  store<u32>(at, db);
  header(0x2a, argc);
}

/** Adds the next argument. */
export function effectArgument(ptr: u32, length: u32): void {
  if (failed || !bufferReserve(log, length + HEADER_BYTES_MAX + 2)) {
    failed = true;
    return;
  }
  header(0x24, length);
  const at = bufferTake(log, length + 2);
  memory.copy(at, ptr, length);
  store<u16>(at + length, 0x0a0d);
}

/** Ends the effect; one that failed leaves nothing behind. */
export function effectEnd(): void {
  const length = bufferLength(log) - commandStart - 8;
  const padding = (4 - (length & 3)) & 3;
  if (failed || !bufferReserve(log, padding)) {
    failed = true;
    bufferSetLength(log, commandStart);
    return;
  }
  store<u32>(bufferData(log) + commandStart, length, 4);
  bufferTake(log, padding);
}

/** The current argument frame, as it came, is an effect. */
export function effectFrame(db: u32): void {
  effectBegin(db, frameArgc);
  for (let i: u32 = 0; i < frameArgc; i++) effectArgument(argPtr(i), argLength(i));
  effectEnd();
}

export function effectsData(): u32 {
  return bufferData(log);
}

export function effectsLength(): u32 {
  return bufferLength(log);
}

/** Drops effects recorded behind `length` (a transaction that was rolled back). */
export function effectsTruncate(length: u32): void {
  bufferSetLength(log, length);
}

/** True once an effect could not be recorded for lack of memory. */
export function effectsFailed(): bool {
  return failed;
}

export function effectsReset(): void {
  bufferReset(log);
  failed = false;
}
