/**
 * A call: one command being executed, and everything its handler may use. One
 * object serves all calls, so that nothing is allocated a command; a handler
 * must not keep it.
 */

import { INT64_MAX, INT64_MIN } from "../base/int64.ts";
import { type Core, type Exports, Reply } from "../core/mod.ts";
import type { EffectArgument } from "../effects/mod.ts";
import type { EventClass, Keyspace } from "../keyspace/mod.ts";
import type { Client } from "./client.ts";
import type { CommandEntry } from "./entries.ts";
import * as errors from "./errors.ts";
import type { Services } from "./services.ts";

/** No entry: the key holds a value of another type. */
export const WRONG = -1;

/** What a handler propagates instead of its command as it came. */
type Rewrite = readonly EffectArgument[];

/** The command being executed. */
export class Call {
  readonly services: Services;
  readonly core: Core;
  /** The core's primitives. */
  readonly x: Exports;
  readonly reply: Reply;
  readonly keyspace: Keyspace;

  client!: Client;
  /** The client's database, as a number of the core. */
  db = 0;
  /** Number of arguments, the command name included. */
  argc = 0;
  entry!: CommandEntry;
  /** The time of this command, milliseconds of Unix time. */
  nowMs = 0;
  /** Whether the command may wait for a key (not within EXEC or a script). */
  canBlock = true;
  /**
   * The command has waited for a key that may serve it now: it must not fail,
   * and takes keys of other types for absent.
   */
  isWoken = false;

  #rewrites: Rewrite[] | undefined = undefined;
  #isSuppressed = false;
  #isForced = false;

  constructor(services: Services) {
    this.services = services;
    this.core = services.core;
    this.x = services.core.x;
    this.keyspace = services.keyspace;
    this.reply = new Reply(services.core);
  }

  // ------------------------------------------------------------- arguments

  /** Address of an argument; 0 is the command name. */
  argPtr(index: number): number {
    return this.x.argPtr(index);
  }

  argLength(index: number): number {
    return this.x.argLength(index) >>> 0;
  }

  /** An argument as a byte string. */
  argText(index: number): string {
    return this.core.text(this.x.argPtr(index), this.x.argLength(index));
  }

  /** An argument in lower case (ASCII), as a byte string: for option words. */
  argWord(index: number): string {
    return this.argText(index).toLowerCase();
  }

  /** Whether an argument is this lower-case word, in any case. */
  argIs(index: number, word: string): boolean {
    const length = this.x.argLength(index);
    if (length !== word.length) return false;
    const start = this.x.argPtr(index) >>> 0;
    const u8 = this.core.u8;
    for (let i = 0; i < length; i++) {
      let byte = u8[start + i];
      if (byte >= 65 && byte <= 90) byte += 32;
      if (byte !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  /** An argument as a 64-bit integer by Redis's strict rules, or undefined. */
  argInteger(index: number): bigint | undefined {
    const x = this.x;
    if (!x.parseI64(x.argPtr(index), x.argLength(index))) return undefined;
    return x.parsedI64();
  }

  /**
   * An argument as a 64-bit integer; if it is none, replies "value is not an
   * integer or out of range" and returns undefined.
   */
  needInteger(
    index: number,
    error = errors.NOT_AN_INTEGER,
  ): bigint | undefined {
    const value = this.argInteger(index);
    if (value === undefined) this.reply.error(error);
    return value;
  }

  /** `needInteger` of a count that may be negated: not the least of all. */
  needNegatable(index: number): bigint | undefined {
    const value = this.needInteger(index);
    if (value !== INT64_MIN) return value;
    this.reply.error(
      `ERR value is out of range, value must between ${-INT64_MAX} and ${INT64_MAX}`,
    );
    return undefined;
  }

  /** As `needInteger`, within a range given in plain numbers. */
  needIntegerIn(
    index: number,
    min: number,
    max: number,
    error = errors.NOT_AN_INTEGER,
  ): number | undefined {
    const value = this.argInteger(index);
    if (value === undefined || value < min || value > max) {
      this.reply.error(error);
      return undefined;
    }
    return Number(value);
  }

  // ------------------------------------------------------------------ keys

  /** The entry a reading command sees at this argument, or 0. */
  lookupRead(index: number): number {
    return this.keyspace.lookupRead(
      this.db,
      this.x.argPtr(index),
      this.x.argLength(index),
    );
  }

  /** The entry a writing command sees at this argument, or 0. */
  lookupWrite(index: number): number {
    return this.keyspace.lookupWrite(
      this.db,
      this.x.argPtr(index),
      this.x.argLength(index),
    );
  }

  /**
   * `lookupRead` of a key that must be of a type; WRONG if it is of another,
   * and WRONGTYPE has been replied.
   */
  lookupReadOf(index: number, type: number): number {
    const entry = this.lookupRead(index);
    return entry === 0 || this.checkType(entry, type) ? entry : WRONG;
  }

  /** `lookupWrite` of a key that must be of a type; as `lookupReadOf`. */
  lookupWriteOf(index: number, type: number): number {
    const entry = this.lookupWrite(index);
    return entry === 0 || this.checkType(entry, type) ? entry : WRONG;
  }

  /** Deletes a collection that has become empty, and notifies `del`. */
  removeIfEmpty(entry: number, index: number, length: number): void {
    if (length !== 0) return;
    this.keyspace.need(this.x.deleteEntry(this.db, entry));
    this.notify("generic", "del", index);
  }

  /** Whether the entry has the type; if not, replies WRONGTYPE. */
  checkType(entry: number, type: number): boolean {
    if (this.x.entryType(entry) === type) return true;
    this.reply.error(errors.WRONG_TYPE);
    return false;
  }

  /** Tells listeners of a keyspace event on the key at this argument. */
  notify(eventClass: EventClass, event: string, index: number): void {
    this.keyspace.notify(
      eventClass,
      event,
      this.db,
      this.x.argPtr(index),
      this.x.argLength(index),
    );
  }

  // --------------------------------------------------------------- effects

  /** An argument as part of an effect. */
  effectArg(index: number): EffectArgument {
    return { ptr: this.x.argPtr(index), length: this.x.argLength(index) };
  }

  /** Propagates this instead of the command as it came; may be called again to add more. */
  rewrite(...args: EffectArgument[]): void {
    if (!this.services.effects.isRecording) return;
    (this.#rewrites ??= []).push(args);
  }

  /** Propagates nothing, whatever changed. */
  suppressEffect(): void {
    this.#isSuppressed = true;
  }

  /** Propagates even though no data changed. */
  forceEffect(): void {
    this.#isForced = true;
  }

  /** Counts changes the primitives do not count themselves (expiry, flush). */
  addDirty(changes: number): void {
    this.x.dirtyAdd(changes);
  }

  /** For the dispatcher: before a handler runs. */
  beginEffects(): void {
    this.#rewrites = undefined;
    this.#isSuppressed = false;
    this.#isForced = false;
  }

  /** For the dispatcher: records what the handler that just ran propagates. */
  endEffects(hasChanged: boolean): void {
    const effects = this.services.effects;
    if (!effects.isRecording || this.#isSuppressed) return;
    if (!hasChanged && !this.#isForced) return;
    if (this.#rewrites === undefined) effects.emitFrame(this.db);
    else for (const args of this.#rewrites) effects.emit(this.db, args);
  }
}
