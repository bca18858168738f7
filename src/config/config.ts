import { untilNul } from "../base/byte_string.ts";
import { fileErrorText } from "../base/file_error.ts";
import type { Files } from "../base/interfaces.ts";
import { globMatches } from "./glob_match.ts";
import { camelCase, type Option, type ParseContext } from "./option_types.ts";
import {
  defaultRawValue,
  fieldOf,
  formatRawValue,
  isUnchanged,
  parseRawValue,
  type RawValue,
} from "./option_value.ts";
import {
  type ConfigValues,
  findOption,
  OPTION_ENTRIES,
  type OptionEntry,
  type OptionName,
  OPTIONS,
} from "./options.ts";
import { rewriteFile } from "./rewrite.ts";

/** What the configuration asks of the world, and tells it. */
export interface ConfigEnvironment {
  readonly files: Files;
  /** Where warnings go. */
  log(level: "warning" | "verbose" | "debug", message: string): void;
  /** Six characters that make the name of a temporary file unique. */
  temporarySuffix(): string;
}

/** What `CONFIG SET` must know about who asks, and when. */
export interface SetRequest {
  /** The client is on a Unix socket or a loopback address. */
  readonly isLocalClient: boolean;
  /** The data set is being loaded. */
  readonly isLoading: boolean;
}

/** A listener: applies the new values, or returns why it cannot. */
export type Apply = () => string | null;

/** An option about to be set. */
interface Assignment {
  readonly entry: OptionEntry;
  readonly value: string;
}

/** Failed while setting or applying: which option, and why. */
interface SetFailure {
  readonly name: string;
  readonly reason: string;
}

/**
 * The configuration: every option's value, and what `CONFIG` does with them.
 *
 * Names and values in and out are byte strings (see `byte_string.ts`); the
 * fields of {@linkcode Config.values} are decoded.
 */
export class Config {
  /**
   * The current values, by name in camel case. Plain fields: reading one costs
   * nothing. The object stays the same for the life of the configuration.
   */
  readonly values: ConfigValues;
  /** Absolute path of the configuration file; `null` without one. */
  file: string | null = null;
  /**
   * The `user …` lines for `CONFIG REWRITE`; while nobody provides them, those
   * in the file are left alone.
   */
  userLines: (() => string[]) | null = null;

  readonly environment: ConfigEnvironment;
  readonly #raw = new Map<Option, RawValue>();
  readonly #fields: Record<string, unknown>;
  readonly #listeners = new Map<Option, Apply>();

