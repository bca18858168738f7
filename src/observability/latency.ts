/** The latency monitor: spikes of named events, as Redis's latency.c keeps them. */

/** Samples kept of each event. */
const SAMPLES_MAX = 160;

/** One spike. */
export interface LatencySample {
  /** Seconds of Unix time. */
  readonly time: number;
  readonly milliseconds: number;
}

/** The spikes of one event. */
export interface LatencySeries {
  /** Longest ever, milliseconds. */
  max: number;
  /** Oldest first; at most one a second. */
  samples: LatencySample[];
}

/** What the spikes of an event amount to. Milliseconds, in whole numbers. */
export interface LatencySummary {
  readonly samples: number;
  readonly min: number;
  readonly max: number;
  readonly average: number;
  /** Mean distance from the average. */
  readonly deviation: number;
  /** Seconds since the oldest spike, at least 1. */
  readonly periodSeconds: number;
}

/** Spikes by event. */
export class LatencyMonitor {
  /** `latency-monitor-threshold`, milliseconds; 0: off. */
  thresholdMs = 0;
  readonly events = new Map<string, LatencySeries>();

  /** Notes how long an event took, if that is long enough. */
  note(event: string, milliseconds: number, nowMs: number): void {
    if (this.thresholdMs === 0 || milliseconds < this.thresholdMs) return;
    this.add(event, Math.floor(milliseconds), nowMs);
  }

  /** Adds a spike whatever the threshold. */
  add(event: string, milliseconds: number, nowMs: number): void {
    const time = Math.floor(nowMs / 1000);
    let series = this.events.get(event);
    if (series === undefined) {
      series = { max: 0, samples: [] };
      this.events.set(event, series);
    }
    if (milliseconds > series.max) series.max = milliseconds;
    const samples = series.samples;
    const last = samples.at(-1);
    if (last !== undefined && last.time === time) {
      if (milliseconds > last.milliseconds) {
        samples[samples.length - 1] = { time, milliseconds };
      }
      return;
    }
    samples.push({ time, milliseconds });
    if (samples.length > SAMPLES_MAX) samples.shift();
  }

  /** Forgets one event, whatever its case, or all; returns how many there were. */
  reset(event?: string): number {
    const wanted = event?.toLowerCase();
    let count = 0;
    for (const name of this.events.keys()) {
      if (wanted !== undefined && name.toLowerCase() !== wanted) continue;
      this.events.delete(name);
      count++;
    }
    return count;
  }

  /** Sums up the spikes of an event. */
  summary(series: LatencySeries, nowMs: number): LatencySummary {
    const values = series.samples.map((sample) => sample.milliseconds);
    const count = values.length;
    const sum = values.reduce((total, value) => total + value, 0);
    const average = Math.floor(sum / count);
    const distances = values.reduce(
      (total, value) => total + Math.abs(average - value),
      0,
    );
    const oldest = Math.min(...series.samples.map((sample) => sample.time));
    return {
      samples: count,
      min: Math.min(...values),
      max: Math.max(...values),
      average,
      deviation: Math.floor(distances / count),
      periodSeconds: Math.max(1, Math.floor(nowMs / 1000) - oldest),
    };
  }
}
