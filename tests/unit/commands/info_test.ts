import assert from "node:assert/strict";
import {
  bytesToLatin1,
  redisBinary,
  redisTest,
  type RespClient,
  startServer,
  type TestServer,
} from "../../_support/mod.ts";

/** The text of INFO, without what the wire puts around it. */
async function infoText(client: RespClient, ...sections: string[]) {
  const { value } = await client.send("INFO", ...sections);
  assert(value.kind === "bulk" || value.kind === "verbatim");
  return bytesToLatin1(value.bytes!);
}

async function infoFields(client: RespClient, ...sections: string[]) {
  const text = await infoText(client, ...sections);
  return new Map(
    text.split("\r\n").filter((line) => line.includes(":")).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

/** Headings and field names, in order. */
function names(text: string): string[] {
  return text.split("\r\n").map((line) => line.split(":")[0]);
}

async function withServer(
  options: readonly string[],
  body: (client: RespClient, server: TestServer) => Promise<void>,
): Promise<void> {
  await using server = await startServer({ options });
  using client = await server.connect();
  await body(client, server);
}

redisTest("INFO has Redis's sections and fields in Redis's order", async () => {
  await using reference = await startServer({ binary: redisBinary() });
  await using subject = await startServer();
  using expecting = await reference.connect();
  using client = await subject.connect();
  const commands = ["commandstats", "latencystats", "errorstats"];
  for (
    const sections of [
      [],
      ["default"],
      ["SERVER", "nosuch", "cpu"],
      ["keyspace", "clients"],
      ["modules"],
      ["nosuch"],
      ["memory", "stats", "persistence", "replication", "cluster"],
    ]
  ) {
    const expected = names(await infoText(expecting, ...sections));
    const known = new Set(expected);
    const got = names(await infoText(client, ...sections));
    assert.deepEqual(got.filter((name) => known.has(name)), expected);
  }
  for (const word of ["all", "everything"]) {
    const headings = (text: string) =>
      names(text).filter((name) => name.startsWith("#") || name === "");
    assert.deepEqual(
      headings(await infoText(client, word)),
      headings(await infoText(expecting, word)),
    );
  }
  for (const section of commands) {
    assert.match(await infoText(client, section), /^# \w+stats\r\n/);
  }
});

Deno.test("INFO is a verbatim text in RESP3", async () => {
  await using server = await startServer();
  using client = await server.connect();
  await client.call("HELLO", "3");
  const { value } = await client.send("INFO", "cluster");
  assert(value.kind === "verbatim");
  assert.equal(value.format, "txt");
  assert.equal(
    bytesToLatin1(value.bytes),
    "# Cluster\r\ncluster_enabled:0\r\n",
  );
});

Deno.test("used_memory_dataset is exactly what the keys hold", async () => {
  await withServer([], async (client) => {
    const empty = await infoFields(client, "memory");
    assert.equal(empty.get("used_memory_dataset"), "0");
    let expected = 0;
    for (let i = 0; i < 200; i++) {
      await client.call("SET", `key:${i}`, "v".repeat(i * 20));
      const bytes = Number(await client.call("MEMORY", "USAGE", `key:${i}`));
      // A slot of the table is overhead, not data.
      expected += bytes - 5;
    }
    const full = await infoFields(client, "memory");
    assert.equal(full.get("used_memory_dataset"), String(expected));
    assert.equal(
      Number(full.get("used_memory")),
      Number(full.get("used_memory_overhead")) + expected,
    );
    assert(
      Number(full.get("used_memory_peak")) >= Number(full.get("used_memory")),
    );
    assert(
      Number(full.get("allocator_active")) <=
        Number(full.get("allocator_resident")),
    );
  });
});

Deno.test("MEMORY STATS adds up", async () => {
  await withServer([], async (client) => {
    await client.call("SET", "k", "v", "EX", "100");
    await client.call("SET", "k2", "v".repeat(500));
    const flat = await client.call("MEMORY", "STATS") as unknown[];
    const stats = new Map<string, unknown>();
    for (let i = 0; i < flat.length; i += 2) {
      stats.set(String(flat[i]), flat[i + 1]);
    }
    const of = (name: string) => Number(stats.get(name));
    assert.equal(
      of("total.allocated"),
      of("overhead.total") + of("dataset.bytes"),
    );
    assert.equal(of("keys.count"), 2);
    const usage = Number(await client.call("MEMORY", "USAGE", "k")) +
      Number(await client.call("MEMORY", "USAGE", "k2"));
    assert.equal(of("dataset.bytes"), usage - 5 * 2 - 12);
    assert(Array.isArray(stats.get("db.0")));
  });
});

Deno.test("the key space line tells keys, expiring keys and their mean time to live", async () => {
  await withServer([], async (client) => {
    await client.call("SET", "a", "1");
    await client.call("SET", "b", "1", "PX", "100000");
    await client.call("SET", "c", "1", "PX", "300000");
    await client.call("SELECT", "3");
    await client.call("SET", "d", "1");
    const fields = await infoFields(client, "keyspace");
    assert.equal(fields.get("db3"), "keys=1,expires=0,avg_ttl=0,subexpiry=0");
    const match = /^keys=3,expires=2,avg_ttl=(\d+),subexpiry=0$/.exec(
      fields.get("db0") ?? "",
    );
    assert(match !== null);
    const ttlMs = Number(match[1]);
    assert(ttlMs > 190_000 && ttlMs <= 200_000, `${ttlMs}`);
  });
});

Deno.test("commands that ran before INFO in the same write are counted in it", async () => {
  await withServer([], async (client) => {
    const processed = async () =>
      Number(
        (await infoFields(client, "stats")).get("total_commands_processed"),
      );
    const before = await processed();
    const replies = await client.pipeline([
      ["SET", "a", "1"],
      ["GET", "a"],
      ["GET", "a"],
      ["GETSET", "a", "2"],
      ["GET", "a"],
      ["INFO", "commandstats"],
    ]);
    const text = bytesToLatin1(replies.at(-1)!.raw);
    assert.match(text, /cmdstat_set:calls=1,/);
    assert.match(text, /cmdstat_get:calls=3,/);
    assert.match(text, /cmdstat_getset:calls=1,/);
    assert.equal(await processed() - before, 7);
    const stats = await infoFields(client, "stats");
    assert.equal(stats.get("keyspace_hits"), "4");
  });
});

Deno.test("latencystats has the percentiles configured", async () => {
  await withServer(
    ["--latency-tracking-info-percentiles", "0", "50", "99.95"],
    async (client) => {
      await client.call("SET", "a", "1");
      const fields = await infoFields(client, "latencystats");
      assert.match(
        fields.get("latency_percentiles_usec_set") ?? "",
        /^p0=\d+\.\d{3},p50=\d+\.\d{3},p99\.95=\d+\.\d{3}$/,
      );
    },
  );
});

Deno.test("the time above maxmemory is counted", async () => {
  await withServer([], async (client) => {
    await client.call("CONFIG", "SET", "maxmemory", "1");
    await client.send("SET", "a", "1");
    await new Promise((resolve) => setTimeout(resolve, 30));
    const during = await infoFields(client, "stats");
    assert(Number(during.get("current_eviction_exceeded_time")) >= 25);
    await client.call("CONFIG", "SET", "maxmemory", "0");
    const after = await infoFields(client, "stats");
    assert.equal(after.get("current_eviction_exceeded_time"), "0");
    assert(Number(after.get("total_eviction_exceeded_time")) >= 25);
  });
});

Deno.test("TIME tells Unix time in microseconds and does not go back", async () => {
  await withServer([], async (client) => {
    let last = 0;
    const beforeMs = Date.now();
    for (let i = 0; i < 200; i++) {
      const [seconds, micros] = await client.call("TIME") as string[];
      const now = Number(seconds) * 1e6 + Number(micros);
      assert(Number(micros) < 1e6);
      assert(now >= last);
      last = now;
    }
    assert(last / 1000 >= beforeMs && last / 1000 <= Date.now() + 1);
  });
});
