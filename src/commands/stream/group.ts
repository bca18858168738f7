/** Making, changing and removing consumer groups and their consumers. */

import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { replyHelp, replyUnknownSubcommand } from "../help.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { INVALID_ID, noSuchGroup, readId } from "./_ids.ts";

const NO_KEY =
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.";

const KEY = 2;
const GROUP = 3;
const CONSUMER = 4;

const READ_UNKNOWN = -1n;

const xgroupCreate: CommandSpec = {
  name: "create",
  summary: "Create a consumer group.",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: -5,
  flags: ["write", "denyoom"],
  acl: ["stream"],
  history: [["7.0.0", "Added the `entries_read` named argument."]],
  keys: [keyAt(2, "RW", "insert")],
  arguments: [
    key("key"),
    string("groupname"),
    oneOf("id", [string("id"), token("new_id", "$")]),
    token("mkstream", "MKSTREAM", OPTIONAL),
    integer("entries_read", { token: "ENTRIESREAD", optional: true }),
  ],
  handler: xgroupCreateHandler,
};

const xgroupCreateconsumer: CommandSpec = {
  name: "createconsumer",
  summary: "Create a consumer in a consumer group.",
  since: "6.2.0",
  group: "stream",
  complexity: "O(1)",
  arity: 5,
  flags: ["write", "denyoom"],
  acl: ["stream"],
  keys: [keyAt(2, "RW", "insert")],
  arguments: [key("key"), string("groupname"), string("consumername")],
  handler: xgroupCreateconsumerHandler,
};

const xgroupDelconsumer: CommandSpec = {
  name: "delconsumer",
  summary: "Delete a consumer from a consumer group.",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: 5,
  flags: ["write"],
  acl: ["stream"],
  keys: [keyAt(2, "RW", "delete")],
  arguments: [key("key"), string("groupname"), string("consumername")],
  handler: xgroupDelconsumerHandler,
};

const xgroupDestroy: CommandSpec = {
  name: "destroy",
  summary: "Destroy a consumer group.",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(N) where N is the number of entries in the group's pending entries list (PEL).",
  arity: 4,
  flags: ["write"],
  acl: ["stream"],
  keys: [keyAt(2, "RW", "delete")],
  arguments: [key("key"), string("groupname")],
  handler: xgroupDestroyHandler,
};

const xgroupHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  acl: ["stream"],
  handler: xgroupHelpHandler,
};

const xgroupSetid: CommandSpec = {
  name: "setid",
  summary: "Set a consumer group to an arbitrary last delivered ID value.",
  since: "5.0.0",
  group: "stream",
  complexity: "O(1)",
  arity: -5,
  flags: ["write"],
  acl: ["stream"],
  history: [["7.0.0", "Added the optional `entries_read` argument."]],
  keys: [keyAt(2, "RW", "update")],
  arguments: [
    key("key"),
    string("groupname"),
    oneOf("id", [string("id"), token("new_id", "$")]),
    integer("entries_read", { token: "ENTRIESREAD", optional: true }),
  ],
  handler: xgroupSetidHandler,
};

/** `XGROUP` */
export const xgroup: CommandSpec = {
  name: "xgroup",
  summary: "A container for consumer groups commands",
  since: "5.0.0",
  group: "stream",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    xgroupCreate,
    xgroupCreateconsumer,
    xgroupDelconsumer,
    xgroupDestroy,
    xgroupHelp,
    xgroupSetid,
  ],
};

const HELP = [
  "CREATE <key> <groupname> <id|$> [option]",
  "    Create a new consumer group. Options are:",
  "    * MKSTREAM",
  "      Create the empty stream if it does not exist.",
  "    * ENTRIESREAD entries_read",
  "      Set the group's entries_read counter (internal use).",
  "CREATECONSUMER <key> <groupname> <consumer>",
  "    Create a new consumer in the specified group.",
  "DELCONSUMER <key> <groupname> <consumer>",
  "    Remove the specified consumer.",
  "DESTROY <key> <groupname>",
  "    Remove the specified group.",
  "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
  "    Set the current group ID and entries_read counter.",
];

function xgroupHelpHandler(call: Call): void {
  replyHelp(call, HELP);
}

interface GroupOptions {
  readonly makeStream: boolean;
  readonly entriesRead: bigint;
}

/** The options behind the ID, or undefined after an error. */
function readOptions(
  call: Call,
  isCreating: boolean,
): GroupOptions | undefined {
  let makeStream = false;
  let entriesRead = READ_UNKNOWN;
  for (let index = 5; index < call.argc; index++) {
    if (isCreating && call.argIs(index, "mkstream")) makeStream = true;
    else if (call.argIs(index, "entriesread") && index + 1 < call.argc) {
      const read = call.needInteger(++index);
      if (read === undefined) return undefined;
      if (read < READ_UNKNOWN) {
        call.reply.error("ERR value for ENTRIESREAD must be positive or -1");
        return undefined;
      }
      entriesRead = read;
    } else {
      replyUnknownSubcommand(call);
      return undefined;
    }
  }
  return { makeStream, entriesRead };
}

