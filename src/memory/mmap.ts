/** mmap, munmap and brk: what an address space asks for. Linux: mm/mmap.c. */
import type { Errno } from '../abi/index.ts';
import type { Context } from './context.ts';
import { USER_END } from './layout.ts';
import { prepareZap, zap } from './page-table.ts';
import type { MemoryLimits, Mm, PageObjectId, Vma } from './types.ts';
import {
  gapStart,
  indexAt,
  insertVma,
  isAligned,
  isData,
  isFree,
  LOWEST,
  MAX_MAPS,
  pageOf,
  pageUp,
  removeVmas,
  sizeOf,
  splitAt,
  vmasIn,
} from './vma.ts';

/** Limits of someone who has none. */
export const UNLIMITED: MemoryLimits = { addressSpace: Infinity, data: Infinity, stack: Infinity };

/** Where the upward search begins when there is no room below `mmapTop`. Linux: TASK_UNMAPPED_BASE. */
const BOTTOM_UP_BASE = pageUp(USER_END / 3);

/** The name of memory that a family shares. */
export const SHARED_ANONYMOUS = '/dev/zero (deleted)';

/** What mmap(2) is asked for. What is left out is zero, false, null or empty. */
export interface MapRequest {
  /** The wish, or with `fixed` the place. */
  readonly addr?: number;
  readonly length: number;
  readonly prot: number;
  readonly shared?: boolean;
  /** MAP_FIXED: unmaps what is there. */
  readonly fixed?: boolean;
  /** MAP_FIXED_NOREPLACE: EEXIST when something is there. */
  readonly noReplace?: boolean;
  readonly growsDown?: boolean;
  readonly locked?: boolean;
  readonly lockedOnFault?: boolean;
  /** The mapping takes its own reference. Shared memory without an object gets a new one. */
  readonly object?: PageObjectId | null;
  readonly offset?: number;
  /** False when the file was opened without write access: a shared mapping may never become writable. */
  readonly mayWrite?: boolean;
  readonly name?: string;
  readonly inode?: number;
  readonly limits?: MemoryLimits;
}

/** mmap(2): the address of the new mapping. */
export function mmap(m: Context, mm: Mm, request: MapRequest): number | Errno {
  const { offset = 0, limits = UNLIMITED, fixed = false, noReplace = false } = request;
  const length = pageUp(request.length);
  if (!(length > 0) || !isAligned(offset)) return 'EINVAL';
  if (length > USER_END) return 'ENOMEM';
  if (!Number.isSafeInteger(offset + length)) return 'EOVERFLOW';
  if (mm.vmas.length > MAX_MAPS) return 'ENOMEM';
  const start = placeFor(mm, request, length);
  if (typeof start === 'string') return start;
  const replaced = fixed && !noReplace ? sizeWithin(mm, start, start + length) : 0;
  if (!allows(mm, limits, request, length, replaced)) return 'ENOMEM';
  if (replaced > 0) {
    const error = unmapRange(m, mm, start, start + length);
    if (typeof error === 'string') return error;
  }
  insertVma(m, mm, newVma(m, request, start, length));
  // The new object belongs to its mapping alone.
  if (request.shared && request.object == null) m.objects.release(vmaObject(mm, start));
  return start;
}

const vmaObject = (mm: Mm, address: number): PageObjectId => mm.vmas[indexAt(mm, address)]!.object!;

function newVma(m: Context, request: MapRequest, start: number, length: number): Vma {
  const { shared = false, object = null } = request;
  const own = shared && object === null ? m.objects.create({ size: length, filled: false }).id : object;
  return {
    start,
    end: start + length,
    prot: request.prot & 7,
    shared,
    mayWrite: request.mayWrite ?? true,
    growsDown: request.growsDown ?? false,
    object: own,
    offset: own === null ? 0 : object === null ? 0 : (request.offset ?? 0),
    name: request.name ?? (shared && object === null ? SHARED_ANONYMOUS : ''),
    inode: request.inode ?? 0,
    dontFork: false,
    wipeOnFork: false,
    locked: request.locked ?? false,
    lockedOnFault: request.lockedOnFault ?? false,
    sealed: false,
    label: null,
  };
}

function placeFor(mm: Mm, request: MapRequest, length: number): number | Errno {
  const { addr = 0, fixed = false, noReplace = false } = request;
  if (!fixed && !noReplace) return chooseAddress(mm, addr, length);
  if (addr > USER_END - length) return 'ENOMEM';
  if (!isAligned(addr)) return 'EINVAL';
  if (addr < LOWEST) return 'EPERM';
  return noReplace && vmasIn(mm, addr, addr + length).length > 0 ? 'EEXIST' : addr;
}

