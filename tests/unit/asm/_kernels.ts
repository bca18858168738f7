/**
 * The WASM by itself, for tests of its kernels: loads it, moves bytes in and
 * out. `deno task build` makes it.
 */

// deno-lint-ignore no-explicit-any
type Exports = Record<string, any>;

/** The WASM as it runs, or with its expensive checks in. */
export type Build = "aikv" | "aikv_invariants";

/** One instance with memory of its own. */
export class Kernels {
  readonly memory: WebAssembly.Memory;
  /** Every export, untyped: pointers come back signed. */
  readonly call: Exports;

  constructor(build: Build = "aikv_invariants") {
    this.memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
    const url = new URL(`../../../wasm/${build}.wasm`, import.meta.url);
    const module = new WebAssembly.Module(
      Deno.readFileSync(url),
    );
    const imports: WebAssembly.Imports = { env: { memory: this.memory } };
    for (
      const { module: from, name, kind } of WebAssembly.Module.imports(module)
    ) {
      if (kind === "function") (imports[from] ??= {})[name] = () => 0;
    }
    this.call = new WebAssembly.Instance(module, imports).exports as Exports;
    this.call.memoryInit();
  }

  /** A block for `bytes` bytes; the test fails when there is none. */
  alloc(bytes: number): number {
    const ptr = this.call.alloc(bytes) >>> 0;
    if (ptr === 0) throw new Error("out of memory");
    return ptr;
  }

  /** A fresh view; not to be kept across a call that may allocate. */
  view(ptr: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, ptr >>> 0, length);
  }

  /** Puts bytes (text as Latin-1) into a new block. */
  put(data: Uint8Array | string): number {
    const source = typeof data === "string" ? bytes(data) : data;
    const ptr = this.alloc(source.length);
    this.view(ptr, source.length).set(source);
    return ptr;
  }

  /** A copy of bytes. */
  get(ptr: number, length: number): Uint8Array {
    return this.view(ptr, length).slice();
  }

  /** Bytes as Latin-1 text. */
  text(ptr: number, length: number): string {
    return text(this.view(ptr, length));
  }
}

/** Latin-1 text to bytes. */
export function bytes(text: string): Uint8Array {
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
}

/** Bytes to Latin-1 text. */
export function text(bytes: Uint8Array): string {
  let result = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    result += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return result;
}

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 * below);
  };
}
