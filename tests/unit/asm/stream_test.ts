import assert from "node:assert/strict";
import { Streams } from "./_streams.ts";

Deno.test("a node is the listpack Redis makes of the same entries", () => {
  const streams = new Streams();
  assert.equal(streams.add("s", "1-1", "f", "v", "n", "300"), 1);
  assert.equal(streams.add("s", "3-0", "f", "w", "n", "-5"), 1);
  assert.equal(streams.add("s", "3-7", "g", "x".repeat(70)), 1);
  assert.equal(streams.deleteIds("s", "3-0"), 1);
  const hex = [...streams.firstListpack("s")]
    .map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const expected = [
    // 136 bytes, 25 elements; count 2, deleted 1, fields 2: f, n; 0.
    "88000000190002010101020181660281" + "6e020001",
    // Flags 2, deltas 0 and 0, v, 300, 5 elements.
    "020100010001817602c12c020501",
    // Flags 3, deltas 2 and -1, w, -5, 5 elements.
    "03010201dfff02817702dffb020501",
    // Flags 0, deltas 2 and 6, 1 field: g, 70 bytes, 6 elements, the end.
    "0001020106010101816702e046" + "78".repeat(70) + "480601ff",
  ].join("");
  assert.equal(hex, expected);
});

Deno.test("entries come in the order of their IDs, either way, across nodes", () => {
  const streams = new Streams();
  const expected: unknown[] = [];
  for (let i = 1; i <= 1000; i++) {
    const id = `${i >> 2}-${i}`;
    assert.equal(streams.add("s", id, "field", `value ${i}`, "n", `${i}`), 1);
    expected.push([id, ["field", `value ${i}`, "n", `${i}`]]);
  }
  assert.deepEqual(streams.range("s"), expected);
  assert.deepEqual(streams.range("s", true), expected.toReversed());
});

Deno.test("an ID that is not above the last one is refused", () => {
  const streams = new Streams();
  assert.equal(streams.add("s", "5-5", "f", "v"), 1);
  for (const id of ["5-5", "5-4", "4-9", "0-1"]) {
    assert.equal(streams.add("s", id, "f", "v"), -1, id);
  }
  const greatest = "18446744073709551615-18446744073709551615";
  assert.equal(streams.add("s", greatest, "f", "v"), 1);
  assert.equal(streams.add("s", greatest, "f", "v"), -3);
});

Deno.test("many entries may be pending, and are acknowledged in any order", () => {
  const streams = new Streams();
  const count = 5000;
  for (let i = 1; i <= count; i++) streams.add("s", `${i}-0`, "f", "v");
  streams.createGroup("s", "g");
  assert.equal(streams.readGroup("s", "g", "c", 0), true);
  assert.equal((streams.reply() as unknown[]).length, count);
  let left = count;
  for (let i = 0; i < count; i++) {
    // 7 and 5000 have no divisor in common: each ID comes once.
    const id = `${(i * 7) % count + 1}-0`;
    assert.equal(streams.acknowledge("s", "g", id, id), 1, id);
    left--;
    if (i % 500 !== 0) continue;
    streams.checkStream("s");
    streams.call.streamPendingSummary(streams.group("s", "g"));
    const [pending] = streams.reply() as number[];
    assert.equal(pending, left);
  }
  streams.call.streamPendingSummary(streams.group("s", "g"));
  assert.deepEqual(streams.reply(), [0, null, null, null]);
});

Deno.test("entries may become pending in any order, and are kept in that of IDs", () => {
  const streams = new Streams();
  const count = 6000;
  for (let i = 1; i <= count; i++) streams.add("s", `${i}-0`, "f", "v");
  streams.createGroup("s", "g");
  for (let i = 0; i < count; i++) {
    const id = `${(i * 1009) % count + 1}-0`;
    assert.equal(streams.claim("s", "g", `c${i % 3}`, id), true);
    assert.deepEqual(streams.reply(), [id]);
    if (i % 1000 === 0) streams.checkStream("s");
  }
  streams.checkStream("s");
  streams.setId(1, "-");
  streams.setId(2, "+");
  streams.call.streamPendingRange(streams.group("s", "g"), 0, 1e9, 0n);
  const rows = streams.reply() as string[][];
  assert.deepEqual(
    rows.map(([id]) => id),
    Array.from({ length: count }, (_, index) => `${index + 1}-0`),
  );
  assert.equal(streams.removeConsumer("s", "g", "c1"), count / 3);
  streams.checkStream("s");
});

Deno.test("a copy has the groups, and shares nothing with the original", () => {
  const streams = new Streams();
  for (let i = 1; i <= 300; i++) streams.add("s", `${i}-0`, "f", `${i}`);
  streams.createGroup("s", "g");
  streams.readGroup("s", "g", "c", 200);
  streams.reply();
  const { call } = streams;
  const source = streams.entry(0, "s");
  assert.notEqual(call.copyEntry(source, 0, streams.keyAt("t"), 1), 0);
  const before = streams.dump("s");
  assert.equal(streams.dump("t"), before);
  streams.acknowledge("t", "g", "7-0");
  streams.deleteIds("t", "9-0");
  assert.equal(streams.dump("s"), before);
  assert.notEqual(streams.dump("t"), before);
});

Deno.test("how much memory a stream takes is what its blocks take", () => {
  const streams = new Streams();
  streams.add("s", "1-0", "f", "v");
  // The buffer for replies has been allocated.
  streams.range("s");
  const { call } = streams;
  const usage = () => call.entryUsage(streams.entry(0, "s"));
  const base = call.memoryUsed() - usage();
  for (let i = 2; i <= 40; i++) {
    streams.add("s", `${i}-0`, "f", "value".repeat(i));
    if (i === 10) streams.createGroup("s", "g");
    if (i > 10) streams.readGroup("s", "g", `c${i % 3}`, 1);
    streams.call.outputClear(call.outputSelected());
    assert.equal(call.memoryUsed() - usage(), base, `after ${i} entries`);
  }
});

Deno.test("a large stream is freed a slice at a time", () => {
  const streams = new Streams();
  const { call } = streams;
  streams.add("s", "1-0", "f", "v");
  streams.delete(0, "s");
  streams.settle();
  const before = streams.payloadBytes();
  for (let i = 1; i <= 3000; i++) streams.add("s", `${i}-0`, "f", "v");
  streams.createGroup("s", "g");
  for (let i = 0; i < 10; i++) streams.readGroup("s", "g", `c${i}`, 300);
  call.outputClear(call.outputSelected());
  assert.equal(streams.delete(0, "s"), 1);
  assert.ok(streams.payloadBytes() > before + 100_000, "not freed at once");
  let slices = 0;
  while (call.retiredFree(100) !== 0) slices++;
  assert.ok(slices > 20, `${slices} slices`);
  streams.settle();
  assert.equal(streams.payloadBytes(), before);
  streams.check();
});
