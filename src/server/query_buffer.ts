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

/** Unread bytes of one client. */
export class QueryBuffer {
  /** Address of the first unread byte. */
  ptr = 0;
  /** Unread bytes. */
  length = 0;
  /** Bytes the block has room for. */
  room = 0;
  /** Bytes below which parsing again is useless. */
  needed = 0;
  readonly #core: Core;
  /** Most bytes it held since the last look. */
  #peak = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Whether there may be something to execute. */
  get isReady(): boolean {
    return this.length > 0 && this.length >= this.needed;
  }

  /** Adds the first `count` of `bytes`; false when there is no memory for them. */
  append(bytes: Uint8Array<ArrayBuffer>, count: number): boolean {
    const length = this.length + count;
    if (length > this.room && !this.#makeRoom(length)) return false;
    const { u8 } = this.#core;
    const start = (this.ptr >>> 0) + this.length;
    if (count <= LOOP_BYTES_MAX) {
      for (let i = 0; i < count; i++) u8[start + i] = bytes[i];
    } else {
      u8.set(count === bytes.length ? bytes : bytes.subarray(0, count), start);
    }
    this.length = length;
    if (length > this.#peak) this.#peak = length;
    return true;
  }

  #makeRoom(bytes: number): boolean {
    // What a long bulk needs is known: neither grow step by step nor beyond.
    const wanted = Math.max(bytes, Math.min(this.needed, QUERY_BYTES_MAX));
    return this.#resize(Math.max(wanted, QUERY_BYTES_MIN)) ||
      this.#resize(bytes);
  }

  #resize(bytes: number): boolean {
    const { x } = this.#core;
    const block = x.resize(this.ptr, bytes);
    if (block === 0) return false;
    this.ptr = block;
    this.room = x.usableSize(block) >>> 0;
    return true;
  }

  /** Everything was executed. */
  clear(): void {
    this.length = 0;
    this.needed = 0;
  }

  /** `length` bytes at `position`, within the block, are left. */
  keep(position: number, length: number, needed: number): void {
    const start = this.ptr >>> 0;
    const from = position >>> 0;
    if (from !== start) {
      this.#core.u8.copyWithin(start, from, from + length);
    }
    this.length = length;
    this.needed = needed;
  }

  /** Gives back what an idle client, or a past large command, does not need. */
  trim(idleSeconds: number): void {
    const used = Math.max(this.length, this.needed);
    const isIdle = idleSeconds > QUERY_IDLE_SECONDS;
    if (isIdle && this.length === 0) this.free();
    else if (this.room - this.length > QUERY_SLACK_BYTES) {
      if (isIdle) this.#resize(this.length);
      else if (
        this.room > QUERY_LARGE_BYTES && this.room / 2 > this.#peak
      ) this.#resize(Math.max(used, this.#peak, 1));
    }
    this.#peak = used;
  }

  free(): void {
    this.#core.x.free(this.ptr);
    this.ptr = 0;
    this.room = 0;
    this.clear();
  }
}
