/** Details of single commands. */

import type { Call } from "../call.ts";
import type { Reply } from "../../core/mod.ts";
import { aclCategories, type CommandEntry, visibleFlags } from "../entries.ts";
import {
  type ArgumentSpec,
  type BeginSearch,
  type CommandSpec,
  type FindKeys,
  type KeySpec,
  string,
} from "../spec.ts";

/** `COMMAND INFO` */
export const commandInfo: CommandSpec = {
  name: "info",
  summary:
    "Get array of specific Redis command details, or all when no argument is given.",
  since: "2.8.13",
  group: "server",
  complexity: "O(N) where N is the number of commands to look up",
  arity: -2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output_order"],
  history: [[
    "7.0.0",
    "Allowed to be called with no argument to get info on all commands.",
  ]],
  arguments: [string("command-name", { optional: true, multiple: true })],
  handler: commandInfoHandler,
};

/** `COMMAND DOCS` */
export const commandDocs: CommandSpec = {
  name: "docs",
  summary: "Get array of specific Redis command documentation",
  since: "7.0.0",
  group: "server",
  complexity: "O(N) where N is the number of commands to look up",
  arity: -2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output_order"],
  arguments: [string("command-name", { optional: true, multiple: true })],
  handler: commandDocsHandler,
};

function commandInfoHandler(call: Call): void {
  const { reply, services: { table } } = call;
  if (call.argc === 2) {
    reply.array(table.commands.length);
    for (const entry of table.commands) replyInfo(reply, entry);
    return;
  }
  reply.array(call.argc - 2);
  for (let i = 2; i < call.argc; i++) {
    const entry = table.find(call.argText(i));
    if (entry === undefined) reply.null();
    else replyInfo(reply, entry);
  }
}

function commandDocsHandler(call: Call): void {
  const { reply, services: { table } } = call;
  const entries = call.argc === 2 ? [...table.commands] : [];
  for (let i = 2; i < call.argc; i++) {
    const entry = table.find(call.argText(i));
    if (entry !== undefined) entries.push(entry);
  }
  reply.map(entries.length);
  for (const entry of entries) {
    reply.text(entry.fullName);
    replyDocs(reply, entry);
  }
}

// ---------------------------------------------------------------------- info

/** A command as `COMMAND` and `COMMAND INFO` describe it. */
export function replyInfo(reply: Reply, entry: CommandEntry): void {
  const { spec } = entry;
  reply.array(10);
  reply.text(entry.fullName);
  reply.integer(spec.arity);
  replyWords(reply, visibleFlags(entry));
  reply.integer(entry.firstKey);
  reply.integer(entry.lastKey);
  reply.integer(entry.keyStep);
  replyWords(reply, aclCategories(entry).map((category) => `@${category}`));
  const tips = spec.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.text(tip);
  const keys = spec.keys ?? [];
  reply.set(keys.length);
  for (const keySpec of keys) replyKeySpec(reply, keySpec);
  if (entry.subcommands.length === 0) {
    reply.set(0);
    return;
  }
  reply.array(entry.subcommands.length);
  for (const subcommand of entry.subcommands) replyInfo(reply, subcommand);
}

/** A set of simple strings. */
function replyWords(reply: Reply, words: readonly string[]): void {
  reply.set(words.length);
  for (const word of words) reply.simple(word);
}

function replyKeySpec(reply: Reply, keySpec: KeySpec): void {
  reply.map(keySpec.notes === undefined ? 3 : 4);
  if (keySpec.notes !== undefined) {
    reply.text("notes");
    reply.text(keySpec.notes);
  }
  reply.text("flags");
  replyWords(reply, keySpec.flags);
  reply.text("begin_search");
  replyRule(reply, keySpec.beginSearch.type, beginFields(keySpec.beginSearch));
  reply.text("find_keys");
  replyRule(reply, keySpec.findKeys.type, findFields(keySpec.findKeys));
}