/** The hint if it is free, else the highest room below `mmapTop`, else the lowest anywhere. */
export function chooseAddress(mm: Mm, hint: number, length: number): number | 'ENOMEM' {
  if (hint > 0 && hint < USER_END) {
    const wish = Math.max(pageUp(hint), LOWEST);
    if (isFree(mm, wish, length)) return wish;
  }
  return chooseDown(mm, length) ?? chooseUp(mm, length) ?? 'ENOMEM';
}

function chooseDown(mm: Mm, length: number): number | undefined {
  const { vmas } = mm;
  let ceiling = mm.mmapTop;
  let i = indexAt(mm, ceiling - 1);
  if (i < vmas.length) ceiling = Math.min(ceiling, gapStart(vmas[i]!));
  for (i--; i >= 0; i--) {
    if (ceiling - vmas[i]!.end >= length) return ceiling - length;
    ceiling = Math.min(ceiling, gapStart(vmas[i]!));
  }
  return ceiling - length >= LOWEST ? ceiling - length : undefined;
}

function chooseUp(mm: Mm, length: number): number | undefined {
  let floor = BOTTOM_UP_BASE;
  for (let i = indexAt(mm, floor); i < mm.vmas.length; i++) {
    if (gapStart(mm.vmas[i]!) - floor >= length) return floor;
    floor = Math.max(floor, mm.vmas[i]!.end);
  }
  return USER_END - floor >= length ? floor : undefined;
}

/** RLIMIT_AS and RLIMIT_DATA. Linux: may_expand_vm(). */
export function allows(
  mm: Mm,
  limits: MemoryLimits,
  { shared = false, growsDown = false, prot }: Partial<Vma> & { prot: number },
  more: number,
  less = 0,
): boolean {
  if (limits.addressSpace === Infinity && limits.data === Infinity) return true;
  const size = sizeOf(mm);
  if (size.total + more - less > limits.addressSpace) return false;
  return !isData({ shared, growsDown, prot }) || size.data + more <= limits.data;
}

function sizeWithin(mm: Mm, start: number, end: number): number {
  let size = 0;
  for (const vma of vmasIn(mm, start, end)) size += Math.min(vma.end, end) - Math.max(vma.start, start);
  return size;
}

/** munmap(2). */
export function munmap(m: Context, mm: Mm, addr: number, length: number): 0 | Errno {
  if (!isAligned(addr) || addr > USER_END || length > USER_END - addr || !(length > 0)) return 'EINVAL';
  return unmapRange(m, mm, addr, addr + pageUp(length));
}

/** Removes every mapping in a page-aligned range, with its pages. Fails before it has changed anything. */
export function unmapRange(m: Context, mm: Mm, start: number, end: number): 0 | 'ENOMEM' | 'EPERM' {
  if (start >= end) return 0;
  const inside = vmasIn(mm, start, end);
  if (inside.some(({ sealed }) => sealed)) return 'EPERM';
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const splits = first === last && first.start < start && first.end > end;
  if (splits && mm.vmas.length >= MAX_MAPS) return 'ENOMEM';
  const from = indexAt(mm, start);
  const range = {
    first: pageOf(Math.max(start, first.start)),
    end: pageOf(Math.min(end, last.end)),
    // Page tables that no neighbour uses go as a whole. Linux: free_pgtables().
    floor: first.start < start ? pageOf(start) : pageOf(mm.vmas[from - 1]?.end ?? 0),
    ceiling: last.end > end ? pageOf(end) : pageOf(mm.vmas[from + inside.length]?.start ?? USER_END),
  };
  if (!prepareZap(m, mm, range)) return 'ENOMEM';
  splitAt(m, mm, start);
  splitAt(m, mm, end);
  zap(m, mm, range);
  removeVmas(m, mm, start, end);
  return 0;
}

/** brk(2): the program break afterwards, unchanged when the wish cannot be met. */
export function setBrk(m: Context, mm: Mm, wish: number, limits: MemoryLimits = UNLIMITED): number {
  if (!(wish >= mm.brkStart && wish < USER_END)) return mm.brk;
  if (wish - mm.brkStart + (mm.dataEnd - mm.dataStart) > limits.data) return mm.brk;
  const [from, to] = [pageUp(mm.brk), pageUp(wish)];
  if (to < from) {
    if (unmapRange(m, mm, to, from) !== 0) return mm.brk;
  } else if (to > from) {
    const next = mm.vmas[indexAt(mm, from)];
    if (next !== undefined && to + 4096 > gapStart(next)) return mm.brk;
    const prot = 3;
    if (!allows(mm, limits, { prot }, to - from) || mm.vmas.length > MAX_MAPS) return mm.brk;
    insertVma(m, mm, newVma(m, { length: to - from, prot, name: '[heap]' }, from, to - from));
  }
  mm.brk = wish;
  return wish;
}
