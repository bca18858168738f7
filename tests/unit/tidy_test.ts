import { strict as assert } from "node:assert";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import {
  functionLengths,
  importSpecifiers,
  type StrippedSource,
  stripSource,
} from "./_source_text.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILE_LINES_MAX = 700;
const FUNCTION_LINES_MAX = 100;

/**
 * Which folders of src/ each of them may import, besides itself. `main.ts` may import all. The
 * order is that of DESIGN: main → server → commands → keyspace → effects, core → base.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  platform: ["base"],
  core: ["base"],
  config: ["base"],
  effects: ["base", "core"],
  keyspace: ["base", "core", "config", "effects"],
  observability: ["base", "core", "config", "effects", "keyspace"],
  storage: ["base", "core", "config", "effects", "keyspace"],
  acl: ["base", "core", "config", "effects", "keyspace"],
  pubsub: ["base", "core", "config", "effects", "keyspace"],
  scripting: ["base", "core", "config", "effects", "keyspace", "acl"],
  replication: ["base", "core", "config", "effects", "keyspace", "storage"],
  cluster: ["base", "core", "config", "effects", "keyspace", "storage"],
  commands: ["base", "core", "config", "effects", "keyspace", "acl", "pubsub"],
  server: [
    ...["base", "core", "config", "effects", "keyspace", "acl", "pubsub"],
    ...["commands", "observability", "scripting", "storage"],
    ...["replication", "cluster"],
  ],
};

/** Besides those, types of these, which are gone once compiled: interfaces, no dependencies. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  commands: [
    ...["observability", "storage", "scripting", "replication", "cluster"],
  ],
  server: ["platform"],
};

/** What src/ may name only in src/platform and src/main.ts. */
const ENVIRONMENT =
  /\bDeno\.|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\bcrypto\.getRandomValues\b/;

interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly stripped: StrippedSource;
  /** Paths of the repository's files that it imports, types included. */
  readonly imports: readonly string[];
  /** Those of which it imports more than types. */
  readonly valueImports: readonly string[];
}

