/** Giving a key another name. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, key, keyAt } from "../spec.ts";

/** `RENAME` */
export const rename: CommandSpec = {
  name: "rename",
  summary: "Rename a key",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["write"],
  acl: ["keyspace"],
  keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "OW", "update")],
  arguments: [key("key"), key("newkey", { keySpecIndex: 1 })],
  handler: renameHandler,
};

/** `RENAMENX` */
export const renamenx: CommandSpec = {
  name: "renamenx",
  summary: "Rename a key, only if the new key does not exist",
  since: "1.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["write", "fast"],
  acl: ["keyspace"],
  history: [[
    "3.2.0",
    "The command no longer returns an error when source and destination names are the same.",
  ]],
  keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "OW", "insert")],
  arguments: [key("key"), key("newkey", { keySpecIndex: 1 })],
  handler: renamenxHandler,
};

/** Gives the key its new name; undefined after an error, false if `nx` forbids it. */
function renameGeneric(call: Call, nx: boolean): boolean | undefined {
  const { x, db } = call;
  const source = call.lookupWrite(1);
  if (source === 0) {
    call.reply.error(errors.NO_SUCH_KEY);
    return undefined;
  }
  const newPtr = call.argPtr(2);
  const newLength = call.argLength(2);
  const isSame = call.argLength(1) === newLength &&
    x.bytesEqual(call.argPtr(1), newPtr, newLength) !== 0;
  if (isSame) return !nx;
  if (call.lookupWrite(2) !== 0 && nx) return false;
  call.keyspace.need(x.moveEntry(db, source, db, newPtr, newLength));
  call.notify("new", "new", 2);
  call.notify("generic", "rename_from", 1);
  call.notify("generic", "rename_to", 2);
  return true;
}

function renameHandler(call: Call): void {
  if (renameGeneric(call, false) !== undefined) call.reply.ok();
}

function renamenxHandler(call: Call): void {
  const isDone = renameGeneric(call, true);
  if (isDone !== undefined) call.reply.flag(isDone);
}
