/**
 * The log of touched keys: while somebody listens (WATCH, client tracking,
 * blocked clients), every primitive that changes a key notes it here, and the
 * host drains the log after each command. So no command handler has to say
 * which keys it modified.
 *
 *   record: u32 database, u32 key length, key bytes, padded to 4 bytes
 */
import {
  bufferData,
  bufferLength,
  bufferNew,
  bufferReserve,
  bufferReset,
  bufferTake,
} from "../base/buffer";
import { entryKey, entryKeyLength } from "./entry";

let log: u32 = 0;
let listening: bool = false;
let lost: bool = false;
/** Changes since start, as Redis's `server.dirty`. */
export let dirty: f64 = 0;

export function touchedInit(): bool {
  log = bufferNew();
  return log != 0;
}

export function touchedListen(value: bool): void {
  listening = value;
}

export function dirtyAdd(changes: f64): void {
  dirty += changes;
}

export function dirtyCount(): f64 {
  return dirty;
}

/** Notes a change of the key; `changes` is what it adds to `dirty`. */
// @ts-ignore: decorator
@inline
export function touched(db: u32, entry: u32, changes: u32): void {
  dirty += <f64>changes;
  if (listening) note(db, entry);
}

function note(db: u32, entry: u32): void {
  const length = entryKeyLength(entry);
  const bytes = 8 + (length + 3 & ~3);
  if (!bufferReserve(log, bytes)) {
    // Listeners must assume that anything changed.
    lost = true;
    return;
  }
  const at = bufferTake(log, bytes);
  store<u32>(at, db);
  store<u32>(at, length, 4);
  memory.copy(at + 8, entryKey(entry), length);
}

export function touchedData(): u32 {
  return bufferData(log);
}

export function touchedLength(): u32 {
  return bufferLength(log);
}

/** True once a note was lost for lack of memory; cleared by the reset. */
export function touchedLost(): bool {
  return lost;
}

export function touchedReset(): void {
  bufferReset(log);
  lost = false;
}
