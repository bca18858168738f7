import assert from "node:assert/strict";
import fc from "fast-check";
import type { SeededRandom } from "../_support/mod.ts";
import { Kernels } from "../unit/asm/_kernels.ts";
import { operations, withSeed } from "./_operations.ts";

interface Block {
  readonly ptr: number;
  /** What it really has. */
  readonly bytes: number;
  readonly fill: number;
}

/** Blocks handed out, in the order of their addresses kept by a sorted check. */
class Model {
  readonly kernels: Kernels;
  readonly blocks: Block[] = [];
  readonly #baseline: number;
  #used = 0;
  #fill = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(kernels = new Kernels()) {
    this.kernels = kernels;
    this.#baseline = kernels.call.memoryUsed();
  }

  get #view(): Uint8Array {
    if (this.#bytes.length === 0) {
      this.#bytes = new Uint8Array(this.kernels.memory.buffer);
    }
    return this.#bytes;
  }

  /** False when memory is exhausted. */
  take(bytes: number): boolean {
    const { call } = this.kernels;
    const ptr = call.alloc(bytes) >>> 0;
    if (ptr === 0) return false;
    assert.equal(ptr % 8, 0, "aligned");
    assert.equal(call.usableSize(ptr) >>> 0, call.blockBytes(bytes) >>> 0);
    this.#add(ptr, bytes);
    return true;
  }

  give(index: number): void {
    const block = this.#remove(index);
    this.#verify(block, block.bytes);
    this.kernels.call.free(block.ptr);
  }

  /** False when memory is exhausted: the block is then as it was. */
  resize(index: number, bytes: number): boolean {
    const block = this.blocks[index];
    const ptr = this.kernels.call.resize(block.ptr, bytes) >>> 0;
    if (ptr === 0) {
      this.#verify(block, block.bytes);
      return false;
    }
    this.#remove(index);
    const kept = Math.min(block.bytes, this.kernels.call.usableSize(ptr) >>> 0);
    this.#verify({ ...block, ptr }, Math.min(kept, bytes));
    this.#add(ptr, bytes);
    return true;
  }

  #add(ptr: number, bytes: number): void {
    const usable = this.kernels.call.usableSize(ptr) >>> 0;
    assert.ok(usable >= bytes, "as much as was asked for");
    this.#fill = this.#fill % 250 + 1;
    this.#view.fill(this.#fill, ptr, ptr + usable);
    this.blocks.push({ ptr, bytes: usable, fill: this.#fill });
    this.#used += usable;
    this.#account();
  }

  #remove(index: number): Block {
    const block = this.blocks[index];
    const last = this.blocks.pop();
    assert.ok(last);
    if (last !== block) this.blocks[index] = last;
    this.#used -= block.bytes;
    return block;
  }

  /** A block that overlapped another would have lost its bytes. */
  #verify(block: Block, length: number): void {
    const view = this.#view;
    const { ptr, fill } = block;
    // All of a small block, the ends and some places of a large one.
    const step = length <= 512 ? 1 : length >> 7;
    for (let i = 0; i < length; i += step) {
      if (view[ptr + i] !== fill) assert.fail(`byte ${i} of ${length} changed`);
    }
    if (length > 0) assert.equal(view[ptr + length - 1], fill);
  }

  #account(): void {
    const used = this.kernels.call.memoryUsed() - this.#baseline;
    assert.equal(used, this.#used, "bytes in use");
  }

  check(): void {
    assert.equal(this.kernels.call.memoryCheck(), 0, "memoryCheck");
    this.#account();
    const sorted = this.blocks.toSorted((a, b) => a.ptr - b.ptr);
    for (let i = 1; i < sorted.length; i++) {
      const before = sorted[i - 1];
      assert.ok(before.ptr + before.bytes <= sorted[i].ptr, "no overlap");
    }
    for (const block of this.blocks) this.#verify(block, block.bytes);
  }

  giveAll(): void {
    while (this.blocks.length > 0) this.give(this.blocks.length - 1);
    this.#account();
    this.check();
  }
}

const sizes = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 100, max: 9_000 }),
  fc.integer({ min: 8_000, max: 70_000 }),
  fc.integer({ min: 65_000, max: 500_000 }),
);

Deno.test("any sequence of taking, resizing and giving back is sound", () => {
  const step = fc.tuple(fc.nat(2), fc.nat(), sizes);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
      const model = new Model();
      for (const [kind, which, bytes] of steps) {
        const count = model.blocks.length;
        if (kind === 0 || count === 0) assert.ok(model.take(bytes));
        else if (kind === 1) model.give(which % count);
        else assert.ok(model.resize(which % count, bytes));
      }
      model.check();
      model.giveAll();
    }),
    { numRuns: 60 },
  );
});

function anySize(random: SeededRandom): number {
  return random.pickWeighted<() => number>([
    [60, () => random.integer(0, 200)],
    [25, () => random.integer(128, 9_000)],
    [10, () => random.integer(8_000, 66_000)],
    [2, () => random.integer(65_000, 900_000)],
  ])();
}

/** Waves of mostly taking and mostly giving back. */
function wave(model: Model, random: SeededRandom, count: number): number {
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const growing = Math.floor(i / 4_000) % 2 === 0;
    const blocks = model.blocks.length;
    if (blocks === 0 || random.chance(growing ? 0.6 : 0.3)) {
      if (!model.take(anySize(random))) refused++;
    } else if (random.chance(0.8)) model.give(random.integer(0, blocks - 1));
    else if (!model.resize(random.integer(0, blocks - 1), anySize(random))) {
      refused++;
    }
    if (i % 20_000 === 0) model.check();
  }
  return refused;
}

Deno.test("a long run overlaps nothing and counts every byte", () => {
  withSeed((random) => {
    const model = new Model();
    const count = operations(60_000);
    assert.equal(wave(model, random, count), 0);
    model.giveAll();
    const reserved = model.kernels.call.memoryReserved();
    wave(model, random, count);
    model.giveAll();
    const growth = model.kernels.call.memoryReserved() / reserved;
    assert.ok(growth < 1.5, `a second run took ${growth} times the pages`);
  });
});

Deno.test("at the ceiling blocks are refused, and given ones serve again", () => {
  withSeed((random) => {
    const model = new Model();
    const { call } = model.kernels;
    call.memoryLimitPages(call.memoryReserved() / 65536 + 200);
    const refused = wave(model, random, 40_000);
    while (model.take(anySize(random)));
    model.check();
    assert.ok(refused + 1 > 0);
    assert.ok(call.memoryReserved() <= (200 + 64) * 65536 + 4 * 1024 * 1024);
    for (let i = 0; i < 5_000; i++) {
      const blocks = model.blocks.length;
      if (blocks > 0 && random.chance(0.5)) {
        model.give(random.integer(0, blocks - 1));
      } else model.take(anySize(random));
    }
    model.check();
    model.giveAll();
    assert.ok(model.take(64 * 65536), "what was given back joins into runs");
    model.giveAll();
  });
});
