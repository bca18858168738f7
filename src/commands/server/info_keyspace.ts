/** INFO: key space, and what a sample of the keys that expire tells. */

import type { Core } from "../../core/mod.ts";
import type { Services } from "../services.ts";

/** Keys of a database looked at; with fewer that expire, all of them. */
const SAMPLES = 64;

/** What a sample of a database's keys that expire tells. */
interface ExpirySample {
  readonly averageTtlMs: number;
  /** Share of the keys that are past their time and not removed yet. */
  readonly staleShare: number;
}

function sampleExpiry({ x }: Core, db: number): ExpirySample {
  const sumMs = x.expirySample(db, SAMPLES);
  const live = x.expirySampleLive();
  const stale = x.expirySampleStale();
  return {
    averageTtlMs: live === 0 ? 0 : Math.floor(sumMs / live),
    staleShare: stale === 0 ? 0 : stale / (live + stale),
  };
}

/** `# Keyspace`: the databases that have keys. */
export function keyspaceLines({ core, keyspace }: Services): string[] {
  const { x } = core;
  const lines: string[] = [];
  for (let db = 0; db < keyspace.databases; db++) {
    const keys = x.databaseKeys(db) >>> 0;
    if (keys === 0) continue;
    const expires = x.databaseVolatileKeys(db) >>> 0;
    const { averageTtlMs } = sampleExpiry(core, db);
    lines.push(
      `db${db}:keys=${keys},expires=${expires},avg_ttl=${averageTtlMs},subexpiry=${
        x.fieldExpiresCount(db) >>> 0
      }`,
    );
  }
  return lines;
}

/** Percentage of the keys that expire which are past their time and still there. */
export function expiredStalePercent({ core, keyspace }: Services): number {
  let stale = 0;
  let total = 0;
  for (let db = 0; db < keyspace.databases; db++) {
    const expires = core.x.databaseVolatileKeys(db) >>> 0;
    if (expires === 0) continue;
    total += expires;
    stale += expires * sampleExpiry(core, db).staleShare;
  }
  return total === 0 ? 0 : stale * 100 / total;
}
