/**
 * Seeded random choices for generated tests. A failing test prints its seed;
 * setting `AIKV_TEST_SEED` to it runs the same choices again.
 */

/** The seed for a test run: `AIKV_TEST_SEED`, or a fresh one. */
export function testSeed(): number {
  const given = Deno.env.get("AIKV_TEST_SEED");
  if (given !== undefined && given !== "") return Number(given) >>> 0;
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** A small fast counter-based generator (SplitMix32); not for secrets. */
export class SeededRandom {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** A uniform 32-bit unsigned integer. */
  nextUint32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min +
      Math.floor(this.nextUint32() / 0x1_0000_0000 * (max - min + 1));
  }

  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.nextUint32() / 0x1_0000_0000 < probability;
  }

  /** One of the choices, each equally likely. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)];
  }

  /** One of the choices, by weight. */
  pickWeighted<T>(choices: readonly (readonly [weight: number, T])[]): T {
    let total = 0;
    for (const [weight] of choices) total += weight;
    let at = this.nextUint32() / 0x1_0000_0000 * total;
    for (const [weight, choice] of choices) {
      at -= weight;
      if (at < 0) return choice;
    }
    return choices[choices.length - 1][1];
  }

  /** The items in a random order, as a new array. */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let index = shuffled.length - 1; index > 0; index--) {
      const other = this.integer(0, index);
      [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
    }
    return shuffled;
  }

  /** `count` random bytes. */
  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let index = 0; index < count; index++) {
      bytes[index] = this.nextUint32();
    }
    return bytes;
  }

  /** An independent generator for a part of the test. */
  fork(): SeededRandom {
    return new SeededRandom(this.nextUint32());
  }
}
