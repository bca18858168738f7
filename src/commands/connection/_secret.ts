/** Comparing secrets. */

/**
 * Whether a given text is the secret. How long it takes depends on the length
 * of what was given only, not on the secret or on how much of it was right.
 */
export function equalsSecret(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let i = 0; i < given.length; i++) {
    // An empty secret gives NaN, which `^` takes for 0.
    difference |= given.charCodeAt(i) ^ secret.charCodeAt(i % secret.length);
  }
  return difference === 0;
}