function listFiles(folder: string): string[] {
  const paths: string[] = [];
  try {
    for (const entry of Deno.readDirSync(join(ROOT, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      // In a work tree of its own, .git is a file.
      if (entry.isFile && !isForeign(path)) paths.push(path);
      else if (entry.isDirectory && !isForeign(path)) {
        paths.push(...listFiles(path));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths.sort();
}

function isForeign(path: string): boolean {
  return [".git", ".work", "node_modules", "wasm", "dist"].includes(path);
}

function readSources(): ReadonlyMap<string, SourceFile> {
  const paths = ["src", "asm", "tests", "bench"].flatMap(listFiles)
    .filter((path) => path.endsWith(".ts"));
  const known = new Set(paths);
  return new Map(paths.map((path) => {
    const text = Deno.readTextFileSync(join(ROOT, path));
    const stripped = stripSource(text);
    const relative = importSpecifiers(stripped)
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier, isTypeOnly }) => ({
        target: resolveImport(path, specifier, known),
        isTypeOnly,
      }));
    const imports = relative.map(({ target }) => target);
    const valueImports = relative.filter(({ isTypeOnly }) => !isTypeOnly)
      .map(({ target }) => target);
    return [path, { path, text, stripped, imports, valueImports }];
  }));
}

/** AssemblyScript leaves out the extension, and `index` with it. */
function resolveImport(
  from: string,
  specifier: string,
  known: ReadonlySet<string>,
): string {
  const path = normalize(join(dirname(from), specifier)).replaceAll("\\", "/");
  const candidates = [path, `${path}.ts`, `${path}/index.ts`];
  return candidates.find((candidate) => known.has(candidate)) ?? path;
}

const sources = readSources();
const srcFiles = [...sources.values()].filter(({ path }) =>
  path.startsWith("src/")
);

/** The folder of src/ that a file belongs to; `main.ts` for the files beside it. */
function folderOf(path: string): string {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1] : "main.ts";
}

function assertNone(problems: readonly string[], rule: string): void {
  assert.deepEqual(problems, [], `${rule}:\n  ${problems.join("\n  ")}\n`);
}

Deno.test("src imports go only in the direction that the design allows", () => {
  const problems = srcFiles.flatMap(({ path, imports, valueImports }) => {
    const folder = folderOf(path);
    if (folder === "main.ts") return [];
    const allowed = MAY_IMPORT[folder];
    if (allowed === undefined) return [`${path}: no rule for src/${folder}`];
    return imports
      .filter((target) => target.startsWith("src/"))
      .filter((target) => {
        const targetFolder = folderOf(target);
        const isAllowedType = !valueImports.includes(target) &&
          (MAY_IMPORT_TYPES[folder] ?? []).includes(targetFolder);
        return targetFolder !== folder && !isAllowedType &&
          !allowed.includes(targetFolder);
      })
      .map((target) => `${path} imports ${target}`);
  });
  assertNone(problems, "Wrong direction");
});

Deno.test("a folder of src that has a mod.ts is entered through it", () => {
  const problems = srcFiles.flatMap(({ path, imports }) =>
    imports.filter((target) =>
      target.startsWith("src/") && folderOf(target) !== folderOf(path) &&
      // The base is a shelf of independent files.
      folderOf(target) !== "base" &&
      sources.has(`src/${folderOf(target)}/mod.ts`) &&
      target !== `src/${folderOf(target)}/mod.ts`
    ).map((target) => `${path} imports ${target}`)
  );
  assertNone(problems, "Not through mod.ts");
});

Deno.test("only src/core imports the WASM build output, and only src/main.ts says where it is", () => {
  const problems = srcFiles.flatMap(({ path, imports }) =>
    imports.filter((target) => target.startsWith("wasm/"))
      .filter(() => !["core", "main.ts"].includes(folderOf(path)))
      .map((target) => `${path} imports ${target}`)
  );
  assertNone(problems, "Import of wasm/ outside src/core");
});

Deno.test("asm never imports src, and src never imports asm", () => {
  const problems = [...sources.values()].flatMap(({ path, imports }) =>
    imports.filter((target) =>
      (path.startsWith("asm/") && target.startsWith("src/")) ||
      (path.startsWith("src/") && target.startsWith("asm/"))
    ).map((target) => `${path} imports ${target}`)
  );
  assertNone(problems, "Import across the WASM boundary");
});

Deno.test("src and asm import neither tests nor bench", () => {
  const problems = [...sources.values()].flatMap(({ path, imports }) =>
    imports.filter((target) =>
      /^(src|asm)\//.test(path) && /^(tests|bench)\//.test(target)
    ).map((target) => `${path} imports ${target}`)
  );
  assertNone(problems, "Import of test code");
});

Deno.test("only src/platform and src/main.ts name Deno, the clock and randomness", () => {
  const problems = srcFiles
    .filter(({ path }) => !["platform", "main.ts"].includes(folderOf(path)))
    .flatMap(({ path, stripped }) =>
      stripped.codeOnly.split("\n").flatMap((line, index) =>
        ENVIRONMENT.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []
      )
    );
  assertNone(problems, "Environment outside src/platform");
});

Deno.test("imports of src exist and form no cycle", () => {
  const problems: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      problems.push([...trail.slice(start), path].join(" → "));
      return;
    }
    if (finished.has(path)) return;
    for (const target of sources.get(path)?.valueImports ?? []) {
      if (target.endsWith(".ts") && !isGenerated(target)) {
        if (!sources.has(target)) problems.push(`${path}: no ${target}`);
        visit(target, [...trail, path]);
      }
    }
    finished.add(path);
  };
  for (const { path } of srcFiles) visit(path, []);
  assertNone(problems, "Cycles or missing files");
});

function isGenerated(path: string): boolean {
  return path.startsWith("wasm/");
}

Deno.test("every source file is reachable from the program, the build or a test", () => {
  const allText = [...sources.values()]
    .filter(({ path }) =>
      /^(tests|bench)\//.test(path) || path === "asm/build.ts"
    )
    .map(({ text }) => text).join("\n") +
    Deno.readTextFileSync(join(ROOT, "deno.json"));
  const roots = [...sources.keys()].filter((path) =>
    ["src/main.ts", "asm/index.ts"].includes(path) ||
    /_(?:test|bench)\.ts$/.test(path) || allText.includes(path) ||
    // A script that is run by hand says how at its top.
    sources.get(path)!.text.includes(`deno run --allow-all ${path}`)
  );
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const target of sources.get(path)?.imports ?? []) visit(target);
  };
  roots.forEach(visit);
  const dead = [...sources.keys()].filter((path) => !reached.has(path));
  assertNone(dead, "Dead files");
});

