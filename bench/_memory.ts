/** Bytes a key costs, as the growth of a fresh server process. */

import { infoField, sleep } from "./_client.ts";
import { KEY_BYTES, loadKeys, VALUE_BYTES } from "./_loader.ts";
import { BenchServer } from "./_process.ts";

const WARM_UP_KEYS = 1000;
const WARM_UP_ROUNDS = 300;
const SETTLE_MS = 1500;

/** Growth of one server from empty to `keyCount` keys. */
export interface MemoryFigures {
  /** Resident memory of a started and warm server without keys, in bytes. */
  readonly idleBytes: number;
  /** Growth of resident memory divided by keys. */
  readonly residentBytesPerKey: number;
  /** The same, counted from a server that had not run a command. */
  readonly residentBytesPerKeyFromCold: number;
  /** Growth of `used_memory` divided by keys; undefined when not reported. */
  readonly usedBytesPerKey?: number;
  readonly loadSeconds: number;
}

/** Both servers at one number of keys. */
export interface MemoryResult {
  readonly keyCount: number;
  readonly reference: MemoryFigures;
  readonly candidate: MemoryFigures;
}

/** Measures both servers at each number of keys, one process after the other. */
export async function measureMemory(
  binaries: { readonly reference: string; readonly candidate: string },
  keyCounts: readonly number[],
): Promise<MemoryResult[]> {
  const results: MemoryResult[] = [];
  for (const keyCount of keyCounts) {
    const reference = await measureServer(
      "reference",
      binaries.reference,
      keyCount,
    );
    const candidate = await measureServer(
      "candidate",
      binaries.candidate,
      keyCount,
    );
    results.push({ keyCount, reference, candidate });
    console.log(
      `${keyCount} keys of ${KEY_BYTES} + ${VALUE_BYTES} bytes: ` +
        `reference ${describe(reference)}; candidate ${describe(candidate)}`,
    );
  }
  return results;
}

function describe(figures: MemoryFigures): string {
  const used = figures.usedBytesPerKey?.toFixed(1) ?? "unknown";
  return `${figures.residentBytesPerKey.toFixed(1)} B/key by RSS ` +
    `(${figures.residentBytesPerKeyFromCold.toFixed(1)} from cold), ` +
    `${used} by used_memory, loaded in ${figures.loadSeconds.toFixed(1)} s`;
}

async function measureServer(
  label: string,
  binary: string,
  keyCount: number,
): Promise<MemoryFigures> {
  await using server = await BenchServer.start(label, binary);
  const coldBytes = server.residentBytes();
  using client = await server.connect();
  // Code and connection buffers are not what a key costs.
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await loadKeys(client, { keyCount: WARM_UP_KEYS });
  }
  await client.call("FLUSHALL");
  await sleep(SETTLE_MS);
  const idleBytes = server.residentBytes();
  const usedBefore = await infoField(client, "memory", "used_memory");
  const loadMs = await loadKeys(client, { keyCount });
  await sleep(SETTLE_MS);
  const size = Number(await client.call("DBSIZE"));
  if (size !== keyCount) throw new Error(`${label} holds ${size} keys`);
  const usedAfter = await infoField(client, "memory", "used_memory");
  const loadedBytes = server.residentBytes();
  return {
    idleBytes,
    residentBytesPerKey: (loadedBytes - idleBytes) / keyCount,
    residentBytesPerKeyFromCold: (loadedBytes - coldBytes) / keyCount,
    usedBytesPerKey: usedBefore === undefined || usedAfter === undefined
      ? undefined
      : (usedAfter - usedBefore) / keyCount,
    loadSeconds: loadMs / 1000,
  };
}
