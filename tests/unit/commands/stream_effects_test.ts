/** What stream commands propagate, and the events they cause. */
import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

const NOW = 1_700_000_000_000;

interface Case {
  readonly given?: readonly string[];
  readonly command: string;
  readonly effects: readonly string[];
  readonly events?: readonly string[];
}

function check(
  name: string,
  cases: readonly Case[],
  settings: Readonly<Record<string, string>> = {},
): void {
  Deno.test(name, async () => {
    for (const { given, command, effects, events } of cases) {
      const server = await TestServer.start(settings);
      const seen: string[] = [];
      server.server.keyspace.addListener({
        event: (eventClass, event, _db, key) =>
          seen.push(`${eventClass} ${event} ${key}`),
      });
      const client = server.connect();
      for (const setup of given ?? []) {
        assert.ok(!(await client.send(setup)).startsWith("-"), setup);
      }
      server.takeBatches();
      seen.length = 0;
      const reply = await client.send(command);
      assert.ok(!reply.startsWith("-"), `${command}: ${reply}`);
      const propagated = server.takeBatches().flatMap((batch) => batch.effects);
      assert.deepEqual(
        propagated,
        effects.map((effect) => `0 ${effect}`),
        command,
      );
      if (events !== undefined) assert.deepEqual(seen, events, command);
    }
  });
}

const ADDED = ["stream xadd s"];
const THREE = ["XADD s 1-1 f a", "XADD s 1-2 f b", "XADD s 2-1 f c"];
const GROUP = [...THREE, "XGROUP CREATE s g 0"];
const READ = [...GROUP, "XREADGROUP GROUP g c COUNT 2 STREAMS s >"];

/** XCLAIM as Redis writes what has become pending. */
function claimed(
  consumer: string,
  id: string,
  last: string,
  deliveries = 1,
  time = NOW,
): string {
  return `XCLAIM s g ${consumer} 0 ${id} TIME ${time} RETRYCOUNT ${deliveries} FORCE JUSTID LASTID ${last}`;
}

check("XADD propagates the ID it chose", [
  {
    command: "XADD s * f v",
    effects: [`XADD s ${NOW}-0 f v`],
    events: ["new new s", ...ADDED],
  },
  {
    given: [`XADD s ${NOW}-0 f v`],
    command: "xadd s * f v",
    effects: [`xadd s ${NOW}-1 f v`],
    events: ADDED,
  },
  { command: "XADD s 5-* f v", effects: ["XADD s 5-0 f v"] },
  { command: "XADD s 5 f v", effects: ["XADD s 5 f v"] },
  { command: "XADD s NOMKSTREAM 5 f v", effects: [], events: [] },
]);

check("XADD and XTRIM propagate approximate trimming as exact", [
  {
    given: THREE,
    command: "XADD s MAXLEN 2 3-0 f v",
    effects: ["XADD s MAXLEN 2 3-0 f v"],
    events: [...ADDED, "stream xtrim s"],
  },
  {
    given: THREE,
    command: "XADD s MAXLEN ~ 1 * f v",
    effects: [`XADD s MAXLEN = 2 ${NOW}-0 f v`],
    events: [...ADDED, "stream xtrim s"],
  },
  {
    given: THREE,
    command: "XADD s NOMKSTREAM MINID ~ 2-1 LIMIT 1 3-0 f v",
    effects: ["XADD s NOMKSTREAM MINID = 1-1 3-0 f v"],
    events: ADDED,
  },
  {
    given: THREE,
    command: "XTRIM s MAXLEN ~ 2",
    effects: [],
    events: [],
  },
  {
    given: THREE,
    command: "XTRIM s MINID ~ 2 LIMIT 5",
    effects: ["XTRIM s MINID = 2-1"],
    events: ["stream xtrim s"],
  },
  {
    given: THREE,
    command: "XTRIM s MAXLEN = 1",
    effects: ["XTRIM s MAXLEN = 1"],
    events: ["stream xtrim s"],
  },
], { "stream-node-max-entries": "2" });

check("XDEL, XSETID and XACK propagate as they came if they change anything", [
  {
    given: THREE,
    command: "XDEL s 1-1 9-9",
    effects: ["XDEL s 1-1 9-9"],
    events: ["stream xdel s"],
  },
  { given: THREE, command: "XDEL s 9-9", effects: [], events: [] },
  {
    given: THREE,
    command: "XSETID s 9-9",
    effects: ["XSETID s 9-9"],
    events: ["stream xsetid s"],
  },
  { given: READ, command: "XACK s g 1-1", effects: ["XACK s g 1-1"] },
  { given: READ, command: "XACK s g 2-1", effects: [], events: [] },
]);

