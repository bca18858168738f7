/** Tells the core the names of all commands, and which kernels they have. */

import type { CommandEntry, CommandTable } from "../commands/entries.ts";
import type { Core } from "../core/mod.ts";
import { KERNELS } from "./lane.ts";

const CONTAINER = 1;
/** A client cannot call it by this name: it comes after its container's. */
const SUBCOMMAND = 2;

/**
 * Fills the core's name table.
 *
 * @throws Error if a name is longer than the core takes (128 bytes), which a
 * new name of `rename-command` can be
 */
export function registerNames(core: Core, table: CommandTable): void {
  for (const [name, entry] of table.names) {
    const isContainer = entry.subcommands.length > 0;
    const { kernel } = entry.spec;
    addName(
      core,
      name,
      entry,
      kernel === undefined ? 0 : KERNELS[kernel],
      isContainer ? CONTAINER : 0,
    );
    // Subcommands hang on the container's own name, whatever it is called by.
    if (!isContainer) continue;
    const own = entry.fullName;
    core.x.nameContainer(core.putText(own), own.length, entry.id);
    for (const subcommand of entry.subcommands) {
      addName(core, subcommand.fullName, subcommand, 0, SUBCOMMAND);
    }
  }
}

function addName(
  core: Core,
  name: string,
  entry: CommandEntry,
  kernel: number,
  flags: number,
): void {
  const ptr = core.putText(name);
  if (!core.x.nameAdd(ptr, name.length, entry.id, kernel, flags)) {
    throw new Error(`the command name '${name}' is too long`);
  }
}
