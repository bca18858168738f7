import assert from "node:assert/strict";
import { type RespClient, startServer } from "../../_support/mod.ts";

async function withServer(
  body: (client: RespClient) => Promise<void>,
): Promise<void> {
  await using server = await startServer({
    options: ["--enable-debug-command", "yes"],
  });
  using client = await server.connect();
  await body(client);
}

Deno.test("a slow command is a spike, with its histogram, graph and report", async () => {
  await withServer(async (client) => {
    await client.call("CONFIG", "SET", "latency-monitor-threshold", "20");
    await client.call("DEBUG", "SLEEP", "0.04");
    const [[event, time, latest, max]] = await client.call(
      "LATENCY",
      "LATEST",
    ) as unknown[][];
    assert.equal(event, "command");
    assert(Math.abs(Number(time) - Date.now() / 1000) < 5);
    assert(Number(latest) >= 40);
    assert.equal(latest, max);
    const [sample] = await client.call(
      "LATENCY",
      "HISTORY",
      "command",
    ) as unknown[];
    assert.deepEqual(sample, [time, latest]);
    assert.match(
      String(await client.call("LATENCY", "GRAPH", "command")),
      /^command - high \d+ ms, low \d+ ms \(all time high \d+ ms\)\n-{80}\n/,
    );
    assert.match(
      String(await client.call("LATENCY", "DOCTOR")),
      /^1\. command: 1 latency spikes \(average \d+ms, mean deviation 0ms, period 1\.00 sec\)\. Worst all time event \d+ms\.$/m,
    );
    const histogram = await client.call("LATENCY", "HISTOGRAM", "DEBUG") as [
      string,
      [string, number, string, number[]],
    ];
    assert.equal(histogram[0], "debug");
    assert.deepEqual(histogram[1].slice(0, 3), ["calls", 1, "histogram_usec"]);
    assert(Number(histogram[1][3][0]) >= 33816);
    assert.equal(Number(histogram[1][3][1]), 1);
    assert.equal(await client.call("LATENCY", "RESET", "COMMAND"), 1);
    assert.deepEqual(await client.call("LATENCY", "LATEST"), []);
  });
});

Deno.test("LATENCY HISTOGRAM counts what ran before it in the same write", async () => {
  await withServer(async (client) => {
    await client.call("CONFIG", "RESETSTAT");
    const replies = await client.pipeline([
      ["SET", "a", "1"],
      ["GET", "a"],
      ["GET", "a"],
      ["LATENCY", "HISTOGRAM", "get", "set", "nosuch", "del"],
    ]);
    const text = new TextDecoder().decode(replies[3].raw);
    assert.match(text, /^\*4\r\n\$3\r\nget\r\n\*4\r\n\$5\r\ncalls\r\n:2\r\n/);
    assert.match(text, /\$3\r\nset\r\n\*4\r\n\$5\r\ncalls\r\n:1\r\n/);
  });
});

Deno.test("the doctor tells whether the monitor is off or has seen nothing", async () => {
  await withServer(async (client) => {
    const report = async () => String(await client.call("LATENCY", "DOCTOR"));
    assert.match(await report(), /latency-monitor-threshold/);
    await client.call("CONFIG", "SET", "latency-monitor-threshold", "10000");
    assert.match(await report(), /^No latency spike/);
  });
});
