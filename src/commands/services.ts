/**
 * What commands may ask of the server they run in. The server implements
 * these; commands never import it.
 */

import type { AclLog, Denial, User, Users } from "../acl/mod.ts";
import type { Clock, Files, Random } from "../base/interfaces.ts";
import type { Config } from "../config/mod.ts";
import type { Core, Reply } from "../core/mod.ts";
import type { Effects } from "../effects/mod.ts";
import type { Keyspace } from "../keyspace/mod.ts";
import type { Subscriber, SubscriptionKind } from "../pubsub/mod.ts";
import type { BufferPeaks } from "../observability/buffer_peaks.ts";
import type { Log } from "../observability/log.ts";
import type { LatencyMonitor } from "../observability/latency.ts";
import type { SlowLog } from "../observability/slowlog.ts";
import type { CommandStats, ServerStats } from "../observability/stats.ts";
import type { Call } from "./call.ts";
import type { Client } from "./client.ts";
import type { CommandEntry, CommandTable } from "./entries.ts";

/** All connected clients. */
export interface ClientRegistry {
  /** In the order they connected. */
  all(): Iterable<Client>;
  get(id: number): Client | undefined;
  readonly count: number;
  readonly maxClients: number;
}

/** CLIENT PAUSE. */
export interface PauseControl {
  /** `write` holds up only what may change data. Milliseconds of Unix time. */
  pause(mode: "all" | "write", untilMs: number): void;
  unpause(): void;
  /** The mode in force, if any. */
  readonly mode: "all" | "write" | undefined;
}

/** WATCH and the log of touched keys. */
export interface WatchControl {
  watch(client: Client, db: number, keyPtr: number, keyLength: number): void;
  unwatchAll(client: Client): void;
  /** Before FLUSHDB, FLUSHALL or SWAPDB: everything in the database changes. */
  touchDatabase(db: number, replacedBy?: number): void;
  /** Whether a watched key expired since it was watched. */
  anyExpired(client: Client): boolean;
}

/** Publish/subscribe. Names are byte strings. */
export interface PubSubControl {
  /** Subscribes a client; returns the number its reply tells. */
  subscribe(client: Subscriber, kind: SubscriptionKind, name: string): number;
  /** Ends a subscription, if there is one; returns the number its reply tells. */
  unsubscribe(client: Subscriber, kind: SubscriptionKind, name: string): number;
  unsubscribeAll(client: Subscriber): void;
  /** Delivers a message and returns how many received it. */
  publish(
    channelPtr: number,
    channelLength: number,
    messagePtr: number,
    messageLength: number,
  ): number;
  publishShard(
    channelPtr: number,
    channelLength: number,
    messagePtr: number,
    messageLength: number,
  ): number;
  /** Names of the channels that somebody is subscribed to. */
  names(kind: "channels" | "shardChannels"): Iterable<string>;
  subscriberCount(kind: "channels" | "shardChannels", name: string): number;
  /** Clients that are subscribed to anything. */
  readonly clientCount: number;
  readonly channelCount: number;
  readonly patternCount: number;
  readonly shardChannelCount: number;
}

/** What CLIENT TRACKING turns on. */
export interface TrackingOptions {
  /** Id of the client to be told instead; 0: none. */
  readonly redirect: number;
  readonly isBroadcast: boolean;
  readonly isOptIn: boolean;
  readonly isOptOut: boolean;
  readonly isNoLoop: boolean;
  /** Added to those the client has. */
  readonly prefixes: readonly string[];
}

/** Client-side caching. */
export interface TrackingControl {
  enable(client: Client, options: TrackingOptions): void;
  disable(client: Client): void;
  /** All keys of at least one database go at once. */
  flushed(): void;
  /** Clients that are told. */
  readonly clientCount: number;
  /** Keys that clients may have in their caches. */
  readonly keyCount: number;
  /** The same, counted once a client. */
  readonly itemCount: number;
  /** Prefixes of the broadcasting mode. */
  readonly prefixCount: number;
}

/** What a command waits for, and what it does when that does not happen. */
export interface BlockOptions {
  /** Argument indexes of the keys, in the order they are looked at. */
  readonly keys: readonly number[];
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  /** Replies what the command replies when the time is up. */
  readonly onTimeout: (reply: Reply) => void;
  /** A key that is deleted wakes the command, too. */
  readonly wakeOnDelete?: boolean;
}

/** Commands that wait for keys. */
export interface Blocking {
  /**
   * The client waits. Whenever one of the keys has changed, its command is run
   * again with `call.isWoken` set; if it calls this again, it goes on waiting
   * as before. Only where `call.canBlock`.
   */
  block(call: Call, options: BlockOptions): void;
  /** Whoever waits for a key is to look again, although it counts as unchanged. */
  signal(db: number, key: string): void;
}

/** Runs commands on behalf of EXEC, scripts and loaders. */
export interface Executor {
  /**
   * Runs the command in the current argument frame for the client, with
   * statistics, effects and error accounting, as part of the outer command.
   */
  executeNested(client: Client, entry: CommandEntry): void;
  /** Ends MULTI without running anything: DISCARD, RESET, a client that goes. */
  discardTransaction(client: Client): void;
}

