import assert from "node:assert/strict";
import { bytes, Kernels } from "../_kernels.ts";
import { Client, encode, feed, join, UNAUTHENTICATED } from "./_harness.ts";

const kernels = new Kernels();
const { call } = kernels;

function all(input: string, flags = 0) {
  return feed(kernels, bytes(input), [], flags);
}

function error(input: string, flags = 0): string | undefined {
  const last = all(input, flags).at(-1);
  return last !== undefined && "error" in last ? last.error : undefined;
}

function args(input: string): string[][] {
  return all(input).map((outcome) => {
    assert.ok(
      outcome !== undefined && "args" in outcome,
      JSON.stringify(outcome),
    );
    return outcome.args;
  });
}

Deno.test("a pipeline of commands is taken apart", () => {
  const input = "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$12\r\nhello\r\nworld\r\n" +
    "*1\r\n$4\r\nPING\r\nPING\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n";
  assert.deepEqual(args(input), [
    ["SET", "key", "hello\r\nworld"],
    ["PING"],
    ["PING"],
    ["GET", ""],
  ]);
});

Deno.test("empty commands are skipped", () => {
  assert.deepEqual(args("\r\n\n*0\r\n*-1\r\n*-10\r\n   \r\nPING\r\n"), [
    [],
    [],
    [],
    [],
    [],
    [],
    ["PING"],
  ]);
});

Deno.test("inline words are split and unescaped as sdssplitargs does", () => {
  const one = (line: string) => args(line + "\r\n")[0];
  assert.deepEqual(one("  set   a\tb "), ["set", "a", "b"]);
  assert.deepEqual(one(`set "a b" 'c "d'`), ["set", "a b", 'c "d']);
  assert.deepEqual(one(`"\\x41\\n\\r\\t\\b\\a\\q\\xZZ\\""`), [
    'A\n\r\t\b\x07qxZZ"',
  ]);
  assert.deepEqual(one(`'it\\'s \\n'`), ["it's \\n"]);
  assert.deepEqual(one(`foo"bar baz" x`), ["foobar baz", "x"]);
  assert.deepEqual(one(`"" ''`), ["", ""]);
  assert.deepEqual(one("a\vb \v c"), ["a\vb", "c"]);
  assert.deepEqual(args("PING\n"), [["PING"]]);
  for (const bad of [`"abc`, `'abc`, `"a"b`, `'a'b`, `"abc\\`, `a"`]) {
    assert.equal(error(`${bad}\r\n`), "unbalanced quotes in request", bad);
  }
});

Deno.test("broken protocol gets Redis's errors", () => {
  assert.equal(error("*abc\r\n"), "invalid multibulk length");
  assert.equal(error("*\r\n"), "invalid multibulk length");
  assert.equal(error("*01\r\n"), "invalid multibulk length");
  assert.equal(error("*+1\r\n"), "invalid multibulk length");
  assert.equal(error("*3000000000\r\n"), "invalid multibulk length");
  assert.equal(error("*1048577\r\n"), "invalid multibulk length");
  assert.equal(error("*1048576\r\n"), undefined);
  assert.equal(error("*1\r\nfooz\r\n"), "expected '$', got 'f'");
  assert.equal(error("*1\r\n\r\n"), "expected '$', got ' '");
  assert.equal(
    error("*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n"),
    "expected '$', got 'f'",
  );
  assert.equal(error("*1\r\n$-1\r\n"), "invalid bulk length");
  assert.equal(error("*1\r\n$blabla\r\n"), "invalid bulk length");
  assert.equal(error("*1\r\n$536870913\r\n"), "invalid bulk length");
  assert.equal(error("*1\r\n$536870912\r\n"), undefined);
  assert.equal(error("*1\r\n$2000000000\r\n"), "invalid bulk length");
});

Deno.test("an error is found as soon as its line is there", () => {
  const lines = "*3\r\n$3\r\nSET\r\n$1\r\nx\r\nf\r\n";
  const client = new Client(kernels);
  for (let length = 1; length <= lines.length; length++) {
    const outcome = client.parse(bytes(lines.slice(0, length)));
    const complete = length === lines.length;
    assert.equal(outcome !== undefined, complete);
    if (!complete) assert.ok(client.needed <= lines.length);
  }
  client.free();
});

Deno.test("a line must end within 64 KiB, and never ends behind a NUL", () => {
  const fill = "A".repeat(65536);
  assert.equal(error(fill), undefined);
  assert.equal(error(fill + "A"), "too big inline request");
  assert.equal(args(`${fill}\n`)[0][0].length, 65536);
  assert.equal(error(`\0${fill}\n`), "too big inline request");
  assert.equal(error("\0\r\n"), undefined);
  assert.equal(error(`*\0${fill}\r\n`), "too big mbulk count string");
  assert.equal(error(`*1\r\n$\0${fill}\r\n`), "too big bulk count string");
  assert.equal(error(`*1\r\n$1${fill}\r\n`), "too big bulk count string");
});

