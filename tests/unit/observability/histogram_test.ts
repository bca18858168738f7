import assert from "node:assert/strict";
import { Histogram } from "../../../src/observability/histogram.ts";

function of(...microseconds: number[]): Histogram {
  const histogram = new Histogram();
  for (const value of microseconds) histogram.add(value, 1);
  return histogram;
}

Deno.test("a histogram without values has percentile 0 and no distribution", () => {
  assert.equal(of().percentile(50), 0);
  assert.deepEqual(of().distribution(), []);
});

Deno.test("a value is reported as the highest its bucket holds, as hdr_histogram has it", () => {
  // Below 256 ns exactly, then to 1 part in 128.
  assert.equal(of(0).percentile(50), 0.001);
  assert.equal(of(0.255).percentile(50), 0.255);
  assert.equal(of(1).percentile(50), 1.003);
  assert.equal(of(10).percentile(100), 10.047);
  assert.equal(of(1000).percentile(99.9), 1003.519);
  assert.equal(of(1e9).percentile(50), 1002438.655);
});

Deno.test("percentile 0 is the lowest value of its bucket", () => {
  assert.equal(of(1.003, 50).percentile(0), 1);
});

Deno.test("percentiles count values from below, rounding the share", () => {
  const histogram = new Histogram();
  histogram.add(1, 90);
  histogram.add(100, 9);
  histogram.add(10000, 1);
  assert.equal(histogram.percentile(50), 1.003);
  assert.equal(histogram.percentile(90), 1.003);
  assert.equal(histogram.percentile(99), 100.351);
  assert.equal(histogram.percentile(99.9), 10027.007);
  assert.equal(histogram.total, 100);
});

Deno.test("the distribution doubles from a microsecond on and leaves out steps that add nothing", () => {
  assert.deepEqual(of(0.5, 3, 3, 40, 1e6).distribution(), [
    { microseconds: 1, count: 1 },
    { microseconds: 4, count: 3 },
    { microseconds: 66, count: 4 },
    { microseconds: 1073741, count: 5 },
  ]);
});

Deno.test("a step holds the whole bucket that it begins", () => {
  // 1024 to 1031 ns are one bucket, the first step's.
  assert.deepEqual(of(1.031).distribution(), [{ microseconds: 1, count: 1 }]);
  assert.deepEqual(of(1.032).distribution(), [{ microseconds: 2, count: 1 }]);
});
