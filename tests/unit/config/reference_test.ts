import assert from "node:assert/strict";
import { newConfig } from "./_support.ts";
import { OPTION_GROUPS, OPTIONS } from "../../../src/config/mod.ts";
import { optionReference } from "./_reference.ts";

const DOCUMENT = new URL("../../../docs/configuration.md", import.meta.url);
const BEGIN = "<!-- options: generated, do not edit -->\n\n";
const END = "\n<!-- options: end -->";

Deno.test("docs/configuration.md lists the options as they are (AIKV_UPDATE_DOCS=1 rewrites it, then deno fmt)", async () => {
  const text = await Deno.readTextFile(DOCUMENT);
  const begin = text.indexOf(BEGIN) + BEGIN.length;
  const end = text.indexOf(END);
  assert(begin >= BEGIN.length && end > 0, "the markers are there");
  const expected = text.slice(0, begin) + optionReference() + text.slice(end);
  // The formatter may break lines elsewhere.
  const words = (markdown: string) => markdown.split(/\s+/);
  if (Deno.env.get("AIKV_UPDATE_DOCS")) {
    await Deno.writeTextFile(DOCUMENT, expected);
  } else assert.deepEqual(words(text), words(expected));
});

Deno.test("every option stands in one group", () => {
  const grouped = OPTION_GROUPS.flatMap((group) => [...group.options]);
  assert.equal(grouped.length, OPTIONS.length);
  assert.deepEqual(new Set(grouped), new Set(OPTIONS));
});

Deno.test("settings that do nothing are named", () => {
  const { config } = newConfig();
  assert.deepEqual(config.ineffective(), []);
  config.assign("daemonize", ["yes"]);
  config.assign("appendonly", ["yes"]);
  config.assign("port", ["1"]);
  assert.deepEqual(config.ineffective().map((one) => one.name), [
    "daemonize",
    "appendonly",
  ]);
  assert.match(config.ineffective()[1].reason, /AiKv has no aof yet/);
});
