import assert from "node:assert/strict";
import { Kernels, random } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

const lower = (byte: number) => byte >= 65 && byte <= 90 ? byte + 32 : byte;

function order(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

Deno.test("strings are compared as byte arrays are", () => {
  const next = random(1);
  for (let i = 0; i < 20_000; i++) {
    const a = Uint8Array.from({ length: next(40) }, () => next(256));
    const b = next(4) ? a.slice(0, next(4) ? a.length : next(40)) : a.slice();
    if (b.length && next(2)) b[next(b.length)] ^= 1 << next(8);
    const [aPtr, bPtr] = [kernels.put(a), kernels.put(b)];
    const [aLow, bLow] = [a.map(lower), b.map(lower)];
    assert.equal(
      call.bytesCompare(aPtr, a.length, bPtr, b.length),
      order(a, b),
    );
    assert.equal(
      call.bytesCompareNoCase(aPtr, a.length, bPtr, b.length),
      order(aLow, bLow),
    );
    if (a.length === b.length) {
      assert.equal(!!call.bytesEqual(aPtr, bPtr, a.length), order(a, b) === 0);
      assert.equal(
        !!call.bytesEqualNoCase(aPtr, bPtr, a.length),
        order(aLow, bLow) === 0,
      );
    }
    call.free(aPtr);
    call.free(bPtr);
  }
});

Deno.test("copies of every length write what they should and no more", () => {
  const next = random(2);
  const from = kernels.alloc(512);
  const filler = kernels.put(new Uint8Array(1000).fill(0xa5));
  const output = call.outputNew();
  call.outputSelect(output);
  for (let length = 0; length < 300; length++) {
    const data = Uint8Array.from({ length }, () => next(256));
    const offset = next(16);
    kernels.view(from + offset, length).set(data);
    call.outputTruncate(output, 0);
    call.outputAppend(filler, 1000);
    call.outputTruncate(output, offset);
    call.outputAppend(from + offset, length);
    const wanted = new Uint8Array(1000).fill(0xa5);
    wanted.set(data, offset);
    assert.deepEqual(kernels.get(call.outputStart(output), 1000), wanted);
  }
  call.outputFree(output);
});

Deno.test("searching finds the first byte", () => {
  const next = random(3);
  const block = kernels.alloc(128);
  for (let i = 0; i < 20_000; i++) {
    const length = next(64);
    const data = Uint8Array.from({ length }, () => next(40));
    kernels.view(block, 128).fill(7);
    kernels.view(block, length).set(data);
    const at = data.indexOf(7);
    assert.equal(call.bytesIndexOf(block, length, 7), at < 0 ? length : at);
  }
});
