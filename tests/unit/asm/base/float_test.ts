import assert from "node:assert/strict";
import { Kernels, random } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;
const block = kernels.alloc(65536);

const SPACE = 1;
const NAN = 2;
const RANGE = 4;

function print(value: number): string {
  return kernels.text(block, call.writeF64(block, value));
}

function parse(text: string, flags = 0): number | undefined {
  kernels.view(block, text.length).set(new TextEncoder().encode(text));
  return call.parseF64(block, text.length, flags)
    ? call.parsedF64()
    : undefined;
}

const bits = new DataView(new ArrayBuffer(8));

function fromBits(value: bigint): number {
  bits.setBigUint64(0, value);
  return bits.getFloat64(0);
}

/** C's %.17g from the exact decimal expansion of a double. */
function model(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const sign = raw >> 63n ? "-" : "";
  const biased = Number(raw >> 52n & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  if (biased === 0 && fraction === 0n) return `${sign}0`;
  const mantissa = biased === 0 ? fraction : fraction | 1n << 52n;
  const power = (biased === 0 ? 1 : biased) - 1075;
  const all =
    (power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power))
      .toString();
  let exponent = all.length - 1 + Math.min(power, 0);
  let digits = BigInt(all.slice(0, 17).padEnd(17, "0"));
  const rest = all.slice(17);
  const half = "5".padEnd(rest.length, "0");
  if (rest !== "" && (rest > half || rest === half && digits % 2n === 1n)) {
    digits++;
  }
  if (digits === 10n ** 17n) {
    digits /= 10n;
    exponent++;
  }
  const text = digits.toString().replace(/0+$/, "");
  if (exponent < -4 || exponent >= 17) {
    const tail = text.length > 1 ? `.${text.slice(1)}` : "";
    const size = Math.abs(exponent).toString().padStart(2, "0");
    return `${sign}${text[0]}${tail}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${text}`;
  const whole = text.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return sign + whole +
    (text.length > exponent + 1 ? `.${text.slice(exponent + 1)}` : "");
}

const NOTABLE = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.5,
  1 / 3,
  3.141,
  1e16,
  1e17,
  123456789012345680,
  1e22,
  1e23,
  9007199254740993,
  5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1.7976931348623157e308,
  0.0001,
  0.00001,
  9.5e-5,
  1e-11,
  9.999999999999999e-12,
  99999999999999990,
  1e15 + 0.5,
  4503599627370497.5,
  0.30000000000000004,
  1e100,
  Infinity,
  -Infinity,
  NaN,
  0.09999999999999999,
  9.999999999999999e22,
  9.5367431640625e-7,
  2 ** -20,
  2 ** -60,
  2 ** 70,
];

Deno.test("doubles are printed as %.17g prints them", () => {
  assert.equal(print(3.141), "3.141");
  assert.equal(print(0.1), "0.10000000000000001");
  assert.equal(print(1e17), "1e+17");
  assert.equal(print(5e-324), "4.9406564584124654e-324");
  for (const value of NOTABLE) assert.equal(print(value), model(value));
});

Deno.test("random doubles are printed exactly", () => {
  const next = random(3);
  for (let i = 0; i < 20_000; i++) {
    const value = fromBits(
      BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32)),
    );
    assert.equal(print(value), model(value));
  }
  for (let i = 0; i < 100_000; i++) {
    const scale = 10 ** (next(36) - 16);
    const value = (next(2 ** 32) * 2 ** 21 + next(2 ** 21)) / 2 ** 53 * scale;
    assert.equal(print(value), model(value));
    const short = next(100_000) / 10 ** next(8);
    assert.equal(print(short), model(short));
  }
});

