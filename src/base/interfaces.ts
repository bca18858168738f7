/**
 * What AiKv asks of the world outside: files, time and randomness. Everything
 * but `src/platform` sees only these, so the same code runs in a seeded
 * simulation with faults.
 */

import type { ListenError } from "./listen_error.ts";

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

/** A connected byte stream. */
export interface Stream {
  /** Fills at most `bytes`; resolves to how many, 0 at the end. */
  read(bytes: Uint8Array): Promise<number>;
  /** Sends at least one byte; resolves to how many. `bytes` must stay as they are. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
  /** A number for `fd=`: the runtime does not tell the real descriptor. */
  readonly descriptor: number;
  /** `ip:port`, `[ip6]:port` or `path:0`. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly isUnix: boolean;
  /** The peer is on this machine: a Unix socket, 127.0.0.1 or ::1. */
  readonly isLoopback: boolean;
}

/** Where and how to listen. */
export type ListenTarget =
  | {
    readonly kind: "tcp";
    readonly host: string;
    readonly port: number;
    /** Connections the kernel queues; 0 leaves that to the platform. */
    readonly backlog: number;
  }
  | {
    readonly kind: "unix";
    readonly path: string;
    /** Permission bits of the socket; 0 leaves them to the umask. */
    readonly permissions: number;
  }
  | {
    readonly kind: "tls";
    readonly host: string;
    readonly port: number;
    readonly backlog: number;
    /** PEM texts. */
    readonly certificate: string;
    readonly key: string;
    /** Whether clients may or must show a certificate that an authority signed. */
    readonly clientCertificates: "no" | "optional" | "yes";
    /** PEM texts. */
    readonly authorities: readonly string[];
  };

/** A listening socket. */
export interface Listener {
  readonly target: ListenTarget;
  close(): void;
}

/** What a listener does with the connections it accepts. */
export interface ListenerHooks {
  onStream(stream: Stream): void;
  /** Whether to probe idle peers (`tcp-keepalive`). */
  keepAlive(): boolean;
  /** The address was to be had a little later, and then was not. */
  onFailure(error: ListenError): void;
}

/** Sockets. */
export interface Network {
  /**
   * Listens, and accepts until closed; errors of single connections are passed
   * over. If the address is still held by a listener of this network that was
   * closed just now, it listens as soon as that has let go. Throws `ListenError`.
   */
  listen(target: ListenTarget, hooks: ListenerHooks): Listener;
}
