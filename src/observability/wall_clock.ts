/** Unix time in microseconds, out of a clock that only tells milliseconds. */

import type { Clock } from "../base/interfaces.ts";

/**
 * Adds the fraction of the monotonic clock to the wall clock. How far the two
 * are apart is learnt: where the sum would leave the millisecond that the wall
 * clock shows, it is moved there and the distance is corrected. So it follows
 * the wall clock when that is set, and within a few readings it is right to a
 * fraction of a millisecond.
 */
export class WallClock {
  readonly #clock: Clock;
  /** Wall clock minus monotonic clock, as far as known. */
  #distanceMs = NaN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Microseconds of Unix time, a whole number. */
  microseconds(): number {
    const monotonicMs = this.#clock.monotonicMs();
    const nowMs = Math.floor(this.#clock.nowMs());
    let timeMs = monotonicMs + this.#distanceMs;
    if (!(timeMs >= nowMs)) timeMs = nowMs;
    else if (timeMs > nowMs + 0.999) timeMs = nowMs + 0.999;
    this.#distanceMs = timeMs - monotonicMs;
    return Math.floor(timeMs * 1000);
  }
}
