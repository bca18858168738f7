/** Who is connected. */

import type { Call } from "../call.ts";
import {
  block,
  type CommandSpec,
  integer,
  MULTIPLE,
  oneOf,
  token,
} from "../spec.ts";
import { untilNul } from "../../base/byte_string.ts";
import type { Client } from "../client.ts";
import * as errors from "../errors.ts";
import { clientInfoLine, clientTypeOf } from "./client_info.ts";

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
  call.reply.integer(call.client.id);
}

function clientInfoHandler(call: Call): void {
  call.reply.verbatim(lineOf(call, call.client));
}

function clientListHandler(call: Call): void {
  let clients: Iterable<Client> | undefined;
  if (call.argc === 4 && call.argIs(2, "type")) {
    clients = clientsOfType(call);
  } else if (call.argc > 3 && call.argIs(2, "id")) {
    clients = clientsById(call);
  } else if (call.argc === 2) {
    clients = call.services.clients.all();
  } else call.reply.error(errors.SYNTAX);
  if (clients === undefined) return;
  let text = "";
  for (const client of clients) text += lineOf(call, client);
  call.reply.verbatim(text);
}

/** Undefined after an error reply. */
function clientsOfType(call: Call): Client[] | undefined {
  const name = untilNul(call.argText(3));
  const type = clientTypeOf(name);
  if (type === undefined) {
    call.reply.error(`ERR Unknown client type '${name}'`);
    return undefined;
  }
  return [...call.services.clients.all()].filter((one) => one.type === type);
}

/** In the order asked for; undefined after an error reply. */
function clientsById(call: Call): Client[] | undefined {
  const found: Client[] = [];
  for (let i = 3; i < call.argc; i++) {
    const id = call.needInteger(i, "ERR Invalid client ID");
    if (id === undefined) return undefined;
    const client = call.services.clients.get(Number(id));
    if (client !== undefined) found.push(client);
  }
  return found;
}

function lineOf(call: Call, client: Client): string {
  let argumentBytes = client.argumentBytes;
  if (client === call.client) {
    for (let i = 0; i < call.argc; i++) argumentBytes += call.argLength(i);
  }
  return `${clientInfoLine(client, call.nowMs, argumentBytes)}\n`;
}
