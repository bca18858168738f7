/** Many strings at once. */

import type { Call } from "../call.ts";
import {
  block,
  type CommandSpec,
  key,
  keyRange,
  MULTIPLE,
  string,
  unimplemented,
} from "../spec.ts";

/** `MGET` */
export const mget: CommandSpec = {
  name: "mget",
  summary: "Get the values of all the given keys",
  since: "1.0.0",
  group: "string",
  complexity: "O(N) where N is the number of keys to retrieve.",
  arity: -2,
  flags: ["readonly", "fast"],
  acl: ["string"],
  tips: ["request_policy:multi_shard"],
  keys: [keyRange(1, -1, 1, "RO", "access")],
  arguments: [key("key", MULTIPLE)],
  handler: mgetHandler,
};

/** `MSET` */
export const mset: CommandSpec = {
  name: "mset",
  summary: "Set multiple keys to multiple values",
  since: "1.0.1",
  group: "string",
  complexity: "O(N) where N is the number of keys to set.",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["string"],
  tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
  keys: [keyRange(1, -1, 2, "OW", "update")],
  arguments: [block("key_value", [key("key"), string("value")], MULTIPLE)],
  handler: msetHandler,
};

/** `MSETNX` */
export const msetnx: CommandSpec = {
  name: "msetnx",
  summary:
    "Set multiple keys to multiple values, only if none of the keys exist",
  since: "1.0.1",
  group: "string",
  complexity: "O(N) where N is the number of keys to set.",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["string"],
  tips: ["request_policy:multi_shard", "response_policy:agg_min"],
  keys: [keyRange(1, -1, 2, "OW", "insert")],
  arguments: [block("key_value", [key("key"), string("value")], MULTIPLE)],
  handler: msetnxHandler,
};

function mgetHandler(call: Call): void {
  unimplemented(call);
}

function msetHandler(call: Call): void {
  unimplemented(call);
}

function msetnxHandler(call: Call): void {
  unimplemented(call);
}
