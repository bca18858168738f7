/** The keys of a call. */

import type { Call } from "../call.ts";
import { FrameArguments } from "../frame_arguments.ts";
import { getKeys, hasKeys } from "../key_positions.ts";
import type { CommandSpec } from "../spec.ts";

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

/** Where the call that is asked about begins among the arguments. */
const OFFSET = 2;

function commandGetkeysHandler(call: Call): void {
  replyKeys(call, false);
}

function commandGetkeysandflagsHandler(call: Call): void {
  replyKeys(call, true);
}

function replyKeys(call: Call, withFlags: boolean): void {
  const { reply } = call;
  const spec = specOf(call);
  const argc = call.argc - OFFSET;
  if (spec === undefined) return reply.error("ERR Invalid command specified");
  if (!hasKeys(spec)) {
    return reply.error("ERR The command has no key arguments");
  }
  if (spec.arity > 0 ? argc !== spec.arity : argc < -spec.arity) {
    return reply.error(
      "ERR Invalid number of arguments specified for command",
    );
  }
  const keys = getKeys(spec, new FrameArguments(call.core, OFFSET));
  if (keys.length === 0 && !spec.flags.includes("no_mandatory_keys")) {
    return reply.error("ERR Invalid arguments specified for command");
  }
  reply.array(keys.length);
  for (const { index, flags } of keys) {
    if (withFlags) reply.array(2);
    reply.bulk(call.argPtr(index + OFFSET), call.argLength(index + OFFSET));
    if (!withFlags) continue;
    reply.set(flags.length);
    for (const flag of flags) reply.simple(flag);
  }
}

/** The command asked about, or its subcommand where it has some. */
function specOf(call: Call): CommandSpec | undefined {
  const entry = call.services.table.names.get(call.argWord(OFFSET));
  if (entry === undefined || entry.subcommands.length === 0) return entry?.spec;
  if (call.argc === OFFSET + 1) return entry.spec;
  const sub = call.argWord(OFFSET + 1);
  return entry.subcommands.find(({ spec }) => spec.name === sub)?.spec;
}
