/** Reading the time a field of a hash expires. */

import { TYPE_HASH } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { type CommandSpec, key, keyAt } from "../spec.ts";
import {
  FIELDS_ARGUMENT,
  NO_FIELD,
  readFieldList,
  replyNoFields,
} from "./_field_list.ts";

/** `HTTL` */
export const httl: CommandSpec = {
  name: "httl",
  summary: "Returns the TTL in seconds of a hash field.",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -5,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), FIELDS_ARGUMENT],
  handler: httlHandler,
};

/** `HPTTL` */
export const hpttl: CommandSpec = {
  name: "hpttl",
  summary: "Returns the TTL in milliseconds of a hash field.",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -5,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), FIELDS_ARGUMENT],
  handler: hpttlHandler,
};

/** `HEXPIRETIME` */
export const hexpiretime: CommandSpec = {
  name: "hexpiretime",
  summary:
    "Returns the expiration time of a hash field as a Unix timestamp, in seconds.",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -5,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), FIELDS_ARGUMENT],
  handler: hexpiretimeHandler,
};

/** `HPEXPIRETIME` */
export const hpexpiretime: CommandSpec = {
  name: "hpexpiretime",
  summary:
    "Returns the expiration time of a hash field as a Unix timestamp, in msec.",
  since: "7.4.0",
  group: "hash",
  complexity: "O(N) where N is the number of specified fields",
  arity: -5,
  flags: ["readonly", "fast"],
  acl: ["hash"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), FIELDS_ARGUMENT],
  handler: hpexpiretimeHandler,
};

function httlHandler(call: Call): void {
  const nowMs = BigInt(call.nowMs);
  replyTimes(call, (whenMs) => (whenMs + 999n - nowMs) / 1000n);
}

function hpttlHandler(call: Call): void {
  const nowMs = BigInt(call.nowMs);
  replyTimes(call, (whenMs) => whenMs - nowMs);
}

function hexpiretimeHandler(call: Call): void {
  replyTimes(call, (whenMs) => (whenMs + 999n) / 1000n);
}

function hpexpiretimeHandler(call: Call): void {
  replyTimes(call, (whenMs) => whenMs);
}

/** For each field -2 if it is not there, -1 if it does not expire, or what `shown` makes of the time. */
function replyTimes(call: Call, shown: (whenMs: bigint) => bigint): void {
  const entry = call.lookupReadOf(1, TYPE_HASH);
  if (entry === WRONG) return;
  const fields = readFieldList(call, 2, NO_FIELD);
  if (fields === undefined) return;
  if (entry === 0) return replyNoFields(call, fields);
  call.reply.array(fields.count);
  for (let index = fields.first; index < call.argc; index++) {
    const ptr = call.argPtr(index);
    const length = call.argLength(index);
    const whenMs = call.x.hashFieldExpiry(entry, ptr, length);
    call.reply.bigInteger(whenMs < 0n ? whenMs : shown(whenMs));
  }
}
