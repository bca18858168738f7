/** The keys of a call. */

import type { Call } from "../call.ts";
import { type CommandSpec, unimplemented } from "../spec.ts";

/** `COMMAND GETKEYS` */
export const commandGetkeys: CommandSpec = {
  name: "getkeys",
  summary: "Extract keys given a full Redis command",
  since: "2.8.13",
  group: "server",
  complexity: "O(N) where N is the number of arguments to the command",
  arity: -4,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: commandGetkeysHandler,
};

/** `COMMAND GETKEYSANDFLAGS` */
export const commandGetkeysandflags: CommandSpec = {
  name: "getkeysandflags",
  summary: "Extract keys and access flags given a full Redis command",
  since: "7.0.0",
  group: "server",
  complexity: "O(N) where N is the number of arguments to the command",
  arity: -4,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: commandGetkeysandflagsHandler,
};

function commandGetkeysHandler(call: Call): void {
  unimplemented(call);
}

function commandGetkeysandflagsHandler(call: Call): void {
  unimplemented(call);
}