  constructor(environment: ConfigEnvironment) {
    this.environment = environment;
    this.#fields = Object.fromEntries(OPTIONS.map((option) => {
      const raw = defaultRawValue(option);
      this.#raw.set(option, raw);
      return [camelCase(option.name), fieldOf(option, raw)];
    }));
    this.values = this.#fields as ConfigValues;
    const directory = findOption("dir")!.option;
    this.#store(directory, environment.files.currentDirectory());
  }

  /**
   * Calls `apply` after `CONFIG SET` has changed one or several of `names`;
   * once, even if it changed all of them. If `apply` returns a reason, the
   * command fails with it, the old values come back, and `apply` is called
   * again to apply those. One listener an option.
   */
  onChange(names: OptionName | readonly OptionName[], apply: Apply): void {
    for (const name of typeof names === "string" ? [names] : names) {
      const option = findOption(name)!.option;
      if (this.#listeners.has(option)) {
        throw new Error(`option ${name} already has a listener`);
      }
      this.#listeners.set(option, apply);
    }
  }

  /** The pairs `CONFIG GET pattern …` answers with. */
  get(patterns: readonly string[]): [name: string, value: string][] {
    const found = new Map<string, [string, string]>();
    const add = (shownName: string, entry: OptionEntry) => {
      if (found.has(entry.name)) return;
      found.set(entry.name, [shownName, this.text(entry.option)]);
    };
    for (const pattern of patterns) {
      if (!/[[*?]/.test(pattern)) {
        // A plain name is answered as it was typed.
        const entry = findOption(pattern);
        if (entry) add(pattern, entry);
        continue;
      }
      for (const entry of OPTION_ENTRIES) {
        if (entry.option.isHidden) continue;
        if (globMatches(pattern, entry.name, { ignoreCase: true })) {
          add(entry.name, entry);
        }
      }
    }
    return [...found.values()];
  }

  /**
   * Does `CONFIG SET name value …`: all of it or nothing. `null` if it is
   * done, else the error for the client, with its code and without the `-`.
   */
  set(
    pairs: readonly (readonly [name: string, value: string])[],
    request: SetRequest,
  ): string | null {
    const assignments: Assignment[] = [];
    for (const [name, value] of pairs) {
      const entry = findOption(name);
      if (!entry) {
        return oneLine(
          `ERR Unknown option or number of arguments for CONFIG SET - '${
            untilNul(name)
          }'`,
        );
      }
      const refusal = this.#refusal(entry, request);
      if (refusal === LOADING) return LOADING;
      if (refusal) return setError(name, refusal);
      if (assignments.some((earlier) => earlier.entry === entry)) {
        return setError(name, "duplicate parameter");
      }
      assignments.push({ entry, value });
    }
    const failure = this.#setAll(assignments);
    return failure ? setError(failure.name, failure.reason) : null;
  }

  /**
   * Does `CONFIG REWRITE`. `null` if the file is written, else the error for
   * the client. `isComplete`: with the options that have their default.
   */
  rewrite(isComplete = false): string | null {
    if (this.file === null) {
      return "ERR The server is running without a config file";
    }
    try {
      rewriteFile(this, this.file, isComplete);
    } catch (error) {
      const text = fileErrorText(error);
      this.environment.log("warning", `CONFIG REWRITE failed: ${text}`);
      return oneLine(`ERR Rewriting config file: ${text}`);
    }
    this.environment.log("warning", "CONFIG REWRITE executed with success.");
    return null;
  }

  /** True if the value of this name must not appear in logs, SLOWLOG or MONITOR. */
  isSensitive(name: string): boolean {
    return findOption(name)?.option.isSensitive ?? false;
  }

  /** True if a client may do what an option such as `enable-debug-command` guards. */
  allows(
    action:
      | "enable-debug-command"
      | "enable-module-command"
      | "enable-protected-configs",
    isLocalClient: boolean,
  ): boolean {
    const setting = this.#raw.get(findOption(action)!.option);
    return setting === "yes" || (setting === "local" && isLocalClient);
  }

  /**
   * Sets an option without asking whether it may be set, and without calling
   * listeners: for the configuration file, and for commands that change an
   * option by other means. Returns what is wrong with the arguments.
   */
  assign(
    name: OptionName | Option,
    args: readonly string[],
    isAppending = false,
  ): string | null {
    const option = typeof name === "string" ? findOption(name)!.option : name;
    const parsed = parseRawValue(
      option,
      args,
      this.#context(option, isAppending),
    );
    if ("error" in parsed) return parsed.error;
    this.#store(option, parsed.value);
    return null;
  }

  /** The value of an option as `CONFIG GET` shows it. */
  text(option: Option): string {
    return formatRawValue(option, this.#raw.get(option));
  }

  /** The value of an option as it is kept. */
  raw(option: Option): RawValue {
    return this.#raw.get(option);
  }

  /**
   * The options that were set to something else than their default although
   * they have no effect, or none yet, each with a sentence that says so. The
   * start logs them: an operator must not believe in a setting that is ignored.
   */
  ineffective(): { name: string; reason: string }[] {
    const result: { name: string; reason: string }[] = [];
    for (const option of OPTIONS) {
      const { name, noop, waitsFor } = option;
      if (!noop && !waitsFor) continue;
      const isDefault = this.text(option) ===
        formatRawValue(option, defaultRawValue(option));
      // No save points is what AiKv has without snapshots.
      const isMoot = name === "save" && this.text(option) === "";
      if (isDefault || isMoot) continue;
      const why = noop ?? `AiKv has no ${waitsFor} yet.`;
      result.push({ name, reason: `Option '${name}' has no effect: ${why}` });
    }
    return result;
  }

  /** Moves numbers that may be given out of range back into it. */
  clamp(): void {
    for (const option of OPTIONS) {
      if (option.kind !== "number" || !option.clampTo) continue;
      const value = this.#raw.get(option) as bigint;
      const [low, high] = option.clampTo;
      if (value < low) this.#store(option, low);
      if (value > high) this.#store(option, high);
    }
  }

  #store(option: Option, raw: RawValue): void {
    this.#raw.set(option, raw);
    this.#fields[camelCase(option.name)] = fieldOf(option, raw);
  }

  #context(option: Option, isAppending: boolean): ParseContext<unknown> {
    const { files, log } = this.environment;
    return {
      current: this.#raw.get(option),
      isAppending,
      currentDirectory: () => files.currentDirectory(),
      changeDirectory: (path) => {
        try {
          files.changeDirectory(path);
          return null;
        } catch (error) {
          return fileErrorText(error);
        }
      },
      warn: (message) => log("warning", message),
    };
  }

  /** Why this option may not be set now; `null` if it may. */
  #refusal({ option }: OptionEntry, request: SetRequest): string | null {
    if (option.isImmutable) return "can't set immutable config";
    if (
      option.isProtected &&
      !this.allows("enable-protected-configs", request.isLocalClient)
    ) {
      return "can't set protected config";
    }
    return request.isLoading && option.isDeniedLoading ? LOADING : null;
  }

  /** Sets, then applies. On failure every option has its old value again. */
  #setAll(assignments: readonly Assignment[]): SetFailure | null {
    const before = assignments.map(({ entry }) => this.text(entry.option));
    /** Listeners to call, each with the option it is called for. */
    const pending = new Map<Apply, string>();
    for (const [index, { entry, value }] of assignments.entries()) {
      const { option, name } = entry;
      const rawBefore = this.#raw.get(option);
      const error = this.assign(option, splitValue(option, value));
      if (error) {
        this.#restore(assignments.slice(0, index + 1), before, []);
        return { name, reason: error };
      }
      const listener = this.#listeners.get(option);
      if (!listener || pending.has(listener)) continue;
      if (!isUnchanged(option, rawBefore, this.#raw.get(option))) {
        pending.set(listener, name);
      }
    }
    this.clamp();
    for (const [apply, name] of pending) {
      const reason = apply();
      if (reason === null) continue;
      this.environment.log(
        "warning",
        `Failed applying new configuration. Possibly related to new ${name} setting. Restoring previous settings.`,
      );
      this.#restore(assignments, before, [...pending.keys()]);
      return { name, reason };
    }
    return null;
  }

  #restore(
    assignments: readonly Assignment[],
    before: readonly string[],
    listeners: readonly Apply[],
  ): void {
    for (const [index, { entry }] of assignments.entries()) {
      const { option, name } = entry;
      const error = this.assign(option, splitValue(option, before[index]));
      if (error) {
        this.environment.log(
          "warning",
          `Failed restoring failed CONFIG SET command. Error setting ${name} to '${
            before[index]
          }': ${error}`,
        );
      }
    }
    for (const apply of listeners) {
      const reason = apply();
      if (reason !== null) {
        this.environment.log(
          "warning",
          `Failed applying restored failed CONFIG SET command: ${reason}`,
        );
      }
    }
  }
}

const LOADING = "LOADING Redis is loading the dataset in memory";

function setError(name: string, reason: string): string {
  return oneLine(
    `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`,
  );
}

/** An error reply is one line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, " ");
}

/** `CONFIG SET` gives all arguments of an option in one, separated by spaces. */
function splitValue(option: Option, value: string): string[] {
  if (!option.isMultiArgument) return [value];
  return value === "" ? [] : value.split(" ");
}
