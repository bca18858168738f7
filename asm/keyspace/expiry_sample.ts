/**
 * A sample of the keys of a database that expire, for `avg_ttl` and
 * `expired_stale_perc` in INFO: keys at equal distances through the expiry
 * index. Below the limit it is all of them, and the figures are exact.
 */
import { nowMs } from "./clock";
import { databaseExpires } from "./database";
import { entryWhen } from "./entry";
import { expiresAt, expiresCount } from "./expires";

let live: u32 = 0;
let stale: u32 = 0;

/**
 * Looks at up to `limit` keys. Returns the sum of the milliseconds that those
 * not past their time have left.
 */
export function expirySample(db: u32, limit: u32): f64 {
  const heap = databaseExpires(db);
  const count = expiresCount(heap);
  const samples = min<u32>(count, limit);
  let sumMs: f64 = 0;
  live = 0;
  stale = 0;
  for (let i: u32 = 0; i < samples; i++) {
    const index = <u32>(<u64>i * <u64>count / <u64>samples);
    const leftMs = entryWhen(expiresAt(heap, index)) - nowMs;
    if (leftMs > 0) {
      live++;
      sumMs += <f64>leftMs;
    } else stale++;
  }
  return sumMs;
}

/** Keys of the last sample that are not past their time. */
export function expirySampleLive(): u32 {
  return live;
}

/** Keys of the last sample that are past their time. */
export function expirySampleStale(): u32 {
  return stale;
}
