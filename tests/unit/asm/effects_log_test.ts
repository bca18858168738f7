import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";

function record(space: KeySpace, db: number, args: string[]): void {
  const { call } = space;
  call.effectBegin(db, args.length);
  for (const arg of args) call.effectArgument(space.valueAt(arg), arg.length);
  call.effectEnd();
}

/** What the log holds: database and command. */
function recorded(space: KeySpace): [number, string][] {
  const { call } = space;
  const found: [number, string][] = [];
  const start = call.effectsData() >>> 0;
  const view = new DataView(space.memory.buffer);
  let at = start;
  while (at < start + call.effectsLength()) {
    assert.equal((at - start) % 4, 0, "aligned");
    const length = view.getUint32(at + 4, true);
    found.push([view.getUint32(at, true), space.text(at + 8, length)]);
    at += 8 + ((length + 3) & ~3);
  }
  assert.equal(at, start + call.effectsLength());
  return found;
}

function resp(args: string[]): string {
  const parts = args.map((arg) => `$${arg.length}\r\n${arg}\r\n`);
  return `*${args.length}\r\n${parts.join("")}`;
}

Deno.test("effects are RESP, whatever the lengths", () => {
  const space = new KeySpace();
  const expected: [number, string][] = [];
  for (const length of [0, 1, 2, 3, 4, 9, 10, 99, 100, 1_000, 100_000]) {
    const args = ["SET", "k".repeat(length % 7), "v".repeat(length)];
    record(space, length % 16, args);
    expected.push([length % 16, resp(args)]);
  }
  assert.deepEqual(recorded(space), expected);
  assert.equal(space.call.effectsFailed(), 0);
  space.call.effectsReset();
  assert.deepEqual(recorded(space), []);
});

Deno.test("a frame is recorded as it came", () => {
  const space = new KeySpace();
  const { call } = space;
  const args = ["MSET", "a", "1", "", "\0\r\n"];
  const blocks = args.map((arg) => space.put(arg));
  call.frameClear();
  args.forEach((arg, i) => call.frameAppend(blocks[i], arg.length));
  call.effectFrame(3);
  assert.deepEqual(recorded(space), [[3, resp(args)]]);
});

Deno.test("truncating drops what a rolled-back transaction recorded", () => {
  const space = new KeySpace();
  record(space, 0, ["SET", "a", "1"]);
  const mark = space.call.effectsLength();
  record(space, 1, ["SET", "b", "2"]);
  space.call.effectsTruncate(mark);
  record(space, 2, ["SET", "c", "3"]);
  assert.deepEqual(recorded(space).map(([db]) => db), [0, 2]);
});

Deno.test("without memory the log holds whole effects, and says it failed", () => {
  const space = new KeySpace();
  const { call } = space;
  const args = ["SET", "k", "v".repeat(1_000)];
  call.memoryLimitPages(0);
  let whole = 0;
  while (true) {
    record(space, 0, args);
    if (call.effectsFailed() !== 0) break;
    whole++;
  }
  record(space, 0, ["PING"]);
  assert.deepEqual(recorded(space), Array(whole).fill([0, resp(args)]));
  assert.equal(call.effectsFailed(), 1);
  call.effectsReset();
  assert.equal(call.effectsFailed(), 0);
});
