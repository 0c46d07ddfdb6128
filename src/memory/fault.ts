/** Page faults: brings in, copies or refuses the page an access needs. Linux: handle_mm_fault(). */
import type { Context } from './context.ts';
import { KIND_ANONYMOUS } from './frames.ts';
import { PAGE_SIZE, PTE_A, PTE_COW, PTE_D, PTE_R, PTE_V, PTE_W, PTE_X, USER_END } from './layout.ts';
import { allows } from './mmap.ts';
import { countResident, frameOf, leafSlot, ownLeafSlot, pteOf } from './page-table.ts';
import { leafFlags } from './protect.ts';
import {
  type Access,
  type FaultOutcome,
  type Frame,
  type MemoryLimits,
  type Mm,
  type PageObject,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  type Vma,
} from './types.ts';
import { hasGrown, indexAt, LOWEST, pageOf, STACK_GAP } from './vma.ts';

/** What a mapping must grant: on RISC-V what can be written can be read. */
const WANTS = { read: PROT_READ | PROT_WRITE, write: PROT_WRITE, exec: PROT_EXEC } as const;
export const PTE_WANTS = { read: PTE_V | PTE_R, write: PTE_V | PTE_W, exec: PTE_V | PTE_X } as const;
/** Cached neighbours of a file page are mapped with it, within an aligned window of this many pages. */
const AROUND = 16;

/** Whether a fault was served, so that the access can be tried again. */
export const isServed = (outcome: FaultOutcome): boolean =>
  outcome !== 'SEGV_MAPERR' &&
  outcome !== 'SEGV_ACCERR' &&
  outcome !== 'BUS_ADRERR' &&
  outcome !== 'out-of-memory';

/** Serves one access to one address, or says why it cannot be. */
export function fault(
  m: Context,
  mm: Mm,
  address: number,
  access: Access,
  limits: MemoryLimits,
): FaultOutcome {
  if (!(address >= 0 && address < USER_END) || mm.isReaped) return 'SEGV_MAPERR';
  let vma = mm.vmas[indexAt(mm, address)];
  if (vma === undefined) return 'SEGV_MAPERR';
  const grows = address < vma.start;
  if (grows && !growStack(mm, vma, address, limits)) return 'SEGV_MAPERR';
  if (grows) vma = mm.vmas[indexAt(mm, address)]!;
  if ((vma.prot & WANTS[access]) === 0) return 'SEGV_ACCERR';
  const { fills } = m.objects;
  const outcome = bringIn(m, mm, vma, pageOf(address), access);
  if (!isServed(outcome)) return outcome;
  if (m.objects.fills === fills) mm.minorFaults++;
  else mm.majorFaults++;
  return grows && outcome === 'demand-zero' ? 'stack-growth' : outcome;
}

/** Linux: expand_downwards(). */
function growStack(mm: Mm, vma: Vma, address: number, limits: MemoryLimits): boolean {
  const start = pageOf(address) * PAGE_SIZE;
  if (!vma.growsDown || start < LOWEST) return false;
  const below = mm.vmas[indexAt(mm, address) - 1];
  const guarded = below !== undefined && !below.growsDown && below.prot !== 0;
  if (guarded && start - below.end < STACK_GAP) return false;
  if (vma.end - start > limits.stack) return false;
  if (!allows(mm, limits, vma, vma.start - start)) return false;
  if (vma.object !== null) {
    if (vma.offset < vma.start - start) return false;
    vma.offset -= vma.start - start;
  }
  hasGrown(mm, vma.start - start);
  vma.start = start;
  return true;
}

function bringIn(m: Context, mm: Mm, vma: Vma, page: number, access: Access): FaultOutcome {
  const slot = ownLeafSlot(m, mm, page);
  if (slot === 0) return 'out-of-memory';
  const pte = m.frames.u32[slot]!;
  if (pte !== 0) return present(m, mm, vma, page, slot, access);
  return vma.object === null
    ? anonymous(m, mm, vma, slot, access)
    : fromObject(m, mm, vma, m.objects.get(vma.object), page, slot, access);
}

function present(m: Context, mm: Mm, vma: Vma, page: number, slot: number, access: Access): FaultOutcome {
  const { u32, counts, kinds } = m.frames;
  const pte = u32[slot]!;
  const wants = PTE_WANTS[access];
  const touched = access === 'write' ? PTE_A | PTE_D : PTE_A;
  if ((pte & wants) === wants) {
    u32[slot] = pte | touched;
    return 'spurious';
  }
  const frame = frameOf(pte);
  const alone = kinds[frame] === KIND_ANONYMOUS && counts[frame] === 1;
  if (!vma.shared && access === 'write' && !alone) return copyOnWrite(m, mm, vma, page, slot);
  if (vma.shared && access === 'write') {
    m.objects.markDirty(m.objects.get(vma.object!), objectPage(vma, page));
    u32[slot] = pteOf(frame, leafFlags(m, vma, frame) | PTE_W | touched);
  } else u32[slot] = pteOf(frame, leafFlags(m, vma, frame) | (pte & PTE_D) | touched);
  return 'spurious';
}

