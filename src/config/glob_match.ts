/** How deep stars may nest before a pattern is taken as hostile. */
const NESTING_MAX = 1000;

/**
 * Redis's glob match over byte strings (`stringmatchlen`): `*`, `?`, `[a-z]`,
 * `[^a]`, and `\` to take the next character as it is.
 *
 * @example
 * ```ts
 * import { globMatches } from "./glob_match.ts";
 * import assert from "node:assert/strict";
 *
 * assert(globMatches("max*", "maxmemory"));
 * assert(globMatches("MAX*", "maxmemory", { ignoreCase: true }));
 * assert(!globMatches("max?", "maxmemory"));
 * ```
 */
export function globMatches(
  pattern: string,
  text: string,
  options: { ignoreCase?: boolean } = {},
): boolean {
  const ignoreCase = options.ignoreCase ?? false;
  const fold = (s: string) =>
    ignoreCase ? s.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : s;
  return matchFrom(fold(pattern), 0, fold(text), 0, { giveUp: false }, 0);
}

function matchFrom(
  pattern: string,
  patternStart: number,
  text: string,
  textStart: number,
  state: { giveUp: boolean },
  nesting: number,
): boolean {
  if (nesting > NESTING_MAX) return false;
  let p = patternStart;
  let t = textStart;
  while (p < pattern.length && t < text.length) {
    const char = pattern[p];
    if (char === "*") {
      while (pattern[p + 1] === "*") p++;
      if (p + 1 === pattern.length) return true;
      for (; t < text.length; t++) {
        if (matchFrom(pattern, p + 1, text, t, state, nesting + 1)) return true;
        if (state.giveUp) return false;
      }
      // What follows this star occurs nowhere in the rest: a longer match of
      // an earlier star cannot help, which keeps the search polynomial.
      state.giveUp = true;
      return false;
    }
    if (char === "[") {
      const set = matchSet(pattern, p + 1, text[t]);
      if (!set.isMatch) return false;
      p = set.end;
    } else if (char !== "?") {
      if (char === "\\" && p + 1 < pattern.length) p++;
      if (pattern[p] !== text[t]) return false;
    }
    p++;
    t++;
  }
  // Stars that are left match nothing, but only after some text: "*" does
  // not match the empty text in Redis.
  if (t === text.length && t > textStart) { while (pattern[p] === "*") p++; }
  return p >= pattern.length && t === text.length;
}

/** Matches one character against the set that starts at `start`, just after `[`. */
function matchSet(
  pattern: string,
  start: number,
  char: string,
): { isMatch: boolean; end: number } {
  const isNegated = pattern[start] === "^";
  let p = isNegated ? start + 1 : start;
  let isMatch = false;
  for (; p < pattern.length && pattern[p] !== "]"; p++) {
    if (pattern[p] === "\\" && p + 1 < pattern.length) {
      p++;
      if (pattern[p] === char) isMatch = true;
    } else if (pattern[p + 1] === "-" && p + 2 < pattern.length) {
      const [low, high] = [pattern[p], pattern[p + 2]].sort();
      if (char >= low && char <= high) isMatch = true;
      p += 2;
    } else if (pattern[p] === char) isMatch = true;
  }
  return { isMatch: isMatch !== isNegated, end: p };
}
