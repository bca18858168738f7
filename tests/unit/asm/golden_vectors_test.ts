/** Published values that the hash and the checksums must never leave. */
import assert from "node:assert/strict";
import { Kernels } from "./_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

function counting(length: number, from = 0, step = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => from + i * step);
}

Deno.test("CRC-32C gives the values of RFC 3720, appendix B.4", () => {
  const vectors: [Uint8Array, number][] = [
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [counting(32), 0x46dd794e],
    [counting(32, 31, -1), 0x113fdb5c],
  ];
  for (const [data, crc] of vectors) {
    assert.equal(call.crc32c(0, kernels.put(data), data.length) >>> 0, crc);
  }
  assert.equal(call.crc32c(0, kernels.put(""), 0), 0);
});

Deno.test("CRC-64 gives what Redis's DUMP and RDB files carry", () => {
  const crc = (text: string) =>
    BigInt.asUintN(64, call.crc64(0n, kernels.put(text), text.length));
  assert.equal(crc(""), 0n);
  assert.equal(crc("123456789"), 0xe9c6d914c4b8d9can);
  // `DUMP k` after `SET k hello` in Redis 7.0: payload, version 10, checksum.
  assert.equal(crc("\0\x05hello\x0a\0"), 0x0a20346576df7263n);
});

Deno.test("keys have the slots that CLUSTER KEYSLOT tells", () => {
  const slots: Record<string, number> = {
    "": 0,
    foo: 12182,
    bar: 5061,
    hello: 866,
    somekey: 11058,
    "{user1000}.following": 3443,
    "{user1000}.followers": 3443,
    "foo{}{bar}": 8363,
    "foo{{bar}}zap": 4015,
    "foo{bar}{zap}": 5061,
  };
  for (const [key, slot] of Object.entries(slots)) {
    assert.equal(call.keySlot(kernels.put(key), key.length), slot, key);
  }
});

Deno.test("SipHash-1-2 stays what it was, for every kind of tail", () => {
  // Key and data of the paper's vector; hash_test.ts has the model that agrees.
  call.setHashSeed(0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
  const data = kernels.put(counting(64));
  const vectors: [number, bigint][] = [
    [0, 0xcea28b51565c12e2n],
    [1, 0x94aaf38c34ce7ba6n],
    [7, 0xf03c4cbcf492b05an],
    [8, 0x606845b4d093af74n],
    [9, 0xe304e78271c74a56n],
    [15, 0xec8f61bc1c8966a6n],
    [16, 0x1311f4dfe747a751n],
    [63, 0xff6d07afacbad6d9n],
  ];
  for (const [length, hash] of vectors) {
    assert.equal(BigInt.asUintN(64, call.siphash(data, length)), hash);
  }
});
