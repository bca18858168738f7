/**
 * How replies about users compare. The two servers do not have the same
 * commands, and so choose different rules to describe the same rights: rules
 * about commands are compared by what they allow of the commands both have,
 * everything else word for word. That the same commands give the same rules is
 * tested in acl_rules_test.ts.
 */

import { Catalogue, User } from "../../src/acl/mod.ts";
import { ACL_BITS, FLAG_BITS } from "../../src/commands/entries.ts";
import { COMMAND_TABLE } from "../../src/commands/table.ts";
import {
  bytesToLatin1,
  REFERENCE_VERSION,
  type RespValue,
} from "../_support/mod.ts";

const CATALOGUE = new Catalogue(
  COMMAND_TABLE.entries,
  ACL_BITS,
  FLAG_BITS.no_auth,
);

const REFERENCE_MAJOR = REFERENCE_VERSION.split(".").map(Number);

/** Full names of the commands that both servers have. */
export const COMMON_COMMANDS: readonly string[] = COMMAND_TABLE.entries
  .filter(({ spec, parent }) => isOld(spec.since) && isOld(parent?.spec.since))
  .map(({ fullName }) => fullName);

const COMMON = new Set(COMMON_COMMANDS);

function isOld(since = "0.0.0"): boolean {
  const version = since.split(".").map(Number);
  const at = version.findIndex((part, i) => part !== REFERENCE_MAJOR[i]);
  return at < 0 || version[at] < REFERENCE_MAJOR[at];
}

/** The rules of one selector, with those about commands replaced by what they allow. */
function normalSelector(words: readonly string[]): string {
  const user = new User("u", {
    catalogue: CATALOGUE,
    isAllChannelsByDefault: () => false,
  });
  const others: string[] = [];
  for (const word of words) {
    // What one of the servers does not have makes no difference.
    if (!/^[+-]/.test(word)) others.push(word);
    else user.apply(word);
  }
  const [root] = user.selectors;
  const allowed = COMMON_COMMANDS.flatMap((name) => {
    const { id } = CATALOGUE.find(name)!;
    if (root.allowed[id] !== 0) return [name];
    const first = root.firstArguments.get(id) ?? [];
    return first.map((argument) => `${name}|${argument}`);
  });
  const start = root.startsFromAll ? "+@all" : "-@all";
  return `${others.join(" ")} ${start}: ${allowed.join(" ")}`;
}

/** A line of ACL LIST, or the rules of ACL GETUSER. */
function normalRules(text: string): string {
  const parts = text.split(/ \((.*?)\)/);
  return parts.map((part) => normalSelector(part.split(" "))).join(" / ");
}

/** A reply as comparable text; `isRules` says which texts hold rules. */
function normalValue(
  value: RespValue,
  isRules: (index: number, before: string) => boolean,
): string {
  if (value.kind === "bulk" && value.bytes !== null) {
    return bytesToLatin1(value.bytes);
  }
  if (!("items" in value) || value.items === null) return value.kind;
  let before = "";
  const items = value.items.map((item, index) => {
    const text = normalValue(item, isRules);
    const isText = item.kind === "bulk" && isRules(index, before);
    before = text;
    return isText ? normalRules(text) : text;
  });
  return `${value.kind} [${items.join("; ")}]`;
}

function compared(expected: string, got: string): string | undefined {
  return expected === got ? undefined : `expected ${expected}, got ${got}`;
}

/** ACL LIST */
export function sameUserLines(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const normal = (value: RespValue) => normalValue(value, () => true);
  return compared(normal(reference), normal(subject));
}

/** ACL GETUSER */
export function sameUser(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const normal = (value: RespValue) =>
    normalValue(value, (_, before) => before === "commands");
  return compared(normal(reference), normal(subject));
}

/** ACL CAT: names of categories, or of commands in no order. */
export function sameCommandNames(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const normal = (value: RespValue) => {
    const names = "items" in value
      ? (value.items ?? []).map((item) => normalValue(item, () => false))
      : [];
    return names[0] === "keyspace"
      ? names.join(" ")
      : names.filter((name) => COMMON.has(name)).sort().join(" ");
  };
  return compared(normal(reference), normal(subject));
}

/** ACL LOG: fields up to the name of the user; the others are each server's own. */
export function sameAclLog(
  reference: RespValue,
  subject: RespValue,
): string | undefined {
  const normal = (value: RespValue) =>
    "items" in value
      ? (value.items ?? []).map((entry) =>
        "items" in entry
          ? `${entry.kind} ${
            entry.items!.slice(0, 10).map((item) =>
              item.kind === "integer"
                ? String(item.value)
                : normalValue(item, () => false)
            ).join(" ")
          }`
          : entry.kind
      ).join("\n")
      : value.kind;
  return compared(normal(reference), normal(subject));
}
