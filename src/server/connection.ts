/**
 * A connection: a socket, its query buffer, its output and the loop between.
 *
 * Reading: bytes arrive in a small buffer of JavaScript's (a pending read must
 * not point into memory that may grow), are copied once into the client's query
 * buffer in the core, and parsed there. An idle client gives that back.
 *
 * Writing: replies gather in the core's output block; at the end of a turn the
 * block is detached and handed to the socket, and new replies gather in
 * another. While much is on its way, nothing more is executed for this client:
 * one that never reads costs bounded memory.
 */

import {
  Client,
  type ClientPort,
  type QueuedCommand,
  type ReplyBuffers,
} from "../commands/client.ts";
import type { Core } from "../core/mod.ts";
import type { Stream } from "../platform/network.ts";
import {
  OUTPUT_STALL_BYTES,
  PUSH_CHECK_BYTES,
  QUERY_IDLE_SECONDS,
  READ_BYTES_MAX,
  READ_BYTES_MIN,
  SMALL_READS_MAX,
} from "../base/limits.ts";
import { QueryBuffer } from "./query_buffer.ts";
import type { Server } from "./server.ts";

const NEED_MORE = -1;
const PROTOCOL_ERROR = -2;
const OUT_OF_MEMORY = -3;
const UNKNOWN_COMMAND = -4;

/** The core's answer when replies were dropped for lack of memory. */
const SEND_FAILED = -1;

const PARSER_STATE_BYTES = 32;

/** Replies up to here are counted as one buffer, as Redis's first 16 KiB are. */
const REPLY_BUFFER_BYTES = 16384;
/** How long `rbp` in CLIENT LIST remembers, milliseconds. */
const REPLY_PEAK_MS = 5000;
/** What a prefix that a client tracks costs, about. */
const TRACKING_PREFIX_BYTES = 64;
/** What a connection costs besides its buffers, about. */
const CONNECTION_BYTES = 2048;

/** A client's socket and buffers. */
export class Connection implements ClientPort {
  readonly client: Client;
  readonly stream: Stream;
  /** The core's parser state and output of this client. */
  readonly parser: number;
  readonly output: number;

  readonly #server: Server;
  readonly #core: Core;
  #readBuffer: Uint8Array<ArrayBuffer>;
  #isReading = false;
  /** Reads in a row that a much smaller buffer would have done for. */
  #smallReads = 0;
  readonly #query: QueryBuffer;
  /** The block being sent, and how much of it is left. */
  #sending = 0;
  #sendStart = 0;
  #sendLeft = 0;
  /** Too much output on its way: execution goes on when it has been sent. */
  #isStalled = false;
  #softLimitSinceMs = 0;
  #isInTurn = false;
  /** Messages were added that nobody has flushed yet. */
  #hasPushes = false;
  /** Their bytes since the output limit was looked at. */
  #pushedBytes = 0;
  /** More messages would not be sent: the client is about to be closed. */
  #isFlooded = false;
  /** Bytes this turn began with. */
  #turnBytes = 0;
  /** The most bytes of replies that waited lately, and since when. */
  #replyPeak = 0;
  #replyPeakSinceMs: number;
  /** A command that waits for a pause to end, its arguments saved. */
  #postponed: QueuedCommand | undefined = undefined;

  constructor(server: Server, stream: Stream, id: number, nowMs: number) {
    this.#server = server;
    this.#core = server.core;
    this.stream = stream;
    this.#replyPeakSinceMs = nowMs;
    this.#readBuffer = new Uint8Array(READ_BYTES_MIN);
    this.#query = new QueryBuffer(server.core, id);
    this.client = new Client(
      id,
      stream.remoteAddress,
      stream.localAddress,
      stream.isUnix,
      nowMs,
      this,
    );
    const x = this.#core.x;
    this.parser = x.alloc(PARSER_STATE_BYTES);
    this.output = x.outputNew();
    if (this.parser !== 0) {
      this.#core.view(this.parser, PARSER_STATE_BYTES).fill(0);
    }
  }

