/**
 * What may legitimately differ between two correct servers, command by command.
 *
 * Everything not named here is compared byte for byte. An error on either side
 * is always compared exactly, whatever the command.
 */

import {
  type Argument,
  bytesToLatin1,
  isErrorValue,
  printableBytes,
  type RespValue,
} from "../_support/mod.ts";
import {
  sameAclLog,
  sameCommandNames,
  sameUser,
  sameUserLines,
} from "./_acl.ts";
import { argumentText } from "./_step.ts";

/** Says what differs, or `undefined` when the values count as equal. */
export type Comparator = (
  reference: RespValue,
  subject: RespValue,
) => string | undefined;

/** Replies on two servers are a moment apart, and this machine may be busy. */
const TOLERANCE_SECONDS = 3n;
const TOLERANCE_MS = 3000n;

/**
 * The rules, by command or by command and subcommand, each with its reason.
 *
 * - TTL, PTTL, EXPIRETIME, PEXPIRETIME: the two servers received the command
 *   that set the expiry at slightly different times.
 * - OBJECT IDLETIME, FREQ: depend on time, FREQ on chance too. Redis keeps one
 *   access time for all keys that hold the same small integer.
 * - OBJECT REFCOUNT: AiKv shares no objects. It answers as Redis does for small
 *   integers, but for one made by COPY, which Redis does not share.
 * - RANDOMKEY: a random choice; only whether there is one is compared. What it
 *   may choose from is covered by the comparison of the data at the end.
 * - KEYS: order is that of the hash table. Compared as sorted lists.
 * - SCAN: order and cursor are those of the hash table. One call is compared by
 *   shape; whole iterations (see `Step.iterate`) by the set of keys seen.
 * - SMEMBERS, SUNION, SINTER, SDIFF: order is that of a hash table. Compared as
 *   sorted lists.
 * - SPOP, SRANDMEMBER: a random choice; how many are chosen is compared. What
 *   SPOP leaves behind must be deleted by the next step.
 * - SSCAN: as SCAN.
 * - HKEYS, HVALS, HGETALL: order is that of the hash table. Compared as sorted
 *   lists or pairs; that of listpacks is compared with the data at the end.
 * - HSCAN: as SCAN. HRANDFIELD: a random choice; compared by how much is chosen.
 * - TIME, LASTSAVE, CLIENT ID: counters and clocks of each server.
 * - INFO, CLIENT LIST, CLIENT INFO: values are each server's own; the subject
 *   must have every field of the reference, CLIENT's in the same order.
 * - CONFIG GET: order is that of a hash table. Compared as sets of pairs; the
 *   subject may have options more, which patterns then match too.
 * - HELLO: version and connection id.
 * - SLOWLOG GET: ids, times and durations; compared by the commands logged.
 * - XPENDING, XINFO STREAM, XINFO CONSUMERS: say when entries were delivered and
 *   consumers seen, or how long ago.
 * - MEMORY, LATENCY reports, LOLWUT: figures and prose; compared by shape.
 * - ACL GETUSER, LIST, CAT: the servers have different commands, see _acl.ts.
 * - ACL LOG: times and clients; compared by what was denied to whom.
 * - ACL GENPASS: a random choice.
 * - COMMAND without subcommand, COUNT, LIST, DOCS, INFO: another test compares
 *   the tables; here they are compared by shape.
 */
