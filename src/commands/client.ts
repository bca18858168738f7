/**
 * What a command may know and change of the client that sent it. The socket
 * and its buffers belong to the server (src/server/connection.ts).
 */

import type { User } from "../acl/mod.ts";
import type { Subscriber, Subscriptions } from "../pubsub/mod.ts";
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
  /** The key was past its time when it was watched, and is still there. */
  wasExpired: boolean;
}

/** CLIENT TRACKING: what a client wants to be told of. */
export interface TrackingState {
  /** Id of the client that is told instead of it; 0: none. */
  readonly redirect: number;
  readonly isBroadcast: boolean;
  readonly isOptIn: boolean;
  readonly isOptOut: boolean;
  /** It is not told of what it changes itself. */
  readonly isNoLoop: boolean;
  /** The client to be told instead was not there. */
  isBroken: boolean;
  /** CLIENT CACHING was given, for the next command. */
  isCachingGiven: boolean;
  /** In broadcasting mode: what keys begin with. Byte strings. */
  readonly prefixes: ReadonlySet<string>;
}

/** Replies on their way to a client, as CLIENT LIST counts them. */
export interface ReplyBuffers {
  /** Room of the first buffer; 0 while it is not needed. */
  readonly capacityBytes: number;
  /** The most bytes the first buffer held lately. */
  readonly peakBytes: number;
  /** Bytes in the first buffer. */
  readonly bufferedBytes: number;
  /** Further buffers, for replies too long for the first one or not taken. */
  readonly blocks: number;
  /** Memory of the further buffers. */
  readonly blockBytes: number;
}

/** A command that waits for something to happen. */
export interface BlockedCommand {
  /** Ends the wait as its timeout would, or with an UNBLOCKED error. */
  unblock(reason: "timeout" | "error"): void;
}

/** What the client asks of the server that holds its socket. */
export interface ClientPort {
  /** Closes after the replies written so far have been sent. */
  closeAfterReply(): void;
  /** Closes now. */
  close(): void;
  /** Bytes of replies waiting to be sent. */
  outputBytes(): number;
  replyBuffers(): ReplyBuffers;
  /** Bytes of the unread query, and the room its buffer still has. */
  queryBytes(): number;
  queryRoomBytes(): number;
  /** Memory the client holds. */
  memoryBytes(): number;
  /** How much of it is in the core, and so in `used_memory`. */
  coreBytes(): number;
  /** Sends what was written to this client's output from outside its own turn. */
  flush(): void;
  /**
   * Adds to this client's output what is no reply: it is sent soon. Leaves that
   * output selected.
   */
  push(ptr: number, length: number): void;
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

/** What a watched key costs besides its name. */
const WATCHED_KEY_BYTES = 128;

/** State of a client. */
export class Client implements Subscriber {
  readonly id: number;
  /** `ip:port`, `[ip6]:port` or `path:0`. */
  readonly address: string;
  readonly localAddress: string;
  readonly createdMs: number;
  readonly isUnixSocket: boolean;
  readonly port: ClientPort;

  name = "";
  /** Set when it connects, before it may send anything. */
  user!: User;
  isAuthenticated = false;
  libraryName = "";
  libraryVersion = "";
  db = 0;
  /** 2 or 3. */
  protocol = 2;
  lastInteractionMs: number;
  lastCommand: CommandEntry | undefined = undefined;
  /** Commands since it connected. */
  commandsProcessed = 0;
  /** Memory of the arguments of a command that is held up. */
  argumentBytes = 0;
  /** Memory of the commands queued by MULTI. */
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
  /** What it is subscribed to, if it is a subscriber. */
  subscriptions: Subscriptions | undefined = undefined;
  /** Present while CLIENT TRACKING is on. */
  tracking: TrackingState | undefined = undefined;

  replyMode: ReplyMode = "on";
  isMonitor = false;
  isNoEvict = false;
  isNoTouch = false;
  isReadOnly = false;
  /** The command being executed is its last one. */
  closesAfterCommand = false;
  /** Replies are pending and nothing more is to be read. */
  isClosing = false;
  /** Removed from the registry. */
  isClosed = false;
  /** Its command waits for CLIENT PAUSE to end. */
  isPaused = false;
  /** What its command waits for, if it does. */
  blocked: BlockedCommand | undefined = undefined;

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

  /** Memory of the keys it watches, about. */
  get watchedBytes(): number {
    let bytes = 0;
    for (const { key } of this.watched) bytes += key.length + WATCHED_KEY_BYTES;
    return bytes;
  }

  get isSubscriber(): boolean {
    return this.subscriptions !== undefined;
  }

  /** Only the commands of subscribers are allowed: RESP2 cannot tell messages from replies. */
  get isListeningOnly(): boolean {
    return this.subscriptions !== undefined && this.protocol === 2;
  }

  push(ptr: number, length: number): void {
    this.port.push(ptr, length);
  }

  get isBlocked(): boolean {
    return this.blocked !== undefined;
  }

  /** Whole seconds of the clock since it connected, as Redis counts them. */
  ageSeconds(nowMs: number): number {
    return Math.floor(nowMs / 1000) - Math.floor(this.createdMs / 1000);
  }

  /** Whole seconds of the clock since it sent something. */
  idleSeconds(nowMs: number): number {
    return Math.floor(nowMs / 1000) - Math.floor(this.lastInteractionMs / 1000);
  }

  /** `normal`, `master`, `replica` or `pubsub`, as CLIENT LIST TYPE has it. */
  get type(): "normal" | "master" | "replica" | "pubsub" {
    return this.isSubscriber ? "pubsub" : "normal";
  }
}
