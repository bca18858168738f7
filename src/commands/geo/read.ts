/** What places are where, and how far apart. */

import { TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  key,
  keyAt,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  string,
} from "../spec.ts";
import {
  placeOf,
  readUnit,
  replyDistance,
  replyPlace,
  UNIT,
} from "./_places.ts";

const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";
const HASH_CHARACTERS = 11;

/** `GEODIST` */
export const geodist: CommandSpec = {
  name: "geodist",
  summary: "Returns the distance between two members of a geospatial index",
  since: "3.2.0",
  group: "geo",
  complexity: "O(log(N))",
  arity: -4,
  flags: ["readonly"],
  acl: ["geo"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("member1"),
    string("member2"),
    oneOf("unit", UNIT, OPTIONAL),
  ],
  handler: geodistHandler,
};

/** `GEOHASH` */
export const geohash: CommandSpec = {
  name: "geohash",
  summary: "Returns members of a geospatial index as standard geohash strings",
  since: "3.2.0",
  group: "geo",
  complexity:
    "O(log(N)) for each member requested, where N is the number of elements in the sorted set.",
  arity: -2,
  flags: ["readonly"],
  acl: ["geo"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: geohashHandler,
};

/** `GEOPOS` */
export const geopos: CommandSpec = {
  name: "geopos",
  summary: "Returns longitude and latitude of members of a geospatial index",
  since: "3.2.0",
  group: "geo",
  complexity: "O(N) where N is the number of members requested.",
  arity: -2,
  flags: ["readonly"],
  acl: ["geo"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), string("member", MULTIPLE)],
  handler: geoposHandler,
};

function geodistHandler(call: Call): void {
  if (call.argc > 5) {
    call.reply.error(errors.SYNTAX);
    return;
  }
  const metres = call.argc === 5 ? readUnit(call, 4) : 1;
  if (metres === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  const a = entry === 0 ? undefined : placeOf(call, entry, 2);
  const b = a === undefined ? undefined : placeOf(call, entry, 3);
  if (a === undefined || b === undefined) call.reply.null();
  else replyDistance(call, call.x.geoDistance(a.x, a.y, b.x, b.y) / metres);
}

function geohashHandler(call: Call): void {
  const { reply, x } = call;
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  reply.array(call.argc - 2);
  for (let i = 2; i < call.argc; i++) {
    if (entry === 0 || !x.zsetFind(entry, x.argPtr(i), x.argLength(i))) {
      reply.null();
      continue;
    }
    const score = x.zsetFoundScore();
    let text = "";
    for (let at = 0; at < HASH_CHARACTERS; at++) {
      text += ALPHABET[x.geoStandardDigit(score, at)];
    }
    reply.text(text);
  }
}

function geoposHandler(call: Call): void {
  const entry = call.lookupReadOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  call.reply.array(call.argc - 2);
  for (let i = 2; i < call.argc; i++) {
    const place = entry === 0 ? undefined : placeOf(call, entry, i);
    if (place === undefined) call.reply.nullArray();
    else replyPlace(call, place);
  }
}
