import assert from "node:assert/strict";
import { HashServer, LISTPACK_ENTRIES } from "./hash_harness.ts";

const NOW = 1_700_000_000_000;
const TIME_MAX = 2 ** 46 - 1;

/** Runs commands and compares their replies, their parts separated by blanks. */
async function converse(
  server: HashServer,
  replies: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [command, reply] of Object.entries(replies)) {
    assert.equal(await server.reply(command), reply, command);
  }
}

Deno.test("HEXPIRE and its kind refuse what they cannot mean", async () => {
  const server = await HashServer.start();
  await server.run("HSET h a 1");
  await server.run("SET text x");
  const missing =
    "-ERR Mandatory argument FIELDS is missing or not at the right position";
  const mismatch =
    "-ERR The `numfields` parameter must match the number of arguments";
  const count = "-ERR Parameter `numFields` should be greater than 0";
  await converse(server, {
    "HEXPIRE text 10 FIELDS 1 a":
      "-WRONGTYPE Operation against a key holding the wrong kind of value",
    "HEXPIRE h x FIELDS 1 a": "-ERR value is not an integer or out of range",
    "HEXPIRE h -1 FIELDS 1 a": "-ERR invalid expire time, must be >= 0",
    "HEXPIRE h 9999999999999 FIELDS 1 a":
      "-ERR invalid expire time in 'hexpire' command",
    [`HPEXPIREAT h ${TIME_MAX + 1} FIELDS 1 a`]:
      "-ERR invalid expire time in 'hpexpireat' command",
    [`HPEXPIRE h ${TIME_MAX + 1 - NOW} FIELDS 1 a`]:
      "-ERR invalid expire time in 'hpexpire' command",
    "HEXPIRE h 10 YY FIELDS 1 a": missing,
    "HEXPIRE h 10 NX XX FIELDS 1 a": missing,
    "HEXPIRE h 10 FIELDS 0 a": count,
    "HEXPIRE h 10 FIELDS x a": count,
    "HEXPIRE h 10 FIELDS 2 a": mismatch,
    "HEXPIRE h 10 NX FIELDS 1 a b": mismatch,
    "HEXPIRE h 10 FIELDS 1":
      "-ERR wrong number of arguments for 'hexpire' command",
    "HTTL h 1 FIELDS a": missing,
    "HTTL h FIELDS 0 a": "-ERR Number of fields must be a positive integer",
    "HPERSIST h FIELDS 2 a": mismatch,
    "HTTL none FIELDS 2 a b": "*2 :-2 :-2",
    "HPERSIST none FIELDS 1 a": "*1 :-2",
    "HTTL h FIELDS 1 a": "*1 :-1",
    // The latest time there is.
    [`HPEXPIREAT h ${TIME_MAX} FIELDS 1 a`]: "*1 :1",
    "HPEXPIRETIME h FIELDS 1 a": `*1 :${TIME_MAX}`,
  });
});

Deno.test("the time left and the time of expiry are told, seconds rounded up", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1 b 2 c 3");
    await converse(server, {
      "HPEXPIRE h 1500 FIELDS 1 a": "*1 :1",
      "HEXPIRE h 7 FIELDS 1 b": "*1 :1",
      "HTTL h FIELDS 4 a b c d": "*4 :2 :7 :-1 :-2",
      "HPTTL h FIELDS 3 a b c": "*3 :1500 :7000 :-1",
      "HEXPIRETIME h FIELDS 1 a": `*1 :${NOW / 1000 + 2}`,
      "HPEXPIRETIME h FIELDS 1 a": `*1 :${NOW + 1500}`,
      [`HEXPIREAT h ${NOW / 1000 + 9} GT FIELDS 2 a b`]: "*2 :1 :1",
      "HPTTL h FIELDS 2 a b": "*2 :9000 :9000",
    });
    await server.elapse(9_000);
    assert.equal(await server.reply("HPTTL h FIELDS 1 a"), "*1 :0");
    await server.elapse(1);
    assert.equal(await server.reply("HPTTL h FIELDS 1 a"), "*1 :-2");
  }
});

Deno.test("encodings are those of Redis 7.4", async () => {
  const server = await HashServer.start(3);
  await converse(server, {
    "HSET h a 1 b 2": ":2",
    "OBJECT ENCODING h": "listpack",
  });
  await converse(server, {
    // Whether it finds a field or not.
    "HEXPIRE h 10 FIELDS 1 x": "*1 :-2",
    "OBJECT ENCODING h": "listpackex",
  });
  await converse(server, {
    "HEXPIRE h 10 FIELDS 1 a": "*1 :1",
    "HPERSIST h FIELDS 1 a": "*1 :1",
    "OBJECT ENCODING h": "listpackex",
    "HSET h c 3 d 4": ":2",
    "HTTL h FIELDS 1 a": "*1 :-1",
    "TYPE h": "+hash",
  });
  assert.equal(await server.reply("OBJECT ENCODING h"), "hashtable");
});

