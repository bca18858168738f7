/**
 * The allocator: everything AiKv keeps lives in blocks handed out here.
 *
 * Memory is cut into 64 KiB pages (the WASM page). Blocks of up to 8 KiB come
 * from one-page slabs of equal slots, blocks of up to 64 KiB from eight-page
 * slabs, larger ones are runs of whole pages. A slot has no header: the page
 * table below tells its size, so a 56-byte entry costs 56 bytes.
 *
 *   page table entry, 16 bytes, one a page, at PAGE_TABLE + page * 16
 *   +0  u8   kind      KIND_* below
 *   +1  u8   class     size class of a slab
 *   +2  u16  used      slots in use in a slab
 *   +4  u32  free      slab: first free slot (each holds the next), 0 = none
 *                      run (allocated or free): length in pages
 *   +8  u16  next      list link, a page number, 0 = end
 *   +10 u16  prev      list link
 *   +12 u16  fresh     slots handed out at least once; the rest is untouched
 *   +14 u16  back      pages back to the head of an eight-page slab
 *
 * Size classes: 8-byte steps to 128 bytes, then four a doubling to 64 KiB, so
 * at most a fifth of a block is padding. `usedBytes` counts slots, exactly.
 *
 * Complexity: O(1) for slabs, O(free runs of one size) for runs.
 * Invariants: page 0 and the last page of the address space are never handed
 * out, so 0 is "absent" and `ptr + bytes` never wraps. No two free runs touch.
 * `_memory_check.ts` verifies them.
 */

// @ts-ignore: declared by the host
@external("host", "grown")
declare function hostGrown(): void;

export const PAGE_SHIFT: u32 = 16;
const PAGE_BYTES: u32 = 1 << PAGE_SHIFT;
const PAGES_MAX: u32 = 65535;
/**
 * The memory at least doubles when it grows, by 16 MiB to 512 MiB. Pages that
 * have not been touched cost nothing, but each growth makes V8 believe in as
 * much new garbage as the memory is large, and collect it for 10 to 20 ms.
 */
const GROW_PAGES_MIN: u32 = 256;
const GROW_PAGES_MAX: u32 = 8192;
/** Kept for rolling back, which must not run out of memory (4 MiB). */
const RESERVE_PAGES: u32 = 64;

export const CLASS_COUNT: u32 = 52;
const SLAB_BYTES_MAX: u32 = 8192;
const MEDIUM_BYTES_MAX: u32 = 65536;
const MEDIUM_PAGES: u32 = 8;

export const KIND_INNER: u32 = 0;
export const KIND_FREE: u32 = 1;
export const KIND_SLAB: u32 = 2;
export const KIND_SLAB_TAIL: u32 = 3;
export const KIND_RUN: u32 = 4;

export const RUN_BINS: u32 = 17;
/** Free runs from this length on are sure to hold a slab of any class. */
const LARGE_RUN_PAGES: u32 = 16;

export let pageTable: u32 = 0;
/** First page that may be handed out. */
export let firstPage: u32 = 0;
/** First page never handed out yet; all behind it is untouched zeroes. */
export let wilderness: u32 = 0;
/** Pages in free runs. */
export let freePages: u32 = 0;
let pagesMax: u32 = PAGES_MAX - RESERVE_PAGES;
/** True while the reserve may be used. */
export let reserveOpen: bool = false;
/** Pages in free runs of LARGE_RUN_PAGES and more. */
let largeFreePages: u32 = 0;
/** Slabs kept although none of their slots is in use. */
export let emptySlabs: u32 = 0;
/** Heads (page numbers) of the lists of slabs that have a free slot. */
export let classHeads: u32 = 0;
/** Heads (page numbers) of the free runs, by log2 of their length. */
export let runHeads: u32 = 0;

/** Bytes in blocks handed out, padding of the size class included. */
let used: u64 = 0;
let usedPeak: u64 = 0;

