/** The command table, asked by clients. */

import type { Call } from "../call.ts";
import { ACL_BITS, type CommandEntry } from "../entries.ts";
import * as errors from "../errors.ts";
import { replyHelp } from "../help.ts";
import { type CommandSpec, oneOf, pattern, string } from "../spec.ts";
import { commandDocs, commandInfo, replyInfo } from "./command_info.ts";
import { commandGetkeys, commandGetkeysandflags } from "./command_keys.ts";

const commandCount: CommandSpec = {
  name: "count",
  summary: "Get total number of Redis commands",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: commandCountHandler,
};

const commandHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "5.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: commandHelpHandler,
};

const commandList: CommandSpec = {
  name: "list",
  summary: "Get an array of Redis command names",
  since: "7.0.0",
  group: "server",
  complexity: "O(N) where N is the total number of Redis commands",
  arity: -2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output_order"],
  arguments: [
    oneOf("filterby", [
      string("module-name", { token: "MODULE" }),
      string("category", { token: "ACLCAT" }),
      pattern("pattern", { token: "PATTERN" }),
    ], { token: "FILTERBY", optional: true }),
  ],
  handler: commandListHandler,
};

/** `COMMAND` */
export const command: CommandSpec = {
  name: "command",
  summary: "Get array of Redis command details",
  since: "2.8.13",
  group: "server",
  complexity: "O(N) where N is the total number of Redis commands",
  arity: -1,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output_order"],
  subcommands: [
    commandCount,
    commandDocs,
    commandGetkeys,
    commandGetkeysandflags,
    commandHelp,
    commandInfo,
    commandList,
  ],
  handler: commandHandler,
};

function commandHandler(call: Call): void {
  const { commands } = call.services.table;
  call.reply.array(commands.length);
  for (const entry of commands) replyInfo(call.reply, entry);
}

function commandCountHandler(call: Call): void {
  call.reply.integer(call.services.table.commands.length);
}

function commandListHandler(call: Call): void {
  let isListed: (entry: CommandEntry) => boolean = () => true;
  if (call.argc > 2) {
    const filter = call.argIs(2, "filterby") && call.argc === 5
      ? filterOf(call)
      : undefined;
    if (filter === undefined) return call.reply.error(errors.SYNTAX);
    isListed = filter;
  }
  const mark = call.reply.deferred();
  let listed = 0;
  for (const command of call.services.table.commands) {
    for (const entry of [command, ...command.subcommands]) {
      if (!isListed(entry)) continue;
      call.reply.text(entry.fullName);
      listed++;
    }
  }
  call.reply.deferredArray(mark, listed);
}

/** What `FILTERBY` asks for, undefined if there is no such filter. */
function filterOf(call: Call): ((entry: CommandEntry) => boolean) | undefined {
  // No command comes from a module.
  if (call.argIs(3, "module")) return () => false;
  if (call.argIs(3, "aclcat")) {
    const bits: Readonly<Record<string, number | undefined>> = ACL_BITS;
    const bit = bits[call.argWord(4)] ?? 0;
    return (entry) => (entry.aclBits & bit) !== 0;
  }
  if (call.argIs(3, "pattern")) {
    const { core, x } = call;
    return ({ fullName }) =>
      Boolean(x.globMatch(
        call.argPtr(4),
        call.argLength(4),
        core.putText(fullName),
        fullName.length,
        1,
      ));
  }
  return undefined;
}

function commandHelpHandler(call: Call): void {
  replyHelp(call, [
    "(no subcommand)",
    "    Return details about all Redis commands.",
    "COUNT",
    "    Return the total number of commands in this Redis server.",
    "LIST",
    "    Return a list of all commands in this Redis server.",
    "INFO [<command-name> ...]",
    "    Return details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "DOCS [<command-name> ...]",
    "    Return documentation details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "GETKEYS <full-command>",
    "    Return the keys from a full Redis command.",
    "GETKEYSANDFLAGS <full-command>",
    "    Return the keys and the access flags from a full Redis command.",
  ]);
}
