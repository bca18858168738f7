/** Optimistic locking of keys for a transaction. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyRange, MULTIPLE } from "../spec.ts";

/** `WATCH` */
export const watch: CommandSpec = {
  name: "watch",
  summary:
    "Watch the given keys to determine execution of the MULTI/EXEC block",
  since: "2.2.0",
  group: "transactions",
  complexity: "O(1) for every key.",
  arity: -2,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  keys: [keyRange(1, -1, 1, "RO")],
  arguments: [key("key", MULTIPLE)],
  handler: watchHandler,
};

/** `UNWATCH` */
export const unwatch: CommandSpec = {
  name: "unwatch",
  summary: "Forget about all watched keys",
  since: "2.2.0",
  group: "transactions",
  complexity: "O(1)",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  handler: unwatchHandler,
};

function watchHandler(call: Call): void {
  const { client, services } = call;
  if (client.inMulti) {
    call.reply.error("ERR WATCH inside MULTI is not allowed");
    return;
  }
  // A client whose next EXEC fails anyway need not watch more.
  if (!client.isDirtyCas) {
    for (let i = 1; i < call.argc; i++) {
      services.watches.watch(
        client,
        call.db,
        call.argPtr(i),
        call.argLength(i),
      );
    }
  }
  call.reply.ok();
}

function unwatchHandler(call: Call): void {
  const { client, services } = call;
  services.watches.unwatchAll(client);
  client.isDirtyCas = false;
  call.reply.ok();
}
