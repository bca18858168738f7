/** Liveness and the choice of a database. */

import type { Call } from "../call.ts";
import { type CommandSpec, integer, OPTIONAL, string } from "../spec.ts";
import * as errors from "../errors.ts";

/** The range of C's int, which Redis keeps a database's number in. */
const INT_MIN = -2147483648;
const INT_MAX = 2147483647;

/** `PING` */
export const ping: CommandSpec = {
  name: "ping",
  summary: "Ping the server",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: -1,
  flags: ["fast", "sentinel"],
  acl: ["connection"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  arguments: [string("message", OPTIONAL)],
  handler: pingHandler,
  kernel: "ping",
};

/** `ECHO` */
export const echo: CommandSpec = {
  name: "echo",
  summary: "Echo the given string",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  acl: ["connection"],
  arguments: [string("message")],
  handler: echoHandler,
  kernel: "echo",
};

/** `SELECT` */
export const select: CommandSpec = {
  name: "select",
  summary: "Change the selected database for the current connection",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  acl: ["connection"],
  arguments: [integer("index")],
  handler: selectHandler,
};

function pingHandler(call: Call): void {
  if (call.argc > 2) call.reply.error(errors.wrongArity("ping"));
  else if (call.client.isListeningOnly) replyLikeMessage(call);
  else if (call.argc === 1) call.x.replyPong();
  else call.reply.bulk(call.argPtr(1), call.argLength(1));
}

/** A subscriber must be able to tell it from a message. */
function replyLikeMessage(call: Call): void {
  call.reply.array(2);
  call.reply.text("pong");
  if (call.argc === 1) call.reply.text("");
  else call.reply.bulk(call.argPtr(1), call.argLength(1));
}

function echoHandler(call: Call): void {
  call.reply.bulk(call.argPtr(1), call.argLength(1));
}

function selectHandler(call: Call): void {
  const index = call.needInteger(1);
  if (index === undefined) return;
  if (index < INT_MIN || index > INT_MAX) {
    call.reply.error(
      `ERR value is out of range, value must between ${INT_MIN} and ${INT_MAX}`,
    );
    return;
  }
  if (index < 0 || index >= call.keyspace.databases) {
    call.reply.error(errors.DB_OUT_OF_RANGE);
    return;
  }
  call.db = call.client.db = Number(index);
  call.reply.ok();
}
