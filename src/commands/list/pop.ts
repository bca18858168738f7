/** Elements taken from the ends. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  type KeySpec,
  MULTIPLE,
} from "../spec.ts";
import { listToPop, popElements, readIsLeft, whereArgument } from "./_lists.ts";

/** `LPOP` */
export const lpop: CommandSpec = {
  name: "lpop",
  summary: "Remove and get the first elements in a list",
  since: "1.0.0",
  group: "list",
  complexity: "O(N) where N is the number of elements returned",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["list"],
  history: [["6.2.0", "Added the `count` argument."]],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [
    key("key"),
    integer("count", { since: "6.2.0", optional: true }),
  ],
  handler: (call) => pop(call, true),
  kernel: "lpop",
};

/** `RPOP` */
export const rpop: CommandSpec = {
  name: "rpop",
  summary: "Remove and get the last elements in a list",
  since: "1.0.0",
  group: "list",
  complexity: "O(N) where N is the number of elements returned",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["list"],
  history: [["6.2.0", "Added the `count` argument."]],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [
    key("key"),
    integer("count", { since: "6.2.0", optional: true }),
  ],
  handler: (call) => pop(call, false),
  kernel: "rpop",
};

/** The key spec of LMPOP and BLMPOP. */
export function numberedKeys(index: number): KeySpec {
  return {
    flags: ["RW", "access", "delete"],
    beginSearch: { type: "index", index },
    findKeys: { type: "keynum", keyNumIndex: 0, firstKey: 1, keyStep: 1 },
  };
}

/** `LMPOP` */
export const lmpop: CommandSpec = {
  name: "lmpop",
  summary: "Pop elements from a list",
  since: "7.0.0",
  group: "list",
  complexity:
    "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
  arity: -4,
  flags: ["write"],
  acl: ["list"],
  keys: [numberedKeys(1)],
  arguments: [
    integer("numkeys"),
    key("key", MULTIPLE),
    whereArgument("where"),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: lmpopHandler,
};

function pop(call: Call, isLeft: boolean): void {
  const { reply, x } = call;
  if (call.argc > 3) {
    reply.error(errors.wrongArity(call.entry.fullName));
    return;
  }
  const hasCount = call.argc === 3;
  const count = hasCount
    ? call.needIntegerIn(
      2,
      0,
      Infinity,
      "ERR value is out of range, must be positive",
    )
    : 1;
  if (count === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  if (entry === 0) {
    if (hasCount) reply.nullArray();
    else reply.null();
    return;
  }
  const taken = Math.min(count, x.listLengthOf(entry) >>> 0);
  if (hasCount) reply.array(taken);
  if (taken > 0) popElements(call, entry, 1, isLeft, taken);
}

/** What LMPOP and BLMPOP are to pop. */
export interface ManyPop {
  /** Argument indexes of the keys. */
  readonly keys: readonly number[];
  readonly isLeft: boolean;
  readonly count: number;
}

/** Reads `numkeys key… LEFT|RIGHT [COUNT n]`; undefined after replying an error. */
export function readManyPop(call: Call, index: number): ManyPop | undefined {
  const numkeys = call.needIntegerIn(
    index,
    1,
    Infinity,
    "ERR numkeys should be greater than 0",
  );
  if (numkeys === undefined) return undefined;
  const where = index + numkeys + 1;
  if (where >= call.argc) {
    call.reply.error(errors.SYNTAX);
    return undefined;
  }
  const isLeft = readIsLeft(call, where);
  if (isLeft === undefined) return undefined;
  let count = 1;
  if (where + 1 < call.argc) {
    const hasCount = call.argIs(where + 1, "count") && where + 2 < call.argc;
    const given = hasCount
      ? call.needIntegerIn(
        where + 2,
        1,
        Infinity,
        "ERR count should be greater than 0",
      )
      : undefined;
    if (hasCount && given === undefined) return undefined;
    if (given === undefined || where + 3 < call.argc) {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
    count = given;
  }
  const keys = Array.from({ length: numkeys }, (_, i) => index + 1 + i);
  return { keys, isLeft, count };
}

/**
 * Pops from the first of the keys that is a list. False if none is, and
 * nothing has been replied.
 */
export function popFromFirst(call: Call, { keys, isLeft, count }: ManyPop) {
  const { reply, x } = call;
  for (const index of keys) {
    const entry = listToPop(call, index);
    if (entry === WRONG) return true;
    if (entry === 0) continue;
    const taken = Math.min(count, x.listLengthOf(entry) >>> 0);
    reply.array(2);
    reply.bulk(x.argPtr(index), x.argLength(index));
    reply.array(taken);
    popElements(call, entry, index, isLeft, taken);
    call.rewrite(
      isLeft ? "LPOP" : "RPOP",
      call.effectArg(index),
      String(taken),
    );
    return true;
  }
  return false;
}

function lmpopHandler(call: Call): void {
  const wanted = readManyPop(call, 1);
  if (wanted === undefined) return;
  if (!popFromFirst(call, wanted)) call.reply.nullArray();
}
