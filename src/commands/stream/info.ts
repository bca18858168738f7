/** What is to be known about streams, groups and consumers. */

import { TYPE_STREAM } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { replyHelp, replyUnknownSubcommand } from "../help.ts";
import {
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  string,
} from "../spec.ts";
import { noSuchGroup } from "./_ids.ts";

const KEY = 2;
const GROUP = 3;
const COUNT_DEFAULT = 10;

const xinfoConsumers: CommandSpec = {
  name: "consumers",
  summary: "List the consumers in a consumer group",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: 4,
  flags: ["readonly"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO", "access")],
  arguments: [key("key"), string("groupname")],
  handler: xinfoConsumersHandler,
};

const xinfoGroups: CommandSpec = {
  name: "groups",
  summary: "List the consumer groups of a stream",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["stream"],
  history: [["7.0.0", "Added the `entries-read` and `lag` fields"]],
  keys: [keyAt(2, "RO", "access")],
  arguments: [key("key")],
  handler: xinfoGroupsHandler,
};

const xinfoHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  acl: ["stream"],
  handler: xinfoHelpHandler,
};

const xinfoStream: CommandSpec = {
  name: "stream",
  summary: "Get information about a stream",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: -3,
  flags: ["readonly"],
  acl: ["stream"],
  history: [["6.0.0", "Added the `FULL` modifier."], [
    "7.0.0",
    "Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag` fields",
  ]],
  keys: [keyAt(2, "RO", "access")],
  arguments: [
    key("key"),
    block("full", [integer("count", { token: "COUNT", optional: true })], {
      token: "FULL",
      optional: true,
    }),
  ],
  handler: xinfoStreamHandler,
};

/** `XINFO` */
export const xinfo: CommandSpec = {
  name: "xinfo",
  summary: "A container for stream introspection commands",
  since: "5.0.0",
  group: "stream",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [xinfoConsumers, xinfoGroups, xinfoHelp, xinfoStream],
};

const HELP = [
  "CONSUMERS <key> <groupname>",
  "    Show consumers of <groupname>.",
  "GROUPS <key>",
  "    Show the stream consumer groups.",
  "STREAM <key> [FULL [COUNT <count>]",
  "    Show information about the stream.",
];

function xinfoHelpHandler(call: Call): void {
  replyHelp(call, HELP);
}

/** The stream, which must be there; 0 after an error. */
function needStream(call: Call): number {
  const entry = call.lookupRead(KEY);
  if (entry === 0) {
    call.reply.error(errors.NO_SUCH_KEY);
    return 0;
  }
  return call.checkType(entry, TYPE_STREAM) ? call.x.valuePtr(entry) : 0;
}

function xinfoConsumersHandler(call: Call): void {
  const stream = needStream(call);
  if (stream === 0) return;
  const group = call.x.streamGroupFind(stream, GROUP);
  if (group === 0) noSuchGroup(call, KEY, GROUP);
  else call.x.streamInfoConsumers(group);
}

function xinfoGroupsHandler(call: Call): void {
  const stream = needStream(call);
  if (stream !== 0) call.x.streamInfoGroups(stream);
}

function xinfoStreamHandler(call: Call): void {
  const { x } = call;
  const stream = needStream(call);
  if (stream === 0) return;
  if (call.argc === 3) {
    x.streamInfo(stream);
    return;
  }
  const isFull = (call.argc === 4 || call.argc === 6) && call.argIs(3, "full");
  if (!isFull || call.argc === 6 && !call.argIs(4, "count")) {
    replyUnknownSubcommand(call);
    return;
  }
  let count = COUNT_DEFAULT;
  if (call.argc === 6) {
    const given = call.needInteger(5);
    if (given === undefined) return;
    if (given >= 0) count = Number(given);
  }
  x.streamInfoFull(stream, count);
}
