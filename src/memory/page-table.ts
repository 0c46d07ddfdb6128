/**
 * Sv39 page tables in frames: what is there, apart from what was asked for (VMAs). Three levels of 512 entries
 * of two words, of which the second is always zero. Pages are named by number (address / 4096) in here.
 *
 *     root ──▶ level 1 ──▶ leaf table ──▶ frame        a leaf table spans 512 pages (2 MiB)
 *                  └ PTE_SHARED_TABLE: the leaf table is counted, and split before it changes (after fork)
 */
import type { Context } from './context.ts';
import { KIND_ANONYMOUS, KIND_FILE, KIND_SHMEM, KIND_TABLE, WORDS } from './frames.ts';
import { PAGE_SIZE, PTE_COW, PTE_PPN_SHIFT, PTE_SHARED_TABLE, PTE_V, PTE_W } from './layout.ts';
import { FLUSH_BY_PAGE, renewAsid } from './tags.ts';
import type { Frame, Mm } from './types.ts';

/** Pages under one leaf table, and one past the greatest number of a user page. */
export const TABLE_PAGES = 512;
export const END_PAGE = 2 ** 26;

export const frameOf = (pte: number): Frame => (pte >>> PTE_PPN_SHIFT) as Frame;
export const pteOf = (frame: Frame, flags: number): number => (frame << PTE_PPN_SHIFT) | flags;
const tableOf = (entry: number): number => (entry >>> PTE_PPN_SHIFT) * WORDS;

/** Word index of the level-1 entry for a page, or 0 when there is no level-1 table. */
export function level1Slot({ frames: { u32 } }: Context, mm: Mm, page: number): number {
  const entry = u32[mm.root * WORDS + (page >>> 18) * 2]!;
  return entry === 0 ? 0 : tableOf(entry) + ((page >>> 9) & 511) * 2;
}

/** Word index of the leaf entry for a page, or 0 when there is no leaf table. Not necessarily ours to change. */
export function leafSlot(m: Context, mm: Mm, page: number): number {
  const slot = level1Slot(m, mm, page);
  const entry = slot === 0 ? 0 : m.frames.u32[slot]!;
  return entry === 0 ? 0 : tableOf(entry) + (page & 511) * 2;
}

/** As `leafSlot`, but makes missing tables and splits a shared one. 0: out of memory. */
export function ownLeafSlot(m: Context, mm: Mm, page: number): number {
  const { u32 } = m.frames;
  const rootSlot = mm.root * WORDS + (page >>> 18) * 2;
  if (u32[rootSlot] === 0) {
    const table = m.frames.alloc(KIND_TABLE);
    if (table === 0) return 0;
    u32[rootSlot] = pteOf(table, PTE_V);
  }
  const slot = tableOf(u32[rootSlot]!) + ((page >>> 9) & 511) * 2;
  if (u32[slot] === 0) {
    const table = m.frames.alloc(KIND_TABLE);
    if (table === 0) return 0;
    u32[slot] = pteOf(table, PTE_V);
  } else if (!ownTable(m, slot)) return 0;
  return tableOf(u32[slot]!) + (page & 511) * 2;
}

/** Makes the leaf table behind a level-1 entry this address space's alone. False: out of memory. */
export function ownTable(m: Context, slot: number): boolean {
  const { u32, counts } = m.frames;
  const entry = u32[slot]!;
  if ((entry & PTE_SHARED_TABLE) === 0) return true;
  if (counts[frameOf(entry)] === 1) {
    u32[slot] = entry & ~PTE_SHARED_TABLE;
    return true;
  }
  const copy = m.frames.copyOf(frameOf(entry), KIND_TABLE);
  if (copy === 0) return false;
  shareFrames(m, tableOf(entry), copy * WORDS);
  m.frames.release(frameOf(entry));
  u32[slot] = pteOf(copy, PTE_V);
  return true;
}

/** Counts every frame once more for the copied table; private pages become copy-on-write in both. */
function shareFrames({ frames: { u32, counts, kinds } }: Context, from: number, to: number): void {
  const end = from + WORDS;
  for (let at = nextPresent(u32, from, end); at < end; at = nextPresent(u32, at + 2, end)) {
    const pte = u32[at]!;
    counts[pte >>> PTE_PPN_SHIFT]!++;
    if ((pte & PTE_W) === 0 || kinds[pte >>> PTE_PPN_SHIFT] !== KIND_ANONYMOUS) continue;
    // No TLB holds this as writable: the address space was given a new tag when its tables became shared.
    u32[at] = u32[at + to - from] = (pte & ~PTE_W) | PTE_COW;
  }
}

/** The first page from `page` on, below `end`, that has a leaf table; `end` when there is none. */
export function nextLeaf({ frames: { u32 } }: Context, mm: Mm, page: number, end: number): number {
  let at = page;
  while (at < end) {
    const entry = u32[mm.root * WORDS + (at >>> 18) * 2]!;
    if (entry === 0) {
      at = ((at >>> 18) + 1) << 18;
      continue;
    }
    if (u32[tableOf(entry) + ((at >>> 9) & 511) * 2] !== 0) return at;
    at = ((at >>> 9) + 1) << 9;
  }
  return end;
}

