import assert from "node:assert/strict";
import { type TestClient, TestServer } from "./server_harness.ts";

/** The bulk strings of a reply in RESP2. */
function bulks(reply: string): string[] {
  return [...reply.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, text]) => text);
}

/** Scores and members of so many pairs: `0 m0 1 m1 …` */
function numbered(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i} m${i}`).join(" ");
}

async function client(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestClient> {
  return (await TestServer.start(settings)).connect();
}

Deno.test("ZRANK and ZREVRANK reply the score, too, with WITHSCORE (Redis 7.2)", async () => {
  const redis = await client();
  await redis.send("ZADD z 1 a 2.5 b 3 c");
  assert.equal(await redis.send("ZRANK z b"), ":1\r\n");
  assert.equal(
    await redis.send("ZRANK z b WITHSCORE"),
    "*2\r\n:1\r\n$3\r\n2.5\r\n",
  );
  assert.equal(
    await redis.send("ZREVRANK z a withscore"),
    "*2\r\n:2\r\n$1\r\n1\r\n",
  );
  assert.equal(await redis.send("ZRANK z x WITHSCORE"), "*-1\r\n");
  assert.equal(await redis.send("ZRANK nosuch x WITHSCORE"), "*-1\r\n");
  assert.equal(await redis.send("ZRANK z x"), "$-1\r\n");
  assert.equal(await redis.send("ZRANK z a SCORE"), "-ERR syntax error\r\n");
  assert.equal(
    await redis.send("ZRANK z a WITHSCORE x"),
    "-ERR wrong number of arguments for 'zrank' command\r\n",
  );
  await redis.send("HELLO 3");
  assert.equal(
    await redis.send("ZRANK z b WITHSCORE"),
    "*2\r\n:1\r\n,2.5\r\n",
  );
  assert.equal(await redis.send("ZRANK z x WITHSCORE"), "_\r\n");
});

for (const [name, limit] of [["small", "128"], ["large", "0"]]) {
  Deno.test(`ZRANDMEMBER of a ${name} set draws as many as are asked for, none twice unless allowed`, async () => {
    const redis = await client({ "zset-max-listpack-entries": limit });
    const members = Array.from({ length: 100 }, (_, i) => `m${i}`);
    await redis.send(`ZADD z ${numbered(100)}`);
    for (const count of [1, 20, 33, 34, 60, 99, 100, 200]) {
      const drawn = bulks(await redis.send(`ZRANDMEMBER z ${count}`));
      assert.equal(drawn.length, Math.min(count, 100));
      assert.equal(new Set(drawn).size, drawn.length);
      assert.ok(drawn.every((member) => members.includes(member)));
    }
    const drawn = bulks(await redis.send("ZRANDMEMBER z -3000 WITHSCORES"));
    assert.equal(drawn.length, 6000);
    const counts = new Map<string, number>();
    for (let i = 0; i < drawn.length; i += 2) {
      assert.equal(drawn[i], `m${drawn[i + 1]}`);
      counts.set(drawn[i], (counts.get(drawn[i]) ?? 0) + 1);
    }
    // Thirty draws a member, on the average.
    assert.ok(counts.size > 95 && Math.max(...counts.values()) < 100);
  });
}

Deno.test("ZSCAN returns every member that stays, while others come and go", async () => {
  const redis = await client();
  await redis.send(`ZADD z ${numbered(1000)}`);
  const seen = new Map<string, string>();
  let cursor = "0";
  let rounds = 0;
  do {
    const reply = bulks(await redis.send(`ZSCAN z ${cursor} COUNT 20`));
    cursor = reply[0];
    for (let i = 1; i < reply.length; i += 2) seen.set(reply[i], reply[i + 1]);
    await redis.send(`ZREM z m${1000 - 2 * ++rounds}`, `ZADD z 1 x${rounds}`);
  } while (cursor !== "0");
  assert.ok(rounds > 20, `${rounds} rounds`);
  for (let i = 1; i < 1000; i += 2) assert.equal(seen.get(`m${i}`), String(i));
});

Deno.test("listpack limits may be changed, and apply to what is added next", async () => {
  const redis = await client();
  await redis.send("ZADD z 1 a 2 b 3 c");
  assert.equal(await redis.send("OBJECT ENCODING z"), "$8\r\nlistpack\r\n");
  await redis.send("CONFIG SET zset-max-listpack-entries 3");
  await redis.send("ZADD z 4 a");
  assert.equal(await redis.send("OBJECT ENCODING z"), "$8\r\nlistpack\r\n");
  await redis.send("ZADD z 4 d");
  assert.equal(await redis.send("OBJECT ENCODING z"), "$8\r\nskiplist\r\n");
  await redis.send("ZRANGESTORE y z 0 2");
  assert.equal(await redis.send("OBJECT ENCODING y"), "$8\r\nlistpack\r\n");
  await redis.send("ZUNIONSTORE y 2 z z");
  assert.equal(await redis.send("OBJECT ENCODING y"), "$8\r\nskiplist\r\n");
});

Deno.test("a sorted set is renamed, copied and measured as a whole", async () => {
  const redis = await client({ "zset-max-listpack-entries": "5" });
  await redis.send(`ZADD z ${numbered(300)}`);
  const all = await redis.send("ZRANGE z 0 -1 WITHSCORES");
  await redis.send("COPY z copy", "RENAME z y", "ZADD y 9 more");
  assert.equal(await redis.send("ZRANGE copy 0 -1 WITHSCORES"), all);
  assert.equal(await redis.send("ZCARD y"), ":301\r\n");
  const usage = Number((await redis.send("MEMORY USAGE y")).slice(1));
  assert.ok(usage > 300 * 24 && usage < 300 * 100, `${usage} bytes`);
});
