/**
 * The fast lane. `laneNext` takes commands off a client's input until one needs
 * its TypeScript handler. The plainest shapes of the commonest commands are run
 * right here by kernels: returning to JavaScript once a command costs more than
 * such a command itself.
 *
 * A kernel either does exactly what the handler would do, effects included, or
 * does nothing and says so (BAIL); then the handler runs. It bails on options,
 * other types, keys past their time, memory near a limit: everything that needs
 * policy. The host opens the lane (LANE_READS, LANE_WRITES) for a client only
 * while nothing else watches: no MULTI, MONITOR, slow log below a millisecond,
 * keyspace events, and so on (src/server/lane.ts). Differential tests run with
 * the lane open and closed.
 */
import { memoryNearLimit, usedBytes } from "../base/memory";
import { parsedI64, parseI64 } from "../base/number";
import { touch } from "../keyspace/clock";
import { databaseVolatileKeys } from "../keyspace/database";
import {
  entryType,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STRING,
} from "../keyspace/entry";
import { effectFrame, effectsRecording } from "../keyspace/effects_log";
import { countLookup, deleteKey, find as findKey, isExpired } from "../keyspace/keyspace";
import { argLength, argPtr, frameArgc } from "../resp/frame";
import { parse, parseConsumed } from "../resp/parser";
import { outputLength, outputSelect, outputSelected } from "../resp/output";
import {
  replyArray,
  replyBulk,
  replyInteger,
  replyNull,
  replyOk,
  replyPong,
  replySetProtocol,
} from "../resp/reply";
import { listCreate, listDrop, listLengthOf, listPush } from "../types/list/list";
import { setAddArguments, setHas } from "../types/set/set";
import {
  stringAdd,
  stringLength,
  stringPut,
  stringSum,
  stringView,
  viewLength,
  viewPtr,
} from "../types/string";
import { FIELD_EXPIRED } from "../types/hash/hash";
import { hashGetReply, hashSetArguments } from "./hashes";
import { listReply } from "./lists";
import { foundKernel, nameFind } from "./names";

export const KERNEL_NONE: u32 = 0;
export const KERNEL_PING: u32 = 1;
export const KERNEL_ECHO: u32 = 2;
export const KERNEL_GET: u32 = 3;
export const KERNEL_SET: u32 = 4;
export const KERNEL_INCR: u32 = 5;
export const KERNEL_DECR: u32 = 6;
export const KERNEL_INCRBY: u32 = 7;
export const KERNEL_MGET: u32 = 8;
export const KERNEL_MSET: u32 = 9;
export const KERNEL_EXISTS: u32 = 10;
export const KERNEL_DEL: u32 = 11;
export const KERNEL_STRLEN: u32 = 12;
export const KERNEL_SADD: u32 = 13;
export const KERNEL_SISMEMBER: u32 = 14;
export const KERNEL_LPUSH: u32 = 15;
export const KERNEL_RPUSH: u32 = 16;
export const KERNEL_LPOP: u32 = 17;
export const KERNEL_RPOP: u32 = 18;
export const KERNEL_LLEN: u32 = 19;
export const KERNEL_HGET: u32 = 20;
export const KERNEL_HSET: u32 = 21;
const KERNEL_COUNT: u32 = 32;

export const LANE_READS: u32 = 1;
export const LANE_WRITES: u32 = 2;

/** `laneNext`: the input is used up or incomplete. */
export const NEXT_NEED_MORE: i32 = -1;
export const NEXT_PROTOCOL_ERROR: i32 = -2;
export const NEXT_OUT_OF_MEMORY: i32 = -3;
/** The frame holds a command whose name is unknown. */
export const NEXT_UNKNOWN: i32 = -4;
/** The replies written exceed the turn's limit. */
export const NEXT_OUTPUT_FULL: i32 = -5;

/** Longest argument a kernel takes: longer ones may take a noticeable time. */
const VALUE_BYTES_MAX: u32 = 65536;

let state: u32 = 0;
let input: u32 = 0;
let left: u32 = 0;
let db: u32 = 0;
let mode: u32 = 0;
let outputMax: u32 = 0x7fffffff;
let memoryMax: u64 = 0;

/** Calls of each kernel since `laneReset`, u32 each. */
const calls: u32 = <u32>memory.data(128, 4);
/** All of them. */
let laneCalls: u32 = 0;
/** Kernel that ran last. */
let lastKernel: u32 = 0;

/**
 * What the host wants to know after `laneNext`, in memory, where reading it
 * costs nothing:
 *
 *   +0 u32 calls since `laneReset`   +4 u32 kernel that ran last
 *   +8 u32 1 if only that kernel ran +12 u32 unread bytes   +16 u32 their address
 */
