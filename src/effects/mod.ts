/**
 * The one stream of effects: what every write amounts to, as deterministic
 * commands, in the order they happened. Append-only file, write-ahead log,
 * replicas and the like are sinks of it; no command knows them.
 *
 * A batch is what one outermost command, transaction or script did (or a run
 * of plain commands executed in one turn). Its effects are already encoded as
 * RESP, so that a sink copies bytes.
 */

import type { Core } from "../core/mod.ts";

/** An argument of an effect: text or number, or bytes in the core's memory. */
export type EffectArgument =
  | string
  | number
  | bigint
  | { readonly ptr: number; readonly length: number };

/** One effect: a command and the database it applies to. */
export interface Effect {
  readonly db: number;
  /** The command as RESP; valid during the call only. */
  readonly resp: Uint8Array<ArrayBuffer>;
}

/** What one outermost command, transaction or script did. */
export interface EffectBatch {
  /** Counts up by one from 1. */
  readonly number: number;
  /** Must be applied together or not at all. */
  readonly isTransaction: boolean;
  /** The effects in order; to be read during the call only. */
  effects(): Iterable<Effect>;
}

/** Takes every batch, in order. */
export interface Sink {
  append(batch: EffectBatch): void;
}

/** The stream. Commands emit into it, the dispatcher closes batches. */
export class Effects {
  /** Whether there is any sink; without one nothing is encoded. */
  isRecording = false;
  readonly #core: Core;
  readonly #sinks = new Set<Sink>();
  #number = 0;
  #transactionDepth = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Batches closed so far. */
  get batches(): number {
    return this.#number;
  }

  subscribe(sink: Sink): void {
    this.#sinks.add(sink);
    this.#update();
  }

  unsubscribe(sink: Sink): void {
    this.#sinks.delete(sink);
    this.#update();
  }

  #update(): void {
    this.isRecording = this.#sinks.size > 0;
    this.#core.x.effectsRecord(this.isRecording ? 1 : 0);
  }

  /** Where the effects recorded so far end: what to truncate to on a rollback. */
  mark(): number {
    return this.#core.x.effectsLength();
  }

  /** Drops what was recorded behind a mark. */
  truncate(mark: number): void {
    this.#core.x.effectsTruncate(mark);
  }

  /** Records the command in the current argument frame as it came. */
  emitFrame(db: number): void {
    if (this.isRecording) this.#core.x.effectFrame(db);
  }

  /** Records a command. */
  emit(db: number, args: readonly EffectArgument[]): void {
    if (!this.isRecording) return;
    const core = this.#core;
    core.x.effectBegin(db, args.length);
    for (const arg of args) {
      if (typeof arg === "object") core.x.effectArgument(arg.ptr, arg.length);
      else {
        const text = String(arg);
        core.x.effectArgument(core.putText(text), text.length);
      }
    }
    core.x.effectEnd();
  }

  /** From here to `endTransaction` everything belongs to one batch. */
  beginTransaction(): void {
    this.#transactionDepth++;
  }

  endTransaction(): void {
    this.#transactionDepth--;
  }

  /** Hands what was recorded to the sinks; nothing while a transaction is open. */
  close(isTransaction = false): void {
    if (!this.isRecording || this.#transactionDepth > 0) return;
    const core = this.#core;
    const length = core.x.effectsLength();
    if (length === 0) return;
    this.#number++;
    const batch: EffectBatch = {
      number: this.#number,
      isTransaction,
      effects: () => effectsIn(core, length),
    };
    for (const sink of this.#sinks) sink.append(batch);
    core.x.effectsReset();
  }
}

function* effectsIn(core: Core, length: number): Iterable<Effect> {
  const data = core.x.effectsData() >>> 0;
  let at = data;
  while (at < data + length) {
    const db = core.load32(at);
    const bytes = core.load32(at + 4);
    yield { db, resp: core.view(at + 8, bytes) };
    at += 8 + ((bytes + 3) & ~3);
  }
}
