/**
 * Commands that wait for keys: BLPOP and its kin. A client that waits keeps its
 * arguments; when one of its keys has changed, its command is run again, and
 * either replies or goes on waiting. Clients are served in the order in which
 * they began to wait for a key, keys in the order in which they changed.
 */

import type { Call } from "../commands/call.ts";
import type { BlockedCommand, Client } from "../commands/client.ts";
import type { CommandEntry } from "../commands/entries.ts";
import * as errors from "../commands/errors.ts";
import type { Blocking, BlockOptions } from "../commands/services.ts";
import type { Reply } from "../core/mod.ts";
import type { Server } from "./server.ts";
import type { TouchedListener } from "./touched.ts";

/** Longest wait a timer of the runtime takes, milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

/** A client that waits. */
class Waiting implements BlockedCommand {
  readonly client: Client;
  readonly entry: CommandEntry;
  /** Its arguments, saved. */
  readonly frame: number;
  /** `db:key` of what it waits for. */
  readonly names: readonly string[];
  readonly options: BlockOptions;
  readonly #keys: BlockedKeys;
  timer: ReturnType<typeof setTimeout> | undefined = undefined;
  readonly untilMs: number;

  constructor(
    keys: BlockedKeys,
    call: Call,
    frame: number,
    names: readonly string[],
    options: BlockOptions,
    untilMs: number,
  ) {
    this.#keys = keys;
    this.client = call.client;
    this.entry = call.entry;
    this.frame = frame;
    this.names = names;
    this.options = options;
    this.untilMs = untilMs;
  }

  unblock(reason: "timeout" | "error"): void {
    this.#keys.end(
      this,
      reason === "timeout"
        ? this.options.onTimeout
        : (reply) => reply.error(UNBLOCKED),
    );
  }
}

function nameOf(db: number, key: string): string {
  return `${db}:${key}`;
}

/** All clients that wait for keys. */
export class BlockedKeys implements Blocking, TouchedListener {
  readonly #server: Server;
  /** By `db:key`, in the order in which they began to wait. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  /** `db:key` of what has changed and is waited for, in order. */
  #ready = new Set<string>();
  /** The client whose command is being run again. */
  #woken: Waiting | undefined = undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Whether clients may have to be served. */
  get isReady(): boolean {
    return this.#ready.size > 0;
  }

  block(call: Call, options: BlockOptions): void {
    const woken = this.#woken;
    if (woken !== undefined && woken.client === call.client) {
      call.client.blocked = woken;
      return;
    }
    const frame = call.x.frameSave();
    if (frame === 0) {
      call.reply.error(errors.OUT_OF_MEMORY);
      return;
    }
    const names = options.keys.map((index) =>
      nameOf(call.db, call.argText(index))
    );
    const untilMs = options.timeoutMs === 0
      ? Infinity
      : this.#server.clock.nowMs() + options.timeoutMs;
    const waiting = new Waiting(this, call, frame, names, options, untilMs);
    call.client.blocked = waiting;
    call.client.argumentBytes = call.x.frameSavedBytes(frame) >>> 0;
    for (const name of names) {
      const others = this.#waiting.get(name);
      if (others === undefined) this.#waiting.set(name, new Set([waiting]));
      else others.add(waiting);
    }
    this.#server.touched.add(this);
    this.#arm(waiting);
  }

  signal(db: number, key: string): void {
    this.touched(db, key);
  }

  #arm(waiting: Waiting): void {
    if (waiting.untilMs === Infinity) return;
    const leftMs = Math.max(0, waiting.untilMs - this.#server.clock.nowMs());
    waiting.timer = setTimeout(
      () => {
        this.#server.tick();
        if (this.#server.clock.nowMs() < waiting.untilMs) this.#arm(waiting);
        else waiting.unblock("timeout");
      },
      Math.min(leftMs, TIMER_MS_MAX),
    );
  }

  // ------------------------------------------------------------- what changes

  touched(db: number, key: string): void {
    const name = nameOf(db, key);
    if (this.#waiting.has(name)) this.#ready.add(name);
  }

  everythingTouched(): void {
    for (const name of this.#waiting.keys()) this.#ready.add(name);
  }

  databaseTouched(db: number): void {
    const prefix = `${db}:`;
    for (const name of this.#waiting.keys()) {
      if (name.startsWith(prefix)) this.#ready.add(name);
    }
  }

  // ------------------------------------------------------------------ serving

  /**
   * Serves who can be served. `current` is the client whose turn it is, if it
   * is anybody's.
   */
  serve(current: Client | undefined): void {
    while (this.#ready.size > 0) {
      const ready = this.#ready;
      this.#ready = new Set();
      for (const name of ready) this.#serveKey(name);
    }
    if (current !== undefined && !current.isClosed) current.port.selectOutput();
  }

  #serveKey(name: string): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    for (const one of [...waiting]) {
      if (one.client.blocked !== one) continue;
      if (!one.options.wakeOnDelete && !this.#exists(name)) continue;
      this.#wake(one);
      this.#server.touched.drain();
    }
  }

  #exists(name: string): boolean {
    const { core } = this.#server;
    const colon = name.indexOf(":");
    const key = name.slice(colon + 1);
    const db = Number(name.slice(0, colon));
    return core.x.find(db, core.putText(key), key.length) !== 0;
  }

  /** Runs the command of a client that waits again. */
  #wake(waiting: Waiting): void {
    const { core, dispatcher } = this.#server;
    const { client, entry, frame } = waiting;
    const { x } = core;
    // Without memory for its arguments it goes on waiting.
    if (x.framePush() === 0) return;
    if (x.frameLoad(frame) !== 0) {
      this.#woken = waiting;
      client.blocked = undefined;
      client.port.selectOutput();
      dispatcher.executeWoken(client, entry);
      this.#woken = undefined;
    }
    x.framePop();
    if (client.blocked === undefined) this.#finish(waiting);
  }

  /** Ends a wait with a reply. */
  end(waiting: Waiting, write: (reply: Reply) => void): void {
    const { client, entry } = waiting;
    const { core, dispatcher } = this.#server;
    const selected = core.x.outputSelected();
    const { client: current } = dispatcher.call;
    client.blocked = undefined;
    client.port.selectOutput();
    dispatcher.replyUnserved(client, entry, write);
    if (selected !== 0) current.port.selectOutput();
    this.#finish(waiting);
  }

  /** The client has its reply: it is sent, and what follows is executed. */
  #finish(waiting: Waiting): void {
    const { client } = waiting;
    this.#forget(waiting);
    client.port.flush();
    queueMicrotask(() => client.port.resume());
  }

  /** Forgets a client that goes. */
  remove(client: Client): void {
    const { blocked } = client;
    if (!(blocked instanceof Waiting)) return;
    client.blocked = undefined;
    this.#forget(blocked);
  }

  #forget(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    waiting.client.argumentBytes = 0;
    this.#server.core.x.free(waiting.frame);
    for (const name of waiting.names) {
      const others = this.#waiting.get(name);
      others?.delete(waiting);
      if (others?.size === 0) this.#waiting.delete(name);
    }
    if (this.#waiting.size === 0) this.#server.touched.remove(this);
  }
}