Deno.test("files and functions are short enough to hold in the head", () => {
  const problems = [...sources.values()].flatMap(({ path, text, stripped }) => {
    const lineCount = text.split("\n").length - 1;
    const long = functionLengths(stripped)
      .filter((each) => each.lineCount > FUNCTION_LINES_MAX)
      .map((each) =>
        `${path}:${each.line}: function of ${each.lineCount} lines`
      );
    return lineCount > FILE_LINES_MAX
      ? [`${path}: ${lineCount} lines`, ...long]
      : long;
  });
  assertNone(
    problems,
    `More than ${FILE_LINES_MAX} lines a file or ${FUNCTION_LINES_MAX} a function`,
  );
});

/** Text files that people write; what tools generate is left out. */
function writtenFiles(): string[] {
  return listFiles("").filter((path) =>
    !/\.(?:wasm|svg|png|ico|rdb|aof|bin|lock|log)$/.test(path)
  );
}

Deno.test("no comment holds a leftover marker", () => {
  // Put together here, so that this file does not hold them.
  const markers = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]]
    .map((halves) => halves.join("")).join("|");
  const pattern = new RegExp(`(?://|^\\s*/?\\*|#|<!--).*\\b(?:${markers})\\b`);
  assertNone(linesMatching(writtenFiles(), pattern), "Leftover markers");
});

Deno.test("no file names a path of somebody's machine", () => {
  const folders = ["work", "home", "root", "Users"].join("|");
  const pattern = new RegExp(`(?<![\\w.~/}*)-])/(?:${folders})/\\w`);
  assertNone(linesMatching(writtenFiles(), pattern), "Machine paths");
});

function linesMatching(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    Deno.readTextFileSync(join(ROOT, path)).split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []
      )
  );
}

Deno.test("the compiled executable has the permissions of bin/aikv-server", () => {
  const tasks =
    JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).tasks;
  const launcher = Deno.readTextFileSync(join(ROOT, "bin/aikv-server"));
  const permissions = (text: string) =>
    [...new Set(text.match(/--allow-[a-z]+(?:=[A-Za-z_,]+)?/g))].toSorted();
  assert.deepEqual(permissions(tasks.compile.command), permissions(launcher));
  const v8Flags = /\$\{AIKV_V8_FLAGS:-(.*)\}/.exec(launcher)?.[1];
  const compiledFlags = /--v8-flags=(\S+)/.exec(tasks.compile.command)?.[1];
  assert.equal(compiledFlags, v8Flags);
});

Deno.test("source stripping keeps code and drops comments and strings", () => {
  const source = [
    'import { a } from "./a.ts"; // Deno.x',
    'const b = `t ${a("}", `${1}`)} Deno.y`; /* Deno.z',
    '*/ const c = /["`/]/.test("Deno.q") ? 1 / 2 : 3;',
    'export type { d } from "../d.ts";',
  ].join("\n");
  const stripped = stripSource(source);
  assert.deepEqual(importSpecifiers(stripped), [
    { specifier: "./a.ts", isTypeOnly: false },
    { specifier: "../d.ts", isTypeOnly: true },
  ]);
  assert.equal(stripped.codeOnly.includes("Deno"), false, stripped.codeOnly);
  assert.match(stripped.codeOnly, /\? 1 \/ 2 : 3;/);
  assert.equal(stripped.codeOnly.split("\n").length, 4);
});

Deno.test("function lengths count from the head to the closing brace", () => {
  const source = stripSource(
    [
      "function one() {",
      "  if (x) {",
      "  }",
      "}",
      "class Two {",
      "  async #three(a: number) {",
      "    return a;",
      "  }",
      "}",
      "export function four(",
      "  a: number,",
      "): void {",
      "}",
    ].join("\n"),
  );
  assert.deepEqual(functionLengths(source), [
    { line: 1, lineCount: 4 },
    { line: 6, lineCount: 3 },
    { line: 10, lineCount: 4 },
  ]);
});
