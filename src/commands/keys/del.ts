/** Removing keys, counting them, marking them as used. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyRange, MULTIPLE } from "../spec.ts";

/** `DEL` */
export const del: CommandSpec = {
  name: "del",
  summary: "Delete a key",
  since: "1.0.0",
  group: "generic",
  complexity:
    "O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).",
  arity: -2,
  flags: ["write"],
  acl: ["keyspace"],
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  keys: [keyRange(1, -1, 1, "RM", "delete")],
  arguments: [key("key", MULTIPLE)],
  handler: delHandler,
  kernel: "del",
};

/** `UNLINK` */
export const unlink: CommandSpec = {
  name: "unlink",
  summary:
    "Delete a key asynchronously in another thread. Otherwise it is just as DEL, but non blocking.",
  since: "4.0.0",
  group: "generic",
  complexity:
    "O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  keys: [keyRange(1, -1, 1, "RM", "delete")],
  arguments: [key("key", MULTIPLE)],
  handler: unlinkHandler,
};

/** `EXISTS` */
export const exists: CommandSpec = {
  name: "exists",
  summary: "Determine if a key exists",
  since: "1.0.0",
  group: "generic",
  complexity: "O(N) where N is the number of keys to check.",
  arity: -2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  history: [["3.0.3", "Accepts multiple `key` arguments."]],
  keys: [keyRange(1, -1, 1, "RO")],
  arguments: [key("key", MULTIPLE)],
  handler: existsHandler,
  kernel: "exists",
};

/** `TOUCH` */
export const touch: CommandSpec = {
  name: "touch",
  summary:
    "Alters the last access time of a key(s). Returns the number of existing keys specified.",
  since: "3.2.1",
  group: "generic",
  complexity: "O(N) where N is the number of keys that will be touched.",
  arity: -2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  keys: [keyRange(1, -1, 1, "RO")],
  arguments: [key("key", MULTIPLE)],
  handler: touchHandler,
};

function delHandler(call: Call): void {
  let deleted = 0;
  for (let index = 1; index < call.argc; index++) {
    const found = call.keyspace.delete(
      call.db,
      call.argPtr(index),
      call.argLength(index),
    );
    if (found) deleted++;
  }
  call.reply.integer(deleted);
}

/** How soon the memory of large values is given back is the key space's matter. */
function unlinkHandler(call: Call): void {
  delHandler(call);
}

function existsHandler(call: Call): void {
  let found = 0;
  for (let index = 1; index < call.argc; index++) {
    const entry = call.keyspace.peekCounted(
      call.db,
      call.argPtr(index),
      call.argLength(index),
    );
    if (entry !== 0) found++;
  }
  call.reply.integer(found);
}

function touchHandler(call: Call): void {
  let found = 0;
  for (let index = 1; index < call.argc; index++) {
    if (call.lookupRead(index) !== 0) found++;
  }
  call.reply.integer(found);
}
