import assert from "node:assert/strict";
import { Kernels, random } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;
const block = kernels.alloc(256);

function parse(text: string): bigint | undefined {
  kernels.view(block, text.length).set(new TextEncoder().encode(text));
  return call.parseI64(block, text.length) ? call.parsedI64() : undefined;
}

function print(value: bigint): string {
  return kernels.text(block, call.writeI64(block, value));
}

/** What Redis's string2ll accepts, as a pattern. */
function model(text: string): bigint | undefined {
  if (!/^(0|-?[1-9][0-9]{0,19})$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

Deno.test("integers are read by Redis's strict rules", () => {
  const cases = [
    "",
    "0",
    "-",
    "-0",
    "00",
    "01",
    "-01",
    "1",
    "-1",
    "+1",
    " 1",
    "1 ",
    "1a",
    "a1",
    "12345678",
    "1234567:",
    "1234567/",
    "123456789012345678",
    "1234567890123456789",
    `${MAX}`,
    `${MAX + 1n}`,
    `${MIN}`,
    `${MIN - 1n}`,
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "-99999999999999999999",
    "-18446744073709551615",
    "100000000000000000000",
    "123456789012345678901234567890",
    "1.0",
    "1e3",
    "\x001",
    "9223372036854775:07",
  ];
  for (const text of cases) assert.equal(parse(text), model(text), text);
});

Deno.test("random digit strings are read as the model reads them", () => {
  const next = random(1);
  const alphabet = "0123456789012345678901234567890123456789-+ a";
  for (let i = 0; i < 200_000; i++) {
    let text = "";
    for (let left = next(22); left > 0; left--) text += alphabet[next(44)];
    assert.equal(parse(text), model(text), text);
  }
});

Deno.test("integers are printed as JS prints them, and read back", () => {
  const next = random(2);
  const check = (value: bigint) => {
    assert.equal(print(value), value.toString());
    assert.equal(parse(value.toString()), value);
  };
  for (const value of [0n, MAX, MIN]) check(value);
  for (let power = 1n; power < MAX; power *= 10n) {
    for (const value of [power - 1n, power, power + 1n]) {
      check(value);
      check(-value);
    }
  }
  for (let i = 0; i < 100_000; i++) {
    const wide = BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32));
    check(BigInt.asIntN(64, wide) >> BigInt(next(64)));
  }
});

Deno.test("unsigned integers reach 2^64 - 1", () => {
  const read = (text: string) => {
    kernels.view(block, text.length).set(new TextEncoder().encode(text));
    return call.parseU64(block, text.length)
      ? BigInt.asUintN(64, call.parsedU64())
      : undefined;
  };
  assert.equal(read("18446744073709551615"), 2n ** 64n - 1n);
  assert.equal(read("18446744073709551616"), undefined);
  assert.equal(read("-1"), undefined);
  const length = call.writeU64(block, 2n ** 64n - 1n);
  assert.equal(kernels.text(block, length), "18446744073709551615");
});
