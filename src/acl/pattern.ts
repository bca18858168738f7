/** Patterns of keys and channels. */

import { globMatches } from "../config/mod.ts";

/** What a user may do with the keys that match a pattern. */
export const READ = 1;
export const WRITE = 2;
export const READ_WRITE: number = READ | WRITE;

/** A glob-style pattern, made ready for use. */
export interface Pattern {
  readonly text: string;
  matches(name: string): boolean;
}

/** A pattern of keys; its permissions may grow. */
export interface KeyPattern extends Pattern {
  readonly permissions: number;
}

/** Makes a pattern ready: most are a name, or the beginning of names. */
export function compilePattern(text: string): Pattern {
  const plain = /^[^*?[\\]*/.exec(text)![0];
  if (plain === text) return { text, matches: (name) => name === text };
  if (text === `${plain}*`) {
    return {
      text,
      // As everywhere in Redis, a lone star does not match the empty name.
      matches: (name) =>
        name.startsWith(plain) && (plain !== "" || name !== ""),
    };
  }
  return { text, matches: (name) => globMatches(text, name) };
}

/**
 * Whether a name may not be part of a rule: rules are written with spaces
 * between them and without quotes.
 */
export function hasSpace(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /[ \t-\r\x00]/.test(text);
}
