/** Client-side caching: which keys a client wants to be told of. */

import type { Call } from "../call.ts";
import type { TrackingOptions } from "../services.ts";
import * as errors from "../errors.ts";
import {
  type CommandFlag,
  type CommandSpec,
  integer,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { untilNul } from "../../base/byte_string.ts";

const FLAGS: readonly CommandFlag[] = ["noscript", "loading", "stale"];

/** `CLIENT TRACKING` */
export const clientTracking: CommandSpec = {
  name: "tracking",
  summary: "Enable or disable server assisted client side caching support",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1). Some options may introduce additional complexity.",
  arity: -3,
  flags: FLAGS,
  acl: ["connection"],
  arguments: [
    oneOf("status", [token("on", "ON"), token("off", "OFF")]),
    integer("client-id", { token: "REDIRECT", optional: true }),
    string("prefix", {
      token: "PREFIX",
      optional: true,
      multiple: true,
      multipleToken: true,
    }),
    token("bcast", "BCAST", OPTIONAL),
    token("optin", "OPTIN", OPTIONAL),
    token("optout", "OPTOUT", OPTIONAL),
    token("noloop", "NOLOOP", OPTIONAL),
  ],
  handler: clientTrackingHandler,
};

/** `CLIENT CACHING` */
export const clientCaching: CommandSpec = {
  name: "caching",
  summary: "Instruct the server about tracking or not keys in the next request",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: FLAGS,
  acl: ["connection"],
  arguments: [oneOf("mode", [token("yes", "YES"), token("no", "NO")])],
  handler: clientCachingHandler,
};

/** `CLIENT TRACKINGINFO` */
export const clientTrackinginfo: CommandSpec = {
  name: "trackinginfo",
  summary:
    "Return information about server assisted client side caching for the current connection",
  since: "6.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: FLAGS,
  acl: ["connection"],
  handler: clientTrackinginfoHandler,
};

/** `CLIENT GETREDIR` */
export const clientGetredir: CommandSpec = {
  name: "getredir",
  summary: "Get tracking notifications redirection client ID if any",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: FLAGS,
  acl: ["connection"],
  handler: (call) => call.reply.integer(call.client.tracking?.redirect ?? -1),
};

function clientTrackingHandler(call: Call): void {
  const { client, services, reply } = call;
  const options = parseOptions(call);
  if (options === undefined) return;
  if (call.argIs(2, "off")) services.tracking.disable(client);
  else if (call.argIs(2, "on")) {
    const problem = problemOf(call, options);
    if (problem !== undefined) return reply.error(problem);
    services.tracking.enable(client, options);
  } else return reply.error(errors.SYNTAX);
  reply.ok();
}

/** Undefined after an error reply. */
function parseOptions(call: Call): TrackingOptions | undefined {
  const options = {
    redirect: 0,
    isBroadcast: false,
    isOptIn: false,
    isOptOut: false,
    isNoLoop: false,
    prefixes: [] as string[],
  };
  for (let i = 3; i < call.argc; i++) {
    const hasValue = i + 1 < call.argc;
    if (hasValue && call.argIs(i, "redirect")) {
      const id = parseRedirect(call, ++i, options.redirect !== 0);
      if (id === undefined) return undefined;
      options.redirect = id;
    } else if (hasValue && call.argIs(i, "prefix")) {
      options.prefixes.push(call.argText(++i));
    } else if (call.argIs(i, "bcast")) options.isBroadcast = true;
    else if (call.argIs(i, "optin")) options.isOptIn = true;
    else if (call.argIs(i, "optout")) options.isOptOut = true;
    else if (call.argIs(i, "noloop")) options.isNoLoop = true;
    else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  return options;
}

/** The id of a client that is connected now; undefined after an error reply. */
function parseRedirect(
  call: Call,
  index: number,
  isSecond: boolean,
): number | undefined {
  if (isSecond) {
    call.reply.error("ERR A client can only redirect to a single other client");
    return undefined;
  }
  const id = call.needInteger(index);
  if (id === undefined) return undefined;
  if (call.services.clients.get(Number(id)) === undefined) {
    call.reply.error("ERR The client ID you want redirect to does not exist");
    return undefined;
  }
  return Number(id);
}

/** What is wrong with turning these on for the client, in Redis's order. */
function problemOf(call: Call, options: TrackingOptions): string | undefined {
  const { tracking } = call.client;
  const { isBroadcast, isOptIn, isOptOut, prefixes } = options;
  if (!isBroadcast && prefixes.length > 0) {
    return "ERR PREFIX option requires BCAST mode to be enabled";
  }
  if (tracking !== undefined && tracking.isBroadcast !== isBroadcast) {
    return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.";
  }
  if (isBroadcast && (isOptIn || isOptOut)) {
    return "ERR OPTIN and OPTOUT are not compatible with BCAST";
  }
  if (isOptIn && isOptOut) {
    return "ERR You can't specify both OPTIN mode and OPTOUT mode";
  }
  if ((isOptIn && tracking?.isOptOut) || (isOptOut && tracking?.isOptIn)) {
    return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.";
  }
  return isBroadcast ? collisionOf(call, prefixes) : undefined;
}

/** Two prefixes of one client must not stand for the same key. */
function collisionOf(
  call: Call,
  prefixes: readonly string[],
): string | undefined {
  const existing = [...call.client.tracking?.prefixes ?? []].sort();
  for (const [index, prefix] of prefixes.entries()) {
    const old = existing.find((one) => overlaps(one, prefix));
    if (old !== undefined) {
      return overlapError(prefix, "an existing prefix", old);
    }
    const other = prefixes.slice(index + 1)
      .find((one) => overlaps(one, prefix));
    if (other !== undefined) {
      return overlapError(prefix, "another provided prefix", other);
    }
  }
  return undefined;
}

function overlaps(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function overlapError(prefix: string, what: string, other: string): string {
  return `ERR Prefix '${untilNul(prefix)}' overlaps with ${what} '${
    untilNul(other)
  }'. Prefixes for a single client must not overlap.`;
}

function clientCachingHandler(call: Call): void {
  const { client: { tracking }, reply } = call;
  if (tracking === undefined) {
    return reply.error(
      "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
    );
  }
  if (call.argIs(2, "yes")) {
    if (!tracking.isOptIn) {
      return reply.error(
        "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
      );
    }
  } else if (call.argIs(2, "no")) {
    if (!tracking.isOptOut) {
      return reply.error(
        "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
      );
    }
  } else return reply.error(errors.SYNTAX);
  tracking.isCachingGiven = true;
  reply.ok();
}

function clientTrackinginfoHandler(call: Call): void {
  const { client: { tracking }, reply } = call;
  const flags = [tracking === undefined ? "off" : "on"];
  if (tracking?.isBroadcast) flags.push("bcast");
  if (tracking?.isOptIn) flags.push("optin");
  if (tracking?.isOptIn && tracking.isCachingGiven) flags.push("caching-yes");
  if (tracking?.isOptOut) flags.push("optout");
  if (tracking?.isOptOut && tracking.isCachingGiven) flags.push("caching-no");
  if (tracking?.isNoLoop) flags.push("noloop");
  if (tracking?.isBroken) flags.push("broken_redirect");
  reply.map(3);
  reply.text("flags");
  reply.set(flags.length);
  for (const flag of flags) reply.text(flag);
  reply.text("redirect");
  reply.integer(tracking?.redirect ?? -1);
  reply.text("prefixes");
  reply.texts([...tracking?.prefixes ?? []].sort());
}
