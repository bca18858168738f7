/** Reading and changing the configuration. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { replyHelp } from "../help.ts";
import { block, type CommandSpec, MULTIPLE, string } from "../spec.ts";

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
  const patterns: string[] = [];
  for (let i = 2; i < call.argc; i++) patterns.push(call.argText(i));
  const pairs = call.services.config.get(patterns);
  call.reply.map(pairs.length);
  for (const [name, value] of pairs) {
    call.reply.text(name);
    call.reply.text(value);
  }
}

function configSetHandler(call: Call): void {
  if (call.argc % 2 !== 0) return call.reply.error(errors.SYNTAX);
  const pairs: [name: string, value: string][] = [];
  for (let i = 2; i < call.argc; i += 2) {
    pairs.push([call.argText(i), call.argText(i + 1)]);
  }
  const problem = call.services.config.set(pairs, {
    isLocalClient: call.client.port.isLoopback,
    isLoading: false,
  });
  if (problem === null) call.reply.ok();
  else call.reply.error(problem);
}

function configResetstatHandler(call: Call): void {
  const { stats, commandStats, figures, keyspace } = call.services;
  // What the fast lane ran before this belongs to what is forgotten.
  figures.settle();
  stats.reset();
  commandStats.reset();
  keyspace.stats.expiredKeys = 0;
  keyspace.stats.expiredFields = 0;
  keyspace.stats.evictedKeys = 0;
  keyspace.stats.lazyFreedKeys = 0;
  call.x.statsReset();
  call.reply.ok();
}

function configRewriteHandler(call: Call): void {
  const problem = call.services.config.rewrite();
  if (problem === null) call.reply.ok();
  else call.reply.error(problem);
}

function configHelpHandler(call: Call): void {
  replyHelp(call, [
    "GET <pattern>",
    "    Return parameters matching the glob-like <pattern> and their values.",
    "SET <directive> <value>",
    "    Set the configuration <directive> to <value>.",
    "RESETSTAT",
    "    Reset statistics reported by the INFO command.",
    "REWRITE",
    "    Rewrite the configuration file.",
  ]);
}
