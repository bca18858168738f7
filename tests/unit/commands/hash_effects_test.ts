import assert from "node:assert/strict";
import { HashServer, LISTPACK_ENTRIES, type Outcome } from "./hash_harness.ts";

const NOW = 1_700_000_000_000;
const CREATED = ["new new h", "hash hset h"];
const GIVEN = ["HSET h a 1 b 2"];
const VOLATILE = [...GIVEN, `HPEXPIREAT h ${NOW + 10} FIELDS 1 a`];

interface Case {
  readonly given?: readonly string[];
  /** Milliseconds that pass before the command. */
  readonly afterMs?: number;
  readonly command: string;
  readonly reply: string;
  /** The command as it came, unless given. */
  readonly effects?: readonly string[];
  readonly events?: readonly string[];
  readonly dirty?: number;
}

function check(name: string, cases: readonly Case[]): void {
  Deno.test(name, async () => {
    for (const entries of LISTPACK_ENTRIES) {
      for (const one of cases) await checkOne(one, entries);
    }
  });
}

async function checkOne(one: Case, entries: number): Promise<void> {
  const server = await HashServer.start(entries);
  for (const setup of one.given ?? []) await server.run(setup);
  if (one.afterMs !== undefined) await server.elapse(one.afterMs);
  const dirty = one.dirty ?? 0;
  const expected: Outcome = {
    reply: one.reply,
    effects: one.effects ?? (dirty > 0 ? [one.command] : []),
    events: one.events ?? [],
    dirty,
  };
  assert.deepEqual(await server.run(one.command), expected, one.command);
}

check("HSET, HMSET and HSETNX propagate as they came, and count fields", [
  { command: "HSET h a 1", reply: ":1\r\n", events: CREATED, dirty: 1 },
  { command: "HMSET h a 1 a 2", reply: "+OK\r\n", events: CREATED, dirty: 2 },
  {
    given: GIVEN,
    command: "HSET h a 1 c 3 d 4",
    reply: ":2\r\n",
    events: ["hash hset h"],
    dirty: 3,
  },
  { command: "HSETNX h a 1", reply: ":1\r\n", events: CREATED, dirty: 1 },
  { given: GIVEN, command: "HSETNX h a 5", reply: ":0\r\n" },
]);

check(
  "HDEL counts the fields it deletes, and the last one takes the key along",
  [
    { command: "HDEL h a", reply: ":0\r\n" },
    { given: GIVEN, command: "HDEL h x", reply: ":0\r\n" },
    {
      given: GIVEN,
      command: "HDEL h a x",
      reply: ":1\r\n",
      events: ["hash hdel h"],
      dirty: 1,
    },
    {
      given: GIVEN,
      command: "HDEL h a b c",
      reply: ":2\r\n",
      events: ["hash hdel h", "generic del h"],
      dirty: 2,
    },
  ],
);

check("HINCRBYFLOAT propagates the sum, and the expiry that HSET would drop", [
  {
    command: "HINCRBY h a 5",
    reply: ":5\r\n",
    events: ["new new h", "hash hincrby h"],
    dirty: 1,
  },
  {
    command: "HINCRBYFLOAT h a 0.1",
    reply: "$3\r\n0.1\r\n",
    effects: ["HSET h a 0.1"],
    events: ["new new h", "hash hincrbyfloat h"],
    dirty: 1,
  },
  {
    given: VOLATILE,
    command: "HINCRBYFLOAT h a 0.5",
    reply: "$3\r\n1.5\r\n",
    effects: ["HSET h a 1.5", `HPEXPIREAT h ${NOW + 10} FIELDS 1 a`],
    events: ["hash hincrbyfloat h"],
    dirty: 1,
  },
  {
    given: ["HSET h a text"],
    command: "HINCRBY h a 1",
    reply: "-ERR hash value is not an integer\r\n",
  },
]);

check(
  "expiries of fields propagate absolute, for the fields they were set for",
  [
    {
      given: GIVEN,
      command: "HEXPIRE h 10 FIELDS 2 a x",
      reply: "*2\r\n:1\r\n:-2\r\n",
      effects: [`HPEXPIREAT h ${NOW + 10_000} FIELDS 1 a`],
      events: ["hash hexpire h"],
      dirty: 1,
    },
    {
      given: VOLATILE,
      command: "hpexpire h 20 nx FIELDS 2 a b",
      reply: "*2\r\n:0\r\n:1\r\n",
      effects: [`HPEXPIREAT h ${NOW + 20} nx FIELDS 1 b`],
      events: ["hash hexpire h"],
      dirty: 1,
    },
    {
      given: GIVEN,
      command: "HEXPIRE h 10 XX FIELDS 1 a",
      reply: "*1\r\n:0\r\n",
    },
    { command: "HEXPIRE h 10 FIELDS 1 a", reply: "*1\r\n:-2\r\n" },
  ],
);

check("an expiry in the past propagates as HDEL", [
  {
    given: GIVEN,
    command: "HPEXPIREAT h 1 FIELDS 2 x a",
    reply: "*2\r\n:-2\r\n:2\r\n",
    effects: ["HDEL h a"],
    events: ["hash hdel h"],
    dirty: 1,
  },
  {
    given: GIVEN,
    command: "HEXPIRE h 0 FIELDS 3 a b a",
    reply: "*3\r\n:2\r\n:2\r\n:-2\r\n",
    effects: ["HDEL h a", "HDEL h b"],
    events: ["hash hdel h", "generic del h"],
    dirty: 2,
  },
]);

