import assert from "node:assert/strict";
import { bytes, Kernels, random } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

const MASK = 2n ** 64n - 1n;

function rotate(value: bigint, by: bigint): bigint {
  return (value << by | value >> 64n - by) & MASK;
}

/** SipHash-c-d as its paper writes it down. */
function siphash(
  c: number,
  d: number,
  k0: bigint,
  k1: bigint,
  data: Uint8Array,
): bigint {
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = () => {
    v0 = v0 + v1 & MASK;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = v2 + v3 & MASK;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = v0 + v3 & MASK;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = v2 + v1 & MASK;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const padded = new Uint8Array((data.length >> 3) * 8 + 8);
  padded.set(data);
  padded[padded.length - 1] = data.length;
  const words = new DataView(padded.buffer);
  for (let i = 0; i < padded.length; i += 8) {
    const word = words.getBigUint64(i, true);
    v3 ^= word;
    for (let j = 0; j < c; j++) round();
    v0 ^= word;
  }
  v2 ^= 0xffn;
  for (let j = 0; j < d; j++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

Deno.test("the SipHash model gives the vector of the paper", () => {
  const input = Uint8Array.from({ length: 15 }, (_, i) => i);
  assert.equal(
    siphash(2, 4, 0x0706050403020100n, 0x0f0e0d0c0b0a0908n, input),
    0xa129ca6149be45e5n,
  );
});

Deno.test("siphash is SipHash-1-2 of every length, at every alignment", () => {
  const next = random(1);
  const block = kernels.alloc(512);
  for (let length = 0; length < 300; length++) {
    const k0 = BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32));
    const k1 = BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32));
    const data = Uint8Array.from({ length }, () => next(256));
    const ptr = block + next(16);
    kernels.view(ptr, length).set(data);
    call.setHashSeed(BigInt.asIntN(64, k0), BigInt.asIntN(64, k1));
    assert.equal(
      BigInt.asUintN(64, call.siphash(ptr, length)),
      siphash(1, 2, k0, k1, data),
      `length ${length}`,
    );
  }
});

/** A checksum bit by bit, least significant bit first. */
function reflected(poly: bigint, crc: bigint, data: Uint8Array): bigint {
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1n ? crc >> 1n ^ poly : crc >> 1n;
    }
  }
  return crc;
}

function crc16(data: Uint8Array): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
    }
  }
  return crc;
}

Deno.test("the checksums give their published check values", () => {
  const ptr = kernels.put("123456789");
  assert.equal(call.crc16(ptr, 9), 0x31c3);
  assert.equal(call.crc32c(0, ptr, 9) >>> 0, 0xe3069283);
  assert.equal(BigInt.asUintN(64, call.crc64(0n, ptr, 9)), 0xe9c6d914c4b8d9can);
});

Deno.test("the checksums agree with bit-by-bit models, whole and in parts", () => {
  const next = random(2);
  for (let length = 0; length < 200; length++) {
    const data = Uint8Array.from({ length }, () => next(256));
    const ptr = kernels.put(data);
    const cut = next(length + 1);
    assert.equal(call.crc16(ptr, length), crc16(data));
    const c32 = call.crc32c(call.crc32c(0, ptr, cut), ptr + cut, length - cut);
    assert.equal(
      BigInt(c32 >>> 0),
      reflected(0x82f63b78n, 0xffffffffn, data) ^ 0xffffffffn,
    );
    const c64 = call.crc64(call.crc64(0n, ptr, cut), ptr + cut, length - cut);
    assert.equal(
      BigInt.asUintN(64, c64),
      reflected(0x95ac9329ac4bc9b5n, 0n, data),
    );
    call.free(ptr);
  }
});

Deno.test("the slot of a key is that of its hash tag when it has one", () => {
  const slot = (key: string) => call.keySlot(kernels.put(key), key.length);
  const plain = (key: string) => crc16(bytes(key)) & 16383;
  assert.equal(slot("123456789"), 12739);
  assert.equal(slot("foo"), 12182);
  assert.equal(slot(""), 0);
  assert.equal(slot("{user1000}.following"), plain("user1000"));
  assert.equal(slot("foo{}{bar}"), plain("foo{}{bar}"));
  assert.equal(slot("foo{{bar}}zap"), plain("{bar"));
  assert.equal(slot("foo{bar}{zap}"), plain("bar"));
  assert.equal(slot("foo{bar"), plain("foo{bar"));
  assert.equal(slot("foo}bar{x}"), plain("x"));
  assert.equal(slot("{"), plain("{"));
  assert.equal(
    slot(`${"a".repeat(40)}{${"b".repeat(40)}}`),
    plain("b".repeat(40)),
  );
});
