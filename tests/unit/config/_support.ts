import {
  Config,
  type Directives,
  Loader,
  type LoadHooks,
} from "../../../src/config/mod.ts";
import type { FileStat } from "../../../src/base/interfaces.ts";
import { FileError } from "../../../src/base/file_error.ts";
import { DenoFiles } from "../../../src/platform/deno_files.ts";
import { isAbsolute, resolve } from "node:path";

/** Real files, but a working directory of its own: tests run in one process. */
export class FilesIn extends DenoFiles {
  #directory: string;

  constructor(directory: string) {
    super();
    this.#directory = Deno.realPathSync(directory);
  }

  override currentDirectory(): string {
    return this.#directory;
  }

  override changeDirectory(path: string): void {
    const target = this.#at(path);
    if (path === "") throw new FileError("ENOENT", path);
    const stat = super.stat(target);
    if (!stat) throw new FileError("ENOENT", path);
    if (!stat.isDirectory) throw new FileError("ENOTDIR", path);
    this.#directory = Deno.realPathSync(target);
  }

  override readFile(path: string): Uint8Array {
    return super.readFile(this.#at(path));
  }

  override readDirectory(path: string): string[] {
    return super.readDirectory(this.#at(path));
  }

  override stat(path: string): FileStat | null {
    return super.stat(this.#at(path));
  }

  override open(path: string, options: Parameters<DenoFiles["open"]>[1]) {
    return super.open(this.#at(path), options);
  }

  #at(path: string): string {
    return isAbsolute(path) ? path : resolve(this.#directory, path);
  }
}

/** A configuration for tests, and what it logged. */
export interface TestConfig {
  readonly config: Config;
  readonly logged: string[];
}

export function newConfig(directory = Deno.cwd()): TestConfig {
  const logged: string[] = [];
  const config = new Config({
    files: new FilesIn(directory),
    log: (_level, message) => logged.push(message),
    temporarySuffix: () => crypto.randomUUID().slice(0, 6),
  });
  return { config, logged };
}

/** Commands that exist, nobody at standard input. */
export const HOOKS: LoadHooks = {
  commandExists: (name) =>
    ["get", "set", "flushall"].includes(name.toLowerCase()),
  readStandardInput: () => new Uint8Array(),
};

export function loadText(config: Config, text: string): Directives {
  const loader = new Loader(config, HOOKS);
  loader.loadText(text);
  return loader.directives;
}

/** A client that is not local, while nothing loads. */
export const REMOTE = { isLocalClient: false, isLoading: false } as const;

/** Sets one option; returns the error. */
export function set(
  config: Config,
  name: string,
  value: string,
): string | null {
  return config.set([[name, value]], REMOTE);
}

/** What CONFIG GET shows for one name. */
export function get(config: Config, name: string): string | undefined {
  return config.get([name])[0]?.[1];
}
