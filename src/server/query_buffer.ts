/**
 * A client's query buffer: a block in the core that holds what has been read
 * and not been executed. It is allocated when the first bytes arrive, sized by
 * what the parser says it needs, and given back when the client is idle, by the
 * rules of Redis's clientsCronResizeQueryBuffer.
 */

import type { Core } from "../core/mod.ts";
import {
  QUERY_BYTES_MIN,
  QUERY_IDLE_SECONDS,
  QUERY_LARGE_BYTES,
  QUERY_SLACK_BYTES,
} from "../base/limits.ts";

/** Above this a command could not be held in 4 GiB anyway. */
const QUERY_BYTES_MAX = 0xfff00000;

/** Copying fewer bytes one by one is quicker than making a view of them. */
const LOOP_BYTES_MAX = 96;

/** A block larger than this grows by half rather than by what is needed. */
const EXACT_BYTES_MAX = 64 * 1024;

/**
 * Blocks are 16 KiB apart, so their first lines would all fall into the same
 * sets of the processor's caches; each buffer starts at another line.
 */
const CACHE_LINE_BYTES = 64;
const COLORS = 32;

/** Unread bytes of one client. */
export class QueryBuffer {
  /** The block in the core, 0 if there is none. */
  block = 0;
  /** Unread bytes. */
  length = 0;
  /** Bytes the block has room for. */
  room = 0;
  /** Bytes below which parsing again is useless. */
  needed = 0;
  readonly #core: Core;
  /** Where in the block the unread bytes start. */
  #start = 0;
  /** Most bytes it held since the last look. */
  #peak = 0;

  /** Where bytes go when there are none before them. */
  readonly #color: number;

  /** `number` tells the buffers of a server apart. */
  constructor(core: Core, number: number) {
    this.#core = core;
    this.#color = (number % COLORS) * CACHE_LINE_BYTES;
  }

  /** Address of the first unread byte. */
  get ptr(): number {
    return (this.block + this.#start) | 0;
  }

  /** Whether there may be something to execute. */
  get isReady(): boolean {
    return this.length > 0 && this.length >= this.needed;
  }

  /** Adds the first `count` of `bytes`; false when there is no memory for them. */
  append(bytes: Uint8Array<ArrayBuffer>, count: number): boolean {
    const length = this.length + count;
    if (this.#start + length > this.room && !this.#makeRoom(length)) {
      return false;
    }
    const { u8 } = this.#core;
    const start = (this.block >>> 0) + this.#start + this.length;
    if (count <= LOOP_BYTES_MAX) {
      for (let i = 0; i < count; i++) u8[start + i] = bytes[i];
    } else {
      u8.set(count === bytes.length ? bytes : bytes.subarray(0, count), start);
    }
    this.length = length;
    if (length > this.#peak) this.#peak = length;
    return true;
  }

  /** Room for `bytes` in all, by moving them to the front or by growing. */
  #makeRoom(bytes: number): boolean {
    this.#moveToFront();
    if (bytes <= this.room) return true;
    // What a long bulk needs is known: neither grow step by step nor beyond.
    let wanted = Math.max(bytes, this.needed, QUERY_BYTES_MIN);
    if (wanted === bytes && bytes > EXACT_BYTES_MAX) wanted += bytes >>> 1;
    return this.#resize(Math.min(wanted, QUERY_BYTES_MAX)) ||
      this.#resize(bytes);
  }

  #moveToFront(): void {
    if (this.#start === 0) return;
    const block = this.block >>> 0;
    const from = block + this.#start;
    this.#core.u8.copyWithin(block, from, from + this.length);
    this.#start = 0;
  }

  #resize(bytes: number): boolean {
    const { x } = this.#core;
    const block = x.resize(this.block, bytes);
    if (block === 0) return false;
    this.block = block;
    this.room = x.usableSize(block) >>> 0;
    return true;
  }

  /** Everything was executed. */
  clear(): void {
    this.#start = this.#color;
    this.length = 0;
    this.needed = 0;
  }

  /** `length` bytes at `position`, within the block, are left. */
  keep(position: number, length: number, needed: number): void {
    this.#start = (position >>> 0) - (this.block >>> 0);
    this.length = length;
    this.needed = needed;
  }

  /** Gives back what an idle client, or a past large command, does not need. */
  trim(idleSeconds: number): void {
    const used = Math.max(this.length, this.needed);
    const isIdle = idleSeconds > QUERY_IDLE_SECONDS;
    if (isIdle && this.length === 0) this.free();
    else if (this.room - this.length > QUERY_SLACK_BYTES) {
      const fits = Math.max(used, this.#peak, 1);
      if (isIdle) this.#shrinkTo(this.length);
      else if (
        this.room > QUERY_LARGE_BYTES && this.room / 2 > this.#peak
      ) this.#shrinkTo(fits);
    }
    this.#peak = used;
  }

  #shrinkTo(bytes: number): void {
    this.#moveToFront();
    this.#resize(bytes);
  }

  free(): void {
    this.#core.x.free(this.block);
    this.block = 0;
    this.room = 0;
    this.clear();
  }
}
