import { strict as assert } from "node:assert";
import {
  addLongDouble,
  formatLongDoubleAuto,
  formatLongDoubleHuman,
  isInfiniteLongDouble,
  isNaNLongDouble,
  type LongDouble,
  longDoubleFromInteger,
  parseLongDouble,
} from "../../../src/base/long_double.ts";
import {
  bytesToLatin1,
  redisBinary,
  redisTest,
  type Reply,
  SeededRandom,
  startServer,
  testSeed,
} from "../../_support/mod.ts";

/** What INCRBYFLOAT answers, as text, for a stored value and an increment. */
function incrementedText(stored: string, increment: string): string {
  const value = parseLongDouble(stored);
  const delta = parseLongDouble(increment);
  if (value === null || delta === null) {
    return "-ERR value is not a valid float";
  }
  const sum = addLongDouble(value, delta);
  if (isNaNLongDouble(sum) || isInfiniteLongDouble(sum)) {
    return "-ERR increment would produce NaN or Infinity";
  }
  return formatLongDoubleHuman(sum);
}

function parsed(text: string): LongDouble {
  const value = parseLongDouble(text);
  assert.notEqual(value, null, text);
  return value!;
}

/** Replies of redis-server 7.0.15 on x86-64 to SET then INCRBYFLOAT. */
const RECORDED: readonly (readonly [string, string, string])[] = [
  ["0", "0.1", "0.1"],
  ["3.0", "1.1", "4.1"],
  ["0.1", "0.2", "0.3"],
  ["10.50", "0.1", "10.6"],
  ["5.0e3", "2.0e2", "5200"],
  ["-0", "-0", "0"],
  ["-1e-20", "0", "0"],
  ["1", "-1.1", "-0.1"],
  ["1", "1e-17", "1.00000000000000001"],
  ["1e10", "1e-12", "10000000000"],
  ["17179869184", "1.5", "17179869185.5"],
  ["9223372036854775807", "1", "9223372036854775808"],
  ["18446744073709551615", "1", "18446744073709551616"],
  ["18446744073709551616", "1", "18446744073709551616"],
  ["18446744073709551616", "3", "18446744073709551620"],
  ["1e25", "0.1", "10000000000000000000000000"],
  ["0x1p4", "0x.8", "16.5"],
  ["1e4932", "1e4932", "-ERR increment would produce NaN or Infinity"],
  ["inf", "1", "-ERR increment would produce NaN or Infinity"],
  ["Infinity", "-inf", "-ERR increment would produce NaN or Infinity"],
  ["1e5000", "1", "-ERR value is not a valid float"],
  ["1e-5000", "1", "-ERR value is not a valid float"],
];

Deno.test("long double arithmetic gives the replies recorded from redis-server", () => {
  for (const [stored, increment, reply] of RECORDED) {
    assert.equal(
      incrementedText(stored, increment),
      reply,
      `${stored} + ${increment}`,
    );
  }
});

Deno.test("long double parsing refuses what string2ld refuses", () => {
  const refused = [
    "",
    " 1",
    "1 ",
    "1\0",
    "\t1",
    "nan",
    "-nan",
    "nan(1)",
    "abc",
    "1a",
    ".",
    "+",
    "-",
    "--1",
    "1e",
    "1e+",
    "e5",
    "0x",
    "0x.",
    "0x1p",
    "0x1g",
    "infinit",
    "infx",
    "1,5",
    "1_0",
    "1e4933",
    "-1e4933",
    "1e-4952",
    "0x1p16384",
    "0x1p-16446",
    "1e99999999999999999999",
    "1e-99999999999999999999",
    "1".repeat(5120),
  ];
  for (const text of refused) {
    assert.equal(parseLongDouble(text), null, JSON.stringify(text));
  }
});

Deno.test("long double parsing accepts what strtold accepts", () => {
  const accepted: readonly (readonly [string, string])[] = [
    ["1.", "1"],
    [".5", "0.5"],
    ["+7", "7"],
    ["0e99999999999999", "0"],
    ["0x0p999999", "0"],
    ["0X1.8P1", "3"],
    ["0x.8p-1", "0.25"],
    ["00012", "12"],
    ["INF", "inf"],
    ["-infinity", "-inf"],
    ["0".repeat(5000) + "1", "1"],
    ["1e-4950", "0"],
  ];
  for (const [text, formatted] of accepted) {
    assert.equal(formatLongDoubleHuman(parsed(text)), formatted, text);
  }
});

