/**
 * The only door to the WASM core: loads it, keeps the views of its memory
 * fresh, and moves byte strings in and out.
 *
 * Pointers are byte offsets. Those above 2 GiB arrive in JavaScript negative;
 * they may be handed back as they are, and only this file turns them into
 * offsets of a view (`>>> 0`).
 */

import type { Exports } from "../../wasm/exports.d.ts";

export type { Exports };
export { Reply } from "./reply.ts";

/** Bytes of the area for text on its way into the core. */
const SCRATCH_BYTES = 64 * 1024;

/** Pages of 64 KiB; untouched ones cost nothing. The ceiling is 4 GiB. */
const INITIAL_PAGES = 1024;
const MAXIMUM_PAGES = 65536;

/** A running WASM core. */
export class Core {
  /** Every export, raw. Unsigned results may arrive negative. */
  readonly x: Exports;
  /** All of the memory; replaced when the memory grows. */
  u8: Uint8Array<ArrayBuffer>;
  i32: Int32Array<ArrayBuffer>;
  u32: Uint32Array<ArrayBuffer>;
  f64: Float64Array<ArrayBuffer>;

  readonly #memory: WebAssembly.Memory;
  #scratch = 0;
  #scratchBytes = SCRATCH_BYTES;

  private constructor(memory: WebAssembly.Memory, x: Exports) {
    this.#memory = memory;
    this.x = x;
    const buffer = memory.buffer as ArrayBuffer;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  /**
   * Instantiates the core.
   *
   * @param module compiled `wasm/aikv.wasm`
   * @param databases how many databases
   * @param seed 24 random bytes: the hash key and the sampling seed
   */
  static async start(
    module: WebAssembly.Module,
    databases: number,
    seed: Uint8Array<ArrayBuffer>,
  ): Promise<Core> {
    const memory = new WebAssembly.Memory({
      initial: INITIAL_PAGES,
      maximum: MAXIMUM_PAGES,
    });
    const started: { core?: Core } = {};
    const instance = await WebAssembly.instantiate(module, {
      env: { memory, abort: () => {} },
      host: { grown: () => started.core?.refreshViews() },
    });
    const x = instance.exports as unknown as Exports;
    const core = new Core(memory, x);
    started.core = core;
    const words = new DataView(seed.buffer, seed.byteOffset);
    x.memoryInit();
    core.refreshViews();
    x.setHashSeed(words.getBigUint64(0, true), words.getBigUint64(8, true));
    x.randomSeed(words.getBigUint64(16, true));
    if (!x.coreInit(databases)) throw new Error("no memory for the key space");
    core.#scratch = x.alloc(SCRATCH_BYTES);
    core.refreshViews();
    return core;
  }

  /** The one place where views are renewed after the memory has grown. */
  refreshViews(): void {
    const buffer = this.#memory.buffer as ArrayBuffer;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  /** Bytes of linear memory, used or not. */
  get memoryBytes(): number {
    return this.u8.length;
  }

  /** A view of bytes; valid until the core is called again. */
  view(ptr: number, length: number): Uint8Array<ArrayBuffer> {
    const start = ptr >>> 0;
    return this.u8.subarray(start, start + (length >>> 0));
  }

  /** A copy of bytes. */
  bytes(ptr: number, length: number): Uint8Array<ArrayBuffer> {
    const start = ptr >>> 0;
    return this.u8.slice(start, start + (length >>> 0));
  }

  /** Bytes as a byte string (one character a byte). */
  text(ptr: number, length: number): string {
    const start = ptr >>> 0;
    const end = start + (length >>> 0);
    const u8 = this.u8;
    let result = "";
    if (end - start <= 64) {
      for (let i = start; i < end; i++) result += String.fromCharCode(u8[i]);
      return result;
    }
    for (let i = start; i < end; i += 8192) {
      result += String.fromCharCode(
        ...u8.subarray(i, Math.min(end, i + 8192)),
      );
    }
    return result;
  }

  load32(ptr: number): number {
    return this.u32[(ptr >>> 0) >>> 2];
  }

  /**
   * Puts a byte string into the scratch area and returns its address, valid
   * until the next call of this method or `scratch`. Returns 0 when a long
   * text finds no memory.
   */
  putText(text: string): number {
    const ptr = this.scratch(text.length);
    if (ptr === 0) return 0;
    const start = ptr >>> 0;
    const u8 = this.u8;
    for (let i = 0; i < text.length; i++) u8[start + i] = text.charCodeAt(i);
    return ptr;
  }

  /** Puts bytes into the scratch area, as `putText`. */
  putBytes(bytes: Uint8Array): number {
    const ptr = this.scratch(bytes.length);
    if (ptr !== 0) this.u8.set(bytes, ptr >>> 0);
    return ptr;
  }

  /** A scratch area of at least this size; 0 when out of memory. */
  scratch(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      const larger = this.x.resize(this.#scratch, bytes);
      if (larger === 0) return 0;
      this.#scratch = larger;
      this.#scratchBytes = bytes;
    } else if (this.#scratchBytes > SCRATCH_BYTES && bytes <= SCRATCH_BYTES) {
      const smaller = this.x.resize(this.#scratch, SCRATCH_BYTES);
      if (smaller !== 0) {
        this.#scratch = smaller;
        this.#scratchBytes = SCRATCH_BYTES;
      }
    }
    return this.#scratch;
  }
}