function copyOnWrite(m: Context, mm: Mm, vma: Vma, page: number, slot: number): FaultOutcome {
  const { frames } = m;
  const old = frameOf(frames.u32[slot]!);
  const copy = old === m.zero ? frames.alloc() : frames.copyOf(old);
  if (copy === 0) return 'out-of-memory';
  countResident(m, mm, old, -1);
  frames.release(old);
  install(m, mm, vma, slot, copy, 'write');
  m.tlb.flushPage(page * PAGE_SIZE, mm.asid);
  return old === m.zero ? 'demand-zero' : 'copy-on-write';
}

function anonymous(m: Context, mm: Mm, vma: Vma, slot: number, access: Access): FaultOutcome {
  const frame = access === 'write' ? m.frames.alloc() : m.zero;
  if (frame === 0) return 'out-of-memory';
  if (frame === m.zero) m.frames.retain(frame);
  install(m, mm, vma, slot, frame, access);
  return 'demand-zero';
}

function fromObject(
  m: Context,
  mm: Mm,
  vma: Vma,
  object: PageObject,
  page: number,
  slot: number,
  access: Access,
): FaultOutcome {
  const index = objectPage(vma, page);
  if (index * PAGE_SIZE >= object.size) return 'BUS_ADRERR';
  const fresh = !object.filled && !object.pages.has(index);
  const frame = m.objects.page(object.id, index, true);
  if (frame === 0) return 'out-of-memory';
  if (access === 'write' && !vma.shared) {
    const copy = m.frames.copyOf(frame);
    if (copy === 0) return 'out-of-memory';
    install(m, mm, vma, slot, copy, access);
    return 'copy-on-write';
  }
  if (access === 'write') m.objects.markDirty(object, index);
  m.frames.retain(frame);
  install(m, mm, vma, slot, frame, access);
  if (access !== 'write') mapAround(m, mm, vma, object, page);
  return fresh ? 'demand-zero' : 'file';
}

const objectPage = (vma: Vma, page: number): number => page + vma.offset / PAGE_SIZE - vma.start / PAGE_SIZE;

/** Puts a frame, with the reference the caller has, behind a leaf entry. */
function install(m: Context, mm: Mm, vma: Vma, slot: number, frame: Frame, access: Access): void {
  const touched = access === 'write' ? PTE_W | PTE_A | PTE_D : PTE_A;
  const flags = leafFlags(m, vma, frame) | touched;
  m.frames.u32[slot] = pteOf(frame, access === 'write' ? flags & ~PTE_COW : flags);
  countResident(m, mm, frame, 1);
}

/** Linux: do_fault_around(). Pages that are in the cache anyway cost no fault of their own later. */
function mapAround(m: Context, mm: Mm, vma: Vma, object: PageObject, page: number): void {
  const window = page & ~(AROUND - 1);
  const first = Math.max(window, pageOf(vma.start));
  const end = Math.min(window + AROUND, pageOf(vma.end));
  // A window does not leave its leaf table.
  const table = leafSlot(m, mm, window);
  for (let near = first; near < end; near++) {
    const index = objectPage(vma, near);
    const slot = table + 2 * (near - window);
    if (m.frames.u32[slot] !== 0 || index * PAGE_SIZE >= object.size) continue;
    const frame = object.pages.get(index);
    if (frame === undefined) continue;
    m.frames.retain(frame);
    m.frames.u32[slot] = pteOf(frame, leafFlags(m, vma, frame));
    countResident(m, mm, frame, 1);
  }
}

/**
 * The frame of a page for a write that ignores protection (exec's loader, ptrace): private pages are copied
 * first, and the mapping's permissions stay. 0: nothing is mapped there, or out of memory. Linux: FOLL_FORCE.
 */
export function forceWritable(m: Context, mm: Mm, address: number, limits: MemoryLimits): Frame | 0 {
  const vma = mm.vmas[indexAt(mm, address)];
  if (vma === undefined || address < vma.start || (vma.shared && (vma.prot & PROT_WRITE) === 0)) return 0;
  return force(m, mm, vma, address, PROT_WRITE, limits);
}

/** The same for a read. */
export function forceReadable(m: Context, mm: Mm, address: number, limits: MemoryLimits): Frame | 0 {
  const vma = mm.vmas[indexAt(mm, address)];
  return vma === undefined || address < vma.start ? 0 : force(m, mm, vma, address, PROT_READ, limits);
}

function force(
  m: Context,
  mm: Mm,
  vma: Vma,
  address: number,
  right: number,
  limits: MemoryLimits,
): Frame | 0 {
  const { prot } = vma;
  vma.prot = prot | right;
  const outcome = fault(m, mm, address, right === PROT_WRITE ? 'write' : 'read', limits);
  vma.prot = prot;
  if (!isServed(outcome)) return 0;
  const slot = leafSlot(m, mm, pageOf(address));
  const pte = m.frames.u32[slot]!;
  m.frames.u32[slot] = pteOf(frameOf(pte), leafFlags(m, vma, frameOf(pte)) | (pte & (PTE_A | PTE_D)));
  return frameOf(pte);
}