const RULES: Readonly<Record<string, Comparator>> = {
  "TTL": integersWithin(TOLERANCE_SECONDS),
  "EXPIRETIME": integersWithin(TOLERANCE_SECONDS),
  "PTTL": integersWithin(TOLERANCE_MS),
  "PEXPIRETIME": integersWithin(TOLERANCE_MS),
  "OBJECT IDLETIME": sameShape,
  "OBJECT REFCOUNT": sameShape,
  "OBJECT FREQ": sameShape,
  "RANDOMKEY": sameShape,
  "KEYS": sameItems,
  "SCAN": sameShape,
  "SMEMBERS": sameItems,
  "SUNION": sameItems,
  "SINTER": sameItems,
  "SDIFF": sameItems,
  "SPOP": sameLengths,
  "SRANDMEMBER": sameLengths,
  "SSCAN": sameShape,
  "HKEYS": sameItems,
  "HVALS": sameItems,
  "HGETALL": samePairs,
  "HSCAN": sameShape,
  "HRANDFIELD": sameLengths,
  "ZRANDMEMBER": sameShape,
  "ZSCAN": sameScannedPairs,
  "TIME": sameShape,
  "LASTSAVE": sameShape,
  "CLIENT ID": sameShape,
  "INFO": hasInfoFields,
  "CLIENT LIST": hasClientFields,
  "CLIENT INFO": hasClientFields,
  "CONFIG GET": hasPairs,
  "HELLO": sameHello,
  "SLOWLOG GET": sameSlowlog,
  "XPENDING": sameButTimes,
  "XINFO STREAM": sameButTimes,
  "XINFO CONSUMERS": sameButTimes,
  "MEMORY USAGE": sameShape,
  "MEMORY STATS": sameShape,
  "MEMORY DOCTOR": sameShape,
  "MEMORY MALLOC-STATS": sameShape,
  "LATENCY DOCTOR": sameShape,
  "LATENCY HISTOGRAM": sameShape,
  "LATENCY LATEST": sameShape,
  "LOLWUT": sameShape,
  "ACL CAT": sameCommandNames,
  "ACL GENPASS": sameShape,
  "ACL GETUSER": sameUser,
  "ACL LIST": sameUserLines,
  "ACL LOG": sameAclLog,
  "COMMAND": sameShape,
  "COMMAND COUNT": sameShape,
  "COMMAND LIST": sameShape,
  "COMMAND DOCS": sameShape,
  "COMMAND INFO": sameShape,
  // Help texts of 7.4 name more subcommands than those of 7.0.
  "CLIENT HELP": sameShape,
  "CONFIG HELP": sameShape,
  "COMMAND HELP": sameShape,
  "OBJECT HELP": sameShape,
  "MEMORY HELP": sameShape,
  "LATENCY HELP": sameShape,
  "SLOWLOG HELP": sameShape,
  "DEBUG HELP": sameShape,
};

/** The rule for a command, or `undefined` when it is compared byte for byte. */
export function comparatorFor(
  command: readonly Argument[],
): Comparator | undefined {
  if (command.length === 0) return undefined;
  const name = argumentText(command[0]).toUpperCase();
  if (command.length > 1) {
    const rule = RULES[`${name} ${argumentText(command[1]).toUpperCase()}`];
    if (rule !== undefined) return unlessError(rule);
  }
  const rule = RULES[name];
  return rule === undefined ? undefined : unlessError(rule);
}

function unlessError(rule: Comparator): Comparator {
  return (reference, subject) =>
    isErrorValue(reference) || isErrorValue(subject)
      ? exactly(reference, subject)
      : rule(reference, subject);
}

/** Compares whole values, wire types included. */
export function exactly(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const expected = describe(reference);
  const got = describe(subject);
  return expected === got ? undefined : `expected ${expected}, got ${got}`;
}

/** Compares an EXEC reply element by element, each by its own command's rule. */
export function comparatorForTransaction(
  queued: readonly (readonly Argument[])[],
): Comparator {
  return (reference, subject) => {
    if (
      reference.kind !== "array" || subject.kind !== "array" ||
      reference.items === null || subject.items === null ||
      reference.items.length !== subject.items.length
    ) return exactly(reference, subject);
    for (const [index, expected] of reference.items.entries()) {
      const rule = comparatorFor(queued[index] ?? []) ?? exactly;
      const problem = rule(expected, subject.items[index]);
      if (problem !== undefined) return `element ${index}: ${problem}`;
    }
    return undefined;
  };
}