/** A range of pages, and the wider one in which no other mapping needs the tables. */
export interface ZapRange {
  readonly first: number;
  readonly end: number;
  readonly floor: number;
  readonly ceiling: number;
}

const isWhole = ({ floor, ceiling }: ZapRange, table: number) =>
  table >= floor && table + TABLE_PAGES <= ceiling;

/** Splits the shared tables that `zap` can only clear in part, so that it cannot fail. False: out of memory. */
export function prepareZap(m: Context, mm: Mm, range: ZapRange): boolean {
  const { end } = range;
  for (let at = nextLeaf(m, mm, range.first, end); at < end; at = nextLeaf(m, mm, (at | 511) + 1, end)) {
    if (isWhole(range, at & ~511)) continue;
    const slot = level1Slot(m, mm, at);
    if ((m.frames.u32[slot]! & PTE_SHARED_TABLE) === 0) continue;
    const table = tableOf(m.frames.u32[slot]!);
    const last = table + 2 * (Math.min(end - 1, at | 511) & 511) + 2;
    if (nextPresent(m.frames.u32, table + 2 * (at & 511), last) < last && !ownTable(m, slot)) return false;
  }
  return true;
}

/** Word index of the first entry from `at` on, below `end`, that is not zero; `end` when all are. */
function nextPresent(u32: Uint32Array, at: number, end: number): number {
  let i = at;
  // Tables are sparse: four entries at a glance.
  while (i + 8 <= end && (u32[i]! | u32[i + 2]! | u32[i + 4]! | u32[i + 6]!) === 0) i += 8;
  while (i < end && u32[i] === 0) i += 2;
  return i;
}

/** `prepareZap` for changes that keep every table. */
export const ownTables = (m: Context, mm: Mm, first: number, end: number): boolean =>
  prepareZap(m, mm, { first, end, floor: 0, ceiling: 0 });

/** Takes a range of pages out of the tables. Preconditions: `prepareZap` succeeded for the same range. */
export function zap(m: Context, mm: Mm, range: ZapRange): void {
  const { u32, counts } = m.frames;
  const { end } = range;
  let removed = 0;
  for (let at = nextLeaf(m, mm, range.first, end); at < end; at = nextLeaf(m, mm, (at | 511) + 1, end)) {
    const slot = level1Slot(m, mm, at);
    const table = frameOf(u32[slot]!);
    const isGone = isWhole(range, at & ~511);
    // Nothing else is mapped in a table that goes as a whole. One that others share keeps its frames.
    const keeps = isGone && counts[table]! > 1;
    removed = takeOut(m, mm, { table, first: at, end: Math.min(end, (at | 511) + 1), keeps }, removed);
    if (!isGone) continue;
    u32[slot] = 0;
    m.frames.release(table);
  }
  if (removed > FLUSH_BY_PAGE) renewAsid(m, mm);
}

/** Pages under one leaf table that an address space loses; the table keeps them if others share it. */
interface TablePart {
  readonly table: Frame;
  readonly first: number;
  readonly end: number;
  readonly keeps: boolean;
}

/** Takes pages out of the resident count, the TLB, and mostly the table; gives how many have gone in all. */
function takeOut(m: Context, mm: Mm, { table, first, end, keeps }: TablePart, before: number): number {
  const { u32 } = m.frames;
  const base = table * WORDS;
  const last = base + ((end - 1) & 511) * 2 + 2;
  let removed = before;
  for (let at = nextPresent(u32, base + (first & 511) * 2, last); at < last; ) {
    const frame = frameOf(u32[at]!);
    countResident(m, mm, frame, -1);
    if (++removed <= FLUSH_BY_PAGE) m.tlb.flushPage(((first & ~511) + (at - base) / 2) * PAGE_SIZE, mm.asid);
    if (!keeps) {
      u32[at] = 0;
      m.frames.release(frame);
    }
    at = nextPresent(u32, at + 2, last);
  }
  return removed;
}

/** Clears a level-1 entry and gives the leaf table back, with its frames if this was its last user. */
export function dropTable(m: Context, slot: number): void {
  const { frames } = m;
  const table = frameOf(frames.u32[slot]!);
  frames.u32[slot] = 0;
  const end = (table + 1) * WORDS;
  if (frames.counts[table] === 1)
    for (let at = nextPresent(frames.u32, table * WORDS, end); at < end; ) {
      frames.release(frameOf(frames.u32[at]!));
      at = nextPresent(frames.u32, at + 2, end);
    }
  frames.release(table);
}

/** Keeps the resident counts when a page comes (+1) or goes (-1). The zero frame is nobody's. */
export function countResident({ frames }: Context, mm: Mm, frame: Frame, by: 1 | -1): void {
  const kind = frames.kinds[frame];
  if (kind === KIND_ANONYMOUS) mm.rssAnon += by;
  else if (kind === KIND_FILE) mm.rssFile += by;
  else if (kind === KIND_SHMEM) mm.rssShmem += by;
  if (by > 0) mm.rssPeak = Math.max(mm.rssPeak, mm.rssAnon + mm.rssFile + mm.rssShmem);
}
