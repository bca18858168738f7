import { strict as assert } from "node:assert";
import { Digest } from "../../../src/commands/server/debug_digest.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function digestOf(add: (digest: Digest) => void): string {
  const digest = new Digest();
  add(digest);
  return digest.hex;
}

Deno.test("a digest of nothing is zero, and of the same thing twice as well", () => {
  const nothing = "0".repeat(40);
  assert.equal(digestOf(() => {}), nothing);
  assert.equal(
    digestOf((digest) => {
      digest.xor(bytes("a"));
      digest.xor(bytes("a"));
    }),
    nothing,
  );
});

Deno.test("xor does not care about order, mix does", () => {
  const inOrder = (way: "xor" | "mix", ...texts: string[]) =>
    digestOf((digest) => texts.forEach((text) => digest[way](bytes(text))));
  assert.equal(inOrder("xor", "a", "b"), inOrder("xor", "b", "a"));
  assert.notEqual(inOrder("mix", "a", "b"), inOrder("mix", "b", "a"));
  assert.notEqual(inOrder("mix", "a", "b"), inOrder("mix", "ab"));
});
