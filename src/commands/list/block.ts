/** Pops that wait for an element. */

import { type Call, WRONG } from "../call.ts";
import { readTimeout } from "../_timeout.ts";
import {
  type CommandSpec,
  double,
  integer,
  key,
  keyRange,
  MULTIPLE,
} from "../spec.ts";
import { listToPop, popElements, whereArgument } from "./_lists.ts";
import { numberedKeys, popFromFirst, readManyPop } from "./pop.ts";

/** `BLPOP` */
export const blpop: CommandSpec = {
  name: "blpop",
  summary:
    "Remove and get the first element in a list, or block until one is available",
  since: "2.0.0",
  group: "list",
  complexity: "O(N) where N is the number of provided keys.",
  arity: -3,
  flags: ["write", "noscript", "blocking"],
  acl: ["list"],
  history: [
    ["6.0.0", "`timeout` is interpreted as a double instead of an integer."],
  ],
  keys: [keyRange(1, -2, 1, "RW", "access", "delete")],
  arguments: [key("key", MULTIPLE), double("timeout")],
  handler: (call) => blockingPop(call, true),
};

/** `BRPOP` */
export const brpop: CommandSpec = {
  name: "brpop",
  summary:
    "Remove and get the last element in a list, or block until one is available",
  since: "2.0.0",
  group: "list",
  complexity: "O(N) where N is the number of provided keys.",
  arity: -3,
  flags: ["write", "noscript", "blocking"],
  acl: ["list"],
  history: [
    ["6.0.0", "`timeout` is interpreted as a double instead of an integer."],
  ],
  keys: [keyRange(1, -2, 1, "RW", "access", "delete")],
  arguments: [key("key", MULTIPLE), double("timeout")],
  handler: (call) => blockingPop(call, false),
};

/** `BLMPOP` */
export const blmpop: CommandSpec = {
  name: "blmpop",
  summary: "Pop elements from a list, or block until one is available",
  since: "7.0.0",
  group: "list",
  complexity:
    "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
  arity: -5,
  flags: ["write", "blocking"],
  acl: ["list"],
  keys: [numberedKeys(2)],
  arguments: [
    double("timeout"),
    integer("numkeys"),
    key("key", MULTIPLE),
    whereArgument("where"),
    integer("count", { token: "COUNT", optional: true }),
  ],
  handler: blmpopHandler,
};

/** Waits for the keys at the arguments; null, if that may not be or takes too long. */
function wait(call: Call, keys: readonly number[], timeoutMs: number): void {
  if (!call.canBlock) {
    call.reply.nullArray();
    return;
  }
  call.services.blocking.block(call, {
    keys,
    timeoutMs,
    onTimeout: (reply) => reply.nullArray(),
  });
}

function blockingPop(call: Call, isLeft: boolean): void {
  const { reply, x } = call;
  const last = call.argc - 1;
  const timeoutMs = readTimeout(call, last);
  if (timeoutMs === undefined) return;
  for (let index = 1; index < last; index++) {
    const entry = listToPop(call, index);
    if (entry === WRONG) return;
    if (entry === 0) continue;
    reply.array(2);
    reply.bulk(x.argPtr(index), x.argLength(index));
    popElements(call, entry, index, isLeft, 1);
    call.rewrite(isLeft ? "LPOP" : "RPOP", call.effectArg(index));
    return;
  }
  wait(call, Array.from({ length: last - 1 }, (_, i) => i + 1), timeoutMs);
}

function blmpopHandler(call: Call): void {
  const wanted = readManyPop(call, 2);
  if (wanted === undefined) return;
  const timeoutMs = readTimeout(call, 1);
  if (timeoutMs === undefined) return;
  if (!popFromFirst(call, wanted)) wait(call, wanted.keys, timeoutMs);
}
