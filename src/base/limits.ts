/** Bounds of queues and buffers, in one place. Names carry their unit. */

/** A client's first read buffer, and the largest it grows to. */
export const READ_BYTES_MIN = 2048;
export const READ_BYTES_MAX = 65536;

/** Reads in a row that leave seven eighths of a read buffer unused before it shrinks. */
export const SMALL_READS_MAX = 16;

/** A query buffer's first block: Redis's PROTO_IOBUF_LEN. */
export const QUERY_BYTES_MIN = 16 * 1024;
/** Unused room below which a query buffer is left alone. */
export const QUERY_SLACK_BYTES = 4 * 1024;
/** Redis's PROTO_RESIZE_THRESHOLD: larger ones shrink while in use. */
export const QUERY_LARGE_BYTES = 32 * 1024;
/** Idle for longer, a client's query buffer is given back. */
export const QUERY_IDLE_SECONDS = 2;

/** Replies that end a client's turn until they have been sent. */
export const OUTPUT_STALL_BYTES = 256 * 1024;

/** Time one slice of background work may take, milliseconds. */
export const SLICE_MS = 1;

/** Entries freed at once between two looks at the clock. */
export const FREE_BATCH = 256;

/** Buckets moved at once between two looks at the clock. */
export const RESIZE_BATCH = 64;

/** Slowest clock that still opens the fast lane: below, every command is timed. */
export const LANE_SLOWLOG_MIN_MICROSECONDS = 1000;

/** Least memory for the buffers of all clients: with less, none could connect. */
export const CLIENTS_MEMORY_BYTES_MIN = 128 * 1024;

/**
 * Classes of clients by memory, as powers of two: Redis's
 * CLIENT_MEM_USAGE_BUCKET_MIN_LOG and _MAX_LOG.
 */
export const EVICTION_CLASS_LOG_MIN = 15;
export const EVICTION_CLASS_LOG_MAX = 33;

/**
 * Replies that may wait for a client that has not authenticated: Redis's first
 * buffer and the 1024 bytes it allows beyond.
 */
export const UNAUTHENTICATED_OUTPUT_BYTES = 16 * 1024 + 1024;

/** Arguments of one command: Redis's INT_MAX. The query buffer's limit comes first. */
export const ARGUMENTS_MAX = 2 ** 31 - 1;

/** Keys that client tracking gives up at once when it remembers too many, as in Redis. */
export const TRACKING_EVICTED_MAX = 100;
/** Ids of clients that are gone, that one key may hold besides. */
export const TRACKING_STALE_IDS_MAX = 16;

/** Messages a client is given in one turn before its output limit is looked at. */
export const PUSH_CHECK_BYTES = 1024 * 1024;
