import assert from "node:assert/strict";
import { bytes, Kernels, text } from "../_kernels.ts";
import { Client, encode, join } from "./_harness.ts";

/** Taken first, never touched: what follows lies above 2 GiB. */
const BALLAST_BYTES = 0x84000000;

Deno.test("parser, replies and kernels work on addresses above 2 GiB", () => {
  const kernels = new Kernels();
  const { call } = kernels;
  kernels.alloc(BALLAST_BYTES);
  const value = "v".repeat(100_000);
  const data = join([
    encode("SET", "key", value),
    bytes("set 'a b' \"\\x41\"\r\n"),
  ]);
  const input = kernels.put(data);
  assert.ok(input > 0x80000000);

  const client = new Client(kernels);
  assert.equal(client.parseAt(input, 1000), undefined);
  assert.equal(client.needed, data.length - 18);
  const first = client.parseAt(input, data.length);
  assert.ok(first && "args" in first);
  assert.deepEqual(first.args, ["SET", "key", value]);
  const second = client.parseAt(input + first.used, data.length - first.used);
  assert.deepEqual(second, { used: 18, args: ["set", "a b", "A"] });
  client.free();

  const output = call.outputNew();
  call.outputSelect(output);
  call.replySetProtocol(2);
  const handle = call.replyDeferred();
  for (let i = 0; i < 3; i++) call.replyBulk(input, data.length);
  call.replyDeferredArray(handle, 3);
  assert.ok(call.outputStart(output) >>> 0 > 0x80000000);
  const bulk = `$${data.length}\r\n`;
  const length = call.outputLength(output);
  assert.equal(length, 4 + 3 * (bulk.length + data.length + 2));
  assert.equal(
    kernels.text(call.outputStart(output), 4 + bulk.length),
    `*3\r\n${bulk}`,
  );
  call.outputFree(output);

  const low = new Kernels();
  for (const sample of ["-12345.678e-3", "foo{bar}baz", "h*ll[a-o]"]) {
    const [here, there] = [kernels.put(sample), low.put(sample)];
    assert.ok(here > 0x80000000 && there < 0x80000000);
    for (const name of ["siphash", "crc16", "keySlot"]) {
      assert.equal(
        call[name](here, sample.length),
        low.call[name](there, sample.length),
      );
    }
    assert.equal(
      call.crc64(0n, here, sample.length),
      low.call.crc64(0n, there, sample.length),
    );
    assert.equal(
      call.globMatch(here, sample.length, here, sample.length, 0),
      sample[0] !== "h" ? 1 : 0,
    );
    assert.equal(call.bytesCompare(here, sample.length, here, 3), 1);
  }
  const number = kernels.put("-12345.678e-3");
  assert.equal(call.parseF64(number, 13, 0), 1);
  assert.equal(call.parsedF64(), -12.345678);
  const written = call.writeF64(number, 0.1);
  assert.equal(text(kernels.view(number, written)).slice(0, 3), "0.1");
});
