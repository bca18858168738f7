/** Whole databases. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  type HistoryEntry,
  integer,
  oneOf,
  OPTIONAL,
  token,
  unimplemented,
} from "../spec.ts";

const FLUSH_MODE = oneOf("async", [
  token("async", "ASYNC", { since: "4.0.0" }),
  token("sync", "SYNC", { since: "6.2.0" }),
], OPTIONAL);
const RENAME_HISTORY: readonly HistoryEntry[] = [[
  "4.0.0",
  "Added the `ASYNC` flushing mode modifier.",
], ["6.2.0", "Added the `SYNC` flushing mode modifier."]];

/** `FLUSHALL` */
export const flushall: CommandSpec = {
  name: "flushall",
  summary: "Remove all keys from all databases",
  since: "1.0.0",
  group: "server",
  complexity: "O(N) where N is the total number of keys in all databases",
  arity: -1,
  flags: ["write"],
  acl: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  history: RENAME_HISTORY,
  arguments: [FLUSH_MODE],
  handler: flushallHandler,
};

/** `FLUSHDB` */
export const flushdb: CommandSpec = {
  name: "flushdb",
  summary: "Remove all keys from the current database",
  since: "1.0.0",
  group: "server",
  complexity: "O(N) where N is the number of keys in the selected database",
  arity: -1,
  flags: ["write"],
  acl: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  history: RENAME_HISTORY,
  arguments: [FLUSH_MODE],
  handler: flushdbHandler,
};

/** `SWAPDB` */
export const swapdb: CommandSpec = {
  name: "swapdb",
  summary: "Swaps two Redis databases",
  since: "4.0.0",
  group: "server",
  complexity:
    "O(N) where N is the count of clients watching or blocking on keys from both databases.",
  arity: 3,
  flags: ["write", "fast"],
  acl: ["keyspace", "dangerous"],
  arguments: [integer("index1"), integer("index2")],
  handler: swapdbHandler,
};

/** `DBSIZE` */
export const dbsize: CommandSpec = {
  name: "dbsize",
  summary: "Return the number of keys in the selected database",
  since: "1.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 1,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  tips: ["request_policy:all_shards", "response_policy:agg_sum"],
  handler: dbsizeHandler,
};

function flushallHandler(call: Call): void {
  unimplemented(call);
}

function flushdbHandler(call: Call): void {
  unimplemented(call);
}

function swapdbHandler(call: Call): void {
  unimplemented(call);
}

function dbsizeHandler(call: Call): void {
  unimplemented(call);
}
