/** mprotect: changes what a range allows, in the mappings and in the pages that are there. */
import type { Errno } from '../abi/index.ts';
import type { Context } from './context.ts';
import { KIND_ANONYMOUS } from './frames.ts';
import { PAGE_SIZE, PTE_A, PTE_COW, PTE_D, PTE_R, PTE_U, PTE_V, PTE_W, PTE_X } from './layout.ts';
import { frameOf, leafSlot, nextLeaf, ownTables, pteOf } from './page-table.ts';
import { FLUSH_BY_PAGE, renewAsid } from './tags.ts';
import { type Frame, type Mm, PROT_EXEC, PROT_READ, PROT_WRITE, type Vma } from './types.ts';
import { coveredTo, isAligned, MAX_MAPS, mergeIn, pageOf, pageUp, splitAt, vmasIn } from './vma.ts';

/** PROT_SEM is accepted and means nothing. */
const KNOWN_PROT = PROT_READ | PROT_WRITE | PROT_EXEC | 8;

/** mprotect(2). A gap in the range is ENOMEM after what lies before it was changed, as on Linux. */
export function mprotect(m: Context, mm: Mm, addr: number, length: number, prot: number): 0 | Errno {
  if (!isAligned(addr) || (prot & ~KNOWN_PROT) !== 0) return 'EINVAL';
  const end = addr + pageUp(length);
  if (end === addr) return 0;
  const covered = coveredTo(mm, addr, end);
  const vmas = vmasIn(mm, addr, covered);
  if ((prot & PROT_WRITE) !== 0 && vmas.some((vma) => vma.shared && !vma.mayWrite)) return 'EACCES';
  if (vmas.length > 0) {
    if (mm.vmas.length + 2 > MAX_MAPS || !ownTables(m, mm, pageOf(addr), pageOf(covered))) return 'ENOMEM';
    splitAt(m, mm, addr);
    splitAt(m, mm, covered);
    for (const vma of vmasIn(mm, addr, covered)) {
      if (vma.sealed) return 'EPERM';
      vma.prot = prot & 7;
      rewrite(m, mm, vma);
    }
    mergeIn(m, mm, addr, covered);
  }
  return covered === end ? 0 : 'ENOMEM';
}

/** Gives every present page of a mapping the permissions it now has. */
function rewrite(m: Context, mm: Mm, vma: Vma): void {
  const [first, end] = [pageOf(vma.start), pageOf(vma.end)];
  const { u32 } = m.frames;
  let changed = 0;
  for (let page = nextLeaf(m, mm, first, end); page < end; page = nextLeaf(m, mm, page + 1, end)) {
    const slot = leafSlot(m, mm, page);
    const pte = u32[slot]!;
    if (pte === 0) continue;
    u32[slot] = pteOf(frameOf(pte), leafFlags(m, vma, frameOf(pte)) | (pte & (PTE_A | PTE_D)));
    if (++changed <= FLUSH_BY_PAGE) m.tlb.flushPage(page * PAGE_SIZE, mm.asid);
  }
  if (changed > FLUSH_BY_PAGE) renewAsid(m, mm);
}

/** /proc/PID/clear_refs: as if nobody had touched the pages lately, but for those of a kind. */
export function forgetReferences(m: Context, mm: Mm, spared: 'nothing' | 'files' | 'anonymous'): void {
  for (const { start, end, object } of mm.vmas) {
    if (spared === (object === null ? 'anonymous' : 'files')) continue;
    const [first, last] = [pageOf(start), pageOf(end)];
    if (!ownTables(m, mm, first, last)) continue;
    for (let page = nextLeaf(m, mm, first, last); page < last; page = nextLeaf(m, mm, page + 1, last))
      m.frames.u32[leafSlot(m, mm, page)]! &= ~PTE_A;
  }
  renewAsid(m, mm);
}

/** The flags of a leaf without A and D. Preconditions: its table is not shared. */
export function leafFlags(m: Context, vma: Vma, frame: Frame): number {
  const reads = (vma.prot & (PROT_READ | PROT_WRITE)) !== 0 ? PTE_R : 0;
  const executes = (vma.prot & PROT_EXEC) !== 0 ? PTE_X : 0;
  // Without R and X a valid entry would point to another table: PROT_NONE keeps the frame in an invalid one.
  if (reads + executes === 0) return 0;
  const flags = PTE_V | PTE_U | reads | executes;
  return (vma.prot & PROT_WRITE) === 0 ? flags : flags | writeFlag(m, vma, frame);
}

function writeFlag({ frames, objects }: Context, vma: Vma, frame: Frame): number {
  // The first write to a page of a filled object must be seen, or the page would be dropped as clean.
  if (vma.shared) return objects.get(vma.object!).filled ? 0 : PTE_W;
  return frames.kinds[frame] === KIND_ANONYMOUS && frames.counts[frame] === 1 ? PTE_W : PTE_COW;
}
