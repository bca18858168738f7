/** Elements moved from one list to another. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { readTimeout } from "../_timeout.ts";
import { type CommandSpec, double, key, keyAt } from "../spec.ts";
import {
  listToPop,
  readIsLeft,
  removeIfEmptied,
  whereArgument,
} from "./_lists.ts";

const KEYS = [
  keyAt(1, "RW", "access", "delete"),
  keyAt(2, "RW", "insert"),
];

const KEY_ARGUMENTS = [
  key("source"),
  key("destination", { keySpecIndex: 1 }),
];

/** `LMOVE` */
export const lmove: CommandSpec = {
  name: "lmove",
  summary: "Pop an element from a list, push it to another list and return it",
  since: "6.2.0",
  group: "list",
  complexity: "O(1)",
  arity: 5,
  flags: ["write", "denyoom"],
  acl: ["list"],
  keys: KEYS,
  arguments: [
    ...KEY_ARGUMENTS,
    whereArgument("wherefrom"),
    whereArgument("whereto"),
  ],
  handler: lmoveHandler,
};

/** `RPOPLPUSH` */
export const rpoplpush: CommandSpec = {
  name: "rpoplpush",
  summary:
    "Remove the last element in a list, prepend it to another list and return it",
  since: "1.2.0",
  group: "list",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom"],
  acl: ["list"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments",
  keys: KEYS,
  arguments: KEY_ARGUMENTS,
  handler: (call) => move(call, false, true),
};

/** `BLMOVE` */
export const blmove: CommandSpec = {
  name: "blmove",
  summary:
    "Pop an element from a list, push it to another list and return it; or block until one is available",
  since: "6.2.0",
  group: "list",
  complexity: "O(1)",
  arity: 6,
  flags: ["write", "denyoom", "noscript", "blocking"],
  acl: ["list"],
  keys: KEYS,
  arguments: [
    ...KEY_ARGUMENTS,
    whereArgument("wherefrom"),
    whereArgument("whereto"),
    double("timeout"),
  ],
  handler: blmoveHandler,
};

/** `BRPOPLPUSH` */
export const brpoplpush: CommandSpec = {
  name: "brpoplpush",
  summary:
    "Pop an element from a list, push it to another list and return it; or block until one is available",
  since: "2.2.0",
  group: "list",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom", "noscript", "blocking"],
  acl: ["list"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
  history: [
    ["6.0.0", "`timeout` is interpreted as a double instead of an integer."],
  ],
  keys: KEYS,
  arguments: [...KEY_ARGUMENTS, double("timeout")],
  handler: brpoplpushHandler,
};

function lmoveHandler(call: Call): void {
  const fromLeft = readIsLeft(call, 3);
  if (fromLeft === undefined) return;
  const toLeft = readIsLeft(call, 4);
  if (toLeft !== undefined) move(call, fromLeft, toLeft);
}

function move(call: Call, fromLeft: boolean, toLeft: boolean): void {
  const source = call.lookupWriteOf(1, TYPE_LIST);
  if (source === 0) call.reply.null();
  else if (source !== WRONG) moveElement(call, source, fromLeft, toLeft);
}

/** False after replying that the destination is no list. */
function moveElement(
  call: Call,
  source: number,
  fromLeft: boolean,
  toLeft: boolean,
): boolean {
  const { db, keyspace, x } = call;
  const target = call.lookupWriteOf(2, TYPE_LIST);
  if (target === WRONG) return false;
  const toHead = toLeft ? 1 : 0;
  const fromHead = fromLeft ? 1 : 0;
  try {
    keyspace.need(x.listHold(source, fromHead));
    keyspace.need(
      target === 0
        ? x.listCreate(db, x.argPtr(2), x.argLength(2), toHead, 0, 1)
        : x.listPush(db, target, toHead, 0, 1),
    );
    keyspace.need(x.listDrop(db, source, fromHead, 1));
    call.reply.bulk(x.listHeld(), x.listHeldLength());
  } finally {
    x.listRelease();
  }
  if (target === 0) call.notify("new", "new", 2);
  call.notify("list", toLeft ? "lpush" : "rpush", 2);
  call.notify("list", fromLeft ? "lpop" : "rpop", 1);
  removeIfEmptied(call, source, 1, x.listLengthOf(source) >>> 0);
  return true;
}

function blmoveHandler(call: Call): void {
  const fromLeft = readIsLeft(call, 3);
  if (fromLeft === undefined) return;
  const toLeft = readIsLeft(call, 4);
  if (toLeft === undefined) return;
  if (!blockingMove(call, 5, fromLeft, toLeft)) return;
  call.rewrite(
    "LMOVE",
    call.effectArg(1),
    call.effectArg(2),
    call.effectArg(3),
    call.effectArg(4),
  );
}

function brpoplpushHandler(call: Call): void {
  if (!blockingMove(call, 3, false, true)) return;
  call.rewrite("RPOPLPUSH", call.effectArg(1), call.effectArg(2));
}

/** True if an element has been moved. */
function blockingMove(
  call: Call,
  timeoutIndex: number,
  fromLeft: boolean,
  toLeft: boolean,
): boolean {
  const timeoutMs = readTimeout(call, timeoutIndex);
  if (timeoutMs === undefined) return false;
  const source = listToPop(call, 1);
  if (source === WRONG) return false;
  if (source !== 0) return moveElement(call, source, fromLeft, toLeft);
  if (call.canBlock) {
    call.services.blocking.block(call, {
      keys: [1],
      timeoutMs,
      onTimeout: (reply) => reply.nullArray(),
    });
  } else call.reply.null();
  return false;
}