Deno.test("what deletes or overwrites a field drops its expiry, what changes it does not", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1 b 2 c 3");
    await converse(server, {
      "HEXPIRE h 10 FIELDS 3 a b c": "*3 :1 :1 :1",
      "HSET h a 5": ":0",
      "HINCRBY h b 5": ":7",
      "HINCRBYFLOAT h c 0.5": "3.5",
      "HTTL h FIELDS 3 a b c": "*3 :-1 :10 :10",
      "HDEL h b": ":1",
      "HSET h b 1": ":1",
      "HTTL h FIELDS 1 b": "*1 :-1",
      "HMSET h c x": "+OK",
      "HTTL h FIELDS 1 c": "*1 :-1",
    });
  }
});

Deno.test("copies and renamed hashes keep their fields' expiries", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1 b 2");
    await converse(server, {
      "HEXPIRE h 10 FIELDS 1 a": "*1 :1",
      "COPY h copy": ":1",
      "RENAME h renamed": "+OK",
      "HTTL copy FIELDS 2 a b": "*2 :10 :-1",
      "HTTL renamed FIELDS 2 a b": "*2 :10 :-1",
    });
    assert.match(await server.reply("INFO keyspace"), /subexpiry=2/);
    await server.elapse(10_001);
    server.expireDue();
    await converse(server, { "HLEN copy": ":1", "HLEN renamed": ":1" });
    assert.match(await server.reply("INFO keyspace"), /subexpiry=0/);
  }
});

Deno.test("while expiry is paused, fields past their time look absent but stay", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1");
    await server.run("HPEXPIRE h 10 FIELDS 1 a");
    server.server.keyspace.isExpiryPaused = true;
    await server.elapse(11);
    await converse(server, {
      "HGET h a": "$-1",
      "HMGET h a a": "*2 $-1 $-1",
      "HEXISTS h a": ":0",
      "HGETALL h": "*0",
      "HLEN h": ":1",
    });
    server.server.keyspace.isExpiryPaused = false;
    assert.equal(await server.reply("HGET h a"), "$-1");
    assert.equal(await server.reply("EXISTS h"), ":0");
  }
});

Deno.test("HSCAN leaves values out when asked to", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1");
    await converse(server, {
      "HSCAN h 0 NOVALUES": "*2 0 *1 a",
      "HSCAN h 0 COUNT 5 novalues MATCH b*": "*2 0 *0",
      "SCAN 0 NOVALUES": "-ERR NOVALUES option can only be used in HSCAN",
    });
  }
});

Deno.test("a scan of a large hash gives every field that stays, whatever comes and goes", async () => {
  const server = await HashServer.start(0);
  const numbers = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => from + i);
  await server.run(
    `HSET h ${numbers(500).map((i) => `stays${i} ${i}`).join(" ")}`,
  );
  const seen = new Set<string>();
  let cursor = "0";
  let round = 0;
  do {
    const reply = await server.reply(`HSCAN h ${cursor} COUNT 7 NOVALUES`);
    const [, next, , ...names] = reply.split(" ");
    for (const name of names) seen.add(name);
    cursor = next;
    // Grows at first, and shrinks later.
    const passing = round < 30
      ? numbers(20, round * 20).map((i) => `passes${i} x`)
      : numbers(20, (round - 30) * 20).map((i) => `passes${i}`);
    await server.run(`${round < 30 ? "HSET" : "HDEL"} h ${passing.join(" ")}`);
    round++;
  } while (cursor !== "0");
  for (let i = 0; i < 500; i++) assert.ok(seen.has(`stays${i}`), `stays${i}`);
});

Deno.test("DEBUG DIGEST tells whether a field expires, and not how it is encoded", async () => {
  const digests = new Set<string>();
  const plain = new Set<string>();
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1 b 2");
    plain.add(await server.reply("DEBUG DIGEST-VALUE h"));
    await server.run("HEXPIRE h 10 FIELDS 1 a");
    digests.add(await server.reply("DEBUG DIGEST-VALUE h"));
  }
  assert.equal(plain.size, 1);
  assert.equal(digests.size, 1);
  assert.notDeepEqual(plain, digests);
});

Deno.test("SORT finds fields of hashes by its patterns", async () => {
  const server = await HashServer.start();
  await server.run("SADD s 1 2 3");
  for (const [id, weight] of [[1, 30], [2, 10], [3, 20]]) {
    await server.run(`HSET w:${id} weight ${weight} name n${id}`);
  }
  assert.equal(
    await server.reply("SORT s BY w:*->weight GET w:*->name GET w:*->none"),
    "*6 n2 $-1 n3 $-1 n1 $-1",
  );
});

Deno.test("HRANDFIELD gives pairs of their own in RESP3", async () => {
  for (const entries of LISTPACK_ENTRIES) {
    const server = await HashServer.start(entries);
    await server.run("HSET h a 1");
    await server.run("HELLO 3");
    await converse(server, {
      "HRANDFIELD h 5 WITHVALUES": "*1 *2 a 1",
      "HRANDFIELD h -2 withvalues": "*2 *2 a 1 *2 a 1",
      "HGETALL h": "%1 a 1",
      "HGETALL none": "%0",
      "HKEYS h": "*1 a",
      "HGET h x": "_",
    });
  }
});
