import assert from "node:assert/strict";
import { startServer } from "../_support/mod.ts";

const COMMANDS = 300_000;
/** More than the sockets between the two hold, many times what ends a turn. */
const REPLY = `$100\r\n${"v".repeat(100)}\r\n`;

/**
 * A client that is held up because its replies pile up was not read either, so
 * one that sent everything before it read anything waited for ever.
 */
Deno.test("a pipeline sent whole before any reply is read is answered whole", async () => {
  await using server = await startServer();
  const { hostname, port } = server.address as {
    hostname: string;
    port: number;
  };
  using connection = await Deno.connect({ hostname, port });
  const encoder = new TextEncoder();
  const set = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${REPLY}`;
  const get = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
  const bytes = encoder.encode(set + get.repeat(COMMANDS));
  for (let at = 0; at < bytes.length;) {
    at += await connection.write(bytes.subarray(at, at + 1_000_000));
  }
  const wanted = 5 + COMMANDS * REPLY.length;
  const buffer = new Uint8Array(1 << 20);
  let got = 0;
  while (got < wanted) {
    const count = await connection.read(buffer);
    assert(count !== null, `closed after ${got} of ${wanted} bytes`);
    got += count;
  }
  assert.equal(got, wanted);
});
