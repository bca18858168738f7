/**
 * Byte strings: strings whose every character is one byte (0–255).
 *
 * Configuration arrives as bytes (a file, a client's argument, a command line)
 * and Redis never asks whether they are valid UTF-8. Keeping them as byte
 * strings keeps every byte, and still allows string operations.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes as a byte string. */
export function fromBytes(bytes: Uint8Array): string {
  let result = "";
  // In pieces, because arguments of a call are limited.
  for (let start = 0; start < bytes.length; start += 8192) {
    result += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return result;
}

/** A byte string as bytes. */
export function toBytes(byteString: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteString.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteString.charCodeAt(i);
  return bytes;
}

/** Text as a byte string of its UTF-8. */
export function fromText(text: string): string {
  // deno-lint-ignore no-control-regex
  return /^[\x00-\x7f]*$/.test(text) ? text : fromBytes(encoder.encode(text));
}

/** The text whose UTF-8 a byte string is; invalid sequences become U+FFFD. */
export function toText(byteString: string): string {
  // deno-lint-ignore no-control-regex
  return /^[\x00-\x7f]*$/.test(byteString)
    ? byteString
    : decoder.decode(toBytes(byteString));
}

/** What C sees of a byte string: everything before the first NUL. */
export function untilNul(byteString: string): string {
  const end = byteString.indexOf("\0");
  return end < 0 ? byteString : byteString.slice(0, end);
}

/** ASCII lower case, as C's `tolower` in the "C" locale. */
export function lowerCase(byteString: string): string {
  return byteString.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
}

/** ASCII upper case, as C's `toupper` in the "C" locale. */
export function upperCase(byteString: string): string {
  return byteString.replace(/[a-z]+/g, (lower) => lower.toUpperCase());
}

/** ASCII case-insensitive equality, as C's `strcasecmp`. */
export function equalsIgnoringCase(a: string, b: string): boolean {
  return a === b || lowerCase(a) === lowerCase(b);
}
