/** Drawing fields of hashes at random. */

import { INT64_MAX } from "../../base/int64.ts";
import { TYPE_HASH } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  OPTIONAL,
  token,
} from "../spec.ts";

/** `HRANDFIELD` */
export const hrandfield: CommandSpec = {
  name: "hrandfield",
  summary: "Get one or multiple random fields from a hash",
  since: "6.2.0",
  group: "hash",
  complexity: "O(N) where N is the number of fields returned",
  arity: -2,
  flags: ["readonly"],
  acl: ["hash"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    block("options", [
      integer("count"),
      token("withvalues", "WITHVALUES", OPTIONAL),
    ], OPTIONAL),
  ],
  handler: hrandfieldHandler,
};

/** Fields drawn between two looks at whether the reply still has room. */
const DRAWN_AT_ONCE = 1000;

function hrandfieldHandler(call: Call): void {
  if (call.argc > 2) {
    randomFields(call);
    return;
  }
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0) return call.reply.null();
  if (expireAll(call, entry)) call.reply.null();
  else call.x.hashRandomReply(entry);
}

/** Removes all fields past their time; whether the hash went with them. */
function expireAll(call: Call, entry: number): boolean {
  return call.keyspace.expireFields(call.db, entry, Infinity);
}

/** The count at argument 2; undefined if an error was replied. */
function readCount(call: Call, hasValues: boolean): bigint | undefined {
  const count = call.needNegatable(2);
  const refuse = (error: string) => {
    call.reply.error(error);
    return undefined;
  };
  if (count === undefined) return undefined;
  if (call.argc > 4 || (hasValues && !call.argIs(3, "withvalues"))) {
    return refuse(errors.SYNTAX);
  }
  if (hasValues && (count < -INT64_MAX / 2n || count > INT64_MAX / 2n)) {
    return refuse("ERR value is out of range");
  }
  return count;
}

function randomFields(call: Call): void {
  const hasValues = call.argc > 3;
  const count = readCount(call, hasValues);
  if (count === undefined) return;
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  if (entry === 0 || expireAll(call, entry) || count === 0n) {
    call.reply.array(0);
  } else if (count < 0n) replyRepeated(call, entry, -count, hasValues);
  else replyDistinct(call, entry, count, hasValues);
}

/** The header of a reply of so many fields: with values, they are pairs in RESP3. */
function replyHeader(call: Call, count: bigint, hasValues: boolean): void {
  const { core, x } = call;
  const isFlat = hasValues && x.replyProtocol() === 2;
  const header = `*${isFlat ? count * 2n : count}\r\n`;
  x.outputAppend(core.putText(header), header.length);
}

/** As many fields as asked for, the same ones several times perhaps. */
function replyRepeated(
  call: Call,
  entry: number,
  count: bigint,
  hasValues: boolean,
): void {
  const { x } = call;
  replyHeader(call, count, hasValues);
  const output = x.outputSelected();
  for (let left = Number(count); left > 0; left -= DRAWN_AT_ONCE) {
    x.hashRandomMany(entry, Math.min(left, DRAWN_AT_ONCE), hasValues);
    // A reply without end is cut off, and the client with it.
    if (output === 0 || x.outputFlags(output) !== 0) return;
  }
}

/** Different fields, no more than there are. */
function replyDistinct(
  call: Call,
  entry: number,
  count: bigint,
  hasValues: boolean,
): void {
  const { x } = call;
  const total = x.hashCount(entry) >>> 0;
  const wanted = count < total ? Number(count) : total;
  replyHeader(call, BigInt(wanted), hasValues);
  if (wanted === 1) x.hashRandomMany(entry, 1, hasValues);
  else call.keyspace.need(x.hashRandomDistinct(entry, wanted, hasValues));
}
