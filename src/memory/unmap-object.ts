/** Takes pages of an object (a truncated file's, say) out of every address space. Linux: unmap_mapping_range(). */
import type { Context } from './context.ts';
import { KIND_ANONYMOUS } from './frames.ts';
import { PAGE_SIZE } from './layout.ts';
import { countResident, frameOf, leafSlot, nextLeaf } from './page-table.ts';
import { renewAsid } from './tags.ts';
import type { Mm, PageObjectId } from './types.ts';
import { pageOf } from './vma.ts';

/** Pages `from` … `to - 1` of one address space. */
interface Part {
  readonly mm: Mm;
  readonly from: number;
  readonly to: number;
  /** Private copies as well. */
  readonly copies: boolean;
}

/**
 * Of a file that ends earlier private copies go too, as on Linux, but not of a hole in it. Leaf tables that are shared are cleared in place rather than split, so
 * that this needs no memory: whoever shares an entry maps the same object there.
 */
export function unmapObject(m: Context, id: PageObjectId, first: number, end: number, copies: boolean): void {
  const parts = mappedParts(m, id, first, end).map((part) => ({ ...part, copies }));
  // Everybody's resident counts before anybody's entries: the entries may be common.
  for (const part of parts) countOut(m, part);
  for (const part of parts) clear(m, part);
}

function mappedParts(m: Context, id: PageObjectId, first: number, end: number): Omit<Part, 'copies'>[] {
  const parts: Omit<Part, 'copies'>[] = [];
  for (const mm of m.mms.values()) {
    for (const vma of mm.vmas) {
      if (vma.object !== id) continue;
      const shift = pageOf(vma.start) - vma.offset / PAGE_SIZE;
      const from = Math.max(first + shift, pageOf(vma.start));
      const to = Math.min(end + shift, pageOf(vma.end));
      if (from < to) parts.push({ mm, from, to });
    }
  }
  return parts;
}

/** Does this entry show a private copy? */
const isCopy = (m: Context, pte: number): boolean => m.frames.kinds[frameOf(pte)] === KIND_ANONYMOUS;

function countOut(m: Context, { mm, from, to, copies }: Part): void {
  let present = 0;
  for (let page = nextLeaf(m, mm, from, to); page < to; page = nextLeaf(m, mm, page + 1, to)) {
    const pte = m.frames.u32[leafSlot(m, mm, page)]!;
    if (pte === 0 || (!copies && isCopy(m, pte))) continue;
    countResident(m, mm, frameOf(pte), -1);
    present++;
  }
  if (present > 0) renewAsid(m, mm);
}

function clear(m: Context, { mm, from, to, copies }: Part): void {
  for (let page = nextLeaf(m, mm, from, to); page < to; page = nextLeaf(m, mm, page + 1, to)) {
    const slot = leafSlot(m, mm, page);
    const pte = m.frames.u32[slot]!;
    if (pte === 0 || (!copies && isCopy(m, pte))) continue;
    m.frames.u32[slot] = 0;
    m.frames.release(frameOf(pte));
  }
}
