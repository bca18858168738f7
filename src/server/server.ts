/**
 * The server: puts the key space, the dispatcher and the connections together
 * and keeps what belongs to all of them.
 */

import type { Clock, Files, Random } from "../base/interfaces.ts";
import type { Client } from "../commands/client.ts";
import type { CommandEntry, CommandTable } from "../commands/entries.ts";
import type {
  ClientRegistry,
  DebugSwitches,
  Lifecycle,
  ProcessFigures,
  ServerFigures,
  Services,
} from "../commands/services.ts";
import type { Config, OutputBufferLimit } from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import { Effects } from "../effects/mod.ts";
import { Notifications, PubSub } from "../pubsub/mod.ts";
import { type EvictionResult, Keyspace } from "../keyspace/mod.ts";
import { BufferPeaks } from "../observability/buffer_peaks.ts";
import type { Log } from "../observability/log.ts";
import { LatencyMonitor } from "../observability/latency.ts";
import { SlowLog } from "../observability/slowlog.ts";
import { CommandStats, ServerStats } from "../observability/stats.ts";
import { WallClock } from "../observability/wall_clock.ts";
import type { Stream } from "../platform/network.ts";
import {
  ARGUMENTS_MAX,
  OUTPUT_STALL_BYTES,
  UNAUTHENTICATED_OUTPUT_BYTES,
} from "../base/limits.ts";
import { Access } from "./access.ts";
import { ClientEviction } from "./client_eviction.ts";
import { Connection } from "./connection.ts";
import { Dispatcher } from "./dispatch.ts";
import { followEncodings } from "./encodings.ts";
import { Lane } from "./lane.ts";
import { Monitors } from "./monitor.ts";
import { registerNames } from "./names.ts";
import { Outbox } from "./outbox.ts";
import { Pause } from "./pause.ts";
import { BlockedKeys } from "./blocking.ts";
import { TouchedKeys } from "./touched.ts";
import { Tracking } from "./tracking.ts";
import { Watches } from "./watch.ts";

/** What a server is made of. */
export interface ServerParts {
  readonly core: Core;
  readonly config: Config;
  readonly table: CommandTable;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly process: ProcessFigures;
  readonly lifecycle: Lifecycle;
  /** Calls back after the events that are waiting now have had their turn. */
  afterWaitingEvents(callback: () => void): void;
}

/** Whoever has not authenticated may not make the server gather replies. */
const UNAUTHENTICATED_OUTPUT_LIMIT: OutputBufferLimit = {
  hardBytes: UNAUTHENTICATED_OUTPUT_BYTES,
  softBytes: 0,
  softSeconds: 0,
};

const PROTECTED_MODE_ERROR =
  "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n";

/** Turns timed in a sampling period before sampling begins. */
const TIMED_TURNS_MAX = 256;
/** Longer input is a pipeline, and always timed. */
const TIMED_BYTES_MIN = 512;
/** Of the other turns, one in so many; a power of two. */
const TIMED_ONE_IN = 8;
const UNTIMED = -1;

/** A command after which the clock is read again. */
const SLOW_COMMAND_MS = 1;

/** All connected clients. */
class Registry implements ClientRegistry {
  readonly connections = new Map<number, Connection>();
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  *all(): Iterable<Client> {
    for (const connection of this.connections.values()) yield connection.client;
  }

  get(id: number): Client | undefined {
    return this.connections.get(id)?.client;
  }

  get count(): number {
    return this.connections.size;
  }

  get maxClients(): number {
    return this.#config.values.maxclients;
  }
}

