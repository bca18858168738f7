/**
 * Whether the real Redis programs are installed, and tests that need them.
 *
 * Without them such tests are reported as ignored, with the reason in their
 * name; with the environment variable `CI=true` they run and fail, so that a
 * build machine cannot pass by lacking them.
 */

import { redisBinary, REFERENCE_VERSION } from "./server.ts";

const INSTALL_HINT = "Debian packages redis-server and redis-tools";

function versionOf(program: string): string | undefined {
  try {
    const { stdout } = new Deno.Command(program, {
      args: ["--version"],
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return /\d+\.\d+\.\d+/.exec(new TextDecoder().decode(stdout))?.[0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const versions = new Map<string, string | undefined>();

function cachedVersion(program: string): string | undefined {
  if (!versions.has(program)) versions.set(program, versionOf(program));
  return versions.get(program);
}

/** Whether the reference `redis-server`, in the reference version, is there. */
export function hasRedis(): boolean {
  return cachedVersion(redisBinary()) === REFERENCE_VERSION;
}

/** Whether another Redis program (`redis-cli`, `redis-benchmark`) is there. */
export function hasProgram(program: string): boolean {
  return cachedVersion(program) !== undefined;
}

function requirement(program: string): string | undefined {
  if (program === redisBinary()) {
    if (hasRedis()) return undefined;
    const found = cachedVersion(program);
    const what = found === undefined ? "is not installed" : `is ${found}`;
    return `${program} ${REFERENCE_VERSION} is needed, but ${what} (${INSTALL_HINT})`;
  }
  if (hasProgram(program)) return undefined;
  return `${program} is not installed (${INSTALL_HINT})`;
}

/**
 * Why tests that need these programs are to be ignored, or `undefined` when
 * they are to run. On CI always `undefined`.
 */
export function redisIgnore(
  programs: readonly string[] = [redisBinary()],
): string | undefined {
  if (Deno.env.get("CI") === "true") return undefined;
  for (const program of programs) {
    const reason = requirement(program);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** `Deno.test` for a test that needs Redis programs; see the top of the file. */
export function redisTest(
  name: string,
  run: (context: Deno.TestContext) => Promise<void>,
  programs: readonly string[] = [redisBinary()],
): void {
  const reason = redisIgnore(programs);
  Deno.test({
    name: reason === undefined ? name : `${name} (ignored: ${reason})`,
    ignore: reason !== undefined,
    async fn(context) {
      for (const program of programs) {
        const missing = requirement(program);
        if (missing !== undefined) throw new Error(missing);
      }
      await run(context);
    },
  });
}
