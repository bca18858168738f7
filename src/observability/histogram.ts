/**
 * A histogram of durations with two significant digits over nine decades, as
 * Redis's latency tracking keeps them (hdr_histogram, 1 ns to 1 s there).
 *
 * Bucket: a power of two of nanoseconds, cut into 128 equal parts, of which the
 * upper half is used from the second power on, so a value is known to within
 * one part in 64.
 */

const PART_BITS = 6;
const PARTS = 1 << PART_BITS;
const NANOSECONDS_MAX = 1_000_000_000;
const BUCKETS = PARTS * 26;

/** Durations of one command. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  /** Number of values. */
  get total(): number {
    return this.#total;
  }

  /** Adds `count` values of so many microseconds. */
  add(microseconds: number, count: number): void {
    const nanoseconds = Math.min(
      NANOSECONDS_MAX,
      Math.max(1, Math.round(microseconds * 1000)),
    );
    this.#counts[indexOf(nanoseconds)] += count;
    this.#total += count;
  }

  /** Microseconds that `percent` of the values do not exceed. */
  percentile(percent: number): number {
    if (this.#total === 0) return 0;
    const wanted = Math.max(1, Math.ceil(percent / 100 * this.#total));
    let seen = 0;
    for (let index = 0; index < BUCKETS; index++) {
      seen += this.#counts[index];
      if (seen >= wanted) return highest(index) / 1000;
    }
    return NANOSECONDS_MAX / 1000;
  }

  /** Values that do not exceed so many microseconds. */
  countUpTo(microseconds: number): number {
    const nanoseconds = microseconds * 1000;
    let seen = 0;
    for (let index = 0; index < BUCKETS; index++) {
      if (highest(index) > nanoseconds && lowest(index) > nanoseconds) break;
      seen += this.#counts[index];
    }
    return seen;
  }
}

function indexOf(nanoseconds: number): number {
  if (nanoseconds < PARTS * 2) return nanoseconds;
  const shift = 31 - Math.clz32(nanoseconds) - PART_BITS;
  return (shift << PART_BITS) + (nanoseconds >>> shift);
}

function lowest(index: number): number {
  if (index < PARTS * 2) return index;
  const shift = (index >> PART_BITS) - 1;
  return (index - (shift << PART_BITS)) * 2 ** shift;
}

function highest(index: number): number {
  return lowest(index + 1) - 1;
}
