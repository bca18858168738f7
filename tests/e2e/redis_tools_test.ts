/** The programs that come with Redis, unmodified, against AiKv. */

import assert from "node:assert/strict";
import { redisTest, startServer, type TestServer } from "../_support/mod.ts";

const CLI = "redis-cli";
const BENCHMARK = "redis-benchmark";
const PROGRAM_TIMEOUT_MS = 60_000;

interface Run {
  readonly code: number;
  readonly output: string;
}

async function run(
  program: string,
  args: readonly string[],
  input = "",
): Promise<Run> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PROGRAM_TIMEOUT_MS),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

function cli(
  server: TestServer,
  args: readonly string[],
  input?: string,
): Promise<Run> {
  return run(CLI, ["-p", String(server.port), ...args], input);
}

redisTest("a redis-cli session", async (context) => {
  await using server = await startServer({ unixSocket: true });

  await context.step("commands typed in", async () => {
    const { code, output } = await cli(
      server,
      [],
      [
        "SET greeting 'hello world'",
        "GET greeting",
        'APPEND greeting "\\n!"',
        "INCRBY counter 5",
        "GET nosuch",
        "INCR greeting",
        "SELECT 1",
        "DBSIZE",
        "MULTI",
        "SET a 1",
        "EXEC",
        "",
      ].join("\n"),
    );
    assert.equal(code, 0);
    assert.deepEqual(output.trim().split("\n").filter((line) => line !== ""), [
      "OK",
      "hello world",
      "13",
      "5",
      "ERR value is not an integer or out of range",
      "OK",
      "0",
      "OK",
      "QUEUED",
      "OK",
    ]);
  });

  await context.step("one command as arguments, formatted", async () => {
    const args = ["--no-raw", "MGET", "counter", "nosuch"];
    assert.equal((await cli(server, args)).output, '1) "5"\n2) (nil)\n');
    const resp3 = ["-3", "--no-raw", "CONFIG", "GET", "maxmemory"];
    assert.equal(
      (await cli(server, resp3)).output,
      '1# "maxmemory" => "0"\n',
    );
  });

  await context.step("-x, -r, --scan and the Unix socket", async () => {
    assert.equal((await cli(server, ["-x", "SET", "x"], "in")).output, "OK\n");
    assert.equal(
      (await cli(server, ["-r", "3", "INCR", "r"])).output,
      "1\n2\n3\n",
    );
    const scanned = await cli(server, ["--scan", "--pattern", "[rx]"]);
    assert.deepEqual(scanned.output.trim().split("\n").sort(), ["r", "x"]);
    const unix = ["-s", server.socketPath!, "PING"];
    assert.equal((await run(CLI, unix)).output, "PONG\n");
  });

  await context.step("--pipe loads protocol in bulk", async () => {
    const lines = Array.from(
      { length: 5000 },
      (_, at) => `SET pipe:${at} ${at}\r\n`,
    );
    const { output } = await cli(server, ["--pipe"], lines.join(""));
    assert.match(output, /errors: 0, replies: 5000/);
  });

  await context.step("--bigkeys and --memkeys walk the key space", async () => {
    for (const option of ["--bigkeys", "--memkeys"]) {
      const { code, output } = await cli(server, [option]);
      assert.equal(code, 0, output);
      assert.match(output, /Sampled 50\d\d keys in the keyspace/);
    }
  });
}, [CLI]);

redisTest("redis-benchmark's common tests", async (context) => {
  await using server = await startServer();
  const tests = "ping_inline,ping_mbulk,set,get,incr,mset";
  for (const pipeline of ["1", "16", "64"]) {
    await context.step(`pipeline ${pipeline}`, async () => {
      const { code, output } = await run(BENCHMARK, [
        ...["-p", String(server.port), "-t", tests, "-n", "2000"],
        ...["-c", "20", "-r", "1000", "-P", pipeline, "--csv"],
      ]);
      assert.equal(code, 0, output);
      const rows = output.split("\n").filter((line) =>
        /^"(PING|SET|GET|INCR|MSET)/.test(line)
      );
      assert.equal(rows.length, 6, output);
      assert.doesNotMatch(output, /error|warning/i);
    });
  }
}, [BENCHMARK]);