const report: u32 = <u32>memory.data(20, 4);

/** Address of the report. */
export function laneReport(): u32 {
  return report;
}

function writeReport(): void {
  store<u32>(report, laneCalls);
  store<u32>(report, lastKernel, 4);
  store<u32>(
    report,
    <u32>(load<u32>(calls + (lastKernel << 2)) == laneCalls),
    8,
  );
  store<u32>(report, left, 12);
  store<u32>(report, input, 16);
}

/**
 * Starts a client's turn and runs it up to the first command that needs its
 * handler: output, protocol version, `laneInput`, `laneMode` and `laneNext` in
 * one call.
 */
export function laneTurn(
  output: u32,
  protocol: u32,
  parserState: u32,
  ptr: u32,
  length: u32,
  database: u32,
  flags: u32,
): i32 {
  outputSelect(output);
  replySetProtocol(protocol);
  laneInput(parserState, ptr, length);
  laneMode(database, flags);
  return laneNext();
}

/** Sets what `laneNext` reads: a client's parser state and unread bytes. */
export function laneInput(parserState: u32, ptr: u32, length: u32): void {
  state = parserState;
  input = ptr;
  left = length;
  store<u32>(report, length, 12);
  store<u32>(report, ptr, 16);
}

/** Sets database and LANE_* of the client being served. */
export function laneMode(database: u32, flags: u32): void {
  db = database;
  mode = flags;
}

/** `bytes` of output end a turn; `maxmemory` in bytes, 0 for none. */
export function laneLimits(bytes: u32, maxmemory: f64): void {
  outputMax = bytes;
  memoryMax = <u64>maxmemory;
}

export function laneCallsOf(kernel: u32): u32 {
  return load<u32>(calls + (kernel << 2));
}

export function laneReset(): void {
  laneCalls = 0;
  memory.fill(calls, 0, KERNEL_COUNT << 2);
  store<u32>(report, 0);
}

// ------------------------------------------------------------------- kernels

/** The entry of the key at this argument, expired or not; 0 if there is none. */
// @ts-ignore: decorator
@inline
function find(index: u32): u32 {
  return findKey(db, argPtr(index), argLength(index));
}

/** Whether any of the keys at arguments `first`, `first + step`… has expired. */
function anyExpired(first: u32, step: u32): bool {
  if (databaseVolatileKeys(db) == 0) return false;
  for (let i = first; i < frameArgc; i += step) {
    const entry = find(i);
    if (entry != 0 && isExpired(entry)) return true;
  }
  return false;
}

function readValue(index: u32): bool {
  const entry = find(index);
  if (entry == 0) {
    countLookup(false);
    replyNull();
    return true;
  }
  if (entryType(entry) != TYPE_STRING || isExpired(entry)) return false;
  touch(entry);
  countLookup(true);
  stringView(entry);
  replyBulk(viewPtr, viewLength);
  return true;
}

function get(): bool {
  return frameArgc == 2 && readValue(1);
}

function strlen(): bool {
  if (frameArgc != 2) return false;
  const entry = find(1);
  if (entry == 0) {
    countLookup(false);
    replyInteger(0);
    return true;
  }
  if (entryType(entry) != TYPE_STRING || isExpired(entry)) return false;
  touch(entry);
  countLookup(true);
  replyInteger(<i64>stringLength(entry));
  return true;
}

function mget(): bool {
  if (frameArgc < 2 || anyExpired(1, 1)) return false;
  replyArray(frameArgc - 1);
  for (let i: u32 = 1; i < frameArgc; i++) {
    const entry = find(i);
    if (entry != 0 && entryType(entry) == TYPE_STRING) {
      touch(entry);
      countLookup(true);
      stringView(entry);
      replyBulk(viewPtr, viewLength);
    } else {
      countLookup(entry != 0);
      replyNull();
    }
  }
  return true;
}

function exists(): bool {
  if (frameArgc < 2 || anyExpired(1, 1)) return false;
  let found: i64 = 0;
  for (let i: u32 = 1; i < frameArgc; i++) {
    const entry = find(i);
    countLookup(entry != 0);
    if (entry != 0) found++;
  }
  replyInteger(found);
  return true;
}

/** Whether there is memory for a command that may add data. */
// @ts-ignore: decorator
@inline
function hasMemory(): bool {
  return !memoryNearLimit() && (memoryMax == 0 || usedBytes() <= memoryMax);
}

// @ts-ignore: decorator
@inline
function propagate(): void {
  if (effectsRecording()) effectFrame(db);
}

