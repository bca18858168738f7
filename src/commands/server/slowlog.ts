/** The log of slow commands. */

import type { Call } from "../call.ts";
import { replyHelp, replyUnknownSubcommand } from "../help.ts";
import { type CommandSpec, integer, OPTIONAL } from "../spec.ts";

const slowlogGet: CommandSpec = {
  name: "get",
  summary: "Get the slow log's entries",
  since: "2.2.12",
  group: "server",
  complexity: "O(N) where N is the number of entries returned",
  arity: -2,
  flags: ["admin", "loading", "stale"],
  tips: ["request_policy:all_nodes", "nondeterministic_output"],
  history: [["4.0.0", "Added client IP address, port and name to the reply."]],
  arguments: [integer("count", OPTIONAL)],
  handler: slowlogGetHandler,
};

const slowlogHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "6.2.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: slowlogHelpHandler,
};

const slowlogLen: CommandSpec = {
  name: "len",
  summary: "Get the slow log's length",
  since: "2.2.12",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "loading", "stale"],
  tips: [
    "request_policy:all_nodes",
    "response_policy:agg_sum",
    "nondeterministic_output",
  ],
  handler: slowlogLenHandler,
};

const slowlogReset: CommandSpec = {
  name: "reset",
  summary: "Clear all entries from the slow log",
  since: "2.2.12",
  group: "server",
  complexity: "O(N) where N is the number of entries in the slowlog",
  arity: 2,
  flags: ["admin", "loading", "stale"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  handler: slowlogResetHandler,
};

/** `SLOWLOG` */
export const slowlog: CommandSpec = {
  name: "slowlog",
  summary: "A container for slow log commands",
  since: "2.2.12",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [slowlogGet, slowlogHelp, slowlogLen, slowlogReset],
};

const COUNT_DEFAULT = 10;

const HELP = [
  "GET [<count>]",
  "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
  "    Entries are made of:",
  "    id, timestamp, time in microseconds, arguments array, client IP and port,",
  "    client name",
  "LEN",
  "    Return the length of the slowlog.",
  "RESET",
  "    Reset the slowlog.",
];

function slowlogGetHandler(call: Call): void {
  if (call.argc > 3) {
    replyUnknownSubcommand(call);
    return;
  }
  const { slowlog: log } = call.services;
  let count = COUNT_DEFAULT;
  if (call.argc === 3) {
    const wanted = call.argInteger(2);
    if (wanted === undefined || wanted < -1n) {
      call.reply.error("ERR count should be greater than or equal to -1");
      return;
    }
    count = wanted === -1n || wanted > log.length ? log.length : Number(wanted);
  }
  const { reply } = call;
  const entries = log.latest(count);
  reply.array(entries.length);
  for (const entry of entries) {
    reply.array(6);
    reply.integer(entry.id);
    reply.integer(entry.time);
    reply.integer(entry.microseconds);
    reply.texts(entry.args);
    reply.text(entry.clientAddress);
    reply.text(entry.clientName);
  }
}

function slowlogHelpHandler(call: Call): void {
  replyHelp(call, HELP);
}

function slowlogLenHandler(call: Call): void {
  call.reply.integer(call.services.slowlog.length);
}

function slowlogResetHandler(call: Call): void {
  call.services.slowlog.reset();
  call.reply.ok();
}
