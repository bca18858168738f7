import { AIKV_VERSION, REDIS_VERSION } from "../base/version.ts";
import { fromText, lowerCase } from "../base/byte_string.ts";
import { quoteArgument, splitArguments } from "./split_arguments.ts";

/** What a command line asks for. */
export type CommandLine =
  | {
    readonly action: "serve";
    /** The configuration file as it was typed, a byte string. */
    readonly file: string | null;
    /** Read more configuration from standard input. */
    readonly readsStandardInput: boolean;
    /** The options as lines of a configuration file, a byte string. */
    readonly options: string;
  }
  | {
    readonly action: "exit";
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
  };

const USAGE = `\
Usage: aikv-server [/path/to/redis.conf] [options] [-]
       aikv-server - (read the configuration from standard input)
       aikv-server -v or --version
       aikv-server -h or --help

Options are those of the configuration file, with two dashes before the name.

Examples:
       aikv-server (serve with the default configuration)
       echo 'maxmemory 128mb' | aikv-server -
       aikv-server /etc/redis/6379.conf
       aikv-server --port 7777
       aikv-server --port 7777 --save 3600 1 300 100
       aikv-server /etc/redis/6379.conf --loglevel verbose -
`;

/**
 * The version line. Tools that start a Redis parse `v=`, so that is the
 * version AiKv is compatible with.
 */
const VERSION =
  `AiKv server v=${REDIS_VERSION} aikv=${AIKV_VERSION} sha=00000000:0 malloc=aikv bits=64 build=0\n`;

const NO_SENTINEL =
  "AiKv does not run as a Sentinel. Run redis-sentinel for that, and aikv-server without --sentinel.\n";
const NO_MEMORY_TEST =
  "AiKv has no memory test. Use memtester or memtest86+ instead.\n";
const MEMORY_TEST_USAGE =
  "Please specify the amount of memory to test in megabytes.\nExample: aikv-server --test-memory 4096\n\n";
const CHECK_SYSTEM =
  "AiKv does not fork, so overcommit, huge pages and copy-on-write need no check.\n";

function exit(exitCode: number, stdout: string, stderr = ""): CommandLine {
  return { action: "exit", exitCode, stdout, stderr };
}

/**
 * Reads the arguments of `aikv-server` by the rules of `redis-server`: an
 * optional configuration file, then options as `--name value …`, and a `-`
 * first or last for standard input.
 */
export function parseCommandLine(texts: readonly string[]): CommandLine {
  const args = texts.map(fromText);
  const first = args[0];
  if (first === "-v" || first === "--version") return exit(0, VERSION);
  if (first === "-h" || first === "--help") return exit(1, "", USAGE);
  if (first === "--test-memory") {
    return exit(1, "", args.length === 2 ? NO_MEMORY_TEST : MEMORY_TEST_USAGE);
  }
  if (first === "--check-system") return exit(0, CHECK_SYSTEM);
  if (args.includes("--sentinel")) return exit(1, "", NO_SENTINEL);
  const hasFile = first !== undefined && first[0] !== "-";
  return {
    action: "serve",
    file: hasFile ? first : null,
    ...parseOptions(args, hasFile ? 1 : 0),
  };
}

function parseOptions(
  args: readonly string[],
  start: number,
): { options: string; readsStandardInput: boolean } {
  let options = "";
  let readsStandardInput = false;
  /** False just after a name without a value: whatever comes is its value. */
  let isNameExpected = true;
  for (let i = start; i < args.length; i++) {
    const arg = args[i];
    const isLast = i === args.length - 1;
    if (arg === "-" && (i === 0 || isLast)) {
      readsStandardInput = true;
    } else if (isNameExpected && arg.startsWith("--")) {
      if (options !== "") options += "\n";
      options += arg.slice(2) + " ";
      // One word is only a name; more, as in "--port 6380", bring the value.
      isNameExpected = splitArguments(arg)?.length !== 1;
      if (isNameExpected || lowerCase(arg) !== "--save") continue;
      // `--save` without a value means `--save ""`, as it did before 7.0.
      const isNextName = args[i + 1]?.startsWith("--") ?? false;
      if (isNextName || isLast) options += '""';
      if (isNextName) isNameExpected = true;
    } else {
      options += quoteArgument(arg) + " ";
      isNameExpected = true;
    }
  }
  return { options, readsStandardInput };
}

/**
 * A path from the command line as an absolute one: surrounding spaces and
 * leading `../` are resolved, the rest is kept.
 */
export function absolutePath(path: string, currentDirectory: string): string {
  let relative = path.replace(/^[ \r\n\t]+|[ \r\n\t]+$/g, "");
  if (relative.startsWith("/")) return relative;
  let base = currentDirectory.endsWith("/")
    ? currentDirectory
    : currentDirectory + "/";
  while (relative.startsWith("../")) {
    relative = relative.slice(3);
    if (base.length > 1) {
      base = base.slice(0, base.lastIndexOf("/", base.length - 2) + 1);
    }
  }
  return base + relative;
}
