/**
 * From a parsed command to its handler: the checks of Redis's processCommand
 * in their order, then the call with its statistics and effects.
 */

import { untilNul, upperCase } from "../base/byte_string.ts";
import { Call } from "../commands/call.ts";
import type { Reply } from "../core/mod.ts";
import type { Client } from "../commands/client.ts";
import type { CommandEntry, CommandTable } from "../commands/entries.ts";
import { FLAG_BITS } from "../commands/entries.ts";
import * as errors from "../commands/errors.ts";
import type { Executor, Services } from "../commands/services.ts";
import { evict, OutOfMemory } from "../keyspace/mod.ts";
import type { Server } from "./server.ts";

const WRITE = FLAG_BITS.write;
const READONLY = FLAG_BITS.readonly;
const MAY_REPLICATE = FLAG_BITS.may_replicate;
const DENYOOM = FLAG_BITS.denyoom;
const NO_AUTH = FLAG_BITS.no_auth;
const NO_MULTI = FLAG_BITS.no_multi;
const PROTECTED = FLAG_BITS.protected;
const FAST = FLAG_BITS.fast;
const SKIP_SLOWLOG = FLAG_BITS.skip_slowlog;
const SKIP_MONITOR = FLAG_BITS.skip_monitor;
const ADMIN = FLAG_BITS.admin;

/** Commands that act at once also inside MULTI. */
const NEVER_QUEUED = new Set([
  "exec",
  "discard",
  "multi",
  "watch",
  "quit",
  "reset",
]);

/** All that a subscriber may do in RESP2. */
const FOR_SUBSCRIBERS = new Set([
  "ping",
  "psubscribe",
  "punsubscribe",
  "quit",
  "reset",
  "ssubscribe",
  "subscribe",
  "sunsubscribe",
  "unsubscribe",
]);

/** Commands that may always end a transaction, however little memory there is. */
const ENDS_TRANSACTION = new Set(["exec", "discard", "quit", "reset"]);

/** At most one line of the log so often about clients that speak HTTP. */
const HTTP_LOG_INTERVAL_MS = 60_000;

/** Longest part of unknown arguments an error repeats. */
const UNKNOWN_ARGUMENTS_BYTES_MAX = 128;

/** Why a subscriber may not run the command, as an error text. */
function subscriberRefusal({ fullName }: CommandEntry): string | undefined {
  return FOR_SUBSCRIBERS.has(fullName)
    ? undefined
    : `ERR Can't execute '${fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`;
}

/** Checks and runs commands. */
export class Dispatcher implements Executor {
  readonly call: Call;
  readonly #server: Server;
  readonly #services: Services;
  readonly #entries: readonly CommandEntry[];
  readonly #neverQueued: Uint8Array;
  #lastHttpMs = 0;
  /** Error replies before the command being executed, to tell whether it fails. */
  #errorsSeen = 0;

  constructor(server: Server, services: Services, table: CommandTable) {
    this.#server = server;
    this.#services = services;
    this.#entries = table.entries;
    this.call = new Call(services);
    this.call.reply.onError = (text) => services.stats.countError(text);
    this.#neverQueued = new Uint8Array(table.entries.length);
    for (const entry of table.entries) {
      if (NEVER_QUEUED.has(entry.fullName)) this.#neverQueued[entry.id] = 1;
    }
  }

  // ---------------------------------------------------------------- checks

  /** Processes the command in the current frame. */
  process(client: Client, id: number): void {
    const { tracking } = this.#server;
    const entry = this.#entries[id];
    tracking.current = client;
    this.#decide(client, entry);
    tracking.current = undefined;
    if (client.tracking !== undefined) tracking.endCaching(client, entry);
  }

