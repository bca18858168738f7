/** Searching for places: GEOSEARCH and GEOSEARCHSTORE. */

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
import { UNIT_ARGUMENT } from "./_places.ts";
import { search } from "./_search.ts";

/** `GEOSEARCH` */
export const geosearch: CommandSpec = {
  name: "geosearch",
  summary:
    "Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle.",
  since: "6.2.0",
  group: "geo",
  complexity:
    "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
  arity: -7,
  flags: ["readonly"],
  acl: ["geo"],
  history: [["7.0.0", "Added support for uppercase unit names."]],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    oneOf("from", [
      string("member", { token: "FROMMEMBER" }),
      block("longitude_latitude", [double("longitude"), double("latitude")], {
        token: "FROMLONLAT",
      }),
    ]),
    oneOf("by", [
      block("circle", [double("radius", { token: "BYRADIUS" }), UNIT_ARGUMENT]),
      block("box", [
        double("width", { token: "BYBOX" }),
        double("height"),
        UNIT_ARGUMENT,
      ]),
    ]),
    oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
    block("count", [
      integer("count", { token: "COUNT" }),
      token("any", "ANY", OPTIONAL),
    ], OPTIONAL),
    token("withcoord", "WITHCOORD", OPTIONAL),
    token("withdist", "WITHDIST", OPTIONAL),
    token("withhash", "WITHHASH", OPTIONAL),
  ],
  handler: geosearchHandler,
};

/** `GEOSEARCHSTORE` */
export const geosearchstore: CommandSpec = {
  name: "geosearchstore",
  summary:
    "Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle, and store the result in another key.",
  since: "6.2.0",
  group: "geo",
  complexity:
    "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
  arity: -8,
  flags: ["write", "denyoom"],
  acl: ["geo"],
  history: [["7.0.0", "Added support for uppercase unit names."]],
  keys: [keyAt(1, "OW", "update"), keyAt(2, "RO", "access")],
  arguments: [
    key("destination"),
    key("source", { keySpecIndex: 1 }),
    oneOf("from", [
      string("member", { token: "FROMMEMBER" }),
      block("longitude_latitude", [double("longitude"), double("latitude")], {
        token: "FROMLONLAT",
      }),
    ]),
    oneOf("by", [
      block("circle", [double("radius", { token: "BYRADIUS" }), UNIT_ARGUMENT]),
      block("box", [
        double("width", { token: "BYBOX" }),
        double("height"),
        UNIT_ARGUMENT,
      ]),
    ]),
    oneOf("order", [token("asc", "ASC"), token("desc", "DESC")], OPTIONAL),
    block("count", [
      integer("count", { token: "COUNT" }),
      token("any", "ANY", OPTIONAL),
    ], OPTIONAL),
    token("storedist", "STOREDIST", OPTIONAL),
  ],
  handler: geosearchstoreHandler,
};

function geosearchHandler(call: Call): void {
  search(call, { source: 1, first: 2, from: "options", mayStore: false });
}

function geosearchstoreHandler(call: Call): void {
  search(call, {
    ...{ source: 2, first: 3, from: "options", mayStore: false },
    destination: 1,
  });
}
