/** Compares results with `baseline.json` and prints them. */

import type { UnitResult } from "./_output.ts";
import type { Waiting } from "./_waiting.ts";

/** Tests passed, by unit. The numbers may only go up. */
export type Baseline = Readonly<Record<string, { readonly passed: number }>>;

/** Everything wrong with these results, one sentence each; empty when good. */
export function findProblems(
  results: readonly UnitResult[],
  baseline: Baseline,
): string[] {
  const problems: string[] = [];
  for (const { unit, passed, failed, aborted } of results) {
    if (aborted !== undefined) problems.push(`${unit} aborted: ${aborted}`);
    for (const { name, detail } of failed) {
      problems.push(`${unit} failed: ${name}\n    ${indent(detail)}`);
    }
    const expected = baseline[unit]?.passed ?? 0;
    if (passed.length < expected) {
      problems.push(
        `${unit} passed ${passed.length}, the baseline is ${expected}`,
      );
    }
  }
  return problems;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n    ");
}

/** The baseline with every count that rose; counts never fall. */
export function raisedBaseline(
  results: readonly UnitResult[],
  baseline: Baseline,
): Baseline {
  const raised: Record<string, { passed: number }> = { ...baseline };
  for (const { unit, passed, aborted } of results) {
    if (aborted !== undefined) continue;
    const before = raised[unit]?.passed ?? 0;
    raised[unit] = { passed: Math.max(before, passed.length) };
  }
  return raised;
}

/** Waiting entries that the run did not come across: misspelt or obsolete. */
export function unusedWaiting(
  results: readonly UnitResult[],
  waiting: Waiting,
): string[] {
  const unused: string[] = [];
  for (const { unit, skipped, aborted } of results) {
    if (aborted !== undefined) continue;
    for (const entry of waiting[unit] ?? []) {
      if ("name" in entry && !skipped.includes(entry.name)) {
        unused.push(`${unit}: no test is named ${JSON.stringify(entry.name)}`);
      }
    }
  }
  return unused;
}

/** A table of the results, a row a unit. */
export function resultTable(
  results: readonly UnitResult[],
  baseline: Baseline,
): string {
  const rows = [
    [
      "unit",
      "passed",
      "failed",
      "waiting",
      "ignored",
      "baseline",
      "seconds",
      "",
    ],
  ];
  for (const result of results) {
    rows.push([
      result.unit,
      String(result.passed.length),
      String(result.failed.length),
      String(result.skipped.length),
      String(result.ignored.length),
      String(baseline[result.unit]?.passed ?? "-"),
      (result.durationMs / 1000).toFixed(1),
      result.aborted === undefined ? "" : "ABORTED",
    ]);
  }
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join("  ").trimEnd()
  ).join("\n");
}

/** The last line of a run. */
export function totalLine(results: readonly UnitResult[]): string {
  let passed = 0;
  let failed = 0;
  for (const result of results) {
    passed += result.passed.length;
    failed += result.failed.length;
    if (result.aborted !== undefined) failed++;
  }
  return `conformance: ${passed} passed, ${failed} failed`;
}
