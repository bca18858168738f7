/** Who is connected. */

import type { Call } from "../call.ts";
import {
  block,
  type CommandSpec,
  integer,
  MULTIPLE,
  oneOf,
  token,
  unimplemented,
} from "../spec.ts";

/** `CLIENT ID` */
export const clientId: CommandSpec = {
  name: "id",
  summary: "Returns the client ID for the current connection",
  since: "5.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientIdHandler,
};

/** `CLIENT INFO` */
export const clientInfo: CommandSpec = {
  name: "info",
  summary: "Returns information about the current client connection.",
  since: "6.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output"],
  handler: clientInfoHandler,
};

/** `CLIENT LIST` */
export const clientList: CommandSpec = {
  name: "list",
  summary: "Get the list of client connections",
  since: "2.4.0",
  group: "connection",
  complexity: "O(N) where N is the number of client connections",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output"],
  history: [
    ["2.8.12", "Added unique client `id` field."],
    ["5.0.0", "Added optional `TYPE` filter."],
    ["6.0.0", "Added `user` field."],
    [
      "6.2.0",
      "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.",
    ],
    ["7.0.0", "Added `resp`, `multi-mem`, `rbs` and `rbp` fields."],
    ["7.0.3", "Added `ssub` field."],
    ["7.2.0", "Added `lib-name` and `lib-ver` fields."],
    ["7.4.0", "Added `watch` field."],
  ],
  arguments: [
    oneOf("normal_master_replica_pubsub", [
      token("normal", "NORMAL"),
      token("master", "MASTER"),
      token("replica", "REPLICA"),
      token("pubsub", "PUBSUB"),
    ], { token: "TYPE", since: "5.0.0", optional: true }),
    block("id", [integer("client-id", MULTIPLE)], {
      token: "ID",
      since: "6.2.0",
      optional: true,
    }),
  ],
  handler: clientListHandler,
};

function clientIdHandler(call: Call): void {
  unimplemented(call);
}

function clientInfoHandler(call: Call): void {
  unimplemented(call);
}

function clientListHandler(call: Call): void {
  unimplemented(call);
}
