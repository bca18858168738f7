/**
 * What the allocator's pages hold, for MEMORY MALLOC-STATS: one walk over the
 * page table, O(pages), at most 65,535.
 *
 *   the census, at an address the caller gives, CENSUS_BYTES long
 *   per size class, 16 bytes: u32 bytes a block, u32 slabs, u32 pages, u32 blocks
 *   then: u32 large blocks, u32 their pages, u32 free pages
 */
import {
  CLASS_COUNT,
  classBytes,
  freePages,
  KIND_RUN,
  KIND_SLAB,
  pageTable,
  slabPages,
  wilderness,
} from "./memory";

const CENSUS_BYTES: u32 = CLASS_COUNT * 16 + 12;

/** How many size classes there are. */
export function memoryClasses(): u32 {
  return CLASS_COUNT;
}

/** Writes the census to `out`. */
export function memoryCensus(out: u32): void {
  memory.fill(out, 0, CENSUS_BYTES);
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    store<u32>(out + (cls << 4), classBytes(cls));
  }
  const large = out + (CLASS_COUNT << 4);
  for (let page: u32 = 1; page < wilderness; page++) {
    const entry = pageTable + (page << 4);
    const kind = <u32>load<u8>(entry);
    if (kind == KIND_SLAB) {
      const row = out + (<u32>load<u8>(entry, 1) << 4);
      store<u32>(row, load<u32>(row, 4) + 1, 4);
      store<u32>(row, load<u32>(row, 8) + slabPages(load<u32>(row)), 8);
      store<u32>(row, load<u32>(row, 12) + <u32>load<u16>(entry, 2), 12);
    } else if (kind == KIND_RUN) {
      store<u32>(large, load<u32>(large) + 1);
      store<u32>(large, load<u32>(large, 4) + load<u32>(entry, 4), 4);
    }
  }
  store<u32>(large, freePages, 8);
}