// @ts-ignore: decorator
@inline
export function info(page: u32): u32 {
  return pageTable + (page << 4);
}

/** Must be called once before anything else. Calling it again is an error. */
export function memoryInit(): void {
  const base = (<u32>__heap_base + 63) & ~63;
  pageTable = base;
  classHeads = base + (PAGES_MAX + 1) * 16;
  runHeads = classHeads + CLASS_COUNT * 4;
  const end = runHeads + RUN_BINS * 4;
  firstPage = (end + PAGE_BYTES - 1) >> PAGE_SHIFT;
  wilderness = firstPage;
  const have = <u32>memory.size();
  if (have <= wilderness) {
    memory.grow(<i32>(wilderness + 1 - have));
    hostGrown();
  }
}

/** Lowers the ceiling (tests of the out-of-memory paths); pages of 64 KiB. */
export function memoryLimitPages(pages: u32): void {
  pagesMax = min<u32>(pages, PAGES_MAX - RESERVE_PAGES);
}

/** Opens the reserve, for work that cannot be refused, or closes it. */
export function memoryUseReserve(value: bool): void {
  reserveOpen = value;
}

/** Bytes in blocks handed out. An f64: exact, and cheap to return to JS. */
export function memoryUsed(): f64 {
  return <f64>used;
}

// @ts-ignore: decorator
@inline
export function usedBytes(): u64 {
  return used;
}

export function memoryPeak(): f64 {
  return <f64>usedPeak;
}

export function memoryPeakReset(): void {
  usedPeak = used;
}

/** Bytes of pages that were ever handed out: what the process may hold. */
export function memoryReserved(): f64 {
  return <f64>(<u64>wilderness << PAGE_SHIFT);
}

/** Bytes of the pages that are in use, the page table's included. */
export function memoryActive(): f64 {
  return <f64>(<u64>(wilderness - freePages) << PAGE_SHIFT);
}

// @ts-ignore: decorator
@inline
function classOf(bytes: u32): u32 {
  if (bytes <= 128) return (bytes + 7 >> 3) - 1;
  const last = bytes - 1;
  const log = 31 - clz(last);
  return 16 + (log - 7 << 2) + (last >> log - 2 & 3);
}

// @ts-ignore: decorator
@inline
export function classBytes(cls: u32): u32 {
  if (cls < 16) return (cls + 1) << 3;
  const step = cls - 16;
  const log = 7 + (step >> 2);
  return (1 << log) + ((step & 3) + 1 << log - 2);
}

// @ts-ignore: decorator
@inline
export function slabPages(size: u32): u32 {
  return size <= SLAB_BYTES_MAX ? 1 : MEDIUM_PAGES;
}

// ---------------------------------------------------------------- page runs

export function runBin(pages: u32): u32 {
  return 31 - clz(pages);
}

function runLink(page: u32, pages: u32): void {
  freePages += pages;
  const head = info(page);
  store<u8>(head, KIND_FREE);
  store<u32>(head, pages, 4);
  const tail = info(page + pages - 1);
  store<u8>(tail, KIND_FREE);
  if (pages > 1) store<u32>(tail, pages, 4);
  const bin = runHeads + (runBin(pages) << 2);
  const next = load<u32>(bin);
  store<u16>(head, <u16>next, 8);
  store<u16>(head, 0, 10);
  if (next != 0) store<u16>(info(next), <u16>page, 10);
  store<u32>(bin, page);
  if (pages >= LARGE_RUN_PAGES) largeFreePages += pages;
}

function runUnlink(page: u32): void {
  const head = info(page);
  const pages = load<u32>(head, 4);
  freePages -= pages;
  const next = <u32>load<u16>(head, 8);
  const prev = <u32>load<u16>(head, 10);
  if (prev != 0) store<u16>(info(prev), <u16>next, 8);
  else store<u32>(runHeads + (runBin(pages) << 2), next);
  if (next != 0) store<u16>(info(next), <u16>prev, 10);
  store<u8>(head, KIND_INNER);
  store<u8>(info(page + pages - 1), KIND_INNER);
  if (pages >= LARGE_RUN_PAGES) largeFreePages -= pages;
}

