import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(
  new URL("../../../src/platform/process.ts", import.meta.url),
);

/** Runs a program that listens for what nobody caught. */
async function outcome(program: string): Promise<string> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/program.ts`;
  await Deno.writeTextFile(
    path,
    `import { exitProcess, onUncaught } from ${JSON.stringify(module)};
onUncaught((error) => {
  console.log("heard " + (error as Error).message);
  exitProcess(70);
});
${program}
setTimeout(() => console.log("still running"), 1000);
`,
  );
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--no-lock", path],
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    return `${text.decode(stdout)}${text.decode(stderr)}exit ${code}`;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("what a callback throws is heard instead of printed", async () => {
  const program = `setTimeout(() => { throw new Error("of a timer"); }, 0);`;
  assert.equal(await outcome(program), "heard of a timer\nexit 70");
});

Deno.test("what a promise rejects with is heard instead of printed", async () => {
  const program = `Promise.resolve().then(() => {
  throw new Error("of a promise");
});`;
  assert.equal(await outcome(program), "heard of a promise\nexit 70");
});
