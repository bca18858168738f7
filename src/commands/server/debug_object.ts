/** DEBUG subcommands that look at single keys, or make many. */

import { untilNul } from "../../base/byte_string.ts";
import {
  ENCODING_INT,
  ENCODING_NAMES,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STRING,
} from "../../keyspace/mod.ts";
import { parseMemory } from "../../config/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { encodingName, referenceCount } from "../keys/object.ts";

/** The entry of the key at an argument, past its time or not; else replies that there is none. */
function findOrReply(call: Call, index: number): number {
  const entry = call.x.find(
    call.db,
    call.argPtr(index),
    call.argLength(index),
  );
  if (entry === 0) call.reply.error(errors.NO_SUCH_KEY);
  return entry;
}

/** DEBUG OBJECT key [FAST]: FAST leaves out what takes long to find out. */
export function debugObject(call: Call): void {
  const { x } = call;
  const isFast = call.argc === 4;
  if (isFast && !call.argIs(3, "fast")) return call.reply.error(errors.SYNTAX);
  const entry = findOrReply(call, 2);
  if (entry === 0) return;
  const address = (entry >>> 0).toString(16);
  const encoding = encodingName(call, entry);
  const length = isFast ? "" : ` serializedlength:${savedBytes(call, entry)}`;
  const isList = x.entryType(entry) === TYPE_LIST;
  call.reply.simple(
    `Value at:0x${address} refcount:${
      referenceCount(call, entry)
    } encoding:${encoding}${length} lru:${x.entryLru(entry)} lru_seconds_idle:${
      Math.floor(x.idleSeconds(entry))
    }${isList ? listFigures(call, entry) : ""}`,
  );
}

/** C's `%.2f`, which rounds what lies in the middle (odd eighths) to even. */
function twoPlaces(value: number): string {
  const isMiddle = value * 8 % 2 === 1;
  const below = Math.floor(value * 100);
  return (isMiddle ? (below + below % 2) / 100 : value).toFixed(2);
}

function listFigures(call: Call, entry: number): string {
  const { x } = call;
  const nodes = x.listNodesOf(entry) >>> 0;
  const average = twoPlaces((x.listLengthOf(entry) >>> 0) / nodes);
  return ` ql_nodes:${nodes} ql_avg_node:${average}` +
    ` ql_listpack_max:${x.listFillOf(entry)}` +
    ` ql_compressed:${x.listDepthOf(entry) === 0 ? 0 : 1}` +
    ` ql_uncompressed_size:${x.listDataBytes(entry)}`;
}

/** Bytes a value takes in a snapshot before compression (Redis: rdbSavedObjectLen). */
function savedBytes(call: Call, entry: number): number {
  const { x } = call;
  if (x.entryType(entry) === TYPE_LIST) return x.listSavedBytes(entry);
  if (x.entryType(entry) === TYPE_SET) return setSavedBytes(call, entry);
  if (x.entryType(entry) === TYPE_HASH) return hashSavedBytes(call, entry);
  const ptr = x.stringView(entry);
  return stringSavedBytes(call, ptr, x.stringViewLength() >>> 0);
}

function stringSavedBytes(call: Call, ptr: number, length: number): number {
  const text = length <= 11 ? call.core.text(ptr, length) : "";
  if (/^(0|-?[1-9]\d*)$/.test(text)) {
    const value = Number(text);
    if (value === value << 24 >> 24) return 2;
    if (value === value << 16 >> 16) return 3;
    if (value === (value | 0)) return 5;
  }
  return lengthSavedBytes(length) + length;
}

function lengthSavedBytes(length: number): number {
  if (length < 64) return 1;
  return length < 16384 ? 2 : 5;
}

