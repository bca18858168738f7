/** Switches of the own connection. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, oneOf, token } from "../spec.ts";

/** `CLIENT REPLY` */
export const clientReply: CommandSpec = {
  name: "reply",
  summary: "Instruct the server whether to reply to commands",
  since: "3.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [
    oneOf("on_off_skip", [
      token("on", "ON"),
      token("off", "OFF"),
      token("skip", "SKIP"),
    ]),
  ],
  handler: clientReplyHandler,
};

/** `CLIENT NO-EVICT` */
export const clientNoEvict: CommandSpec = {
  name: "no-evict",
  summary: "Set client eviction mode for the current connection",
  since: "7.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [oneOf("enabled", [token("on", "ON"), token("off", "OFF")])],
  handler: clientNoEvictHandler,
};

/** `CLIENT NO-TOUCH` */
export const clientNoTouch: CommandSpec = {
  name: "no-touch",
  summary: "Set client no-touch mode for the current connection",
  since: "7.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: ["noscript", "loading", "stale"],
  acl: ["connection"],
  arguments: [oneOf("enabled", [token("on", "ON"), token("off", "OFF")])],
  handler: clientNoTouchHandler,
};

function clientReplyHandler(call: Call): void {
  const { client } = call;
  if (call.argIs(2, "on")) {
    client.replyMode = "on";
    client.port.selectOutput();
    call.reply.ok();
  } else if (call.argIs(2, "off")) {
    client.replyMode = "off";
    // Inside a transaction the replies that follow are dropped, too.
    call.x.outputSelect(0);
  } else if (call.argIs(2, "skip")) {
    if (client.replyMode !== "off") client.replyMode = "skip-next";
  } else call.reply.error(errors.SYNTAX);
}

/** The argument of a switch; replies the error if it is none. */
function needSwitch(call: Call): boolean | undefined {
  if (call.argIs(2, "on")) return true;
  if (call.argIs(2, "off")) return false;
  call.reply.error(errors.SYNTAX);
  return undefined;
}

function clientNoEvictHandler(call: Call): void {
  const value = needSwitch(call);
  if (value === undefined) return;
  call.client.isNoEvict = value;
  call.reply.ok();
}

function clientNoTouchHandler(call: Call): void {
  const value = needSwitch(call);
  if (value === undefined) return;
  call.client.isNoTouch = value;
  call.reply.ok();
}
