/**
 * Walks everything the allocator keeps and verifies it. Only the invariants
 * build has this; O(pages + free slots).
 */
import {
  CLASS_COUNT,
  classBytes,
  classHeads,
  emptySlabs,
  firstPage,
  freePages,
  info,
  KIND_FREE,
  KIND_INNER,
  KIND_RUN,
  KIND_SLAB,
  KIND_SLAB_TAIL,
  PAGE_SHIFT,
  RUN_BINS,
  runBin,
  runHeads,
  slabCapacity,
  slabPages,
  usedBytes,
  wilderness,
} from "./memory";

/** Free runs met while walking the pages. */
let freeRuns: u32 = 0;
/** Slabs with a free slot met while walking the pages. */
let openSlabs: u32 = 0;
/** Slabs with no slot in use, and pages in free runs. */
let idleSlabs: u32 = 0;
let idlePages: u32 = 0;
let bytesInUse: u64 = 0;

/** The slots of a slab add up; 0 or a code. */
function checkSlab(page: u32): i32 {
  const entry = info(page);
  const cls = <u32>load<u8>(entry, 1);
  if (cls >= CLASS_COUNT) return 10;
  const size = classBytes(cls);
  const pages = slabPages(size);
  for (let i: u32 = 1; i < pages; i++) {
    const tail = info(page + i);
    if (load<u8>(tail) != KIND_SLAB_TAIL) return 11;
    if (<u32>load<u16>(tail, 14) != i) return 12;
  }
  const used = <u32>load<u16>(entry, 2);
  const fresh = <u32>load<u16>(entry, 12);
  const capacity = slabCapacity(size);
  if (fresh > capacity || used > fresh) return 13;
  const start = page << PAGE_SHIFT;
  let free: u32 = 0;
  for (let slot = load<u32>(entry, 4); slot != 0; slot = load<u32>(slot)) {
    if (slot < start || (slot - start) % size != 0) return 14;
    if ((slot - start) / size >= fresh) return 15;
    if (++free > fresh) return 16;
  }
  if (used + free != fresh) return 17;
  if (used < capacity) openSlabs++;
  if (used == 0) idleSlabs++;
  bytesInUse += <u64>used * size;
  return 0;
}

/** Pages in order: every one belongs to exactly one slab or run. */
function checkPages(): i32 {
  let page = firstPage;
  let afterFree = false;
  while (page < wilderness) {
    const entry = info(page);
    const kind = <u32>load<u8>(entry);
    let pages: u32 = 0;
    if (kind == KIND_SLAB) {
      const code = checkSlab(page);
      if (code != 0) return code;
      pages = slabPages(classBytes(<u32>load<u8>(entry, 1)));
    } else if (kind == KIND_RUN || kind == KIND_FREE) {
      pages = load<u32>(entry, 4);
      if (pages == 0 || page + pages > wilderness) return 20;
      if (kind == KIND_FREE) {
        if (afterFree) return 21;
        const tail = info(page + pages - 1);
        if (load<u8>(tail) != KIND_FREE || load<u32>(tail, 4) != pages) return 22;
        freeRuns++;
        idlePages += pages;
      } else {
        bytesInUse += <u64>pages << PAGE_SHIFT;
        if (pages > 1 && load<u8>(info(page + pages - 1)) != KIND_INNER) return 23;
      }
    } else return 24;
    afterFree = kind == KIND_FREE;
    page += pages;
  }
  return page == wilderness ? 0 : 25;
}

/** The lists hold what they should, linked both ways. */
function checkLists(): i32 {
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    let prev: u32 = 0;
    let page = load<u32>(classHeads + (cls << 2));
    while (page != 0) {
      const entry = info(page);
      if (load<u8>(entry) != KIND_SLAB) return 30;
      if (<u32>load<u8>(entry, 1) != cls) return 31;
      if (<u32>load<u16>(entry, 10) != prev) return 32;
      if (openSlabs-- == 0) return 33;
      prev = page;
      page = <u32>load<u16>(entry, 8);
    }
  }
  if (openSlabs != 0) return 34;
  for (let bin: u32 = 0; bin < RUN_BINS; bin++) {
    let prev: u32 = 0;
    let page = load<u32>(runHeads + (bin << 2));
    while (page != 0) {
      const entry = info(page);
      if (load<u8>(entry) != KIND_FREE) return 35;
      if (runBin(load<u32>(entry, 4)) != bin) return 36;
      if (<u32>load<u16>(entry, 10) != prev) return 37;
      if (freeRuns-- == 0) return 38;
      prev = page;
      page = <u32>load<u16>(entry, 8);
    }
  }
  return freeRuns == 0 ? 0 : 39;
}

/** 0 when the allocator is whole, else the number of the failed check. */
export function memoryCheck(): i32 {
  if (!INVARIANTS) return 0;
  freeRuns = 0;
  openSlabs = 0;
  idleSlabs = 0;
  idlePages = 0;
  bytesInUse = 0;
  let code = checkPages();
  if (code == 0) code = checkLists();
  if (code == 0 && bytesInUse != usedBytes()) code = 40;
  if (code == 0 && idleSlabs != emptySlabs) code = 41;
  if (code == 0 && idlePages != freePages) code = 42;
  return code;
}
