/** Tells the core the names of all commands, and which kernels they have. */

import type { CommandEntry, CommandTable } from "../commands/entries.ts";
import type { Core } from "../core/mod.ts";
import { KERNELS } from "./lane.ts";

const CONTAINER = 1;
const NAME_NONE = 0xffff;

/**
 * Fills the core's name table.
 *
 * @param renames `rename-command` lines; an empty new name takes a command away
 */
export function registerNames(
  core: Core,
  table: CommandTable,
  renames: readonly { readonly from: string; readonly to: string }[],
): void {
  for (const entry of table.entries) addName(core, entry.fullName, entry);
  for (const { from, to } of renames) {
    const entry = table.find(from);
    if (entry === undefined) continue;
    const name = from.toLowerCase();
    core.x.nameAdd(core.putText(name), name.length, NAME_NONE, 0, 0);
    if (to !== "") addName(core, to.toLowerCase(), entry);
  }
}

function addName(core: Core, name: string, entry: CommandEntry): void {
  const isContainer = entry.subcommands.length > 0;
  const kernel = entry.spec.kernel;
  core.x.nameAdd(
    core.putText(name),
    name.length,
    entry.id,
    kernel === undefined ? 0 : KERNELS[kernel],
    isContainer ? CONTAINER : 0,
  );
  if (isContainer) {
    const own = entry.fullName;
    core.x.nameContainer(core.putText(own), own.length, entry.id);
  }
}
