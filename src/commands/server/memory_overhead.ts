/** Where the memory goes: for INFO and MEMORY. */

import type { Services } from "../services.ts";

/** Tables of one database that has keys. Bytes. */
export interface DatabaseOverhead {
  readonly db: number;
  readonly main: number;
  readonly expires: number;
}

/**
 * Memory by use, in bytes. `used_memory` is what the core handed out, exactly;
 * everything outside the core (JavaScript objects, read buffers, the runtime)
 * shows only in the resident size of the process.
 */
export interface MemoryOverhead {
  readonly used: number;
  readonly peak: number;
  readonly startup: number;
  /** All that clients hold, as in CLIENT LIST, inside the core or not. */
  readonly clients: number;
  readonly databases: readonly DatabaseOverhead[];
  /** Tables of all databases. */
  readonly tables: number;
  /** Tables being left by resizing, and how many databases resize. */
  readonly rehashing: number;
  readonly rehashingCount: number;
  /** Start-up, clients' part in the core, tables. */
  readonly overhead: number;
  /** The rest: keys and values, and what working areas of the core grew by. */
  readonly dataset: number;
  readonly keys: number;
  readonly bytesPerKey: number;
  readonly datasetPercent: number;
  readonly peakPercent: number;
  /** Pages of the core in use, and pages it ever used. */
  readonly active: number;
  readonly reserved: number;
  readonly resident: number;
}

/** Computes it; O(clients + databases). */
export function memoryOverhead(services: Services): MemoryOverhead {
  const { core, keyspace, figures, clients, process } = services;
  const { x } = core;
  const used = x.memoryUsed();
  const startup = figures.startupBytes;
  let clientBytes = 0;
  let clientCoreBytes = 0;
  for (const { port } of clients.all()) {
    clientBytes += port.memoryBytes();
    clientCoreBytes += port.coreBytes();
  }
  const databases: DatabaseOverhead[] = [];
  let keys = 0;
  let tables = 0;
  let rehashing = 0;
  let rehashingCount = 0;
  for (let db = 0; db < keyspace.databases; db++) {
    const main = x.databaseOverhead(db);
    const expires = x.databaseExpiresOverhead(db);
    tables += main + expires - figures.emptyDatabaseBytes;
    const leaving = x.dictLeavingBytes(x.databaseDict(db));
    rehashing += leaving;
    if (leaving > 0) rehashingCount++;
    const count = x.databaseKeys(db) >>> 0;
    keys += count;
    if (count > 0) databases.push({ db, main, expires });
  }
  const overhead = startup + clientCoreBytes + tables;
  const net = Math.max(1, used - startup);
  const dataset = Math.max(0, used - overhead);
  return {
    used,
    peak: x.memoryPeak(),
    startup,
    clients: clientBytes,
    databases,
    tables,
    rehashing,
    rehashingCount,
    overhead,
    dataset,
    keys,
    bytesPerKey: keys === 0 ? 0 : Math.floor(net / keys),
    datasetPercent: dataset * 100 / net,
    peakPercent: used * 100 / x.memoryPeak(),
    active: x.memoryActive(),
    reserved: x.memoryReserved(),
    resident: process.residentBytes(),
  };
}
