/** Ending connections and blocked calls of others. */

import type { Call } from "../call.ts";
import { replyUnknownSubcommand } from "../help.ts";
import {
  type CommandSpec,
  integer,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { untilNul } from "../../base/byte_string.ts";
import type { User } from "../../acl/mod.ts";
import type { Client } from "../client.ts";
import * as errors from "../errors.ts";
import { clientTypeOf } from "./client_info.ts";

/** `CLIENT KILL` */
export const clientKill: CommandSpec = {
  name: "kill",
  summary: "Kill the connection of a client",
  since: "2.4.0",
  group: "connection",
  complexity: "O(N) where N is the number of client connections",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  history: [
    ["2.8.12", "Added new filter format."],
    ["2.8.12", "`ID` option."],
    ["3.2.0", "Added `master` type in for `TYPE` option."],
    [
      "5.0.0",
      "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.",
    ],
    ["6.2.0", "`LADDR` option."],
    ["7.4.0", "`MAXAGE` option."],
  ],
  arguments: [
    oneOf("filter", [
      string("ip:port", { deprecatedSince: "2.8.12" }),
      oneOf("new-format", [
        integer("client-id", { token: "ID", since: "2.8.12", optional: true }),
        oneOf("normal_master_slave_pubsub", [
          token("normal", "NORMAL"),
          token("master", "MASTER", { since: "3.2.0" }),
          token("slave", "SLAVE"),
          token("replica", "REPLICA", { since: "5.0.0" }),
          token("pubsub", "PUBSUB"),
        ], { token: "TYPE", since: "2.8.12", optional: true }),
        string("username", { token: "USER", optional: true }),
        string("ip:port", { token: "ADDR", optional: true }),
        string("ip:port", { token: "LADDR", since: "6.2.0", optional: true }),
        string("yes/no", { token: "SKIPME", optional: true }),
        integer("maxage", { token: "MAXAGE", since: "7.4.0", optional: true }),
      ], MULTIPLE),
    ]),
  ],
  handler: clientKillHandler,
};

/** `CLIENT UNBLOCK` */
export const clientUnblock: CommandSpec = {
  name: "unblock",
  summary:
    "Unblock a client blocked in a blocking command from a different connection",
  since: "5.0.0",
  group: "connection",
  complexity: "O(log N) where N is the number of client connections",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [
    integer("client-id"),
    oneOf("timeout_error", [
      token("timeout", "TIMEOUT"),
      token("error", "ERROR"),
    ], OPTIONAL),
  ],
  handler: clientUnblockHandler,
};

/** What CLIENT KILL looks for; every filter given must match. */
interface KillFilter {
  id?: bigint;
  type?: Client["type"];
  address?: string;
  localAddress?: string;
  user?: User;
  maxAgeSeconds?: bigint;
  skipsSelf: boolean;
}

function clientKillHandler(call: Call): void {
  const isOldForm = call.argc === 3;
  const filter = isOldForm
    ? { address: untilNul(call.argText(2)), skipsSelf: false }
    : parseKillFilter(call);
  if (filter === undefined) return;
  const { client, services } = call;
  let killed = 0;
  let killsSelf = false;
  for (const one of services.clients.all()) {
    if (!matches(one, filter, call)) continue;
    if (one === client) killsSelf = true;
    else one.port.close();
    killed++;
  }
  if (!isOldForm) call.reply.integer(killed);
  else if (killed === 0) call.reply.error("ERR No such client");
  else call.reply.ok();
  if (killsSelf) client.port.closeAfterReply();
}

function matches(client: Client, filter: KillFilter, call: Call): boolean {
  const { id, type, address, localAddress, user, maxAgeSeconds } = filter;
  if (address !== undefined && client.address !== address) return false;
  if (localAddress !== undefined && client.localAddress !== localAddress) {
    return false;
  }
  if (type !== undefined && client.type !== type) return false;
  if (id !== undefined && BigInt(client.id) !== id) return false;
  if (user !== undefined && client.user !== user) return false;
  if (filter.skipsSelf && client === call.client) return false;
  return maxAgeSeconds === undefined ||
    client.ageSeconds(call.nowMs) >= maxAgeSeconds;
}

/** The filters in their order; undefined after an error reply. */
function parseKillFilter(call: Call): KillFilter | undefined {
  const filter: KillFilter = { skipsSelf: true };
  for (let i = 2; i < call.argc; i += 2) {
    // A filter without a value, or an unknown one.
    const error = i + 1 < call.argc
      ? parseKillOption(call, i, filter)
      : errors.SYNTAX;
    if (error !== undefined) {
      call.reply.error(error);
      return undefined;
    }
  }
  return filter;
}

/** Takes one filter and its value; what is wrong with it, if anything. */
function parseKillOption(
  call: Call,
  index: number,
  filter: KillFilter,
): string | undefined {
  const value = untilNul(call.argText(index + 1));
  switch (call.argWord(index)) {
    case "id": {
      const id = call.argInteger(index + 1);
      if (id === undefined || id < 1n) {
        return "ERR client-id should be greater than 0";
      }
      filter.id = id;
      return undefined;
    }
    case "maxage": {
      const maxAge = call.argInteger(index + 1);
      if (maxAge === undefined) {
        return "ERR maxage is not an integer or out of range";
      }
      if (maxAge <= 0n) return "ERR maxage should be greater than 0";
      filter.maxAgeSeconds = maxAge;
      return undefined;
    }
    case "type":
      filter.type = clientTypeOf(value);
      return filter.type === undefined
        ? `ERR Unknown client type '${value}'`
        : undefined;
    case "addr":
      filter.address = value;
      return undefined;
    case "laddr":
      filter.localAddress = value;
      return undefined;
    case "user":
      filter.user = call.services.access.users.get(call.argText(index + 1));
      return filter.user === undefined
        ? `ERR No such user '${value}'`
        : undefined;
    case "skipme":
      if (call.argIs(index + 1, "yes")) filter.skipsSelf = true;
      else if (call.argIs(index + 1, "no")) filter.skipsSelf = false;
      else return errors.SYNTAX;
      return undefined;
    default:
      return errors.SYNTAX;
  }
}

function clientUnblockHandler(call: Call): void {
  if (call.argc > 4) {
    replyUnknownSubcommand(call);
    return;
  }
  let reason: "timeout" | "error" = "timeout";
  if (call.argc === 4) {
    if (call.argIs(3, "error")) reason = "error";
    else if (!call.argIs(3, "timeout")) {
      call.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
      return;
    }
  }
  const id = call.needInteger(2);
  if (id === undefined) return;
  const target = call.services.clients.get(Number(id));
  // A client that waits for a pause to end is not blocked in this sense.
  const { blocked } = target ?? {};
  blocked?.unblock(reason);
  call.reply.flag(blocked !== undefined);
}
