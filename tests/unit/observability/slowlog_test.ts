import assert from "node:assert/strict";
import { SlowLog } from "../../../src/observability/slowlog.ts";

function add(log: SlowLog, ...args: string[]): void {
  log.add(
    7,
    11,
    {
      count: args.length,
      length: (index) => args[index].length,
      text: (index, max) => args[index].slice(0, max),
    },
    "127.0.0.1:1",
    "name",
  );
}

Deno.test("the newest command comes first", () => {
  const log = new SlowLog();
  for (const name of ["a", "b", "c"]) add(log, name);
  assert.deepEqual(log.latest(2).map((entry) => entry.args), [["c"], ["b"]]);
  assert.equal(log.latest(10).length, 3);
  assert.deepEqual(log.latest(0), []);
  assert.deepEqual(log.latest(1)[0], {
    id: 2,
    time: 7,
    microseconds: 11,
    args: ["c"],
    clientAddress: "127.0.0.1:1",
    clientName: "name",
  });
});

Deno.test("the oldest are dropped beyond the maximum, however often", () => {
  const log = new SlowLog();
  log.maxLength = 10;
  for (let i = 0; i < 1000; i++) add(log, String(i));
  assert.equal(log.length, 10);
  assert.deepEqual(
    log.latest(10).map((entry) => entry.id),
    [999, 998, 997, 996, 995, 994, 993, 992, 991, 990],
  );
  log.maxLength = 3;
  log.trim();
  assert.deepEqual(log.latest(10).map((entry) => entry.id), [999, 998, 997]);
  log.maxLength = 0;
  add(log, "x");
  assert.equal(log.length, 0);
});

Deno.test("ids go on after a reset", () => {
  const log = new SlowLog();
  add(log, "a");
  log.reset();
  assert.equal(log.length, 0);
  add(log, "b");
  assert.equal(log.latest(1)[0].id, 1);
});

Deno.test("long arguments and long lists of them are shortened", () => {
  const log = new SlowLog();
  add(log, "x".repeat(128), "y".repeat(130));
  add(log, ...Array.from({ length: 32 }, (_, at) => String(at)));
  add(log, ...Array.from({ length: 40 }, (_, at) => String(at)));
  const [forty, thirtyTwo, long] = log.latest(3);
  assert.deepEqual(long.args, [
    "x".repeat(128),
    `${"y".repeat(128)}... (2 more bytes)`,
  ]);
  assert.equal(thirtyTwo.args[31], "31");
  assert.equal(forty.args.length, 32);
  assert.equal(forty.args[31], "... (9 more arguments)");
});
