import assert from "node:assert/strict";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { drawElement, LIST_SHAPES, ListModel } from "./_list_model.ts";
import { operations, withSeed } from "./_operations.ts";

for (const shape of LIST_SHAPES) {
  const name = JSON.stringify(shape);
  Deno.test(`lists of shape ${name} equal arrays, and give all memory back`, () => {
    withSeed((random) => {
      const model = new ListModel(new KeySpace({ databases: 1 }), shape);
      let baseline = -1;
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < operations(600); i++) {
          model.apply(random);
          if (i % 10 === 0) model.compare();
        }
        model.compare();
        model.clear();
        model.space.check();
        // The first round leaves buffers that have grown, and spare blocks.
        if (round > 0) assert.equal(model.space.payloadBytes(), baseline);
        baseline = model.space.payloadBytes();
      }
    });
  });

  Deno.test(`what is done to lists of shape ${name} can be undone`, () => {
    withSeed((random) => {
      const space = new KeySpace({ databases: 1 });
      const { call } = space;
      const model = new ListModel(space, shape);
      for (let round = 0; round < operations(60); round++) {
        for (let i = 0; i < 10; i++) model.apply(random);
        const before = model.snapshot();
        call.undoBegin();
        for (let i = 0; i < random.integer(1, 20); i++) model.apply(random);
        model.compare();
        const mark = call.undoMark();
        const inner = model.snapshot();
        for (let i = 0; i < random.integer(1, 20); i++) model.apply(random);
        if (random.chance(0.3)) {
          assert.equal(call.undoRollback(mark), 1);
          model.lists = inner;
          model.compare();
        }
        if (random.chance(0.5)) {
          assert.equal(call.undoRollback(0), 1);
          model.lists = before;
        } else call.undoCommit();
        model.compare();
        space.check();
      }
      model.clear();
      const left = space.payloadBytes();
      call.undoBegin();
      for (let i = 0; i < 30; i++) model.apply(random);
      assert.equal(call.undoRollback(0), 1);
      model.lists.clear();
      model.clear();
      assert.equal(space.payloadBytes(), left, "nothing is lost by undoing");
    });
  });
}

Deno.test("when memory runs out, a list is what it was before", () => {
  withSeed((random) => {
    for (const shape of LIST_SHAPES) {
      const space = new KeySpace({ databases: 1 });
      const { call } = space;
      const model = new ListModel(space, shape);
      for (let i = 0; i < 100; i++) model.apply(random);
      for (let round = 0; round < operations(20); round++) {
        call.memoryLimitPages(call.memoryReserved() / 65536);
        // Blocks of all sizes, so that sometimes this, sometimes that fails.
        const taken: number[] = [];
        const most = random.pick([100_000, 20_000, 4_000, 500, 48]);
        for (let bytes = most; bytes >= 8; bytes = Math.floor(bytes / 1.2)) {
          let block: number;
          while ((block = call.alloc(bytes)) !== 0) taken.push(block);
        }
        for (let i = random.integer(0, 6); i > 0 && taken.length > 0; i--) {
          call.free(taken.splice(random.integer(0, taken.length - 1), 1)[0]);
        }
        for (let i = 0; i < 30; i++) model.apply(random);
        for (const block of taken) call.free(block);
        call.memoryLimitPages(65535);
        model.compare();
        space.check();
      }
      assert.ok(model.refused > 0, "memory ran out");
      model.clear();
    }
  });
});

Deno.test("a list goes from one listpack to nodes and back as it grows and shrinks", () => {
  const space = new KeySpace({ databases: 1 });
  const { call } = space;
  call.listConfigure(4, 0);
  call.frameClear();
  call.frameAppend(space.valueAt("element"), 0);
  call.frameAppend(space.valueAt("element"), 7);
  const entryOf = () => space.entry(0, "l");
  call.listCreate(0, space.keyAt("l"), 1, 0, 1, 1);
  const encodings: number[] = [];
  for (let i = 0; i < 9; i++) {
    call.listPush(0, entryOf(), 0, 1, 1);
    encodings.push(call.entryEncoding(entryOf()));
  }
  assert.deepEqual(encodings, [3, 3, 3, 7, 7, 7, 7, 7, 7]);
  assert.equal(call.listNodesOf(entryOf()), 3);
  for (let i = 0; i < 9; i++) {
    call.listDrop(0, entryOf(), 0, 1);
    encodings.push(call.entryEncoding(entryOf()));
  }
  assert.deepEqual(encodings.slice(9), [7, 7, 7, 7, 7, 7, 7, 3, 3]);
  assert.equal(call.listFillOf(entryOf()), 4);
});

Deno.test("what LZF compresses is decompressed to what it was", () => {
  withSeed((random) => {
    const space = new KeySpace({ databases: 1 });
    const { call } = space;
    const ROOM = 400_000;
    const source = space.alloc(ROOM);
    const packed = space.alloc(ROOM);
    const target = space.alloc(ROOM);
    for (let round = 0; round < operations(300); round++) {
      let text = "";
      const length = random.pick([1, 2, 3, 4, 50, 300, 9_000, 100_000]);
      while (text.length < length) {
        const from = random.integer(0, text.length);
        text += random.chance(0.3) && text.length > 0
          ? text.slice(from, from + random.integer(1, 400))
          : drawElement(random).slice(0, random.integer(0, 60));
      }
      const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
      space.view(source, bytes.length).set(bytes);
      const made = call.lzfCompress(source, bytes.length, packed, ROOM);
      assert.ok(made > 0);
      assert.equal(
        call.lzfDecompress(packed, made, target, bytes.length),
        bytes.length,
      );
      assert.deepEqual(space.get(target, bytes.length), bytes);
      // With one byte less of room there is none.
      assert.equal(
        call.lzfCompress(source, bytes.length, packed, made - 1),
        0,
      );
    }
  });
});

Deno.test("damaged LZF is never written or read beyond its end", () => {
  withSeed((random) => {
    const space = new KeySpace({ databases: 1 });
    const { call } = space;
    const GUARD = 64;
    const block = space.alloc(4096 + 2 * GUARD);
    for (let round = 0; round < operations(3000); round++) {
      const input = random.bytes(random.integer(0, 200));
      const room = random.integer(0, 4096);
      const source = space.put(input);
      const bytes = space.view(block, 4096 + 2 * GUARD);
      bytes.fill(0xaa);
      const made = call.lzfDecompress(
        source,
        input.length,
        block + GUARD,
        room,
      );
      assert.ok(made <= room);
      const after = space.view(block, 4096 + 2 * GUARD);
      assert.ok(after.subarray(0, GUARD).every((byte) => byte === 0xaa));
      assert.ok(after.subarray(GUARD + room).every((byte) => byte === 0xaa));
      call.free(source);
    }
  });
});
