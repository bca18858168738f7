/**
 * Beginning and ending subscriptions. The replies are messages, one a name:
 * RESP3 sends them as pushes, and CLIENT REPLY does not silence them.
 */

import type { SubscriptionKind } from "../../pubsub/mod.ts";
import type { Call } from "../call.ts";
import {
  block,
  type CommandFlag,
  type CommandSpec,
  keyRange,
  MULTIPLE,
  pattern,
  string,
} from "../spec.ts";

const FLAGS: readonly CommandFlag[] = [
  "pubsub",
  "noscript",
  "loading",
  "stale",
];
const ANY_NUMBER = { optional: true, multiple: true };

/** `SUBSCRIBE` */
export const subscribe: CommandSpec = {
  name: "subscribe",
  summary: "Listen for messages published to the given channels",
  since: "2.0.0",
  group: "pubsub",
  complexity: "O(N) where N is the number of channels to subscribe to.",
  arity: -2,
  flags: [...FLAGS, "sentinel"],
  arguments: [string("channel", MULTIPLE)],
  handler: (call) => begin(call, "channels"),
};

/** `UNSUBSCRIBE` */
export const unsubscribe: CommandSpec = {
  name: "unsubscribe",
  summary: "Stop listening for messages posted to the given channels",
  since: "2.0.0",
  group: "pubsub",
  complexity:
    "O(N) where N is the number of clients already subscribed to a channel.",
  arity: -1,
  flags: [...FLAGS, "sentinel"],
  arguments: [string("channel", ANY_NUMBER)],
  handler: (call) => end(call, "channels"),
};

/** `PSUBSCRIBE` */
export const psubscribe: CommandSpec = {
  name: "psubscribe",
  summary:
    "Listen for messages published to channels matching the given patterns",
  since: "2.0.0",
  group: "pubsub",
  complexity:
    "O(N) where N is the number of patterns the client is already subscribed to.",
  arity: -2,
  flags: [...FLAGS, "sentinel"],
  arguments: [block("pattern", [pattern("pattern")], MULTIPLE)],
  handler: (call) => begin(call, "patterns"),
};

/** `PUNSUBSCRIBE` */
export const punsubscribe: CommandSpec = {
  name: "punsubscribe",
  summary:
    "Stop listening for messages posted to channels matching the given patterns",
  since: "2.0.0",
  group: "pubsub",
  complexity:
    "O(N+M) where N is the number of patterns the client is already subscribed and M is the number of total patterns subscribed in the system (by any client).",
  arity: -1,
  flags: [...FLAGS, "sentinel"],
  arguments: [pattern("pattern", ANY_NUMBER)],
  handler: (call) => end(call, "patterns"),
};

/** `SSUBSCRIBE` */
export const ssubscribe: CommandSpec = {
  name: "ssubscribe",
  summary: "Listen for messages published to the given shard channels",
  since: "7.0.0",
  group: "pubsub",
  complexity: "O(N) where N is the number of shard channels to subscribe to.",
  arity: -2,
  flags: FLAGS,
  keys: [keyRange(1, -1, 1, "not_key")],
  arguments: [string("shardchannel", MULTIPLE)],
  handler: ssubscribeHandler,
};

/** `SUNSUBSCRIBE` */
export const sunsubscribe: CommandSpec = {
  name: "sunsubscribe",
  summary: "Stop listening for messages posted to the given shard channels",
  since: "7.0.0",
  group: "pubsub",
  complexity:
    "O(N) where N is the number of clients already subscribed to a shard channel.",
  arity: -1,
  flags: FLAGS,
  keys: [keyRange(1, -1, 1, "not_key")],
  arguments: [string("shardchannel", ANY_NUMBER)],
  handler: (call) => end(call, "shardChannels"),
};

/** The first words of the replies. */
const BEGIN_WORDS: Readonly<Record<SubscriptionKind, string>> = {
  channels: "subscribe",
  patterns: "psubscribe",
  shardChannels: "ssubscribe",
};
const END_WORDS: Readonly<Record<SubscriptionKind, string>> = {
  channels: "unsubscribe",
  patterns: "punsubscribe",
  shardChannels: "sunsubscribe",
};

function ssubscribeHandler(call: Call): void {
  // Redis lets the older two through within a transaction, but not this one.
  if (call.canBlock) begin(call, "shardChannels");
  else {
    call.reply.error(
      "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client",
    );
  }
}

function begin(call: Call, kind: SubscriptionKind): void {
  const { pubsub } = call.services;
  const selected = selectOwnOutput(call);
  for (let i = 1; i < call.argc; i++) {
    const count = pubsub.subscribe(call.client, kind, call.argText(i));
    call.reply.push(3);
    call.reply.text(BEGIN_WORDS[kind]);
    call.reply.bulk(call.argPtr(i), call.argLength(i));
    call.reply.integer(count);
  }
  call.x.outputSelect(selected);
}

function end(call: Call, kind: SubscriptionKind): void {
  const { client, services } = call;
  const selected = selectOwnOutput(call);
  let names: string[];
  if (call.argc > 1) {
    names = Array.from(
      { length: call.argc - 1 },
      (_, i) => call.argText(i + 1),
    );
  } else names = [...client.subscriptions?.[kind] ?? []];
  for (const name of names) {
    const count = services.pubsub.unsubscribe(client, kind, name);
    call.reply.push(3);
    call.reply.text(END_WORDS[kind]);
    call.reply.text(name);
    call.reply.integer(count);
  }
  if (names.length === 0) {
    call.reply.push(3);
    call.reply.text(END_WORDS[kind]);
    call.reply.null();
    call.reply.integer(client.subscriptions?.count(kind) ?? 0);
  }
  call.x.outputSelect(selected);
}

/** Replies go to the client even if CLIENT REPLY is off; returns what was selected. */
function selectOwnOutput(call: Call): number {
  const selected = call.x.outputSelected();
  call.client.port.selectOutput();
  return selected;
}
