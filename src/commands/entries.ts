/**
 * What follows from the specs of all commands: dense ids, full names, key
 * ranges, flags and ACL categories as bits. Handlers that speak about other
 * commands take these types from here, not from table.ts, which imports them.
 */

import { lowerCase } from "../base/byte_string.ts";
import { legacyKeyRange } from "./key_positions.ts";
import {
  ACL_CATEGORIES,
  type AclCategory,
  COMMAND_FLAGS,
  type CommandFlag,
  type CommandSpec,
  HIDDEN_FLAGS,
} from "./spec.ts";

/** A command or subcommand with everything derived from its spec. */
export interface CommandEntry {
  /** Its index in `CommandTable.entries`. */
  readonly id: number;
  /** Lower case; of a subcommand with its container: `client|list`. */
  readonly fullName: string;
  readonly spec: CommandSpec;
  /** The container of a subcommand. */
  readonly parent: CommandEntry | undefined;
  readonly subcommands: readonly CommandEntry[];
  /** Position of the first key; 0: none at a fixed position. */
  readonly firstKey: number;
  /** Position of the last key; negative: counted from the last argument (-1). */
  readonly lastKey: number;
  readonly keyStep: number;
  /** One bit a flag, see {@link FLAG_BITS}; with `movablekeys` where it follows from the keys. */
  readonly flagBits: number;
  /** One bit a category, see {@link ACL_BITS}; with the implied ones. */
  readonly aclBits: number;
}

/** The bit of every command flag: 1 << its place in `COMMAND_FLAGS`. */
export const FLAG_BITS: Readonly<Record<CommandFlag, number>> = bitsOf(
  COMMAND_FLAGS,
);

/** The bit of every ACL category: 1 << its place in `ACL_CATEGORIES`. */
export const ACL_BITS: Readonly<Record<AclCategory, number>> = bitsOf(
  ACL_CATEGORIES,
);

/** A `rename-command` line; an empty new name takes the command away. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** All commands, numbered: top-level commands first, in their given order, then subcommands. */
export class CommandTable {
  /** Index is id; with those that `rename-command` took away. */
  readonly entries: readonly CommandEntry[];
  /** The top-level commands that can be called, in the order of their ids. */
  readonly commands: readonly CommandEntry[];
  /** Top-level commands by the names they are called by, lower case. */
  readonly names: ReadonlyMap<string, CommandEntry>;

  /**
   * @param renames applied in turn; one that names no command is passed over
   * @throws Error if two commands have the same name.
   */
  constructor(
    specs: readonly CommandSpec[],
    renames: readonly Rename[] = [],
  ) {
    const entries: CommandEntry[] = [];
    const subcommandLists: CommandEntry[][] = [];
    for (const spec of specs) {
      const subcommands: CommandEntry[] = [];
      subcommandLists.push(subcommands);
      entries.push(entryOf(entries.length, spec, undefined, subcommands));
    }
    const topLevel = entries.slice();
    for (const parent of topLevel) {
      for (const spec of parent.spec.subcommands ?? []) {
        const entry = entryOf(entries.length, spec, parent, []);
        entries.push(entry);
        subcommandLists[parent.id].push(entry);
      }
    }
    this.entries = entries;
    const fullNames = new Set<string>();
    for (const { fullName } of entries) {
      if (fullNames.has(fullName)) {
        throw new Error(`two commands are named ${fullName}`);
      }
      fullNames.add(fullName);
    }
    const names = new Map(topLevel.map((entry) => [entry.fullName, entry]));
    for (const { from, to } of renames) {
      const entry = names.get(lowerCase(from));
      if (entry === undefined) continue;
      names.delete(lowerCase(from));
      if (to !== "") names.set(lowerCase(to), entry);
    }
    this.names = names;
    const callable = new Set(names.values());
    this.commands = topLevel.filter((entry) => callable.has(entry));
  }

  /**
   * Looks up `get` or `client|list`, without regard to case, by the names
   * commands are called by.
   */
  find(name: string): CommandEntry | undefined {
    const [own, sub, ...rest] = lowerCase(name).split("|");
    const entry = this.names.get(own);
    if (sub === undefined || entry === undefined) return entry;
    if (rest.length > 0) return undefined;
    return entry.subcommands.find(({ spec }) => spec.name === sub);
  }
}

function entryOf(
  id: number,
  spec: CommandSpec,
  parent: CommandEntry | undefined,
  subcommands: readonly CommandEntry[],
): CommandEntry {
  const range = legacyKeyRange(spec.keys ?? []);
  let flagBits = range.isMovable ? FLAG_BITS.movablekeys : 0;
  for (const flag of spec.flags) flagBits |= FLAG_BITS[flag];
  return {
    id,
    fullName: parent === undefined
      ? spec.name
      : `${parent.spec.name}|${spec.name}`,
    spec,
    parent,
    subcommands,
    firstKey: range.firstKey,
    lastKey: range.lastKey,
    keyStep: range.keyStep,
    flagBits,
    aclBits: aclBitsOf(spec),
  };
}

/** The categories a spec names and those its flags imply (Redis: `setImplicitACLCategories`). */
function aclBitsOf(spec: CommandSpec): number {
  let bits = 0;
  for (const category of spec.acl ?? []) bits |= ACL_BITS[category];
  const has = (flag: CommandFlag) => spec.flags.includes(flag);
  if (has("write")) bits |= ACL_BITS.write;
  // A script may read, but is not a reader: it can do more than that.
  if (has("readonly") && (bits & ACL_BITS.scripting) === 0) {
    bits |= ACL_BITS.read;
  }
  if (has("admin")) bits |= ACL_BITS.admin | ACL_BITS.dangerous;
  if (has("pubsub")) bits |= ACL_BITS.pubsub;
  if (has("fast")) bits |= ACL_BITS.fast;
  if (has("blocking")) bits |= ACL_BITS.blocking;
  if ((bits & ACL_BITS.fast) === 0) bits |= ACL_BITS.slow;
  return bits;
}

/** The flags `COMMAND INFO` shows for a command, in its order. */
export function visibleFlags(entry: CommandEntry): CommandFlag[] {
  return COMMAND_FLAGS.filter((flag) =>
    (entry.flagBits & FLAG_BITS[flag]) !== 0 && !HIDDEN_FLAGS.includes(flag)
  );
}

/** The ACL categories of a command with the implied ones, without `@`, in Redis's order. */
export function aclCategories(entry: CommandEntry): AclCategory[] {
  return ACL_CATEGORIES.filter((category) =>
    (entry.aclBits & ACL_BITS[category]) !== 0
  );
}

/** At most 31 names, so that the bits stay positive 32-bit integers. */
function bitsOf<Name extends string>(
  names: readonly Name[],
): Record<Name, number> {
  const bits = {} as Record<Name, number>;
  names.forEach((name, index) => bits[name] = 1 << index);
  return bits;
}