/** Who clients are, and what they may do. */
export interface AccessControl {
  readonly users: Users;
  readonly log: AclLog;
  /** Logs a client in; if it may not, that is noted in the log. */
  logIn(client: Client, name: string, password: string): boolean;
  /** The client is what it was when it connected. */
  logOut(client: Client): void;
  /** EXEC: why the client may not run the command in the current frame any more. */
  refusalInExec(client: Client, entry: CommandEntry): string | undefined;
  /** What a user may not do of the call that begins at an argument of the current frame. */
  findDenial(
    user: User,
    entry: CommandEntry,
    offset: number,
  ): Denial | undefined;
  /** SORT: whether the client may run the command in the current frame and read any key. */
  mayReadAllKeys(client: Client, entry: CommandEntry): boolean;
  /** Removes a user and closes its connections; false if there is none of this name. */
  deleteUser(name: string, asking: Client): boolean;
  /** Replaces all users by those in the file; what is wrong with it, if anything. */
  loadFile(asking: Client): string | undefined;
  /** Writes all users to the file; if it fails, the log says why. */
  saveFile(): boolean;
}

/** MONITOR. */
export interface MonitorControl {
  add(client: Client): void;
  remove(client: Client): void;
}

/** SHUTDOWN and its modes. */
export interface ShutdownOptions {
  readonly save: boolean | undefined;
  readonly now: boolean;
  readonly force: boolean;
}

/** Ending the server. */
export interface Lifecycle {
  /** Does not return if the server ends; returns what went wrong otherwise. */
  shutdown(options: ShutdownOptions): string | null;
  /** Cancels a shutdown under way; false if there is none. */
  abortShutdown(): boolean;
  /**
   * A bug: logs a report with the stack of `error` and ends the process with
   * exit code 70 (EX_SOFTWARE). `facts` say what was being done.
   */
  crash(headline: string, error: unknown, facts?: readonly string[]): never;
  readonly startedMs: number;
  /** 40 hex digits, new at each start. */
  readonly runId: string;
  /** 40 hex digits that name the history of the data, new at each start. */
  readonly replicationId: string;
  /** Gives the history of the data another name. */
  changeReplicationId(): void;
  readonly processId: number;
  readonly executable: string;
  readonly configFile: string;
  readonly tcpPort: number;
  readonly listenAddresses: readonly string[];
}

/** Switches that only DEBUG turns. */
export interface DebugSwitches {
  activeExpire: boolean;
  /** Redis's DEBUG PAUSE-CRON. */
  cronPaused: boolean;
  /** The cron goes on resizing tables (DEBUG DICT-RESIZING). */
  dictResizing: boolean;
  /** Scripts may call what they otherwise may not (DEBUG SET-DISABLE-DENY-SCRIPTS). */
  denyScriptsDisabled: boolean;
}

/** Process figures for INFO and MEMORY, all true and read when asked. */
export interface ProcessFigures {
  residentBytes(): number;
  cpuSeconds(): {
    user: number;
    system: number;
    childrenUser: number;
    childrenSystem: number;
  };
  /** Of the thread that executes commands. */
  mainThreadCpuSeconds(): { user: number; system: number };
  totalSystemMemoryBytes(): number;
  operatingSystem(): string;
  /** What the runtime waits for sockets with: `epoll`, `kqueue`, `iocp`. */
  readonly multiplexing: string;
}

/** Figures for INFO and MEMORY that only the server itself knows. */
export interface ServerFigures {
  /** Bytes the core had handed out when the server was ready for clients. */
  readonly startupBytes: number;
  /** Bytes of these that are one database's empty tables. */
  readonly emptyDatabaseBytes: number;
  /** Runs of the cron a second, as `dynamic-hz` has it now. */
  readonly hz: number;
  readonly bufferPeaks: BufferPeaks;
  /** Keys watched by any client. */
  readonly watchedKeys: number;
  /** Unix time in microseconds. */
  wallMicroseconds(): number;
  /** Counts what the fast lane ran in this turn: call it before reading counters. */
  settle(): void;
}

/** Everything a command may use. */
export interface Services {
  readonly core: Core;
  readonly keyspace: Keyspace;
  readonly effects: Effects;
  readonly config: Config;
  readonly table: CommandTable;
  readonly clients: ClientRegistry;
  readonly pause: PauseControl;
  readonly watches: WatchControl;
  readonly blocking: Blocking;
  readonly pubsub: PubSubControl;
  readonly tracking: TrackingControl;
  readonly executor: Executor;
  readonly access: AccessControl;
  readonly monitors: MonitorControl;
  readonly lifecycle: Lifecycle;
  readonly slowlog: SlowLog;
  readonly latency: LatencyMonitor;
  readonly stats: ServerStats;
  readonly commandStats: CommandStats;
  readonly debug: DebugSwitches;
  readonly process: ProcessFigures;
  readonly figures: ServerFigures;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
}