check("HPERSIST propagates if it persists anything", [
  {
    given: VOLATILE,
    command: "HPERSIST h FIELDS 3 a b x",
    reply: "*3\r\n:1\r\n:-1\r\n:-2\r\n",
    events: ["hash hpersist h"],
    dirty: 1,
  },
  {
    given: GIVEN,
    command: "HPERSIST h FIELDS 1 a",
    reply: "*1\r\n:-1\r\n",
  },
]);

const EXPIRED = { effects: ["HDEL h a"], events: ["hash hexpired h"] };

check("a command that meets a field past its time removes it first", [
  { given: VOLATILE, afterMs: 10, command: "HGET h a", reply: "$1\r\n1\r\n" },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HGET h a",
    reply: "$-1\r\n",
    ...EXPIRED,
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HEXISTS h a",
    reply: ":0\r\n",
    ...EXPIRED,
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HSTRLEN h a",
    reply: ":0\r\n",
    ...EXPIRED,
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HINCRBY h a 5",
    reply: ":5\r\n",
    effects: ["HDEL h a", "HINCRBY h a 5"],
    events: ["hash hexpired h", "hash hincrby h"],
    dirty: 1,
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HSETNX h a 5",
    reply: ":1\r\n",
    effects: ["HDEL h a", "HSETNX h a 5"],
    events: ["hash hexpired h", "hash hset h"],
    dirty: 1,
  },
  {
    given: [...VOLATILE, `HPEXPIREAT h ${NOW + 10} FIELDS 1 b`],
    afterMs: 11,
    command: "HMGET h a x b a",
    reply: "*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
    effects: ["HDEL h a", "HDEL h b"],
    events: ["hash hexpired h", "generic del h"],
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HRANDFIELD h 5",
    reply: "*1\r\n$1\r\nb\r\n",
    ...EXPIRED,
  },
]);

check("with the last field past its time the hash goes, and may come back", [
  {
    given: ["HSET h a 1", "HPEXPIRE h 10 FIELDS 1 a"],
    afterMs: 11,
    command: "HGET h a",
    reply: "$-1\r\n",
    effects: ["HDEL h a"],
    events: ["hash hexpired h", "generic del h"],
  },
  {
    given: ["HSET h a 1", "HPEXPIRE h 10 FIELDS 1 a"],
    afterMs: 11,
    command: "HINCRBY h a 2",
    reply: ":2\r\n",
    effects: ["HDEL h a", "HINCRBY h a 2"],
    events: [
      "hash hexpired h",
      "generic del h",
      "new new h",
      "hash hincrby h",
    ],
    dirty: 1,
  },
  {
    given: ["HSET h a 1", "HPEXPIRE h 10 FIELDS 1 a"],
    afterMs: 11,
    command: "HRANDFIELD h",
    reply: "$-1\r\n",
    effects: ["HDEL h a"],
    events: ["hash hexpired h", "generic del h"],
  },
]);

check("commands that read the whole hash pass over what is past its time", [
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HGETALL h",
    reply: "*2\r\n$1\r\nb\r\n$1\r\n2\r\n",
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HKEYS h",
    reply: "*1\r\n$1\r\nb\r\n",
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HVALS h",
    reply: "*1\r\n$1\r\n2\r\n",
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HSCAN h 0",
    reply: "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n",
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HTTL h FIELDS 2 a b",
    reply: "*2\r\n:-2\r\n:-1\r\n",
  },
  // HLEN, HDEL and HSET do not look.
  { given: VOLATILE, afterMs: 11, command: "HLEN h", reply: ":2\r\n" },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HDEL h a",
    reply: ":1\r\n",
    events: ["hash hdel h"],
    dirty: 1,
  },
  {
    given: VOLATILE,
    afterMs: 11,
    command: "HSET h a 5",
    reply: ":0\r\n",
    events: ["hash hset h"],
    dirty: 1,
  },
]);

Deno.test("the cron removes fields in the order they expire, a hash's in one go", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1 b 2 c 3");
    await server.run("HSET i a 1");
    await server.run("HPEXPIRE h 20 FIELDS 1 a");
    await server.run("HPEXPIRE h 10 FIELDS 1 b");
    await server.run("HPEXPIRE i 15 FIELDS 1 a");
    assert.deepEqual(server.expireDue(), { effects: [], events: [], dirty: 0 });
    await server.elapse(21);
    assert.deepEqual(server.expireDue(), {
      effects: ["HDEL h b", "HDEL h a", "HDEL i a"],
      events: ["hash hexpired h", "hash hexpired i", "generic del i"],
      dirty: 0,
    });
    assert.equal(await server.reply("HGETALL h"), "*2 c 3");
    assert.equal(await server.reply("EXISTS i"), ":0");
    assert.match(await server.reply("INFO stats"), /expired_subkeys:3/);
  }
});

Deno.test("a failed transaction's watcher hears of a field that expired", async () => {
  const server = await HashServer.start();
  await server.run("HSET h a 1 b 2");
  await server.run("HPEXPIRE h 10 FIELDS 1 a");
  await server.run("WATCH h");
  await server.elapse(11);
  await server.run("HGET h a");
  await server.run("MULTI");
  await server.run("HLEN h");
  assert.equal((await server.run("EXEC")).reply, "*-1\r\n");
});