/** The stream, which must be there; 0 after an error. */
function needStream(call: Call): number {
  const entry = call.lookupWriteOf(KEY, TYPE_STREAM);
  if (entry === WRONG) return 0;
  if (entry === 0) call.reply.error(NO_KEY);
  return entry;
}

/** The group of a stream, which must be there; 0 after an error. */
function needGroup(call: Call, entry: number): number {
  const group = call.x.streamGroupFind(call.x.valuePtr(entry), GROUP);
  if (group === 0) noSuchGroup(call, KEY, GROUP);
  return group;
}

function xgroupCreateHandler(call: Call): void {
  const { x, keyspace } = call;
  const options = readOptions(call, true);
  if (options === undefined) return;
  let entry = options.makeStream
    ? call.lookupWriteOf(KEY, TYPE_STREAM)
    : needStream(call);
  if (entry === WRONG || entry === 0 && !options.makeStream) return;
  if (call.argc > 8) {
    replyUnknownSubcommand(call);
    return;
  }
  if (call.argIs(4, "$")) x.streamIdLast(entry === 0 ? 0 : x.valuePtr(entry));
  else if (!readId(call, 4)) return;
  if (entry !== 0 && x.streamGroupFind(x.valuePtr(entry), GROUP) !== 0) {
    call.reply.error("BUSYGROUP Consumer Group name already exists");
    return;
  }
  const isNew = entry === 0;
  if (isNew) {
    entry = keyspace.need(
      x.streamCreate(call.db, x.argPtr(KEY), x.argLength(KEY)),
    );
  }
  const { entriesRead } = options;
  const group = x.streamGroupCreate(x.valuePtr(entry), GROUP, entriesRead);
  if (group === 0 && isNew) x.dropEntry(call.db, entry);
  keyspace.need(group);
  if (isNew) call.notify("new", "new", KEY);
  call.reply.ok();
  call.notify("stream", "xgroup-create", KEY);
}

function xgroupSetidHandler(call: Call): void {
  const { x } = call;
  const options = readOptions(call, false);
  if (options === undefined) return;
  const entry = needStream(call);
  if (entry === 0) return;
  const group = needGroup(call, entry);
  if (group === 0) return;
  if (call.argc !== 5 && call.argc !== 7) {
    replyUnknownSubcommand(call);
    return;
  }
  if (call.argIs(4, "$")) x.streamIdLast(x.valuePtr(entry));
  else if (x.streamIdParseLax(0, x.argPtr(4), x.argLength(4)) === 0) {
    call.reply.error(INVALID_ID);
    return;
  }
  call.keyspace.need(x.streamGroupSetId(group, options.entriesRead));
  call.reply.ok();
  call.notify("stream", "xgroup-setid", KEY);
}

function xgroupDestroyHandler(call: Call): void {
  const { x } = call;
  const entry = needStream(call);
  if (entry === 0) return;
  const stream = x.valuePtr(entry);
  const group = x.streamGroupFind(stream, GROUP);
  if (group === 0) {
    call.reply.integer(0);
    return;
  }
  call.keyspace.need(x.streamGroupRemove(stream, group));
  call.reply.integer(1);
  call.notify("stream", "xgroup-destroy", KEY);
  // To WATCH the key is as it was, but those who read in the group must hear.
  call.services.blocking.signal(call.db, call.argText(KEY));
}

function xgroupCreateconsumerHandler(call: Call): void {
  const { x } = call;
  const entry = needStream(call);
  if (entry === 0) return;
  const group = needGroup(call, entry);
  if (group === 0) return;
  if (x.streamConsumerFind(group, CONSUMER) !== 0) {
    call.reply.integer(0);
    return;
  }
  call.keyspace.need(x.streamConsumerCreate(group, CONSUMER));
  call.notify("stream", "xgroup-createconsumer", KEY);
  call.reply.integer(1);
}

function xgroupDelconsumerHandler(call: Call): void {
  const { x } = call;
  const entry = needStream(call);
  if (entry === 0) return;
  const group = needGroup(call, entry);
  if (group === 0) return;
  const consumer = x.streamConsumerFind(group, CONSUMER);
  if (consumer === 0) {
    call.reply.integer(0);
    return;
  }
  const pending = x.streamConsumerRemove(group, consumer);
  if (pending < 0) call.keyspace.need(0);
  call.notify("stream", "xgroup-delconsumer", KEY);
  call.reply.integer(pending);
}
