/** The command table, asked by clients. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  oneOf,
  pattern,
  string,
  unimplemented,
} from "../spec.ts";
import { commandDocs, commandInfo } from "./command_info.ts";
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

function commandCountHandler(call: Call): void {
  unimplemented(call);
}

function commandHelpHandler(call: Call): void {
  unimplemented(call);
}

function commandListHandler(call: Call): void {
  unimplemented(call);
}

function commandHandler(call: Call): void {
  unimplemented(call);
}
