/** Reading and changing the configuration. */

import type { Call } from "../call.ts";
import {
  block,
  type CommandSpec,
  MULTIPLE,
  string,
  unimplemented,
} from "../spec.ts";

const configGet: CommandSpec = {
  name: "get",
  summary: "Get the values of configuration parameters",
  since: "2.0.0",
  group: "server",
  complexity: "O(N) when N is the number of configuration parameters provided",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale"],
  history: [[
    "7.0.0",
    "Added the ability to pass multiple pattern parameters in one call",
  ]],
  arguments: [block("parameter", [string("parameter")], MULTIPLE)],
  handler: configGetHandler,
};

const configHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "5.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: configHelpHandler,
};

const configResetstat: CommandSpec = {
  name: "resetstat",
  summary: "Reset the stats returned by INFO",
  since: "2.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale"],
  handler: configResetstatHandler,
};

const configRewrite: CommandSpec = {
  name: "rewrite",
  summary: "Rewrite the configuration file with the in memory configuration",
  since: "2.8.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale"],
  handler: configRewriteHandler,
};

const configSet: CommandSpec = {
  name: "set",
  summary: "Set configuration parameters to the given values",
  since: "2.0.0",
  group: "server",
  complexity: "O(N) when N is the number of configuration parameters provided",
  arity: -4,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  history: [[
    "7.0.0",
    "Added the ability to set multiple parameters in one call.",
  ]],
  arguments: [
    block("parameter_value", [string("parameter"), string("value")], MULTIPLE),
  ],
  handler: configSetHandler,
};

/** `CONFIG` */
export const config: CommandSpec = {
  name: "config",
  summary: "A container for server configuration commands",
  since: "2.0.0",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    configGet,
    configHelp,
    configResetstat,
    configRewrite,
    configSet,
  ],
};

function configGetHandler(call: Call): void {
  unimplemented(call);
}

function configHelpHandler(call: Call): void {
  unimplemented(call);
}

function configResetstatHandler(call: Call): void {
  unimplemented(call);
}

function configRewriteHandler(call: Call): void {
  unimplemented(call);
}

function configSetHandler(call: Call): void {
  unimplemented(call);
}
