import assert from "node:assert/strict";
import { Kernels, random } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

/** What a function writes in each protocol: [RESP2, RESP3]. */
function both(write: () => void): [string, string] {
  const result: string[] = [];
  for (const version of [2, 3]) {
    const output = call.outputNew();
    call.outputSelect(output);
    call.replySetProtocol(version);
    write();
    result.push(
      kernels.text(call.outputStart(output), call.outputLength(output)),
    );
    assert.equal(call.outputFlags(output), 0);
    call.outputFree(output);
  }
  return result as [string, string];
}

/** Calls a function with a string in memory. */
function using(text: string, use: (ptr: number, length: number) => void): void {
  const ptr = kernels.put(text);
  use(ptr, text.length);
  call.free(ptr);
}

const same = (text: string): [string, string] => [text, text];

Deno.test("the common replies", () => {
  assert.deepEqual(both(() => call.replyOk()), same("+OK\r\n"));
  assert.deepEqual(both(() => call.replyPong()), same("+PONG\r\n"));
  assert.deepEqual(both(() => call.replyQueued()), same("+QUEUED\r\n"));
  assert.deepEqual(both(() => call.replyNull()), ["$-1\r\n", "_\r\n"]);
  assert.deepEqual(both(() => call.replyNullArray()), ["*-1\r\n", "_\r\n"]);
  assert.deepEqual(both(() => call.replyCrlf()), same("\r\n"));
});

Deno.test("simple strings and errors keep to one line", () => {
  const simple = both(() => using("a\r\nb", (p, n) => call.replySimple(p, n)));
  assert.deepEqual(simple, same("+a  b\r\n"));
  const error = both(() =>
    using("ERR x\ny\r\n", (p, n) => call.replyError(p, n))
  );
  assert.deepEqual(error, same("-ERR x y\r\n"));
  assert.deepEqual(
    both(() => using("", (p, n) => call.replyError(p, n))),
    same("-\r\n"),
  );
});

Deno.test("integers of every length", () => {
  const next = random(1);
  const values = [0n, 1n, 9n, 10n, -1n, 2n ** 63n - 1n, -(2n ** 63n)];
  for (let i = 0; i < 2000; i++) {
    const wide = BigInt(next(2 ** 32)) << 32n | BigInt(next(2 ** 32));
    values.push(BigInt.asIntN(64, wide) >> BigInt(next(64)));
  }
  for (const value of values) {
    assert.deepEqual(
      both(() => call.replyInteger(value)),
      same(`:${value}\r\n`),
    );
    const text = `${value}`;
    assert.deepEqual(
      both(() => call.replyBulkI64(value)),
      same(`$${text.length}\r\n${text}\r\n`),
    );
  }
  assert.deepEqual(
    both(() => call.replyIntegerF64(-12345)),
    same(":-12345\r\n"),
  );
});

Deno.test("bulk strings of every length", () => {
  for (
    const length of [...Array(140).keys(), 999, 1000, 16383, 16384, 100000]
  ) {
    const text = "abcdefghij".repeat(length / 10 + 1).slice(0, length);
    assert.deepEqual(
      both(() => using(text, (p, n) => call.replyBulk(p, n))),
      same(`$${length}\r\n${text}\r\n`),
    );
  }
  const parts = both(() => {
    call.replyBulkHeader(12);
    using("Hello ", (p, n) => call.outputAppend(p, n));
    using("World!", (p, n) => call.outputAppend(p, n));
    call.replyCrlf();
  });
  assert.deepEqual(parts, same("$12\r\nHello World!\r\n"));
});

