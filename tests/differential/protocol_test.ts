/**
 * Broken, odd and split requests: what the server answers, and whether it then
 * closes the connection, must be as in Redis, byte for byte.
 */

import assert from "node:assert/strict";
import {
  concatBytes,
  encodeCommand,
  printableBytes,
  redisTest,
  SeededRandom,
  sleep,
  testSeed,
  type TestServer,
} from "../_support/mod.ts";
import { startPair } from "./_pair.ts";
import { shrink } from "./_shrink.ts";

const encoder = new TextEncoder();

/** Answered last, so that the end of the replies is seen without waiting. */
const SENTINEL = encodeCommand(["ECHO", "end-of-replies"]);
const SENTINEL_REPLY = "$14\r\nend-of-replies\r\n";
/** How long an incomplete request is watched for a wrong answer. */
const QUIET_MS = 150;

interface Exchange {
  /** Pieces written with a pause between them. */
  readonly pieces: readonly Uint8Array[];
  /** Whether the sentinel follows; not after requests left incomplete. */
  readonly complete: boolean;
}

async function answer(server: TestServer, exchange: Exchange): Promise<string> {
  using client = await server.connect();
  const pieces = exchange.complete
    ? [
      ...exchange.pieces.slice(0, -1),
      concatBytes([
        exchange.pieces.at(-1)!,
        SENTINEL,
      ]),
    ]
    : exchange.pieces;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await sleep(1);
    try {
      await client.write(piece);
    } catch {
      break;
    }
  }
  const { bytes, closed } = await client.readRaw({
    quietMs: QUIET_MS,
    until: (received) =>
      received.length >= SENTINEL_REPLY.length &&
      printableBytes(received.subarray(-SENTINEL_REPLY.length)) ===
        printableBytes(encoder.encode(SENTINEL_REPLY)),
  });
  return printableBytes(bytes, 4000) + (closed ? ", then closed" : "");
}

const FIXED_REQUESTS: readonly (readonly [text: string, complete: boolean])[] =
  [
    ["\r\n", true],
    ["\n", true],
    ["   \r\n", true],
    ["PING\r\n", true],
    ["ping\n", true],
    ["  PING   hello  \r\n", true],
    ['ECHO "a b\\x41\\n"\r\n', true],
    ["ECHO 'a \\' b'\r\n", true],
    ['ECHO "unbalanced\r\n', true],
    ["ECHO 'unbalanced\r\n", true],
    ['ECHO "a"b\r\n', true],
    ['ECHO ""\r\n', true],
    ["NOSUCH a b\r\n", true],
    ["GET\r\n", true],
    ["*0\r\n", true],
    ["*-1\r\n", true],
    ["*-2147483648\r\n", true],
    ["*1048577\r\n", true],
    ["*2147483648\r\n", true],
    ["*99999999999999999999\r\n", true],
    ["*abc\r\n", true],
    ["*\r\n", true],
    ["* 1\r\n$4\r\nPING\r\n", true],
    ["*+1\r\n$4\r\nPING\r\n", true],
    ["*01\r\n$4\r\nPING\r\n", true],
    ["*1\r\n$-1\r\n", true],
    ["*1\r\n$abc\r\n", true],
    ["*1\r\n$\r\n", true],
    ["*1\r\n$536870913\r\n", true],
    ["*1\r\n$9999999999999999999\r\n", true],
    ["*1\r\n:4\r\nPING\r\n", true],
    ["*1\r\nPING\r\n", true],
    ["*1\r\n\r\n", true],
    ["*1\r\n$0\r\n\r\n", true],
    ["*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", true],
    ["*1\r\n$4\r\nPINGxx", true],
    ["*1\r\n$4\r\nPINGPING\r\n", true],
    ["*1\n$4\nPING\n", false],
    ["*1\r\n$4\r\nPI", false],
    ["*1\r\n$4\r\nPING\r", false],
    ["*1\r", false],
    ["PING", false],
    ["PING\r", false],
    ["\x00\r\n", true],
    ["*1\r\n$4\r\nP\x00NG\r\n", true],
    ["A".repeat(65_537), false],
    ["*1" + "0".repeat(65_537), false],
    ["*1\r\n$" + "0".repeat(65_537), false],
    ["*2\r\n$3\r\nGET\r\n$3\r\nabc\r\nPING\r\n*1\r\n$4\r\nPING\r\n", true],
    ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", true],
    ["POST / HTTP/1.1\r\n", true],
    ["*2\r\n$5\r\nHost:\r\n$1\r\nx\r\n", true],
    ["*1\r\n$600\r\n" + "n".repeat(600) + "\r\n", true],
    [
      "*3\r\n$6\r\nnosuch\r\n$200\r\n" + "x".repeat(200) + "\r\n$1\r\ny\r\n",
      true,
    ],
    ["*1\r\n$7\r\nno\r\nsuc\r\n", true],
  ];

