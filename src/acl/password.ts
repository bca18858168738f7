/** Passwords: only their SHA-256 is kept, as in Redis. */

import { toBytes } from "../base/byte_string.ts";
import { SHA256_HEX_DIGITS, sha256Hex } from "../base/sha256.ts";

/** What is kept of a password. */
export function hashPassword(password: string): string {
  return sha256Hex(toBytes(password));
}

/** Whether a text is such a hash. */
export function isPasswordHash(text: string): boolean {
  return text.length === SHA256_HEX_DIGITS && /^[0-9a-f]*$/.test(text);
}

/**
 * Whether two hashes are the same. How long it takes does not depend on where
 * they differ.
 */
export function equalsHash(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < SHA256_HEX_DIGITS; i++) {
    difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  }
  return difference === 0;
}
