/** Finds a short part of a failing sequence that still fails. */

/**
 * Delta debugging: drops ever smaller runs of items as long as `fails` still
 * holds. Stops early when `timeLimitMs` is used up.
 *
 * @param items a sequence for which `fails` holds
 */
export async function shrink<T>(
  items: readonly T[],
  fails: (candidate: readonly T[]) => Promise<boolean>,
  timeLimitMs: number,
): Promise<T[]> {
  const deadlineMs = performance.now() + timeLimitMs;
  let smallest = [...items];
  let runLength = Math.ceil(smallest.length / 2);
  while (runLength >= 1) {
    let dropped = false;
    for (let start = 0; start < smallest.length;) {
      if (performance.now() > deadlineMs) return smallest;
      const candidate = smallest.toSpliced(start, runLength);
      if (candidate.length > 0 && await fails(candidate)) {
        smallest = candidate;
        dropped = true;
      } else {
        start += runLength;
      }
    }
    if (runLength === 1 && !dropped) break;
    runLength = runLength === 1 ? 1 : Math.ceil(runLength / 2);
  }
  return smallest;
}