  /** Starts reading; false if there was no memory for the connection. */
  start(): boolean {
    if (this.parser === 0 || this.output === 0) return false;
    this.#read();
    return true;
  }

  // --------------------------------------------------------------- reading

  /** Sees to it that somebody reads, unless nothing is to be read. */
  #read(): void {
    if (!this.#isReading) this.#readOn();
  }

  /**
   * Reads until the client goes or is held up. One long-lived function: waiting
   * in it allocates less than a callback a read.
   */
  async #readOn(): Promise<void> {
    this.#isReading = true;
    while (!this.#isHeldUp() || this.#listens()) {
      let bytes = 0;
      try {
        bytes = await this.stream.read(this.#readBuffer);
      } catch {
        if (!this.client.isClosed) {
          this.#server.closeConnection(this, "Reading from client");
        }
        break;
      }
      if (this.client.isClosed) break;
      if (bytes === 0) {
        this.#server.closeConnection(this, "Client closed connection");
        break;
      }
      const isMoreWaiting = bytes === this.#readBuffer.length;
      this.#take(bytes);
      // A full buffer means that the next read finds bytes at once: without a
      // look at the other clients, a fast sender would have the server to itself.
      if (isMoreWaiting) await this.#giveWay();
    }
    this.#isReading = false;
  }

  #giveWay(): Promise<void> {
    return new Promise((resolve) => this.#server.afterWaitingEvents(resolve));
  }