check("XGROUP propagates as it came", [
  {
    command: "XGROUP CREATE s g $ MKSTREAM",
    effects: ["XGROUP CREATE s g $ MKSTREAM"],
    events: ["new new s", "stream xgroup-create s"],
  },
  {
    given: GROUP,
    command: "XGROUP SETID s g 1-1",
    effects: ["XGROUP SETID s g 1-1"],
    events: ["stream xgroup-setid s"],
  },
  {
    given: GROUP,
    command: "XGROUP CREATECONSUMER s g c",
    effects: ["XGROUP CREATECONSUMER s g c"],
    events: ["stream xgroup-createconsumer s"],
  },
  {
    given: [...GROUP, "XGROUP CREATECONSUMER s g c"],
    command: "XGROUP CREATECONSUMER s g c",
    effects: [],
    events: [],
  },
  {
    given: READ,
    command: "XGROUP DELCONSUMER s g c",
    effects: ["XGROUP DELCONSUMER s g c"],
    events: ["stream xgroup-delconsumer s"],
  },
  {
    given: READ,
    command: "XGROUP DESTROY s g",
    effects: ["XGROUP DESTROY s g"],
    events: ["stream xgroup-destroy s"],
  },
]);

check("XREADGROUP propagates what has become pending", [
  {
    given: GROUP,
    command: "XREADGROUP GROUP g c COUNT 2 STREAMS s >",
    effects: [claimed("c", "1-1", "1-1"), claimed("c", "1-2", "1-2")],
    events: ["stream xgroup-createconsumer s"],
  },
  {
    given: READ,
    command: "XREADGROUP GROUP g d STREAMS s >",
    effects: [claimed("d", "2-1", "2-1")],
  },
  {
    given: GROUP,
    command: "XREADGROUP GROUP g c NOACK STREAMS s >",
    effects: [
      "XGROUP CREATECONSUMER s g c",
      "XGROUP SETID s g 2-1 ENTRIESREAD 3",
    ],
  },
  {
    given: READ,
    command: "XREADGROUP GROUP g c STREAMS s 0",
    effects: [],
    events: [],
  },
  {
    given: [...READ, "XREADGROUP GROUP g c STREAMS s >"],
    command: "XREADGROUP GROUP g d STREAMS s >",
    effects: [],
    events: [],
  },
]);

check(
  "XCLAIM and XAUTOCLAIM propagate each entry claimed, or found to be gone",
  [
    {
      given: READ,
      command: "XCLAIM s g d 0 1 1-1 1-2 TIME 1000 RETRYCOUNT 7",
      effects: [
        claimed("d", "1-1", "1-2", 7, 1000),
        claimed("d", "1-2", "1-2", 7, 1000),
      ],
      events: ["stream xgroup-createconsumer s"],
    },
    {
      given: [...READ, "XDEL s 1-1"],
      command: "XCLAIM s g d 0 1-1 JUSTID",
      effects: [claimed("c", "1-1", "1-2")],
      events: [],
    },
    {
      given: READ,
      command: "XCLAIM s g d 0 9-9 LASTID 8-8",
      effects: ["XGROUP SETID s g 8-8 ENTRIESREAD 2"],
      events: [],
    },
    {
      given: READ,
      command: "XCLAIM s g c 0 2-1 FORCE JUSTID LASTID 8-8",
      effects: [claimed("c", "2-1", "8-8")],
    },
    {
      given: READ,
      command: "XCLAIM s g d 1000 1-1",
      effects: [],
      events: [],
    },
    {
      given: [...READ, "XDEL s 1-1"],
      command: "XAUTOCLAIM s g d 0 0",
      effects: [claimed("c", "1-1", "1-2"), claimed("d", "1-2", "1-2", 2)],
      events: ["stream xgroup-createconsumer s"],
    },
  ],
);

Deno.test("what is propagated makes the same stream of another one", async () => {
  const first = await TestServer.start({ "stream-node-max-entries": "3" });
  const client = first.connect();
  for (
    const command of [
      ...READ,
      "XADD s * f d",
      "XADD s MAXLEN ~ 3 * f e",
      "XREADGROUP GROUP g d STREAMS s >",
      "XREADGROUP GROUP g e NOACK STREAMS s >",
      "XCLAIM s g f 0 2-1",
      "XDEL s 2-1",
      "XAUTOCLAIM s g h 0 - COUNT 2",
      "XACK s g 1-1",
      "XTRIM s MINID ~ 2-1",
      "XGROUP CREATE s other $ ENTRIESREAD 2",
    ]
  ) assert.ok(!(await client.send(command)).startsWith("-"), command);
  const second = await TestServer.start({ "stream-node-max-entries": "3" });
  const replica = second.connect();
  for (const { effects } of first.takeBatches()) {
    for (const effect of effects) {
      const reply = await replica.send(effect.slice(2));
      assert.ok(!reply.startsWith("-"), `${effect}: ${reply}`);
    }
  }
  for (const command of ["XINFO STREAM s", "XPENDING s g - + 100"]) {
    assert.equal(await replica.send(command), await client.send(command));
  }
});
