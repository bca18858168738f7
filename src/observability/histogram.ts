/**
 * A histogram of durations with two significant digits, as Redis's latency
 * tracking keeps them (hdr_histogram from 1 ns to 1 s), so that both report the
 * same figure for the same duration.
 *
 * Below 256 ns every nanosecond is counted apart; above, each power of two is
 * cut into 128 equal parts.
 */

const PART_BITS = 7;
const PARTS = 1 << PART_BITS;
const NANOSECONDS_MAX = 1_000_000_000;
const BUCKETS = PARTS * 24;

/** First and last step of the cumulative distribution, nanoseconds. */
const STEP_MIN = 2 ** 10;
const STEP_MAX = 2 ** 29;

/** A step of a cumulative distribution. */
export interface DistributionStep {
  readonly microseconds: number;
  /** Values that do not exceed it. */
  readonly count: number;
}

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

  /** Microseconds that `percent` of the values do not exceed; 0 without values. */
  percentile(percent: number): number {
    if (this.#total === 0) return 0;
    const wanted = Math.max(
      1,
      Math.floor(Math.min(100, percent) / 100 * this.#total + 0.5),
    );
    let seen = 0;
    for (let index = 0; index < BUCKETS; index++) {
      seen += this.#counts[index];
      if (seen < wanted) continue;
      return (percent === 0 ? lowest(index) : highest(index)) / 1000;
    }
    return highest(BUCKETS - 1) / 1000;
  }

  /** The cumulative distribution in steps of a factor of two, without those that add nothing. */
  distribution(): DistributionStep[] {
    const steps: DistributionStep[] = [];
    let index = 0;
    let seen = 0;
    let reported = 0;
    const report = (lastIndex: number) => {
      for (; index <= lastIndex; index++) seen += this.#counts[index];
      if (seen === reported) return;
      reported = seen;
      steps.push({
        microseconds: Math.floor(highest(lastIndex) / 1000),
        count: seen,
      });
    };
    for (let step = STEP_MIN; step <= STEP_MAX; step *= 2) {
      if (reported === this.#total) return steps;
      report(indexOf(step));
    }
    report(BUCKETS - 1);
    return steps;
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
