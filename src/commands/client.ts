/**
 * What a command may know and change of the client that sent it. The socket
 * and its buffers belong to the server (src/server/connection.ts).
 */

import type { CommandEntry } from "./entries.ts";

/** Which limit of `client-output-buffer-limit` applies. */
export type ClientClass = "normal" | "replica" | "pubsub";

/** CLIENT REPLY. `skip-next` becomes `skip` when the next command starts. */
export type ReplyMode = "on" | "off" | "skip-next" | "skip";

/** A command queued by MULTI, its arguments in the core's memory. */
export interface QueuedCommand {
  readonly entry: CommandEntry;
  /** A saved argument frame, to be freed with `frameFree`. */
  readonly frame: number;
}

/** A key a client watches. */
export interface WatchedKey {
  readonly db: number;
  /** Byte string. */
  readonly key: string;
  /** The key was past its time when it was watched. */
  readonly wasExpired: boolean;
}

/** What the client asks of the server that holds its socket. */
export interface ClientPort {
  /** Closes after the replies written so far have been sent. */
  closeAfterReply(): void;
  /** Closes now. */
  close(): void;
  /** Bytes of replies waiting to be sent. */
  outputBytes(): number;
  /** Bytes of the unread query, and the room its buffer still has. */
  queryBytes(): number;
  queryRoomBytes(): number;
  /** Memory the client holds. */
  memoryBytes(): number;
  /** Sends what was written to this client's output from outside its own turn. */
  flush(): void;
  /** Selects this client's output for the reply functions. */
  selectOutput(): void;
  /** Keeps a command until the client is resumed. */
  postpone(command: QueuedCommand): void;
  /** Goes on executing what was held up; not within the client's own turn. */
  resume(): void;
  readonly isLoopback: boolean;
  /** For `fd=` in CLIENT LIST. */
  readonly descriptor: number;
}

/** State of a client. */
export class Client {
  readonly id: number;
  /** `ip:port`, `[ip6]:port` or `path:0`. */
  readonly address: string;
  readonly localAddress: string;
  readonly createdMs: number;
  readonly isUnixSocket: boolean;
  readonly port: ClientPort;

  name = "";
  user = "default";
  isAuthenticated = false;
  libraryName = "";
  libraryVersion = "";
  db = 0;
  /** 2 or 3. */
  protocol = 2;
  lastInteractionMs: number;
  lastCommand: CommandEntry | undefined = undefined;
  /** Commands and bytes since it connected. */
  commandsProcessed = 0;
  argumentBytes = 0;
  multiBytes = 0;

  inMulti = false;
  /** EXEC must fail: a command was rejected while queueing. */
  multiFailed = false;
  /** EXEC must give null: a watched key changed. */
  isDirtyCas = false;
  queue: QueuedCommand[] = [];
  /** Flags of all queued commands, or-ed. */
  queueFlags = 0;
  watched: WatchedKey[] = [];

  replyMode: ReplyMode = "on";
  isMonitor = false;
  isNoEvict = false;
  isNoTouch = false;
  isReadOnly = false;
  /** Replies are pending and nothing more is to be read. */
  isClosing = false;
  /** Removed from the registry. */
  isClosed = false;
  /** Its command waits for CLIENT PAUSE to end. */
  isPaused = false;
  isBlocked = false;

  constructor(
    id: number,
    address: string,
    localAddress: string,
    isUnixSocket: boolean,
    nowMs: number,
    port: ClientPort,
  ) {
    this.id = id;
    this.address = address;
    this.localAddress = localAddress;
    this.isUnixSocket = isUnixSocket;
    this.createdMs = nowMs;
    this.lastInteractionMs = nowMs;
    this.port = port;
  }

  /** `normal`, `master`, `replica` or `pubsub`, as CLIENT LIST TYPE has it. */
  get type(): "normal" | "master" | "replica" | "pubsub" {
    return "normal";
  }
}
