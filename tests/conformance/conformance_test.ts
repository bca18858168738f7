import assert from "node:assert/strict";
import { parseSuiteOutput, type UnitResult } from "./_output.ts";
import {
  findProblems,
  raisedBaseline,
  resultTable,
  totalLine,
  unusedWaiting,
} from "./_report.ts";
import { leaveOutBlocks } from "./_waiting.ts";

const OUTPUT = `Starting test server at port 21168
[ready]: 4711
Testing unit/x
[\x1b[0;32mok\x1b[0m]: first (with brackets) (12 ms)
[ok]: second (1 ms)
[skip]: third
[ignore]: fourth: Tag: slow denied
[err]: fifth in tests/unit/x.tcl
Expected 'a' to be equal to 'b' (context: type eval
line 3)
[ok]: sixth (0 ms)
[1/1 done]: unit/x (1 seconds)

                   The End

*** [err]: fifth in tests/unit/x.tcl
Expected 'a' to be equal to 'b'
`;

function result(changes: Partial<UnitResult>): UnitResult {
  return {
    unit: "unit/x",
    passed: ["a", "b"],
    failed: [],
    skipped: [],
    ignored: [],
    aborted: undefined,
    durationMs: 1,
    ...changes,
  };
}

Deno.test("the suite's output is read test by test", () => {
  assert.deepEqual(parseSuiteOutput(OUTPUT), {
    passed: ["first (with brackets)", "second", "sixth"],
    failed: [{
      name: "fifth",
      detail: "Expected 'a' to be equal to 'b' (context: type eval\nline 3)",
    }],
    skipped: ["third"],
    ignored: ["fourth: Tag: slow denied"],
    aborted: undefined,
  });
});

Deno.test("an exception, a time-out and a silent end abort a unit", () => {
  assert.match(
    parseSuiteOutput("[ok]: a (1 ms)\n[exception]: bad\nwhere").aborted!,
    /^exception: bad\nwhere/,
  );
  assert.match(
    parseSuiteOutput("[TIMEOUT]: clients state report follows.\n").aborted!,
    /^TIMEOUT/,
  );
  assert.match(parseSuiteOutput("[ok]: a (1 ms)\n").aborted!, /without/);
});

Deno.test("lower counts, failures and aborts are problems, higher counts not", () => {
  const baseline = { "unit/x": { passed: 2 } };
  assert.deepEqual(findProblems([result({})], baseline), []);
  assert.deepEqual(
    findProblems([result({ passed: ["a", "b", "c"] })], baseline),
    [],
  );
  assert.equal(findProblems([result({ passed: ["a"] })], baseline).length, 1);
  assert.equal(findProblems([result({ aborted: "x" })], baseline).length, 1);
  const failed = [{ name: "n", detail: "d" }];
  assert.equal(findProblems([result({ failed })], baseline).length, 1);
});

Deno.test("the baseline only goes up, and not by an aborted run", () => {
  const raised = (changes: Partial<UnitResult>) =>
    raisedBaseline([result(changes)], { "unit/x": { passed: 2 } })["unit/x"]
      .passed;
  assert.equal(raised({ passed: ["a"] }), 2);
  assert.equal(raised({ passed: ["a", "b", "c"] }), 3);
  assert.equal(raised({ passed: ["a", "b", "c"], aborted: "x" }), 2);
});

Deno.test("totals count an aborted unit as a failure", () => {
  assert.equal(
    totalLine([result({}), result({ aborted: "x" })]),
    "conformance: 4 passed, 1 failed",
  );
  assert.match(resultTable([result({})], {}), /unit\/x +2 +0 +0 +0 +- +0\.0/);
});

Deno.test("waiting names that no test has are reported", () => {
  const waiting = {
    "unit/x": [
      { name: "seen", reason: "r" },
      { name: "misspelt", reason: "r" },
      { line: "start_server {} {", reason: "r" },
    ],
  };
  assert.deepEqual(unusedWaiting([result({ skipped: ["seen"] })], waiting), [
    'unit/x: no test is named "misspelt"',
  ]);
});

Deno.test("a left-out block becomes a list, and must be there once", () => {
  const block = { line: "start_server {tags {a}} {", reason: "r" };
  const source = "x\n    start_server {tags {a}} {\n    }\n";
  assert.equal(
    leaveOutBlocks(source, [block]),
    "x\n    list {tags {a}} {\n    }\n",
  );
  assert.throws(() => leaveOutBlocks("x", [block]), /occurs 0 times/);
  assert.throws(() => leaveOutBlocks(source + source, [block]), /2 times/);
});