  /** Whether nothing more is to be read or executed for now. */
  #isHeldUp(): boolean {
    const client = this.client;
    return client.isClosed || client.isClosing || this.#isStalled ||
      client.isPaused || client.isBlocked;
  }

  /**
   * A client that waits is still listened to, to notice when it goes. One that
   * does not read its replies may be one that sends a whole pipeline first: as
   * much of that is taken as a query may be long.
   */
  #listens(): boolean {
    const client = this.client;
    if (client.isClosed || client.isClosing) return false;
    const { length } = this.#query;
    if (this.#isStalled) {
      const { clientQueryBufferLimit } = this.#server.config.values;
      return length + READ_BYTES_MAX < clientQueryBufferLimit;
    }
    return (client.isPaused || client.isBlocked) && length < READ_BYTES_MAX;
  }

  /** Takes what was read: adds it to the query, and executes what is complete. */
  #take(bytes: number): void {
    const server = this.#server;
    server.stats.netInputBytes += bytes;
    server.stats.readsProcessed++;
    const query = this.#query;
    if (
      query.length + bytes > server.config.values.clientQueryBufferLimit
    ) {
      server.stats.queryLimitDisconnections++;
      server.closeConnection(
        this,
        "Closing client that reached max query buffer length",
        "warning",
      );
      return;
    }
    if (!query.append(this.#readBuffer, bytes)) {
      server.closeConnection(this, "Out of memory for a query", "warning");
      return;
    }
    if (query.isReady && !this.#isHeldUp()) this.#execute();
    else server.clientEviction.afterTurn(this.client);
    this.#fitReadBuffer(bytes);
  }

  /** Grows the read buffer when it was full, shrinks it when it long was not. */
  #fitReadBuffer(bytes: number): void {
    const { length } = this.#readBuffer;
    if (bytes > length / 8) {
      this.#smallReads = 0;
      if (bytes < length || length === READ_BYTES_MAX) return;
      // Of a long bulk it is known how much is still to come.
      const missing = this.#query.needed - this.#query.length;
      this.#readBuffer = new Uint8Array(
        Math.min(READ_BYTES_MAX, Math.max(length * 4, missing)),
      );
    } else if (
      length > READ_BYTES_MIN && ++this.#smallReads >= SMALL_READS_MAX
    ) {
      this.#smallReads = 0;
      this.#readBuffer = new Uint8Array(Math.max(READ_BYTES_MIN, length / 4));
    }
  }

  // ------------------------------------------------------------- executing

  /** Executes what is complete of the query, keeps the rest. */
  #execute(): void {
    const query = this.#query;
    const { length } = query;
    const server = this.#server;
    const { client } = this;
    this.#isInTurn = true;
    this.#turnBytes = length;
    server.beginTurn(client, length);
    const x = this.#core.x;
    let next = x.laneTurn(
      client.replyMode === "on" ? this.output : 0,
      client.protocol,
      this.parser,
      query.ptr,
      this.#postponed === undefined ? length : 0,
      client.db,
      server.lane.modeFor(client),
    );
    if (this.#postponed !== undefined) next = this.#runPostponed(length);
    if (next !== NEED_MORE) this.#run(next);
    server.endTurn(client);
    this.#isInTurn = false;
    if (client.isClosed) return;
    const { left } = server.lane;
    if (left === 0) query.clear();
    else {
      const needed = this.#isHeldUp() ? 0 : x.parseNeeded(this.parser) >>> 0;
      query.keep(server.lane.position, left, needed);
    }
    this.flush();
    server.clientEviction.afterTurn(client);
  }

  /** Runs the command that waited, before what came after it. */
  #runPostponed(length: number): number {
    const { client } = this;
    const { dispatcher } = this.#server;
    const x = this.#core.x;
    const { entry, frame } = this.#postponed!;
    this.#postponed = undefined;
    client.argumentBytes = 0;
    x.laneInput(this.parser, this.#query.ptr, length);
    if (x.frameLoad(frame)) dispatcher.process(client, entry.id);
    else dispatcher.outOfMemory(client, entry);
    x.free(frame);
    return this.#isHeldUp() ? NEED_MORE : this.#next();
  }

  /** What is to be done next for this client: a command's id, or a code. */
  #next(): number {
    const { client } = this;
    const x = this.#core.x;
    x.laneMode(client.db, this.#server.lane.modeFor(client));
    return x.laneNext();
  }

  /** Runs commands until the input is used up or something holds up. */
  #run(first: number): void {
    const server = this.#server;
    const { client } = this;
    const { dispatcher } = server;
    const x = this.#core.x;
    for (let next = first; next !== NEED_MORE; next = this.#next()) {
      if (next >= 0) dispatcher.process(client, next);
      else if (next === UNKNOWN_COMMAND) dispatcher.processUnknown(client);
      else if (next === PROTOCOL_ERROR) {
        dispatcher.protocolError(client);
        return;
      } else if (next === OUT_OF_MEMORY) {
        server.closeConnection(this, "Out of memory for a query", "warning");
        return;
      }
      if (this.#isHeldUp()) return;
      if ((x.outputLength(this.output) >>> 0) <= OUTPUT_STALL_BYTES) continue;
      if (this.#mayStall()) {
        this.#isStalled = true;
        return;
      }
      if (!this.#checkOutputLimit()) return;
    }
  }

  /** Without an output limit the client is held up instead of closed. */
  #mayStall(): boolean {
    const limit = this.#server.outputLimit(this.client);
    return limit.hardBytes === 0 && limit.softBytes === 0;
  }

  /** Goes on with what was held up (pause, stall, block). */
  resume(): void {
    if (this.client.isClosed || this.#isHeldUp() || this.#isInTurn) return;
    if (this.#query.isReady || this.#postponed !== undefined) this.#execute();
    this.#read();
  }

  // --------------------------------------------------------------- sending

  flush(): void {
    if (this.#sending !== 0) {
      if (!this.client.isClosed) this.#checkOutputLimit();
      return;
    }
    const core = this.#core;
    const x = core.x;
    const block = x.outputSend(this.output);
    if (block === SEND_FAILED) {
      this.#server.closeConnection(
        this,
        "Out of memory for replies",
        "warning",
      );
      return;
    }
    if (block === 0) {
      if (this.client.isClosing) this.close();
      else if (this.#isStalled) this.#unstall();
      return;
    }
    this.#sending = block;
    this.#sendStart = x.outputTakenStart() >>> 0;
    this.#sendLeft = x.outputTakenLength() >>> 0;
    if (this.#sendLeft > this.#replyPeak) this.#replyPeak = this.#sendLeft;
    // As in Redis, what exceeds a limit is not sent, not even in part.
    if (this.#sendLeft > REPLY_BUFFER_BYTES && !this.#checkOutputLimit()) {
      this.#freeSending();
      return;
    }
    this.#send();
  }

  #send(): void {
    this.stream.write(
      this.#core.u8.subarray(this.#sendStart, this.#sendStart + this.#sendLeft),
    ).then(this.#onSent, this.#onSendError);
  }

  readonly #onSent = (bytes: number): void => {
    this.#server.stats.netOutputBytes += bytes;
    this.#server.stats.writesProcessed++;
    if (this.client.isClosed) {
      this.#freeSending();
      return;
    }
    this.#sendStart += bytes;
    this.#sendLeft -= bytes;
    if (this.#sendLeft > 0) {
      this.#send();
      return;
    }
    const waiting = this.#core.x.outputGive(this.output, this.#sending);
    this.#sending = 0;
    this.#softLimitSinceMs = 0;
    if (waiting !== 0 || this.client.isClosing || this.#isStalled) this.flush();
    this.#server.clientEviction.note(this.client);
  };

  readonly #onSendError = (): void => {
    this.#freeSending();
    if (!this.client.isClosed) {
      this.#server.closeConnection(this, "Writing to client");
    }
  };

  #freeSending(): void {
    this.#core.x.free(this.#sending);
    this.#sending = 0;
    this.#sendLeft = 0;
  }

  push(ptr: number, length: number): void {
    if (this.client.isClosing || this.client.isClosed || this.#isFlooded) {
      return;
    }
    const { x } = this.#core;
    x.outputSelect(this.output);
    x.outputAppend(ptr, length);
    this.#pushedBytes += length;
    if (this.#pushedBytes > PUSH_CHECK_BYTES) {
      this.#pushedBytes = 0;
      const { hardBytes } = this.#server.outputLimit(this.client);
      this.#isFlooded = hardBytes !== 0 && this.outputBytes() >= hardBytes;
    }
    if (this.#hasPushes) return;
    this.#hasPushes = true;
    this.#server.outbox.add(this);
  }

  /** Sends the messages of a turn that has ended. */
  flushPushes(): void {
    this.#hasPushes = false;
    this.#pushedBytes = 0;
    if (this.client.isClosed || !this.#checkOutputLimit()) return;
    this.flush();
    this.#server.clientEviction.afterTurn(this.client);
  }

  #unstall(): void {
    this.#isStalled = false;
    // Not at once: other clients come first.
    this.#server.afterWaitingEvents(() => this.resume());
  }

  /** Closes a client beyond its output limits; false if it did. */
  #checkOutputLimit(): boolean {
    const limit = this.#server.outputLimit(this.client);
    if (limit.hardBytes === 0 && limit.softBytes === 0) return true;
    const bytes = this.outputBytes();
    const nowMs = this.#server.nowMs;
    let isOver = limit.hardBytes !== 0 && bytes >= limit.hardBytes;
    if (limit.softBytes !== 0 && bytes >= limit.softBytes) {
      if (this.#softLimitSinceMs === 0) this.#softLimitSinceMs = nowMs;
      else if (nowMs - this.#softLimitSinceMs > limit.softSeconds * 1000) {
        isOver = true;
      }
    } else this.#softLimitSinceMs = 0;
    if (!isOver) return true;
    this.#server.stats.outputLimitDisconnections++;
    this.#server.closeConnection(
      this,
      "Client scheduled to be closed ASAP for overcoming of output buffer limits.",
      "warning",
    );
    return false;
  }

  /** Looks at time-dependent limits; called by the cron. */
  checkLimits(): void {
    const { nowMs } = this.#server;
    if (nowMs - this.#replyPeakSinceMs > REPLY_PEAK_MS) {
      this.#replyPeakSinceMs = nowMs;
      this.#replyPeak = 0;
    }
    const idleMs = nowMs - this.client.lastInteractionMs;
    this.#query.trim(idleMs / 1000);
    if (idleMs > QUERY_IDLE_SECONDS * 1000) {
      this.#core.x.outputTrim(this.output);
    }
    this.#checkOutputLimit();
  }

  // ------------------------------------------------------------ ClientPort

  postpone(command: QueuedCommand): void {
    this.#postponed = command;
    this.client.argumentBytes = this.#core.x.frameSavedBytes(command.frame) >>>
      0;
  }

  selectOutput(): void {
    const x = this.#core.x;
    // Nothing follows the last reply.
    x.outputSelect(this.client.isClosing ? 0 : this.output);
    x.replySetProtocol(this.client.protocol);
  }

  closeAfterReply(): void {
    this.client.isClosing = true;
    if (this.#isInTurn) this.#core.x.outputSelect(0);
    else this.flush();
  }

  close(): void {
    this.#server.closeConnection(this, undefined);
  }

  outputBytes(): number {
    return (this.#core.x.outputLength(this.output) >>> 0) + this.#sendLeft;
  }

  replyBuffers(): ReplyBuffers {
    const x = this.#core.x;
    const capacity = x.outputCapacity(this.output) >>> 0;
    const sending = this.#sending === 0 ? 0 : x.usableSize(this.#sending) >>> 0;
    const isShort = this.outputBytes() <= REPLY_BUFFER_BYTES;
    const isLong = capacity > REPLY_BUFFER_BYTES;
    return {
      capacityBytes: isLong ? 0 : capacity,
      peakBytes: Math.min(this.#replyPeak, REPLY_BUFFER_BYTES),
      bufferedBytes: isShort ? this.outputBytes() : 0,
      blocks: isShort ? 0 : Number(sending > 0) + Number(isLong),
      blockBytes: isShort ? 0 : sending + (isLong ? capacity : 0),
    };
  }

  queryBytes(): number {
    return this.#isInTurn ? this.#turnBytes : this.#query.length;
  }

  queryRoomBytes(): number {
    return this.#query.room - this.queryBytes();
  }

  memoryBytes(): number {
    const x = this.#core.x;
    const { client } = this;
    return CONNECTION_BYTES + this.#readBuffer.length + this.#query.room +
      (x.outputCapacity(this.output) >>> 0) +
      (this.#sending === 0 ? 0 : x.usableSize(this.#sending) >>> 0) +
      client.multiBytes + client.argumentBytes + client.watchedBytes +
      (client.subscriptions?.bytes ?? 0) +
      (client.tracking?.prefixes.size ?? 0) * TRACKING_PREFIX_BYTES;
  }

  coreBytes(): number {
    const x = this.#core.x;
    const blocks = [this.parser, this.#query.block, this.#sending].reduce(
      (sum, block) => sum + (block === 0 ? 0 : x.usableSize(block) >>> 0),
      0,
    );
    return blocks + (x.usableSize(this.output) >>> 0) +
      (x.outputCapacity(this.output) >>> 0) + this.client.multiBytes;
  }

  get isLoopback(): boolean {
    return this.stream.isLoopback;
  }

  get descriptor(): number {
    return this.stream.descriptor;
  }

  /** Frees everything but a block the socket may still be reading from. */
  dispose(): void {
    const x = this.#core.x;
    this.stream.close();
    this.#query.free();
    if (this.#postponed !== undefined) x.free(this.#postponed.frame);
    x.parserReset(this.parser);
    x.free(this.parser);
    x.outputFree(this.output);
    this.#readBuffer = new Uint8Array(0);
  }
}
