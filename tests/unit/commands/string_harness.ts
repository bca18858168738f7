/**
 * The commands on strings, bitmaps and HyperLogLogs included, with the core, the
 * key space and the effect stream, but without a server: what a command replies,
 * propagates and tells listeners.
 */

import assert from "node:assert/strict";
import { Call } from "../../../src/commands/call.ts";
import {
  type CommandEntry,
  CommandTable,
} from "../../../src/commands/entries.ts";
import type { Client } from "../../../src/commands/client.ts";
import type { Services } from "../../../src/commands/services.ts";
import * as errors from "../../../src/commands/errors.ts";
import {
  get,
  getdel,
  getex,
  getset,
} from "../../../src/commands/string/get.ts";
import {
  decr,
  decrby,
  incr,
  incrby,
  incrbyfloat,
} from "../../../src/commands/string/incr.ts";
import { lcs } from "../../../src/commands/string/lcs.ts";
import { mget, mset, msetnx } from "../../../src/commands/string/multi.ts";
import {
  append,
  getrange,
  setrange,
  strlen,
  substr,
} from "../../../src/commands/string/range.ts";
import { psetex, set, setex, setnx } from "../../../src/commands/string/set.ts";
import {
  bitcount,
  bitpos,
  getbit,
  setbit,
} from "../../../src/commands/bitmap/bits.ts";
import { bitfield, bitfieldRo } from "../../../src/commands/bitmap/bitfield.ts";
import { bitop } from "../../../src/commands/bitmap/bitop.ts";
import {
  pfadd,
  pfcount,
  pfmerge,
} from "../../../src/commands/hyperloglog/hyperloglog.ts";
import {
  pfdebug,
  pfselftest,
} from "../../../src/commands/hyperloglog/debug.ts";
import { Core } from "../../../src/core/mod.ts";
import { type EffectBatch, Effects } from "../../../src/effects/mod.ts";
import { Keyspace, OutOfMemory } from "../../../src/keyspace/mod.ts";

const PAGE_BYTES = 65536;

const TABLE = new CommandTable([
  ...[get, getdel, getex, getset, decr, decrby, incr, incrby, incrbyfloat],
  ...[lcs, mget, mset, msetnx, append, getrange, setrange, strlen, substr],
  ...[psetex, set, setex, setnx],
  ...[bitcount, bitpos, getbit, setbit, bitfield, bitfieldRo, bitop],
  ...[pfadd, pfcount, pfmerge, pfdebug, pfselftest],
]);

/** What a command did. */
export interface Outcome {
  /** As sent, latin1. */
  readonly reply: string;
  /** Commands, their arguments joined by spaces. */
  readonly effects: readonly string[];
  /** `class event key`, in order. */
  readonly events: readonly string[];
  /** Changes counted. */
  readonly dirty: number;
}

/** Runs string commands; time stands still at `nowMs`. */
export class StringServer {
  readonly core: Core;
  readonly keyspace: Keyspace;
  readonly nowMs = 1_700_000_000_000;
  readonly values = {
    protoMaxBulkLen: 512 * 1024 * 1024,
    hllSparseMaxBytes: 3000,
  };
  readonly #effects: Effects;
  readonly #call: Call;
  #batches: string[] = [];
  #events: string[] = [];

