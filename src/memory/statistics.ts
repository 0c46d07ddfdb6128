/** What the views ask about memory: page-table entries, residence by mapping, totals. Reads, never changes. */
import type { Context } from './context.ts';
import { KIND_ANONYMOUS, KIND_FILE, KIND_SHMEM, KIND_TABLE } from './frames.ts';
import { PAGE_SIZE, PTE_A, PTE_COW, PTE_D, PTE_R, PTE_SHARED_TABLE, PTE_W, PTE_X } from './layout.ts';
import { END_PAGE, frameOf, leafSlot, level1Slot, nextLeaf } from './page-table.ts';
import type { Frame, Mm, Vma } from './types.ts';
import { pageOf } from './vma.ts';

/** One present page, as the page-table view shows it. */
export interface PageEntry {
  /** Virtual address of the page. */
  readonly address: number;
  readonly frame: Frame;
  readonly read: boolean;
  /** What the processor may do at once: false while the table is shared, too. */
  readonly write: boolean;
  readonly exec: boolean;
  readonly accessed: boolean;
  readonly dirty: boolean;
  readonly copyOnWrite: boolean;
  readonly sharedTable: boolean;
  readonly zero: boolean;
  readonly isAnonymous: boolean;
  /** How many page-table entries show this frame, shared tables counted once per address space. */
  readonly mapped: number;
}

/** The present pages in a range of addresses, in order. Whoever looks may have the range from a guest: it may be any. */
export function entriesOf(m: Context, mm: Mm, start = 0, end = END_PAGE * PAGE_SIZE): PageEntry[] {
  const entries: PageEntry[] = [];
  const last = Math.min(pageOf(end + PAGE_SIZE - 1), END_PAGE);
  for (
    let page = nextLeaf(m, mm, Math.max(0, pageOf(start)), last);
    page < last;
    page = nextLeaf(m, mm, page + 1, last)
  ) {
    if (m.frames.u32[leafSlot(m, mm, page)] !== 0) entries.push(entryAt(m, mm, page));
  }
  return entries;
}

function entryAt(m: Context, mm: Mm, page: number): PageEntry {
  const pte = m.frames.u32[leafSlot(m, mm, page)]!;
  const table = m.frames.u32[level1Slot(m, mm, page)]!;
  const frame = frameOf(pte);
  const sharers = m.frames.counts[frameOf(table)]!;
  const kind = m.frames.kinds[frame];
  const cached = kind === KIND_FILE || kind === KIND_SHMEM ? 1 : 0;
  return {
    address: page * PAGE_SIZE,
    frame,
    read: (pte & PTE_R) !== 0,
    write: (pte & PTE_W) !== 0 && sharers === 1,
    exec: (pte & PTE_X) !== 0,
    accessed: (pte & PTE_A) !== 0,
    dirty: (pte & PTE_D) !== 0,
    copyOnWrite: (pte & PTE_COW) !== 0 || ((pte & PTE_W) !== 0 && sharers > 1 && kind === KIND_ANONYMOUS),
    sharedTable: (table & PTE_SHARED_TABLE) !== 0 && sharers > 1,
    zero: frame === m.zero,
    isAnonymous: kind === KIND_ANONYMOUS,
    mapped: m.frames.counts[frame]! - cached + (sharers - 1),
  };
}

/** One mapping's share of memory, in bytes, with the names of /proc/PID/smaps. */
export interface VmaStatistics {
  rss: number;
  /** Proportional: each page divided by the number of its users. */
  pss: number;
  /** Of it: pages that were written, and by what they are. */
  pssDirty: number;
  pssAnon: number;
  pssFile: number;
  pssShmem: number;
  sharedClean: number;
  sharedDirty: number;
  privateClean: number;
  privateDirty: number;
  referenced: number;
  anonymous: number;
}

/** Sums up the resident pages of a mapping. The page of zeros counts for nothing, as on Linux. */
export function vmaStatistics(m: Context, mm: Mm, vma: Vma): VmaStatistics {
  const sum: VmaStatistics = {
    rss: 0,
    pss: 0,
    pssDirty: 0,
    pssAnon: 0,
    pssFile: 0,
    pssShmem: 0,
    sharedClean: 0,
    sharedDirty: 0,
    privateClean: 0,
    privateDirty: 0,
    referenced: 0,
    anonymous: 0,
  };
  for (const entry of entriesOf(m, mm, vma.start, vma.end)) {
    if (entry.zero) continue;
    sum.rss += PAGE_SIZE;
    const share = PAGE_SIZE / entry.mapped;
    const kind = m.frames.kinds[entry.frame];
    sum.pss += share;
    sum[kind === KIND_ANONYMOUS ? 'pssAnon' : kind === KIND_SHMEM ? 'pssShmem' : 'pssFile'] += share;
    if (entry.dirty) sum.pssDirty += share;
    if (entry.accessed) sum.referenced += PAGE_SIZE;
    if (kind === KIND_ANONYMOUS) sum.anonymous += PAGE_SIZE;
    if (entry.mapped > 1) sum[entry.dirty ? 'sharedDirty' : 'sharedClean'] += PAGE_SIZE;
    else sum[entry.dirty ? 'privateDirty' : 'privateClean'] += PAGE_SIZE;
  }
  return sum;
}

/** Frames by use, for /proc/meminfo. */
export interface MemoryUsage {
  readonly total: number;
  readonly free: number;
  /** What could be free if it were needed: cached pages of files that nobody maps. */
  readonly reclaimable: number;
  readonly tables: number;
  readonly anonymous: number;
  readonly file: number;
  readonly shmem: number;
}

export function usageOf({ frames, objects }: Context): MemoryUsage {
  const { usage } = frames;
  return {
    total: frames.total,
    free: frames.free,
    reclaimable: objects.reclaimable(),
    tables: usage[KIND_TABLE]!,
    anonymous: usage[KIND_ANONYMOUS]!,
    file: usage[KIND_FILE]!,
    shmem: usage[KIND_SHMEM]!,
  };
}

/** Bytes of page tables of one address space, for VmPTE. Shared tables count in full. */
export function tableBytes(m: Context, mm: Mm): number {
  let tables = 1;
  let level1 = -1;
  for (let at = nextLeaf(m, mm, 0, END_PAGE); at < END_PAGE; at = nextLeaf(m, mm, (at | 511) + 1, END_PAGE)) {
    if (at >>> 18 !== level1) tables++;
    level1 = at >>> 18;
    tables++;
  }
  return tables * PAGE_SIZE;
}
