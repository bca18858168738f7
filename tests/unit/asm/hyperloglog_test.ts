import assert from "node:assert/strict";
import { KeySpace } from "./_keyspace.ts";
import { random, text } from "./_kernels.ts";

const HEADER_BYTES = 16;
const DENSE_BYTES = 12_304;
const REGISTERS = 16_384;
const SPARSE_BYTES_MAX = 300;

/** Memory that is handed out later holds this byte, not zeros. */
function soil(space: KeySpace, byte: number): void {
  const sizes = [16, 24, 32, 48, 64, 96, 160, 256, 320, 640, 1280, DENSE_BYTES];
  const blocks = sizes.flatMap((size) =>
    Array.from({ length: 60 }, () => {
      const block = space.alloc(size);
      space.view(block, space.call.usableSize(block)).fill(byte);
      return block;
    })
  );
  for (const block of blocks) space.call.free(block);
}

/** What every primitive answers about one value, and what it makes of it. */
class Subject {
  readonly space = new KeySpace();

  constructor(byte: number) {
    soil(this.space, byte);
    for (let i = 0; i < 50; i++) this.space.set(1, `other:${i}`, "x".repeat(i));
  }

  /** Adds elements; the result. */
  add(elements: readonly string[]): number {
    const { call } = this.space;
    const blocks = ["PFADD", "k", ...elements].map((argument) =>
      this.space.put(argument)
    );
    call.frameClear();
    ["PFADD", "k", ...elements].forEach((argument, index) =>
      call.frameAppend(blocks[index], argument.length)
    );
    const result = call.hllAdd(0, this.space.find(0, "k"), SPARSE_BYTES_MAX);
    for (const block of blocks) call.free(block);
    return result;
  }

  /** Runs everything there is on a value. */
  examine(value: string, elements: readonly string[]): unknown[] {
    const { space } = this;
    const { call } = space;
    const fresh = () => {
      space.set(0, "k", value);
      return space.entry(0, "k");
    };
    if (call.hllCheck(fresh()) !== 1) return ["not one"];
    const seen: unknown[] = [];
    const note = (result: unknown) => seen.push(result, space.getText(0, "k"));
    note(call.hllCount(0, fresh()));
    fresh();
    note(this.add(elements));
    fresh();
    note(this.add(elements.slice(0, 1)));
    note(call.hllToDense(0, fresh()));
    call.hllUnionBegin();
    const isWhole = call.hllUnionAdd(fresh());
    note(isWhole);
    if (isWhole === 1) {
      call.hllUnionStore(
        0,
        space.keyAt("k"),
        1,
        space.entry(0, "k"),
        SPARSE_BYTES_MAX,
      );
      note("stored");
    }
    return seen;
  }

  check(): void {
    this.space.check();
    for (let i = 0; i < 50; i++) {
      assert.equal(this.space.getText(1, `other:${i}`), "x".repeat(i));
    }
  }
}

function elementsOf(next: (below: number) => number): string[] {
  return Array.from({ length: 1 + next(40) }, () => `e${next(100_000)}`);
}

Deno.test("whatever bytes are taken for a HyperLogLog, nothing beyond them is read or written", () => {
  const next = random(4);
  const clean = new Subject(0);
  const soiled = new Subject(255);
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 1500; round++) {
    const encoding = next(12) === 0 ? 0 : 1;
    const length = encoding === 0 ? DENSE_BYTES : HEADER_BYTES + next(60);
    const bytes = Uint8Array.from({ length }, () => {
      const kind = next(4);
      return kind === 0 ? 0x7f : kind === 1 ? 0x40 | next(64) : next(256);
    });
    bytes.set([0x48, 0x59, 0x4c, 0x4c, encoding]);
    bytes[15] = 0x80;
    const value = text(bytes);
    const elements = elementsOf(next);
    const expected = clean.examine(value, elements);
    assert.deepEqual(soiled.examine(value, elements), expected, `${round}`);
    const name = `${encoding} ${expected[0]} ${expected[2]}`;
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  }
  clean.check();
  soiled.check();
  // Damage was seen, and passed over where it did not matter.
  assert.ok(outcomes.get("1 0 -1")! > 40, JSON.stringify([...outcomes]));
});

Deno.test("whole sparse values with one byte changed are taken or refused, and never overrun", () => {
  const next = random(5);
  const clean = new Subject(0);
  const soiled = new Subject(255);
  let refused = 0;
  let taken = 0;
  for (let round = 0; round < 1500; round++) {
    clean.space.delete(0, "k");
    clean.add(elementsOf(next));
    const value = clean.space.getText(0, "k")!;
    const at = HEADER_BYTES + next(value.length - HEADER_BYTES);
    const damaged = value.slice(0, at) + String.fromCharCode(next(256)) +
      value.slice(at + 1);
    const elements = elementsOf(next);
    const expected = clean.examine(damaged, elements);
    assert.deepEqual(soiled.examine(damaged, elements), expected, `${round}`);
    if (expected[0] === 0) refused++;
    else taken++;
  }
  clean.check();
  soiled.check();
  assert.ok(refused > 100 && taken > 20, `${refused} refused, ${taken} taken`);
});

