import assert from "node:assert/strict";
import { StringServer } from "./string_harness.ts";

const NOW = 1_700_000_000_000;
const OK = "+OK\r\n";
const NULL = "$-1\r\n";

interface Case {
  readonly given?: readonly string[][];
  readonly command: readonly string[];
  readonly reply: string;
  readonly effects: readonly string[];
  readonly events: readonly string[];
}

function check(name: string, cases: readonly Case[]): void {
  Deno.test(name, async () => {
    for (const { given, command, reply, effects, events } of cases) {
      const server = await StringServer.start();
      for (const setup of given ?? []) server.run(...setup);
      const outcome = server.run(...command);
      const { dirty, ...seen } = outcome;
      assert.deepEqual(seen, { reply, effects, events }, command.join(" "));
      assert.equal(dirty > 0, effects.length > 0, command.join(" "));
    }
  });
}

const CREATED = ["new new k", "string set k"];

check("SET propagates as it came unless it gives a time or reads", [
  {
    command: ["SET", "k", "v"],
    reply: OK,
    effects: ["SET k v"],
    events: CREATED,
  },
  {
    command: ["set", "k", "v", "nx"],
    reply: OK,
    effects: ["set k v nx"],
    events: CREATED,
  },
  {
    command: ["SET", "k", "v", "EX", "10"],
    reply: OK,
    effects: [`SET k v PXAT ${NOW + 10_000}`],
    events: [...CREATED, "generic expire k"],
  },
  {
    command: ["SET", "k", "v", "px", "5", "GET", "NX"],
    reply: NULL,
    effects: [`SET k v PXAT ${NOW + 5}`],
    events: ["keymiss keymiss k", ...CREATED, "generic expire k"],
  },
  {
    command: ["SET", "k", "v", "EXAT", "5"],
    reply: OK,
    effects: ["SET k v PXAT 5000"],
    events: [...CREATED, "generic expire k"],
  },
  {
    given: [["SET", "k", "old"]],
    command: ["SET", "k", "v", "get", "XX", "GET", "KEEPTTL"],
    reply: "$3\r\nold\r\n",
    effects: ["SET k v XX KEEPTTL"],
    events: ["string set k"],
  },
  {
    given: [["SET", "k", "old"]],
    command: ["SET", "k", "v", "NX", "GET"],
    reply: "$3\r\nold\r\n",
    effects: [],
    events: [],
  },
]);

check("SETEX, PSETEX, SETNX and GETSET propagate what they amount to", [
  {
    command: ["SETEX", "k", "1", "v"],
    reply: OK,
    effects: [`SET k v PXAT ${NOW + 1000}`],
    events: [...CREATED, "generic expire k"],
  },
  {
    command: ["PSETEX", "k", "1", "v"],
    reply: OK,
    effects: [`SET k v PXAT ${NOW + 1}`],
    events: [...CREATED, "generic expire k"],
  },
  {
    command: ["SETNX", "k", "v"],
    reply: ":1\r\n",
    effects: ["SETNX k v"],
    events: CREATED,
  },
  {
    given: [["SET", "k", "old"]],
    command: ["SETNX", "k", "v"],
    reply: ":0\r\n",
    effects: [],
    events: [],
  },
  {
    given: [["SETEX", "k", "9", "old"]],
    command: ["GETSET", "k", "v"],
    reply: "$3\r\nold\r\n",
    effects: ["SET k v"],
    events: ["string set k"],
  },
]);

check("GETEX and GETDEL propagate only what they change", [
  {
    given: [["SET", "k", "v"]],
    command: ["GETEX", "k"],
    reply: "$1\r\nv\r\n",
    effects: [],
    events: [],
  },
  {
    given: [["SET", "k", "v"]],
    command: ["GETEX", "k", "EX", "1"],
    reply: "$1\r\nv\r\n",
    effects: [`PEXPIREAT k ${NOW + 1000}`],
    events: ["generic expire k"],
  },
  {
    given: [["SET", "k", "v"]],
    command: ["GETEX", "k", "PXAT", String(NOW)],
    reply: "$1\r\nv\r\n",
    effects: ["DEL k"],
    events: ["generic del k"],
  },
  {
    given: [["SET", "k", "v"]],
    command: ["GETEX", "k", "PERSIST"],
    reply: "$1\r\nv\r\n",
    effects: [],
    events: [],
  },
  {
    given: [["SETEX", "k", "5", "v"]],
    command: ["GETEX", "k", "PERSIST"],
    reply: "$1\r\nv\r\n",
    effects: ["PERSIST k"],
    events: ["generic persist k"],
  },
  {
    given: [["SET", "k", "v"]],
    command: ["GETDEL", "k"],
    reply: "$1\r\nv\r\n",
    effects: ["DEL k"],
    events: ["generic del k"],
  },
  {
    command: ["GETDEL", "k"],
    reply: NULL,
    effects: [],
    events: ["keymiss keymiss k"],
  },
]);

check("numbers and parts propagate so that every replica agrees", [
  {
    command: ["INCR", "k"],
    reply: ":1\r\n",
    effects: ["INCR k"],
    events: ["new new k", "string incrby k"],
  },
  {
    given: [["SET", "k", "9223372036854775807"]],
    command: ["INCR", "k"],
    reply: "-ERR increment or decrement would overflow\r\n",
    effects: [],
    events: [],
  },
  {
    given: [["SET", "k", "0.1"]],
    command: ["INCRBYFLOAT", "k", "0.2"],
    reply: "$3\r\n0.3\r\n",
    effects: ["SET k 0.3 KEEPTTL"],
    events: ["string incrbyfloat k"],
  },
  {
    given: [["SET", "k", "ab"]],
    command: ["SETRANGE", "k", "4", "c"],
    reply: ":5\r\n",
    effects: ["SETRANGE k 4 c"],
    events: ["string setrange k"],
  },
  {
    given: [["SET", "k", "ab"]],
    command: ["SETRANGE", "k", "4", ""],
    reply: ":2\r\n",
    effects: [],
    events: [],
  },
  {
    command: ["APPEND", "k", ""],
    reply: ":0\r\n",
    effects: ["APPEND k "],
    events: ["new new k", "string append k"],
  },
]);

check("MSET and MSETNX tell of every key, in order", [
  {
    given: [["SET", "b", "0"]],
    command: ["MSET", "a", "1", "b", "2", "a", "3"],
    reply: OK,
    effects: ["MSET a 1 b 2 a 3"],
    events: ["new new a", "string set a", "string set b", "string set a"],
  },
  {
    given: [["SET", "b", "0"]],
    command: ["MSETNX", "a", "1", "b", "2"],
    reply: ":0\r\n",
    effects: [],
    events: [],
  },
  {
    command: ["MSETNX", "a", "1", "a", "2"],
    reply: ":1\r\n",
    effects: ["MSETNX a 1 a 2"],
    events: ["new new a", "string set a", "string set a"],
  },
]);

Deno.test("a key past its time is deleted before the command that meets it", async () => {
  const server = await StringServer.start();
  server.run("PSETEX", "k", "10", "v");
  server.setTime(11);
  const outcome = server.run("APPEND", "k", "w");
  assert.equal(outcome.reply, ":1\r\n");
  assert.deepEqual(outcome.effects, ["DEL k", "APPEND k w"]);
  assert.deepEqual(outcome.events, [
    "expired expired k",
    "new new k",
    "string append k",
  ]);
});
