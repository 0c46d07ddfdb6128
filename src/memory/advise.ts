/** madvise, msync, mincore and mlock: wishes and questions about mappings that exist. Linux: mm/madvise.c. */
import type { Errno } from '../abi/index.ts';
import type { Context } from './context.ts';
import { fault, isServed } from './fault.ts';
import { PAGE_SIZE, USER_END } from './layout.ts';
import { SHARED_ANONYMOUS } from './mmap.ts';
import { leafSlot, prepareZap, zap } from './page-table.ts';
import { type Access, type MemoryLimits, type Mm, PROT_READ, PROT_WRITE, type Vma } from './types.ts';
import { coveredTo, isAligned, MAX_MAPS, mergeIn, pageOf, pageUp, splitAt, vmaAt, vmasIn } from './vma.ts';

/** A range that ends here has wrapped around in Linux's 64 bits. */
const WRAPS = 2 ** 64;

/** What one advice does to one mapping, of which `start` … `end` is meant. */
type Advice = (m: Context, mm: Mm, vma: Vma, start: number, end: number) => 0 | Errno;

const isPrivateAnonymous = ({ object, shared }: Vma) => object === null && !shared;
const hint: Advice = () => 0;

/** MADV_* by number. What is not here is EINVAL. */
const ADVICE: Readonly<Record<number, Advice>> = {
  0: hint, // NORMAL
  1: hint, // RANDOM
  2: hint, // SEQUENTIAL
  3: hint, // WILLNEED
  4: (m, mm, vma, start, end) => (vma.locked ? 'EINVAL' : discard(m, mm, start, end)), // DONTNEED
  // Pages marked MADV_FREE may go at any time: here at once.
  8: (m, mm, vma, start, end) => (isPrivateAnonymous(vma) ? discard(m, mm, start, end) : 'EINVAL'),
  9: remove, // REMOVE
  10: set({ dontFork: true }), // DONTFORK
  11: set({ dontFork: false }), // DOFORK
  12: hint, // MERGEABLE
  13: hint, // UNMERGEABLE
  14: hint, // HUGEPAGE
  15: hint, // NOHUGEPAGE
  16: hint, // DONTDUMP
  17: hint, // DODUMP
  18: (m, mm, vma, ...range) =>
    isPrivateAnonymous(vma) ? set({ wipeOnFork: true })(m, mm, vma, ...range) : 'EINVAL',
  19: set({ wipeOnFork: false }), // KEEPONFORK
  20: hint, // COLD
  21: hint, // PAGEOUT
  22: (m, mm, vma, start, end) => touch(m, mm, vma, start, end, 'read'), // POPULATE_READ
  23: (m, mm, vma, start, end) => touch(m, mm, vma, start, end, 'write'), // POPULATE_WRITE
};

/** MADV_POPULATE_READ and MADV_POPULATE_WRITE go no further than the first gap. */
const POPULATES: ReadonlySet<number> = new Set([22, 23]);

/** What would change memory that may not be written, behind mseal's back. Linux: is_madv_discard(). */
const DISCARDS: ReadonlySet<number> = new Set([4, 8, 9, 10, 18]);

/** madvise(2). A gap in the range is ENOMEM after the rest was advised, as on Linux. */
export function madvise(m: Context, mm: Mm, addr: number, length: number, advice: number): 0 | Errno {
  const apply = ADVICE[advice];
  const end = addr + pageUp(length);
  if (apply === undefined || !isAligned(addr) || end >= WRAPS) return 'EINVAL';
  const stopsAtGaps = POPULATES.has(advice);
  for (const vma of vmasIn(mm, addr, end)) {
    if (vma.sealed && DISCARDS.has(advice) && isPrivateAnonymous(vma) && (vma.prot & PROT_WRITE) === 0)
      return 'EPERM';
    if (stopsAtGaps && coveredTo(mm, addr, vma.start) < vma.start) return 'ENOMEM';
    const error = apply(m, mm, vma, Math.max(addr, vma.start), Math.min(end, vma.end));
    if (error !== 0) return error;
  }
  return coveredTo(mm, addr, end) === end ? 0 : 'ENOMEM';
}

function discard(m: Context, mm: Mm, start: number, end: number): 0 | 'ENOMEM' {
  const range = { first: pageOf(start), end: pageOf(end), floor: pageOf(start), ceiling: pageOf(end) };
  if (!prepareZap(m, mm, range)) return 'ENOMEM';
  zap(m, mm, range);
  return 0;
}

function remove(m: Context, _mm: Mm, vma: Vma, start: number, end: number): 0 | Errno {
  if (vma.object === null || vma.locked) return 'EINVAL';
  if (!vma.shared || !vma.mayWrite) return 'EACCES';
  m.objects.punchHole(vma.object, vma.offset + (start - vma.start), end - start);
  return 0;
}

function set(change: Partial<Vma>): Advice {
  return (m, mm, _vma, start, end) => {
    if (mm.vmas.length + 2 > MAX_MAPS) return 'ENOMEM';
    splitAt(m, mm, start);
    splitAt(m, mm, end);
    for (const vma of vmasIn(mm, start, end)) Object.assign(vma, change);
    mergeIn(m, mm, start, end);
    return 0;
  };
}

function touch(m: Context, mm: Mm, vma: Vma, start: number, end: number, access: Access): 0 | Errno {
  const limits: MemoryLimits = { addressSpace: Infinity, data: Infinity, stack: Infinity };
  if (access === 'write' ? (vma.prot & PROT_WRITE) === 0 : (vma.prot & 7) === 0) return 'EINVAL';
  for (let at = start; at < end; at += PAGE_SIZE) {
    const outcome = fault(m, mm, at, access, limits);
    if (!isServed(outcome)) return outcome === 'out-of-memory' ? 'ENOMEM' : 'EFAULT';
  }
  return 0;
}

