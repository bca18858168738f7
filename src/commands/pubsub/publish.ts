/** Sending messages. */

import type { Call } from "../call.ts";
import { type CommandSpec, keyAt, string } from "../spec.ts";

/** `PUBLISH` */
export const publish: CommandSpec = {
  name: "publish",
  summary: "Post a message to a channel",
  since: "2.0.0",
  group: "pubsub",
  complexity:
    "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
  arity: 3,
  flags: ["pubsub", "loading", "stale", "fast", "may_replicate", "sentinel"],
  arguments: [string("channel"), string("message")],
  handler: publishHandler,
};

/** `SPUBLISH` */
export const spublish: CommandSpec = {
  name: "spublish",
  summary: "Post a message to a shard channel",
  since: "7.0.0",
  group: "pubsub",
  complexity:
    "O(N) where N is the number of clients subscribed to the receiving shard channel.",
  arity: 3,
  flags: ["pubsub", "loading", "stale", "fast", "may_replicate"],
  keys: [keyAt(1, "not_key")],
  arguments: [string("shardchannel"), string("message")],
  handler: spublishHandler,
};

function publishHandler(call: Call): void {
  const receivers = call.services.pubsub.publish(
    call.argPtr(1),
    call.argLength(1),
    call.argPtr(2),
    call.argLength(2),
  );
  // Subscribers of replicas are to hear it, too.
  call.forceEffect();
  call.reply.integer(receivers);
}

function spublishHandler(call: Call): void {
  const receivers = call.services.pubsub.publishShard(
    call.argPtr(1),
    call.argLength(1),
    call.argPtr(2),
    call.argLength(2),
  );
  call.forceEffect();
  call.reply.integer(receivers);
}
