/**
 * What follows from the specs of all commands: dense ids, full names, key
 * ranges, flags and ACL categories as bits. Handlers that speak about other
 * commands take these types from here, not from table.ts, which imports them.
 */

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

/** All commands, numbered: top-level commands first, in their given order, then subcommands. */
export class CommandTable {
  /** Index is id. */
  readonly entries: readonly CommandEntry[];
  /** The top-level commands; their ids are 0 to `commands.length - 1`. */
  readonly commands: readonly CommandEntry[];
  readonly #byFullName = new Map<string, CommandEntry>();

  /** @throws Error if two commands have the same name. */
  constructor(specs: readonly CommandSpec[]) {
    const entries: CommandEntry[] = [];
    const subcommandLists: CommandEntry[][] = [];
    for (const spec of specs) {
      const subcommands: CommandEntry[] = [];
      subcommandLists.push(subcommands);
      entries.push(entryOf(entries.length, spec, undefined, subcommands));
    }
    this.commands = entries.slice();
    for (const parent of this.commands) {
      for (const spec of parent.spec.subcommands ?? []) {
        const entry = entryOf(entries.length, spec, parent, []);
        entries.push(entry);
        subcommandLists[parent.id].push(entry);
      }
    }
    this.entries = entries;
    for (const entry of entries) {
      if (this.#byFullName.has(entry.fullName)) {
        throw new Error(`two commands are named ${entry.fullName}`);
      }
      this.#byFullName.set(entry.fullName, entry);
    }
  }

  /** Looks up `get` or `client|list`, without regard to case. */
  find(fullName: string): CommandEntry | undefined {
    return this.#byFullName.get(fullName.toLowerCase());
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
