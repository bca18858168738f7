import type { Files, OpenFile } from "../base/interfaces.ts";

/**
 * Where log lines go: a file, appended to, or standard output. Every line is
 * written before {@linkcode LogOutput.write} returns, so that nothing is lost
 * when the process ends.
 *
 * The file is looked up by its name before every line: if it was renamed or
 * removed (log rotation), or the working directory changed, a new one is
 * opened. Redis does the same by opening the file for every line.
 */
export class LogOutput {
  readonly #files: Files;
  readonly #writeStandardOutput: (bytes: Uint8Array) => void;
  #open: { path: string; file: OpenFile; identity: string } | null = null;

  constructor(files: Files, writeStandardOutput: (bytes: Uint8Array) => void) {
    this.#files = files;
    this.#writeStandardOutput = writeStandardOutput;
  }

  /**
   * Writes `bytes` to the file, or to standard output if `path` is empty. A
   * log that cannot be written must not stop the server: then they are lost.
   */
  write(path: string, bytes: Uint8Array): void {
    try {
      if (path === "") {
        this.close();
        this.#writeStandardOutput(bytes);
      } else {
        this.#fileAt(path).write(bytes);
      }
    } catch {
      this.close();
    }
  }

  /** Forgets the open file; the next line opens it anew. */
  close(): void {
    const open = this.#open;
    this.#open = null;
    try {
      open?.file.close();
    } catch {
      // It was unusable, or it would not have been closed.
    }
  }

  #fileAt(path: string): OpenFile {
    const now = this.#files.stat(path);
    const identity = now ? `${now.device}:${now.inode}` : "";
    if (this.#open?.path === path && this.#open.identity === identity) {
      return this.#open.file;
    }
    this.close();
    const file = this.#files.open(path, { mode: "append" });
    const stat = file.stat();
    this.#open = { path, file, identity: `${stat.device}:${stat.inode}` };
    return file;
  }
}
