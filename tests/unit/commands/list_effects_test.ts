/** What list commands propagate, the events they cause, and the changes they count. */
import assert from "node:assert/strict";
import { TestServer } from "./server_harness.ts";

interface Case {
  readonly given?: readonly string[];
  readonly command: string;
  readonly reply: string;
  readonly effects: readonly string[];
  readonly events: readonly string[];
  /** What it adds to `rdb_changes_since_last_save`. */
  readonly changes: number;
}

function check(name: string, cases: readonly Case[]): void {
  Deno.test(name, async () => {
    for (const { given, command, reply, effects, events, changes } of cases) {
      const server = await TestServer.start();
      const { keyspace } = server.server;
      const seen: string[] = [];
      keyspace.addListener({
        event: (eventClass, event, _db, key) =>
          seen.push(`${eventClass} ${event} ${key}`),
      });
      // As the server does it: a listener closes the fast lane.
      server.server.updateLane();
      const client = server.connect();
      for (const setup of given ?? []) await client.send(setup);
      server.takeBatches();
      seen.length = 0;
      const dirty = keyspace.core.x.dirtyCount();
      assert.equal(await client.send(command), reply, command);
      const propagated = server.takeBatches().flatMap((batch) => batch.effects);
      const expected = effects.map((effect) => `0 ${effect}`);
      assert.deepEqual(propagated, expected, command);
      assert.deepEqual(seen, events, command);
      assert.equal(keyspace.core.x.dirtyCount() - dirty, changes, command);
    }
  });
}

check("pushes propagate as they came, if they find a list", [
  {
    command: "LPUSH l a b",
    reply: ":2\r\n",
    effects: ["LPUSH l a b"],
    events: ["new new l", "list lpush l"],
    changes: 2,
  },
  {
    given: ["RPUSH l a"],
    command: "RPUSH l b",
    reply: ":2\r\n",
    effects: ["RPUSH l b"],
    events: ["list rpush l"],
    changes: 1,
  },
  {
    command: "LPUSHX l a",
    reply: ":0\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
  {
    given: ["RPUSH l a"],
    command: "RPUSHX l b c",
    reply: ":3\r\n",
    effects: ["RPUSHX l b c"],
    events: ["list rpush l"],
    changes: 2,
  },
]);

check("pops propagate as they came, and delete an empty list", [
  {
    given: ["RPUSH l a b"],
    command: "LPOP l",
    reply: "$1\r\na\r\n",
    effects: ["LPOP l"],
    events: ["list lpop l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a"],
    command: "RPOP l",
    reply: "$1\r\na\r\n",
    effects: ["RPOP l"],
    events: ["list rpop l", "generic del l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a b c"],
    command: "RPOP l 2",
    reply: "*2\r\n$1\r\nc\r\n$1\r\nb\r\n",
    effects: ["RPOP l 2"],
    events: ["list rpop l"],
    changes: 2,
  },
  {
    given: ["RPUSH l a b"],
    command: "LPOP l 0",
    reply: "*0\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
  {
    command: "LPOP l 1",
    reply: "*-1\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
]);

check("what is popped from one of many keys propagates as a plain pop", [
  {
    given: ["RPUSH m a b c"],
    command: "LMPOP 2 l m RIGHT COUNT 10",
    reply: "*2\r\n$1\r\nm\r\n*3\r\n$1\r\nc\r\n$1\r\nb\r\n$1\r\na\r\n",
    effects: ["RPOP m 3"],
    events: ["list rpop m", "generic del m"],
    changes: 3,
  },
  {
    given: ["RPUSH m a b"],
    command: "BLMPOP 0 2 l m LEFT",
    reply: "*2\r\n$1\r\nm\r\n*1\r\n$1\r\na\r\n",
    effects: ["LPOP m 1"],
    events: ["list lpop m"],
    changes: 1,
  },
  {
    given: ["RPUSH m a b"],
    command: "BRPOP l m 0",
    reply: "*2\r\n$1\r\nm\r\n$1\r\nb\r\n",
    effects: ["RPOP m"],
    events: ["list rpop m"],
    changes: 1,
  },
  {
    command: "LMPOP 2 l m RIGHT",
    reply: "*-1\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
]);

check("an element that moves is pushed and popped", [
  {
    given: ["RPUSH l a b"],
    command: "LMOVE l m LEFT RIGHT",
    reply: "$1\r\na\r\n",
    effects: ["LMOVE l m LEFT RIGHT"],
    events: ["new new m", "list rpush m", "list lpop l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a", "RPUSH m b"],
    command: "RPOPLPUSH l m",
    reply: "$1\r\na\r\n",
    effects: ["RPOPLPUSH l m"],
    events: ["list lpush m", "list rpop l", "generic del l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a"],
    command: "BLMOVE l l right left 0",
    reply: "$1\r\na\r\n",
    effects: ["LMOVE l l right left"],
    events: ["list lpush l", "list rpop l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a b"],
    command: "BRPOPLPUSH l m 0",
    reply: "$1\r\nb\r\n",
    effects: ["RPOPLPUSH l m"],
    events: ["new new m", "list lpush m", "list rpop l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a", "SET m v"],
    command: "LMOVE l m LEFT RIGHT",
    reply:
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
]);

check("edits propagate as they came, if they change anything", [
  {
    given: ["RPUSH l a b"],
    command: "LSET l -1 c",
    reply: "+OK\r\n",
    effects: ["LSET l -1 c"],
    events: ["list lset l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a b"],
    command: "LINSERT l AFTER a x",
    reply: ":3\r\n",
    effects: ["LINSERT l AFTER a x"],
    events: ["list linsert l"],
    changes: 1,
  },
  {
    given: ["RPUSH l a b"],
    command: "LINSERT l AFTER z x",
    reply: ":-1\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
  {
    given: ["RPUSH l a b a"],
    command: "LREM l 0 a",
    reply: ":2\r\n",
    effects: ["LREM l 0 a"],
    events: ["list lrem l"],
    changes: 2,
  },
  {
    given: ["RPUSH l a a"],
    command: "LREM l -5 a",
    reply: ":2\r\n",
    effects: ["LREM l -5 a"],
    events: ["list lrem l", "generic del l"],
    changes: 2,
  },
  {
    given: ["RPUSH l a"],
    command: "LREM l 0 b",
    reply: ":0\r\n",
    effects: [],
    events: [],
    changes: 0,
  },
  {
    given: ["RPUSH l a b c d"],
    command: "LTRIM l 1 -2",
    reply: "+OK\r\n",
    effects: ["LTRIM l 1 -2"],
    events: ["list ltrim l"],
    changes: 2,
  },
  {
    given: ["RPUSH l a b"],
    command: "LTRIM l 0 -1",
    reply: "+OK\r\n",
    effects: [],
    events: ["list ltrim l"],
    changes: 0,
  },
  {
    given: ["RPUSH l a b"],
    command: "LTRIM l 5 10",
    reply: "+OK\r\n",
    effects: ["LTRIM l 5 10"],
    events: ["list ltrim l", "generic del l"],
    changes: 2,
  },
]);