/** Makes sure `pages` more pages exist behind the wilderness mark. */
function growFor(pages: u32): bool {
  const need = wilderness + pages;
  if (need > (reserveOpen ? pagesMax + RESERVE_PAGES : pagesMax)) return false;
  // One page more than is handed out, so that reading a vector across the end
  // of a block never leaves the memory.
  const have = <u32>memory.size() - 1;
  if (need <= have) return true;
  let more = need - have;
  const double = max<u32>(GROW_PAGES_MIN, min<u32>(have, GROW_PAGES_MAX));
  const ahead = min<u32>(double, PAGES_MAX - have);
  if (more < ahead) more = ahead;
  if (memory.grow(<i32>more) < 0) {
    if (memory.grow(<i32>(need - have)) < 0) return false;
  }
  hostGrown();
  return true;
}

/** A run of `pages` pages; 0 where there is no room left. */
function takePages(pages: u32): u32 {
  let page = takeRun(pages);
  if (page == 0 && emptySlabs != 0) {
    releaseEmptySlabs();
    page = takeRun(pages);
  }
  return page;
}

function takeRun(pages: u32): u32 {
  for (let bin = runBin(pages); bin < RUN_BINS; bin++) {
    let page = load<u32>(runHeads + (bin << 2));
    while (page != 0) {
      const length = load<u32>(info(page), 4);
      if (length >= pages) {
        runUnlink(page);
        if (length > pages) runLink(page + pages, length - pages);
        return page;
      }
      page = <u32>load<u16>(info(page), 8);
    }
  }
  // A free run at the very end is too short, but what is behind it is free too.
  const last = info(wilderness - 1);
  const have = load<u8>(last) == KIND_FREE ? load<u32>(last, 4) : 0;
  if (!growFor(pages - have)) return 0;
  const page = wilderness - have;
  if (have != 0) runUnlink(page);
  wilderness += pages - have;
  return page;
}

/** Gives a run back and joins it with free neighbours. */
function givePages(page: u32, pages: u32): void {
  const after = page + pages;
  if (after < wilderness && load<u8>(info(after)) == KIND_FREE) {
    const length = load<u32>(info(after), 4);
    runUnlink(after);
    pages += length;
  }
  const before = info(page - 1);
  if (load<u8>(before) == KIND_FREE) {
    const length = load<u32>(before, 4);
    page -= length;
    runUnlink(page);
    pages += length;
  }
  runLink(page, pages);
}

// --------------------------------------------------------------------- slabs

function slabNew(cls: u32, size: u32): u32 {
  const pages = slabPages(size);
  const page = takePages(pages);
  if (page == 0) return 0;
  const head = info(page);
  store<u8>(head, KIND_SLAB);
  store<u8>(head, <u8>cls, 1);
  store<u16>(head, 0, 2);
  store<u32>(head, 0, 4);
  store<u32>(head, 0, 8);
  store<u32>(head, 0, 12);
  emptySlabs++;
  for (let i: u32 = 1; i < pages; i++) {
    const tail = info(page + i);
    store<u8>(tail, KIND_SLAB_TAIL);
    store<u16>(tail, <u16>i, 14);
  }
  return page;
}

function slabListPush(cls: u32, page: u32): void {
  const head = classHeads + (cls << 2);
  const next = load<u32>(head);
  store<u16>(info(page), <u16>next, 8);
  store<u16>(info(page), 0, 10);
  if (next != 0) store<u16>(info(next), <u16>page, 10);
  store<u32>(head, page);
}