  private constructor(core: Core) {
    this.core = core;
    this.#effects = new Effects(core);
    this.keyspace = new Keyspace(core, this.#effects, 1);
    this.#effects.subscribe({ append: (batch) => this.#take(batch) });
    this.keyspace.addListener({
      event: (eventClass, event, _db, key) =>
        this.#events.push(`${eventClass} ${event} ${key}`),
    });
    const services: Partial<Services> = {
      core,
      keyspace: this.keyspace,
      effects: this.#effects,
      config: { values: this.values } as unknown as Services["config"],
    };
    this.#call = new Call(services as Services);
    this.#call.client = {} as Client;
    this.#call.nowMs = this.nowMs;
    core.x.setClock(this.nowMs);
    core.x.outputSelect(core.x.outputNew());
  }

  static async start(): Promise<StringServer> {
    const url = new URL("../../../wasm/aikv_invariants.wasm", import.meta.url);
    const module = new WebAssembly.Module(await Deno.readFile(url));
    return new StringServer(await Core.start(module, 1, new Uint8Array(24)));
  }

  /** Moves the clock, milliseconds from where it started. */
  setTime(offsetMs: number): void {
    this.#call.nowMs = this.nowMs + offsetMs;
    this.core.x.setClock(this.nowMs + offsetMs);
  }

  /** Value, encoding and expiry of the keys, as the commands could see them. */
  snapshot(keys: readonly string[]): Map<string, string> {
    const { core, nowMs } = this;
    const { x } = core;
    const found = new Map<string, string>();
    for (const key of keys) {
      const entry = x.find(0, core.putText(key), key.length);
      if (entry === 0) continue;
      const ptr = x.stringView(entry);
      const value = core.text(ptr, x.stringViewLength());
      assert.equal(x.stringLength(entry) >>> 0, value.length);
      const when = Number(x.expiryOf(entry));
      const expiry = when < 0 ? "never" : `after ${when - nowMs} ms`;
      found.set(key, `${x.entryEncoding(entry)} ${expiry} ${value}`);
    }
    return found;
  }

  /** Leaves the core about `bytes` of memory it does not have yet. */
  limitMemory(bytes: number): void {
    const { x } = this.core;
    x.memoryLimitPages(Math.ceil((x.memoryReserved() + bytes) / PAGE_BYTES));
  }

  /** Runs a command given as byte strings. */
  run(...args: string[]): Outcome {
    const { core } = this;
    const { x } = core;
    const dirty = x.dirtyCount();
    this.#batches = [];
    this.#events = [];
    const entry = TABLE.find(args[0]);
    if (entry === undefined) throw new Error(`no command ${args[0]}`);
    const blocks = args.map((arg) => {
      const block = x.alloc(arg.length);
      if (block === 0) throw new Error("no memory for an argument");
      for (let i = 0; i < arg.length; i++) {
        core.u8[(block >>> 0) + i] = arg.charCodeAt(i);
      }
      return block;
    });
    x.frameClear();
    args.forEach((arg, index) => x.frameAppend(blocks[index], arg.length));
    this.#invoke(entry, args.length);
    for (const block of blocks) x.free(block);
    const output = x.outputSelected();
    const reply = core.text(x.outputStart(output), x.outputLength(output));
    x.outputClear(output);
    return {
      reply,
      effects: this.#batches,
      events: this.#events,
      dirty: x.dirtyCount() - dirty,
    };
  }

  #invoke(entry: CommandEntry, argc: number): void {
    const call = this.#call;
    const { x } = this.core;
    call.entry = entry;
    call.db = 0;
    call.argc = argc;
    const dirty = x.dirtyCount();
    call.beginEffects();
    try {
      entry.spec.handler!(call);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      call.reply.error(errors.OUT_OF_MEMORY);
    }
    call.endEffects(x.dirtyCount() !== dirty);
    this.#effects.close();
  }

  #take(batch: EffectBatch): void {
    for (const { resp } of batch.effects()) {
      const text = this.core.text(resp.byteOffset, resp.length);
      this.#batches.push(joinArguments(text));
    }
  }
}

/** `*2\r\n$3\r\nGET\r\n$1\r\na\r\n` to `GET a`. */
function joinArguments(resp: string): string {
  const args: string[] = [];
  let at = resp.indexOf("\r\n") + 2;
  while (at < resp.length) {
    const end = resp.indexOf("\r\n", at);
    const length = Number(resp.slice(at + 1, end));
    args.push(resp.slice(end + 2, end + 2 + length));
    at = end + 4 + length;
  }
  return args.join(" ");
}
