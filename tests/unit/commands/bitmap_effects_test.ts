import assert from "node:assert/strict";
import { StringServer } from "./string_harness.ts";

interface Case {
  readonly given?: readonly string[];
  readonly command: string;
  readonly reply: string;
  readonly events?: readonly string[];
  /** Changes counted; the command is propagated as it came if there are any. */
  readonly dirty?: number;
}

function check(name: string, cases: readonly Case[]): void {
  Deno.test(name, async () => {
    for (const { given, command, reply, events, dirty } of cases) {
      const server = await StringServer.start();
      for (const setup of given ?? []) server.run(...setup.split(" "));
      const outcome = server.run(...command.split(" "));
      assert.deepEqual(outcome, {
        reply,
        effects: dirty === undefined ? [] : [command],
        events: events ?? [],
        dirty: dirty ?? 0,
      }, command);
    }
  });
}

const CREATED = ["new new k", "string setbit k"];
const CHANGED = ["string setbit k"];

check("SETBIT propagates and notifies only when it changes the string", [
  { command: "SETBIT k 5 1", reply: ":0\r\n", events: CREATED, dirty: 1 },
  { command: "SETBIT k 5 0", reply: ":0\r\n", events: CREATED, dirty: 1 },
  {
    given: ["SETBIT k 5 1"],
    command: "SETBIT k 5 1",
    reply: ":1\r\n",
  },
  {
    given: ["SETBIT k 5 1"],
    command: "SETBIT k 5 0",
    reply: ":1\r\n",
    events: CHANGED,
    dirty: 1,
  },
  {
    given: ["SETBIT k 5 1"],
    command: "SETBIT k 8 0",
    reply: ":0\r\n",
    events: CHANGED,
    dirty: 1,
  },
]);

check("BITFIELD counts the writes that changed something", [
  { command: "BITFIELD k GET u8 0", reply: "*1\r\n:0\r\n", events: MISSED() },
  {
    command: "BITFIELD_RO k GET u8 0",
    reply: "*1\r\n:0\r\n",
    events: MISSED(),
  },
  {
    command: "BITFIELD k SET u8 0 1 SET u8 #1 0",
    reply: "*2\r\n:0\r\n:0\r\n",
    events: CREATED,
    dirty: 2,
  },
  {
    given: ["SET k abc"],
    command: "BITFIELD k SET u8 0 97 GET u8 8 SET u8 16 1",
    reply: "*3\r\n:97\r\n:98\r\n:99\r\n",
    events: CHANGED,
    dirty: 1,
  },
  {
    given: ["SET k abc"],
    command: "BITFIELD k SET u8 0 97",
    reply: "*1\r\n:97\r\n",
  },
  {
    given: ["SET k abc"],
    command: "BITFIELD k OVERFLOW FAIL INCRBY u8 0 200",
    reply: "*1\r\n$-1\r\n",
  },
  {
    given: ["SET k abc"],
    command:
      "BITFIELD k INCRBY i8 #4 0 INCRBY i8 #5 0 OVERFLOW FAIL SET u1 0 2",
    reply: "*3\r\n:0\r\n:0\r\n$-1\r\n",
    events: CHANGED,
    dirty: 2,
  },
]);

Deno.test("a BITFIELD that fails but made its string longer is propagated", async () => {
  // Redis leaves the string longer, too, but keeps that to itself.
  const server = await StringServer.start();
  const command = ["BITFIELD", "k", "OVERFLOW", "FAIL", "SET", "u2", "8", "9"];
  const { reply, effects, events } = server.run(...command);
  assert.equal(reply, "*1\r\n$-1\r\n");
  assert.deepEqual(effects, [command.join(" ")]);
  assert.deepEqual(events, ["new new k"]);
  assert.equal(server.run("STRLEN", "k").reply, ":2\r\n");
});

