/** How INFO writes values. */

import type { CommandEntry } from "../entries.ts";
import type { Services } from "../services.ts";

/** A section of INFO: its lines, without the heading and without line ends. */
export type InfoSection = (services: Services) => string[];

const UNITS = ["K", "M", "G", "T", "P"];

/** Bytes as people read them: `512B`, `1.50K`, … */
export function humanBytes(bytes: number): string {
  if (bytes < 1024 || bytes >= 1024 ** 6) return `${bytes}B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(2)}${UNITS[unit]}`;
}

/** Seconds with six digits behind the point. */
export function seconds(value: number): string {
  return value.toFixed(6);
}

/** A name as part of a line: without what would end the line or the field. */
export function safeName(name: string): string {
  return name.replace(/[#:\r\n]/g, "_");
}

/** All commands, each followed by its subcommands. */
export function* commandsInOrder(services: Services): Iterable<CommandEntry> {
  for (const entry of services.table.entries) {
    if (entry.parent !== undefined) continue;
    yield entry;
    yield* entry.subcommands;
  }
}
