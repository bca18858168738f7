import { fileErrorText } from "../base/file_error.ts";
import { REDIS_VERSION } from "../base/version.ts";
import { fromBytes, fromText, lowerCase, toText } from "../base/byte_string.ts";
import type { Config } from "./config.ts";
import { globFiles, isGlob } from "./glob_files.ts";
import { findOption } from "./options.ts";
import { splitArguments } from "./split_arguments.ts";

/** The process must end: what to print on standard error, and its exit code. */
export class StartupError extends Error {
  readonly exitCode = 1;

  /** `stderr` may be empty: then the log says what was wrong. */
  constructor(readonly stderr: string) {
    super(stderr.trim());
    this.name = "StartupError";
  }
}

/** What directives that are no options need from elsewhere. */
export interface LoadHooks {
  /** Whether a command of this name exists, for `rename-command`. */
  commandExists(name: string): boolean;
  /**
   * Checks the arguments of a `user` line, its first word left out. Returns
   * the argument that is wrong, and why.
   */
  checkUser?(
    args: readonly string[],
  ): { argument: string; reason: string } | null;
  /** All of standard input. */
  readStandardInput(): Uint8Array;
}

/** What a configuration says besides the values of options. */
export interface Directives {
  /** In order: the command loses the name `from` and gets `to`, or none if that is empty. */
  readonly renames: { readonly from: string; readonly to: string }[];
  /** Arguments of the `user` lines. */
  readonly users: (readonly [name: string, ...rules: string[]])[];
}

/** Lines that once were options, and how many words such a line has. */
const IGNORED_DIRECTIVES: ReadonlyMap<string, number> = new Map([
  ["list-max-ziplist-entries", 2],
  ["list-max-ziplist-value", 2],
  ["lua-replicate-commands", 2],
]);

/** How deep files may include each other. */
const INCLUDE_DEPTH_MAX = 64;

/**
 * Loads configuration text and files into a `Config`. Every error is a
 * {@linkcode StartupError} that says what Redis says.
 */
export class Loader {
  readonly directives: Directives = { renames: [], users: [] };
  readonly #config: Config;
  readonly #hooks: LoadHooks;
  readonly #renamed = new Map<string, boolean>();
  /**
   * The first `save` line replaces the defaults, those after it add to it;
   * but after an include every one replaces what was before. That is an
   * accident of Redis which configurations may depend on.
   */
  #hasSave = false;
  #isAfterInclude = false;
  #includeDepth = 0;

  constructor(config: Config, hooks: LoadHooks) {
    this.#config = config;
    this.#hooks = hooks;
  }

