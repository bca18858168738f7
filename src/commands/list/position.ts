/** Where elements are. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, integer, key, keyAt, string } from "../spec.ts";
import { COUNT_MAX, magnitude } from "./_lists.ts";

/** `LPOS` */
export const lpos: CommandSpec = {
  name: "lpos",
  summary: "Return the index of matching elements on a list",
  since: "6.0.6",
  group: "list",
  complexity:
    "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
  arity: -3,
  flags: ["readonly"],
  acl: ["list"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [
    key("key"),
    string("element"),
    integer("rank", { token: "RANK", optional: true }),
    integer("num-matches", { token: "COUNT", optional: true }),
    integer("len", { token: "MAXLEN", optional: true }),
  ],
  handler: lposHandler,
};

/** As in Redis, the rank that cannot be negated passes over and limits nothing. */
const RANK_OF_ALL = -(2n ** 63n);

/** The options of LPOS. */
interface PositionOptions {
  rank: bigint;
  /** Undefined: the reply is a single index. 0: all matches. */
  count: number | undefined;
  /** 0: all elements. */
  maxLength: number;
}

function readPositionOptions(call: Call): PositionOptions | undefined {
  const options: PositionOptions = { rank: 1n, count: undefined, maxLength: 0 };
  for (let index = 3; index < call.argc; index += 2) {
    const hasValue = index + 1 < call.argc;
    if (hasValue && call.argIs(index, "rank")) {
      const rank = call.needInteger(index + 1);
      if (rank === undefined) return undefined;
      if (rank === 0n) {
        call.reply.error(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
        );
        return undefined;
      }
      options.rank = rank;
    } else if (hasValue && call.argIs(index, "count")) {
      const text = "ERR COUNT can't be negative";
      options.count = call.needIntegerIn(index + 1, 0, Infinity, text);
      if (options.count === undefined) return undefined;
    } else if (hasValue && call.argIs(index, "maxlen")) {
      const text = "ERR MAXLEN can't be negative";
      const maxLength = call.needIntegerIn(index + 1, 0, Infinity, text);
      if (maxLength === undefined) return undefined;
      options.maxLength = maxLength;
    } else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  return options;
}

function lposHandler(call: Call): void {
  const { keyspace, reply, x } = call;
  const options = readPositionOptions(call);
  if (options === undefined) return;
  const { rank, count, maxLength } = options;
  const entry = call.lookupReadOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) {
    if (count === undefined) reply.null();
    else reply.array(0);
    return;
  }
  keyspace.need(
    x.listPositionsReply(
      entry,
      x.argPtr(2),
      x.argLength(2),
      rank === RANK_OF_ALL ? 1 : magnitude(rank),
      rank < 0n ? 1 : 0,
      count === undefined ? 0 : 1,
      rank === RANK_OF_ALL ? 0 : Math.min(count ?? 0, COUNT_MAX),
      Math.min(maxLength, COUNT_MAX),
    ),
  );
}
