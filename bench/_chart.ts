/** The bar chart of throughput ratios, as SVG that reads on light and dark backgrounds. */

import { isStandardLoad } from "./_acceptance.ts";
import { TEST_NAMES, type ThroughputResult } from "./_throughput.ts";

const WIDTH = 760;
const LABEL_WIDTH = 130;
const VALUE_WIDTH = 60;
const TOP = 64;
const BAR_HEIGHT = 14;
const BAR_GAP = 3;
const GROUP_GAP = 14;
const BOTTOM = 34;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 16px; font-weight: 600; }
  .small { font-size: 11px; fill: #57606a; }
  .background { fill: #ffffff; }
  .grid { stroke: #d0d7de; }
  .one { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3; }
  .bar0 { fill: #9ec5fe; } .bar1 { fill: #4c8dda; } .bar2 { fill: #1f5fa8; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9da7b3; }
    .background { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .one { stroke: #ff7b72; }
    .bar0 { fill: #2b5c96; } .bar1 { fill: #4c8dda; } .bar2 { fill: #9ec5fe; }
  }
`;

/** Draws a group of bars for each test, a bar for each pipeline, at the standard load. */
export function ratioChart(
  results: readonly ThroughputResult[],
  caption: string,
): string {
  const shown = results.filter(isStandardLoad);
  const pipelines = [...new Set(shown.map((one) => one.pipeline))]
    .sort((a, b) => a - b);
  const tests = TEST_NAMES.filter((test) =>
    shown.some((one) => one.test === test)
  );
  const ratioMax = Math.ceil(
    Math.max(1.5, ...shown.map((one) => one.ratio)) * 2,
  ) / 2;
  const plotWidth = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const xOf = (ratio: number) => LABEL_WIDTH + plotWidth * ratio / ratioMax;
  const groupHeight = pipelines.length * (BAR_HEIGHT + BAR_GAP) + GROUP_GAP;
  const plotBottom = TOP + tests.length * groupHeight;
  const height = plotBottom + BOTTOM;
  const parts = [
    `<rect class="background" width="${WIDTH}" height="${height}" rx="8"/>`,
    `<text class="title" x="16" y="26">Requests per second, AiKv ÷ redis-server</text>`,
    legend(pipelines),
    grid(ratioMax, xOf, plotBottom),
  ];
  tests.forEach((test, testIndex) => {
    const groupTop = TOP + testIndex * groupHeight + GROUP_GAP / 2;
    const middle = groupTop + (groupHeight - GROUP_GAP) / 2 + 4;
    parts.push(
      `<text x="${
        LABEL_WIDTH - 10
      }" y="${middle}" text-anchor="end">${test.toUpperCase()}</text>`,
    );
    pipelines.forEach((pipeline, index) => {
      const one = shown.find((each) =>
        each.test === test && each.pipeline === pipeline
      );
      if (one === undefined) return;
      const y = groupTop + index * (BAR_HEIGHT + BAR_GAP);
      parts.push(bar(xOf(0), xOf(one.ratio), y, index, one.ratio));
    });
  });
  const oneX = xOf(1).toFixed(1);
  parts.push(
    `<line class="one" x1="${oneX}" x2="${oneX}" y1="${TOP}" y2="${plotBottom}"/>`,
    `<text class="small" x="16" y="${height - 10}">${
      escapeXml(caption)
    }</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" ` +
    `height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" ` +
    `aria-label="Throughput of AiKv relative to redis-server">\n` +
    `<style>${STYLE}</style>\n${parts.join("\n")}\n</svg>\n`;
}

function legend(pipelines: readonly number[]): string {
  return pipelines.map((pipeline, index) => {
    const x = LABEL_WIDTH + index * 110;
    return `<rect class="${
      barClass(index)
    }" x="${x}" y="38" width="12" height="12" rx="2"/>` +
      `<text class="small" x="${x + 18}" y="48">pipeline ${pipeline}</text>`;
  }).join("\n");
}

function grid(
  ratioMax: number,
  xOf: (ratio: number) => number,
  bottom: number,
): string {
  const lines: string[] = [];
  for (let ratio = 0; ratio <= ratioMax; ratio += 0.5) {
    const x = xOf(ratio).toFixed(1);
    lines.push(
      `<line class="grid" x1="${x}" x2="${x}" y1="${TOP}" y2="${bottom}"/>` +
        `<text class="small" x="${x}" y="${bottom + 14}" ` +
        `text-anchor="middle">${ratio.toFixed(1)}</text>`,
    );
  }
  return lines.join("\n");
}

function bar(
  left: number,
  right: number,
  y: number,
  index: number,
  ratio: number,
): string {
  return `<rect class="${barClass(index)}" x="${left}" y="${y}" ` +
    `width="${(right - left).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>` +
    `<text class="small" x="${(right + 6).toFixed(1)}" ` +
    `y="${y + 11}">${ratio.toFixed(2)}</text>`;
}

function barClass(index: number): string {
  return `bar${Math.min(index, 2)}`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