Deno.test("a client that has not authenticated may send little", () => {
  const many = (n: number) => `*${n}\r\n${"$1\r\na\r\n".repeat(n)}`;
  assert.equal(error(many(10), UNAUTHENTICATED), undefined);
  assert.equal(
    error(many(11), UNAUTHENTICATED),
    "unauthenticated multibulk length",
  );
  assert.equal(
    error(many(99), UNAUTHENTICATED),
    "unauthenticated multibulk length",
  );
  assert.equal(error(many(11)), undefined);
  const long = (n: number) => `*1\r\n$${n}\r\n${"a".repeat(n)}\r\n`;
  assert.equal(error(long(16384), UNAUTHENTICATED), undefined);
  assert.equal(
    error(long(16385), UNAUTHENTICATED),
    "unauthenticated bulk length",
  );
});

Deno.test("the limits can be set, and are clamped", () => {
  call.parserSetLimits(1000, 100);
  assert.equal(error("*101\r\n"), "invalid multibulk length");
  assert.equal(error("*100\r\n"), undefined);
  assert.equal(error(`*1\r\n$1001\r\n`), "invalid bulk length");
  assert.equal(error(`*1\r\n$999\r\n`), undefined);
  call.parserSetLimits(2 ** 62, 2 ** 40);
  assert.equal(error(`*1\r\n$3000000000\r\n`), undefined);
  assert.equal(error(`*1\r\n$9000000000\r\n`), "invalid bulk length");
  call.parserSetLimits(512 * 1024 * 1024, 1024 * 1024);
});

Deno.test("every split point gives what the whole input gives", () => {
  const inputs = [
    "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nhello\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
    "*12\r\n" + "$1\r\na\r\n".repeat(11) + "$100\r\n" + "b".repeat(100) +
    "\r\n",
    `set "a\\x41 b" 'c'\r\n\r\n*0\r\nget x\n*1\r\n$4\r\nPING\r\n`,
    "*1\r\n$4\r\nPING\r\n*2\r\n$1\r\nx\r\n$-5\r\n",
    "*2\r\n$1\r\nx\r\nabc\r\n",
    "*-3\r\n*1\r\n$0\r\n\r\nx\r\n",
  ];
  for (const input of inputs) {
    const data = bytes(input);
    const whole = feed(kernels, data, []);
    for (let i = 0; i <= data.length; i++) {
      assert.deepEqual(feed(kernels, data, [i]), whole, `cut at ${i}`);
      for (let j = i; j <= data.length; j += 3) {
        assert.deepEqual(feed(kernels, data, [i, j]), whole, `cuts ${i}, ${j}`);
      }
    }
    const everywhere = Array.from(data, (_, i) => i);
    assert.deepEqual(feed(kernels, data, everywhere), whole);
  }
});

Deno.test("a large bulk says exactly how much it needs", () => {
  const client = new Client(kernels);
  const head = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n";
  assert.equal(client.parse(bytes(head)), undefined);
  assert.equal(client.needed, head.length + 536870912 + 2);
  const headMiddle = "*3\r\n$3\r\nSET\r\n$100000\r\n";
  client.free();
  const second = new Client(kernels);
  assert.equal(second.parse(bytes(headMiddle)), undefined);
  assert.equal(second.needed, headMiddle.length + 100002 + 2);
  second.free();
});

Deno.test("a million arguments arrive whole and in pieces, and leave nothing behind", () => {
  const count = 1024 * 1024;
  const data = join([
    bytes(`*${count}\r\n`),
    bytes("$3\r\nabc\r\n".repeat(count)),
  ]);
  const block = kernels.put(data);
  const before = call.memoryUsed();
  const client = new Client(kernels);
  assert.equal(call.parse(client.state, block, data.length), count);
  assert.equal(call.parseConsumed(), data.length);
  assert.equal(call.argPtr(count - 1) >>> 0, block + data.length - 5);
  call.frameTrim();
  let argc = -1;
  for (let length = 65536; argc < 0; length += 65536) {
    argc = call.parse(client.state, block, Math.min(length, data.length));
  }
  assert.equal(argc, count);
  assert.ok(client.idle());
  for (let i = 0; i < count; i += 1021) {
    const at = `*${count}\r\n`.length + 9 * i + 4;
    assert.equal(call.argPtr(i) >>> 0, block + at);
    assert.equal(call.argLength(i), 3);
  }
  call.frameTrim();
  client.free();
  assert.equal(call.memoryUsed(), before);
  call.free(block);
});

Deno.test("a client that goes away in the middle of a command leaks nothing", () => {
  const before = call.memoryUsed();
  const client = new Client(kernels);
  const data = join([
    encode("PING"),
    bytes("*1000\r\n" + "$1\r\na\r\n".repeat(500)),
  ]);
  assert.equal(client.parse(data.subarray(14)), undefined);
  assert.ok(call.memoryUsed() > before);
  client.free();
  call.frameTrim();
  assert.equal(call.memoryUsed(), before);
});
