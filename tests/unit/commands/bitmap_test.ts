/** Bitmaps and HyperLogLogs as strings among others: copied, measured, watched. */

import assert from "node:assert/strict";
import { StringServer } from "./string_harness.ts";
import { TestServer } from "./server_harness.ts";

const OK = "+OK\r\n";

function integer(reply: string): number {
  assert.match(reply, /^:\d+\r\n$/);
  return Number(reply.slice(1));
}

Deno.test("a copied bitmap or HyperLogLog goes its own way", async () => {
  const client = (await TestServer.start()).connect();
  for (const offset of [100, 100_000]) {
    await client.send("FLUSHALL", `SETBIT a ${offset} 1`);
    assert.equal(await client.send("COPY a b"), ":1\r\n");
    assert.equal(await client.send(`SETBIT b ${offset} 0`), ":1\r\n");
    assert.equal(await client.send(`GETBIT a ${offset}`), ":1\r\n");
    assert.equal(await client.send("SETBIT a 3 1"), ":0\r\n");
    assert.equal(await client.send("BITCOUNT a", "BITCOUNT b"), ":2\r\n:0\r\n");
  }
  for (const convert of ["PFCOUNT h", "PFDEBUG TODENSE h"]) {
    await client.send("FLUSHALL", "PFADD h a b c", convert);
    assert.equal(await client.send("COPY h i"), ":1\r\n");
    assert.equal(await client.send("PFADD i d e"), ":1\r\n");
    assert.equal(await client.send("PFCOUNT h", "PFCOUNT i"), ":3\r\n:5\r\n");
  }
});

Deno.test("what bits are set in is raw from then on, as in Redis", async () => {
  const client = (await TestServer.start()).connect();
  const commands = ["SETBIT k 2 1", "BITFIELD k SET u1 2 1", "SETRANGE k 0 1"];
  for (const value of ["123", "abc", "x".repeat(44), "y".repeat(2000)]) {
    for (const command of commands) {
      await client.send(`SET k ${value}`, command);
      assert.equal(await client.send("OBJECT ENCODING k"), "$3\r\nraw\r\n");
    }
  }
  await client.send("SET k 123", "BITFIELD k GET u8 0", "BITCOUNT k");
  assert.equal(await client.send("OBJECT ENCODING k"), "$3\r\nint\r\n");
});

Deno.test("MEMORY USAGE of a bitmap and a HyperLogLog counts every byte they take", async () => {
  const server = await StringServer.start();
  const { core } = server;
  const { x } = core;
  server.run("PFADD", "other", "a");
  const check = (...command: string[]) => {
    server.run(...command);
    const entry = x.find(0, core.putText("k"), 1);
    const usage = x.entryUsage(entry);
    const used = x.memoryUsed();
    x.deleteEntry(0, entry);
    assert.equal(used - x.memoryUsed(), usage, command[0]);
  };
  check("SETBIT", "k", "10", "1");
  check("SETBIT", "k", "1000000", "1");
  check("BITFIELD", "k", "SET", "u8", "#70000", "1");
  check("BITOP", "NOT", "k", "other");
  check("PFADD", "k", "a", "b");
  check("PFADD", "k", ...Array.from({ length: 3000 }, (_, i) => `e:${i}`));
  check("PFMERGE", "k", "other");
});

Deno.test("WATCH notices bits that change, and only those", async () => {
  const server = await TestServer.start();
  const client = server.connect();
  const other = server.connect();
  const isAborted = async (given: string, command: string) => {
    await client.send("FLUSHALL", given, "WATCH k");
    await other.send(command);
    const reply = await client.send("MULTI", "PING", "EXEC");
    return reply.endsWith("*-1\r\n");
  };
  assert.equal(await isAborted("SETBIT k 9 1", "SETBIT k 9 1"), false);
  assert.equal(await isAborted("SETBIT k 9 1", "SETBIT k 9 0"), true);
  assert.equal(await isAborted("SET k abc", "SETBIT k 1 1"), false);
  assert.equal(await isAborted("SET k abc", "BITFIELD k SET u8 0 97"), false);
  assert.equal(await isAborted("SET k abc", "BITFIELD k SET u8 0 98"), true);
  assert.equal(await isAborted("SET k abc", "BITOP OR k k"), true);
  assert.equal(await isAborted("PFADD k a", "PFADD k a"), false);
  assert.equal(await isAborted("PFADD k a", "PFADD k b"), true);
  assert.equal(await isAborted("PFADD k a", "PFCOUNT k"), true);
  assert.equal(await isAborted("PFADD k a", "PFCOUNT k k"), false);
});

Deno.test("a BITFIELD may have very many operations", async () => {
  const client = (await TestServer.start()).connect();
  const count = 130_000;
  const operation = "$6\r\nINCRBY\r\n$2\r\nu2\r\n$1\r\n0\r\n$1\r\n1\r\n";
  const reply = await client.sendRaw(
    `*${2 + count * 4}\r\n$8\r\nBITFIELD\r\n$1\r\nk\r\n` +
      operation.repeat(count),
  );
  assert.ok(reply.startsWith(`*${count}\r\n:1\r\n:2\r\n:3\r\n:0\r\n`));
  assert.equal(reply.split("\r\n").length, count + 2);
});

Deno.test("proto-max-bulk-len bounds what bits may be set", async () => {
  const client = (await TestServer.start({ "proto-max-bulk-len": "1mb" }))
    .connect();
  const error = "-ERR bit offset is not an integer or out of range\r\n";
  assert.equal(await client.send("SETBIT k 8388607 1"), ":0\r\n");
  assert.equal(await client.send("SETBIT k 8388608 1"), error);
  assert.equal(await client.send("GETBIT k 8388608"), error);
  assert.equal(await client.send("BITFIELD k SET u8 #1048576 1"), error);
  // As in Redis, only where an integer begins counts.
  assert.equal(
    await client.send("BITFIELD k SET u8 8388607 255"),
    "*1\r\n:128\r\n",
  );
  assert.equal(integer(await client.send("STRLEN k")), 1024 * 1024 + 1);
  assert.equal(await client.send("CONFIG SET proto-max-bulk-len 512mb"), OK);
  assert.equal(await client.send("SETBIT k 8388608 1"), ":1\r\n");
});