/** MAP_POPULATE and MAP_LOCKED: brings in what can be brought in; failure is nobody's business. */
export function populate(m: Context, mm: Mm, start: number, end: number): void {
  for (const vma of vmasIn(mm, start, end)) {
    if ((vma.prot & (PROT_READ | PROT_WRITE)) === 0) continue;
    if (bringIn(m, mm, vma, start, end) !== 0) return;
  }
}

/** What of a mapping lies in a range: private pages as their own at once. */
function bringIn(m: Context, mm: Mm, vma: Vma, start: number, end: number): 0 | Errno {
  const access = !vma.shared && (vma.prot & PROT_WRITE) !== 0 ? 'write' : 'read';
  return touch(m, mm, vma, Math.max(start, vma.start), Math.min(end, vma.end), access);
}

const MS_ASYNC = 1;
const MS_INVALIDATE = 2;
const MS_SYNC = 4;

/** msync(2). There is nothing slower than memory to write to: only the errors are left. */
export function msync(mm: Mm, addr: number, length: number, flags: number): 0 | Errno {
  if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) !== 0 || !isAligned(addr)) return 'EINVAL';
  if ((flags & MS_ASYNC) !== 0 && (flags & MS_SYNC) !== 0) return 'EINVAL';
  const end = addr + pageUp(length);
  if (coveredTo(mm, addr, end) !== end) return 'ENOMEM';
  const locked = vmasIn(mm, addr, end).some((vma) => vma.locked);
  return (flags & MS_INVALIDATE) !== 0 && locked ? 'EBUSY' : 0;
}

/** mincore(2): one byte per page, 1 when touching it would not have to wait. */
export function mincore(m: Context, mm: Mm, addr: number, length: number): Uint8Array | Errno {
  if (!isAligned(addr)) return 'EINVAL';
  const end = addr + pageUp(length);
  if (end > USER_END || coveredTo(mm, addr, end) !== end) return 'ENOMEM';
  const resident = new Uint8Array((end - addr) / PAGE_SIZE);
  for (let i = 0, at = addr; at < end; i++, at += PAGE_SIZE) {
    const slot = leafSlot(m, mm, pageOf(at));
    resident[i] = (slot !== 0 && m.frames.u32[slot] !== 0) || isCached(m, vmaAt(mm, at)!, at) ? 1 : 0;
  }
  return resident;
}

const isCached = (m: Context, vma: Vma, at: number): boolean =>
  vma.object !== null && m.objects.page(vma.object, pageOf(vma.offset + (at - vma.start)), false) !== 0;

/** Unlocked; locked with what is there; or locked as it comes (MLOCK_ONFAULT). */
export type Locking = 'unlocked' | 'locked' | 'on fault';
const LOCKING = {
  unlocked: { locked: false, lockedOnFault: false },
  locked: { locked: true, lockedOnFault: false },
  'on fault': { locked: true, lockedOnFault: true },
} as const;

/** mseal(2): what is mapped in the range, which may have no gap, cannot be changed any more. Linux: mm/mseal.c. */
export function seal(m: Context, mm: Mm, addr: number, length: number): 0 | Errno {
  const end = addr + pageUp(length);
  if (!isAligned(addr) || end >= WRAPS) return 'EINVAL';
  if (coveredTo(mm, addr, end) !== end) return 'ENOMEM';
  return end === addr ? 0 : changeEach(m, mm, addr, end, set({ sealed: true }));
}

/** PR_SET_VMA_ANON_NAME: names anonymous memory, or takes its name. Linux: madvise_set_anon_name(). */
export function nameVmas(m: Context, mm: Mm, addr: number, length: number, label: string | null): 0 | Errno {
  const end = addr + pageUp(length);
  if (!isAligned(addr) || end >= WRAPS) return 'EINVAL';
  const name: Advice = (...at) => (isAnonymous(at[2]) ? set({ label })(...at) : 'EBADF');
  const error = changeEach(m, mm, addr, end, name);
  return error === 0 && coveredTo(mm, addr, end) !== end ? 'ENOMEM' : error;
}

/** Private, or shared by a family without a file. */
const isAnonymous = ({ object, name, shared }: Vma): boolean =>
  object === null || (shared && name === SHARED_ANONYMOUS);

function changeEach(m: Context, mm: Mm, start: number, end: number, change: Advice): 0 | Errno {
  for (const vma of vmasIn(mm, start, end)) {
    const error = change(m, mm, vma, Math.max(start, vma.start), Math.min(end, vma.end));
    if (error !== 0) return error;
  }
  return 0;
}

/** mlock(2) and munlock(2). Nothing is ever swapped out: locking brings pages in and is remembered. */
export function mlock(m: Context, mm: Mm, addr: number, length: number, how: Locking): 0 | Errno {
  const start = pageOf(addr) * PAGE_SIZE;
  const end = pageUp(addr + length);
  if (end >= WRAPS) return 'EINVAL';
  const covered = coveredTo(mm, start, end);
  for (const vma of vmasIn(mm, start, covered)) {
    const error = set(LOCKING[how])(m, mm, vma, Math.max(start, vma.start), Math.min(covered, vma.end));
    if (error !== 0) return error;
  }
  if (how === 'locked') {
    // What cannot come, such as pages beyond the end of a file, stays locked. Linux: __mlock_posix_error_return().
    for (const vma of vmasIn(mm, start, covered))
      if (bringIn(m, mm, vma, start, covered) !== 0) return 'ENOMEM';
  }
  return covered === end ? 0 : 'ENOMEM';
}
