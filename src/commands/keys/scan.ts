/** Enumerating the key space. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  pattern,
  string,
  unimplemented,
} from "../spec.ts";

/** `SCAN` */
export const scan: CommandSpec = {
  name: "scan",
  summary: "Incrementally iterate the keys space",
  since: "2.8.0",
  group: "generic",
  complexity:
    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
  arity: -2,
  flags: ["readonly", "touches_arbitrary_keys"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output", "request_policy:special"],
  history: [["6.0.0", "Added the `TYPE` subcommand."]],
  arguments: [
    integer("cursor"),
    pattern("pattern", { token: "MATCH", optional: true }),
    integer("count", { token: "COUNT", optional: true }),
    string("type", { token: "TYPE", since: "6.0.0", optional: true }),
  ],
  handler: scanHandler,
};

/** `KEYS` */
export const keys: CommandSpec = {
  name: "keys",
  summary: "Find all keys matching the given pattern",
  since: "1.0.0",
  group: "generic",
  complexity:
    "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.",
  arity: 2,
  flags: ["readonly"],
  acl: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "nondeterministic_output_order"],
  arguments: [pattern("pattern")],
  handler: keysHandler,
};

/** `RANDOMKEY` */
export const randomkey: CommandSpec = {
  name: "randomkey",
  summary: "Return a random key from the keyspace",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 1,
  flags: ["readonly", "touches_arbitrary_keys"],
  acl: ["keyspace"],
  tips: ["request_policy:all_shards", "nondeterministic_output"],
  handler: randomkeyHandler,
};

function scanHandler(call: Call): void {
  unimplemented(call);
}

function keysHandler(call: Call): void {
  unimplemented(call);
}

function randomkeyHandler(call: Call): void {
  unimplemented(call);
}
