/**
 * Fetches the sources of Redis as Debian (or Ubuntu) packages them, for their
 * test suite. They are kept in a cache folder that is not part of the
 * repository.
 *
 * Package lists are kept in the same folder, made from the machine's own
 * package sources with `deb` turned into `deb-src`: no system file changes, and
 * no root is needed.
 */

import { join } from "node:path";

/** The only version whose suite the baseline counts. */
export const SUITE_VERSION = "7.0.15";

/** The sources could not be obtained; the message says what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

const COMMAND_TIMEOUT_MS = 5 * 60_000;

/**
 * The folder with Redis's sources, fetched into `cacheDirectory` when it is not
 * there yet.
 * @throws {SourceError}
 */
export async function obtainSource(cacheDirectory: string): Promise<string> {
  const target = join(cacheDirectory, `redis-${SUITE_VERSION}`);
  if (await sourceVersion(target) === SUITE_VERSION) return target;
  await Deno.mkdir(cacheDirectory, { recursive: true });
  const aptOptions = await privateAptOptions(cacheDirectory);
  await run("apt-get", [...aptOptions, "-q", "update"], cacheDirectory);
  await run(
    "apt-get",
    [...aptOptions, "-q", "source", "--only-source", "redis"],
    cacheDirectory,
  );
  const version = await sourceVersion(target);
  if (version !== SUITE_VERSION) {
    throw new SourceError(
      `the package source of redis is not ${SUITE_VERSION}` +
        `: ${target} ${version ? `holds ${version}` : "was not unpacked"}`,
    );
  }
  return target;
}

/** The version a source folder holds, or `undefined` when it is none. */
export async function sourceVersion(
  directory: string,
): Promise<string | undefined> {
  try {
    const header = await Deno.readTextFile(join(directory, "src/version.h"));
    return /REDIS_VERSION "([^"]+)"/.exec(header)?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function privateAptOptions(cacheDirectory: string): Promise<string[]> {
  const aptDirectory = join(cacheDirectory, "apt");
  const partsDirectory = join(aptDirectory, "sources.list.d");
  await Deno.mkdir(join(aptDirectory, "lists/partial"), { recursive: true });
  await Deno.mkdir(join(aptDirectory, "cache/archives/partial"), {
    recursive: true,
  });
  await Deno.mkdir(partsDirectory, { recursive: true });
  const { stanzas, lines } = await distributionSources();
  if (stanzas.length + lines.length === 0) {
    throw new SourceError(
      "no Debian or Ubuntu package source on this machine; pass --source with " +
        `the unpacked sources of redis ${SUITE_VERSION}`,
    );
  }
  await Deno.writeTextFile(
    join(partsDirectory, "source.sources"),
    stanzas.join("\n\n") + "\n",
  );
  const listPath = join(aptDirectory, "sources.list");
  await Deno.writeTextFile(listPath, lines.join("\n") + "\n");
  const options = {
    "Dir::Etc::sourcelist": listPath,
    "Dir::Etc::sourceparts": partsDirectory,
    "Dir::State::lists": join(aptDirectory, "lists"),
    "Dir::Cache": join(aptDirectory, "cache"),
    "APT::Get::List-Cleanup": "false",
    "APT::Sandbox::User": "root",
  };
  return Object.entries(options).flatMap(([name, value]) => [
    "-o",
    `${name}=${value}`,
  ]);
}

/** The machine's own distribution archives, rewritten to offer sources. */
async function distributionSources(): Promise<
  { stanzas: string[]; lines: string[] }
> {
  const stanzas: string[] = [];
  const lines: string[] = [];
  for (const path of await sourceListFiles()) {
    const text = await Deno.readTextFile(path);
    if (path.endsWith(".sources")) {
      for (const stanza of text.split(/\n\s*\n/)) {
        if (!/^Types:.*\bdeb\b/m.test(stanza)) continue;
        if (!isDistribution(stanza)) continue;
        stanzas.push(stanza.trim().replace(/^Types:.*$/m, "Types: deb-src"));
      }
    } else {
      for (const line of text.split("\n")) {
        if (/^\s*deb\s/.test(line) && isDistribution(line)) {
          lines.push(line.replace(/^\s*deb\s/, "deb-src "));
        }
      }
    }
  }
  return { stanzas, lines };
}

function isDistribution(source: string): boolean {
  return /\b(debian|ubuntu)\b/i.test(source) &&
    /\b(main|universe)\b/.test(source);
}

async function sourceListFiles(): Promise<string[]> {
  const paths: string[] = [];
  const main = "/etc/apt/sources.list";
  if (await exists(main)) paths.push(main);
  const parts = "/etc/apt/sources.list.d";
  if (!await exists(parts)) return paths;
  for await (const entry of Deno.readDir(parts)) {
    if (/\.(list|sources)$/.test(entry.name)) {
      paths.push(join(parts, entry.name));
    }
  }
  return paths;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<void> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args: [...args],
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
    }).output();
  } catch (error) {
    throw new SourceError(`cannot run ${program}: ${error}`);
  }
  if (output.success) return;
  const decoder = new TextDecoder();
  throw new SourceError(
    `${program} ${
      args.at(-1)
    } failed (dpkg-dev and network access are needed):\n` +
      decoder.decode(output.stdout) + decoder.decode(output.stderr),
  );
}