/** A value on one line, wire types shown. */
export function describe(value: RespValue): string {
  switch (value.kind) {
    case "simple":
    case "error":
    case "double":
    case "bignumber":
      return `${value.kind} ${JSON.stringify(value.text)}`;
    case "integer":
    case "boolean":
      return `${value.kind} ${value.value}`;
    case "null":
      return "null";
    case "bulk":
      return value.bytes === null
        ? "null bulk"
        : printableBytes(value.bytes, Infinity);
    case "bulkError":
      return `bulk error ${printableBytes(value.bytes)}`;
    case "verbatim":
      return `${value.format} text ${printableBytes(value.bytes)}`;
    default:
      return value.items === null
        ? "null array"
        : `${value.kind} [${value.items.map(describe).join(", ")}]`;
  }
}

function integersWithin(tolerance: bigint): Comparator {
  return (reference, subject) => {
    if (reference.kind !== "integer" || subject.kind !== "integer") {
      return exactly(reference, subject);
    }
    const difference = reference.value - subject.value;
    // Negative replies mean "no key" or "no expiry", not a time.
    const isTime = reference.value >= 0n && subject.value >= 0n;
    const near = difference <= tolerance && -difference <= tolerance;
    return isTime && near ? undefined : exactly(reference, subject);
  };
}

/**
 * Compares replies about streams: times may differ a little, those of fields
 * named as such and those before the last element of pending entries.
 */
