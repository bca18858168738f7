import type { Clock } from "../base/interfaces.ts";

/** The machine's clocks. */
export class DenoClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
