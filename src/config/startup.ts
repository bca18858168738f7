import { fromText, toText } from "../base/byte_string.ts";
import { absolutePath, parseCommandLine } from "./command_line.ts";
import type { Config } from "./config.ts";
import {
  type Directives,
  Loader,
  type LoadHooks,
  StartupError,
} from "./load.ts";

/** What a start came to. */
export type Startup =
  | {
    readonly action: "serve";
    readonly directives: Directives;
    /** There was something to load: a file, standard input or options. */
    readonly isConfigured: boolean;
  }
  | {
    readonly action: "exit";
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
  };

/**
 * Reads the command line and everything it names into `config`, as
 * `redis-server` does: the file first, then standard input, then the options,
 * and the last word counts. The caller prints and exits when told to.
 */
export function startUp(
  config: Config,
  args: readonly string[],
  hooks: LoadHooks,
): Startup {
  const commandLine = parseCommandLine(args);
  if (commandLine.action === "exit") return commandLine;
  let file: string | null = null;
  if (commandLine.file !== null) {
    const directory = fromText(config.environment.files.currentDirectory());
    file = absolutePath(commandLine.file, directory);
    config.file = toText(file);
  }
  const loader = new Loader(config, hooks);
  try {
    if (args.length > 0) {
      loader.load(file, commandLine.readsStandardInput, commandLine.options);
    }
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return {
      action: "exit",
      exitCode: error.exitCode,
      stdout: "",
      stderr: toText(error.stderr),
    };
  }
  return {
    action: "serve",
    directives: loader.directives,
    isConfigured: args.length > 0,
  };
}
