import assert from "node:assert/strict";
import { LatencyMonitor } from "../../../src/observability/latency.ts";

Deno.test("only what reaches the threshold is noted, and nothing while it is 0", () => {
  const monitor = new LatencyMonitor();
  monitor.note("command", 1000, 5000);
  monitor.thresholdMs = 10;
  monitor.note("command", 9.9, 5000);
  assert.equal(monitor.events.size, 0);
  monitor.note("command", 10.9, 5000);
  assert.deepEqual(monitor.events.get("command"), {
    max: 10,
    samples: [{ time: 5, milliseconds: 10 }],
  });
});

Deno.test("of one second the longest is kept", () => {
  const monitor = new LatencyMonitor();
  for (const [value, ms] of [[5, 1000], [9, 1500], [7, 1999], [3, 2000]]) {
    monitor.add("fork", value, ms);
  }
  assert.deepEqual(monitor.events.get("fork"), {
    max: 9,
    samples: [{ time: 1, milliseconds: 9 }, { time: 2, milliseconds: 3 }],
  });
});

Deno.test("160 samples are kept, and the longest ever beyond them", () => {
  const monitor = new LatencyMonitor();
  for (let second = 0; second < 200; second++) {
    monitor.add("e", 1000 - second, second * 1000);
  }
  const { max, samples } = monitor.events.get("e")!;
  assert.equal(max, 1000);
  assert.equal(samples.length, 160);
  assert.deepEqual(samples[0], { time: 40, milliseconds: 960 });
});

Deno.test("a reset forgets one event whatever its case, or all", () => {
  const monitor = new LatencyMonitor();
  for (const event of ["a", "b", "c"]) monitor.add(event, 1, 1000);
  assert.equal(monitor.reset("A"), 1);
  assert.equal(monitor.reset("a"), 0);
  assert.equal(monitor.reset(), 2);
  assert.equal(monitor.events.size, 0);
});

Deno.test("a summary has whole averages and a period of at least a second", () => {
  const monitor = new LatencyMonitor();
  monitor.add("e", 10, 1000);
  assert.equal(
    monitor.summary(monitor.events.get("e")!, 1000).periodSeconds,
    1,
  );
  monitor.add("e", 15, 3000);
  monitor.add("e", 30, 4000);
  assert.deepEqual(monitor.summary(monitor.events.get("e")!, 11000), {
    samples: 3,
    min: 10,
    max: 30,
    average: 18,
    deviation: 7,
    periodSeconds: 10,
  });
});