Deno.test("long double limits round to nearest with ties to even", () => {
  const largest = parsed("0x1.fffffffffffffffep16383");
  assert.deepEqual(largest, {
    kind: "finite",
    negative: false,
    mantissa: (1n << 64n) - 1n,
    exponent: 16320,
  });
  assert.equal(parseLongDouble("0x1.ffffffffffffffffp16383"), null);
  assert.equal(parsed("0x1p-16445").mantissa, 1n);
  assert.equal(parseLongDouble("0x.8p-16445"), null, "half the smallest");
  assert.equal(parsed("0x.8000001p-16445").mantissa, 1n);
  assert.equal(parsed("0x1.8p-16445").mantissa, 2n);
  assert.deepEqual(parsed("18446744073709551617"), parsed("0x1p64"));
  assert.deepEqual(
    parsed("18446744073709551619"),
    parsed("18446744073709551620"),
  );
  const sum = addLongDouble(largest, parsed("0x1p16319"));
  assert.equal(isInfiniteLongDouble(sum), true);
  assert.deepEqual(addLongDouble(largest, parsed("0x.8p16319")), largest);
});

Deno.test("long doubles made from integers equal those read from their text", () => {
  for (
    const text of [
      "0",
      "1",
      "-1",
      "9223372036854775807",
      "-9223372036854775808",
    ]
  ) {
    assert.deepEqual(longDoubleFromInteger(BigInt(text)), parsed(text), text);
  }
});

Deno.test("adding infinities of opposite signs gives NaN", () => {
  const sum = addLongDouble(parsed("inf"), parsed("-inf"));
  assert.equal(isNaNLongDouble(sum), true);
  assert.equal(formatLongDoubleHuman(sum), "nan");
  assert.equal(isNaNLongDouble(addLongDouble(sum, parsed("1"))), true);
});

Deno.test("automatic notation is that of C's %.17Lg", () => {
  const expected: readonly (readonly [string, string])[] = [
    ["0", "0"],
    ["-0", "-0"],
    ["1", "1"],
    ["0.1", "0.1"],
    ["1234.5", "1234.5"],
    ["0.0001", "0.0001"],
    ["0.00001", "1e-05"],
    ["1e17", "1e+17"],
    ["12345678901234567", "12345678901234567"],
    ["99999999999999999", "99999999999999999"],
    ["99999999999999999.5", "1e+17"],
    ["-1.5e300", "-1.5e+300"],
    ["1e4932", "1e+4932"],
    ["9.5367431640625e-07", "9.5367431640625e-07"],
    ["inf", "inf"],
  ];
  for (const [text, formatted] of expected) {
    assert.equal(formatLongDoubleAuto(parsed(text)), formatted, text);
  }
});

/** An integer of [0, limit). */
function below(random: SeededRandom, limit: number): number {
  return random.integer(0, limit - 1);
}

function randomNumberText(random: SeededRandom): string {
  const digits = (count: number, radix: number) =>
    Array.from({ length: count }, () => below(random, radix).toString(radix))
      .join("");
  const sign = ["", "-", "+"][below(random, 3)];
  switch (below(random, 9)) {
    case 0:
      return sign + digits(1 + below(random, 20), 10);
    case 1:
      return `${sign}${digits(below(random, 6), 10)}.${
        digits(1 + below(random, 25), 10)
      }`;
    case 2:
      return `${sign}${digits(1 + below(random, 3), 10)}.${
        digits(1 + below(random, 20), 10)
      }e${below(random, 60) - 30}`;
    case 3:
      return `${sign}0x${digits(1 + below(random, 18), 16)}.${
        digits(below(random, 6), 16)
      }p${below(random, 200) - 100}`;
    case 4:
      return `${sign}${digits(1 + below(random, 4), 10)}e${
        below(random, 9990) - 4995
      }`;
    case 5:
      return `${sign}0.${"0".repeat(below(random, 18))}${
        digits(1 + below(random, 6), 10)
      }5`;
    case 6:
      return `${sign}0x${digits(1 + below(random, 17), 16)}p${
        below(random, 32900) - 16500
      }`;
    case 7:
      return [
        "inf",
        "-inf",
        "nan",
        "0",
        "-0",
        "1e4932",
        "0x1p-16445",
        "9223372036854775807",
        "-9223372036854775808",
        "1e",
        ".",
        "",
      ][below(random, 12)];
    default:
      return `${sign}${below(random, 1000)}.${digits(2, 10)}`;
  }
}

redisTest(
  "random increments equal those of a live redis-server",
  async () => {
    await using server = await startServer({ binary: redisBinary() });
    using client = await server.connect();
    const random = new SeededRandom(testSeed());
    for (let round = 0; round < 20; round++) {
      const pairs = Array.from(
        { length: 500 },
        () => [randomNumberText(random), randomNumberText(random)] as const,
      );
      const replies = await client.pipeline(
        pairs.flatMap(([stored, increment]) => [
          ["SET", "k", stored],
          ["INCRBYFLOAT", "k", increment],
        ]),
      );
      pairs.forEach(([stored, increment], index) =>
        assert.equal(
          incrementedText(stored, increment),
          replyText(replies[2 * index + 1]),
          `seed ${random.seed}: ${stored} + ${increment}`,
        )
      );
    }
  },
);

/** The content of a bulk reply; of an error the line, with its dash. */
function replyText(reply: Reply): string {
  const lines = bytesToLatin1(reply.raw).split("\r\n");
  return lines[0].startsWith("$") ? lines[1] : lines[0];
}
