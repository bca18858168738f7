/** The one table of options. */
import { lowerCase } from "../base/byte_string.ts";
import type { CamelCase, Option, ValueOf } from "./option_types.ts";
import { ENCODING_OPTIONS, MEMORY_OPTIONS } from "./options_memory.ts";
import { NETWORK_OPTIONS, TLS_OPTIONS } from "./options_network.ts";
import { PERSISTENCE_OPTIONS } from "./options_persistence.ts";
import { CLUSTER_OPTIONS, REPLICATION_OPTIONS } from "./options_replication.ts";
import { SERVER_OPTIONS } from "./options_server.ts";
import { SPECIAL_OPTIONS } from "./options_special.ts";

/** Every option, typed one by one. Order is that of `CONFIG GET *`. */
const TABLE = [
  ...SPECIAL_OPTIONS,
  ...NETWORK_OPTIONS,
  ...TLS_OPTIONS,
  ...SERVER_OPTIONS,
  ...MEMORY_OPTIONS,
  ...ENCODING_OPTIONS,
  ...PERSISTENCE_OPTIONS,
  ...REPLICATION_OPTIONS,
  ...CLUSTER_OPTIONS,
] as const;

/** The options by subject, for the reference. */
export const OPTION_GROUPS: readonly {
  readonly title: string;
  readonly options: readonly Option[];
}[] = [
  { title: "Values with a format of their own", options: SPECIAL_OPTIONS },
  { title: "Listening, connections and clients", options: NETWORK_OPTIONS },
  { title: "TLS", options: TLS_OPTIONS },
  { title: "Process, log and shutdown", options: SERVER_OPTIONS },
  { title: "Memory, eviction and expiry", options: MEMORY_OPTIONS },
  { title: "Encodings", options: ENCODING_OPTIONS },
  { title: "Storage engine, RDB and AOF", options: PERSISTENCE_OPTIONS },
  { title: "Replication", options: REPLICATION_OPTIONS },
  { title: "Cluster", options: CLUSTER_OPTIONS },
] as readonly { title: string; options: readonly unknown[] }[] as readonly {
  title: string;
  options: readonly Option[];
}[];

type TableEntry = typeof TABLE[number];

/** The name of an option, never an alias. */
export type OptionName = TableEntry["name"];

/** The value of every option, under its name in camel case. */
export type ConfigValues = {
  readonly [O in TableEntry as CamelCase<O["name"]>]: ValueOf<O>;
};

/** Every option. */
export const OPTIONS: readonly Option[] =
  TABLE as readonly unknown[] as readonly Option[];

/** A name that finds an option: its own or its alias. */
export interface OptionEntry {
  /** In lower case, as `CONFIG GET *` shows it. */
  readonly name: string;
  readonly option: Option;
  readonly isAlias: boolean;
}

/** Every name, aliases included. */
export const OPTION_ENTRIES: readonly OptionEntry[] = OPTIONS.flatMap(
  (option) => [
    { name: option.name, option, isAlias: false },
    ...(option.alias ? [{ name: option.alias, option, isAlias: true }] : []),
  ],
);

const ENTRY_BY_NAME: ReadonlyMap<string, OptionEntry> = new Map(
  OPTION_ENTRIES.map((entry) => [entry.name, entry]),
);

/** The option of a name or alias, in any case. */
export function findOption(name: string): OptionEntry | undefined {
  return ENTRY_BY_NAME.get(lowerCase(name));
}
