/**
 * `waiting.json`: tests of Redis's suite that need a feature of a later stage.
 * They are skipped by name, so that the unknown command which would abort them
 * does not hide the tests after them.
 */

/** A test that is skipped. */
export interface WaitingTest {
  /** The test's name exactly as the suite prints it. */
  readonly name: string;
  /** What it waits for. */
  readonly reason: string;
}

/** A `start_server` block that is left out because its server cannot start. */
export interface WaitingBlock {
  /** The source line that opens the block, without surrounding blanks. */
  readonly line: string;
  readonly reason: string;
}

/** Entries by unit name, such as `unit/expire`. */
export type Waiting = Readonly<
  Record<string, readonly (WaitingTest | WaitingBlock)[]>
>;

/** The entries that name tests. */
export function waitingTests(waiting: Waiting, unit: string): WaitingTest[] {
  return (waiting[unit] ?? []).filter((entry) => "name" in entry);
}

/** The entries that name blocks. */
export function waitingBlocks(waiting: Waiting, unit: string): WaitingBlock[] {
  return (waiting[unit] ?? []).filter((entry) => "line" in entry);
}

/**
 * A unit's source with the given blocks made inert: `start_server {…} {` becomes
 * `list {…} {`, which evaluates to nothing done.
 * @throws when a line is not found exactly once, since then waiting.json is wrong.
 */
export function leaveOutBlocks(
  source: string,
  blocks: readonly WaitingBlock[],
): string {
  const lines = source.split("\n");
  for (const { line } of blocks) {
    const at = lines.flatMap((text, index) =>
      text.trim() === line ? [index] : []
    );
    if (at.length !== 1 || !line.startsWith("start_server ")) {
      throw new Error(
        `waiting.json: block ${JSON.stringify(line)} occurs ${at.length} times`,
      );
    }
    lines[at[0]] = lines[at[0]].replace("start_server ", "list ");
  }
  return lines.join("\n");
}
