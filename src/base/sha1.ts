/**
 * SHA-1 (FIPS 180-4), because Redis's protocol uses it: DEBUG DIGEST, and the
 * names of scripts. Not for anything that must withstand an attacker.
 */

import process from "node:process";

export const SHA1_BYTES = 20;

/** Loaded when first needed: importing it would cost every start 20 ms. */
let crypto: typeof import("node:crypto") | undefined;

/** The SHA-1 of `bytes`. Synchronous. */
export function sha1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  crypto ??= process.getBuiltinModule("node:crypto");
  return new Uint8Array(crypto.createHash("sha1").update(bytes).digest());
}
