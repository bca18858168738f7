/** Holding back commands of all clients. */

import type { Call } from "../call.ts";
import { replyUnknownSubcommand } from "../help.ts";
import { type CommandSpec, integer, oneOf, token } from "../spec.ts";

/** `CLIENT PAUSE` */
export const clientPause: CommandSpec = {
  name: "pause",
  summary: "Stop processing commands from clients for some time",
  since: "2.9.50",
  group: "connection",
  complexity: "O(1)",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  history: [[
    "6.2.0",
    "`CLIENT PAUSE WRITE` mode added along with the `mode` option.",
  ]],
  arguments: [
    integer("timeout"),
    oneOf("mode", [token("write", "WRITE"), token("all", "ALL")], {
      since: "6.2.0",
      optional: true,
    }),
  ],
  handler: clientPauseHandler,
};

/** `CLIENT UNPAUSE` */
export const clientUnpause: CommandSpec = {
  name: "unpause",
  summary: "Resume processing of clients that were paused",
  since: "6.2.0",
  group: "connection",
  complexity: "O(N) Where N is the number of paused clients",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientUnpauseHandler,
};

function clientPauseHandler(call: Call): void {
  if (call.argc > 4) {
    replyUnknownSubcommand(call);
    return;
  }
  let mode: "all" | "write" = "all";
  if (call.argc === 4) {
    if (call.argIs(3, "write")) mode = "write";
    else if (!call.argIs(3, "all")) {
      call.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
      return;
    }
  }
  const timeoutMs = call.needInteger(
    2,
    "ERR timeout is not an integer or out of range",
  );
  if (timeoutMs === undefined) return;
  if (timeoutMs < 0n) {
    call.reply.error("ERR timeout is negative");
    return;
  }
  // As in Redis, a time beyond 64 bits is one long past, and 0 is as well.
  const untilMs = timeoutMs === 0n
    ? 0n
    : BigInt.asIntN(64, timeoutMs + BigInt(call.nowMs));
  call.services.pause.pause(mode, Number(untilMs));
  call.reply.ok();
}

function clientUnpauseHandler(call: Call): void {
  call.services.pause.unpause();
  call.reply.ok();
}
