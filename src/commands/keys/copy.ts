/** Copying and moving keys between names and databases. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  OPTIONAL,
  token,
  unimplemented,
} from "../spec.ts";

/** `COPY` */
export const copy: CommandSpec = {
  name: "copy",
  summary: "Copy a key",
  since: "6.2.0",
  group: "generic",
  complexity:
    "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RO", "access"), keyAt(2, "OW", "update")],
  arguments: [
    key("source"),
    key("destination", { keySpecIndex: 1 }),
    integer("destination-db", { token: "DB", optional: true }),
    token("replace", "REPLACE", OPTIONAL),
  ],
  handler: copyHandler,
};

/** `MOVE` */
export const move: CommandSpec = {
  name: "move",
  summary: "Move a key to another database",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), integer("db")],
  handler: moveHandler,
};

function copyHandler(call: Call): void {
  unimplemented(call);
}

function moveHandler(call: Call): void {
  unimplemented(call);
}
