/** SHA-256 (FIPS 180-4): what access control keeps of passwords. */

import process from "node:process";

/** Hexadecimal digits of a digest. */
export const SHA256_HEX_DIGITS = 64;

/** Loaded when first needed: importing it would cost every start 20 ms. */
let crypto: typeof import("node:crypto") | undefined;

/** The SHA-256 of `bytes` in lower-case hexadecimal digits. Synchronous. */
export function sha256Hex(bytes: Uint8Array): string {
  crypto ??= process.getBuiltinModule("node:crypto");
  return crypto.createHash("sha256").update(bytes).digest("hex");
}
