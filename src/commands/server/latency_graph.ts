/** LATENCY GRAPH: the spikes of an event as a picture of characters. */

import type {
  LatencySample,
  LatencySeries,
} from "../../observability/latency.ts";

const COLUMNS = 80;
const ROWS = 4;
/** How far a character cell is filled; a full one below others is `|`. */
const LEVELS = "_o#";

/** Age as one number and its unit: `5s`, `3m`, `2h`, `9d`. */
function age(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 24 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / (24 * 3600))}d`;
}

/** The graph of LATENCY GRAPH: oldest left, the ages below, read downwards. */
export function latencyGraphText(
  event: string,
  series: LatencySeries,
  nowMs: number,
): string {
  const { samples, max: highest } = series;
  const values = samples.map((sample) => sample.milliseconds);
  const high = Math.max(...values);
  const low = Math.min(...values);
  const ranges: string[] = [];
  for (let first = 0; first < samples.length; first += COLUMNS) {
    ranges.push(
      rangeText(samples.slice(first, first + COLUMNS), low, high, nowMs),
    );
  }
  return `${event} - high ${high} ms, low ${low} ms (all time high ${highest} ms)\n` +
    `${"-".repeat(COLUMNS)}\n${ranges.join("\n")}`;
}

function rangeText(
  samples: readonly LatencySample[],
  low: number,
  high: number,
  nowMs: number,
): string {
  const steps = LEVELS.length * ROWS;
  const range = high === low ? 1 : high - low;
  const levels = samples.map(({ milliseconds }) =>
    Math.min(steps - 1, Math.floor((milliseconds - low) * steps / range))
  );
  let text = "";
  for (let row = ROWS - 1; row >= 0; row--) {
    for (const level of levels) {
      const inRow = level - row * LEVELS.length;
      text += inRow < 0 ? " " : LEVELS[inRow] ?? "|";
    }
    text += "\n";
  }
  const now = Math.floor(nowMs / 1000);
  const labels = samples.map(({ time }) => age(now - time));
  const longest = Math.max(...labels.map((label) => label.length));
  // An empty line stands between the graph and the ages.
  for (let row = -1; row < longest; row++) {
    text += `${labels.map((label) => label[row] ?? " ").join("")}\n`;
  }
  return text;
}
