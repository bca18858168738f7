/** Elements added at the ends. */

import { TYPE_LIST } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import { type CommandSpec, key, keyAt, MULTIPLE, string } from "../spec.ts";

/** `LPUSH` */
export const lpush: CommandSpec = {
  name: "lpush",
  summary: "Prepend one or multiple elements to a list",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  acl: ["list"],
  history: [["2.4.0", "Accepts multiple `element` arguments."]],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("element", MULTIPLE)],
  handler: (call) => push(call, true, false),
  kernel: "lpush",
};

/** `RPUSH` */
export const rpush: CommandSpec = {
  name: "rpush",
  summary: "Append one or multiple elements to a list",
  since: "1.0.0",
  group: "list",
  complexity:
    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  acl: ["list"],
  history: [["2.4.0", "Accepts multiple `element` arguments."]],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("element", MULTIPLE)],
  handler: (call) => push(call, false, false),
  kernel: "rpush",
};

/** `LPUSHX` */
export const lpushx: CommandSpec = {
  name: "lpushx",
  summary: "Prepend an element to a list, only if the list exists",
  since: "2.2.0",
  group: "list",
  complexity:
    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  acl: ["list"],
  history: [["4.0.0", "Accepts multiple `element` arguments."]],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("element", MULTIPLE)],
  handler: (call) => push(call, true, true),
};

/** `RPUSHX` */
export const rpushx: CommandSpec = {
  name: "rpushx",
  summary: "Append an element to a list, only if the list exists",
  since: "2.2.0",
  group: "list",
  complexity:
    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  acl: ["list"],
  history: [["4.0.0", "Accepts multiple `element` arguments."]],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("element", MULTIPLE)],
  handler: (call) => push(call, false, true),
};

const FIRST_ELEMENT = 2;

function push(call: Call, isLeft: boolean, mustExist: boolean): void {
  const { db, keyspace, x } = call;
  const entry = call.lookupWriteOf(1, TYPE_LIST);
  if (entry === WRONG) return;
  const count = call.argc - FIRST_ELEMENT;
  const atHead = isLeft ? 1 : 0;
  const event = isLeft ? "lpush" : "rpush";
  if (entry !== 0) {
    const length = keyspace.need(
      x.listPush(db, entry, atHead, FIRST_ELEMENT, count),
    );
    call.notify("list", event, 1);
    call.reply.integer(length >>> 0);
    return;
  }
  if (mustExist) {
    call.reply.integer(0);
    return;
  }
  const keyPtr = x.argPtr(1);
  const keyLength = x.argLength(1);
  keyspace.need(
    x.listCreate(db, keyPtr, keyLength, atHead, FIRST_ELEMENT, count),
  );
  call.notify("new", "new", 1);
  call.notify("list", event, 1);
  call.reply.integer(count);
}
