import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { sha1 } from "../../../src/base/sha1.ts";

Deno.test("SHA-1 agrees with another implementation for every length around a block's", () => {
  for (const length of [...Array(200).keys(), 1000, 4096, 65537]) {
    const bytes = Uint8Array.from(
      { length },
      (_, index) => index * 31 + length & 255,
    );
    assert.deepEqual(
      [...sha1(bytes)],
      [...createHash("sha1").update(bytes).digest()],
      `length ${length}`,
    );
  }
});

Deno.test("SHA-1 hashes a part of a buffer, and no more", () => {
  const buffer = new TextEncoder().encode("xxabcxx");
  assert.deepEqual(
    [...sha1(buffer.subarray(2, 5))],
    [...createHash("sha1").update("abc").digest()],
  );
});
