/** Holding back commands of all clients. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  oneOf,
  token,
  unimplemented,
} from "../spec.ts";

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
  unimplemented(call);
}

function clientUnpauseHandler(call: Call): void {
  unimplemented(call);
}
