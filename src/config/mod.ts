/**
 * The configuration: one typed table of options, `redis.conf`, the command
 * line, and what `CONFIG` does.
 *
 * @module
 */
export { fromBytes, fromText, toBytes, toText } from "../base/byte_string.ts";
export { absolutePath, parseCommandLine } from "./command_line.ts";
export type { CommandLine } from "./command_line.ts";
export { Config } from "./config.ts";
export type { Apply, ConfigEnvironment, SetRequest } from "./config.ts";
export { globMatches } from "./glob_match.ts";
export {
  formatKeyspaceEvents,
  KeyspaceEvent,
  parseKeyspaceEvents,
} from "./keyspace_events.ts";
export { Loader, StartupError } from "./load.ts";
export type { Directives, LoadHooks } from "./load.ts";
export { parseMemory } from "./numbers.ts";
export type { Option, Stage } from "./option_types.ts";
export {
  findOption,
  OPTION_ENTRIES,
  OPTION_GROUPS,
  OPTIONS,
} from "./options.ts";
export type { ConfigValues, OptionEntry, OptionName } from "./options.ts";
export type {
  MasterAddress,
  OutputBufferLimit,
  OutputBufferLimits,
  SavePoint,
} from "./options_special.ts";
export { quoteArgument, splitArguments } from "./split_arguments.ts";
export { startUp } from "./startup.ts";
export type { Startup } from "./startup.ts";
