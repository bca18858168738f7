/** INFO: statistics of the server, of commands and of errors. */

import type { Services } from "../services.ts";
import { commandsInOrder, safeName } from "./_info_text.ts";
import { expiredStalePercent } from "./info_keyspace.ts";

/**
 * `# Stats`. Left out are the figures of Redis's event loop (`eventloop_*`,
 * since 7.2): AiKv runs on the runtime's, which does not count its rounds.
 */
export function statsLines(services: Services): string[] {
  const { stats } = services;
  return [
    `total_connections_received:${stats.connectionsReceived}`,
    `total_commands_processed:${stats.commandsProcessed}`,
    `instantaneous_ops_per_sec:${Math.floor(stats.commandRate.perSecond)}`,
    `total_net_input_bytes:${stats.netInputBytes}`,
    `total_net_output_bytes:${stats.netOutputBytes}`,
    "total_net_repl_input_bytes:0",
    "total_net_repl_output_bytes:0",
    `instantaneous_input_kbps:${(stats.inputRate.perSecond / 1024).toFixed(2)}`,
    `instantaneous_output_kbps:${
      (stats.outputRate.perSecond / 1024).toFixed(2)
    }`,
    "instantaneous_input_repl_kbps:0.00",
    "instantaneous_output_repl_kbps:0.00",
    `rejected_connections:${stats.connectionsRejected}`,
    "sync_full:0",
    "sync_partial_ok:0",
    "sync_partial_err:0",
    ...removalLines(services),
    `keyspace_hits:${services.core.x.hitsCount()}`,
    `keyspace_misses:${services.core.x.missesCount()}`,
    `pubsub_channels:${services.pubsub.channelCount}`,
    `pubsub_patterns:${services.pubsub.patternCount}`,
    `pubsubshard_channels:${services.pubsub.shardChannelCount}`,
    ...absentLines(),
    `tracking_total_keys:${services.tracking.keyCount}`,
    `tracking_total_items:${services.tracking.itemCount}`,
    `tracking_total_prefixes:${services.tracking.prefixCount}`,
    "unexpected_error_replies:0",
    `total_error_replies:${stats.errorReplies}`,
    "dump_payload_sanitizations:0",
    `total_reads_processed:${stats.readsProcessed}`,
    `total_writes_processed:${stats.writesProcessed}`,
    "io_threaded_reads_processed:0",
    "io_threaded_writes_processed:0",
    `client_query_buffer_limit_disconnections:${stats.queryLimitDisconnections}`,
    `client_output_buffer_limit_disconnections:${stats.outputLimitDisconnections}`,
    "reply_buffer_shrinks:0",
    "reply_buffer_expands:0",
    `acl_access_denied_auth:${stats.denied.auth}`,
    `acl_access_denied_cmd:${stats.denied.command}`,
    `acl_access_denied_key:${stats.denied.key}`,
    `acl_access_denied_channel:${stats.denied.channel}`,
  ];
}

/** Keys that expired or were evicted. */
function removalLines(services: Services): string[] {
  const { stats, keyspace, clock } = services;
  const sinceMs = stats.evictionExceededSinceMs;
  const exceededMs = sinceMs === undefined ? 0 : clock.monotonicMs() - sinceMs;
  return [
    `expired_subkeys:${keyspace.stats.expiredFields}`,
    `expired_keys:${keyspace.stats.expiredKeys}`,
    `expired_stale_perc:${expiredStalePercent(services).toFixed(2)}`,
    `expired_time_cap_reached_count:${stats.expireTimeCapReached}`,
    `expire_cycle_cpu_milliseconds:${Math.floor(stats.expireCycleMs)}`,
    `evicted_keys:${keyspace.stats.evictedKeys}`,
    `evicted_clients:${stats.evictedClients}`,
    "evicted_scripts:0",
    `total_eviction_exceeded_time:${
      Math.floor(stats.evictionExceededMs + exceededMs)
    }`,
    `current_eviction_exceeded_time:${Math.floor(exceededMs)}`,
  ];
}

/** Of what AiKv does not do: forks, replicas, defragmentation. */
function absentLines(): string[] {
  return [
    "latest_fork_usec:0",
    "total_forks:0",
    "migrate_cached_sockets:0",
    "slave_expires_tracked_keys:0",
    "active_defrag_hits:0",
    "active_defrag_misses:0",
    "active_defrag_key_hits:0",
    "active_defrag_key_misses:0",
    "total_active_defrag_time:0",
    "current_active_defrag_time:0",
  ];
}

/** `# Commandstats`: commands that were called or refused. */
export function commandStatsLines(services: Services): string[] {
  const lines: string[] = [];
  for (const { id, fullName } of commandsInOrder(services)) {
    const { calls, microseconds, rejectedCalls, failedCalls } =
      services.commandStats.figures[id];
    if (calls === 0 && rejectedCalls === 0 && failedCalls === 0) continue;
    const each = calls === 0 ? 0 : microseconds / calls;
    lines.push(
      `cmdstat_${safeName(fullName)}:calls=${calls},usec=${
        Math.floor(microseconds)
      },usec_per_call=${
        each.toFixed(2)
      },rejected_calls=${rejectedCalls},failed_calls=${failedCalls}`,
    );
  }
  return lines;
}

/** `# Errorstats`: errors by their first word, sorted. */
export function errorStatsLines({ stats }: Services): string[] {
  return [...stats.errors.keys()].sort().map((code) =>
    `errorstat_${safeName(code)}:count=${stats.errors.get(code)}`
  );
}

/** `# Latencystats`: percentiles of the time commands took, in microseconds. */
export function latencyStatsLines(services: Services): string[] {
  const { commandStats, config } = services;
  if (!commandStats.isTracking) return [];
  const percentiles = config.values.latencyTrackingInfoPercentiles;
  const lines: string[] = [];
  for (const { id, fullName } of commandsInOrder(services)) {
    const { histogram } = commandStats.figures[id];
    if (histogram === undefined) continue;
    const figures = percentiles.map((percent) =>
      `p${shortDecimal(percent)}=${histogram.percentile(percent).toFixed(3)}`
    );
    lines.push(
      `latency_percentiles_usec_${safeName(fullName)}:${figures.join(",")}`,
    );
  }
  return lines;
}

/** A number with up to six digits behind the point and no trailing zeros. */
function shortDecimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}