type Fields = readonly (readonly [name: string, value: string | number])[];

function beginFields(begin: BeginSearch): Fields {
  switch (begin.type) {
    case "index":
      return [["index", begin.index]];
    case "keyword":
      return [["keyword", begin.keyword], ["startfrom", begin.startFrom]];
    case "unknown":
      return [];
  }
}

function findFields(find: FindKeys): Fields {
  switch (find.type) {
    case "range":
      return [
        ["lastkey", find.lastKey],
        ["keystep", find.keyStep],
        ["limit", find.limit],
      ];
    case "keynum":
      return [
        ["keynumidx", find.keyNumIndex],
        ["firstkey", find.firstKey],
        ["keystep", find.keyStep],
      ];
    case "unknown":
      return [];
  }
}

function replyRule(reply: Reply, type: string, fields: Fields): void {
  reply.map(2);
  reply.text("type");
  reply.text(type);
  reply.text("spec");
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.text(name);
    if (typeof value === "number") reply.integer(value);
    else reply.text(value);
  }
}

// ---------------------------------------------------------------------- docs

/** Writes the value of a field whose name has been written. */
type Write = () => void;

/** A map of the fields that have a value. */
function replyFields(
  reply: Reply,
  fields: readonly (readonly [name: string, write: Write | undefined])[],
): void {
  const present = fields.filter(([, write]) => write !== undefined);
  reply.map(present.length);
  for (const [name, write] of present) {
    reply.text(name);
    write!();
  }
}

function replyDocs(reply: Reply, entry: CommandEntry): void {
  const { spec, subcommands } = entry;
  const text = (value: string | undefined): Write | undefined =>
    value === undefined ? undefined : () => reply.text(value);
  const { docFlags, history, arguments: args } = spec;
  replyFields(reply, [
    ["summary", text(spec.summary)],
    ["since", text(spec.since)],
    ["group", text(spec.group)],
    ["complexity", text(spec.complexity)],
    ["doc_flags", docFlags && (() => replyWords(reply, docFlags))],
    ["deprecated_since", text(spec.deprecatedSince)],
    ["replaced_by", text(spec.replacedBy)],
    [
      "history",
      history && (() => {
        reply.set(history.length);
        for (const change of history) reply.texts(change);
      }),
    ],
    ["arguments", args && (() => replyArguments(reply, args))],
    [
      "subcommands",
      subcommands.length === 0 ? undefined : () => {
        reply.map(subcommands.length);
        for (const subcommand of subcommands) {
          reply.text(subcommand.fullName);
          replyDocs(reply, subcommand);
        }
      },
    ],
  ]);
}

function replyArguments(reply: Reply, list: readonly ArgumentSpec[]): void {
  const text = (value: string | undefined): Write | undefined =>
    value === undefined ? undefined : () => reply.text(value);
  reply.array(list.length);
  for (const argument of list) {
    const { keySpecIndex, arguments: parts } = argument;
    const flags = argumentFlags(argument);
    replyFields(reply, [
      ["name", text(argument.name)],
      ["type", text(argument.type)],
      [
        "key_spec_index",
        keySpecIndex === undefined
          ? undefined
          : () => reply.integer(keySpecIndex),
      ],
      ["token", text(argument.token)],
      ["summary", text(argument.summary)],
      ["since", text(argument.since)],
      ["deprecated_since", text(argument.deprecatedSince)],
      [
        "flags",
        flags.length === 0 ? undefined : () => replyWords(reply, flags),
      ],
      ["arguments", parts && (() => replyArguments(reply, parts))],
    ]);
  }
}

function argumentFlags(argument: ArgumentSpec): string[] {
  const flags: string[] = [];
  if (argument.optional) flags.push("optional");
  if (argument.multiple) flags.push("multiple");
  if (argument.multipleToken) flags.push("multiple_token");
  return flags;
}
