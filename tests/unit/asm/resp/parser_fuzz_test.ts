import assert from "node:assert/strict";
import { bytes, Kernels, random, text } from "../_kernels.ts";
import { Client, encode, feed, join, UNAUTHENTICATED } from "./_harness.ts";
import { type Outcome, parseOne } from "./_model.ts";

const kernels = new Kernels();
const { call } = kernels;

const LIMITS = { bulkBytes: 512 * 1024 * 1024, args: 1024 * 1024 };
const NOISE = bytes("*$\r\n0123456789-+ \0\"'\\xaAZ\xff");

type Next = (below: number) => number;

/** A well-formed command, or words in a line. */
function command(next: Next): Uint8Array {
  const count = next(20) ? 1 + next(5) : 1 + next(130);
  const args = Array.from({ length: count }, () => {
    const length = next(30) ? next(12) : next(1200);
    return Uint8Array.from({ length }, () => NOISE[next(NOISE.length)]);
  });
  if (next(8)) return encode(...args);
  return join([
    ...args.flatMap((arg) => [arg.map((b) => b || 65), bytes(" ")]),
    bytes("\r\n"),
  ]);
}

/** Breaks one to three bytes. */
function damage(next: Next, data: Uint8Array): Uint8Array {
  const parts = data.slice();
  for (let left = 1 + next(3); left > 0; left--) {
    parts[next(parts.length)] = next(4) ? NOISE[next(NOISE.length)] : next(256);
  }
  return next(4) ? parts : parts.slice(next(parts.length));
}

function model(data: Uint8Array, unauthenticated: boolean): Outcome[] {
  const outcomes: Outcome[] = [];
  let start = 0;
  while (true) {
    const rest = data.subarray(start);
    const outcome = parseOne(rest, { ...LIMITS, unauthenticated });
    if (outcome === undefined) return outcomes;
    outcomes.push(outcome);
    if ("error" in outcome) return outcomes;
    start += outcome.used;
  }
}

Deno.test("random pipelines, whole and broken, in random pieces, parse as the model does", () => {
  const seed = 20240917;
  const next = random(seed);
  const before = call.memoryUsed();
  for (let round = 0; round < 15_000; round++) {
    const parts = Array.from({ length: 1 + next(4) }, () => command(next));
    let data = join(parts);
    if (next(2)) data = damage(next, data);
    const cuts = Array.from({ length: next(6) }, () => next(data.length + 1))
      .sort((a, b) => a - b);
    const unauthenticated = next(8) === 0;
    assert.deepEqual(
      feed(kernels, data, cuts, unauthenticated ? UNAUTHENTICATED : 0),
      model(data, unauthenticated),
      `seed ${seed}, round ${round}: ${
        JSON.stringify(text(data))
      } cut at ${cuts}`,
    );
  }
  call.frameTrim();
  assert.equal(call.memoryUsed(), before, "nothing leaks");
});

Deno.test("three million random frames are parsed without a trap and in bounds", () => {
  const next = random(7);
  const size = 1 << 16;
  const block = kernels.alloc(size + 32);
  const client = new Client(kernels);
  let frames = 0;
  while (frames < 3_000_000) {
    const data = kernels.view(block, size + 32);
    for (let i = 0; i < size; i++) data[i] = NOISE[next(NOISE.length)];
    data.fill(0xa5, size);
    // Good headers here and there lead the parser into all its branches.
    for (let i = next(64); i + 16 < size; i += 1 + next(40)) {
      const argc = 1 + next(3);
      data.set(
        bytes(next(3) ? `$${next(20)}\r\n` : `*${argc}\r\n$${next(9)}\r\n`),
        i,
      );
    }
    // From every start: whatever is refused or incomplete costs one byte.
    for (let start = 0; start < size; frames++) {
      const end = next(4) ? size : start + next(size - start);
      const argc = call.parse(client.state, block + start, end - start);
      if (argc < 0) {
        call.parserReset(client.state);
        start += 1;
        continue;
      }
      const used = call.parseConsumed() >>> 0;
      if (used === 0 || used > end - start) assert.fail(`consumed ${used}`);
      for (let i = 0; i < argc; i++) {
        const ptr = call.argPtr(i) >>> 0;
        const past = ptr + (call.argLength(i) >>> 0);
        if (ptr < block + start || past > block + start + used) {
          assert.fail(`argument ${i} at ${ptr - block} is out of bounds`);
        }
      }
      start += used;
    }
    const guard = kernels.view(block + size, 32);
    assert.ok(guard.every((byte) => byte === 0xa5), "guard bytes untouched");
  }
  client.free();
  call.free(block);
});
