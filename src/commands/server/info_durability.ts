/** INFO: persistence and replication. */

import type { Services } from "../services.ts";

/**
 * `# Persistence`. Nothing is saved, loaded or logged: there is neither RDB
 * nor AOF, whatever `save` and `appendonly` say.
 */
export function persistenceLines(services: Services): string[] {
  return [
    "loading:0",
    "async_loading:0",
    "current_cow_peak:0",
    "current_cow_size:0",
    "current_cow_size_age:0",
    "current_fork_perc:0.00",
    "current_save_keys_processed:0",
    "current_save_keys_total:0",
    `rdb_changes_since_last_save:${services.core.x.dirtyCount()}`,
    "rdb_bgsave_in_progress:0",
    `rdb_last_save_time:${lastSaveSeconds(services)}`,
    "rdb_last_bgsave_status:ok",
    "rdb_last_bgsave_time_sec:-1",
    "rdb_current_bgsave_time_sec:-1",
    "rdb_saves:0",
    "rdb_last_cow_size:0",
    "rdb_last_load_keys_expired:0",
    "rdb_last_load_keys_loaded:0",
    "aof_enabled:0",
    "aof_rewrite_in_progress:0",
    "aof_rewrite_scheduled:0",
    "aof_last_rewrite_time_sec:-1",
    "aof_current_rewrite_time_sec:-1",
    "aof_last_bgrewrite_status:ok",
    "aof_rewrites:0",
    "aof_rewrites_consecutive_failures:0",
    "aof_last_write_status:ok",
    "aof_last_cow_size:0",
    "module_fork_in_progress:0",
    "module_fork_last_cow_size:0",
  ];
}

/** When data was last saved, as Redis has it: before the first time, when the server started. */
export function lastSaveSeconds({ lifecycle }: Services): number {
  return Math.floor(lifecycle.startedMs / 1000);
}

/** `# Replication`: a master that no replica can follow. */
export function replicationLines({ config, lifecycle }: Services): string[] {
  const { minReplicasToWrite, minReplicasMaxLag, replBacklogSize } =
    config.values;
  const lines = ["role:master", "connected_slaves:0"];
  if (minReplicasToWrite > 0 && minReplicasMaxLag > 0) {
    lines.push("min_slaves_good_slaves:0");
  }
  return [
    ...lines,
    "master_failover_state:no-failover",
    `master_replid:${lifecycle.replicationId}`,
    `master_replid2:${"0".repeat(40)}`,
    "master_repl_offset:0",
    "second_repl_offset:-1",
    "repl_backlog_active:0",
    `repl_backlog_size:${replBacklogSize}`,
    "repl_backlog_first_byte_offset:0",
    "repl_backlog_histlen:0",
  ];
}