  /** Refuses, postpones, queues or runs a command. */
  #decide(client: Client, entry: CommandEntry): void {
    const eviction = this.#server.clientEviction;
    let reason = this.#refusal(client, entry);
    if (reason === undefined && eviction.isOn) {
      eviction.afterTurn(client);
      if (client.isClosed) return;
    }
    reason ??= this.#memoryRefusal(client, entry);
    if (this.#server.tracking.isActive) this.#server.tracking.limitTable();
    if (client.isListeningOnly) reason ??= subscriberRefusal(entry);
    if (client.isMonitor) reason ??= this.#monitorRefusal(client, entry);
    if (reason !== undefined) this.#reject(client, entry, reason);
    else if (this.#mustWait(client, entry)) this.#postpone(client, entry);
    else if (client.inMulti && this.#neverQueued[entry.id] === 0) {
      this.#queue(client, entry);
    } else this.#execute(client, entry);
  }

  /** Why the command may not run or be queued, as an error text. */
  #refusal(client: Client, entry: CommandEntry): string | undefined {
    const { core, config } = this.#services;
    const { spec, flagBits } = entry;
    const argc = core.x.frameCount();
    if (entry.subcommands.length > 0 && argc > 1) {
      return errors.unknownSubcommand(
        this.#shownArgument(1, 128),
        upperCase(this.#shownArgument(0, Infinity)),
      );
    }
    if (spec.handler === undefined) return errors.wrongArity(entry.fullName);
    if (spec.arity > 0 ? argc !== spec.arity : argc < -spec.arity) {
      return errors.wrongArity(entry.fullName);
    }
    if ((flagBits & PROTECTED) !== 0) {
      if (!config.allows("enable-debug-command", client.port.isLoopback)) {
        return 'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.';
      }
    }
    const { access } = this.#server;
    if ((flagBits & NO_AUTH) === 0 && access.mustLogIn(client)) {
      return errors.NO_AUTH;
    }
    if (client.inMulti && (flagBits & NO_MULTI) !== 0) {
      return "ERR Command not allowed inside a transaction";
    }
    return client.user.isUnrestricted
      ? undefined
      : access.refusal(client, entry);
  }

  /** A client in MONITOR mode counts as a replica (CLIENT_SLAVE in Redis). */
  #monitorRefusal(client: Client, entry: CommandEntry): string | undefined {
    return (this.#effectiveFlags(client, entry) &
        (WRITE | READONLY | MAY_REPLICATE)) !== 0
      ? "ERR Replica can't interact with the keyspace"
      : undefined;
  }

