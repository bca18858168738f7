/** Reads TypeScript sources well enough for the tidy test: comments, strings, imports. */

/** A source with its comments blanked, and with its strings blanked as well. */
export interface StrippedSource {
  /** Comments are spaces; line breaks are kept. */
  readonly withStrings: string;
  /** Comments and the content of strings, templates and regular expressions are spaces. */
  readonly codeOnly: string;
}

/** After these a slash starts a regular expression and is no division. */
const BEFORE_REGULAR_EXPRESSION = /(?:[(,=:[!&|?{};+\-*%<>~^]|\breturn)\s*$/;

/** Blanks comments and string contents, keeping every line where it is. */
export function stripSource(source: string): StrippedSource {
  const withStrings = source.split("");
  const codeOnly = source.split("");
  const blank = (characters: string[], from: number, to: number) => {
    for (let at = from; at < to; at++) {
      if (characters[at] !== "\n") characters[at] = " ";
    }
  };
  for (let at = 0; at < source.length;) {
    const end = tokenEnd(source, at);
    if (end === at) {
      at += 1;
      continue;
    }
    if (isComment(source, at)) {
      blank(withStrings, at, end);
      blank(codeOnly, at, end);
    } else {
      blank(codeOnly, at + 1, end - 1);
    }
    at = end;
  }
  return { withStrings: withStrings.join(""), codeOnly: codeOnly.join("") };
}

function isComment(source: string, at: number): boolean {
  const start = source.slice(at, at + 2);
  return start === "//" || start === "/*";
}

/** The end of the comment, string or regular expression that starts here, or `at`. */
function tokenEnd(source: string, at: number): number {
  const character = source[at];
  if (source.startsWith("//", at)) return indexOrEnd(source, "\n", at);
  if (source.startsWith("/*", at)) return indexOrEnd(source, "*/", at) + 2;
  if (character === '"' || character === "'") {
    return closingQuote(source, at, character);
  }
  if (character === "`") return templateEnd(source, at);
  if (
    character === "/" &&
    BEFORE_REGULAR_EXPRESSION.test(source.slice(Math.max(0, at - 40), at))
  ) {
    return regularExpressionEnd(source, at);
  }
  return at;
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index < 0 ? source.length : index;
}

function closingQuote(source: string, at: number, quote: string): number {
  for (let index = at + 1; index < source.length; index++) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === quote || source[index] === "\n") {
      return index + 1;
    }
  }
  return source.length;
}

/** Substitutions count as part of the template; nested templates are followed. */
function templateEnd(source: string, at: number): number {
  for (let index = at + 1; index < source.length; index++) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === "`") return index + 1;
    else if (source.startsWith("${", index)) {
      index = substitutionEnd(source, index + 2) - 1;
    }
  }
  return source.length;
}

function substitutionEnd(source: string, from: number): number {
  let depth = 1;
  for (let index = from; index < source.length;) {
    const end = tokenEnd(source, index);
    if (end > index) {
      index = end;
      continue;
    }
    if (source[index] === "{") depth += 1;
    if (source[index] === "}") depth -= 1;
    index += 1;
    if (depth === 0) return index;
  }
  return source.length;
}

function regularExpressionEnd(source: string, at: number): number {
  let isInClass = false;
  for (let index = at + 1; index < source.length; index++) {
    const character = source[index];
    if (character === "\n") return at;
    if (character === "\\") index += 1;
    else if (character === "[") isInClass = true;
    else if (character === "]") isInClass = false;
    else if (character === "/" && !isInClass) return index + 1;
  }
  return at;
}

const FROM_IMPORTS =
  /\b(?:import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?[^;"'`()]*?\bfrom\s*["']([^"']+)["']/g;
const OTHER_IMPORTS = [
  /\bimport\s*["']([^"']+)["']/g,
  /\bimport\(\s*["']([^"']+)["']/g,
  // Workers and generated files are named by URL.
  /\bnew URL\(\s*["'](\.[^"']+)["']\s*,\s*import\.meta\.url/g,
];

/** One import, export from, dynamic import, or URL relative to the module. */
export interface ImportSpecifier {
  readonly specifier: string;
  /** `import type` and `export type`, which are gone once compiled. */
  readonly isTypeOnly: boolean;
}

/** Everything that a source imports or names by URL. */
export function importSpecifiers(source: StrippedSource): ImportSpecifier[] {
  const text = source.withStrings;
  return [
    ...[...text.matchAll(FROM_IMPORTS)].map((match) => ({
      specifier: match[2],
      isTypeOnly: match[1] !== undefined,
    })),
    ...OTHER_IMPORTS.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => ({
        specifier: match[1],
        isTypeOnly: false,
      }))
    ),
  ];
}

/** A function with its length. */
export interface FunctionLength {
  readonly line: number;
  readonly lineCount: number;
}

const FUNCTION_START = new RegExp(
  "^(\\s*)(?:" +
    "(?:export )?(?:default )?(?:async )?function\\b" +
    "|(?:export )?const \\w+(?:: [^=]+)? = (?:async )?\\(.*=> \\{$" +
    "|(?:(?:public|private|protected|static|override|async|get|set) )*" +
    "(?!(?:if|for|while|switch|catch|return|do|else)\\b)[#\\w]+(?:<.*>)?\\(.*\\{$" +
    ")",
);

/**
 * Functions and methods with their lines. Relies on `deno fmt`: a body ends at the first line that
 * has the indentation of its head and starts with a closing brace.
 */
export function functionLengths(source: StrippedSource): FunctionLength[] {
  const lines = source.codeOnly.split("\n");
  const found: FunctionLength[] = [];
  lines.forEach((line, index) => {
    const start = FUNCTION_START.exec(line);
    if (start === null) return;
    const closing = new RegExp(`^${start[1]}\\}(?!.*\\{$)`);
    const length = lines.slice(index + 1).findIndex((each) =>
      closing.test(each)
    );
    if (length >= 0) found.push({ line: index + 1, lineCount: length + 2 });
  });
  return found;
}
