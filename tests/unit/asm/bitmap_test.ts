import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";
import { Kernels, random, text } from "./_kernels.ts";

/** Lengths around what the kernels take at once: 16 bytes, and 31 times that. */
const LENGTHS = [1, 2, 7, 15, 16, 17, 31, 32, 33, 100, 495, 496, 497, 1009];

function bitAt(bytes: Uint8Array, position: number): number {
  return (bytes[position >> 3] ?? 0) >> (7 - position % 8) & 1;
}

/** Bytes of nothing but zeros, or ones, but for a few bits; or of anything. */
function sample(next: (below: number) => number, length: number): Uint8Array {
  const kind = next(3);
  const bytes = new Uint8Array(length).fill(kind === 0 ? 0 : 255);
  if (kind === 2) return bytes.map(() => next(256));
  for (let i = next(3); i > 0; i--) bytes[next(length)] ^= 1 << next(8);
  return bytes;
}

Deno.test("bits are counted and found in any range, at any address", () => {
  const kernels = new Kernels();
  const next = random(1);
  const block = kernels.alloc(2000);
  for (let round = 0; round < 2000; round++) {
    const length = LENGTHS[next(LENGTHS.length)];
    const bytes = sample(next, length);
    const ptr = block + next(17);
    // What lies around must not be seen.
    kernels.view(block, 2000).fill(next(2) * 255);
    kernels.view(ptr, length).set(bytes);
    const first = next(length * 8);
    const last = first + next(length * 8 - first);
    let count = 0;
    const found = [-1, -1];
    for (let position = last; position >= first; position--) {
      count += bitAt(bytes, position);
      found[bitAt(bytes, position)] = position;
    }
    assert.equal(kernels.call.bitmapCount(ptr, first, last), count);
    assert.equal(kernels.call.bitmapFind(ptr, first, last, 0), found[0]);
    assert.equal(kernels.call.bitmapFind(ptr, first, last, 1), found[1]);
  }
});

const OPERATIONS: readonly ((a: number, b: number) => number)[] = [
  (a, b) => a & b,
  (a, b) => a | b,
  (a, b) => a ^ b,
];
const NOT = 3;

Deno.test("BITOP combines strings of any lengths and encodings", () => {
  const space = new KeySpace();
  const { call } = space;
  const next = random(2);
  const entries = space.alloc(4 * 6);
  const lengths = [0, ...LENGTHS, 16_383, 16_384, 16_385, 40_000];
  for (let round = 0; round < 600; round++) {
    const operation = next(4);
    const count = operation === NOT ? 1 : 1 + next(6);
    const sources = Array.from({ length: count }, (_, index) => {
      if (next(5) === 0) return undefined;
      const value = next(4) === 0
        ? String(next(100_000))
        : text(sample(next, lengths[next(lengths.length)]));
      space.set(0, `source:${index}`, value);
      return value;
    });
    const length = Math.max(...sources.map((value) => value?.length ?? 0));
    if (length === 0) continue;
    const words = new DataView(space.memory.buffer);
    sources.forEach((value, index) =>
      words.setInt32(
        entries + index * 4,
        value === undefined ? 0 : space.find(0, `source:${index}`),
        true,
      )
    );
    const entry = call.bitmapOp(
      0,
      space.keyAt("result"),
      6,
      operation,
      entries,
      count,
      length,
    );
    const expected = Uint8Array.from({ length }, (_, at) => {
      const column = sources.map((value) => value?.charCodeAt(at) || 0);
      return operation === NOT
        ? ~column[0] & 255
        : column.reduce(OPERATIONS[operation]);
    });
    assert.equal(space.held(entry).encoding, "raw");
    assert.ok(space.valueText(entry) === text(expected), `round ${round}`);
  }
  space.check();
});

const I64_BITS = 64;
const WRAP = 0;
const SATURATE = 1;
const FAIL = 2;

