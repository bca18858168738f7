/** How much the property tests do, and the seed they start from. */
import { SeededRandom, testSeed } from "../_support/mod.ts";

/** `AIKV_PROPERTY_OPERATIONS`, or what takes a few seconds. */
export function operations(byDefault: number): number {
  const given = Deno.env.get("AIKV_PROPERTY_OPERATIONS");
  return given === undefined || given === "" ? byDefault : Number(given);
}

/** Runs a test with seeded choices; a failure tells the seed. */
export function withSeed(run: (random: SeededRandom) => void): void {
  const seed = testSeed();
  try {
    run(new SeededRandom(seed));
  } catch (error) {
    console.error(`AIKV_TEST_SEED=${seed} repeats this`);
    throw error;
  }
}
