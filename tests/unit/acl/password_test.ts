/** Passwords and their hashes. */

import assert from "node:assert/strict";
import {
  equalsHash,
  hashPassword,
  isPasswordHash,
} from "../../../src/acl/password.ts";
import { sha256Hex } from "../../../src/base/sha256.ts";

Deno.test("SHA-256 gives the digests of its standard", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.equal(
    sha256Hex(bytes("")),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  assert.equal(
    sha256Hex(bytes("abc")),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test("passwords are bytes", () => {
  assert.equal(hashPassword("\xff\0"), sha256Hex(new Uint8Array([255, 0])));
});

Deno.test("hashes are equal only if they are the same", () => {
  const hashes = ["a", "b", "a\0", "secret"].map(hashPassword);
  for (const a of hashes) {
    assert.ok(isPasswordHash(a));
    for (const b of hashes) assert.equal(equalsHash(a, b), a === b);
    assert.equal(equalsHash(a, ""), false);
    assert.equal(equalsHash(a, `${a}0`), false);
    const flipped = (a[0] === "0" ? "1" : "0") + a.slice(1);
    assert.equal(equalsHash(a, flipped), false);
  }
});

Deno.test("only 64 lower-case hexadecimal digits are a hash", () => {
  const digits = "0123456789abcdef".repeat(4);
  assert.equal(isPasswordHash(digits), true);
  for (const bad of ["", digits.slice(1), `${digits}0`, digits.toUpperCase()]) {
    assert.equal(isPasswordHash(bad), false, bad);
  }
  assert.equal(isPasswordHash(`${digits.slice(1)}\n`), false);
});