function slabListRemove(cls: u32, page: u32): void {
  const entry = info(page);
  const next = <u32>load<u16>(entry, 8);
  const prev = <u32>load<u16>(entry, 10);
  if (prev != 0) store<u16>(info(prev), <u16>next, 8);
  else store<u32>(classHeads + (cls << 2), next);
  if (next != 0) store<u16>(info(next), <u16>prev, 10);
}

// @ts-ignore: decorator
@inline
export function slabCapacity(size: u32): u32 {
  return (slabPages(size) << PAGE_SHIFT) / size;
}

function slabAlloc(bytes: u32): u32 {
  const cls = classOf(bytes);
  const size = classBytes(cls);
  let page = load<u32>(classHeads + (cls << 2));
  if (page == 0) {
    page = slabNew(cls, size);
    if (page == 0) return 0;
    slabListPush(cls, page);
  }
  const entry = info(page);
  let ptr = load<u32>(entry, 4);
  if (ptr != 0) {
    store<u32>(entry, load<u32>(ptr), 4);
  } else {
    const fresh = <u32>load<u16>(entry, 12);
    ptr = (page << PAGE_SHIFT) + fresh * size;
    store<u16>(entry, <u16>(fresh + 1), 12);
  }
  const before = <u32>load<u16>(entry, 2);
  if (before == 0) emptySlabs--;
  store<u16>(entry, <u16>(before + 1), 2);
  if (
    load<u32>(entry, 4) == 0 &&
    <u32>load<u16>(entry, 12) == slabCapacity(size)
  ) {
    slabListRemove(cls, page);
  }
  used += size;
  if (used > usedPeak) usedPeak = used;
  return ptr;
}

function slabFree(ptr: u32, page: u32): void {
  const entry = info(page);
  const cls = <u32>load<u8>(entry, 1);
  const size = classBytes(cls);
  const free = load<u32>(entry, 4);
  const full = free == 0 &&
    <u32>load<u16>(entry, 12) == slabCapacity(size);
  store<u32>(ptr, free);
  store<u32>(entry, ptr, 4);
  const left = load<u16>(entry, 2) - 1;
  store<u16>(entry, left, 2);
  used -= size;
  if (full) slabListPush(cls, page);
  // The last slab of a class stays while there is memory, so that one block
  // taken and given back in a loop does not rebuild it each time.
  if (left != 0) return;
  emptySlabs++;
  if (load<u32>(entry, 8) != 0) slabRelease(cls, page);
}

/** Gives the pages of a slab back, no slot of which is in use. */
function slabRelease(cls: u32, page: u32): void {
  emptySlabs--;
  slabListRemove(cls, page);
  const pages = slabPages(classBytes(cls));
  for (let i: u32 = 0; i < pages; i++) store<u8>(info(page + i), KIND_INNER);
  givePages(page, pages);
}

/** When pages run out: gives back what was only kept for speed. */
function releaseEmptySlabs(): void {
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    let page = load<u32>(classHeads + (cls << 2));
    while (page != 0) {
      const next = <u32>load<u16>(info(page), 8);
      if (load<u16>(info(page), 2) == 0) slabRelease(cls, page);
      page = next;
    }
  }
}

// -------------------------------------------------------------- the interface

/**
 * A block of at least `bytes` bytes, 8-byte aligned, contents undefined;
 * 0 when memory is exhausted. `bytes` of 0 gives the smallest block.
 */
export function alloc(bytes: u32): u32 {
  if (bytes <= MEDIUM_BYTES_MAX) return slabAlloc(bytes == 0 ? 1 : bytes);
  if (bytes > 0xfffe0000) return 0;
  const pages = (bytes + PAGE_BYTES - 1) >> PAGE_SHIFT;
  const page = takePages(pages);
  if (page == 0) return 0;
  const entry = info(page);
  store<u8>(entry, KIND_RUN);
  store<u32>(entry, pages, 4);
  used += <u64>pages << PAGE_SHIFT;
  if (used > usedPeak) usedPeak = used;
  return page << PAGE_SHIFT;
}

