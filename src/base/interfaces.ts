/**
 * What AiKv asks of the world outside: files, time and randomness. Everything
 * but `src/platform` sees only these, so the same code runs in a seeded
 * simulation with faults.
 */

/** What {@linkcode Files.stat} tells about a file. */
export interface FileStat {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly sizeBytes: number;
  /** With {@linkcode inode}, the identity of the file behind a name. */
  readonly device: number;
  /** 0 where the platform has no inodes. */
  readonly inode: number;
}

/** How {@linkcode Files.open} opens a file for writing. */
export interface OpenOptions {
  /** `append`: create if absent. `create-new`: fail with `EEXIST` if present. `truncate`: create or empty. */
  readonly mode: "append" | "create-new" | "truncate";
  /** Permission bits of a file that is created, before the umask. Default `0o666`. */
  readonly permissions?: number;
}

/** An open file. Every method throws `FileError`. */
export interface OpenFile {
  /** Writes all of `bytes`. Returns when the kernel has them. */
  write(bytes: Uint8Array): void;
  /** Returns when what was written is on the disk. */
  sync(): void;
  stat(): FileStat;
  close(): void;
}

/** Synchronous access to the file system. Every method throws `FileError`. */
export interface Files {
  readFile(path: string): Uint8Array;
  /** Names in a directory, unsorted, without `.` and `..`. */
  readDirectory(path: string): string[];
  /** Follows symbolic links; `null` if nothing is there. */
  stat(path: string): FileStat | null;
  open(path: string, options: OpenOptions): OpenFile;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Returns when the entries of a directory are on the disk. */
  syncDirectory(path: string): void;
  currentDirectory(): string;
  changeDirectory(path: string): void;
}

/** Time. */
export interface Clock {
  /** Wall-clock milliseconds since the Unix epoch; may be set back by the administrator. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, with a fraction; never goes back. */
  monotonicMs(): number;
}

/** Randomness. */
export interface Random {
  /** Fills `bytes`. Unpredictable in production; seeded in simulation. */
  fill(bytes: Uint8Array<ArrayBuffer>): void;
  /** A number in `[0, 1)`, fast, not for secrets. */
  fraction(): number;
}
