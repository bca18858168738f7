/**
 * The commands as access control sees them. It does not know the command
 * table, only what it is told here; names are those of Redis, whatever
 * `rename-command` made of them.
 */

import { lowerCase, untilNul } from "../base/byte_string.ts";

/** A command or subcommand. */
export interface AclCommand {
  /** Dense, from 0. */
  readonly id: number;
  /** Lower case; of a subcommand with its container: `client|list`. */
  readonly fullName: string;
  readonly parent: AclCommand | undefined;
  readonly subcommands: readonly AclCommand[];
  /** One bit a category. */
  readonly aclBits: number;
  readonly flagBits: number;
}

/** All commands, and the categories they are in. */
export class Catalogue {
  /** Every command with its subcommands after it. */
  readonly commands: readonly AclCommand[];
  /** Names of categories in Redis's order, without their `@`. */
  readonly categories: readonly string[];
  readonly #categoryBits: ReadonlyMap<string, number>;
  readonly #topLevel: ReadonlyMap<string, AclCommand>;
  readonly #noAuthBit: number;

  /**
   * @param entries all commands; the index is the id
   * @param categoryBits the bit of every category
   * @param noAuthBit the flag of commands that anybody may run
   */
  constructor(
    entries: readonly AclCommand[],
    categoryBits: Readonly<Record<string, number>>,
    noAuthBit: number,
  ) {
    const topLevel = entries.filter(({ parent }) => parent === undefined);
    this.commands = topLevel.flatMap((one) => [one, ...one.subcommands]);
    this.#topLevel = new Map(topLevel.map((one) => [one.fullName, one]));
    this.#categoryBits = new Map(Object.entries(categoryBits));
    this.categories = Object.keys(categoryBits);
    this.#noAuthBit = noAuthBit;
  }

  /** `get`, `client` or `client|list`, in any case; nothing more, nothing less. */
  find(name: string): AclCommand | undefined {
    const parts = lowerCase(untilNul(name)).split("|");
    const command = this.#topLevel.get(parts[0]);
    if (command === undefined || parts.length === 1) return command;
    if (parts.length > 2) return undefined;
    const fullName = `${command.fullName}|${parts[1]}`;
    return command.subcommands.find((sub) => sub.fullName === fullName);
  }

  /** The bit of a category given without its `@`; 0 if there is none. */
  categoryBit(name: string): number {
    return this.#categoryBits.get(lowerCase(untilNul(name))) ?? 0;
  }

  /** Whether anybody may run it, authenticated or not. */
  isForAnybody(command: AclCommand): boolean {
    return (command.flagBits & this.#noAuthBit) !== 0;
  }
}
