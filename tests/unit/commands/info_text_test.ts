import assert from "node:assert/strict";
import {
  humanBytes,
  safeName,
} from "../../../src/commands/server/_info_text.ts";

Deno.test("bytes are shown as Redis shows them", () => {
  const texts: [number, string][] = [
    [0, "0B"],
    [1023, "1023B"],
    [1024, "1.00K"],
    [1024 * 1024 - 1, "1024.00K"],
    [1024 * 1024, "1.00M"],
    [5 * 1024 ** 3 / 2, "2.50G"],
    [1024 ** 4, "1.00T"],
    [1024 ** 5, "1.00P"],
  ];
  for (const [bytes, text] of texts) assert.equal(humanBytes(bytes), text);
});

Deno.test("a name cannot end a line or a field", () => {
  assert.equal(safeName("a:b#c\r\nd|e"), "a_b_c__d|e");
});
