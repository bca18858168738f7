/** SORT with STORE: what it propagates, and what happens without memory. */
import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

interface Case {
  readonly given: readonly string[];
  readonly command: string;
  readonly reply: string;
  readonly effects: readonly string[];
  readonly events: readonly string[];
}

const CASES: readonly Case[] = [
  {
    given: ["SADD s 3 1 2"],
    command: "SORT s STORE d",
    reply: ":3\r\n",
    effects: ["SORT s STORE d"],
    events: ["new new d", "list sortstore d"],
  },
  {
    given: ["RPUSH l b a", "SET d x"],
    command: "SORT l ALPHA STORE d",
    reply: ":2\r\n",
    effects: ["SORT l ALPHA STORE d"],
    events: ["list sortstore d"],
  },
  {
    given: ["RPUSH l b a"],
    command: "SORT l ALPHA STORE l",
    reply: ":2\r\n",
    effects: ["SORT l ALPHA STORE l"],
    events: ["list sortstore l"],
  },
  {
    given: ["SET d x"],
    command: "SORT nosuch STORE d",
    reply: ":0\r\n",
    effects: ["SORT nosuch STORE d"],
    events: ["keymiss keymiss nosuch", "generic del d"],
  },
  {
    given: ["SADD s 3 1 2"],
    command: "SORT s LIMIT 5 1 STORE d",
    reply: ":0\r\n",
    effects: [],
    events: [],
  },
  {
    given: ["SADD s 2", "SET w2 x"],
    command: "SORT s BY w* STORE d",
    reply: "-ERR One or more scores can't be converted into double\r\n",
    effects: [],
    events: [],
  },
  {
    given: ["SADD s 2"],
    command: "SORT s GET w* GET #",
    reply: "*2\r\n$-1\r\n$1\r\n2\r\n",
    effects: [],
    events: ["keymiss keymiss w2"],
  },
];

Deno.test("SORT propagates as it came if it stored anything", async () => {
  for (const { given, command, reply, effects, events } of CASES) {
    const server = await TestServer.start();
    const seen: string[] = [];
    const client = server.connect();
    for (const setup of given) await client.send(setup);
    server.takeBatches();
    server.server.keyspace.addListener({
      event: (eventClass, event, _db, key) =>
        seen.push(`${eventClass} ${event} ${key}`),
    });
    assert.equal(await client.send(command), reply, command);
    const propagated = server.takeBatches().flatMap((batch) => batch.effects);
    assert.deepEqual(
      propagated,
      effects.map((effect) => `0 ${effect}`),
      command,
    );
    assert.deepEqual(seen, events, command);
  }
});

Deno.test("SORT that runs out of memory leaves the destination, and nothing else", async () => {
  const server = await TestServer.start();
  const { x } = server.server.core;
  const client = server.connect();
  const elements = Array.from(
    { length: 400 },
    (_, index) => `${index}`.padStart(900, "v"),
  );
  for (let i = 0; i < 400; i += 50) {
    await client.send(`RPUSH l ${elements.slice(i, i + 50).join(" ")}`);
  }
  await client.send("SET d old");
  // Takes all there is, and gives it back little by little.
  x.memoryLimitPages(x.memoryReserved() / 65536);
  const blocks: number[] = [];
  for (let bytes = 65536; bytes >= 1024; bytes /= 2) {
    let block: number;
    while ((block = x.alloc(bytes)) !== 0) blocks.push(block);
  }
  let refused = 0;
  while (true) {
    for (const block of blocks.splice(-30)) x.free(block);
    const before = x.memoryUsed();
    const reply = await client.send("SORT l ALPHA STORE d");
    if (reply === ":400\r\n") break;
    assert.match(reply, /^-OOM/);
    refused++;
    assert.equal(await client.send("GET d"), "$3\r\nold\r\n");
    const kept = x.memoryUsed() - before;
    assert.ok(Math.abs(kept) < 4096, `${kept} bytes kept`);
  }
  assert.ok(refused > 2, `${refused} refused`);
});
