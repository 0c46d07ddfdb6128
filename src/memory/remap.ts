/** mremap: shrinks, grows in place, or moves page-table entries to another place. Linux: mm/mremap.c. */
import type { Errno } from '../abi/index.ts';
import type { Context } from './context.ts';
import { USER_END } from './layout.ts';
import { allows, chooseAddress, UNLIMITED, unmapRange } from './mmap.ts';
import { leafSlot, nextLeaf, ownLeafSlot, ownTables } from './page-table.ts';
import { renewAsid } from './tags.ts';
import type { MemoryLimits, Mm, Vma } from './types.ts';
import {
  hasGrown,
  insertVma,
  isAligned,
  isFree,
  LOWEST,
  MAX_MAPS,
  mergeIn,
  pageOf,
  pageUp,
  vmaAt,
} from './vma.ts';

/** What mremap(2) is asked for. */
export interface RemapRequest {
  readonly addr: number;
  readonly oldLength: number;
  readonly newLength: number;
  readonly mayMove?: boolean;
  /** MREMAP_FIXED: the place is `newAddr`, and what is there is unmapped. */
  readonly fixed?: boolean;
  /** MREMAP_DONTUNMAP: the old mapping stays, empty. */
  readonly dontUnmap?: boolean;
  readonly newAddr?: number;
  readonly limits?: MemoryLimits;
}

/** mremap(2): where the mapping is now. */
export function mremap(m: Context, mm: Mm, request: RemapRequest): number | Errno {
  const { addr, mayMove = false, fixed = false, dontUnmap = false } = request;
  const [oldLength, newLength] = [pageUp(request.oldLength), pageUp(request.newLength)];
  if (!isAligned(addr) || !(newLength > 0)) return 'EINVAL';
  if ((fixed || dontUnmap) && !mayMove) return 'EINVAL';
  if (dontUnmap && oldLength !== newLength) return 'EINVAL';
  if (fixed && !isPlace(request, oldLength, newLength)) return 'EINVAL';
  const vma = vmaAt(mm, addr);
  if (vma === undefined) return 'EFAULT';
  if (vma.sealed) return 'EPERM';
  if (fixed || dontUnmap) return moveTo(m, mm, request, oldLength, newLength);
  if (oldLength >= newLength) {
    const error = unmapRange(m, mm, addr + newLength, addr + oldLength);
    return error === 0 ? addr : error;
  }
  const error = canGrow(mm, vma, request, oldLength, newLength);
  if (error !== 0) return error;
  const end = addr + oldLength;
  if (oldLength > 0 && end === vma.end && isFree(mm, end, newLength - oldLength)) {
    vma.end = addr + newLength;
    hasGrown(mm, newLength - oldLength);
    mergeIn(m, mm, vma.start, vma.end);
    return addr;
  }
  if (!mayMove) return 'ENOMEM';
  const place = chooseAddress(mm, 0, newLength);
  if (typeof place === 'string') return place;
  return move(m, mm, { from: addr, oldLength, to: place, newLength, keeps: false });
}

/** Could a mapping be moved there at all? Linux: check_mremap_params(). */
function isPlace({ addr, newAddr = 0 }: RemapRequest, oldLength: number, newLength: number): boolean {
  if (!isAligned(newAddr) || newLength > USER_END || newAddr > USER_END - newLength) return false;
  return addr + oldLength <= newAddr || newAddr + newLength <= addr;
}

/** Linux: vma_to_resize(). */
function canGrow(
  mm: Mm,
  vma: Vma,
  { addr, limits = UNLIMITED }: RemapRequest,
  oldLength: number,
  newLength: number,
): 0 | Errno {
  if (oldLength === 0 && !vma.shared) return 'EINVAL';
  if (oldLength > vma.end - addr) return 'EFAULT';
  if (newLength > USER_END) return 'ENOMEM';
  if (newLength > oldLength && !allows(mm, limits, vma, newLength - oldLength)) return 'ENOMEM';
  return 0;
}

/** Linux: mremap_to(). */
function moveTo(
  m: Context,
  mm: Mm,
  request: RemapRequest,
  length: number,
  newLength: number,
): number | Errno {
  const { addr, fixed = false, dontUnmap = false, newAddr = 0 } = request;
  let oldLength = length;
  // Since Linux 6.17 nothing is unmapped for a move that cannot be made.
  const refused = canGrow(mm, vmaAt(mm, addr)!, request, Math.min(oldLength, newLength), newLength);
  if (refused !== 0) return refused;
  if (fixed) {
    if (newAddr < LOWEST) return 'EPERM';
    const error = unmapRange(m, mm, newAddr, newAddr + newLength);
    if (error !== 0) return error;
  }
  if (oldLength > newLength) {
    const error = unmapRange(m, mm, addr + newLength, addr + oldLength);
    if (error !== 0) return error;
    oldLength = newLength;
  }
  const to = fixed ? newAddr : chooseAddress(mm, newAddr, newLength);
  if (typeof to === 'string') return to;
  return move(m, mm, { from: addr, oldLength, to, newLength, keeps: dontUnmap });
}

interface Move {
  readonly from: number;
  readonly oldLength: number;
  readonly to: number;
  readonly newLength: number;
  /** The old mapping stays. */
  readonly keeps: boolean;
}

/** Asks for all the memory a move needs before it changes anything. */
function move(m: Context, mm: Mm, { from, oldLength, to, newLength, keeps }: Move): number | 'ENOMEM' {
  const vma = vmaAt(mm, from)!;
  const [first, end] = [pageOf(from), pageOf(from + oldLength)];
  const shift = pageOf(to) - first;
  if (mm.vmas.length + 3 > MAX_MAPS || !ownTables(m, mm, first, end)) return 'ENOMEM';
  for (let page = nextLeaf(m, mm, first, end); page < end; page = nextLeaf(m, mm, page + 1, end)) {
    const present = m.frames.u32[leafSlot(m, mm, page)] !== 0;
    if (present && ownLeafSlot(m, mm, page + shift) === 0) return 'ENOMEM';
  }
  moveEntries(m, mm, first, end, shift);
  const offset = vma.object === null ? 0 : vma.offset + (from - vma.start);
  insertVma(m, mm, { ...vma, start: to, end: to + newLength, offset });
  if (!keeps && oldLength > 0) unmapRange(m, mm, from, from + oldLength);
  return to;
}

function moveEntries(m: Context, mm: Mm, first: number, end: number, shift: number): void {
  const { u32 } = m.frames;
  for (let page = nextLeaf(m, mm, first, end); page < end; page = nextLeaf(m, mm, page + 1, end)) {
    const slot = leafSlot(m, mm, page);
    const pte = u32[slot]!;
    if (pte === 0) continue;
    u32[slot] = 0;
    u32[leafSlot(m, mm, page + shift)] = pte;
  }
  renewAsid(m, mm);
}
