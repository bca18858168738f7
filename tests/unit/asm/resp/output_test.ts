import assert from "node:assert/strict";
import { Kernels } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

const OUT_OF_MEMORY = 1;
const OVER_LIMIT = 2;

function content(output: number): string {
  return kernels.text(call.outputStart(output), call.outputLength(output));
}

function append(text: string): void {
  const ptr = kernels.put(text);
  call.outputAppend(ptr, text.length);
  call.free(ptr);
}

Deno.test("replies go to the selected output, or nowhere", () => {
  const [a, b] = [call.outputNew(), call.outputNew()];
  call.outputSelect(a);
  append("one");
  call.outputSelect(b);
  append("two");
  assert.equal(call.outputSelected(), b);
  call.outputSelect(0);
  append("dropped");
  assert.equal(call.replyDeferred() >>> 0, 0xffffffff);
  call.replyDeferredArray(0xffffffff, 3);
  call.outputSelect(a);
  append(" more");
  assert.equal(content(a), "one more");
  assert.equal(content(b), "two");
  call.outputFree(a);
  assert.equal(call.outputSelected(), 0);
  call.outputFree(b);
});

Deno.test("an output that was never written takes no block", () => {
  const output = call.outputNew();
  assert.equal(call.outputCapacity(output), 0);
  assert.equal(call.outputLength(output), 0);
  assert.equal(call.outputTake(output), 0);
  call.outputFree(output);
});

Deno.test("sent bytes go, the rest stays, and a large block is given back", () => {
  const before = call.memoryUsed();
  const output = call.outputNew();
  call.outputSelect(output);
  append("hello world");
  call.outputConsume(output, 6);
  assert.equal(content(output), "world");
  append("!".repeat(5000));
  assert.equal(content(output), "world" + "!".repeat(5000));
  append("x".repeat(100_000));
  assert.equal(call.outputLength(output), 105_005);
  call.outputConsume(output, 105_005);
  assert.equal(call.outputLength(output), 0);
  assert.equal(call.outputCapacity(output), 0);
  append("again");
  assert.equal(content(output), "again");
  call.outputFree(output);
  assert.equal(call.memoryUsed(), before);
});

Deno.test("a taken block stays while new replies gather", () => {
  const before = call.memoryUsed();
  const output = call.outputNew();
  call.outputSelect(output);
  append("first");
  call.outputConsume(output, 1);
  const block = call.outputTake(output);
  const [start, length] = [call.outputTakenStart(), call.outputTakenLength()];
  append("second");
  assert.equal(kernels.text(start, length), "irst");
  assert.equal(content(output), "second");
  call.free(block);
  call.outputFree(output);
  assert.equal(call.memoryUsed(), before);
});

Deno.test("truncating forgets what came after, whatever was moved before", () => {
  const output = call.outputNew();
  call.outputSelect(output);
  append("ab");
  const handle = call.replyDeferred();
  append("x".repeat(100));
  call.replyDeferredArray(handle, 1);
  const mark = call.outputLength(output);
  assert.equal(mark, 2 + 4 + 100);
  append("gone");
  call.outputTruncate(output, mark);
  assert.equal(content(output), "ab*1\r\n" + "x".repeat(100));
  call.outputTruncate(output, 3);
  assert.equal(content(output), "ab*");
  append("c");
  assert.equal(content(output), "ab*c");
  call.outputFree(output);
});

Deno.test("a limit sets a flag and drops what follows", () => {
  const output = call.outputNew();
  call.outputSetLimit(output, 2000);
  call.outputSelect(output);
  append("a".repeat(1000));
  assert.equal(call.outputFlags(output), 0);
  append("b".repeat(1001));
  assert.equal(call.outputFlags(output), OVER_LIMIT);
  append("c");
  call.replyOk();
  assert.equal(call.outputLength(output), 1000);
  call.outputClear(output);
  assert.equal(call.outputFlags(output), 0);
  call.replyOk();
  assert.equal(content(output), "+OK\r\n");
  call.outputFree(output);
});

Deno.test("running out of memory sets a flag, and what was written stays", () => {
  const output = call.outputNew();
  call.outputSelect(output);
  const piece = kernels.put("z".repeat(1 << 20));
  call.memoryLimitPages(kernels.memory.buffer.byteLength / 65536 + 512);
  let written = 0;
  while (call.outputFlags(output) === 0) {
    written = call.outputLength(output);
    call.outputAppend(piece, 1 << 20);
  }
  assert.equal(call.outputFlags(output), OUT_OF_MEMORY);
  assert.equal(call.outputLength(output), written);
  const handle = call.replyDeferred();
  call.replyBulk(piece, 5);
  call.replyDeferredMap(handle, 5);
  assert.equal(call.outputLength(output), written);
  const last = kernels.view(call.outputStart(output) + written - 1, 1)[0];
  assert.equal(last, "z".charCodeAt(0));
  call.outputFree(output);
  call.memoryLimitPages(65535);
  call.free(piece);
});

Deno.test("a string longer than the memory is dropped, not wrapped", () => {
  const output = call.outputNew();
  call.outputSelect(output);
  call.replyBulk(64, 0xfffffff0);
  assert.equal(call.outputLength(output), 0);
  assert.equal(call.outputFlags(output), OUT_OF_MEMORY);
  call.outputFree(output);
});
