/**
 * What a command is, as data: the types every entry of the command table is
 * written in, and the small helpers that keep those entries short.
 *
 * One exported `CommandSpec` a command stands in the file that also holds its
 * handler. `COMMAND INFO`, `COMMAND DOCS`, ACL, key positions and dispatch are
 * all derived from it (see table.ts). The vocabulary, including the order of
 * flags in replies, is that of Redis 7.0's command table.
 */

import type { Call } from "./call.ts";

/** Runs one command: parse, check, act, reply. It returns when the reply has been written. */
export type Handler = (call: Call) => void;

/** A group of commands, as `COMMAND DOCS` names it. */
export type CommandGroup =
  | "generic"
  | "string"
  | "list"
  | "set"
  | "sorted-set"
  | "hash"
  | "pubsub"
  | "transactions"
  | "connection"
  | "server"
  | "scripting"
  | "hyperloglog"
  | "cluster"
  | "sentinel"
  | "geo"
  | "stream"
  | "bitmap";

/**
 * Properties of a command that the server acts on, in the order `COMMAND INFO`
 * shows them. `movablekeys` is never written in a spec: it follows from the key
 * specs (see entries.ts).
 */
export const COMMAND_FLAGS = [
  "write",
  "readonly",
  "denyoom",
  "admin",
  "pubsub",
  "noscript",
  "blocking",
  "loading",
  "stale",
  "skip_monitor",
  "skip_slowlog",
  "asking",
  "fast",
  "no_auth",
  "may_replicate",
  "sentinel",
  "only_sentinel",
  "no_mandatory_keys",
  "protected",
  "no_async_loading",
  "no_multi",
  "movablekeys",
  "allow_busy",
  "touches_arbitrary_keys",
] as const;

/** One of {@link COMMAND_FLAGS}. */
export type CommandFlag = typeof COMMAND_FLAGS[number];

/** The flags Redis acts on but leaves out of `COMMAND INFO`. */
export const HIDDEN_FLAGS: readonly CommandFlag[] = [
  "may_replicate",
  "sentinel",
  "only_sentinel",
  "protected",
  "touches_arbitrary_keys",
];

/** The ACL categories, without their `@`, in the order Redis lists them. */
export const ACL_CATEGORIES = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
] as const;

/** One of {@link ACL_CATEGORIES}. */
export type AclCategory = typeof ACL_CATEGORIES[number];

/** Remarks on a command for readers of its documentation. */
export type DocFlag = "deprecated" | "syscmd";

/** What a command does with a key, in the order `COMMAND INFO` shows it. */
export const KEY_FLAGS = [
  "RO",
  "RW",
  "OW",
  "RM",
  "access",
  "update",
  "insert",
  "delete",
  "not_key",
  "incomplete",
  "variable_flags",
] as const;

/** One of {@link KEY_FLAGS}. */
export type KeyFlag = typeof KEY_FLAGS[number];

/** Where to start looking for keys. Index 0 is the command name (for a subcommand, its container's). */
export type BeginSearch =
  | { readonly type: "index"; readonly index: number }
  | {
    readonly type: "keyword";
    /** Found without regard to case; the keys follow it. */
    readonly keyword: string;
    /** First argument to look at; negative counts from the end and searches backwards. */
    readonly startFrom: number;
  }
  | { readonly type: "unknown" };

/** Which arguments are keys, from the place where the search began. */
export type FindKeys =
  | {
    readonly type: "range";
    /** Relative to the first key if 0 or more, else counted from the last argument (-1). */
    readonly lastKey: number;
    readonly keyStep: number;
    /** With `lastKey` -1: only the first 1/limit of the remaining arguments; 0 and 1 mean all. */
    readonly limit: number;
  }
  | {
    readonly type: "keynum";
    /** The argument that holds the number of keys, relative to where the search began. */
    readonly keyNumIndex: number;
    /** The first key, relative to where the search began. */
    readonly firstKey: number;
    readonly keyStep: number;
  }
  | { readonly type: "unknown" };

/** One rule that finds keys among the arguments of a command. */
export interface KeySpec {
  readonly flags: readonly KeyFlag[];
  readonly beginSearch: BeginSearch;
  readonly findKeys: FindKeys;
  readonly notes?: string;
}

/** A key found in the arguments of a call. */
export interface KeyReference {
  /** Its position among the arguments; 0 is the command name. */
  readonly index: number;
  readonly flags: readonly KeyFlag[];
}

/** What finding keys needs to know about arguments, wherever they are stored. */
export interface ArgumentView {
  /** Number of arguments, the command name included. */
  readonly length: number;
  /** Whether an argument is `text` (lower-case ASCII), without regard to case. */
  equals(index: number, text: string): boolean;
  /** An argument as a decimal integer, or undefined if it is none. */
  integer(index: number): number | undefined;
}