/** Gives a block back; `free(0)` does nothing. */
export function free(ptr: u32): void {
  if (ptr == 0) return;
  let page = ptr >> PAGE_SHIFT;
  const entry = info(page);
  const kind = <u32>load<u8>(entry);
  if (kind == KIND_SLAB) return slabFree(ptr, page);
  if (kind == KIND_SLAB_TAIL) {
    page -= <u32>load<u16>(entry, 14);
    return slabFree(ptr, page);
  }
  if (INVARIANTS) if (kind != KIND_RUN) unreachable();
  const pages = load<u32>(entry, 4);
  used -= <u64>pages << PAGE_SHIFT;
  store<u8>(entry, KIND_INNER);
  givePages(page, pages);
}

/** Bytes the block at `ptr` really has. */
export function usableSize(ptr: u32): u32 {
  let page = ptr >> PAGE_SHIFT;
  let entry = info(page);
  const kind = <u32>load<u8>(entry);
  if (kind == KIND_RUN) return load<u32>(entry, 4) << PAGE_SHIFT;
  if (kind == KIND_SLAB_TAIL) {
    page -= <u32>load<u16>(entry, 14);
    entry = info(page);
  }
  return classBytes(<u32>load<u8>(entry, 1));
}

/** Bytes a block for `bytes` would really have. */
export function blockBytes(bytes: u32): u32 {
  if (bytes <= MEDIUM_BYTES_MAX) return classBytes(classOf(max<u32>(bytes, 1)));
  return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/** Tries to make a run longer where it is. */
function runExtend(page: u32, have: u32, want: u32): bool {
  const after = page + have;
  const more = want - have;
  if (after == wilderness) {
    if (!growFor(more)) return false;
    wilderness += more;
  } else {
    if (load<u8>(info(after)) != KIND_FREE) return false;
    const length = load<u32>(info(after), 4);
    if (length < more) {
      if (after + length != wilderness || !growFor(more - length)) return false;
      wilderness += more - length;
    }
    runUnlink(after);
    if (length > more) runLink(after + more, length - more);
  }
  store<u32>(info(page), want, 4);
  used += <u64>more << PAGE_SHIFT;
  if (used > usedPeak) usedPeak = used;
  return true;
}

/**
 * The block at `ptr` with room for `bytes`, moved if it must be, its contents
 * kept; 0 when memory is exhausted (the old block is then untouched).
 */
export function resize(ptr: u32, bytes: u32): u32 {
  if (ptr == 0) return alloc(bytes);
  const have = usableSize(ptr);
  const want = blockBytes(bytes);
  if (have == want) return ptr;
  if (have > MEDIUM_BYTES_MAX && want > MEDIUM_BYTES_MAX) {
    const page = ptr >> PAGE_SHIFT;
    const havePages = have >> PAGE_SHIFT;
    const wantPages = want >> PAGE_SHIFT;
    if (wantPages > havePages) {
      if (runExtend(page, havePages, wantPages)) return ptr;
    } else {
      store<u32>(info(page), wantPages, 4);
      used -= <u64>(havePages - wantPages) << PAGE_SHIFT;
      givePages(page + wantPages, havePages - wantPages);
      return ptr;
    }
  }
  const moved = alloc(bytes);
  if (moved == 0) return 0;
  memory.copy(moved, ptr, min<u32>(have, bytes));
  free(ptr);
  return moved;
}

/** Pages kept clear of by fast paths, so that they never run out half-way. */
const NEAR_LIMIT_PAGES: u32 = 1024;

/** Whether less than 64 MiB are left in pieces that any block fits in. */
// @ts-ignore: decorator
@inline
export function memoryNearLimit(): bool {
  return wilderness + NEAR_LIMIT_PAGES > pagesMax + largeFreePages;
}