function set(): bool {
  if (frameArgc != 3 || !hasMemory()) return false;
  if (argLength(2) > VALUE_BYTES_MAX || argLength(1) > VALUE_BYTES_MAX) {
    return false;
  }
  const old = find(1);
  if (old != 0) {
    if (isExpired(old)) return false;
    touch(old);
  }
  const entry = stringPut(
    db,
    argPtr(1),
    argLength(1),
    argPtr(2),
    argLength(2),
    false,
    old,
  );
  if (entry == 0) return false;
  propagate();
  replyOk();
  return true;
}

function mset(): bool {
  if (frameArgc < 3 || (frameArgc & 1) == 0 || !hasMemory()) return false;
  let bytes: u32 = 0;
  for (let i: u32 = 1; i < frameArgc; i++) {
    if (argLength(i) > VALUE_BYTES_MAX) return false;
    bytes += argLength(i);
  }
  if (bytes > VALUE_BYTES_MAX << 4 || anyExpired(1, 2)) return false;
  for (let i: u32 = 1; i < frameArgc; i += 2) {
    const key = argPtr(i);
    const length = argLength(i);
    const old = find(i);
    if (old != 0) touch(old);
    // Memory cannot run out here: hasMemory leaves 64 MiB.
    stringPut(db, key, length, argPtr(i + 1), argLength(i + 1), false, old);
  }
  propagate();
  replyOk();
  return true;
}

function addInteger(delta: i64): bool {
  if (!hasMemory() || argLength(1) > VALUE_BYTES_MAX) return false;
  const key = argPtr(1);
  const length = argLength(1);
  const entry = find(1);
  if (entry != 0) {
    if (entryType(entry) != TYPE_STRING || isExpired(entry)) return false;
    touch(entry);
  }
  if (stringAdd(db, key, length, entry, delta) != 1) return false;
  propagate();
  replyInteger(stringSum);
  return true;
}

function incrby(): bool {
  if (frameArgc != 3 || !parseI64(argPtr(2), argLength(2))) return false;
  return addInteger(parsedI64());
}

function del(): bool {
  if (frameArgc < 2 || memoryNearLimit()) return false;
  if (anyExpired(1, 1)) return false;
  let deleted: i64 = 0;
  for (let i: u32 = 1; i < frameArgc; i++) {
    if (deleteKey(db, argPtr(i), argLength(i)) == 1) deleted++;
  }
  if (deleted != 0) propagate();
  replyInteger(deleted);
  return true;
}

/** SADD of one member. */
function sadd(): bool {
  if (frameArgc != 3 || !hasMemory()) return false;
  if (argLength(2) > VALUE_BYTES_MAX || argLength(1) > VALUE_BYTES_MAX) {
    return false;
  }
  const entry = find(1);
  if (entry != 0) {
    if (entryType(entry) != TYPE_SET || isExpired(entry)) return false;
    touch(entry);
  }
  const added = setAddArguments(db, entry, argPtr(1), argLength(1), 2);
  if (added < 0) return false;
  if (added != 0) propagate();
  replyInteger(added);
  return true;
}

function sismember(): bool {
  if (frameArgc != 3) return false;
  const entry = find(1);
  if (entry == 0) {
    countLookup(false);
    replyInteger(0);
    return true;
  }
  if (entryType(entry) != TYPE_SET || isExpired(entry)) return false;
  touch(entry);
  countLookup(true);
  replyInteger(setHas(entry, argPtr(2), argLength(2)) ? 1 : 0);
  return true;
}

/** LPUSH and RPUSH. */
function push(atHead: bool): bool {
  if (frameArgc < 3 || !hasMemory()) return false;
  let bytes: u32 = 0;
  for (let i: u32 = 1; i < frameArgc; i++) {
    if (argLength(i) > VALUE_BYTES_MAX) return false;
    bytes += argLength(i);
  }
  if (bytes > VALUE_BYTES_MAX << 4) return false;
  const count = frameArgc - 2;
  const entry = find(1);
  let length = count;
  if (entry == 0) {
    const key = argPtr(1);
    if (listCreate(db, key, argLength(1), atHead, 2, count) == 0) return false;
  } else {
    if (entryType(entry) != TYPE_LIST || isExpired(entry)) return false;
    touch(entry);
    length = listPush(db, entry, atHead, 2, count);
    if (length == 0) return false;
  }
  propagate();
  replyInteger(<i64>length);
  return true;
}

/** LPOP and RPOP of one element. */
function pop(atHead: bool): bool {
  if (frameArgc != 2 || memoryNearLimit()) return false;
  const entry = find(1);
  if (entry == 0) {
    replyNull();
    return true;
  }
  if (entryType(entry) != TYPE_LIST || isExpired(entry)) return false;
  touch(entry);
  const length = listLengthOf(entry);
  // Memory cannot run out here, nor below.
  if (!listReply(entry, atHead ? 0 : length - 1, 1, false)) return false;
  if (length == 1) deleteKey(db, argPtr(1), argLength(1));
  else listDrop(db, entry, atHead, 1);
  propagate();
  return true;
}

