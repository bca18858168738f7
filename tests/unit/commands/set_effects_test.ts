/** What set commands propagate, and the events they cause. */
import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

interface Case {
  readonly given?: readonly string[];
  readonly command: string;
  readonly reply: string;
  readonly effects: readonly string[];
  readonly events: readonly string[];
}

async function start(): Promise<
  { server: TestServer; events: string[] }
> {
  const server = await TestServer.start();
  const events: string[] = [];
  server.server.keyspace.addListener({
    event: (eventClass, event, _db, key) =>
      events.push(`${eventClass} ${event} ${key}`),
  });
  return { server, events };
}

function check(name: string, cases: readonly Case[]): void {
  Deno.test(name, async () => {
    for (const { given, command, reply, effects, events } of cases) {
      const { server, events: seen } = await start();
      const client = server.connect();
      for (const setup of given ?? []) await client.send(setup);
      server.takeBatches();
      seen.length = 0;
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
}

check("SADD and SREM propagate as they came, if they change anything", [
  {
    command: "SADD s a b",
    reply: ":2\r\n",
    effects: ["SADD s a b"],
    events: ["new new s", "set sadd s"],
  },
  {
    given: ["SADD s a b"],
    command: "SADD s b c",
    reply: ":1\r\n",
    effects: ["SADD s b c"],
    events: ["set sadd s"],
  },
  {
    given: ["SADD s a"],
    command: "SADD s a",
    reply: ":0\r\n",
    effects: [],
    events: [],
  },
  {
    given: ["SADD s a b"],
    command: "SREM s a x",
    reply: ":1\r\n",
    effects: ["SREM s a x"],
    events: ["set srem s"],
  },
  {
    given: ["SADD s a"],
    command: "SREM s x a y",
    reply: ":1\r\n",
    effects: ["SREM s x a y"],
    events: ["set srem s", "generic del s"],
  },
  {
    given: ["SADD s a"],
    command: "SREM s x",
    reply: ":0\r\n",
    effects: [],
    events: [],
  },
]);

check("SMOVE notifies both sets", [
  {
    given: ["SADD s a b"],
    command: "SMOVE s t a",
    reply: ":1\r\n",
    effects: ["SMOVE s t a"],
    events: ["set srem s", "new new t", "set sadd t"],
  },
  {
    given: ["SADD s a", "SADD t a"],
    command: "SMOVE s t a",
    reply: ":1\r\n",
    effects: ["SMOVE s t a"],
    events: ["set srem s", "generic del s"],
  },
  {
    given: ["SADD s a"],
    command: "SMOVE s s a",
    reply: ":1\r\n",
    effects: [],
    events: [],
  },
  {
    given: ["SADD s a"],
    command: "SMOVE s t x",
    reply: ":0\r\n",
    effects: [],
    events: [],
  },
]);

check("SPOP propagates as the members that it took", [
  {
    given: ["SADD s a"],
    command: "SPOP s",
    reply: "$1\r\na\r\n",
    effects: ["SREM s a"],
    events: ["set spop s", "generic del s"],
  },
  {
    given: ["SADD s 17"],
    command: "SPOP s 1",
    reply: "*1\r\n$2\r\n17\r\n",
    effects: ["DEL s"],
    events: ["set spop s", "generic del s"],
  },
  {
    given: ["SADD s a"],
    command: "SPOP s 0",
    reply: "*0\r\n",
    effects: [],
    events: [],
  },
  {
    command: "SPOP s",
    reply: "$-1\r\n",
    effects: [],
    events: [],
  },
]);

check("what is stored is propagated as it came", [
  {
    given: ["SADD s a b", "SADD t b"],
    command: "SINTERSTORE d s t",
    reply: ":1\r\n",
    effects: ["SINTERSTORE d s t"],
    events: ["new new d", "set sinterstore d"],
  },
  {
    given: ["SADD s a", "SET d x"],
    command: "SUNIONSTORE d s t",
    reply: ":1\r\n",
    effects: ["SUNIONSTORE d s t"],
    // A key that held something else is no new one.
    events: ["keymiss keymiss t", "set sunionstore d"],
  },
  {
    given: ["SADD s a", "SADD d x"],
    command: "SDIFFSTORE d s s",
    reply: ":0\r\n",
    effects: ["SDIFFSTORE d s s"],
    events: ["generic del d"],
  },
  {
    given: ["SADD s a"],
    command: "SINTERSTORE d s t",
    reply: ":0\r\n",
    effects: [],
    events: ["keymiss keymiss t"],
  },
]);

/** SPOP with a count that takes the way of the many or of the few. */
for (const [way, count] of [["few", 3], ["most", 28]] as const) {
  Deno.test(`SPOP of ${way} members propagates an SREM for each`, async () => {
    for (const prefix of ["", "m"]) {
      const { server, events } = await start();
      const client = server.connect();
      const members = Array.from({ length: 30 }, (_, i) => `${prefix}${i}`);
      await client.send(`SADD s ${members.join(" ")}`);
      server.takeBatches();
      events.length = 0;
      const reply = await client.send(`SPOP s ${count}`);
      const popped = reply.split("\r\n").filter((line) =>
        !/^[*$]/.test(line) && line !== ""
      );
      assert.equal(popped.length, count);
      const batches = server.takeBatches();
      assert.equal(batches.length, 1);
      assert.deepEqual(
        batches[0].effects,
        popped.map((member) => `0 SREM s ${member}`),
      );
      assert.deepEqual(events, ["set spop s"]);
      assert.equal(await client.send("SCARD s"), `:${30 - count}\r\n`);
      const left = await client.send(`SMISMEMBER s ${popped.join(" ")}`);
      assert.equal(left.includes(":1"), false);
    }
  });
}
