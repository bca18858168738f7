/** Looking inside the representation of a value. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyAt, unimplemented } from "../spec.ts";

const objectEncoding: CommandSpec = {
  name: "encoding",
  summary: "Inspect the internal encoding of a Redis object",
  since: "2.2.3",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectEncodingHandler,
};

const objectFreq: CommandSpec = {
  name: "freq",
  summary: "Get the logarithmic access frequency counter of a Redis object",
  since: "4.0.0",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectFreqHandler,
};

const objectHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "6.2.0",
  group: "generic",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  acl: ["keyspace"],
  handler: objectHelpHandler,
};

const objectIdletime: CommandSpec = {
  name: "idletime",
  summary: "Get the time since a Redis object was last accessed",
  since: "2.2.3",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectIdletimeHandler,
};

const objectRefcount: CommandSpec = {
  name: "refcount",
  summary: "Get the number of references to the value of the key",
  since: "2.2.3",
  group: "generic",
  complexity: "O(1)",
  arity: 3,
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [keyAt(2, "RO")],
  arguments: [key("key")],
  handler: objectRefcountHandler,
};

/** `OBJECT` */
export const object: CommandSpec = {
  name: "object",
  summary: "A container for object introspection commands",
  since: "2.2.3",
  group: "generic",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    objectEncoding,
    objectFreq,
    objectHelp,
    objectIdletime,
    objectRefcount,
  ],
};

function objectEncodingHandler(call: Call): void {
  unimplemented(call);
}

function objectFreqHandler(call: Call): void {
  unimplemented(call);
}

function objectHelpHandler(call: Call): void {
  unimplemented(call);
}

function objectIdletimeHandler(call: Call): void {
  unimplemented(call);
}

function objectRefcountHandler(call: Call): void {
  unimplemented(call);
}
