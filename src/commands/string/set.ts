/** Writing whole strings. */

import type { EffectArgument } from "../../effects/mod.ts";
import type { Call } from "../call.ts";
import {
  type ArgumentView,
  type CommandSpec,
  integer,
  key,
  keyAt,
  type KeyReference,
  oneOf,
  OPTIONAL,
  string,
  token,
  unixTime,
} from "../spec.ts";
import {
  EX,
  GET,
  KEEPTTL,
  NX,
  PX,
  readExpiry,
  readSetOptions,
  XX,
} from "./_expiry_options.ts";
import {
  needAfterReply,
  notifyStored,
  replyMark,
  replyString,
} from "./_values.ts";

/** `SET` */
export const set: CommandSpec = {
  name: "set",
  summary: "Set the string value of a key",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "denyoom"],
  acl: ["string"],
  history: [
    ["2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."],
    ["6.0.0", "Added the `KEEPTTL` option."],
    ["6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."],
    ["7.0.0", "Allowed the `NX` and `GET` options to be used together."],
  ],
  keys: [{
    ...keyAt(1, "RW", "access", "update", "variable_flags"),
    notes: "RW and ACCESS due to the optional `GET` argument",
  }],
  arguments: [
    key("key"),
    string("value"),
    oneOf("condition", [token("nx", "NX"), token("xx", "XX")], {
      since: "2.6.12",
      optional: true,
    }),
    token("get", "GET", { since: "6.2.0", optional: true }),
    oneOf("expiration", [
      integer("seconds", { token: "EX", since: "2.6.12" }),
      integer("milliseconds", { token: "PX", since: "2.6.12" }),
      unixTime("unix-time-seconds", { token: "EXAT", since: "6.2.0" }),
      unixTime("unix-time-milliseconds", { token: "PXAT", since: "6.2.0" }),
      token("keepttl", "KEEPTTL", { since: "6.0.0" }),
    ], OPTIONAL),
  ],
  handler: setHandler,
  kernel: "set",
  getKeys: setKeys,
};

/** `SETNX` */
export const setnx: CommandSpec = {
  name: "setnx",
  summary: "Set the value of a key, only if the key does not exist",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "OW", "insert")],
  arguments: [key("key"), string("value")],
  handler: setnxHandler,
};

/** `SETEX` */
export const setex: CommandSpec = {
  name: "setex",
  summary: "Set the value and expiration of a key",
  since: "2.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [keyAt(1, "OW", "update")],
  arguments: [key("key"), integer("seconds"), string("value")],
  handler: setexHandler,
};

/** `PSETEX` */
export const psetex: CommandSpec = {
  name: "psetex",
  summary: "Set the value and expiration in milliseconds of a key",
  since: "2.6.0",
  group: "string",
  complexity: "O(1)",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [keyAt(1, "OW", "update")],
  arguments: [key("key"), integer("milliseconds"), string("value")],
  handler: psetexHandler,
};

/** The key is read as well as written if the option `GET` is there. */
function setKeys(args: ArgumentView): KeyReference[] {
  for (let index = 3; index < args.length; index++) {
    if (args.equals(index, "get")) {
      return [{ index: 1, flags: ["RW", "access", "update"] }];
    }
  }
  return [{ index: 1, flags: ["OW", "update"] }];
}

function setHandler(call: Call): void {
  if (call.argc === 3) {
    setPlainly(call);
    return;
  }
  const options = readSetOptions(call);
  if (options === undefined) return;
  const result = setWith(call, 2, options.bits, options.timeIndex);
  if (result === "failed" || (options.bits & GET) !== 0) return;
  if (result === "stored") call.reply.ok();
  else call.reply.null();
}

function setnxHandler(call: Call): void {
  const result = setWith(call, 2, NX, 0);
  if (result !== "failed") call.reply.flag(result === "stored");
}

function setexHandler(call: Call): void {
  if (setWith(call, 3, EX, 2) === "stored") call.reply.ok();
}

function psetexHandler(call: Call): void {
  if (setWith(call, 3, PX, 2) === "stored") call.reply.ok();
}

/** `SET key value` allocates nothing. */
function setPlainly(call: Call): void {
  const isNew = call.lookupWrite(1) === 0;
  call.keyspace.need(store(call, 2, false));
  notifyStored(call, 1, isNew, "set");
  call.reply.ok();
}

function store(call: Call, valueIndex: number, keepExpiry: boolean): number {
  const { x } = call;
  return x.stringSet(
    call.db,
    x.argPtr(1),
    x.argLength(1),
    x.argPtr(valueIndex),
    x.argLength(valueIndex),
    keepExpiry,
  );
}

function storeExpiring(
  call: Call,
  valueIndex: number,
  whenMs: bigint,
): number {
  const { x } = call;
  return x.stringSetExpiring(
    call.db,
    x.argPtr(1),
    x.argLength(1),
    x.argPtr(valueIndex),
    x.argLength(valueIndex),
    whenMs,
  );
}

/**
 * SET with options: what it did, and `failed` if it has replied with an error.
 * The reply of the option GET has been written, no other.
 */
function setWith(
  call: Call,
  valueIndex: number,
  bits: number,
  timeIndex: number,
): "stored" | "refused" | "failed" {
  let whenMs: bigint | undefined;
  if (timeIndex !== 0) {
    whenMs = readExpiry(call, timeIndex, bits);
    if (whenMs === undefined) return "failed";
  }
  const mark = replyMark(call);
  let entry: number;
  if ((bits & GET) !== 0) {
    entry = call.lookupRead(1);
    if (!replyString(call, entry)) return "failed";
  } else entry = call.lookupWrite(1);
  if ((bits & (entry !== 0 ? NX : XX)) !== 0) return "refused";

  const stored = whenMs === undefined
    ? store(call, valueIndex, entry !== 0 && (bits & KEEPTTL) !== 0)
    : storeExpiring(call, valueIndex, whenMs);
  needAfterReply(call, mark, stored);

  notifyStored(call, 1, entry === 0, "set");
  if (whenMs !== undefined) call.notify("generic", "expire", 1);
  if (call.services.effects.isRecording) {
    propagate(call, valueIndex, bits, whenMs);
  }
  return "stored";
}

/** A time goes out absolute; GET has no effect and does not. */
function propagate(
  call: Call,
  valueIndex: number,
  bits: number,
  whenMs: bigint | undefined,
): void {
  if (whenMs !== undefined) {
    const key = call.effectArg(1);
    call.rewrite("SET", key, call.effectArg(valueIndex), "PXAT", whenMs);
  } else if ((bits & GET) !== 0) {
    const args: EffectArgument[] = [];
    for (let index = 0; index < call.argc; index++) {
      if (index < 3 || !call.argIs(index, "get")) {
        args.push(call.effectArg(index));
      }
    }
    call.rewrite(...args);
  }
}
