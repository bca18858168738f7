import { INT_MAX, LONG_MAX, ULONG_MAX } from "./numbers.ts";
import { bool, number, oneOf, string } from "./option_types.ts";

const R = { waitsFor: "replication" } as const;
const C = { waitsFor: "cluster" } as const;

/** Masters and replicas. */
export const REPLICATION_OPTIONS = [
  string("masterauth", null, "Password towards the master.", {
    form: "bytes",
    isSensitive: true,
    ...R,
  }),
  string("masteruser", null, "User towards the master.", {
    isSensitive: true,
    ...R,
  }),
  bool("replica-serve-stale-data", true, "Serve reads without the master.", {
    alias: "slave-serve-stale-data",
    ...R,
  }),
  bool("replica-read-only", true, "Refuse writes on a replica.", {
    alias: "slave-read-only",
    ...R,
  }),
  bool("replica-ignore-maxmemory", true, "Do not evict on a replica.", {
    alias: "slave-ignore-maxmemory",
    ...R,
  }),
  bool("replica-lazy-flush", false, "Free old data later on a full sync.", {
    alias: "slave-lazy-flush",
    ...R,
  }),
  bool("replica-announced", true, "Show this replica to Sentinel.", R),
  bool(
    "replica-ignore-disk-write-errors",
    false,
    "Let a replica go on when it cannot write to disk.",
    R,
  ),
  number(
    "replica-priority",
    100n,
    [0n, INT_MAX],
    "Rank in a failover; 0 never.",
    {
      alias: "slave-priority",
      ...R,
    },
  ),
  string("replica-announce-ip", null, "Address the master shows.", {
    alias: "slave-announce-ip",
    ...R,
  }),
  number("replica-announce-port", 0n, [0n, 65535n], "Port the master shows.", {
    alias: "slave-announce-port",
    ...R,
  }),
  bool("repl-diskless-sync", true, "Send the RDB without a file.", R),
  number(
    "repl-diskless-sync-delay",
    5n,
    [0n, INT_MAX],
    "Seconds to wait for more replicas.",
    R,
  ),
  number(
    "repl-diskless-sync-max-replicas",
    0n,
    [0n, INT_MAX],
    "Replicas to wait for at most.",
    R,
  ),
  oneOf(
    "repl-diskless-load",
    "disabled",
    ["disabled", "on-empty-db", "swapdb"],
    "Whether a replica loads the RDB without a file.",
    { isDeniedLoading: true, ...R },
  ),
  bool("repl-disable-tcp-nodelay", false, "Send fewer, larger packets.", R),
  number("repl-timeout", 60n, [1n, INT_MAX], "Seconds to a time-out.", R),
  number(
    "repl-ping-replica-period",
    10n,
    [1n, INT_MAX],
    "Seconds between two pings to replicas.",
    { alias: "repl-ping-slave-period", ...R },
  ),
  number(
    "repl-backlog-size",
    1n << 20n,
    [1n, LONG_MAX],
    "Size of the backlog.",
    {
      form: "memory",
      ...R,
    },
  ),
  number(
    "repl-backlog-ttl",
    3600n,
    [0n, LONG_MAX],
    "Seconds the backlog outlives the last replica; 0 for ever.",
    R,
  ),
  number(
    "min-replicas-to-write",
    0n,
    [0n, INT_MAX],
    "Replicas without which writes are refused.",
    { alias: "min-slaves-to-write", ...R },
  ),
  number(
    "min-replicas-max-lag",
    10n,
    [0n, INT_MAX],
    "Seconds of silence after which a replica no longer counts.",
    { alias: "min-slaves-max-lag", ...R },
  ),
] as const;

/** Longest host name, with its terminator. */
const HOST_NAME_BYTES_MAX = 256;

function checkHostname(name: string): string | null {
  if (name.length >= HOST_NAME_BYTES_MAX) {
    return `Hostnames must be less than ${HOST_NAME_BYTES_MAX} characters`;
  }
  return /^[A-Za-z0-9.-]*$/.test(name)
    ? null
    : "Hostnames may only contain alphanumeric characters, hyphens or dots";
}

function checkNodename(name: string): string | null {
  return /^[\x21-\x7e]*$/.test(name) &&
      !/[!#$%&()*+:;<>?@[\]^{|}~,="'/\\]/.test(name)
    ? null
    : "Announced human node name contained invalid character";
}

/** Redis Cluster. */
export const CLUSTER_OPTIONS = [
  bool("cluster-enabled", false, "Run as a cluster node.", {
    isImmutable: true,
    ...C,
  }),
  string("cluster-config-file", "nodes.conf", "File the node keeps.", {
    form: "path",
    isImmutable: true,
    ...C,
  }),
  number(
    "cluster-node-timeout",
    15000n,
    [0n, LONG_MAX],
    "Milliseconds until a node is suspected.",
    C,
  ),
  number(
    "cluster-ping-interval",
    0n,
    [0n, LONG_MAX],
    "Test aid: milliseconds between pings.",
    {
      since: "7.4",
      isHidden: true,
      ...C,
    },
  ),
  number(
    "cluster-port",
    0n,
    [0n, 65535n],
    "Port of the cluster bus; 0 for port + 10000.",
    {
      isImmutable: true,
      ...C,
    },
  ),
  number(
    "cluster-migration-barrier",
    1n,
    [0n, INT_MAX],
    "Replicas a master keeps.",
    C,
  ),
  bool(
    "cluster-allow-replica-migration",
    true,
    "Let replicas change masters.",
    C,
  ),
  number(
    "cluster-replica-validity-factor",
    10n,
    [0n, INT_MAX],
    "How old a failing-over replica may be.",
    {
      alias: "cluster-slave-validity-factor",
      ...C,
    },
  ),
  bool("cluster-replica-no-failover", false, "Never fail over to this node.", {
    alias: "cluster-slave-no-failover",
    ...C,
  }),
  bool(
    "cluster-require-full-coverage",
    true,
    "Serve only while all slots are served.",
    C,
  ),
  bool(
    "cluster-allow-reads-when-down",
    false,
    "Serve reads while the cluster is down.",
    C,
  ),
  bool(
    "cluster-allow-pubsubshard-when-down",
    true,
    "Serve shard channels while the cluster is down.",
    C,
  ),
  number(
    "cluster-link-sendbuf-limit",
    0n,
    [0n, ULONG_MAX],
    "Size of a bus link's buffer; 0 sets no limit.",
    {
      form: "memory",
      isUnsigned: true,
      ...C,
    },
  ),
  string("cluster-announce-ip", null, "Address shown to others.", C),
  string("cluster-announce-hostname", null, "Host name shown to others.", {
    validate: checkHostname,
    ...C,
  }),
  string("cluster-announce-human-nodename", null, "Name used in logs.", {
    since: "7.2",
    validate: checkNodename,
    ...C,
  }),
  number("cluster-announce-port", 0n, [0n, 65535n], "Port shown to others.", C),
  number(
    "cluster-announce-tls-port",
    0n,
    [0n, 65535n],
    "TLS port shown to others.",
    C,
  ),
  number(
    "cluster-announce-bus-port",
    0n,
    [0n, 65535n],
    "Bus port shown to others.",
    C,
  ),
  oneOf(
    "cluster-preferred-endpoint-type",
    "ip",
    ["ip", "hostname", "unknown-endpoint"],
    "What redirections name.",
    C,
  ),
] as const;
