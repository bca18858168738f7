/** Reads what Redis's test suite prints. */

/** What became of one unit. */
export interface UnitResult {
  readonly unit: string;
  readonly passed: readonly string[];
  readonly failed: readonly Failure[];
  /** Tests skipped by name: those in waiting.json. */
  readonly skipped: readonly string[];
  /** Tests the suite itself left out, by tag. */
  readonly ignored: readonly string[];
  /** Why the unit did not run to its end, when it did not. */
  readonly aborted: string | undefined;
  readonly durationMs: number;
}

/** A failed test. */
export interface Failure {
  readonly name: string;
  readonly detail: string;
}

type Outcome = Omit<UnitResult, "unit" | "durationMs" | "aborted"> & {
  readonly aborted: string | undefined;
};

const STATUS = /^\[(\w+)\]: (.*)$/;
/** Statuses that start an entry; the lines after one belong to it. */
const ANSI_COLOR = new RegExp(String.fromCharCode(27) + "\\[[0-9;]*m", "g");
const THE_END = "The End";

/** Parses a run's whole output; see {@linkcode UnitResult}. */
export function parseSuiteOutput(output: string): Outcome {
  const passed: string[] = [];
  const failed: Failure[] = [];
  const skipped: string[] = [];
  const ignored: string[] = [];
  let aborted: string | undefined;
  let sawEnd = false;
  for (const { status, text } of entries(output)) {
    if (status === "ok") passed.push(text.replace(/ \(\d+ ms\)[\s\S]*$/, ""));
    else if (status === "err") failed.push(failure(text));
    else if (status === "skip") skipped.push(firstLine(text));
    else if (status === "ignore") ignored.push(firstLine(text));
    else if (status === "exception" || status === "TIMEOUT") {
      aborted ??= `${status}: ${text}`;
    } else if (status === "end") sawEnd = true;
  }
  if (!sawEnd) aborted ??= "the suite ended without a summary";
  return { passed, failed, skipped, ignored, aborted };
}

interface Entry {
  readonly status: string;
  text: string;
}

function* entries(output: string): Generator<Entry> {
  let current: Entry | undefined;
  for (const line of output.replaceAll(ANSI_COLOR, "").split("\n")) {
    if (line.trim() === THE_END) {
      if (current !== undefined) yield current;
      // What follows repeats the failures.
      yield { status: "end", text: "" };
      return;
    }
    const match = STATUS.exec(line);
    const progress = /^\[\d+\/\d+ done\]|^Testing /.test(line);
    if (match !== null) {
      if (current !== undefined) yield current;
      current = { status: match[1], text: match[2] };
    } else if (progress) {
      if (current !== undefined) yield current;
      current = undefined;
    } else if (current !== undefined) current.text += "\n" + line;
  }
  if (current !== undefined) yield current;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0];
}

function failure(text: string): Failure {
  const match = /^([\s\S]*?) in tests\/\S+\.tcl\n?([\s\S]*)$/.exec(text);
  if (match === null) {
    return { name: "(outside a test)", detail: text.trim() };
  }
  return { name: match[1], detail: match[2].trim() };
}
