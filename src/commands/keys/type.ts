/** The type of a value. */

import type { Call } from "../call.ts";
import { TYPE_NAMES } from "../../keyspace/mod.ts";
import { type CommandSpec, key, keyAt } from "../spec.ts";

/** `TYPE` */
export const type: CommandSpec = {
  name: "type",
  summary: "Determine the type stored at key",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: typeHandler,
};

function typeHandler(call: Call): void {
  const entry = call.keyspace.peekCounted(
    call.db,
    call.argPtr(1),
    call.argLength(1),
  );
  call.reply.simple(entry === 0 ? "none" : TYPE_NAMES[call.x.entryType(entry)]);
}
