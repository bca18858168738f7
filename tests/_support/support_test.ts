import assert from "node:assert/strict";
import {
  bytesToLatin1,
  RespDecoder,
  RespSyntaxError,
  type RespValue,
  toPlain,
} from "./resp_value.ts";
import { SeededRandom } from "./random.ts";
import { redisTest } from "./redis_tools.ts";
import { redisBinary, spawnServer, startServer } from "./server.ts";

const encoder = new TextEncoder();

function decodeInPieces(wire: string, pieceBytes: number): RespValue[] {
  const all = encoder.encode(wire);
  const decoder = new RespDecoder();
  const values: RespValue[] = [];
  for (let end = pieceBytes; end < all.length + pieceBytes; end += pieceBytes) {
    let value: RespValue | undefined;
    const available = all.subarray(0, Math.min(end, all.length));
    while ((value = decoder.next(available)) !== undefined) values.push(value);
  }
  assert.equal(decoder.position, all.length);
  return values;
}

Deno.test("the decoder reads every type, whole or byte by byte", () => {
  const wire = "+OK\r\n-ERR no\r\n:-5\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*0\r\n" +
    "_\r\n#t\r\n,1.5\r\n,inf\r\n(123456789012345678901\r\n" +
    "=7\r\ntxt:abc\r\n!5\r\nERR x\r\n%1\r\n+k\r\n*2\r\n:1\r\n:2\r\n" +
    "~2\r\n:1\r\n:2\r\n>1\r\n+p\r\n|1\r\n+a\r\n+b\r\n*?\r\n:7\r\n*?\r\n.\r\n.\r\n";
  const whole = decodeInPieces(wire, wire.length);
  assert.deepEqual(decodeInPieces(wire, 1), whole);
  assert.deepEqual(whole.map((value) => value.kind), [
    ..."simple error integer bulk bulk array array null boolean double".split(
      " ",
    ),
    ..."double bignumber verbatim bulkError map set push attribute array".split(
      " ",
    ),
  ]);
  assert.deepEqual(toPlain(whole[3]), "a\r\n");
  assert.deepEqual(toPlain(whole[14]), new Map([["k", [1, 2]]]));
  assert.deepEqual(toPlain(whole[18]), [7, []]);
});

Deno.test("the decoder refuses what is not RESP", () => {
  for (const wire of ["x\r\n", ":1a\r\n", "$x\r\n", "$1\r\nabc\r\n", ".\r\n"]) {
    assert.throws(() => decodeInPieces(wire, wire.length), RespSyntaxError);
  }
});

Deno.test("a seed decides every choice", () => {
  const draw = (seed: number) => {
    const random = new SeededRandom(seed);
    return [random.integer(-5, 5), random.shuffle([1, 2, 3]), random.bytes(4)];
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

redisTest("the client slices each reply's own bytes", async () => {
  await using server = await startServer({
    binary: redisBinary(),
    unixSocket: true,
  });
  using client = await server.connect();
  const replies = await client.pipeline([
    ["SET", "k", "v"],
    ["GET", "k"],
    ["INCR", "k"],
    ["HELLO", 3],
    ["CLIENT", "TRACKING", "ON", "BCAST"],
    ["SET", "k", 1],
    ["DEBUG", "PROTOCOL", "ATTRIB"],
  ]);
  assert.deepEqual(replies.slice(0, 3).map((it) => bytesToLatin1(it.raw)), [
    "+OK\r\n",
    "$1\r\nv\r\n",
    "-ERR value is not an integer or out of range\r\n",
  ]);
  assert.equal(replies[6].attributes.length, 1);
  const push = await client.readPush();
  assert.deepEqual(toPlain(push.value), ["invalidate", ["k"]]);
  assert.equal(await client.call("GET", "k"), "1");
  await assert.rejects(client.call("NOSUCH"), /unknown command/);
  await assert.rejects(client.readReply(20), /took more than/);
  await client.write(encoder.encode("PING\r\n"));
  assert.equal(toPlain((await client.readReply()).value), "PONG");
  using unix = await server.connectUnix();
  assert.equal(await unix.call("PING"), "PONG");
});

redisTest(
  "a server that cannot start is reported with its output",
  async () => {
    await using server = await spawnServer({
      binary: redisBinary(),
      options: ["--nosuch-option", "1"],
    });
    assert.equal((await server.waitForExit()).code, 1);
    assert.match(server.logs, /FATAL CONFIG FILE ERROR/);
  },
);
