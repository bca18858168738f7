/** Redis's request parsing written down plainly: the model for the parser. */
import { text } from "../_kernels.ts";

const LINE_BYTES_MAX = 65536;
const ESCAPES: Record<string, string> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  a: "\x07",
};

/** One command taken, one error, or `undefined` while bytes are missing. */
export type Outcome =
  | { used: number; args: string[] }
  | { error: string }
  | undefined;

/** Words of an inline command; `undefined` when its quotes are broken. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  const space = (c: string | undefined) =>
    c !== undefined && /[ \t-\r]/.test(c);
  let i = 0;
  while (true) {
    while (space(line[i])) i++;
    if (i >= line.length) return words;
    let word = "";
    let quote = "";
    for (;; i++) {
      const c = line[i];
      if (quote === "") {
        if (
          c === undefined || c === " " || c === "\t" || c === "\r" || c === "\n"
        ) break;
        if (c === '"' || c === "'") quote = c;
        else word += c;
      } else if (c === undefined) return undefined;
      else if (c === quote) {
        i++;
        if (i < line.length && !space(line[i])) return undefined;
        break;
      } else if (quote === "'" && c === "\\" && line[i + 1] === "'") {
        word += "'";
        i++;
      } else if (quote === '"' && c === "\\" && i + 1 < line.length) {
        const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(i + 1, i + 4));
        if (hex) {
          word += String.fromCharCode(parseInt(hex[1], 16));
          i += 3;
        } else {
          i++;
          word += ESCAPES[line[i]] ?? line[i];
        }
      } else word += c;
    }
    words.push(word);
  }
}

function number(digits: string): number | undefined {
  return /^(0|-?[1-9][0-9]{0,18})$/.test(digits) ? Number(digits) : undefined;
}

/** The end of a line: an offset, "more" or "long". */
function lineEnd(
  data: string,
  from: number,
  byte: string,
): number | "more" | "long" {
  const end = data.indexOf(byte, from);
  const nul = data.indexOf("\0", from);
  const found = end >= 0 && end - from <= LINE_BYTES_MAX &&
    (nul < 0 || nul > end);
  if (!found) return data.length - from > LINE_BYTES_MAX ? "long" : "more";
  return byte === "\n" || end + 1 < data.length ? end : "more";
}

export interface Limits {
  bulkBytes: number;
  args: number;
  unauthenticated: boolean;
}

/** Takes one command off the start of `data`. */
export function parseOne(data: Uint8Array, limits: Limits): Outcome {
  const all = text(data);
  if (all.length === 0) return undefined;
  if (all[0] !== "*") {
    const end = lineEnd(all, 0, "\n");
    if (end === "more") return undefined;
    if (end === "long") return { error: "too big inline request" };
    const line = all.slice(0, end).replace(/\r$/, "");
    const args = splitWords(line);
    if (!args) return { error: "unbalanced quotes in request" };
    return { used: end + 1, args };
  }
  let end = lineEnd(all, 0, "\r");
  if (end === "more") return undefined;
  if (end === "long") return { error: "too big mbulk count string" };
  const count = number(all.slice(1, end));
  if (count === undefined || count > limits.args) {
    return { error: "invalid multibulk length" };
  }
  if (count > 10 && limits.unauthenticated) {
    return { error: "unauthenticated multibulk length" };
  }
  let at = end + 2;
  const args: string[] = [];
  while (args.length < count) {
    end = lineEnd(all, at, "\r");
    if (end === "more") return undefined;
    if (end === "long") return { error: "too big bulk count string" };
    if (all[at] !== "$") {
      const got = all[at] === "\r" || all[at] === "\n" ? " " : all[at];
      return { error: `expected '$', got '${got}'` };
    }
    const bulk = number(all.slice(at + 1, end));
    if (bulk === undefined || bulk < 0 || bulk > limits.bulkBytes) {
      return { error: "invalid bulk length" };
    }
    if (bulk > 16384 && limits.unauthenticated) {
      return { error: "unauthenticated bulk length" };
    }
    at = end + 2;
    if (all.length < at + bulk + 2) return undefined;
    args.push(all.slice(at, at + bulk));
    at += bulk + 2;
  }
  return { used: at, args };
}
