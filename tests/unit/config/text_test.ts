/** Splitting, quoting, numbers, patterns and the command line, without Redis. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  absolutePath,
  formatKeyspaceEvents,
  fromBytes,
  fromText,
  globMatches,
  KeyspaceEvent,
  parseCommandLine,
  parseKeyspaceEvents,
  quoteArgument,
  splitArguments,
  toBytes,
  toText,
} from "../../../src/config/mod.ts";
import { globFiles } from "../../../src/config/glob_files.ts";
import {
  formatDouble,
  formatMemory,
  parseCanonicalInteger,
  parseDouble,
  parseLooseInteger,
  parseMemory,
} from "../../../src/config/numbers.ts";
import { FilesIn } from "./_support.ts";

const byteString = fc.uint8Array({ maxLength: 40 }).map((bytes) =>
  fromBytes(bytes)
);

Deno.test("quoted arguments come back byte for byte", () => {
  fc.assert(fc.property(fc.array(byteString), (args) => {
    assert.deepEqual(splitArguments(args.map(quoteArgument).join(" \t")), args);
  }));
});

Deno.test("lines split as Redis splits them", () => {
  const cases: [string, string[] | null][] = [
    ["", []],
    ["  a  b\t\n c ", ["a", "b", "c"]],
    [`"a b" 'c d'`, ["a b", "c d"]],
    [`a"b c"`, ["ab c"]],
    [`"\\x41\\n\\q\\xzz"`, ["A\nqxzz"]],
    [`'it\\'s' '\\n'`, ["it's", "\\n"]],
    [`"a"b`, null],
    [`'a'b`, null],
    [`"a`, null],
    [`'a`, null],
    [`"a\\`, null],
    [`""`, [""]],
    ["a\vb \v c", ["a\vb", "c"]],
    ["a b\0c d", ["a", "b"]],
  ];
  for (const [line, expected] of cases) {
    assert.deepEqual(splitArguments(line), expected, JSON.stringify(line));
  }
});

Deno.test("byte strings keep bytes and UTF-8", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.deepEqual(toBytes(fromBytes(bytes)), bytes);
  }));
  assert.equal(fromText("é"), "\xc3\xa9");
  assert.equal(toText("\xc3\xa9"), "é");
  assert.equal(fromBytes(new Uint8Array(20000).fill(65)).length, 20000);
});

Deno.test("memory sizes have Redis's units and wrap at 64 bits", () => {
  assert.equal(parseMemory("1k"), 1000n);
  assert.equal(parseMemory("1Kb"), 1024n);
  assert.equal(parseMemory("3gB"), 3n << 30n);
  assert.equal(parseMemory(""), 0n);
  assert.equal(parseMemory("mb"), 0n);
  assert.equal(parseMemory("-1"), null);
  assert.equal(parseMemory("1tb"), null);
  assert.equal(parseMemory("99999999999999999999kb"), 2n ** 64n - 1024n);
  assert.equal(parseMemory("1".repeat(128)), null);
  assert.equal(formatMemory(1536n << 20n), "1536mb");
  assert.equal(formatMemory(0n), "0");
  assert.equal(formatMemory(3000n), "3000");
});

Deno.test("integers are canonical where Redis wants them so", () => {
  for (
    const bad of [
      "",
      "-",
      "-0",
      "01",
      "+1",
      " 1",
      "1 ",
      "1.0",
      "9223372036854775808",
    ]
  ) {
    assert.equal(parseCanonicalInteger(bad), null, bad);
  }
  assert.equal(parseCanonicalInteger("-9223372036854775808"), -(2n ** 63n));
  assert.deepEqual(parseLooseInteger(" +12", 10), {
    value: 12n,
    isWhole: true,
    isOverflow: false,
  });
  assert.equal(parseLooseInteger("12x", 10).isWhole, false);
  assert.equal(parseLooseInteger("", 10).isWhole, true);
  assert.equal(parseLooseInteger("9".repeat(30), 10).value, 2n ** 63n - 1n);
  assert.equal(parseLooseInteger("-755", 8).value, -493n);
});

Deno.test("floating point reads as strtod does", () => {
  assert.equal(parseDouble("1e3"), 1000);
  assert.equal(parseDouble("0x1.8p1"), 3);
  assert.equal(parseDouble("-.5"), -0.5);
  assert.equal(parseDouble("Infinity"), Infinity);
  for (const bad of ["", " 1", "1 ", "nan", "1e", "1e400", "1e-400", "."]) {
    assert.equal(parseDouble(bad), null, bad);
  }
  assert.equal(parseDouble("0e-400"), 0);
  assert.equal(formatDouble(99.9), "99.9");
  assert.equal(formatDouble(100), "100");
});

Deno.test("hostile patterns end soon", () => {
  const pattern = "*a".repeat(40) + "b";
  assert.equal(globMatches(pattern, "a".repeat(200)), false);
  assert.equal(globMatches("*".repeat(5000) + "x", "y"), false);
  assert(globMatches("[a-c]?[^x]\\*", "bzz*"));
  assert(globMatches("[z-a]", "m"));
  assert(globMatches("a[", "a[") === false);
});

Deno.test("keyspace event classes are written in Redis's order", () => {
  assert.equal(parseKeyspaceEvents("q"), null);
  assert.equal(formatKeyspaceEvents(parseKeyspaceEvents("KEA")!), "AKE");
  assert.equal(formatKeyspaceEvents(parseKeyspaceEvents("mKx$g")!), "g$xKm");
  assert.equal(formatKeyspaceEvents(parseKeyspaceEvents("An")!), "A");
  assert.equal(parseKeyspaceEvents("E"), KeyspaceEvent.KEYEVENT);
});

Deno.test("command lines that only print say what and how they exit", () => {
  const exit = (...args: string[]) => {
    const parsed = parseCommandLine(args);
    assert.equal(parsed.action, "exit", args.join(" "));
    return parsed as Extract<typeof parsed, { action: "exit" }>;
  };
  assert.match(exit("-v").stdout, /^AiKv server v=\d+\.\d+\.\d+ /);
  assert.equal(exit("--version", "--sentinel").exitCode, 0);
  assert.match(exit("-h").stderr, /^Usage: aikv-server/);
  assert.equal(exit("--help").exitCode, 1);
  assert.match(
    exit("x.conf", "--sentinel").stderr,
    /does not run as a Sentinel/,
  );
  assert.match(exit("--test-memory", "5").stderr, /no memory test/);
  assert.match(exit("--test-memory").stderr, /amount of memory/);
  assert.equal(exit("--check-system").exitCode, 0);
});

Deno.test("arguments become lines of a configuration file", () => {
  const options = (...args: string[]) => {
    const parsed = parseCommandLine(args);
    return parsed.action === "serve" ? parsed.options : "";
  };
  assert.equal(options("--port", "1", "--save", ""), 'port "1" \nsave "" ');
  assert.equal(options("--save", "--port", "1"), 'save ""\nport "1" ');
  assert.equal(options("--requirepass", "--x"), 'requirepass "--x" ');
  assert.equal(options("x.conf", "--a b", "é"), 'a b "\\xc3\\xa9" ');
  const both = parseCommandLine(["x.conf", "-"]);
  assert.deepEqual(both, {
    action: "serve",
    file: "x.conf",
    options: "",
    readsStandardInput: true,
  });
});

Deno.test("paths become absolute as Redis makes them", () => {
  assert.equal(absolutePath(" /x/../y ", "/a"), "/x/../y");
  assert.equal(absolutePath("x.conf", "/a/b"), "/a/b/x.conf");
  assert.equal(absolutePath("../../../x.conf", "/a/b"), "/x.conf");
  assert.equal(absolutePath("./x", "/"), "/./x");
});

Deno.test("file patterns match component by component", async () => {
  const directory = await Deno.makeTempDir();
  for (
    const name of ["b.conf", "a.conf", ".hidden.conf", "c.txt", "[x].conf"]
  ) {
    await Deno.writeTextFile(`${directory}/${name}`, "");
  }
  await Deno.mkdir(`${directory}/sub1`);
  await Deno.mkdir(`${directory}/sub2`);
  await Deno.writeTextFile(`${directory}/sub2/z.conf`, "");
  const files = new FilesIn(directory);
  assert.deepEqual(globFiles(files, "*.conf"), [
    "[x].conf",
    "a.conf",
    "b.conf",
  ]);
  assert.deepEqual(globFiles(files, "[ab].co?f"), ["a.conf", "b.conf"]);
  assert.deepEqual(globFiles(files, "[!a].conf"), ["b.conf"]);
  assert.deepEqual(globFiles(files, "\\[x].con*"), ["[x].conf"]);
  assert.deepEqual(globFiles(files, "sub*/*.conf"), ["sub2/z.conf"]);
  assert.deepEqual(globFiles(files, `${files.currentDirectory()}/s*1`), [
    `${files.currentDirectory()}/sub1`,
  ]);
  assert.deepEqual(globFiles(files, "none/*"), []);
});
