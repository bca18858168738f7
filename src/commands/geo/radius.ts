/** The older forms of searching for places. */

import type { Call } from "../call.ts";
import {
  block,
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { storedAt, UNIT_ARGUMENT } from "./_places.ts";
import { search } from "./_search.ts";

/** `GEORADIUS` */
export const georadius: CommandSpec = {
  name: "georadius",
  summary:
    "Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a point",
  since: "3.2.0",
  group: "geo",
  complexity:
    "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
  arity: -6,
  flags: ["write", "denyoom"],
  acl: ["geo"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
  history: [["6.2.0", "Added the `ANY` option for `COUNT`."], [
    "7.0.0",
    "Added support for uppercase unit names.",
  ]],
  keys: [
    keyAt(1, "RO", "access"),
    storedAt("STORE", 6),
    storedAt("STOREDIST", 6),
  ],
  arguments: [
    key("key"),
    double("longitude"),
    double("latitude"),
    double("radius"),
    UNIT_ARGUMENT,
    token("withcoord", "WITHCOORD", OPTIONAL),
    token("withdist", "WITHDIST", OPTIONAL),
    token("withhash", "WITHHASH", OPTIONAL),
    block("count", [
      integer("count", { token: "COUNT" }),
      token("any", "ANY", { since: "6.2.0", optional: true }),
    ], OPTIONAL),
    oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
    key("key", { token: "STORE", keySpecIndex: 1, optional: true }),
    key("key", { token: "STOREDIST", keySpecIndex: 2, optional: true }),
  ],
  handler: georadiusHandler,
};

/** `GEORADIUS_RO` */
export const georadiusRo: CommandSpec = {
  name: "georadius_ro",
  summary: "A read-only variant for GEORADIUS",
  since: "3.2.10",
  group: "geo",
  complexity:
    "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
  arity: -6,
  flags: ["readonly"],
  acl: ["geo"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument",
  history: [["6.2.0", "Added the `ANY` option for `COUNT`."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    double("longitude"),
    double("latitude"),
    double("radius"),
    UNIT_ARGUMENT,
    token("withcoord", "WITHCOORD", OPTIONAL),
    token("withdist", "WITHDIST", OPTIONAL),
    token("withhash", "WITHHASH", OPTIONAL),
    block("count", [
      integer("count", { token: "COUNT" }),
      token("any", "ANY", { since: "6.2.0", optional: true }),
    ], OPTIONAL),
    oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
  ],
  handler: georadiusRoHandler,
};

/** `GEORADIUSBYMEMBER` */
export const georadiusbymember: CommandSpec = {
  name: "georadiusbymember",
  summary:
    "Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a member",
  since: "3.2.0",
  group: "geo",
  complexity:
    "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
  arity: -5,
  flags: ["write", "denyoom"],
  acl: ["geo"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy:
    "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
  history: [["7.0.0", "Added support for uppercase unit names."]],
  keys: [
    keyAt(1, "RO", "access"),
    storedAt("STORE", 5),
    storedAt("STOREDIST", 5),
  ],
  arguments: [
    key("key"),
    string("member"),
    double("radius"),
    UNIT_ARGUMENT,
    token("withcoord", "WITHCOORD", OPTIONAL),
    token("withdist", "WITHDIST", OPTIONAL),
    token("withhash", "WITHHASH", OPTIONAL),
    block("count", [
      integer("count", { token: "COUNT" }),
      token("any", "ANY", OPTIONAL),
    ], OPTIONAL),
    oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
    key("key", { token: "STORE", keySpecIndex: 1, optional: true }),
    key("key", { token: "STOREDIST", keySpecIndex: 2, optional: true }),
  ],
  handler: georadiusbymemberHandler,
};

/** `GEORADIUSBYMEMBER_RO` */
export const georadiusbymemberRo: CommandSpec = {
  name: "georadiusbymember_ro",
  summary: "A read-only variant for GEORADIUSBYMEMBER",
  since: "3.2.10",
  group: "geo",
  complexity:
    "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
  arity: -5,
  flags: ["readonly"],
  acl: ["geo"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("member"),
    double("radius"),
    UNIT_ARGUMENT,
    token("withcoord", "WITHCOORD", OPTIONAL),
    token("withdist", "WITHDIST", OPTIONAL),
    token("withhash", "WITHHASH", OPTIONAL),
    block("count", [
      integer("count", { token: "COUNT" }),
      token("any", "ANY", OPTIONAL),
    ], OPTIONAL),
    oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
  ],
  handler: georadiusbymemberRoHandler,
};

function georadiusHandler(call: Call): void {
  search(call, { source: 1, first: 6, from: "place", mayStore: true });
}

function georadiusRoHandler(call: Call): void {
  search(call, { source: 1, first: 6, from: "place", mayStore: false });
}

function georadiusbymemberHandler(call: Call): void {
  search(call, { source: 1, first: 5, from: "member", mayStore: true });
}

function georadiusbymemberRoHandler(call: Call): void {
  search(call, { source: 1, first: 5, from: "member", mayStore: false });
}