/** MurmurHash64A by the book, on numbers without bounds. */
function murmur(data: string): bigint {
  const mask = 2n ** 64n - 1n;
  const factor = 0xc6a4a7935bd1e995n;
  const wordAt = (at: number) =>
    [...data.slice(at, at + 8)].reduceRight(
      (word, char) => word << 8n | BigInt(char.charCodeAt(0)),
      0n,
    );
  let hash = 0xadc83b19n ^ BigInt(data.length) * factor & mask;
  const whole = data.length - data.length % 8;
  for (let at = 0; at < whole; at += 8) {
    let word = wordAt(at) * factor & mask;
    word = (word ^ word >> 47n) * factor & mask;
    hash = (hash ^ word) * factor & mask;
  }
  if (whole < data.length) hash = (hash ^ wordAt(whole)) * factor & mask;
  hash = (hash ^ hash >> 47n) * factor & mask;
  return hash ^ hash >> 47n;
}

/** The registers of some elements. */
function registersOf(elements: Iterable<string>): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (const element of elements) {
    const hash = murmur(element);
    const index = Number(hash & 16383n);
    let pattern = hash >> 14n | 1n << 50n;
    let zeros = 1;
    for (; (pattern & 1n) === 0n; pattern >>= 1n) zeros++;
    registers[index] = Math.max(registers[index], zeros);
  }
  return registers;
}

/** The registers of a value, sparse or dense. */
function readRegisters(value: string): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0));
  if (bytes[4] === 0) {
    return registers.map((_, index) => {
      const bit = index * 6;
      const at = HEADER_BYTES + (bit >> 3);
      const both = bytes[at] | (bytes[at + 1] ?? 0) << 8;
      return both >> (bit & 7) & 63;
    });
  }
  let index = 0;
  for (let at = HEADER_BYTES; at < bytes.length; at++) {
    const byte = bytes[at];
    if ((byte & 0xc0) === 0) index += byte + 1;
    else if ((byte & 0xc0) === 0x40) {
      index += ((byte & 63) << 8 | bytes[++at]) + 1;
    } else {
      const end = index + (byte & 3) + 1;
      registers.fill((byte >> 2 & 31) + 1, index, end);
      index = end;
    }
  }
  assert.equal(index, REGISTERS);
  return registers;
}

Deno.test("registers hold what the hashes of the elements say, sparse and dense", () => {
  const next = random(6);
  const subject = new Subject(255);
  const { space } = subject;
  const encodings = new Set<number>();
  for (let round = 0; round < 20; round++) {
    space.delete(0, "k");
    const added = new Set<string>();
    for (let step = 0; step < 12; step++) {
      const elements = elementsOf(next).map((element) =>
        element.padEnd(next(20), "~")
      );
      for (const element of elements) added.add(element);
      const before = readRegisters(space.getText(0, "k") ?? emptyValue());
      const result = subject.add(elements);
      const value = space.getText(0, "k")!;
      const registers = registersOf(added);
      assert.deepEqual(readRegisters(value), registers);
      const changed = registers.some((held, index) => held !== before[index]);
      assert.equal(result > 0, changed || step === 0);
      encodings.add(value.charCodeAt(4));
    }
  }
  assert.equal(encodings.size, 2);
  subject.check();
});

function emptyValue(): string {
  return "HYLL\x01" + "\0".repeat(11) + "\x7f\xff";
}

Deno.test("a union holds the greatest of all registers, whatever was dense", () => {
  const next = random(7);
  const subject = new Subject(255);
  const { space } = subject;
  const { call } = space;
  for (let round = 0; round < 60; round++) {
    const all = new Set<string>();
    call.hllUnionBegin();
    for (let source = 0; source < 3; source++) {
      space.delete(0, "k");
      const elements = elementsOf(next);
      for (const element of elements) all.add(element);
      subject.add(elements);
      if (next(3) === 0) call.hllToDense(0, space.entry(0, "k"));
      assert.equal(call.hllUnionAdd(space.entry(0, "k")), 1);
    }
    // The last source is the key that the union goes to.
    const isNew = next(2) === 1;
    if (isNew) space.delete(0, "k");
    const stored = call.hllUnionStore(
      0,
      space.keyAt("k"),
      1,
      isNew ? 0 : space.entry(0, "k"),
      SPARSE_BYTES_MAX,
    );
    assert.deepEqual(
      readRegisters(space.valueText(stored)),
      registersOf(all),
    );
  }
  subject.check();
});
