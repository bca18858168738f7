/**
 * Choosing which key to evict, by sampling, as Redis does (evict.c): a pool of
 * the 16 best candidates seen so far is kept between calls, so that a sample of
 * five comes close to true LRU.
 *
 *   pool slot, 24 bytes: u64 score, u64 hash, u32 entry, u32 database
 *
 * A pool slot names its entry by pointer and hash; it is used only if that
 * bucket still holds that pointer, so a freed entry is never followed.
 */
import { siphash } from "../base/siphash";
import { frequency, idleSeconds } from "./clock";
import {
  databaseDict,
  databaseExpires,
  databaseKeys,
  databasesCount,
  databaseVolatileKeys,
} from "./database";
import { dictLocate } from "./dict";
import { dictRandom } from "./dict_random";
import { entryExpires, entryKey, entryKeyLength, entryWhen } from "./entry";
import { expiresAt } from "./expires";
import { random32 } from "./random";

export const EVICT_LRU: u32 = 0;
export const EVICT_LFU: u32 = 1;
export const EVICT_TTL: u32 = 2;
export const EVICT_RANDOM: u32 = 3;

const SLOTS: u32 = 16;
const SLOT_BYTES: u32 = 24;
const pool: u32 = <u32>memory.data(384, 8);

let pooled: u32 = 0;
let victimDb: u32 = 0;
let nextDb: u32 = 0;

/** Database of the entry the last `evictPick` returned. */
export function evictDb(): u32 {
  return victimDb;
}

/** Higher is better to evict. */
function score(entry: u32, how: u32): u64 {
  if (how == EVICT_TTL) return ~(<u64>entryWhen(entry));
  if (how == EVICT_LFU) return 255 - <u64>frequency(entry);
  return <u64>idleSeconds(entry);
}

function hashOf(entry: u32): u64 {
  return siphash(entryKey(entry), entryKeyLength(entry));
}

/** Adds a candidate, the pool kept in ascending order of score. */
function offer(db: u32, entry: u32, how: u32): void {
  const value = score(entry, how);
  let at: u32 = 0;
  while (at < pooled && load<u64>(pool + at * SLOT_BYTES) < value) at++;
  if (at == 0 && pooled == SLOTS) return;
  const hash = hashOf(entry);
  for (let i: u32 = 0; i < pooled; i++) {
    const slot = pool + i * SLOT_BYTES;
    if (load<u32>(slot, 16) == entry && load<u64>(slot, 8) == hash) return;
  }
  if (pooled < SLOTS) {
    const from = pool + at * SLOT_BYTES;
    memory.copy(from + SLOT_BYTES, from, (pooled - at) * SLOT_BYTES);
    pooled++;
  } else {
    at--;
    memory.copy(pool, pool + SLOT_BYTES, at * SLOT_BYTES);
  }
  const slot = pool + at * SLOT_BYTES;
  store<u64>(slot, value);
  store<u64>(slot, hash, 8);
  store<u32>(slot, entry, 16);
  store<u32>(slot, db, 20);
}

// @ts-ignore: decorator
@inline
function sample(db: u32, volatileOnly: bool): u32 {
  if (!volatileOnly) return dictRandom(databaseDict(db));
  const heap = databaseExpires(db);
  return expiresAt(heap, random32() % databaseVolatileKeys(db));
}

function candidates(db: u32, volatileOnly: bool): u32 {
  return volatileOnly ? databaseVolatileKeys(db) : databaseKeys(db);
}

/** Forgets all candidates: after a change of policy. */
export function evictReset(): void {
  pooled = 0;
}

function pickRandom(volatileOnly: bool): u32 {
  const count = databasesCount();
  for (let i: u32 = 0; i < count; i++) {
    const db = nextDb++ % count;
    if (candidates(db, volatileOnly) == 0) continue;
    victimDb = db;
    return sample(db, volatileOnly);
  }
  return 0;
}

/**
 * The entry to evict next, 0 when there is no candidate. `how` is EVICT_*,
 * `samples` Redis's maxmemory-samples.
 */
export function evictPick(how: u32, volatileOnly: bool, samples: u32): u32 {
  if (how == EVICT_RANDOM) return pickRandom(volatileOnly);
  while (true) {
    let total: u32 = 0;
    for (let db: u32 = 0; db < databasesCount(); db++) {
      const have = candidates(db, volatileOnly);
      if (have == 0) continue;
      total += have;
      const draws = min<u32>(samples, have);
      for (let i: u32 = 0; i < draws; i++) {
        offer(db, sample(db, volatileOnly), how);
      }
    }
    if (total == 0) return 0;
    while (pooled > 0) {
      pooled--;
      const slot = pool + pooled * SLOT_BYTES;
      const entry = load<u32>(slot, 16);
      const db = load<u32>(slot, 20);
      if (!dictLocate(databaseDict(db), entry, load<u64>(slot, 8))) continue;
      if (volatileOnly && !entryExpires(entry)) continue;
      victimDb = db;
      return entry;
    }
  }
}

