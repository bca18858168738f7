import { INT_MAX, INT_MIN, LONG_MAX, ULONG_MAX } from "./numbers.ts";
import { bool, number, oneOf } from "./option_types.ts";

const NO_DEFRAGMENTATION =
  "AiKv's allocator has its own size classes and is not defragmented by moving.";
const NO_LAZY_FREE =
  "One thread owns the key space and freeing is done by it, in slices.";

/** Memory, eviction and expiry. */
export const MEMORY_OPTIONS = [
  number(
    "maxmemory",
    0n,
    [0n, ULONG_MAX],
    "Bytes of data from which keys are evicted or writes refused; 0 sets no limit.",
    { form: "memory", isUnsigned: true },
  ),
  oneOf(
    "maxmemory-policy",
    "noeviction",
    [
      "volatile-lru",
      "volatile-lfu",
      "volatile-random",
      "volatile-ttl",
      "allkeys-lru",
      "allkeys-lfu",
      "allkeys-random",
      "noeviction",
    ],
    "Which keys are evicted.",
  ),
  number(
    "maxmemory-samples",
    5n,
    [1n, 64n],
    "Keys looked at to choose one to evict.",
  ),
  number(
    "maxmemory-eviction-tenacity",
    10n,
    [0n, 100n],
    "How long one round of eviction may take, from 0 to 100.",
  ),
  number(
    "maxmemory-clients",
    0n,
    [-100n, LONG_MAX],
    "Bytes of client buffers, or a percentage of maxmemory, from which clients are closed; 0 sets no limit. A percentage is stored as a negative number.",
    { form: "memory-or-percent" },
  ),
  number(
    "lfu-log-factor",
    10n,
    [0n, INT_MAX],
    "How slowly the LFU counter grows.",
  ),
  number(
    "lfu-decay-time",
    1n,
    [0n, INT_MAX],
    "Minutes after which the LFU counter falls by one.",
  ),
  number(
    "active-expire-effort",
    1n,
    [1n, 10n],
    "How much work goes into expiring keys nobody asks for.",
  ),
  bool("activerehashing", true, "Rehash tables while idle."),
  bool("lazyfree-lazy-eviction", false, "Free evicted values later.", {
    noop: NO_LAZY_FREE,
  }),
  bool("lazyfree-lazy-expire", false, "Free expired values later.", {
    noop: NO_LAZY_FREE,
  }),
  bool("lazyfree-lazy-server-del", false, "Free overwritten values later.", {
    noop: NO_LAZY_FREE,
  }),
  bool("lazyfree-lazy-user-del", false, "Let DEL free values later.", {
    noop: NO_LAZY_FREE,
  }),
  bool("lazyfree-lazy-user-flush", false, "Let FLUSHALL free values later."),
  bool("jemalloc-bg-thread", true, "Let jemalloc purge in the background.", {
    noop: "AiKv does not use jemalloc.",
  }),
  bool("activedefrag", false, "Defragment memory while running.", {
    noop: NO_DEFRAGMENTATION,
  }),
  number(
    "active-defrag-ignore-bytes",
    100n << 20n,
    [1n, LONG_MAX],
    "Bytes lost to fragmentation below which nothing is done.",
    { form: "memory", isUnsigned: true, noop: NO_DEFRAGMENTATION },
  ),
  number(
    "active-defrag-threshold-lower",
    10n,
    [0n, 1000n],
    "Percentage of fragmentation that starts defragmentation.",
    { noop: NO_DEFRAGMENTATION },
  ),
  number(
    "active-defrag-threshold-upper",
    100n,
    [0n, 1000n],
    "Percentage of fragmentation at which effort is greatest.",
    { noop: NO_DEFRAGMENTATION },
  ),
  number("active-defrag-cycle-min", 1n, [1n, 99n], "Least CPU percentage.", {
    noop: NO_DEFRAGMENTATION,
  }),
  number(
    "active-defrag-cycle-max",
    25n,
    [1n, 99n],
    "Greatest CPU percentage.",
    {
      noop: NO_DEFRAGMENTATION,
    },
  ),
  number(
    "active-defrag-max-scan-fields",
    1000n,
    [1n, LONG_MAX],
    "Fields from which a value is defragmented on its own.",
    { noop: NO_DEFRAGMENTATION },
  ),
] as const;

/** Thresholds of the encodings. */
export const ENCODING_OPTIONS = [
  number(
    "hash-max-listpack-entries",
    512n,
    [0n, LONG_MAX],
    "Fields up to which a hash is a listpack.",
    { isUnsigned: true, alias: "hash-max-ziplist-entries" },
  ),
  number(
    "hash-max-listpack-value",
    64n,
    [0n, LONG_MAX],
    "Bytes of a field or value up to which a hash is a listpack.",
    { isUnsigned: true, form: "memory", alias: "hash-max-ziplist-value" },
  ),
  number(
    "list-max-listpack-size",
    -2n,
    [INT_MIN, INT_MAX],
    "Elements of a list node, or, if negative, its size: -1 to -5 for 4 to 64 KiB.",
    { alias: "list-max-ziplist-size" },
  ),
  number(
    "list-compress-depth",
    0n,
    [0n, INT_MAX],
    "Nodes at each end of a list that are not compressed; 0 compresses none.",
  ),
  number(
    "set-max-intset-entries",
    512n,
    [0n, LONG_MAX],
    "Members up to which a set of integers is an intset.",
    { isUnsigned: true },
  ),
  number(
    "set-max-listpack-entries",
    128n,
    [0n, LONG_MAX],
    "Members up to which a set is a listpack.",
    { isUnsigned: true, since: "7.2" },
  ),
  number(
    "set-max-listpack-value",
    64n,
    [0n, LONG_MAX],
    "Bytes of a member up to which a set is a listpack.",
    { isUnsigned: true, since: "7.2" },
  ),
  number(
    "zset-max-listpack-entries",
    128n,
    [0n, LONG_MAX],
    "Members up to which a sorted set is a listpack.",
    { isUnsigned: true, alias: "zset-max-ziplist-entries" },
  ),
  number(
    "zset-max-listpack-value",
    64n,
    [0n, LONG_MAX],
    "Bytes of a member up to which a sorted set is a listpack.",
    { isUnsigned: true, form: "memory", alias: "zset-max-ziplist-value" },
  ),
  number(
    "hll-sparse-max-bytes",
    3000n,
    [0n, LONG_MAX],
    "Bytes up to which a HyperLogLog is sparse.",
    { isUnsigned: true, form: "memory" },
  ),
  number(
    "stream-node-max-bytes",
    4096n,
    [0n, LONG_MAX],
    "Bytes of a stream's node; 0 sets no limit.",
    { form: "memory" },
  ),
  number(
    "stream-node-max-entries",
    100n,
    [0n, LONG_MAX],
    "Entries of a stream's node; 0 sets no limit.",
  ),
] as const;
