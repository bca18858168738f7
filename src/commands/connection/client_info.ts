/** A client as one line of text: CLIENT LIST, CLIENT INFO, the log. */

import type { Client } from "../client.ts";

/** The letters of `flags=`, in Redis's order. */
function flagsOf(client: Client): string {
  let flags = "";
  const { tracking } = client;
  if (client.isMonitor) flags += "O";
  if (client.isSubscriber) flags += "P";
  if (client.inMulti) flags += "x";
  if (client.isBlocked || client.isPaused) flags += "b";
  if (tracking !== undefined) flags += "t";
  if (tracking?.isBroken) flags += "R";
  if (tracking?.isBroadcast) flags += "B";
  if (client.isDirtyCas) flags += "d";
  if (client.isClosing) flags += "c";
  if (client.isUnixSocket) flags += "U";
  if (client.isReadOnly) flags += "r";
  if (client.isNoEvict) flags += "e";
  if (client.isNoTouch) flags += "T";
  return flags === "" ? "N" : flags;
}

/**
 * The fields of Redis 7.4, in its order.
 *
 * @param argumentBytes of the command being executed or held up
 */
export function clientInfoLine(
  client: Client,
  nowMs: number,
  argumentBytes: number,
): string {
  const { port } = client;
  const replies = port.replyBuffers();
  return [
    `id=${client.id}`,
    `addr=${client.address}`,
    `laddr=${client.localAddress}`,
    `fd=${port.descriptor}`,
    `name=${client.name}`,
    `age=${client.ageSeconds(nowMs)}`,
    `idle=${client.idleSeconds(nowMs)}`,
    `flags=${flagsOf(client)}`,
    `db=${client.db}`,
    `sub=${client.subscriptions?.channels.size ?? 0}`,
    `psub=${client.subscriptions?.patterns.size ?? 0}`,
    `ssub=${client.subscriptions?.shardChannels.size ?? 0}`,
    `multi=${client.inMulti ? client.queue.length : -1}`,
    `qbuf=${port.queryBytes()}`,
    `qbuf-free=${port.queryRoomBytes()}`,
    `argv-mem=${argumentBytes}`,
    `multi-mem=${client.multiBytes}`,
    `rbs=${replies.capacityBytes}`,
    `rbp=${replies.peakBytes}`,
    `obl=${replies.bufferedBytes}`,
    `oll=${replies.blocks}`,
    `omem=${replies.blockBytes}`,
    `tot-mem=${port.memoryBytes() + argumentBytes - client.argumentBytes}`,
    `events=${client.isClosing ? "" : "r"}${replies.blocks > 0 ? "w" : ""}`,
    `cmd=${client.lastCommand?.fullName ?? "NULL"}`,
    `user=${client.user.name}`,
    `redir=${client.tracking?.redirect ?? -1}`,
    `resp=${client.protocol}`,
    `lib-name=${client.libraryName}`,
    `lib-ver=${client.libraryVersion}`,
    // Newer than what tools for 7.0 know, so behind all they do.
    `watch=${client.watched.length}`,
  ].join(" ");
}

/** The type of clients that CLIENT LIST and CLIENT KILL call by this name. */
export function clientTypeOf(name: string): Client["type"] | undefined {
  switch (name.toLowerCase()) {
    case "normal":
      return "normal";
    case "slave":
    case "replica":
      return "replica";
    case "pubsub":
      return "pubsub";
    case "master":
      return "master";
    default:
      return undefined;
  }
}
