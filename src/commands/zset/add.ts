/** Adding members to sorted sets, and changing their scores. */

import { OutOfMemory, TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  double,
  integer,
  key,
  keyAt,
  MULTIPLE,
  oneOf,
  string,
  token,
} from "../spec.ts";
import { refuseSyntax } from "./_ranges.ts";

/** Options as the core's `zaddRun` takes them. */
const NX = 1;
const XX = 2;
const GT = 4;
const LT = 8;
const INCR = 16;
/** An option of the reply alone. */
const CH = 32;

/** A result of `zaddRun`. */
const RUN_NAN = 2;

interface OptionWord {
  readonly word: string;
  readonly bit: number;
}

const WORDS: readonly OptionWord[] = [
  { word: "nx", bit: NX },
  { word: "xx", bit: XX },
  { word: "gt", bit: GT },
  { word: "lt", bit: LT },
  { word: "ch", bit: CH },
  { word: "incr", bit: INCR },
];

/** `ZADD` */
export const zadd: CommandSpec = {
  name: "zadd",
  summary:
    "Add one or more members to a sorted set, or update its score if it already exists",
  since: "1.2.0",
  group: "sorted-set",
  complexity:
    "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
  arity: -4,
  flags: ["write", "denyoom", "fast"],
  acl: ["sortedset"],
  history: [["2.4.0", "Accepts multiple elements."], [
    "3.0.2",
    "Added the `XX`, `NX`, `CH` and `INCR` options.",
  ], ["6.2.0", "Added the `GT` and `LT` options."]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [
    key("key"),
    oneOf("condition", [token("nx", "NX"), token("xx", "XX")], {
      since: "3.0.2",
      optional: true,
    }),
    oneOf("comparison", [token("gt", "GT"), token("lt", "LT")], {
      since: "6.2.0",
      optional: true,
    }),
    token("change", "CH", { since: "3.0.2", optional: true }),
    token("increment", "INCR", { since: "3.0.2", optional: true }),
    block("score_member", [double("score"), string("member")], MULTIPLE),
  ],
  handler: zaddHandler,
};

/** `ZINCRBY` */
export const zincrby: CommandSpec = {
  name: "zincrby",
  summary: "Increment the score of a member in a sorted set",
  since: "1.2.0",
  group: "sorted-set",
  complexity: "O(log(N)) where N is the number of elements in the sorted set.",
  arity: 4,
  flags: ["write", "denyoom", "fast"],
  acl: ["sortedset"],
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), integer("increment"), string("member")],
  handler: zincrbyHandler,
};

function zaddHandler(call: Call): void {
  add(call, 0);
}

function zincrbyHandler(call: Call): void {
  add(call, INCR);
}

/** The option at an argument, 0 if it is none. */
function optionAt(call: Call, index: number): number {
  const length = call.argLength(index);
  if (length !== 2 && length !== 4) return 0;
  return WORDS.find(({ word }) => call.argIs(index, word))?.bit ?? 0;
}

/** Whether options and number of arguments agree; if not, replies an error. */
function checkOptions(call: Call, options: number, first: number): boolean {
  const count = call.argc - first;
  const has = (bits: number) => (options & bits) === bits;
  if (count === 0 || count % 2 !== 0) refuseSyntax(call);
  else if (has(NX | XX)) {
    call.reply.error(
      "ERR XX and NX options at the same time are not compatible",
    );
  } else if (has(GT | NX) || has(LT | NX) || has(GT | LT)) {
    call.reply.error(
      "ERR GT, LT, and/or NX options at the same time are not compatible",
    );
  } else if (has(INCR) && count > 2) {
    call.reply.error(
      "ERR INCR option supports a single increment-element pair",
    );
  } else return true;
  return false;
}

function add(call: Call, given: number): void {
  const { reply, x } = call;
  let options = given;
  let first = 2;
  for (; first < call.argc; first++) {
    const bit = optionAt(call, first);
    if (bit === 0) break;
    options |= bit;
  }
  if (!checkOptions(call, options, first)) return;
  const read = x.zaddScores(first);
  if (read < 0) throw new OutOfMemory();
  if (read === 0) {
    reply.error(errors.NOT_A_FLOAT);
    return;
  }
  const entry = call.lookupWriteOf(1, TYPE_ZSET);
  if (entry === WRONG) return;
  const result = x.zaddRun(call.db, entry, first, options);
  if (result === RUN_NAN) {
    reply.error("ERR resulting score is not a number (NaN)");
    return;
  }
  call.keyspace.need(result);
  const added = x.zaddAdded() >>> 0;
  const changed = added + (x.zaddUpdated() >>> 0);
  if (changed > 0) {
    if (entry === 0) call.notify("new", "new", 1);
    call.notify("zset", (options & INCR) !== 0 ? "zincr" : "zadd", 1);
  }
  if ((options & INCR) === 0) {
    reply.integer((options & CH) !== 0 ? changed : added);
  } else if (x.zaddProcessed()) reply.double(x.zaddScore());
  else reply.null();
}
