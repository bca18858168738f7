/** Client-side caching. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  oneOf,
  OPTIONAL,
  string,
  token,
  unimplemented,
} from "../spec.ts";

/** `CLIENT TRACKING` */
export const clientTracking: CommandSpec = {
  name: "tracking",
  summary: "Enable or disable server assisted client side caching support",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1). Some options may introduce additional complexity.",
  arity: -3,
  flags: ["noscript", "loading", "stale", "sentinel"],
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

/** `CLIENT TRACKINGINFO` */
export const clientTrackinginfo: CommandSpec = {
  name: "trackinginfo",
  summary:
    "Return information about server assisted client side caching for the current connection",
  since: "6.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientTrackinginfoHandler,
};

/** `CLIENT CACHING` */
export const clientCaching: CommandSpec = {
  name: "caching",
  summary: "Instruct the server about tracking or not keys in the next request",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 3,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  arguments: [oneOf("mode", [token("yes", "YES"), token("no", "NO")])],
  handler: clientCachingHandler,
};

/** `CLIENT GETREDIR` */
export const clientGetredir: CommandSpec = {
  name: "getredir",
  summary: "Get tracking notifications redirection client ID if any",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientGetredirHandler,
};

function clientTrackingHandler(call: Call): void {
  unimplemented(call);
}

function clientTrackinginfoHandler(call: Call): void {
  unimplemented(call);
}

function clientCachingHandler(call: Call): void {
  unimplemented(call);
}

function clientGetredirHandler(call: Call): void {
  unimplemented(call);
}
