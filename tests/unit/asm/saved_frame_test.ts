import assert from "node:assert/strict";
import { Kernels, random } from "./_kernels.ts";

function fillFrame(kernels: Kernels, args: string[]): void {
  kernels.call.frameClear();
  for (const arg of args) {
    assert.equal(kernels.call.frameAppend(kernels.put(arg), arg.length), 1);
  }
}

function frame(kernels: Kernels): string[] {
  const { call } = kernels;
  return Array.from(
    { length: call.frameCount() },
    (_, i) => kernels.text(call.argPtr(i), call.argLength(i)),
  );
}

Deno.test("a saved frame has its arguments after others have passed", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  const next = random(5);
  const saved: [number, string[]][] = [];
  for (let i = 0; i < 50; i++) {
    const args = Array.from(
      { length: next(i === 7 ? 3_000 : 20) },
      () => "a".repeat(next(i === 9 ? 5_000 : 40)),
    );
    fillFrame(kernels, args);
    const at = call.frameSave();
    assert.notEqual(at, 0);
    const bytes = 4 + args.length * 8 + args.join("").length;
    assert.equal(call.frameSavedBytes(at), call.blockBytes(bytes));
    saved.push([at, args]);
  }
  for (const [at, args] of saved) {
    assert.equal(call.frameLoad(at), 1);
    assert.deepEqual(frame(kernels), args);
  }
});

Deno.test("a saved frame is one block, given back by free", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  fillFrame(kernels, ["SET", "key", "v".repeat(10_000)]);
  const before = call.memoryUsed();
  const saved = call.frameSave();
  assert.equal(call.memoryUsed() - before, call.frameSavedBytes(saved));
  call.free(saved);
  assert.equal(call.memoryUsed(), before);
});

Deno.test("without memory a frame is not saved, and stays as it is", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  const args = ["SET", "key", "v".repeat(200_000)];
  fillFrame(kernels, args);
  call.memoryLimitPages(0);
  assert.equal(call.frameSave(), 0);
  assert.deepEqual(frame(kernels), args);
});
