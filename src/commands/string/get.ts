/** Reading whole strings, also while deleting, replacing or expiring them. */

import { TYPE_STRING } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  OPTIONAL,
  string,
  token,
  unixTime,
} from "../spec.ts";
import {
  EXAT,
  PERSIST,
  PXAT,
  readExpiry,
  readGetexOptions,
} from "./_expiry_options.ts";
import {
  needAfterReply,
  notifyStored,
  replyMark,
  replyString,
} from "./_values.ts";

/** `GET` */
export const get: CommandSpec = {
  name: "get",
  summary: "Get the value of a key",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key")],
  handler: getHandler,
  kernel: "get",
};

/** `GETDEL` */
export const getdel: CommandSpec = {
  name: "getdel",
  summary: "Get the value of a key and delete the key",
  since: "6.2.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["write", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "access", "delete")],
  arguments: [key("key")],
  handler: getdelHandler,
};

/** `GETEX` */
export const getex: CommandSpec = {
  name: "getex",
  summary: "Get the value of a key and optionally set its expiration",
  since: "6.2.0",
  group: "string",
  complexity: "O(1)",
  arity: -2,
  flags: ["write", "fast"],
  acl: ["string"],
  keys: [{
    ...keyAt(1, "RW", "access", "update"),
    notes: "RW and UPDATE because it changes the TTL",
  }],
  arguments: [
    key("key"),
    oneOf("expiration", [
      integer("seconds", { token: "EX" }),
      integer("milliseconds", { token: "PX" }),
      unixTime("unix-time-seconds", { token: "EXAT" }),
      unixTime("unix-time-milliseconds", { token: "PXAT" }),
      token("persist", "PERSIST"),
    ], OPTIONAL),
  ],
  handler: getexHandler,
};

/** `GETSET` */
export const getset: CommandSpec = {
  name: "getset",
  summary: "Set the string value of a key and return its old value",
  since: "1.0.0",
  group: "string",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  docFlags: ["deprecated"],
  deprecatedSince: "6.2.0",
  replacedBy: "`SET` with the `!GET` argument",
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [key("key"), string("value")],
  handler: getsetHandler,
};

function getHandler(call: Call): void {
  replyString(call, call.lookupRead(1));
}

function getdelHandler(call: Call): void {
  const { x } = call;
  const entry = call.lookupRead(1);
  const mark = replyMark(call);
  if (!replyString(call, entry) || entry === 0) return;
  needAfterReply(call, mark, x.deleteEntry(call.db, entry));
  if (call.services.effects.isRecording) call.rewrite("DEL", call.effectArg(1));
  call.notify("generic", "del", 1);
}

function getexHandler(call: Call): void {
  const options = readGetexOptions(call);
  if (options === undefined) return;
  const { bits, timeIndex } = options;
  const entry = call.lookupRead(1);
  if (entry === 0) {
    call.reply.null();
    return;
  }
  if (!call.checkType(entry, TYPE_STRING)) return;
  if (timeIndex !== 0) {
    const whenMs = readExpiry(call, timeIndex, bits);
    if (whenMs === undefined) return;
    if ((bits & (EXAT | PXAT)) !== 0 && whenMs <= call.nowMs) {
      expireAtOnce(call, entry);
    } else expireAt(call, entry, whenMs);
  } else if ((bits & PERSIST) !== 0) persist(call, entry);
  else call.x.stringReply(entry);
}

/** The time given has passed already: the key goes. */
function expireAtOnce(call: Call, entry: number): void {
  const { keyspace, x } = call;
  const mark = replyMark(call);
  x.stringReply(entry);
  needAfterReply(call, mark, x.deleteEntry(call.db, entry));
  if (call.services.effects.isRecording) {
    call.rewrite(keyspace.lazyExpire ? "UNLINK" : "DEL", call.effectArg(1));
  }
  call.notify("generic", "del", 1);
}

function expireAt(call: Call, entry: number, whenMs: bigint): void {
  const { keyspace, x } = call;
  const current = keyspace.need(x.setExpiry(call.db, entry, whenMs));
  call.addDirty(1);
  x.stringReply(current);
  if (call.services.effects.isRecording) {
    call.rewrite("PEXPIREAT", call.effectArg(1), whenMs);
  }
  call.notify("generic", "expire", 1);
}

function persist(call: Call, entry: number): void {
  const { keyspace, x } = call;
  if (x.expiryOf(entry) < 0n) {
    x.stringReply(entry);
    return;
  }
  const current = keyspace.need(x.removeExpiry(call.db, entry));
  call.addDirty(1);
  x.stringReply(current);
  if (call.services.effects.isRecording) {
    call.rewrite("PERSIST", call.effectArg(1));
  }
  call.notify("generic", "persist", 1);
}

function getsetHandler(call: Call): void {
  const { x } = call;
  const entry = call.lookupRead(1);
  const mark = replyMark(call);
  if (!replyString(call, entry)) return;
  const stored = x.stringSet(
    call.db,
    x.argPtr(1),
    x.argLength(1),
    x.argPtr(2),
    x.argLength(2),
    0,
  );
  needAfterReply(call, mark, stored);
  if (call.services.effects.isRecording) {
    call.rewrite("SET", call.effectArg(1), call.effectArg(2));
  }
  notifyStored(call, 1, entry === 0, "set");
}
