/** Deleting entries of a stream, and setting its IDs. */

import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  MULTIPLE,
  string,
} from "../spec.ts";
import { needIds, readId, START } from "./_ids.ts";

/** Results of the core's `streamSetId`. */
const SET_BELOW_TOP = -1;
const SET_FEWER_THAN_LENGTH = -2;

/** `XDEL` */
export const xdel: CommandSpec = {
  name: "xdel",
  summary:
    "Removes the specified entries from the stream. Returns the number of items actually deleted, that may be different from the number of IDs passed in case certain IDs do not exist.",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(1) for each single item to delete in the stream, regardless of the stream size.",
  arity: -3,
  flags: ["write", "fast"],
  acl: ["stream"],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [key("key"), string("id", MULTIPLE)],
  handler: xdelHandler,
};

/** `XSETID` */
export const xsetid: CommandSpec = {
  name: "xsetid",
  summary: "An internal command for replicating stream values",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  acl: ["stream"],
  history: [[
    "7.0.0",
    "Added the `entries_added` and `max_deleted_entry_id` arguments.",
  ]],
  keys: [keyAt(1, "RW", "update")],
  arguments: [
    key("key"),
    string("last-id"),
    integer("entries_added", {
      token: "ENTRIESADDED",
      since: "7.0.0",
      optional: true,
    }),
    string("max_deleted_entry_id", {
      token: "MAXDELETEDID",
      since: "7.0.0",
      optional: true,
    }),
  ],
  handler: xsetidHandler,
};

function xdelHandler(call: Call): void {
  const entry = call.lookupWriteOf(1, TYPE_STREAM);
  if (entry === WRONG) return;
  if (entry === 0) {
    call.reply.integer(0);
    return;
  }
  if (!needIds(call, 2)) return;
  const deleted = call.x.streamDeleteIds(call.db, entry, call.argc);
  if (deleted < 0) call.keyspace.need(0);
  if (deleted > 0) call.notify("stream", "xdel", 1);
  call.reply.integer(deleted);
}

/** The options of XSETID; undefined after an error. START holds MAXDELETEDID. */
function readSetIdOptions(
  call: Call,
): { entriesAdded: bigint | undefined } | undefined {
  let entriesAdded: bigint | undefined;
  call.x.streamIdClearStart();
  for (let index = 3; index < call.argc; index += 2) {
    const hasMore = index + 1 < call.argc;
    if (hasMore && call.argIs(index, "entriesadded")) {
      entriesAdded = call.needInteger(index + 1);
      if (entriesAdded === undefined) return undefined;
      if (entriesAdded < 0) {
        call.reply.error("ERR entries_added must be positive");
        return undefined;
      }
    } else if (hasMore && call.argIs(index, "maxdeletedid")) {
      if (!readId(call, index + 1, START)) return undefined;
      if (call.x.streamIdIsBelowStart() !== 0) {
        call.reply.error(
          "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
        );
        return undefined;
      }
    } else {
      call.reply.error(errors.SYNTAX);
      return undefined;
    }
  }
  return { entriesAdded };
}

function xsetidHandler(call: Call): void {
  const { x } = call;
  if (!readId(call, 2)) return;
  const options = readSetIdOptions(call);
  if (options === undefined) return;
  const entry = call.lookupWrite(1);
  if (entry === 0) {
    call.reply.error(errors.NO_SUCH_KEY);
    return;
  }
  if (!call.checkType(entry, TYPE_STREAM)) return;
  const result = x.streamSetId(
    x.valuePtr(entry),
    options.entriesAdded ?? -1n,
  );
  if (result === SET_BELOW_TOP) {
    call.reply.error(
      "ERR The ID specified in XSETID is smaller than the target stream top item",
    );
    return;
  }
  if (result === SET_FEWER_THAN_LENGTH) {
    call.reply.error(
      "ERR The entries_added specified in XSETID is smaller than the target stream length",
    );
    return;
  }
  call.keyspace.need(result);
  call.reply.ok();
  call.notify("stream", "xsetid", 1);
}