/** An intset is saved as its block, another set as its members. */
function setSavedBytes(call: Call, entry: number): number {
  const { core, x } = call;
  const count = x.setCard(entry) >>> 0;
  if (ENCODING_NAMES[x.entryEncoding(entry)] === "intset") {
    const blockBytes = 8 + core.load32(x.valuePtr(entry)) * count;
    return lengthSavedBytes(blockBytes) + blockBytes;
  }
  let bytes = lengthSavedBytes(count);
  x.setEachBegin(entry);
  while (x.setEachNext()) {
    const length = x.setMemberLength() >>> 0;
    bytes += stringSavedBytes(call, x.setMemberPtr(), length);
  }
  return bytes;
}

/** A listpack is saved as it is, a table as its fields, values and expiries. */
function hashSavedBytes(call: Call, entry: number): number {
  const { x } = call;
  const encoding = ENCODING_NAMES[x.entryEncoding(entry)];
  if (encoding !== "hashtable") {
    const bytes = x.lpBytes(x.valuePtr(entry)) >>> 0;
    const expiryBytes = encoding === "listpackex" ? 8 : 0;
    return expiryBytes + lengthSavedBytes(bytes) + bytes;
  }
  let bytes = lengthSavedBytes(x.hashCount(entry) >>> 0);
  x.hashEachBegin(entry);
  while (x.hashEachNext()) {
    x.hashEachName();
    const nameLength = x.hashNameLength() >>> 0;
    bytes += stringSavedBytes(call, x.hashNamePtr(), nameLength);
    x.hashEachValue();
    const valueLength = x.hashValueLength() >>> 0;
    bytes += stringSavedBytes(call, x.hashValuePtr(), valueLength);
  }
  return bytes;
}

/**
 * DEBUG SDSLEN key. What the value's block holds beside it, the key and the
 * header, counts to the key: both figures add up to what the entry takes.
 */
export function debugSdslen(call: Call): void {
  const { x } = call;
  const entry = findOrReply(call, 2);
  if (entry === 0) return;
  if (
    x.entryType(entry) !== TYPE_STRING ||
    x.entryEncoding(entry) === ENCODING_INT
  ) return call.reply.error("ERR Not an sds encoded string.");
  const value = x.stringView(entry) >>> 0;
  const length = x.stringViewLength() >>> 0;
  const start = entry >>> 0;
  const block = x.usableSize(entry) >>> 0;
  const isInline = value >= start && value < start + block;
  const valueBlock = isInline ? length : x.usableSize(value) >>> 0;
  call.reply.simple(
    `key_sds_len:${x.entryKeyLength(entry) >>> 0}, key_sds_avail:0, ` +
      `key_zmalloc: ${isInline ? block - length : block}, ` +
      `val_sds_len:${length}, val_sds_avail:${valueBlock - length}, ` +
      `val_zmalloc: ${valueBlock}`,
  );
}

/** As Redis: nodes of 4 GiB and nearly as much are not to be. */
const PACKED_THRESHOLD_MAX = (1n << 32n) - (1n << 20n);

/** DEBUG QUICKLIST-PACKED-THRESHOLD size: from which elements have nodes of their own. */
export function debugQuicklistPackedThreshold(call: Call): void {
  const size = parseMemory(call.argText(2));
  if (size === null || size > PACKED_THRESHOLD_MAX) {
    return call.reply.error(
      "ERR argument must be a memory value bigger than 1 and smaller than 4gb",
    );
  }
  call.x.listSetLarge(Number(size));
  call.reply.ok();
}

/** DEBUG HTSTATS db [FULL]: the table of keys, and the index of expiries. */
export function debugHtstats(call: Call): void {
  const { x, keyspace } = call;
  const db = call.needInteger(2);
  if (db === undefined) return;
  if (db < 0n || db >= keyspace.databases) {
    return call.reply.error("ERR Out of range database");
  }
  const volatileKeys = x.databaseVolatileKeys(Number(db));
  const expires = volatileKeys === 0
    ? EMPTY
    : `Expiry index stats:\n number of elements: ${volatileKeys}\n`;
  call.reply.verbatim(
    `[Dictionary HT]\n${tableStats(call, x.databaseDict(Number(db)))}` +
      `[Expires HT]\n${expires}`,
  );
}

const EMPTY = "Hash table 0 stats (main hash table):\n" +
  "No stats available for empty dictionaries\n";