Deno.test("doubles are read with correct rounding", () => {
  const next = random(4);
  const check = (text: string) => {
    const wanted = Number(text);
    const read = parse(text, RANGE);
    assert.ok(Object.is(read, wanted), `${text}: ${read}, not ${wanted}`);
  };
  for (const value of NOTABLE) {
    if (Number.isFinite(value)) check(`${Object.is(value, -0) ? "-0" : value}`);
  }
  for (let i = 0; i < 30_000; i++) {
    const value = fromBits(
      BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32)),
    );
    if (!Number.isFinite(value)) continue;
    check(`${value}`);
    check(model(value));
    check(value.toPrecision(1 + next(21)));
  }
  for (let i = 0; i < 50_000; i++) {
    let digits = "";
    for (let left = 1 + next(25); left > 0; left--) digits += next(10);
    const point = next(digits.length + 1);
    const text = `${digits.slice(0, point)}.${digits.slice(point)}`;
    check(next(2) ? text : `${text}e${next(80) - 40}`);
  }
});

Deno.test("halfway points and their neighbours round to even", () => {
  const next = random(5);
  for (let i = 0; i < 3000; i++) {
    const value = Math.abs(
      fromBits(BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32))),
    );
    if (!Number.isFinite(value)) continue;
    bits.setFloat64(0, value);
    const raw = bits.getBigUint64(0);
    const biased = Number(raw >> 52n);
    const mantissa = (raw & 0xfffffffffffffn) | (biased ? 1n << 52n : 0n);
    const power = (biased || 1) - 1076;
    const middle = mantissa * 2n + 1n;
    const text = power >= 0
      ? `${middle << BigInt(power)}`
      : `${middle * 5n ** BigInt(-power)}e${power}`;
    const zeros = "0".repeat(next(900));
    const [digits, tail] = text.split("e");
    const exponent = Number(tail ?? 0);
    for (
      const near of [
        `${digits}${zeros}`,
        `${digits}${zeros}1`,
        `${BigInt(digits) - 1n}9`,
      ]
    ) {
      const full = `${near}e${exponent - (near.length - digits.length)}`;
      assert.ok(Object.is(parse(full, RANGE), Number(full)), full);
    }
  }
});

Deno.test("what strtod takes is taken, and nothing else", () => {
  assert.equal(parse("inf"), Infinity);
  assert.equal(parse("-INFINITY"), -Infinity);
  assert.equal(parse("+inf"), Infinity);
  assert.equal(parse("infinit"), undefined);
  assert.equal(parse("nan"), undefined);
  assert.ok(Number.isNaN(parse("nan", NAN)));
  assert.ok(Number.isNaN(parse("NaN(a1_)", NAN)));
  assert.equal(parse("nan(", NAN), undefined);
  assert.equal(parse(" 1"), undefined);
  assert.equal(parse(" \t\n1", SPACE), 1);
  assert.equal(parse("1 ", SPACE), undefined);
  for (
    const bad of [
      "",
      "+",
      "-",
      ".",
      "e5",
      "1e",
      "1e+",
      "--1",
      "1..2",
      "0x",
      "0x.p1",
      "1\x00",
      "1,5",
    ]
  ) {
    assert.equal(parse(bad, SPACE | NAN | RANGE), undefined, bad);
  }
  assert.equal(parse("1."), 1);
  assert.equal(parse(".5"), 0.5);
  assert.equal(parse("1E+2"), 100);
  assert.equal(parse("0x10"), 16);
  assert.equal(parse("-0X1.8p3"), -12);
  assert.equal(parse("0x1p-1074"), 5e-324);
  assert.equal(parse("0x1.fffffffffffff8p0"), 2);
  assert.equal(parse("1e400"), undefined);
  assert.equal(parse("1e400", RANGE), Infinity);
  assert.equal(parse("1e-400"), undefined);
  assert.equal(parse("1e-400", RANGE), 0);
  assert.equal(parse("5e-324"), 5e-324);
  assert.equal(parse("0e99999999999999999999"), 0);
  assert.equal(parse(`0.${"0".repeat(400)}1e401`), 1);
  assert.equal(parse(`1${"0".repeat(400)}e-400`), 1);
});
