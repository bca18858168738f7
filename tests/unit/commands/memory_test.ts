import assert from "node:assert/strict";
import {
  type RespClient,
  type StartOptions,
  startServer,
} from "../../_support/mod.ts";

async function withServer(
  body: (client: RespClient) => Promise<void>,
  options: StartOptions = {},
): Promise<void> {
  await using server = await startServer(options);
  using client = await server.connect();
  await body(client);
}

async function infoNumber(client: RespClient, field: string): Promise<number> {
  const text = String(await client.call("INFO", "memory"));
  return Number(new RegExp(`^${field}:(\\d+)`, "m").exec(text)![1]);
}

async function fill(client: RespClient, keys: number, bytes: number) {
  const value = "v".repeat(bytes);
  await client.pipeline(
    Array.from({ length: keys }, (_, at) => ["SET", `key:${at}`, value]),
  );
}

Deno.test("the blocks of MALLOC-STATS add up to what is allocated", async () => {
  await withServer(async (client) => {
    await fill(client, 500, 100);
    await fill(client, 20, 5000);
    await client.call("SET", "large", "v".repeat(1 << 20));
    const text = String(await client.call("MEMORY", "MALLOC-STATS"));
    const allocated = Number(/^Allocated: (\d+)/m.exec(text)![1]);
    let sum = 0;
    for (const row of text.matchAll(/^ +(\d+) +(\d+) +\d+ +\d+ +[\d.]+%$/gm)) {
      sum += Number(row[1]) * Number(row[2]);
    }
    const large = /Blocks above 65536 bytes: \d+, pages: (\d+)/.exec(text)!;
    assert.equal(sum + Number(large[1]) * 65536, allocated);
  });
});

Deno.test("PURGE frees what a flush left to be freed later", async () => {
  await withServer(async (client) => {
    await fill(client, 20_000, 40);
    const [, , text] = await client.pipeline([
      ["FLUSHALL", "ASYNC"],
      ["MEMORY", "PURGE"],
      ["INFO", "memory"],
    ]);
    const info = new TextDecoder().decode(text.raw);
    assert.match(info, /^lazyfree_pending_objects:0\r$/m);
    // 20,000 keys were more than a megabyte; a working area of the core stays.
    const dataset = /^used_memory_dataset:(\d+)\r$/m.exec(info)!;
    assert(Number(dataset[1]) < 16384, dataset[1]);
  });
});

Deno.test("the doctor does not judge an empty instance, and names a peak", async () => {
  await withServer(async (client) => {
    const report = async () => String(await client.call("MEMORY", "DOCTOR"));
    assert.match(await report(), /uses very little memory/);
    await fill(client, 2000, 8000);
    assert.doesNotMatch(await report(), /Peak:/);
    for (let at = 0; at < 1200; at++) await client.call("DEL", `key:${at}`);
    assert.match(await report(), /Peak: at its peak the instance used/);
  });
});

Deno.test("MEMORY USAGE counts an expiry, and a key past its time while it is there", async () => {
  await withServer(async (client) => {
    await client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    await client.call("SET", "plain", "v".repeat(2000));
    await client.call("SET", "other", "v".repeat(2000), "PX", "1");
    const plain = Number(await client.call("MEMORY", "USAGE", "plain"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const other = Number(await client.call("MEMORY", "USAGE", "other"));
    assert(plain > 2000 && plain < 2600, `${plain}`);
    assert(other >= plain + 12, `${other}`);
    assert.equal(await client.call("MEMORY", "USAGE", "none"), null);
    assert(await infoNumber(client, "used_memory_dataset") > 4000);
  }, { options: ["--enable-debug-command", "yes"] });
});
