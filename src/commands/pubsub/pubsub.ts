/** What is subscribed to. */

import type { Call } from "../call.ts";
import { replyHelp, replyUnknownSubcommand } from "../help.ts";
import {
  type CommandFlag,
  type CommandSpec,
  OPTIONAL,
  pattern,
  string,
} from "../spec.ts";

const FLAGS: readonly CommandFlag[] = ["pubsub", "loading", "stale"];
const ANY_NUMBER = { optional: true, multiple: true };

const channels: CommandSpec = {
  name: "channels",
  summary: "List active channels",
  since: "2.8.0",
  group: "pubsub",
  complexity:
    "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)",
  arity: -2,
  flags: FLAGS,
  arguments: [pattern("pattern", OPTIONAL)],
  handler: (call) => replyNames(call, "channels"),
};

const help: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "6.2.0",
  group: "pubsub",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: (call) => replyHelp(call, HELP),
};

const numpat: CommandSpec = {
  name: "numpat",
  summary: "Get the count of unique patterns pattern subscriptions",
  since: "2.8.0",
  group: "pubsub",
  complexity: "O(1)",
  arity: 2,
  flags: FLAGS,
  handler: (call) => call.reply.integer(call.services.pubsub.patternCount),
};

const numsub: CommandSpec = {
  name: "numsub",
  summary: "Get the count of subscribers for channels",
  since: "2.8.0",
  group: "pubsub",
  complexity:
    "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
  arity: -2,
  flags: FLAGS,
  arguments: [string("channel", ANY_NUMBER)],
  handler: (call) => replyCounts(call, "channels"),
};

const shardchannels: CommandSpec = {
  name: "shardchannels",
  summary: "List active shard channels",
  since: "7.0.0",
  group: "pubsub",
  complexity:
    "O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).",
  arity: -2,
  flags: FLAGS,
  arguments: [pattern("pattern", OPTIONAL)],
  handler: (call) => replyNames(call, "shardChannels"),
};

const shardnumsub: CommandSpec = {
  name: "shardnumsub",
  summary: "Get the count of subscribers for shard channels",
  since: "7.0.0",
  group: "pubsub",
  complexity:
    "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
  arity: -2,
  flags: FLAGS,
  arguments: [string("shardchannel", ANY_NUMBER)],
  handler: (call) => replyCounts(call, "shardChannels"),
};

/** `PUBSUB` */
export const pubsub: CommandSpec = {
  name: "pubsub",
  summary: "A container for Pub/Sub commands",
  since: "2.8.0",
  group: "pubsub",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [channels, help, numpat, numsub, shardchannels, shardnumsub],
};

const HELP = [
  "CHANNELS [<pattern>]",
  "    Return the currently active channels matching a <pattern> (default: '*').",
  "NUMPAT",
  "    Return number of subscriptions to patterns.",
  "NUMSUB [<channel> ...]",
  "    Return the number of subscribers for the specified channels, excluding",
  "    pattern subscriptions(default: no channels).",
  "SHARDCHANNELS [<pattern>]",
  "    Return the currently active shard level channels matching a <pattern> (default: '*').",
  "SHARDNUMSUB [<shardchannel> ...]",
  "    Return the number of subscribers for the specified shard level channel(s)",
];

function replyNames(call: Call, kind: "channels" | "shardChannels"): void {
  if (call.argc > 3) {
    replyUnknownSubcommand(call);
    return;
  }
  const { core, reply, services, x } = call;
  const mark = reply.deferred();
  let count = 0;
  for (const name of services.pubsub.names(kind)) {
    const isWanted = call.argc === 2 ||
      x.globMatch(
          call.argPtr(2),
          call.argLength(2),
          core.putText(name),
          name.length,
          0,
        ) !== 0;
    if (!isWanted) continue;
    reply.text(name);
    count++;
  }
  reply.deferredArray(mark, count);
}

function replyCounts(call: Call, kind: "channels" | "shardChannels"): void {
  const { reply, services } = call;
  reply.array((call.argc - 2) * 2);
  for (let i = 2; i < call.argc; i++) {
    reply.bulk(call.argPtr(i), call.argLength(i));
    reply.integer(services.pubsub.subscriberCount(kind, call.argText(i)));
  }
}
