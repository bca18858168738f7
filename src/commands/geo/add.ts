/** Adding places. */

import { OutOfMemory, TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import type { EffectArgument } from "../../effects/mod.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  double,
  key,
  keyAt,
  MULTIPLE,
  oneOf,
  string,
  token,
} from "../spec.ts";
import { readPlace } from "./_places.ts";

/** Options as the core's `zsetAdd` takes them. */
const NX = 1;
const XX = 2;
/** An option of the reply alone. */
const CH = 32;

/** Results of `zsetAdd`. */
const ADDED = 1;
const UPDATED = 2;

/** `GEOADD` */
export const geoadd: CommandSpec = {
  name: "geoadd",
  summary:
    "Add one or more geospatial items in the geospatial index represented using a sorted set",
  since: "3.2.0",
  group: "geo",
  complexity:
    "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
  arity: -5,
  flags: ["write", "denyoom"],
  acl: ["geo"],
  history: [["6.2.0", "Added the `CH`, `NX` and `XX` options."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [
    key("key"),
    oneOf("condition", [token("nx", "NX"), token("xx", "XX")], {
      since: "6.2.0",
      optional: true,
    }),
    token("change", "CH", { since: "6.2.0", optional: true }),
    block("longitude_latitude_member", [
      double("longitude"),
      double("latitude"),
      string("member"),
    ], MULTIPLE),
  ],
  handler: geoaddHandler,
};

/** Redis turns it into a ZADD with the scores of the places. */
function geoaddHandler(call: Call): void {
  let options = 0;
  let first = 2;
  for (; first < call.argc; first++) {
    if (call.argIs(first, "nx")) options |= NX;
    else if (call.argIs(first, "xx")) options |= XX;
    else if (call.argIs(first, "ch")) options |= CH;
    else break;
  }
  const count = call.argc - first;
  const isBoth = (options & (NX | XX)) === (NX | XX);
  if (count % 3 !== 0 || count === 0 || isBoth) {
    call.reply.error(errors.SYNTAX);
    return;
  }
  const scores: number[] = [];
  for (let i = first; i < call.argc; i += 3) {
    const place = readPlace(call, i);
    if (place === undefined) return;
    scores.push(call.x.geoEncode(place.x, place.y));
  }
  const entry = call.lookupWriteOf(1, TYPE_ZSET);
  if (entry !== WRONG) add(call, entry, first, options, scores);
}

function add(
  call: Call,
  entry: number,
  first: number,
  options: number,
  scores: readonly number[],
): void {
  const { x } = call;
  let added = 0;
  let updated = 0;
  let current = entry;
  for (const [i, score] of scores.entries()) {
    const member = first + i * 3 + 2;
    const result = x.zsetAdd(
      call.db,
      x.argPtr(1),
      x.argLength(1),
      current,
      x.argPtr(member),
      x.argLength(member),
      score,
      options & (NX | XX),
    );
    if (result === 0) throw new OutOfMemory();
    if (result === ADDED) added++;
    else if (result === UPDATED) updated++;
    current = x.zsetAddedEntry();
  }
  if (added + updated > 0) {
    if (entry === 0) call.notify("new", "new", 1);
    call.notify("zset", "zadd", 1);
    if (call.services.effects.isRecording) rewrite(call, first, scores);
  }
  call.reply.integer((options & CH) !== 0 ? added + updated : added);
}

function rewrite(call: Call, first: number, scores: readonly number[]): void {
  const pairs: EffectArgument[] = [];
  for (let i = 1; i < first; i++) pairs.push(call.effectArg(i));
  for (const [i, score] of scores.entries()) {
    pairs.push(String(score), call.effectArg(first + i * 3 + 2));
  }
  call.rewrite("ZADD", ...pairs);
}
