/** What a connection says about itself. */

import type { Call } from "../call.ts";
import { untilNul } from "../../base/byte_string.ts";
import { type CommandSpec, oneOf, string } from "../spec.ts";

export const NAME_ERROR =
  "ERR Client names cannot contain spaces, newlines or special characters.";

/** Whether a text may stand in a field of CLIENT LIST; empty means none. */
export function isClientName(text: string): boolean {
  return /^[!-~]*$/.test(text);
}

/** `CLIENT SETNAME` */
export const clientSetname: CommandSpec = {
  name: "setname",
  summary: "Set the current connection name",
  since: "2.6.9",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [string("connection-name")],
  handler: clientSetnameHandler,
};

/** `CLIENT GETNAME` */
export const clientGetname: CommandSpec = {
  name: "getname",
  summary: "Get the current connection name",
  since: "2.6.9",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientGetnameHandler,
};

/** `CLIENT SETINFO` */
export const clientSetinfo: CommandSpec = {
  name: "setinfo",
  summary:
    "Set the name or version of the client library for the current connection",
  since: "7.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 4,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  arguments: [
    oneOf("attr", [
      string("libname", { token: "LIB-NAME" }),
      string("libver", { token: "LIB-VER" }),
    ]),
  ],
  handler: clientSetinfoHandler,
};

function clientSetnameHandler(call: Call): void {
  const name = call.argText(2);
  if (!isClientName(name)) {
    call.reply.error(NAME_ERROR);
    return;
  }
  call.client.name = name;
  call.reply.ok();
}

function clientGetnameHandler(call: Call): void {
  const { name } = call.client;
  if (name === "") call.reply.null();
  else call.reply.text(name);
}

function clientSetinfoHandler(call: Call): void {
  const isName = call.argIs(2, "lib-name");
  const attribute = untilNul(call.argText(2));
  if (!isName && !call.argIs(2, "lib-ver")) {
    call.reply.error(`ERR Unrecognized option '${attribute}'`);
    return;
  }
  const value = call.argText(3);
  if (!isClientName(value)) {
    call.reply.error(
      `ERR ${attribute} cannot contain spaces, newlines or special characters.`,
    );
    return;
  }
  if (isName) call.client.libraryName = value;
  else call.client.libraryVersion = value;
  call.reply.ok();
}