redisTest("each kind of broken request ends as in Redis", async () => {
  await using pair = await startPair();
  for (const [text, complete] of FIXED_REQUESTS) {
    const exchange = { pieces: [encoder.encode(text)], complete };
    const [expected, got] = await Promise.all([
      answer(pair.reference, exchange),
      answer(pair.subject, exchange),
    ]);
    assert.equal(
      got,
      expected,
      `request ${JSON.stringify(text.slice(0, 200))}`,
    );
  }
});

redisTest("an unauthenticated client is limited as in Redis", async () => {
  await using pair = await startPair({ options: ["--requirepass", "x"] });
  const requests = [
    "*11\r\n",
    "*10\r\n$4\r\nPING\r\n",
    "*1\r\n$16385\r\n",
    "*1\r\n$16384\r\n",
    "PING\r\n",
    "QUIT\r\n",
    "HELLO 3\r\n",
    "NOSUCH\r\n",
    "MULTI\r\n",
    "RESET\r\n",
    "COMMAND\r\n",
  ];
  for (const text of requests) {
    const pieces = [encoder.encode(text)];
    const [expected, got] = await Promise.all([
      answer(pair.reference, { pieces, complete: false }),
      answer(pair.subject, { pieces, complete: false }),
    ]);
    assert.equal(got, expected, text);
  }
});

/** Sound commands with, now and then, a byte changed, lost or added. */
function randomTokens(random: SeededRandom): Uint8Array[] {
  const commands: Uint8Array[] = [
    encodeCommand(["PING"]),
    encodeCommand(["SET", "k", random.bytes(random.integer(0, 40))]),
    encodeCommand(["GET", "k"]),
    encodeCommand(["ECHO", "x".repeat(random.integer(0, 300))]),
    encoder.encode("PING inline\r\n"),
    encoder.encode('ECHO "quoted \\"x\\" \\x00"\r\n'),
    encoder.encode("\r\n"),
    encoder.encode("*0\r\n"),
    encodeCommand(["nosuch", "a\r\nb", random.bytes(5)]),
  ];
  const count = random.integer(1, 6);
  const tokens = Array.from({ length: count }, () => random.pick(commands));
  if (random.chance(0.7)) {
    const at = random.integer(0, tokens.length - 1);
    tokens[at] = damaged(random, tokens[at]);
  }
  return tokens;
}

function damaged(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  const at = random.integer(0, bytes.length - 1);
  const other = random.pick([
    ...encoder.encode("*$:+-0129\r\n \"'\\A"),
    ...[0, 255],
  ]);
  return random.pick<() => Uint8Array>([
    () => concatBytes([bytes.subarray(0, at), bytes.subarray(at + 1)]),
    () =>
      concatBytes([
        bytes.subarray(0, at),
        new Uint8Array([other]),
        bytes.subarray(at + 1),
      ]),
    () =>
      concatBytes([
        bytes.subarray(0, at),
        new Uint8Array([other]),
        bytes.subarray(at),
      ]),
  ])();
}

function split(random: SeededRandom, bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + random.integer(1, Math.max(1, bytes.length >> 1));
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

redisTest("damaged and split requests are answered as in Redis", async () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const count = Math.ceil(
    Number(Deno.env.get("AIKV_DIFF_COMMANDS") ?? 300) / 3,
  );
  await using pair = await startPair();
  const compare = async (exchange: Exchange) =>
    await Promise.all([
      answer(pair.reference, exchange),
      answer(pair.subject, exchange),
    ]);
  for (let index = 0; index < count; index++) {
    const bytes = concatBytes(randomTokens(random));
    const pieces = random.chance(0.4) ? split(random, bytes) : [bytes];
    const [expected, got] = await compare({ pieces, complete: true });
    if (expected === got) continue;
    const smallest = await shrink([...bytes], async (candidate) => {
      const pieces = [new Uint8Array(candidate)];
      const [left, right] = await compare({ pieces, complete: true });
      return left !== right;
    }, 10_000);
    assert.equal(
      got,
      expected,
      `seed ${seed}: pieces ${
        pieces.map((piece) => printableBytes(piece)).join(" + ")
      }\nshortest: ${printableBytes(new Uint8Array(smallest))}`,
    );
  }
});