  /**
   * Loads a file (a byte string; may be a pattern), then standard input, then
   * `options` (lines), as if they were one file.
   */
  load(file: string | null, fromStandardInput: boolean, options: string): void {
    let content = file === null ? "" : this.#readFiles(file);
    if (fromStandardInput) {
      this.#config.environment.log("warning", "Reading config from stdin");
      content += fromBytes(this.#hooks.readStandardInput());
    }
    if (options !== "") content += "\n" + options;
    this.loadText(content);
  }

  /** Loads lines of configuration. */
  loadText(content: string): void {
    this.#isAfterInclude = false;
    const lines = content.split("\n");
    for (const [index, untrimmed] of lines.entries()) {
      const line = untrimmed.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
      if (line === "" || line[0] === "#") continue;
      const error = this.#loadLine(line);
      if (error) throw fatal(error, { number: index + 1, text: line });
    }
    this.#checkWhole();
    this.#isAfterInclude = true;
  }

  #readFiles(path: string): string {
    const { files } = this.#config.environment;
    const paths = isGlob(path) ? globFiles(files, path) : [toText(path)];
    return paths.map((one) => {
      try {
        return fromBytes(files.readFile(one));
      } catch (error) {
        this.#config.environment.log(
          "warning",
          `Fatal error, can't open config file '${one}': ${
            fileErrorText(error)
          }`,
        );
        throw new StartupError("");
      }
    }).join("");
  }

  /** Loads one line; returns what is wrong with it. */
  #loadLine(line: string): string | null {
    const words = splitArguments(line);
    if (!words) return "Unbalanced quotes in configuration line";
    if (words.length === 0) return null;
    const [typedName, ...args] = words;
    const option = findOption(typedName)?.option;
    if (!option) return this.#loadDirective(lowerCase(typedName), args);
    if (!option.isMultiArgument) {
      if (args.length !== 1) return "wrong number of arguments";
      return this.#config.assign(option, args);
    }
    const isAppending = option.name === "save" && this.#addsSave();
    // `--bind "a b"` comes as one argument.
    const isOne = args.length === 1 && args[0] !== "";
    const values = isOne ? splitArguments(args[0]) ?? [] : args;
    return this.#config.assign(option, values, isAppending);
  }

  /** True if a `save` line adds to those before it. */
  #addsSave(): boolean {
    if (this.#isAfterInclude) return false;
    const isLater = this.#hasSave;
    this.#hasSave = true;
    return isLater;
  }

  #loadDirective(name: string, args: readonly string[]): string | null {
    if (IGNORED_DIRECTIVES.get(name) === args.length + 1) return null;
    if (name === "include" && args.length === 1) return this.#include(args[0]);
    if (name === "rename-command" && args.length === 2) {
      return this.#rename(args[0], args[1]);
    }
    if (name === "user" && args.length >= 1) {
      return this.#addUser(args[0], args.slice(1));
    }
    if (name === "loadmodule" && args.length >= 1) {
      return "AiKv does not load modules";
    }
    if (name.includes(".")) {
      return args.length === 0
        ? "Module config specified without value"
        : "AiKv does not load modules";
    }
    if (name === "sentinel") {
      return args.length === 0
        ? null
        : "sentinel directive while not in sentinel mode";
    }
    return "Bad directive or wrong number of arguments";
  }

  #include(path: string): string | null {
    // Redis recurses until its stack ends; a file that includes itself is told.
    if (this.#includeDepth >= INCLUDE_DEPTH_MAX) {
      return "Too many levels of include";
    }
    this.#includeDepth++;
    this.load(path, false, "");
    this.#includeDepth--;
    return null;
  }

  #rename(from: string, to: string): string | null {
    const exists = (name: string) =>
      this.#renamed.get(lowerCase(name)) ?? this.#hooks.commandExists(name);
    if (!exists(from)) return "No such command in rename-command";
    this.#renamed.set(lowerCase(from), false);
    if (to !== "") {
      if (exists(to)) return "Target command name already exists";
      this.#renamed.set(lowerCase(to), true);
    }
    this.directives.renames.push({ from, to });
    return null;
  }

  #addUser(name: string, rules: readonly string[]): string | null {
    const problem = this.#hooks.checkUser?.([name, ...rules]);
    if (problem) {
      return `Error in user declaration '${problem.argument}': ${problem.reason}`;
    }
    this.directives.users.push([name, ...rules]);
    return null;
  }

  /** Checks what no single line shows. */
  #checkWhole(): void {
    const { values, environment } = this.#config;
    if (values.logfile !== "") {
      try {
        environment.files.open(values.logfile, { mode: "append" }).close();
      } catch (error) {
        throw fatal(
          `Can't open the log file: ${fromText(fileErrorText(error))}`,
        );
      }
    }
    if (values.clusterEnabled && values.replicaof) {
      throw fatal("replicaof directive not allowed in cluster mode");
    }
    this.#config.clamp();
  }
}

/** Redis's fatal text. Its line is missing when the whole is wrong. */
function fatal(
  message: string,
  line?: { number: number; text: string },
): StartupError {
  const where = line
    ? `Reading the configuration file, at line ${line.number}\n>>> '${line.text}'\n`
    : "";
  return new StartupError(
    `\n*** FATAL CONFIG FILE ERROR (Redis ${REDIS_VERSION}) ***\n${where}${message}\n`,
  );
}