/** What an integer of this type becomes, or undefined if it fits in nowhere. */
function fit(
  value: bigint,
  bits: number,
  isSigned: boolean,
  overflow: number,
): bigint | undefined {
  const wrapped = isSigned
    ? BigInt.asIntN(bits, value)
    : BigInt.asUintN(bits, value);
  if (wrapped === value || overflow === WRAP) return wrapped;
  if (overflow === FAIL) return undefined;
  const highest = 2n ** BigInt(isSigned ? bits - 1 : bits) - 1n;
  return value > highest ? highest : isSigned ? -highest - 1n : 0n;
}

/** A string of bits: the simplest thing that can be an array of integers. */
class BitString {
  text: string;

  constructor(bytes: number) {
    this.text = "0".repeat(bytes * 8);
  }

  get(at: number, bits: number, isSigned: boolean): bigint {
    const value = BigInt(`0b${this.text.slice(at, at + bits)}`);
    return isSigned ? BigInt.asIntN(bits, value) : value;
  }

  set(at: number, bits: number, value: bigint): void {
    const digits = BigInt.asUintN(bits, value).toString(2).padStart(bits, "0");
    this.text = this.text.slice(0, at) + digits + this.text.slice(at + bits);
  }
}

Deno.test("integers of all widths are read and written at all positions", () => {
  const space = new KeySpace();
  const { call } = space;
  const next = random(3);
  const bytes = 24;
  const model = new BitString(bytes);
  const entry = call.bitfieldRoom(0, space.keyAt("k"), 1, 0, bytes);
  const results = { failed: 0, same: 0, changed: 0 };
  for (let round = 0; round < 20_000; round++) {
    const isSigned = next(2) === 1;
    const bits = 1 + next(isSigned ? I64_BITS : I64_BITS - 1);
    const at = next(bytes * 8 - bits + 1);
    const overflow = [WRAP, SATURATE, FAIL][next(3)];
    const magnitude = 2n ** BigInt(next(64));
    const operand = BigInt.asIntN(
      64,
      (next(2) === 0 ? magnitude : -magnitude) + BigInt(next(3) - 1),
    );
    const isAdding = next(2) === 1;
    const old = model.get(at, bits, isSigned);
    // An unsigned SET takes its operand for an unsigned one.
    const wanted = isAdding
      ? old + operand
      : isSigned
      ? operand
      : BigInt.asUintN(64, operand);
    const expected = fit(wanted, bits, isSigned, overflow);
    const change = isAdding ? call.bitfieldAdd : call.bitfieldSet;
    const place = [at >> 3, at & 7, bits, isSigned];
    const result = change(0, entry, ...place, overflow, operand);
    const label = `${isAdding ? "INCRBY" : "SET"} ${isSigned ? "i" : "u"}` +
      `${bits} ${at} ${operand} overflow ${overflow} of ${old}`;
    if (expected === undefined) {
      assert.equal(result, 0, label);
      results.failed++;
    } else {
      assert.equal(result, expected === old ? 1 : 2, label);
      assert.equal(call.bitfieldResult(), isAdding ? expected : old, label);
      model.set(at, bits, expected);
      if (result === 1) results.same++;
      else results.changed++;
    }
    const ptr = call.stringView(entry);
    assert.equal(
      call.bitfieldGet(ptr, bytes, ...place),
      model.get(at, bits, isSigned),
      label,
    );
  }
  for (const [name, count] of Object.entries(results)) {
    assert.ok(count > 500, `${name}: ${count}`);
  }
});

Deno.test("what is behind the end of a string reads as zeros", () => {
  const kernels = new Kernels();
  const ptr = kernels.alloc(32);
  kernels.view(ptr, 32).fill(255);
  const get = (length: number, byte: number, bit: number, bits: number) =>
    kernels.call.bitfieldGet(ptr, length, byte, bit, bits, false);
  assert.equal(get(0, 0, 0, 63), 0n);
  assert.equal(get(1, 0, 4, 8), 0b11110000n);
  assert.equal(get(8, 0, 7, 63), (2n ** 57n - 1n) << 6n);
  assert.equal(get(9, 1, 7, 63), (2n ** 57n - 1n) << 6n);
  assert.equal(get(9, 9, 0, 8), 0n);
});
