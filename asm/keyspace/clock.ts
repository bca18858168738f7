/**
 * Time and the access clock, both given by the host once a loop turn: WASM has
 * no clock of its own, and a command sees one time from start to end.
 *
 * The 24 access bits of an entry hold, as in Redis (evict.c), either the last
 * access in seconds modulo 2^24, or under an LFU policy 16 bits of minutes and
 * an 8-bit logarithmic counter.
 */
import { entryLru, entrySetLru } from "./entry";
import { random32 } from "./random";

export let nowMs: i64 = 0;
let lruClock: u32 = 0;
let lfuMinutes: u32 = 0;
let lfu: bool = false;
let lfuLogFactor: f64 = 10;
let lfuDecayMinutes: u32 = 1;
/** CLIENT NO-TOUCH and commands that only look. */
export let noTouch: bool = false;

const LRU_MASK: u32 = 0xffffff;
const LFU_INITIAL: u32 = 5;

/** Unix time in milliseconds. */
export function setClock(unixMs: f64): void {
  nowMs = <i64>unixMs;
  const seconds = nowMs / 1000;
  lruClock = <u32>seconds & LRU_MASK;
  lfuMinutes = <u32>(seconds / 60) & 0xffff;
}

export function setAccessPolicy(
  useLfu: bool,
  logFactor: u32,
  decayMinutes: u32,
): void {
  lfu = useLfu;
  lfuLogFactor = <f64>logFactor;
  lfuDecayMinutes = decayMinutes;
}

export function setNoTouch(value: bool): void {
  noTouch = value;
}

/** The access bits of a new entry. */
// @ts-ignore: decorator
@inline
export function accessNew(): u32 {
  return lfu ? lfuMinutes << 8 | LFU_INITIAL : lruClock;
}

// @ts-ignore: decorator
@inline
export function usesLfu(): bool {
  return lfu;
}

/** The LFU counter after the decay for the minutes since it last changed. */
export function lfuDecayed(bits: u32): u32 {
  const counter = bits & 0xff;
  if (lfuDecayMinutes == 0) return counter;
  const elapsed = (lfuMinutes - (bits >> 8)) & 0xffff;
  const periods = elapsed / lfuDecayMinutes;
  return periods > counter ? 0 : counter - periods;
}

function lfuIncremented(counter: u32): u32 {
  if (counter == 255) return 255;
  const above = counter > LFU_INITIAL ? <f64>(counter - LFU_INITIAL) : 0;
  const chance = 1.0 / (above * lfuLogFactor + 1);
  return <f64>random32() / 4294967296.0 < chance ? counter + 1 : counter;
}

/** Marks an access. */
// @ts-ignore: decorator
@inline
export function touch(entry: u32): void {
  if (noTouch) return;
  if (lfu) {
    entrySetLru(
      entry,
      lfuMinutes << 8 | lfuIncremented(lfuDecayed(entryLru(entry))),
    );
  } else entrySetLru(entry, lruClock);
}

/** Seconds since the last access (LRU). */
export function idleSeconds(entry: u32): u32 {
  return (lruClock - entryLru(entry)) & LRU_MASK;
}

/** Current LFU counter, 0 to 255. */
export function frequency(entry: u32): u32 {
  return lfuDecayed(entryLru(entry));
}
