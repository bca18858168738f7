/** Giving a key another name. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyAt, unimplemented } from "../spec.ts";

/** `RENAME` */
export const rename: CommandSpec = {
  name: "rename",
  summary: "Rename a key",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["write"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "OW", "update")],
  arguments: [key("key"), key("newkey", { keySpecIndex: 1 })],
  handler: renameHandler,
};

/** `RENAMENX` */
export const renamenx: CommandSpec = {
  name: "renamenx",
  summary: "Rename a key, only if the new key does not exist",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  history: [[
    "3.2.0",
    "The command no longer returns an error when source and destination names are the same.",
  ]],
  keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "OW", "insert")],
  arguments: [key("key"), key("newkey", { keySpecIndex: 1 })],
  handler: renamenxHandler,
};

function renameHandler(call: Call): void {
  unimplemented(call);
}

function renamenxHandler(call: Call): void {
  unimplemented(call);
}