/** The last of the core's chain lengths stands for all longer ones. */
const CHAIN_MAX = 64;

/** In Redis's words. A bucket of ours holds twelve elements before it overflows. */
function tableStats(call: Call, dict: number): string {
  const { x } = call;
  const count = x.dictCount(dict) >>> 0;
  if (count === 0) return EMPTY;
  const buckets = x.dictBuckets(dict) >>> 0;
  const chains: [length: number, found: number][] = [];
  for (let length = 0; length <= CHAIN_MAX; length++) {
    const found = x.dictChains(dict, length) >>> 0;
    if (found > 0) chains.push([length, found]);
  }
  const used = chains.filter(([length]) => length > 0);
  const slots = used.reduce((sum, [, found]) => sum + found, 0);
  const average = (count / slots).toFixed(2);
  return "Hash table 0 stats (main hash table):\n" +
    ` table size: ${buckets}\n` +
    ` number of elements: ${count}\n` +
    ` different slots: ${slots}\n` +
    ` max chain length: ${used.at(-1)![0]}\n` +
    ` avg chain length (counted): ${average}\n` +
    ` avg chain length (computed): ${average}\n` +
    " Chain length distribution:\n" +
    chains.map(([length, found]) =>
      `   ${length}: ${found} (${(found / buckets * 100).toFixed(2)}%)\n`
    ).join("") +
    (x.dictResizing(dict) ? " resizing\n" : "");
}

/** Longest key DEBUG POPULATE makes: Redis formats it in a buffer of 128 bytes. */
const POPULATED_KEY_BYTES_MAX = 127;
/** Room for `value:` and any number. */
const POPULATED_TEXT_BYTES_MAX = 32;

/** DEBUG POPULATE count [prefix] [size]: not propagated. */
export function debugPopulate(call: Call): void {
  const { x, keyspace } = call;
  const count = needPositive(call, 2);
  if (count === undefined) return;
  const prefix = call.argc > 3 ? untilNul(call.argText(3)) : "key";
  const size = call.argc > 4 ? needPositive(call, 4) : 0;
  if (size === undefined) return;
  const room = POPULATED_KEY_BYTES_MAX +
    Math.max(size, POPULATED_TEXT_BYTES_MAX);
  const block = keyspace.need(room <= MAX_BLOCK_BYTES ? x.alloc(room) : 0);
  const dirty = x.dirtyCount();
  call.suppressEffect();
  try {
    call.core.view(block, room).fill(0);
    for (let i = 0; i < count; i++) populateOne(call, block, prefix, i, size);
  } finally {
    x.free(block);
    x.dirtyAdd(dirty - x.dirtyCount());
  }
  call.reply.ok();
}

const MAX_BLOCK_BYTES = 0x7fff_ffff;

/** Adds one key, unless it is there. `block` holds the key, then the value, zeros behind it. */
function populateOne(
  call: Call,
  block: number,
  prefix: string,
  index: number,
  size: number,
): void {
  const { core, x, keyspace, db } = call;
  const key = `${prefix}:${index}`.slice(0, POPULATED_KEY_BYTES_MAX);
  const text = `value:${index}`;
  const value = size === 0 ? text : text.slice(0, size);
  const start = block >>> 0;
  const valueStart = start + POPULATED_KEY_BYTES_MAX;
  for (let i = 0; i < key.length; i++) {
    core.u8[start + i] = key.charCodeAt(i);
  }
  if (keyspace.lookupWrite(db, block, key.length) !== 0) return;
  for (let i = 0; i < value.length; i++) {
    core.u8[valueStart + i] = value.charCodeAt(i);
  }
  const length = size === 0 ? value.length : size;
  keyspace.need(x.stringSet(db, block, key.length, valueStart, length, 0));
}

/** As Redis's getPositiveLongFromObjectOrReply. */
function needPositive(call: Call, index: number): number | undefined {
  return call.needIntegerIn(
    index,
    0,
    Infinity,
    "ERR value is out of range, must be positive",
  );
}
