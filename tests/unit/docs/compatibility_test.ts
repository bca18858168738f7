import assert from "node:assert/strict";
import { COMMAND_TABLE } from "../../../src/commands/table.ts";
import { OPTIONS } from "../../../src/config/mod.ts";

const DOCUMENT = new URL("../../../docs/compatibility.md", import.meta.url);

/** The commands by group, subcommands after their container. */
function commandTable(): string {
  const lines = [
    "| command | group | since | complexity |",
    "| - | - | - | - |",
  ];
  for (const entry of COMMAND_TABLE.commands) {
    for (const one of [entry, ...entry.subcommands]) {
      if (one.spec.handler === undefined) continue;
      const name = one.fullName.replace("|", " ").toUpperCase();
      const { group, since, complexity } = one.spec;
      lines.push(
        `| \`${name}\` | ${group} | ${since} | ${
          (complexity ?? "").replaceAll("|", "\\|")
        } |`,
      );
    }
  }
  return lines.join("\n");
}

function noopTable(): string {
  const lines = ["| option | why |", "| - | - |"];
  for (const { name, noop } of OPTIONS) {
    if (noop !== undefined) lines.push(`| \`${name}\` | ${noop} |`);
  }
  return lines.join("\n");
}

function withSection(text: string, name: string, content: string): string {
  const begin = `<!-- ${name}: generated, do not edit -->\n`;
  const start = text.indexOf(begin) + begin.length;
  const end = text.indexOf(`\n<!-- ${name}: end -->`);
  assert(start >= begin.length && end > 0, `the markers of ${name} are there`);
  return `${text.slice(0, start)}\n${content}\n${text.slice(end)}`;
}

Deno.test("docs/compatibility.md lists commands and idle options as they are (AIKV_UPDATE_DOCS=1 rewrites it, then deno fmt)", async () => {
  const text = await Deno.readTextFile(DOCUMENT);
  const expected = withSection(
    withSection(text, "commands", commandTable()),
    "noop options",
    noopTable(),
  );
  // The formatter pads cells and rules.
  const words = (markdown: string) =>
    markdown.replace(/-+/g, "-").split(/[\s]+/).filter((word) => word !== "");
  if (Deno.env.get("AIKV_UPDATE_DOCS")) {
    await Deno.writeTextFile(DOCUMENT, expected);
  } else assert.deepEqual(words(text), words(expected));
});
