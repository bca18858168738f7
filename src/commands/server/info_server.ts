/** INFO: server, clients, CPU, modules, cluster. */

import { fromText } from "../../base/byte_string.ts";
import { AIKV_VERSION, REDIS_VERSION } from "../../base/version.ts";
import type { Services } from "../services.ts";
import { seconds } from "./_info_text.ts";

const SECONDS_PER_DAY = 24 * 3600;
const LRU_CLOCK_MASK = 0xffffff;

/**
 * `# Server`. What says how Redis itself was built has the value Redis gives
 * where it does not know (commit, build, gcc).
 */
export function serverLines(services: Services): string[] {
  const { lifecycle, config, clock, figures, process } = services;
  const nowMs = clock.nowMs();
  const uptime = Math.floor((nowMs - lifecycle.startedMs) / 1000);
  return [
    `redis_version:${REDIS_VERSION}`,
    "redis_git_sha1:00000000",
    "redis_git_dirty:0",
    "redis_build_id:0",
    "redis_mode:standalone",
    `os:${fromText(process.operatingSystem())}`,
    "arch_bits:64",
    "monotonic_clock:POSIX clock_gettime",
    `multiplexing_api:${process.multiplexing}`,
    // AiKv shares no memory between threads.
    "atomicvar_api:none",
    "gcc_version:0.0.0",
    `process_id:${lifecycle.processId}`,
    "process_supervised:no",
    `run_id:${lifecycle.runId}`,
    `tcp_port:${lifecycle.tcpPort || config.values.tlsPort}`,
    `server_time_usec:${figures.wallMicroseconds()}`,
    `uptime_in_seconds:${uptime}`,
    `uptime_in_days:${Math.floor(uptime / SECONDS_PER_DAY)}`,
    `hz:${figures.hz}`,
    `configured_hz:${config.values.hz}`,
    `lru_clock:${Math.floor(nowMs / 1000) & LRU_CLOCK_MASK}`,
    `executable:${fromText(lifecycle.executable)}`,
    `config_file:${fromText(lifecycle.configFile)}`,
    "io_threads_active:0",
    ...listenerLines(services),
    `aikv_version:${AIKV_VERSION}`,
  ];
}

/** Since Redis 7.2; the numbers stand for kinds of listeners there, too. */
function listenerLines({ lifecycle, config }: Services): string[] {
  const { tlsPort, unixsocket } = config.values;
  const bound = lifecycle.listenAddresses.map((one) => `,bind=${fromText(one)}`)
    .join("");
  const lines: string[] = [];
  if (lifecycle.tcpPort !== 0) {
    lines.push(`listener0:name=tcp${bound},port=${lifecycle.tcpPort}`);
  }
  if (unixsocket !== null) {
    lines.push(`listener1:name=unix,bind=${fromText(unixsocket)}`);
  }
  if (tlsPort !== 0) lines.push(`listener2:name=tls${bound},port=${tlsPort}`);
  return lines;
}

/** `# Clients` */
export function clientLines(services: Services): string[] {
  const { clients, clock, figures, pubsub, tracking } = services;
  const nowMs = clock.nowMs();
  let blocked = 0;
  let watching = 0;
  for (const client of clients.all()) {
    // A client held up by CLIENT PAUSE counts as well, as in Redis.
    if (client.isBlocked || client.isPaused) blocked++;
    if (client.watched.length > 0) watching++;
    figures.bufferPeaks.note(
      nowMs,
      client.port.queryBytes() + client.port.queryRoomBytes(),
      client.port.outputBytes(),
    );
  }
  const peaks = figures.bufferPeaks.recent(nowMs);
  return [
    `connected_clients:${clients.count}`,
    "cluster_connections:0",
    `maxclients:${clients.maxClients}`,
    `client_recent_max_input_buffer:${peaks.inputBytes}`,
    `client_recent_max_output_buffer:${peaks.outputBytes}`,
    `blocked_clients:${blocked}`,
    `tracking_clients:${tracking.clientCount}`,
    `pubsub_clients:${pubsub.clientCount}`,
    `watching_clients:${watching}`,
    "clients_in_timeout_table:0",
    `total_watched_keys:${figures.watchedKeys}`,
    "total_blocking_keys:0",
    "total_blocking_keys_on_nokey:0",
  ];
}

/** `# CPU` */
export function cpuLines({ process }: Services): string[] {
  const all = process.cpuSeconds();
  const main = process.mainThreadCpuSeconds();
  return [
    `used_cpu_sys:${seconds(all.system)}`,
    `used_cpu_user:${seconds(all.user)}`,
    `used_cpu_sys_children:${seconds(all.childrenSystem)}`,
    `used_cpu_user_children:${seconds(all.childrenUser)}`,
    `used_cpu_sys_main_thread:${seconds(main.system)}`,
    `used_cpu_user_main_thread:${seconds(main.user)}`,
  ];
}

/** `# Modules`: AiKv has none. */
export function moduleLines(): string[] {
  return [];
}

/** `# Cluster` */
export function clusterLines(): string[] {
  return ["cluster_enabled:0"];
}
