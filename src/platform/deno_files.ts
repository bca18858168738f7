import { FileError } from "../base/file_error.ts";
import type {
  Files,
  FileStat,
  OpenFile,
  OpenOptions,
} from "../base/interfaces.ts";

/** Runs a Deno file operation, turning what it throws into `FileError`. */
function attempt<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw toFileError(path, error);
  }
}

function toFileError(path: string, error: unknown): FileError {
  const code = (error as { code?: unknown })?.code;
  if (typeof code === "string") return new FileError(code, path);
  // The sandbox refusing is, for the user, a permission that is missing.
  if (error instanceof Deno.errors.NotCapable) {
    return new FileError("EACCES", path);
  }
  const text = error instanceof Error ? error.message : String(error);
  return new FileError("EUNKNOWN", path, text);
}

function toFileStat(info: Deno.FileInfo): FileStat {
  return {
    isFile: info.isFile,
    isDirectory: info.isDirectory,
    sizeBytes: info.size,
    device: info.dev,
    inode: info.ino ?? 0,
  };
}

class DenoOpenFile implements OpenFile {
  readonly #file: Deno.FsFile;
  readonly #path: string;

  constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  write(bytes: Uint8Array): void {
    attempt(this.#path, () => {
      let written = 0;
      while (written < bytes.length) {
        written += this.#file.writeSync(bytes.subarray(written));
      }
    });
  }

  sync(): void {
    attempt(this.#path, () => this.#file.syncSync());
  }

  stat(): FileStat {
    return attempt(this.#path, () => toFileStat(this.#file.statSync()));
  }

  close(): void {
    attempt(this.#path, () => this.#file.close());
  }
}

/** The real file system. */
export class DenoFiles implements Files {
  readFile(path: string): Uint8Array {
    return attempt(path, () => Deno.readFileSync(path));
  }

  readDirectory(path: string): string[] {
    return attempt(path, () => [...Deno.readDirSync(path)].map((e) => e.name));
  }

  stat(path: string): FileStat | null {
    try {
      return toFileStat(Deno.statSync(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw toFileError(path, error);
    }
  }

  open(path: string, options: OpenOptions): OpenFile {
    const mode = options.mode;
    const file = attempt(path, () =>
      Deno.openSync(path, {
        write: mode !== "append",
        append: mode === "append",
        create: mode !== "create-new",
        createNew: mode === "create-new",
        truncate: mode === "truncate",
        mode: options.permissions ?? 0o666,
      }));
    return new DenoOpenFile(file, path);
  }

  rename(from: string, to: string): void {
    attempt(from, () => Deno.renameSync(from, to));
  }

  remove(path: string): void {
    attempt(path, () => Deno.removeSync(path));
  }

  syncDirectory(path: string): void {
    attempt(path, () => {
      using directory = Deno.openSync(path, { read: true });
      directory.syncSync();
    });
  }

  currentDirectory(): string {
    return attempt(".", () => Deno.cwd());
  }

  changeDirectory(path: string): void {
    attempt(path, () => Deno.chdir(path));
  }
}
