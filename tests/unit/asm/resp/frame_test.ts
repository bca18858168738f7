import assert from "node:assert/strict";
import { Kernels } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

Deno.test("a nested frame leaves the one below as it was", () => {
  call.frameClear();
  for (let i = 0; i < 1000; i++) assert.ok(call.frameAppend(i * 8, i));
  assert.ok(call.framePush());
  assert.equal(call.frameDepth(), 1);
  assert.equal(call.frameCount(), 0);
  for (let i = 0; i < 5000; i++) assert.ok(call.frameAppend(i, 1));
  call.framePop();
  assert.equal(call.frameCount(), 1000);
  for (let i = 0; i < 1000; i++) {
    assert.equal(call.argPtr(i), i * 8);
    assert.equal(call.argLength(i), i);
  }
  call.frameReplace(7, 4096, 3);
  call.frameReplace(1000, 1, 1);
  assert.deepEqual([call.argPtr(7), call.argLength(7)], [4096, 3]);
  assert.equal(call.frameCount(), 1000);
});

Deno.test("nesting is bounded, and trimming gives grown frames back", () => {
  let depth = 0;
  while (call.framePush()) depth++;
  assert.equal(depth, 15);
  const before = call.memoryUsed();
  for (let i = 0; i < 10_000; i++) call.frameAppend(i, i);
  assert.ok(call.memoryUsed() > before);
  call.frameTrim();
  assert.equal(call.frameCount(), 10_000, "not inside a command");
  while (call.frameDepth() > 0) call.framePop();
  call.framePop();
  call.frameTrim();
  assert.ok(call.memoryUsed() < before);
  assert.ok(call.framePush());
  for (let i = 0; i < 300; i++) call.frameAppend(i, i);
  assert.equal(call.argPtr(299), 299);
  call.framePop();
});