function llen(): bool {
  if (frameArgc != 2) return false;
  const entry = find(1);
  if (entry == 0) {
    countLookup(false);
    replyInteger(0);
    return true;
  }
  if (entryType(entry) != TYPE_LIST || isExpired(entry)) return false;
  touch(entry);
  countLookup(true);
  replyInteger(<i64>listLengthOf(entry));
  return true;
}

function hget(): bool {
  if (frameArgc != 3) return false;
  const entry = find(1);
  if (entry == 0) {
    countLookup(false);
    replyNull();
    return true;
  }
  if (entryType(entry) != TYPE_HASH || isExpired(entry)) return false;
  // A field past its time, of which nothing has been replied, is the handler's.
  if (hashGetReply(entry, argPtr(2), argLength(2)) == FIELD_EXPIRED) {
    return false;
  }
  touch(entry);
  countLookup(true);
  return true;
}

/** HSET of one field. */
function hset(): bool {
  if (frameArgc != 4 || !hasMemory()) return false;
  if (
    argLength(1) > VALUE_BYTES_MAX || argLength(2) > VALUE_BYTES_MAX ||
    argLength(3) > VALUE_BYTES_MAX
  ) return false;
  const entry = find(1);
  if (entry != 0) {
    if (entryType(entry) != TYPE_HASH || isExpired(entry)) return false;
    touch(entry);
  }
  const created = hashSetArguments(db, entry);
  if (created < 0) return false;
  propagate();
  replyInteger(<i64>created);
  return true;
}

/** Whether a kernel leaves all data as it is. */
// @ts-ignore: decorator
@inline
function isReading(kernel: u32): bool {
  return kernel <= KERNEL_GET || kernel == KERNEL_MGET ||
    kernel == KERNEL_EXISTS || kernel == KERNEL_STRLEN ||
    kernel == KERNEL_SISMEMBER || kernel == KERNEL_LLEN ||
    kernel == KERNEL_HGET;
}

/** Runs a kernel; false when the handler must run instead. */
function run(kernel: u32): bool {
  if ((mode & (isReading(kernel) ? LANE_READS : LANE_WRITES)) == 0) {
    return false;
  }
  switch (kernel) {
    case KERNEL_PING:
      if (frameArgc == 1) {
        replyPong();
        return true;
      }
      if (frameArgc != 2) return false;
      replyBulk(argPtr(1), argLength(1));
      return true;
    case KERNEL_ECHO:
      if (frameArgc != 2) return false;
      replyBulk(argPtr(1), argLength(1));
      return true;
    case KERNEL_GET:
      return get();
    case KERNEL_SET:
      return set();
    case KERNEL_INCR:
      return frameArgc == 2 && addInteger(1);
    case KERNEL_DECR:
      return frameArgc == 2 && addInteger(-1);
    case KERNEL_INCRBY:
      return incrby();
    case KERNEL_MGET:
      return mget();
    case KERNEL_MSET:
      return mset();
    case KERNEL_EXISTS:
      return exists();
    case KERNEL_DEL:
      return del();
    case KERNEL_STRLEN:
      return strlen();
    case KERNEL_SADD:
      return sadd();
    case KERNEL_SISMEMBER:
      return sismember();
    case KERNEL_LPUSH:
      return push(true);
    case KERNEL_RPUSH:
      return push(false);
    case KERNEL_LPOP:
      return pop(true);
    case KERNEL_RPOP:
      return pop(false);
    case KERNEL_LLEN:
      return llen();
    case KERNEL_HGET:
      return hget();
    case KERNEL_HSET:
      return hset();
  }
  return false;
}

/**
 * Takes the next command that needs its handler off the input: its id, with
 * the arguments in the current frame, or NEXT_*.
 */
export function laneNext(): i32 {
  const result = advance();
  writeReport();
  return result;
}

function advance(): i32 {
  while (left != 0) {
    if (outputLength(outputSelected()) > outputMax) return NEXT_OUTPUT_FULL;
    const argc = parse(state, input, left);
    if (argc < 0) return argc;
    input += parseConsumed();
    left -= parseConsumed();
    if (argc == 0) continue;
    const id = nameFind();
    if (id < 0) return NEXT_UNKNOWN;
    if (foundKernel != 0 && mode != 0 && run(foundKernel)) {
      laneCalls++;
      lastKernel = foundKernel;
      const counter = calls + (foundKernel << 2);
      store<u32>(counter, load<u32>(counter) + 1);
      continue;
    }
    return id;
  }
  return NEXT_NEED_MORE;
}
