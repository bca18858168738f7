/** MEMORY MALLOC-STATS: what the core's allocator holds, by size of block. */

import type { Core } from "../../core/mod.ts";
import { ALLOCATOR } from "./info_memory.ts";

const PAGE_BYTES = 65536;

/** The report, as a text of lines. */
export function allocatorReport(core: Core): string {
  const { x } = core;
  const classes = x.memoryClasses() >>> 0;
  const census = core.scratch(classes * 16 + 12);
  x.memoryCensus(census);
  const word = (index: number) => core.load32((census >>> 0) + index * 4);
  const lines = [
    `___ Begin ${ALLOCATOR} statistics ___`,
    `Allocated: ${x.memoryUsed()}, active: ${x.memoryActive()}, resident: ${x.memoryReserved()}, mapped: ${core.memoryBytes}, peak: ${x.memoryPeak()}`,
    "",
    "size".padStart(8) + "blocks".padStart(12) + "slabs".padStart(10) +
    "pages".padStart(10) + "used".padStart(8),
  ];
  for (let at = 0; at < classes; at++) {
    const [size, slabs, pages, blocks] = [0, 1, 2, 3].map((field) =>
      word(at * 4 + field)
    );
    if (slabs === 0) continue;
    const used = size * blocks * 100 / (pages * PAGE_BYTES);
    lines.push(
      String(size).padStart(8) + String(blocks).padStart(12) +
        String(slabs).padStart(10) + String(pages).padStart(10) +
        `${used.toFixed(1)}%`.padStart(8),
    );
  }
  const [largeBlocks, largePages, freePages] = [0, 1, 2].map((field) =>
    word(classes * 4 + field)
  );
  lines.push(
    "",
    `Blocks above ${PAGE_BYTES} bytes: ${largeBlocks}, pages: ${largePages}`,
    `Free pages: ${freePages}, of ${PAGE_BYTES} bytes each`,
    `___ End ${ALLOCATOR} statistics ___`,
  );
  return `${lines.join("\n")}\n`;
}
