/** Switches of the own connection. */

import type { Call } from "../call.ts";
import { type CommandSpec, oneOf, token, unimplemented } from "../spec.ts";

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
  unimplemented(call);
}

function clientNoEvictHandler(call: Call): void {
  unimplemented(call);
}

function clientNoTouchHandler(call: Call): void {
  unimplemented(call);
}
