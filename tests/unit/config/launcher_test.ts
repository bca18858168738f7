import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(
  new URL("../../../bin/aikv-server", import.meta.url),
);

/** A program in place of the server: it tells what it was given. */
const PROGRAM = `
  if (Deno.args[0] === "stay") {
    Deno.addSignalListener("SIGTERM", () => Deno.exit(7));
    setInterval(() => {}, 1000);
  }
  console.log(JSON.stringify({
    pid: Deno.pid,
    args: Deno.args,
    directory: Deno.cwd(),
    executable: Deno.env.get("AIKV_EXECUTABLE"),
    openFiles: Deno.env.get("AIKV_OPEN_FILES_MAX"),
    home: denied(() => Deno.env.get("HOME")),
    run: denied(() => new Deno.Command("true").outputSync()),
    hostname: denied(() => Deno.hostname()),
  }));
  function denied(f: () => unknown) {
    try { f(); return false; } catch (error) { return (error as Error).name === "NotCapable"; }
  }
`;

interface Report {
  pid: number;
  args: string[];
  directory: string;
  executable: string;
  openFiles: string;
  home: boolean;
  run: boolean;
  hostname: boolean;
}

async function newDirectory(): Promise<string> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(`${directory}/program.ts`, PROGRAM);
  return directory;
}

function launch(
  command: string,
  args: string[],
  directory: string,
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(command, {
    args,
    cwd: directory,
    env: {
      AIKV_MAIN: `${directory}/program.ts`,
      AIKV_DENO: Deno.execPath(),
      ...env,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function report(process: Deno.ChildProcess): Promise<Report> {
  const output = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(output.code, 0, text(output.stderr));
  return JSON.parse(text(output.stdout));
}

Deno.test("the launcher becomes the server: its pid, directory and arguments", async () => {
  const directory = await newDirectory();
  const args = ["x.conf", "--save", "", "a b", "é'\"\\$HOME"];
  const process = launch(LAUNCHER, args, directory);
  const told = await report(process);
  assert.equal(told.pid, process.pid);
  assert.equal(told.directory, directory);
  assert.deepEqual(told.args, args);
  assert.equal(told.executable, LAUNCHER);
  assert.match(told.openFiles, /^(\d+|unlimited)$/);
  assert(
    told.home && told.run && told.hostname,
    "what is not needed is denied",
  );
});

Deno.test("the launcher works through links and from PATH", async () => {
  const directory = await newDirectory();
  await Deno.symlink(LAUNCHER, `${directory}/first`);
  await Deno.mkdir(`${directory}/sub`);
  await Deno.symlink("../first", `${directory}/sub/redis-server`);
  const byPath = await report(
    launch(`${directory}/sub/redis-server`, [], directory),
  );
  assert.equal(byPath.executable, LAUNCHER);
  const path = `${directory}/sub:/usr/bin:/bin`;
  const shell = launch("/bin/sh", ["-c", "exec redis-server"], directory, {
    PATH: path,
  });
  const byName = await report(shell);
  assert.equal(byName.pid, shell.pid);
});

Deno.test("signals reach the server itself", async () => {
  const directory = await newDirectory();
  const process = launch(LAUNCHER, ["stay"], directory);
  const reader = process.stdout.getReader();
  await reader.read();
  process.kill("SIGTERM");
  assert.equal((await process.status).code, 7);
  await reader.cancel();
  await process.stderr.cancel();
});

Deno.test("a script in place of Deno is not left between", async () => {
  const directory = await newDirectory();
  await Deno.writeTextFile(
    `${directory}/deno`,
    `#!/bin/sh\n'${Deno.execPath()}' "$@"\n`,
    { mode: 0o755 },
  );
  const env = { AIKV_DENO: "", PATH: `${directory}:/usr/bin:/bin` };
  const process = launch(LAUNCHER, [], directory, env);
  assert.equal((await report(process)).pid, process.pid);
});

Deno.test("the launcher says what is missing", async () => {
  const directory = await newDirectory();
  await Deno.mkdir(`${directory}/bin`);
  await Deno.copyFile(LAUNCHER, `${directory}/bin/aikv-server`);
  const attempt = async (env: Record<string, string>) => {
    const output = await launch(
      `${directory}/bin/aikv-server`,
      [],
      directory,
      env,
    ).output();
    assert.equal(output.code, 1);
    return new TextDecoder().decode(output.stderr);
  };
  assert.match(
    await attempt({ AIKV_MAIN: "" }),
    /wasm\/aikv\.wasm is missing\. Build it/,
  );
  assert.match(
    await attempt({ AIKV_DENO: "", PATH: directory }),
    /Deno is not on PATH/,
  );
});
