/** `maxmemory`: evicting keys until the data fits, within a time budget. */

import { FREE_BATCH } from "../base/limits.ts";
import type { Keyspace } from "./mod.ts";

/** How the core chooses, by the last word of the policy. */
const HOW = { lru: 0, lfu: 1, ttl: 2, random: 3 } as const;

/** What `evict` needs to know of the configuration. */
export interface EvictionSettings {
  readonly maxmemory: number;
  readonly maxmemoryPolicy: string;
  readonly maxmemorySamples: number;
  readonly maxmemoryEvictionTenacity: number;
  readonly lazyfreeLazyEviction: boolean;
}

/** Whether a command that needs memory may run. */
export type EvictionResult = "ok" | "running" | "fail";

/**
 * Time one round may take, microseconds: the tenacity's curve in Redis's
 * evict.c (evictionTimeLimitUs): 0 to 500 µs up to 10, then growing by 15 % a
 * step, without limit at 100.
 */
function limitMicroseconds(tenacity: number): number {
  if (tenacity <= 10) return 50 * tenacity;
  if (tenacity < 100) return 500 * 1.15 ** (tenacity - 10);
  return Infinity;
}

/** Bytes above `maxmemory`, 0 if the data fits. */
export function bytesOver(keyspace: Keyspace, maxmemory: number): number {
  if (maxmemory === 0) return 0;
  return Math.max(0, keyspace.core.x.memoryUsed() - maxmemory);
}

/**
 * Evicts until the data fits. What was flushed but not freed yet goes before any
 * key does. `running` means that the time was up: the rest is done by the
 * caller's cron, and commands may run meanwhile.
 */
export function evict(
  keyspace: Keyspace,
  settings: EvictionSettings,
  monotonicMs: () => number,
): EvictionResult {
  const { maxmemory } = settings;
  if (bytesOver(keyspace, maxmemory) === 0) return "ok";
  const end = monotonicMs() +
    limitMicroseconds(settings.maxmemoryEvictionTenacity) / 1000;
  while (keyspace.core.x.retiredCount() > 0) {
    keyspace.freeRetired(FREE_BATCH);
    if (bytesOver(keyspace, maxmemory) === 0) return "ok";
    if (monotonicMs() > end) return "running";
  }
  const policy = settings.maxmemoryPolicy;
  if (policy === "noeviction") return "fail";
  return evictKeys(keyspace, settings, () => monotonicMs() > end);
}

function evictKeys(
  keyspace: Keyspace,
  settings: EvictionSettings,
  isTimeUp: () => boolean,
): EvictionResult {
  const x = keyspace.core.x;
  const policy = settings.maxmemoryPolicy;
  const how = HOW[policy.slice(policy.indexOf("-") + 1) as keyof typeof HOW];
  const volatileOnly = policy.startsWith("volatile") ? 1 : 0;
  for (let evicted = 1;; evicted++) {
    const entry = x.evictPick(how, volatileOnly, settings.maxmemorySamples);
    if (entry === 0) return "fail";
    keyspace.evictEntry(x.evictDb(), entry, settings.lazyfreeLazyEviction);
    if (bytesOver(keyspace, settings.maxmemory) === 0) return "ok";
    if ((evicted & 15) === 0 && isTimeUp()) return "running";
  }
}
