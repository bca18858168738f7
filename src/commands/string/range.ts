/** Parts of strings and their length. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyAt,
  string,
  unimplemented,
} from "../spec.ts";

/** `GETRANGE` */
export const getrange: CommandSpec = {
  name: "getrange",
  summary: "Get a substring of the string stored at a key",
  since: "2.4.0",
  group: "string",
  complexity:
    "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
  arity: 4,
  flags: ["readonly"],
  acl: ["string"],
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("start"), integer("end")],
  handler: getrangeHandler,
};

/** `SETRANGE` */
export const setrange: CommandSpec = {
  name: "setrange",
  summary: "Overwrite part of a string at key starting at the specified offset",
  since: "2.2.0",
  group: "string",
  complexity:
    "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
  arity: 4,
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "update")],
  arguments: [key("key"), integer("offset"), string("value")],
  handler: setrangeHandler,
};

/** `SUBSTR` */
export const substr: CommandSpec = {
  name: "substr",
  summary: "Get a substring of the string stored at a key",
  since: "1.0.0",
  group: "string",
  complexity:
    "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
  arity: 4,
  flags: ["readonly"],
  acl: ["string"],
  docFlags: ["deprecated"],
  deprecatedSince: "2.0.0",
  replacedBy: "`GETRANGE`",
  keys: [keyAt(1, "RO", "access")],
  arguments: [key("key"), integer("start"), integer("end")],
  handler: substrHandler,
};

/** `APPEND` */
export const append: CommandSpec = {
  name: "append",
  summary: "Append a value to a key",
  since: "2.0.0",
  group: "string",
  complexity:
    "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation.",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RW", "insert")],
  arguments: [key("key"), string("value")],
  handler: appendHandler,
};

/** `STRLEN` */
export const strlen: CommandSpec = {
  name: "strlen",
  summary: "Get the length of the value stored in a key",
  since: "2.2.0",
  group: "string",
  complexity: "O(1)",
  arity: 2,
  flags: ["readonly", "fast"],
  acl: ["string"],
  keys: [keyAt(1, "RO")],
  arguments: [key("key")],
  handler: strlenHandler,
};

function getrangeHandler(call: Call): void {
  unimplemented(call);
}

function setrangeHandler(call: Call): void {
  unimplemented(call);
}

function substrHandler(call: Call): void {
  unimplemented(call);
}

function appendHandler(call: Call): void {
  unimplemented(call);
}

function strlenHandler(call: Call): void {
  unimplemented(call);
}