check("BITOP stores its result, or deletes the key", [
  {
    given: ["SET a abc"],
    command: "BITOP OR k a b",
    reply: ":3\r\n",
    events: ["keymiss keymiss b", "new new k", "string set k"],
    dirty: 1,
  },
  {
    given: ["SET a abc", "SETEX k 10 v"],
    command: "BITOP AND k a",
    reply: ":3\r\n",
    events: ["string set k"],
    dirty: 1,
  },
  {
    given: ["SET k v"],
    command: "BITOP NOT k a",
    reply: ":0\r\n",
    events: ["keymiss keymiss a", "generic del k"],
    dirty: 1,
  },
  {
    command: "BITOP NOT k a",
    reply: ":0\r\n",
    events: ["keymiss keymiss a"],
  },
]);

function MISSED(): string[] {
  return ["keymiss keymiss k"];
}

const ADDED = ["string pfadd k"];

check("PFADD counts the registers it changes, and a new key", [
  {
    command: "PFADD k",
    reply: ":1\r\n",
    events: ["new new k", ...ADDED],
    dirty: 1,
  },
  {
    command: "PFADD k a b a",
    reply: ":1\r\n",
    events: ["new new k", ...ADDED],
    dirty: 3,
  },
  {
    given: ["PFADD k a"],
    command: "PFADD k b c",
    reply: ":1\r\n",
    events: ADDED,
    dirty: 2,
  },
  { given: ["PFADD k a"], command: "PFADD k a", reply: ":0\r\n" },
  { given: ["PFADD k a"], command: "PFADD k", reply: ":0\r\n" },
]);

check("PFCOUNT propagates when it keeps what it computed", [
  { given: ["PFADD k a b"], command: "PFCOUNT k", reply: ":2\r\n", dirty: 1 },
  {
    given: ["PFADD k a b", "PFCOUNT k"],
    command: "PFCOUNT k",
    reply: ":2\r\n",
  },
  { given: ["PFADD k a b"], command: "PFCOUNT k k", reply: ":2\r\n" },
  { command: "PFCOUNT k", reply: ":0\r\n", events: MISSED() },
]);

check("PFMERGE is propagated once, as an addition", [
  {
    given: ["PFADD a x y"],
    command: "PFMERGE k a",
    reply: "+OK\r\n",
    events: [...MISSED(), "new new k", ...ADDED],
    dirty: 1,
  },
  {
    given: ["PFADD a x y", "PFADD k z"],
    command: "PFMERGE k a",
    reply: "+OK\r\n",
    events: ADDED,
    dirty: 1,
  },
]);

check("PFDEBUG propagates when it makes a value dense", [
  {
    given: ["PFADD k a"],
    command: "PFDEBUG TODENSE k",
    reply: ":1\r\n",
    dirty: 1,
  },
  {
    given: ["PFADD k a", "PFDEBUG TODENSE k"],
    command: "PFDEBUG TODENSE k",
    reply: ":0\r\n",
  },
  {
    given: ["PFADD k a", "PFDEBUG TODENSE k"],
    command: "PFDEBUG ENCODING k",
    reply: "+dense\r\n",
  },
  {
    given: ["PFADD k"],
    command: "PFDEBUG DECODE k",
    reply: "$7\r\nZ:16384\r\n",
  },
]);

Deno.test("expiry stays when bits or elements change, and goes with BITOP", async () => {
  const server = await StringServer.start();
  const keys = ["k", "h"];
  server.run("SETEX", "k", "10", "abc");
  server.run("PFADD", "h", "a");
  server.run("GETEX", "h", "EX", "10");
  server.run("SETBIT", "k", "100", "1");
  server.run("BITFIELD", "k", "SET", "u8", "2000", "7");
  server.run("PFADD", "h", "b", "c");
  server.run("PFMERGE", "h", "other");
  server.run("PFDEBUG", "TODENSE", "h");
  for (const state of server.snapshot(keys).values()) {
    assert.match(state, / after 10000 ms /);
  }
  server.run("BITOP", "NOT", "k", "k");
  assert.match(server.snapshot(["k"]).get("k")!, / never /);
});

Deno.test("PFSELFTEST finds nothing wrong", async () => {
  const server = await StringServer.start();
  server.run("PFADD", "k", "x");
  const used = server.core.x.memoryUsed();
  assert.equal(server.run("PFSELFTEST").reply, "+OK\r\n");
  assert.equal(server.core.x.memoryUsed(), used);
});