Deno.test("what only RESP3 has is sent in RESP2 as Redis sends it", () => {
  assert.deepEqual(both(() => call.replyBoolean(true)), [":1\r\n", "#t\r\n"]);
  assert.deepEqual(both(() => call.replyBoolean(false)), [":0\r\n", "#f\r\n"]);
  const double = (value: number) => both(() => call.replyDouble(value));
  assert.deepEqual(double(3.5), ["$3\r\n3.5\r\n", ",3.5\r\n"]);
  assert.deepEqual(double(0.1), [
    "$19\r\n0.10000000000000001\r\n",
    ",0.10000000000000001\r\n",
  ]);
  assert.deepEqual(double(-1.2345678901234567e-300)[0].length, 31);
  assert.deepEqual(double(Infinity), ["$3\r\ninf\r\n", ",inf\r\n"]);
  assert.deepEqual(double(-Infinity), ["$4\r\n-inf\r\n", ",-inf\r\n"]);
  assert.deepEqual(double(NaN), ["$3\r\nnan\r\n", ",nan\r\n"]);
  const big = "1234567999999999999999999999999999999";
  assert.deepEqual(
    both(() => using(big, (p, n) => call.replyBigNumber(p, n))),
    [
      `$37\r\n${big}\r\n`,
      `(${big}\r\n`,
    ],
  );
  const text = "This is a verbatim\nstring";
  assert.deepEqual(
    both(() => using(text, (p, n) => call.replyVerbatim(0x747874, p, n))),
    [`$25\r\n${text}\r\n`, `=29\r\ntxt:${text}\r\n`],
  );
  assert.deepEqual(
    both(() => using("ERR a\nb", (p, n) => call.replyBulkError(p, n))),
    ["-ERR a b\r\n", "!7\r\nERR a\nb\r\n"],
  );
});

Deno.test("aggregates count pairs in maps, elements elsewhere", () => {
  for (const n of [0, 1, 9, 10, 123456, 2 ** 32 - 1]) {
    assert.deepEqual(both(() => call.replyArray(n)), same(`*${n}\r\n`));
    assert.deepEqual(both(() => call.replyMap(n)), [
      `*${2 * n}\r\n`,
      `%${n}\r\n`,
    ]);
    assert.deepEqual(both(() => call.replySet(n)), [`*${n}\r\n`, `~${n}\r\n`]);
    assert.deepEqual(both(() => call.replyPush(n)), [`*${n}\r\n`, `>${n}\r\n`]);
    assert.deepEqual(both(() => call.replyAttribute(n)), ["", `|${n}\r\n`]);
  }
});

Deno.test("streamed types exist in RESP3 only", () => {
  assert.deepEqual(
    both(() => {
      call.replyStreamArray();
      call.replyStreamMap();
      call.replyStreamSet();
      call.replyStreamEnd();
    }),
    ["", "*?\r\n%?\r\n~?\r\n.\r\n"],
  );
  assert.deepEqual(
    both(() => {
      call.replyStreamString();
      using("Hell", (p, n) => call.replyStreamChunk(p, n));
      using("", (p, n) => call.replyStreamChunk(p, n));
      using("o world", (p, n) => call.replyStreamChunk(p, n));
      call.replyStreamStringEnd();
    }),
    ["", "$?\r\n;4\r\nHell\r\n;7\r\no world\r\n;0\r\n"],
  );
});

Deno.test("deferred lengths, nested and of any width, come out as if known before", () => {
  const next = random(2);
  const fills = ["Array", "Map", "Set", "Push"];
  for (let round = 0; round < 3000; round++) {
    /** Writes a random tree; returns what it should read, in each protocol. */
    const write = (depth: number): [string, string] => {
      if (depth === 0 || next(3) === 0) {
        const value = next(2) ? next(10) : next(10 ** 9);
        call.replyInteger(BigInt(value));
        return same(`:${value}\r\n`);
      }
      const handle = call.replyDeferred();
      const parts: [string, string] = ["", ""];
      for (let left = next(6); left > 0; left--) {
        const [two, three] = write(depth - 1);
        parts[0] += two;
        parts[1] += three;
      }
      const kind = next(4);
      const count = next(2) ? next(20) : next(2 ** 32);
      call[`replyDeferred${fills[kind]}`](handle, count);
      return [
        `*${kind === 1 ? count * 2 : count}\r\n${parts[0]}`,
        `${"*%~>"[kind]}${count}\r\n${parts[1]}`,
      ];
    };
    const output = call.outputNew();
    call.outputSelect(output);
    const version = 2 + next(2);
    call.replySetProtocol(version);
    let wanted = "";
    for (let left = 1 + next(4); left > 0; left--) {
      wanted += write(4)[version - 2];
    }
    const got = kernels.text(
      call.outputStart(output),
      call.outputLength(output),
    );
    assert.equal(got, wanted, `round ${round}`);
    call.outputFree(output);
  }
});