function sameButTimes(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  if (
    !("items" in reference) || !("items" in subject) ||
    reference.items === null || subject.items === null ||
    reference.kind !== subject.kind ||
    reference.items.length !== subject.items.length
  ) return exactly(reference, subject);
  const { items } = reference;
  const isPending = items[0]?.kind === "bulk" &&
    (items.length === 3 || items.length === 4);
  for (const [index, item] of items.entries()) {
    const before = index > 0 ? textOf(items[index - 1]) : undefined;
    const isTime = isPending && index === items.length - 2 ||
      before === "idle" || before === "seen-time";
    const rule = isTime && item.kind === "integer"
      ? integersWithin(TOLERANCE_MS)
      : sameButTimes;
    const problem = rule(item, subject.items[index]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function sameShape(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const shapeOf = (value: RespValue) =>
    value.kind === "bulk" && value.bytes === null ? "null bulk" : value.kind;
  return shapeOf(reference) === shapeOf(subject)
    ? undefined
    : exactly(reference, subject);
}

function sameItems(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const sorted = (value: RespValue) =>
    "items" in value ? (value.items ?? []).map(describe).sort().join("\n") : "";
  return reference.kind === subject.kind &&
      sorted(reference) === sorted(subject)
    ? undefined
    : exactly(reference, subject);
}

/** Field and value stay together, whatever the order. */
function samePairs(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const sorted = (value: RespValue) => pairsOf(value).sort().join("\n");
  return reference.kind === subject.kind &&
      sorted(reference) === sorted(subject)
    ? undefined
    : exactly(reference, subject);
}

/** As many items, each of the same shape. */
function sameLengths(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const shapes = (value: RespValue): string =>
    "items" in value
      ? `${value.kind} [${(value.items ?? []).map(shapes).join(" ")}]`
      : value.kind;
  return shapes(reference) === shapes(subject)
    ? undefined
    : exactly(reference, subject);
}

/** Cursor and pairs, in any order. */
function sameScannedPairs(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const sorted = (value: RespValue) => {
    const [cursor, list] = "items" in value ? value.items ?? [] : [];
    if (list === undefined) return describe(value);
    return [describe(cursor), ...pairsOf(list).sort()].join("\n");
  };
  return sorted(reference) === sorted(subject)
    ? undefined
    : exactly(reference, subject);
}

function hasPairs(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  if (reference.kind !== subject.kind) return exactly(reference, subject);
  const got = new Set(pairsOf(subject));
  const missing = pairsOf(reference).filter((pair) => !got.has(pair));
  return missing.length === 0 ? undefined : exactly(reference, subject);
}

/** The pairs of a map, or of a flat array, one text each. */
export function pairsOf(value: RespValue): string[] {
  const items = "items" in value ? value.items ?? [] : [];
  const pairs: string[] = [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    pairs.push(`${describe(items[index])} ${describe(items[index + 1])}`);
  }
  return pairs;
}

function textOf(value: RespValue): string | undefined {
  return (value.kind === "bulk" || value.kind === "verbatim") &&
      value.bytes !== null
    ? bytesToLatin1(value.bytes)
    : undefined;
}

/**
 * Fields of 7.0.15's INFO that say how Redis itself is built, and so have no
 * true value elsewhere.
 */
const INFO_FIELDS_OF_REDIS = new Set<string>([]);

function infoFields(text: string): string[] {
  const names: string[] = [];
  for (const line of text.split("\r\n")) {
    // One line a command or error; which ones depends on what ran before.
    if (/^(cmdstat|errorstat|latency_percentiles_usec)_/.test(line)) continue;
    if (line.startsWith("#")) names.push(line);
    else if (line.includes(":")) names.push(line.slice(0, line.indexOf(":")));
  }
  return names;
}

function hasInfoFields(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const expected = textOf(reference);
  const got = textOf(subject);
  if (expected === undefined || got === undefined) {
    return exactly(reference, subject);
  }
  if (reference.kind !== subject.kind) return sameShape(reference, subject);
  const present = new Set(infoFields(got));
  const missing = infoFields(expected).filter((name) =>
    !present.has(name) && !INFO_FIELDS_OF_REDIS.has(name)
  );
  return missing.length === 0 ? undefined : `lacks ${missing.join(", ")}`;
}

function hasClientFields(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const expected = textOf(reference);
  const got = textOf(subject);
  if (expected === undefined || got === undefined) {
    return exactly(reference, subject);
  }
  if (reference.kind !== subject.kind) return sameShape(reference, subject);
  // How many clients are connected depends on how soon each server notices that
  // an earlier test's connections closed; that there are any does not.
  if ((expected === "") !== (got === "")) return exactly(reference, subject);
  const names = clientFields(expected.split("\n")[0]);
  const known = new Set(names);
  for (const line of got.split("\n").filter((it) => it !== "")) {
    const theirs = clientFields(line).filter((it) => known.has(it));
    if (names.join(" ") !== theirs.join(" ")) {
      return `expected fields ${names.join(" ")}, got ${theirs.join(" ")}`;
    }
  }
  return undefined;
}

function clientFields(line: string): string[] {
  return line.split(" ").filter((it) => it !== "")
    .map((field) => field.split("=", 1)[0]);
}

function sameHello(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  if (!("items" in reference) || !("items" in subject)) {
    return exactly(reference, subject);
  }
  const varying = new Set(['"version"', '"id"']);
  const withoutVarying = (value: RespValue) => {
    const items = "items" in value ? (value.items ?? []).map(describe) : [];
    return value.kind +
      items.map((text, index) =>
        index % 2 === 1 && varying.has(items[index - 1]) ? " *" : ` ${text}`
      ).join("");
  };
  return withoutVarying(reference) === withoutVarying(subject)
    ? undefined
    : exactly(reference, subject);
}

function sameSlowlog(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const commands = (value: RespValue) =>
    "items" in value
      ? (value.items ?? []).map((entry) =>
        "items" in entry
          ? `${entry.items!.length} ${describe(entry.items![3])} ${
            describe(entry.items![5])
          }`
          : ""
      ).join("\n")
      : "";
  return reference.kind === subject.kind &&
      commands(reference) === commands(subject)
    ? undefined
    : exactly(reference, subject);
}
