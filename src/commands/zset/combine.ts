/** Union, intersection and difference of sorted sets (and sets). */

import { OutOfMemory } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  token,
} from "../spec.ts";
import { countedKeys } from "./_keys.ts";
import { refuseSyntax } from "./_ranges.ts";
import { SCORES } from "./_replies.ts";
import { storedNothing, storedSome } from "./_store.ts";

/** Operations and aggregates as the core's `combineRun` takes them. */
const UNION = 0;
const INTER = 1;
const DIFF = 2;
const SUM = 0;
const AGGREGATES: readonly string[] = ["sum", "min", "max"];

/** What a command does with its inputs. */
interface CombineForm {
  readonly operation: number;
  /** The argument that holds the number of keys. */
  readonly countIndex: number;
  readonly isStore?: boolean;
  /** Only the number of members is asked for. */
  readonly isCard?: boolean;
}

interface CombineOptions {
  weights: number[] | undefined;
  aggregate: number;
  withScores: boolean;
  limit: number;
}

/** `ZDIFF` */
export const zdiff: CommandSpec = {
  name: "zdiff",
  summary: "Subtract multiple sorted sets",
  since: "6.2.0",
  group: "sorted-set",
  complexity:
    "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
  arity: -3,
  flags: ["readonly"],
  acl: ["sortedset"],
  keys: [countedKeys(1, "RO", "access")],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    token("withscores", "WITHSCORES", OPTIONAL),
  ],
  handler: zdiffHandler,
};

/** `ZDIFFSTORE` */
export const zdiffstore: CommandSpec = {
  name: "zdiffstore",
  summary:
    "Subtract multiple sorted sets and store the resulting sorted set in a new key",
  since: "6.2.0",
  group: "sorted-set",
  complexity:
    "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
  arity: -4,
  flags: ["write", "denyoom"],
  acl: ["sortedset"],
  keys: [keyAt(1, "OW", "update"), countedKeys(2, "RO", "access")],
  arguments: [
    key("destination"),
    integer("numkeys"),
    key("key", { keySpecIndex: 1, multiple: true }),
  ],
  handler: zdiffstoreHandler,
};

/** `ZINTER` */
export const zinter: CommandSpec = {
  name: "zinter",
  summary: "Intersect multiple sorted sets",
  since: "6.2.0",
  group: "sorted-set",
  complexity:
    "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
  arity: -3,
  flags: ["readonly"],
  acl: ["sortedset"],
  keys: [countedKeys(1, "RO", "access")],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    integer("weight", { token: "WEIGHTS", optional: true, multiple: true }),
    oneOf("aggregate", [
      token("sum", "SUM"),
      token("min", "MIN"),
      token("max", "MAX"),
    ], { token: "AGGREGATE", optional: true }),
    token("withscores", "WITHSCORES", OPTIONAL),
  ],
  handler: zinterHandler,
};

/** `ZINTERCARD` */
export const zintercard: CommandSpec = {
  name: "zintercard",
  summary:
    "Intersect multiple sorted sets and return the cardinality of the result",
  since: "7.0.0",
  group: "sorted-set",
  complexity:
    "O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
  arity: -3,
  flags: ["readonly"],
  acl: ["sortedset"],
  keys: [countedKeys(1, "RO", "access")],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    integer("limit", { token: "LIMIT", optional: true }),
  ],
  handler: zintercardHandler,
};

/** `ZINTERSTORE` */
export const zinterstore: CommandSpec = {
  name: "zinterstore",
  summary:
    "Intersect multiple sorted sets and store the resulting sorted set in a new key",
  since: "2.0.0",
  group: "sorted-set",
  complexity:
    "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
  arity: -4,
  flags: ["write", "denyoom"],
  acl: ["sortedset"],
  keys: [keyAt(1, "OW", "update"), countedKeys(2, "RO", "access")],
  arguments: [
    key("destination"),
    integer("numkeys"),
    key("key", { keySpecIndex: 1, multiple: true }),
    integer("weight", { token: "WEIGHTS", optional: true, multiple: true }),
    oneOf("aggregate", [
      token("sum", "SUM"),
      token("min", "MIN"),
      token("max", "MAX"),
    ], { token: "AGGREGATE", optional: true }),
  ],
  handler: zinterstoreHandler,
};

/** `ZUNION` */
export const zunion: CommandSpec = {
  name: "zunion",
  summary: "Add multiple sorted sets",
  since: "6.2.0",
  group: "sorted-set",
  complexity:
    "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
  arity: -3,
  flags: ["readonly"],
  acl: ["sortedset"],
  keys: [countedKeys(1, "RO", "access")],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    integer("weight", { token: "WEIGHTS", optional: true, multiple: true }),
    oneOf("aggregate", [
      token("sum", "SUM"),
      token("min", "MIN"),
      token("max", "MAX"),
    ], { token: "AGGREGATE", optional: true }),
    token("withscores", "WITHSCORES", OPTIONAL),
  ],
  handler: zunionHandler,
};

/** `ZUNIONSTORE` */
export const zunionstore: CommandSpec = {
  name: "zunionstore",
  summary:
    "Add multiple sorted sets and store the resulting sorted set in a new key",
  since: "2.0.0",
  group: "sorted-set",
  complexity:
    "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
  arity: -4,
  flags: ["write", "denyoom"],
  acl: ["sortedset"],
  keys: [keyAt(1, "OW", "update"), countedKeys(2, "RO", "access")],
  arguments: [
    key("destination"),
    integer("numkeys"),
    key("key", { keySpecIndex: 1, multiple: true }),
    integer("weight", { token: "WEIGHTS", optional: true, multiple: true }),
    oneOf("aggregate", [
      token("sum", "SUM"),
      token("min", "MIN"),
      token("max", "MAX"),
    ], { token: "AGGREGATE", optional: true }),
  ],
  handler: zunionstoreHandler,
};

