/**
 * Redis's way to split a line into arguments and to quote one
 * (`sdssplitargs` and `sdscatrepr`). Byte strings in, byte strings out.
 */

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  a: "\x07",
};

const HEX_ESCAPE = /\\x([0-9a-fA-F]{2})/y;

function isSpace(char: string): boolean {
  return char === " " || (char >= "\t" && char <= "\r");
}

/** Where a quoted part ends, and what it says. */
interface Quoted {
  readonly text: string;
  /** Index of the closing quote. */
  readonly end: number;
}

/** Reads from just after a `"`; `null` if it never ends or text is glued to it. */
function readDoubleQuoted(line: string, start: number): Quoted | null {
  let text = "";
  for (let i = start; i < line.length; i++) {
    const char = line[i];
    if (char === '"') return closing(line, i, text);
    if (char !== "\\" || i + 1 >= line.length) {
      text += char;
      continue;
    }
    HEX_ESCAPE.lastIndex = i;
    const hex = HEX_ESCAPE.exec(line);
    if (hex) {
      text += String.fromCharCode(parseInt(hex[1], 16));
      i += 3;
    } else {
      i++;
      text += ESCAPES[line[i]] ?? line[i];
    }
  }
  return null;
}

/** Reads from just after a `'`; the only escape is `\'`. */
function readSingleQuoted(line: string, start: number): Quoted | null {
  let text = "";
  for (let i = start; i < line.length; i++) {
    if (line[i] === "'") return closing(line, i, text);
    if (line[i] === "\\" && line[i + 1] === "'") i++;
    text += line[i];
  }
  return null;
}

/** A closing quote must be followed by a space or by nothing. */
function closing(line: string, end: number, text: string): Quoted | null {
  const next = line[end + 1];
  return next === undefined || isSpace(next) ? { text, end } : null;
}

/**
 * Splits `line` at white space, honouring quotes. `null` if quotes are
 * unbalanced, or a closing quote is followed by something other than a space.
 *
 * @example
 * ```ts
 * import { splitArguments } from "./split_arguments.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(splitArguments(`set "a b" '\\x00' "\\x41"`), ["set", "a b", "\\x00", "A"]);
 * assert.equal(splitArguments(`"unbalanced`), null);
 * ```
 */
export function splitArguments(line: string): string[] | null {
  const source = line.includes("\0") ? line.slice(0, line.indexOf("\0")) : line;
  const result: string[] = [];
  let i = 0;
  for (;;) {
    while (i < source.length && isSpace(source[i])) i++;
    if (i >= source.length) return result;
    let token = "";
    for (; i < source.length; i++) {
      const char = source[i];
      if (char === '"' || char === "'") {
        const quoted = char === '"'
          ? readDoubleQuoted(source, i + 1)
          : readSingleQuoted(source, i + 1);
        if (!quoted) return null;
        token += quoted.text;
        i = quoted.end + 1;
        break;
      }
      // Only these four end a token, though \v and \f are skipped before one.
      if (char === " " || char === "\n" || char === "\r" || char === "\t") {
        break;
      }
      token += char;
    }
    result.push(token);
  }
}

const QUOTED: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
};

/** Quotes an argument so that {@linkcode splitArguments} gives it back. */
export function quoteArgument(argument: string): string {
  let result = '"';
  for (const char of argument) {
    const known = QUOTED[char];
    if (known !== undefined) result += known;
    else if (char >= " " && char <= "~") result += char;
    else {
      result += "\\x" + char.charCodeAt(0).toString(16).padStart(2, "0");
    }
  }
  return result + '"';
}
