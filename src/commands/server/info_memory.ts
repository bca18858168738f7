/** INFO: memory. */

import { AIKV_VERSION } from "../../base/version.ts";
import type { Services } from "../services.ts";
import { humanBytes } from "./_info_text.ts";
import { type MemoryOverhead, memoryOverhead } from "./memory_overhead.ts";

/** What the memory is managed by, as `mem_allocator` names it. */
export const ALLOCATOR = `aikv-${AIKV_VERSION}`;

/** `# Memory` */
export function memoryLines(services: Services): string[] {
  const memory = memoryOverhead(services);
  return [
    ...useLines(memory, services.process.totalSystemMemoryBytes()),
    ...scriptLines(),
    ...limitLines(services),
    ...fragmentationLines(memory),
    "mem_not_counted_for_evict:0",
    "mem_replication_backlog:0",
    "mem_total_replication_buffers:0",
    "mem_clients_slaves:0",
    `mem_clients_normal:${memory.clients}`,
    "mem_cluster_links:0",
    "mem_aof_buffer:0",
    `mem_allocator:${ALLOCATOR}`,
    `mem_overhead_db_hashtable_rehashing:${memory.rehashing}`,
    "active_defrag_running:0",
    `lazyfree_pending_objects:${services.core.x.retiredCount()}`,
    `lazyfreed_objects:${services.keyspace.stats.lazyFreedKeys}`,
  ];
}

function useLines(memory: MemoryOverhead, systemBytes: number): string[] {
  return [
    `used_memory:${memory.used}`,
    `used_memory_human:${humanBytes(memory.used)}`,
    `used_memory_rss:${memory.resident}`,
    `used_memory_rss_human:${humanBytes(memory.resident)}`,
    `used_memory_peak:${memory.peak}`,
    `used_memory_peak_human:${humanBytes(memory.peak)}`,
    `used_memory_peak_perc:${memory.peakPercent.toFixed(2)}%`,
    `used_memory_overhead:${memory.overhead}`,
    `used_memory_startup:${memory.startup}`,
    `used_memory_dataset:${memory.dataset}`,
    `used_memory_dataset_perc:${memory.datasetPercent.toFixed(2)}%`,
    `allocator_allocated:${memory.used}`,
    `allocator_active:${memory.active}`,
    `allocator_resident:${memory.reserved}`,
    "allocator_muzzy:0",
    `total_system_memory:${systemBytes}`,
    `total_system_memory_human:${humanBytes(systemBytes)}`,
  ];
}

/** There are no scripts and no functions. */
function scriptLines(): string[] {
  return [
    "used_memory_lua:0",
    "used_memory_vm_eval:0",
    "used_memory_lua_human:0B",
    "used_memory_scripts_eval:0",
    "number_of_cached_scripts:0",
    "number_of_functions:0",
    "number_of_libraries:0",
    "used_memory_vm_functions:0",
    "used_memory_vm_total:0",
    "used_memory_vm_total_human:0B",
    "used_memory_functions:0",
    "used_memory_scripts:0",
    "used_memory_scripts_human:0B",
  ];
}

function limitLines({ config }: Services): string[] {
  const { maxmemory, maxmemoryPolicy } = config.values;
  return [
    `maxmemory:${maxmemory}`,
    `maxmemory_human:${humanBytes(maxmemory)}`,
    `maxmemory_policy:${maxmemoryPolicy}`,
  ];
}

function fragmentationLines(memory: MemoryOverhead): string[] {
  const { used, active, reserved, resident } = memory;
  const ratio = (part: number, whole: number) => (part / whole).toFixed(2);
  return [
    `allocator_frag_ratio:${ratio(active, used)}`,
    `allocator_frag_bytes:${active - used}`,
    `allocator_rss_ratio:${ratio(reserved, active)}`,
    `allocator_rss_bytes:${reserved - active}`,
    `rss_overhead_ratio:${ratio(resident, reserved)}`,
    `rss_overhead_bytes:${resident - reserved}`,
    `mem_fragmentation_ratio:${ratio(resident, used)}`,
    `mem_fragmentation_bytes:${resident - used}`,
  ];
}
