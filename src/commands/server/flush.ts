/** Whole databases. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  type HistoryEntry,
  integer,
  oneOf,
  OPTIONAL,
  token,
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

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** Whether what is flushed is freed later; replies and returns undefined if the option is wrong. */
function isAsyncOrReply(call: Call): boolean | undefined {
  if (call.argc === 1) return call.services.config.values.lazyfreeLazyUserFlush;
  if (call.argc === 2 && call.argIs(1, "sync")) return false;
  if (call.argc === 2 && call.argIs(1, "async")) return true;
  call.reply.error(errors.SYNTAX);
  return undefined;
}

/** Empties the databases from `first` to `last`. */
function flush(call: Call, first: number, last: number): void {
  const isAsync = isAsyncOrReply(call);
  if (isAsync === undefined) return;
  const { keyspace, services, x } = call;
  for (let db = first; db <= last; db++) services.watches.touchDatabase(db);
  services.tracking.flushed();
  const retiredBefore = x.retiredCount();
  for (let db = first; db <= last; db++) call.addDirty(keyspace.flush(db));
  if (!isAsync) keyspace.freeAllRetired(retiredBefore);
  // Replicas may have keys that are not here.
  call.forceEffect();
  call.reply.ok();
}

function flushallHandler(call: Call): void {
  flush(call, 0, call.keyspace.databases - 1);
}

function flushdbHandler(call: Call): void {
  flush(call, call.db, call.db);
}

function swapdbHandler(call: Call): void {
  const { keyspace, services, x } = call;
  const a = call.needIntegerIn(
    1,
    INT32_MIN,
    INT32_MAX,
    "ERR invalid first DB index",
  );
  if (a === undefined) return;
  const b = call.needIntegerIn(
    2,
    INT32_MIN,
    INT32_MAX,
    "ERR invalid second DB index",
  );
  if (b === undefined) return;
  const { databases } = keyspace;
  if (a < 0 || a >= databases || b < 0 || b >= databases) {
    call.reply.error(errors.DB_OUT_OF_RANGE);
    return;
  }
  if (a !== b) {
    services.watches.touchDatabase(a, b);
    services.watches.touchDatabase(b, a);
    keyspace.need(x.databaseSwap(a, b));
  }
  call.addDirty(1);
  call.reply.ok();
}

function dbsizeHandler(call: Call): void {
  call.reply.integer(call.x.databaseKeys(call.db) >>> 0);
}