/** One AiKv server. */
export class Server implements ServerFigures {
  readonly core: Core;
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly afterWaitingEvents: (callback: () => void) => void;
  readonly stats = new ServerStats();
  readonly commandStats: CommandStats;
  readonly slowlog = new SlowLog();
  readonly latency = new LatencyMonitor();
  readonly effects: Effects;
  readonly keyspace: Keyspace;
  readonly access: Access;
  readonly dispatcher: Dispatcher;
  readonly lane: Lane;
  /** Which keys have changed, for those who want to know. */
  readonly touched: TouchedKeys;
  readonly watches: Watches;
  readonly blocked: BlockedKeys;
  readonly tracking: Tracking;
  readonly pubsub: PubSub;
  readonly notifications: Notifications;
  /** Connections with messages to be sent. */
  readonly outbox = new Outbox();
  readonly pauseControl: Pause;
  readonly clientEviction: ClientEviction;
  readonly monitors: Monitors;
  readonly services: Services;
  /** Unix time in milliseconds of the current turn. */
  nowMs: number;
  /** Runs of the cron a second. */
  hz = 10;
  readonly startupBytes: number;
  readonly emptyDatabaseBytes: number;
  readonly bufferPeaks = new BufferPeaks();
  /** Eviction is behind: the cron goes on with it. */
  isEvictionBehind = false;
  readonly #registry: Registry;
  readonly #debug: DebugSwitches = {
    activeExpire: true,
    cronPaused: false,
    dictResizing: true,
    denyScriptsDisabled: false,
  };
  readonly #wallClock: WallClock;
  #nextClientId = 1;
  #turnStartMs = 0;
  #timedTurns = 0;
  #shortTurns = 0;
  /** What a call took in the last timed turn. */
  #microsecondsACall = 0;

  constructor(parts: ServerParts) {
    const { core, config, table } = parts;
    this.core = core;
    this.config = config;
    this.log = parts.log;
    this.clock = parts.clock;
    this.afterWaitingEvents = parts.afterWaitingEvents;
    this.#wallClock = new WallClock(parts.clock);
    this.nowMs = parts.clock.nowMs();
    core.x.setClock(this.nowMs);
    this.commandStats = new CommandStats(table.entries.length);
    this.effects = new Effects(core);
    this.keyspace = new Keyspace(
      core,
      this.effects,
      config.values.databases,
    );
    this.#registry = new Registry(config);
    const updateLane = () => this.updateLane();
    this.touched = new TouchedKeys(core, updateLane);
    this.watches = new Watches(core, this.touched);
    this.blocked = new BlockedKeys(this);
    this.tracking = new Tracking({
      core,
      keys: this.touched,
      clientOf: (id) => this.#registry.get(id),
      onChange: updateLane,
      keysMax: () => config.values.trackingTableMaxKeys,
    });
    this.keyspace.onDrop = (isDone) => this.tracking.dropping(isDone);
    this.pubsub = new PubSub(core, () => {
      this.notifications.update();
      this.updateLane();
    });
    this.notifications = new Notifications(this.keyspace, this.pubsub);
    this.pauseControl = new Pause(updateLane, () => this.nowMs);
    this.clientEviction = new ClientEviction(this);
    this.monitors = new Monitors(
      core,
      updateLane,
      () => this.#argumentTexts(),
      () => this.wallMicroseconds(),
    );
    this.access = new Access(this, table);
    this.lane = new Lane(core, table, () => this.#laneConditions());
    registerNames(core, table);
    this.services = {
      core,
      keyspace: this.keyspace,
      effects: this.effects,
      config,
      table,
      clients: this.#registry,
      pause: this.pauseControl,
      watches: this.watches,
      blocking: this.blocked,
      pubsub: this.pubsub,
      tracking: this.tracking,
      executor: {
        executeNested: (client, entry) =>
          this.dispatcher.executeNested(client, entry),
        discardTransaction: (client) =>
          this.dispatcher.discardTransaction(client),
      },
      access: this.access,
      monitors: this.monitors,
      lifecycle: parts.lifecycle,
      slowlog: this.slowlog,
      latency: this.latency,
      stats: this.stats,
      commandStats: this.commandStats,
      debug: this.#debug,
      process: parts.process,
      figures: this,
      log: parts.log,
      clock: parts.clock,
      random: parts.random,
      files: parts.files,
    };
    this.dispatcher = new Dispatcher(this, this.services, table);
    this.#listenToConfig();
    this.startupBytes = core.x.memoryUsed();
    this.emptyDatabaseBytes = core.x.databaseOverhead(0) +
      core.x.databaseExpiresOverhead(0);
  }

  get watchedKeys(): number {
    return this.watches.count;
  }

  wallMicroseconds(): number {
    return this.#wallClock.microseconds();
  }

  get debug(): DebugSwitches {
    return this.#debug;
  }

  // --------------------------------------------------------- configuration

  #listenToConfig(): void {
    const { config } = this;
    const follow = (
      names: Parameters<Config["onChange"]>[0],
      apply: () => void,
    ) => {
      const run = () => {
        apply();
        return null;
      };
      config.onChange(names, run);
      run();
    };
    const { x } = this.core;
    follow(["slowlog-log-slower-than", "slowlog-max-len"], () => {
      this.slowlog.maxLength = config.values.slowlogMaxLen;
      this.slowlog.trim();
      this.updateLane();
    });
    follow("latency-monitor-threshold", () => {
      this.latency.thresholdMs = config.values.latencyMonitorThreshold;
      this.updateLane();
    });
    follow("latency-tracking", () => {
      this.commandStats.isTracking = config.values.latencyTracking;
    });
    follow("maxmemory", () => {
      x.laneLimits(OUTPUT_STALL_BYTES, config.values.maxmemory);
      if (config.values.maxmemory === 0) {
        this.stats.noteExceeded(false, this.clock.monotonicMs());
      }
      this.isEvictionBehind = config.values.maxmemory > 0;
      this.clientEviction.configure();
    });
    follow(["maxmemory-policy", "lfu-log-factor", "lfu-decay-time"], () => {
      const { maxmemoryPolicy, lfuLogFactor, lfuDecayTime } = config.values;
      x.setAccessPolicy(
        maxmemoryPolicy.endsWith("lfu") ? 1 : 0,
        lfuLogFactor,
        lfuDecayTime,
      );
      x.evictReset();
    });
    follow("maxmemory-clients", () => this.clientEviction.configure());
    follow("requirepass", () => {
      this.access.users.setDefaultPassword(config.values.requirepass);
    });
    follow("proto-max-bulk-len", () => {
      x.parserSetLimits(config.values.protoMaxBulkLen, ARGUMENTS_MAX);
    });
    followEncodings(config, x, follow);
    follow("notify-keyspace-events", () => {
      this.notifications.configure(config.values.notifyKeyspaceEvents);
      this.updateLane();
    });
    follow("lazyfree-lazy-expire", () => {
      this.keyspace.lazyExpire = config.values.lazyfreeLazyExpire;
    });
  }

  #laneConditions() {
    return {
      hasMonitors: this.monitors.isActive,
      isPaused: this.pauseControl.mode !== undefined,
      slowlogMicroseconds: this.config.values.slowlogLogSlowerThan,
      latencyThresholdMs: this.latency.thresholdMs,
      hasListeners: this.keyspace.hasListeners,
      hasWatchers: this.touched.isActive,
    };
  }

  /** To be called when something changes that opens or closes the fast lane. */
  updateLane(): void {
    this.keyspace.isExpiryPaused = this.pauseControl.mode !== undefined;
    this.lane.update();
  }

  /** The output limit of a client; MONITOR clients have that of subscribers if normal ones have none. */
  outputLimit(client: Client): OutputBufferLimit {
    if (this.access.mustLogIn(client)) {
      return UNAUTHENTICATED_OUTPUT_LIMIT;
    }
    const limits = this.config.values.clientOutputBufferLimit;
    const { normal, pubsub } = limits;
    if (client.isSubscriber) return pubsub;
    if (!client.isMonitor) return normal;
    return normal.hardBytes === 0 && normal.softBytes === 0 ? pubsub : normal;
  }

  // ------------------------------------------------------------ connections

  /** Takes a connection that a listener accepted. */
  accept(stream: Stream): void {
    this.stats.connectionsReceived++;
    const { values } = this.config;
    this.tick();
    if (this.#registry.count >= values.maxclients) {
      this.stats.connectionsRejected++;
      refuse(stream, "-ERR max number of clients reached\r\n");
      return;
    }
    if (
      values.protectedMode && this.access.users.default.isPasswordFree &&
      !stream.isLoopback
    ) {
      this.stats.connectionsRejected++;
      refuse(stream, PROTECTED_MODE_ERROR);
      return;
    }
    const connection = new Connection(
      this,
      stream,
      this.#nextClientId++,
      this.nowMs,
    );
    this.access.logOut(connection.client);
    this.#registry.connections.set(connection.client.id, connection);
    if (!connection.start()) {
      refuse(stream, "-ERR out of memory\r\n");
      this.closeConnection(connection, undefined);
    }
    if (this.log.isOn("verbose")) {
      this.log.verbose(`Accepted ${stream.remoteAddress}`);
    }
  }

  closeConnection(
    connection: Connection,
    reason: string | undefined,
    level: "verbose" | "warning" = "verbose",
  ): void {
    const { client } = connection;
    if (client.isClosed) return;
    client.isClosed = true;
    if (reason !== undefined && this.log.isOn(level)) {
      this.log.log(level, `${reason} id=${client.id} addr=${client.address}`);
    }
    this.dispatcher.discardTransaction(client);
    this.monitors.remove(client);
    this.pauseControl.remove(client);
    this.blocked.remove(client);
    this.tracking.remove(client);
    this.pubsub.unsubscribeAll(client);
    this.clientEviction.remove(client);
    this.#registry.connections.delete(client.id);
    connection.dispose();
  }

  get connections(): ReadonlyMap<number, Connection> {
    return this.#registry.connections;
  }

  // ------------------------------------------------------------------ turns

  /** Reads the clock: a turn, and so a command, sees one time. */
  tick(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs === this.nowMs) return;
    this.nowMs = nowMs;
    this.core.x.setClock(nowMs);
    this.pauseControl.check(nowMs);
  }

  /**
   * Starts a client's turn. Reading the monotonic clock twice costs as much as
   * a small command, so of many short turns only some are timed (see
   * TIMED_TURNS_MAX); the others are charged what the last timed one took.
   */
  beginTurn(client: Client, bytes: number): void {
    this.tick();
    client.lastInteractionMs = this.nowMs;
    const isTimed = this.#timedTurns < TIMED_TURNS_MAX ||
      bytes > TIMED_BYTES_MIN || (++this.#shortTurns & TIMED_ONE_IN - 1) === 0;
    if (isTimed) this.#timedTurns++;
    this.#turnStartMs = isTimed ? this.clock.monotonicMs() : UNTIMED;
  }

  /** A sampling period of turns begins. */
  resetTimedTurns(): void {
    this.#timedTurns = 0;
  }

  /** When the command about to run starts, on the monotonic clock. */
  commandStartMs(): number {
    return this.#turnStartMs !== UNTIMED && this.lane.calls === 0
      ? this.#turnStartMs
      : this.clock.monotonicMs();
  }

  /** Accounts for what the fast lane ran. */
  endTurn(client: Client): void {
    this.tracking.broadcast();
    if (this.lane.calls === 0) return;
    client.lastCommand = this.services.table.entries[this.lane.lastCommandId];
    this.#accountLane(client);
    this.effects.close();
  }

  /** Counts what the fast lane ran so far for the client whose turn it is. */
  settle(): void {
    if (this.lane.calls > 0) this.#accountLane(this.dispatcher.call.client);
  }

  #accountLane(client: Client): void {
    let microseconds = this.lane.calls * this.#microsecondsACall;
    if (this.#turnStartMs !== UNTIMED) {
      const nowMs = this.clock.monotonicMs();
      microseconds = Math.max(0, nowMs - this.#turnStartMs) * 1000;
      this.#microsecondsACall = microseconds / this.lane.calls;
      this.#turnStartMs = nowMs;
    }
    const calls = this.lane.account(this.commandStats, microseconds);
    this.stats.commandsProcessed += calls;
    client.commandsProcessed += calls;
  }

  /** After each command that ran through its handler. */
  afterCommand(startMs: number, endMs: number): void {
    this.settleTouched(this.dispatcher.call.client);
    // The time a turn sees is not to be older than a command that took long.
    if (endMs - startMs >= SLOW_COMMAND_MS) this.tick();
    // What the lane runs in this turn is not to be charged with this command's time.
    if (this.lane.calls === 0) this.#turnStartMs = endMs;
    else if (this.#turnStartMs !== UNTIMED) {
      this.#turnStartMs += endMs - startMs;
    }
  }

  /**
   * Tells of the keys that changed, and serves the clients that waited for
   * them; `current` is the client whose turn it is, if it is anybody's.
   */
  settleTouched(current: Client | undefined): void {
    if (!this.touched.isActive) return;
    this.touched.drain();
    if (this.blocked.isReady) this.blocked.serve(current);
  }

  /** After evicting, which began at `startMs` of the monotonic clock. */
  noteEviction(result: EvictionResult, startMs: number): void {
    const nowMs = this.clock.monotonicMs();
    this.stats.noteExceeded(result !== "ok", nowMs);
    this.isEvictionBehind = result === "running";
    this.latency.note("eviction-cycle", nowMs - startMs, this.nowMs);
  }

  // ------------------------------------------------------------- arguments

  /** The arguments of the current frame as they may be shown (SLOWLOG, MONITOR). */
  shownArguments(entry: CommandEntry) {
    const { core } = this;
    const { x } = core;
    const redacted = this.#redactedFrom(entry);
    return {
      count: x.frameCount(),
      length: (index: number) =>
        redacted(index) ? "(redacted)".length : x.argLength(index) >>> 0,
      text: (index: number, max: number) =>
        redacted(index)
          ? "(redacted)"
          : core.text(x.argPtr(index), Math.min(max, x.argLength(index) >>> 0)),
    };
  }

  /** Which arguments of a command hold secrets. */
  #redactedFrom(entry: CommandEntry): (index: number) => boolean {
    const { x } = this.core;
    const textAt = (index: number) =>
      this.core.text(x.argPtr(index), x.argLength(index)).toLowerCase();
    switch (entry.fullName) {
      case "acl|setuser":
        return (index) => index >= 2;
      case "auth":
        return (index) => index >= 1;
      case "hello": {
        for (let i = 2; i < x.frameCount(); i++) {
          if (textAt(i) === "auth") {
            return (index) => index === i + 1 || index === i + 2;
          }
        }
        return () => false;
      }
      case "config|set":
        return (index) =>
          index >= 3 && index % 2 === 1 &&
          this.config.isSensitive(textAt(index - 1));
      default:
        return () => false;
    }
  }

  #argumentTexts(): readonly string[] {
    const shown = this.shownArguments(this.dispatcher.call.entry);
    return Array.from(
      { length: shown.count },
      (_, index) => shown.text(index, shown.length(index)),
    );
  }
}

/** Sends a last word to a client that is not taken. */
function refuse(stream: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  stream.write(bytes).then(() => stream.close(), () => stream.close());
}