/** Finds keys, or their flags, where key specs cannot; no keys if the arguments are invalid. */
export type KeyFinder = (args: ArgumentView) => KeyReference[];

/** The types of arguments in `COMMAND DOCS`. */
export type ArgumentType =
  | "string"
  | "integer"
  | "double"
  | "key"
  | "pattern"
  | "unix-time"
  | "pure-token"
  | "oneof"
  | "block";

/** What may be said of an argument besides its name and type. */
export interface ArgumentOptions {
  /** The word that comes before the value, in upper case. */
  readonly token?: string;
  /** For keys: which of the command's key specs finds this argument. */
  readonly keySpecIndex?: number;
  readonly summary?: string;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly optional?: boolean;
  readonly multiple?: boolean;
  /** With `multiple`: the token is repeated before every value. */
  readonly multipleToken?: boolean;
}

/** An argument as `COMMAND DOCS` describes it. */
export interface ArgumentSpec extends ArgumentOptions {
  readonly name: string;
  readonly type: ArgumentType;
  /** The alternatives of a `oneof`, the parts of a `block`. */
  readonly arguments?: readonly ArgumentSpec[];
}

/** One change to a command: the version it came with, and what changed. */
export type HistoryEntry = readonly [since: string, change: string];

/** One command or subcommand. */
export interface CommandSpec {
  /** Lower case; a subcommand's own part only. */
  readonly name: string;
  readonly summary: string;
  readonly since: string;
  readonly group: CommandGroup;
  readonly complexity?: string;
  /**
   * Number of arguments with the command name (and the container's name);
   * negative: at least that many.
   */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  /** Only those that do not follow from the flags. */
  readonly acl?: readonly AclCategory[];
  /** Hints for clients and proxies, lower case. */
  readonly tips?: readonly string[];
  readonly docFlags?: readonly DocFlag[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly history?: readonly HistoryEntry[];
  readonly keys?: readonly KeySpec[];
  readonly arguments?: readonly ArgumentSpec[];
  readonly subcommands?: readonly CommandSpec[];
  /** Absent for a container that is nothing without a subcommand. */
  readonly handler?: Handler;
  /** Present where key specs alone do not give the keys and their flags. */
  readonly getKeys?: KeyFinder;
  /** Name of a WASM fast path that may run instead of the handler. */
  readonly kernel?: string;
}

/** The commonest option of an argument. */
export const OPTIONAL: ArgumentOptions = { optional: true };
/** An argument that may be repeated. */
export const MULTIPLE: ArgumentOptions = { multiple: true };

/** A key argument, found by key spec 0 unless the options say otherwise. */
export function key(name: string, options?: ArgumentOptions): ArgumentSpec {
  return { name, type: "key", keySpecIndex: 0, ...options };
}

/** A string argument. */
export function string(name: string, options?: ArgumentOptions): ArgumentSpec {
  return { name, type: "string", ...options };
}

/** An integer argument. */
export function integer(name: string, options?: ArgumentOptions): ArgumentSpec {
  return { name, type: "integer", ...options };
}

/** A floating-point argument. */
export function double(name: string, options?: ArgumentOptions): ArgumentSpec {
  return { name, type: "double", ...options };
}

/** A glob-style pattern argument. */
export function pattern(name: string, options?: ArgumentOptions): ArgumentSpec {
  return { name, type: "pattern", ...options };
}

/** A Unix timestamp argument. */
export function unixTime(
  name: string,
  options?: ArgumentOptions,
): ArgumentSpec {
  return { name, type: "unix-time", ...options };
}

/** A bare word, such as `NX`. */
export function token(
  name: string,
  text: string,
  options?: ArgumentOptions,
): ArgumentSpec {
  return { name, type: "pure-token", token: text, ...options };
}

/** Exactly one of several alternatives. */
export function oneOf(
  name: string,
  alternatives: readonly ArgumentSpec[],
  options?: ArgumentOptions,
): ArgumentSpec {
  return { name, type: "oneof", ...options, arguments: alternatives };
}

/** Several arguments that belong together. */
export function block(
  name: string,
  parts: readonly ArgumentSpec[],
  options?: ArgumentOptions,
): ArgumentSpec {
  return { name, type: "block", ...options, arguments: parts };
}

/** The key spec of a single key at a fixed position. */
export function keyAt(index: number, ...flags: KeyFlag[]): KeySpec {
  return keyRange(index, 0, 1, ...flags);
}

/**
 * The key spec of keys that start at a fixed position.
 *
 * @param lastKey relative to the first key, or negative: counted from the last argument (-1).
 */
export function keyRange(
  index: number,
  lastKey: number,
  keyStep: number,
  ...flags: KeyFlag[]
): KeySpec {
  return {
    flags,
    beginSearch: { type: "index", index },
    findKeys: { type: "range", lastKey, keyStep, limit: 0 },
  };
}