  /** The flags of a command; for EXEC, of all that it would run. */
  #effectiveFlags(client: Client, entry: CommandEntry): number {
    return entry.fullName === "exec" ? client.queueFlags : entry.flagBits;
  }

  /** An argument as an error repeats it: up to a NUL or `max` bytes. */
  #shownArgument(index: number, max: number): string {
    const { core } = this.#services;
    const length = core.x.argLength(index) >>> 0;
    return untilNul(core.text(core.x.argPtr(index), Math.min(max, length)));
  }

  /** Evicts what `maxmemory` asks for; an error text if that is not enough. */
  #memoryRefusal(client: Client, entry: CommandEntry): string | undefined {
    const { keyspace, config, clock, pause } = this.#services;
    // While clients are paused the data stay as they are.
    if (config.values.maxmemory === 0 || pause.mode !== undefined) {
      return undefined;
    }
    const server = this.#server;
    const startMs = clock.monotonicMs();
    const result = evict(
      keyspace,
      config.values,
      () => clock.monotonicMs(),
    );
    server.noteEviction(result, startMs);
    if (result !== "fail") return undefined;
    const flags = entry.fullName === "exec"
      ? client.queueFlags
      : entry.flagBits;
    // Queueing takes memory, whatever the command.
    const isDenied = (flags & DENYOOM) !== 0 ||
      (client.inMulti && !ENDS_TRANSACTION.has(entry.fullName));
    return isDenied ? errors.OUT_OF_MEMORY : undefined;
  }

  /** A command that is not run: its error makes a transaction fail, too. */
  #reject(client: Client, entry: CommandEntry, text: string): void {
    const { core: { x }, commandStats } = this.#services;
    this.flagTransaction(client);
    if (entry.subcommands.length > 0 && x.frameCount() > 1) {
      // No command at all, so none to count it for.
      client.lastCommand = undefined;
    } else {
      commandStats.figures[entry.id].rejectedCalls++;
      client.lastCommand = entry;
    }
    if (entry.fullName === "exec") {
      this.#abortExec(client, text);
      return;
    }
    this.#errorReply(client, text);
  }

  /** EXEC that is itself refused ends the transaction, with the reason. */
  #abortExec(client: Client, text: string): void {
    this.discardTransaction(client);
    const message = text.replace(/^ERR /, "");
    this.#errorReply(
      client,
      `EXECABORT Transaction discarded because of: ${message}`,
    );
    // Monitors have been told of MULTI, so they are told of its end.
    const { monitors } = this.#server;
    if (monitors.isActive) monitors.feed(client);
  }

  #errorReply(client: Client, text: string): void {
    this.#startReply(client);
    this.call.reply.error(text);
    this.#endReply(client);
  }

  /** The command in the frame has no name we know. */
  processUnknown(client: Client): void {
    const { x } = this.#services.core;
    if (/^(post|host:)$/i.test(this.#shownArgument(0, 8))) {
      this.#abortHttp(client);
      return;
    }
    this.flagTransaction(client);
    client.lastCommand = undefined;
    if (client.tracking !== undefined) {
      this.#server.tracking.endCaching(client, undefined);
    }
    const name = this.#shownArgument(0, 128);
    let args = "";
    const argc = x.frameCount();
    for (
      let i = 1;
      i < argc && args.length < UNKNOWN_ARGUMENTS_BYTES_MAX;
      i++
    ) {
      const room = UNKNOWN_ARGUMENTS_BYTES_MAX - args.length;
      args += `'${this.#shownArgument(i, room)}' `;
    }
    this.#errorReply(
      client,
      `ERR unknown command '${name}', with args beginning with: ${args}`,
    );
  }

  /** A browser was led to speak to us in HTTP: what follows is not to be run. */
  #abortHttp(client: Client): void {
    const nowMs = this.#services.clock.nowMs();
    if (Math.abs(nowMs - this.#lastHttpMs) > HTTP_LOG_INTERVAL_MS) {
      this.#lastHttpMs = nowMs;
      this.#services.log.warning(
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection aborted.",
      );
    }
    client.port.close();
  }

  /** The client broke the protocol: says so and closes. */
  protocolError(client: Client): void {
    const x = this.#services.core.x;
    this.#services.stats.countError("ERR");
    x.replyProtocolError(x.parseError());
    client.isClosing = true;
  }

  outOfMemory(client: Client, entry: CommandEntry): void {
    this.#reject(client, entry, errors.OUT_OF_MEMORY);
  }

  // ---------------------------------------------------------- transactions

  /** A command that could not be queued makes EXEC fail. */
  flagTransaction(client: Client): void {
    if (client.inMulti) client.multiFailed = true;
  }

  #queue(client: Client, entry: CommandEntry): void {
    const x = this.#services.core.x;
    client.lastCommand = entry;
    // A transaction that will fail anyway need not keep its commands.
    if (!client.multiFailed && !client.isDirtyCas) {
      const frame = x.frameSave();
      if (frame === 0) {
        this.#reject(client, entry, errors.OUT_OF_MEMORY);
        return;
      }
      client.queue.push({ entry, frame });
      client.queueFlags |= entry.flagBits;
      client.multiBytes += x.frameSavedBytes(frame) >>> 0;
    }
    this.#startReply(client);
    x.replyQueued();
    this.#endReply(client);
  }

  discardTransaction(client: Client): void {
    const x = this.#services.core.x;
    for (const { frame } of client.queue) x.free(frame);
    client.queue = [];
    client.queueFlags = 0;
    client.multiBytes = 0;
    client.inMulti = false;
    client.multiFailed = false;
    client.isDirtyCas = false;
    this.#services.watches.unwatchAll(client);
  }

  // ----------------------------------------------------------------- pause

  #mustWait(client: Client, entry: CommandEntry): boolean {
    const mode = this.#services.pause.mode;
    if (mode === undefined || client.isMonitor) return false;
    if (mode === "all") return true;
    const flags = this.#effectiveFlags(client, entry);
    return (flags & (WRITE | MAY_REPLICATE)) !== 0;
  }

  #postpone(client: Client, entry: CommandEntry): void {
    const frame = this.#services.core.x.frameSave();
    if (frame === 0) {
      this.#reject(client, entry, errors.OUT_OF_MEMORY);
      return;
    }
    client.isPaused = true;
    client.port.postpone({ entry, frame });
    this.#server.pauseControl.add(client);
  }

  // --------------------------------------------------------------- running

  /** CLIENT REPLY: where this command's reply goes. */
  #startReply(client: Client): void {
    if (client.replyMode === "off" || client.replyMode === "skip") {
      this.#services.core.x.outputSelect(0);
    }
  }

  /** SKIP silences exactly the command after the one that asked for it. */
  #endReply(client: Client): void {
    if (client.replyMode === "skip-next") client.replyMode = "skip";
    else if (client.replyMode === "skip") {
      client.replyMode = "on";
      client.port.selectOutput();
    }
  }

  #execute(client: Client, entry: CommandEntry): void {
    const { services, call } = this.#setUp(client, entry);
    const { clock, effects } = services;
    client.commandsProcessed++;
    client.lastCommand = entry;
    this.#startReply(client);
    this.#errorsSeen = services.stats.errorReplies;
    const { tracking } = this.#server;
    tracking.begin(client);
    const startMs = this.#server.commandStartMs();
    this.#invoke(call, entry);
    const endMs = clock.monotonicMs();
    const microseconds = (endMs - startMs) * 1000;
    if (!client.isBlocked) {
      this.#endReply(client);
      this.#account(client, entry, microseconds);
    }
    effects.close(entry.fullName === "exec");
    if (tracking.isActive) tracking.afterCommand(client, entry);
    tracking.isExecuting = false;
    if (client.closesAfterCommand) client.port.closeAfterReply();
    this.#server.afterCommand(startMs, endMs);
  }

  /**
   * Runs a command that waited, its arguments in the current frame; it replies,
   * or goes on waiting.
   */
  executeWoken(client: Client, entry: CommandEntry): void {
    const { services, call } = this.#setUp(client, entry);
    this.#startReply(client);
    this.#errorsSeen = services.stats.errorReplies;
    const startMs = services.clock.monotonicMs();
    call.isWoken = true;
    this.#invoke(call, entry);
    call.isWoken = false;
    if (!client.isBlocked) {
      const microseconds = (services.clock.monotonicMs() - startMs) * 1000;
      this.#endReply(client);
      this.#account(client, entry, microseconds);
    }
    services.effects.close();
  }

  /** Replies for a command that waited in vain. */
  replyUnserved(
    client: Client,
    entry: CommandEntry,
    write: (reply: Reply) => void,
  ): void {
    const { call } = this.#setUp(client, entry);
    this.#startReply(client);
    this.#errorsSeen = this.#services.stats.errorReplies;
    write(call.reply);
    this.#endReply(client);
    this.#account(client, entry, 0);
  }

  #setUp(client: Client, entry: CommandEntry) {
    const services = this.#services;
    const call = this.call;
    call.client = client;
    call.entry = entry;
    call.db = client.db;
    call.argc = services.core.x.frameCount();
    call.nowMs = this.#server.nowMs;
    return { services, call };
  }

  /** Runs the handler; what it propagates is recorded. */
  #invoke(call: Call, entry: CommandEntry): void {
    const x = this.#services.core.x;
    const dirty = x.dirtyCount();
    const { isNoTouch } = call.client;
    // A reply begun before memory ran out is taken back.
    const output = (entry.flagBits & WRITE) !== 0 ? x.outputSelected() : 0;
    const mark = output !== 0 ? x.outputLength(output) : 0;
    call.beginEffects();
    if (isNoTouch) x.setNoTouch(entry.fullName === "touch" ? 0 : 1);
    try {
      entry.spec.handler!(call);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) this.#crash(call, error);
      if (output !== 0) x.outputTruncate(output, mark);
      call.reply.error(errors.OUT_OF_MEMORY);
    } finally {
      if (isNoTouch) x.setNoTouch(0);
    }
    call.endEffects(x.dirtyCount() !== dirty);
  }

  /** A handler threw, or the core trapped: a bug. What data is whole is not known. */
  #crash(call: Call, error: unknown): never {
    const { client, entry } = call;
    this.#services.lifecycle.crash(
      `command '${entry.fullName}' threw an unexpected error`,
      error,
      [
        // Arguments may be secrets or users' data: only their number is told.
        `command: ${entry.fullName}, ${call.argc} arguments, database ${call.db}`,
        `client: id=${client.id} addr=${client.address} resp=${client.protocol} multi=${
          client.inMulti ? client.queue.length : -1
        }`,
      ],
    );
  }

  /** Statistics, slow log, latency, MONITOR. */
  #account(
    client: Client,
    entry: CommandEntry,
    microseconds: number,
  ): void {
    const { stats, commandStats, latency, config, slowlog, clock } =
      this.#services;
    stats.commandsProcessed++;
    commandStats.record(entry.id, 1, microseconds);
    if (stats.errorReplies !== this.#errorsSeen) {
      commandStats.figures[entry.id].failedCalls++;
      // Not the fault of the command that ran this one, too.
      this.#errorsSeen = stats.errorReplies;
    }
    if (latency.thresholdMs !== 0) {
      latency.note(
        (entry.flagBits & FAST) !== 0 ? "fast-command" : "command",
        microseconds / 1000,
        clock.nowMs(),
      );
    }
    const threshold = config.values.slowlogLogSlowerThan;
    if (
      threshold >= 0 && microseconds >= threshold &&
      (entry.flagBits & SKIP_SLOWLOG) === 0
    ) {
      slowlog.add(
        Math.floor(clock.nowMs() / 1000),
        Math.floor(microseconds),
        this.#server.shownArguments(entry),
        client.address,
        client.name,
      );
    }
    if (
      this.#server.monitors.isActive &&
      (entry.flagBits & (SKIP_MONITOR | ADMIN)) === 0
    ) this.#server.monitors.feed(client);
  }

  executeNested(client: Client, entry: CommandEntry): void {
    const { client: outerClient, entry: outerEntry, argc } = this.call;
    const { services, call } = this.#setUp(client, entry);
    const startMs = services.clock.monotonicMs();
    const { canBlock, isWoken } = call;
    call.canBlock = false;
    call.isWoken = false;
    services.effects.beginTransaction();
    this.#invoke(call, entry);
    services.effects.endTransaction();
    const { tracking } = this.#server;
    if (tracking.isActive) tracking.afterNested(client, entry);
    call.canBlock = canBlock;
    call.isWoken = isWoken;
    const microseconds = (services.clock.monotonicMs() - startMs) * 1000;
    this.#account(client, entry, microseconds);
    call.client = outerClient;
    call.entry = outerEntry;
    call.argc = argc;
    // A nested SELECT changes the client's database for good.
    call.db = outerClient.db;
  }
}
