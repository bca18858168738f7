import assert from "node:assert/strict";
import { latencyGraphText } from "../../../src/commands/server/latency_graph.ts";

function graph(
  samples: readonly (readonly [time: number, milliseconds: number])[],
  max: number,
  nowSeconds: number,
): string[] {
  const series = {
    max,
    samples: samples.map(([time, milliseconds]) => ({ time, milliseconds })),
  };
  return latencyGraphText("command", series, nowSeconds * 1000 + 999)
    .split("\n");
}

Deno.test("the graph is what Redis 7.0.15 draws of the same spikes", () => {
  assert.deepEqual(graph([[5, 30], [6, 100], [7, 20]], 100, 8), [
    "command - high 100 ms, low 20 ms (all time high 100 ms)",
    "-".repeat(80),
    " # ",
    " | ",
    " | ",
    "o|_",
    "   ",
    "321",
    "sss",
    "",
  ]);
});

Deno.test("equal spikes are a line at the bottom", () => {
  assert.deepEqual(graph([[1, 7], [2, 7]], 9, 2).slice(0, 6), [
    "command - high 7 ms, low 7 ms (all time high 9 ms)",
    "-".repeat(80),
    "  ",
    "  ",
    "  ",
    "__",
  ]);
});

Deno.test("ages are in the unit that fits, written downwards", () => {
  const day = 24 * 3600;
  const lines = graph(
    [[0, 1], [day * 9, 1], [day * 10 - 60, 1], [day * 10, 1]],
    1,
    day * 10,
  );
  // Read downwards: 10d, 1d, 1m, 0s.
  const columns = [0, 1, 2, 3].map((column) =>
    lines.slice(7, 10).map((line) => line[column]).join("").trim()
  );
  assert.deepEqual(columns, ["10d", "1d", "1m", "0s"]);
});

Deno.test("more than 80 spikes are drawn in rows of 80", () => {
  const lines = graph(
    Array.from({ length: 100 }, (_, at) => [at, at] as const),
    99,
    100,
  );
  assert.equal(lines[2].length, 80);
  const second = lines.indexOf("", 3) + 1;
  assert.equal(lines[second].length, 20);
});
