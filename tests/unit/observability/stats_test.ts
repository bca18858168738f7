import assert from "node:assert/strict";
import type { Clock } from "../../../src/base/interfaces.ts";
import { BufferPeaks } from "../../../src/observability/buffer_peaks.ts";
import {
  CommandStats,
  Rate,
  ServerStats,
} from "../../../src/observability/stats.ts";
import { WallClock } from "../../../src/observability/wall_clock.ts";

Deno.test("errors are counted by their first word, ERR without a short one", () => {
  const stats = new ServerStats();
  for (
    const text of [
      "ERR syntax error",
      "WRONGTYPE Operation",
      "ERR x",
      "noword",
      `${"X".repeat(30)} kept`,
      `${"X".repeat(31)} too long`,
    ]
  ) stats.countError(text);
  assert.deepEqual([...stats.errors], [
    ["ERR", 4],
    ["WRONGTYPE", 1],
    ["X".repeat(30), 1],
  ]);
  assert.equal(stats.errorReplies, 6);
});

Deno.test("more than 128 codes of errors switch their statistics off until a reset", () => {
  const stats = new ServerStats();
  for (let i = 0; i < 129; i++) stats.countError(`CODE${i} text`);
  stats.countError("ERR more");
  assert.deepEqual([...stats.errors], [["ERRORSTATS_DISABLED", 1]]);
  assert.equal(stats.errorReplies, 130);
  stats.reset();
  stats.countError("ERR again");
  assert.deepEqual([...stats.errors], [["ERR", 1]]);
});

Deno.test("the time above maxmemory is counted from its first to its last moment", () => {
  const stats = new ServerStats();
  stats.noteExceeded(false, 5);
  stats.noteExceeded(true, 10);
  stats.noteExceeded(true, 20);
  assert.equal(stats.evictionExceededSinceMs, 10);
  stats.noteExceeded(false, 35);
  stats.noteExceeded(false, 50);
  assert.equal(stats.evictionExceededMs, 25);
  assert.equal(stats.evictionExceededSinceMs, undefined);
});

Deno.test("a rate is the mean of sixteen samples, and not negative after a reset", () => {
  const rate = new Rate();
  for (let i = 0; i <= 16; i++) rate.sample(1000 + i * 100, i * 10);
  assert.equal(rate.perSecond, 100);
  rate.reset();
  assert.equal(rate.perSecond, 0);
  rate.sample(5000, 1);
  rate.sample(5100, 17);
  assert.equal(rate.perSecond, 10);
});

Deno.test("no histogram is kept while latency is not tracked", () => {
  const stats = new CommandStats(2);
  stats.isTracking = false;
  stats.record(0, 1, 5);
  assert.equal(stats.figures[0].histogram, undefined);
  stats.isTracking = true;
  stats.record(0, 4, 20);
  assert.equal(stats.figures[0].calls, 5);
  assert.equal(stats.figures[0].microseconds, 25);
  assert.equal(stats.figures[0].histogram!.total, 4);
  stats.reset();
  assert.equal(stats.figures[0].histogram, undefined);
});

Deno.test("buffer peaks last eight seconds", () => {
  const peaks = new BufferPeaks();
  peaks.note(1000, 500, 7);
  peaks.note(1900, 300, 9);
  peaks.note(6000, 100, 1);
  assert.deepEqual(peaks.recent(8999), { inputBytes: 500, outputBytes: 9 });
  assert.deepEqual(peaks.recent(9000), { inputBytes: 100, outputBytes: 1 });
  assert.deepEqual(peaks.recent(20000), { inputBytes: 0, outputBytes: 0 });
});

Deno.test("microseconds stay within the wall clock's millisecond and do not go back", () => {
  let trueMs = 1_000_000.75;
  let wallShiftMs = 0;
  const clock: Clock = {
    nowMs: () => Math.floor(trueMs + wallShiftMs),
    monotonicMs: () => trueMs - 900_000.3,
  };
  const wall = new WallClock(clock);
  let last = 0;
  for (let i = 0; i < 5000; i++) {
    const now = wall.microseconds();
    assert.equal(Math.floor(now / 1000), clock.nowMs());
    assert(now >= last);
    last = now;
    trueMs += 0.137;
  }
  // Having seen the millisecond change, it is right to the step of the test.
  assert(Math.abs(last / 1000 - trueMs) < 0.3);
  // The administrator sets the clock back: it follows at once.
  wallShiftMs = -5000;
  assert.equal(Math.floor(wall.microseconds() / 1000), clock.nowMs());
});
