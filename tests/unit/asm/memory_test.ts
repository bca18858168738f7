import assert from "node:assert/strict";
import { Kernels } from "./_kernels.ts";

const PAGE_BYTES = 65536;

Deno.test("a block has at most a fifth of padding, and a size class of its own", () => {
  const { call } = new Kernels();
  for (let bytes = 1; bytes <= 70_000; bytes += bytes < 300 ? 1 : 37) {
    const block = call.blockBytes(bytes);
    assert.ok(block >= bytes, `${bytes} bytes fit`);
    assert.equal(block % 8, 0);
    if (bytes <= 128) assert.ok(block - bytes < 8);
    else if (bytes <= PAGE_BYTES) {
      assert.ok(block <= bytes * 1.25, `${block} for ${bytes}`);
    } else assert.ok(block - bytes < PAGE_BYTES);
    assert.equal(call.blockBytes(block), block, "a class is its own size");
  }
  assert.equal(call.blockBytes(0), 8);
  assert.equal(call.blockBytes(56), 56);
});

Deno.test("bytes in use are those of the blocks, exactly", () => {
  const { call } = new Kernels();
  const before = call.memoryUsed();
  const sizes = [1, 56, 129, 8_192, 8_193, 65_536, 65_537, 1_000_000];
  const blocks = sizes.map((bytes) => call.alloc(bytes));
  const expected = sizes.reduce(
    (sum, bytes) => sum + call.blockBytes(bytes),
    0,
  );
  assert.equal(call.memoryUsed() - before, expected);
  assert.equal(call.memoryPeak() - before, expected);
  blocks.forEach((ptr) => call.free(ptr));
  assert.equal(call.memoryUsed(), before);
  assert.equal(call.memoryPeak() - before, expected, "the peak stays");
  call.memoryPeakReset();
  assert.equal(call.memoryPeak(), before);
  call.free(0);
  assert.equal(call.memoryCheck(), 0);
});

Deno.test("runs of pages join with their neighbours when given back", () => {
  const { call } = new Kernels();
  const blocks = Array.from({ length: 5 }, () => call.alloc(3 * PAGE_BYTES));
  const [first, second, third, fourth, fifth] = blocks;
  for (const ptr of [second, fourth, third]) call.free(ptr);
  assert.equal(call.memoryCheck(), 0);
  const nine = call.alloc(9 * PAGE_BYTES);
  assert.equal(nine, second, "the three make one run of nine pages");
  call.free(nine);
  call.free(first);
  call.free(fifth);
  assert.equal(call.alloc(15 * PAGE_BYTES), first);
  assert.equal(call.memoryCheck(), 0);
});

Deno.test("a run grows and shrinks where it is when it can", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  const ptr = call.alloc(2 * PAGE_BYTES);
  assert.equal(call.resize(ptr, 5 * PAGE_BYTES), ptr, "into untouched pages");
  const after = call.alloc(2 * PAGE_BYTES);
  assert.equal(after, ptr + 5 * PAGE_BYTES);
  assert.equal(call.resize(ptr, 3 * PAGE_BYTES), ptr, "gives pages back");
  assert.equal(call.usableSize(ptr), 3 * PAGE_BYTES);
  assert.equal(call.resize(ptr, 4 * PAGE_BYTES), ptr, "into free pages");
  assert.equal(call.memoryCheck(), 0);
  kernels.view(ptr, 4 * PAGE_BYTES).fill(7);
  const moved = call.resize(ptr, 6 * PAGE_BYTES);
  assert.notEqual(moved, ptr);
  assert.ok(kernels.view(moved, 4 * PAGE_BYTES).every((byte) => byte === 7));
  const small = call.resize(moved, 100);
  assert.ok(kernels.view(small, 100).every((byte) => byte === 7));
  assert.equal(call.usableSize(small), 104);
  assert.equal(call.memoryCheck(), 0);
});

Deno.test("a slab of the medium classes knows its head from every page", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  const blocks = Array.from({ length: 100 }, () => call.alloc(40_000));
  for (const ptr of blocks) assert.equal(call.usableSize(ptr), 40_960);
  for (const ptr of blocks.filter((_, i) => i % 3 !== 0)) call.free(ptr);
  assert.equal(call.memoryCheck(), 0);
  for (const ptr of blocks.filter((_, i) => i % 3 === 0)) call.free(ptr);
  assert.equal(call.memoryCheck(), 0);
});

Deno.test("there is memory behind every block, for reading vectors", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  for (const pages of [300, 257, 1, 1000]) {
    const ptr = call.alloc(pages * PAGE_BYTES) >>> 0;
    const end = ptr + pages * PAGE_BYTES;
    assert.ok(kernels.memory.buffer.byteLength >= end + 16);
  }
});

Deno.test("sizes that no memory has are refused", () => {
  const { call } = new Kernels();
  const before = call.memoryUsed();
  for (const bytes of [0xffff0001, 0xffffffff, 0xfffe0001, 0xfff00000]) {
    assert.equal(call.alloc(bytes), 0);
    const ptr = call.alloc(100_000);
    assert.equal(call.resize(ptr, bytes), 0);
    assert.equal(
      call.usableSize(ptr),
      2 * PAGE_BYTES,
      "the block is as it was",
    );
    call.free(ptr);
  }
  assert.equal(call.memoryUsed(), before);
});

Deno.test("at the ceiling idle slabs are given up for runs", () => {
  const { call } = new Kernels();
  call.memoryLimitPages(call.memoryReserved() / PAGE_BYTES + 60);
  const sizes = [8, 100, 1_000, 9_000, 20_000, 40_000, 60_000];
  for (const ptr of sizes.map((bytes) => call.alloc(bytes))) call.free(ptr);
  const most = call.alloc(60 * PAGE_BYTES);
  assert.notEqual(most, 0, "all pages make one run");
  assert.equal(call.alloc(8), 0);
  assert.equal(call.memoryCheck(), 0);
  call.free(most);
  assert.notEqual(call.alloc(8), 0);
});

Deno.test("a run grows to the very last page, over free ones on the way", () => {
  const { call } = new Kernels();
  call.memoryLimitPages(call.memoryReserved() / PAGE_BYTES + 10);
  const ptr = call.alloc(4 * PAGE_BYTES);
  call.free(call.alloc(2 * PAGE_BYTES));
  assert.equal(call.resize(ptr, 11 * PAGE_BYTES), 0);
  assert.equal(call.resize(ptr, 10 * PAGE_BYTES), ptr);
  assert.equal(call.memoryCheck(), 0);
});