function zdiffHandler(call: Call): void {
  combine(call, { operation: DIFF, countIndex: 1 });
}

function zdiffstoreHandler(call: Call): void {
  combine(call, { operation: DIFF, countIndex: 2, isStore: true });
}

function zinterHandler(call: Call): void {
  combine(call, { operation: INTER, countIndex: 1 });
}

function zintercardHandler(call: Call): void {
  combine(call, { operation: INTER, countIndex: 1, isCard: true });
}

function zinterstoreHandler(call: Call): void {
  combine(call, { operation: INTER, countIndex: 2, isStore: true });
}

function zunionHandler(call: Call): void {
  combine(call, { operation: UNION, countIndex: 1 });
}

function zunionstoreHandler(call: Call): void {
  combine(call, { operation: UNION, countIndex: 2, isStore: true });
}

/** The number of keys; replies an error and returns undefined. */
function readKeyCount(call: Call, index: number): number | undefined {
  const count = call.needInteger(index);
  if (count === undefined) return undefined;
  if (count < 1n) {
    call.reply.error(
      `ERR at least 1 input key is needed for '${call.entry.fullName}' command`,
    );
    return undefined;
  }
  if (count > call.argc - index - 1) return refuseSyntax(call);
  return Number(count);
}

/** The entries of the keys, 0 where there is none; replies and returns undefined. */
function readInputs(
  call: Call,
  first: number,
  count: number,
): number[] | undefined {
  const entries: number[] = [];
  for (let i = first; i < first + count; i++) {
    const entry = call.lookupRead(i);
    if (entry !== 0 && !call.x.inputAccepts(entry)) {
      call.reply.error(errors.WRONG_TYPE);
      return undefined;
    }
    entries.push(entry);
  }
  return entries;
}

/** Weights from an argument on; replies an error and returns undefined. */
function readWeights(
  call: Call,
  first: number,
  count: number,
): number[] | undefined {
  const { x } = call;
  const weights: number[] = [];
  for (let i = first; i < first + count; i++) {
    if (!x.parseF64(x.argPtr(i), x.argLength(i), 0)) {
      call.reply.error("ERR weight value is not a float");
      return undefined;
    }
    weights.push(x.parsedF64());
  }
  return weights;
}

function readOptions(
  call: Call,
  form: CombineForm,
  start: number,
  count: number,
): CombineOptions | undefined {
  const options: CombineOptions = {
    weights: undefined,
    aggregate: SUM,
    withScores: false,
    limit: 0,
  };
  const mayWeigh = form.operation !== DIFF && !form.isCard;
  for (let i = start; i < call.argc;) {
    const left = call.argc - i;
    if (mayWeigh && left > count && call.argIs(i, "weights")) {
      options.weights = readWeights(call, i + 1, count);
      if (options.weights === undefined) return undefined;
      i += 1 + count;
    } else if (mayWeigh && left >= 2 && call.argIs(i, "aggregate")) {
      options.aggregate = AGGREGATES.indexOf(call.argWord(i + 1));
      if (options.aggregate < 0) return refuseSyntax(call);
      i += 2;
    } else if (!form.isStore && !form.isCard && call.argIs(i, "withscores")) {
      options.withScores = true;
      i++;
    } else if (form.isCard && left >= 2 && call.argIs(i, "limit")) {
      const limit = call.needIntegerIn(
        i + 1,
        0,
        Infinity,
        "ERR LIMIT can't be negative",
      );
      if (limit === undefined) return undefined;
      options.limit = limit;
      i += 2;
    } else return refuseSyntax(call);
  }
  return options;
}

function combine(call: Call, form: CombineForm): void {
  const { keyspace, x } = call;
  const first = form.countIndex + 1;
  const count = readKeyCount(call, form.countIndex);
  if (count === undefined) return;
  const entries = readInputs(call, first, count);
  if (entries === undefined) return;
  const options = readOptions(call, form, first + count, count);
  if (options === undefined) return;
  keyspace.need(x.combineReset());
  entries.forEach((entry, i) =>
    keyspace.need(x.combineAdd(entry, options.weights?.[i] ?? 1))
  );
  if (form.isCard) {
    const limit = Math.min(options.limit, 0xffffffff);
    call.reply.integer(x.combineCommon(limit) >>> 0);
    return;
  }
  const result = keyspace.need(
    x.combineRun(form.operation, options.aggregate),
  );
  if (form.isStore) store(call, result);
  else {
    x.combineReply(result, options.withScores ? SCORES : 0);
    x.combineFree(result);
  }
}

function store(call: Call, result: number): void {
  const { x } = call;
  const length = x.combineLength(result) >>> 0;
  if (length === 0) {
    x.combineFree(result);
    storedNothing(call);
    return;
  }
  const isNew = call.keyspace.peek(call.db, x.argPtr(1), x.argLength(1)) === 0;
  if (!x.combineStore(call.db, x.argPtr(1), x.argLength(1), result)) {
    throw new OutOfMemory();
  }
  storedSome(call, isNew, call.entry.fullName, length);
}
