/** Tags of TLB entries: a fresh tag for an address space is how all its old translations are forgotten. */
import type { Context } from './context.ts';
import { HART_ASID, HART_ROOT, NO_ASID, PAGE_SIZE } from './layout.ts';
import type { Mm } from './types.ts';

/** More small flushes than this cost more than filling the TLB anew. */
export const FLUSH_BY_PAGE = 32;

/** Gives `mm` a tag no TLB entry carries. */
export function renewAsid(m: Context, mm: Mm): void {
  if (m.nextAsid === NO_ASID) startOver(m);
  setAsid(m, mm, m.nextAsid++);
}

/** The tag to run `mm` with. */
export function activate(m: Context, mm: Mm): number {
  if (mm.asid === 0) renewAsid(m, mm);
  return mm.asid;
}

/** Half of the tags go to the oldest live address spaces, so that those who never call `activate` are rare. */
function startOver(m: Context): void {
  m.tlb.flushAll();
  m.nextAsid = 1;
  for (const mm of m.mms.values()) setAsid(m, mm, m.nextAsid < NO_ASID / 2 ? m.nextAsid++ : 0);
}

function setAsid(m: Context, mm: Mm, asid: number): void {
  mm.asid = asid;
  const words = m.frames.u32;
  // The processor may be in the middle of a run of this very address space (a fault, a system call).
  if (words[HART_ROOT >>> 2] === mm.root * PAGE_SIZE) words[HART_ASID >>> 2] = asid;
}
