/**
 * The list of mappings of an address space: sorted, without overlaps, adjacent equals merged as Linux merges
 * them. Nothing here looks at page tables. Linux: mm/vma.c.
 */
import type { Context } from './context.ts';
import { PAGE_SIZE, USER_END } from './layout.ts';
import type { Mm, PageObjectId, Vma } from './types.ts';

/** Linux: vm.max_map_count. */
export const MAX_MAPS = 65530;
/** Linux: vm.mmap_min_addr. */
export const LOWEST = 65536;
/** Linux: stack_guard_gap, what must stay free below a stack. */
export const STACK_GAP = 256 * PAGE_SIZE;

export const pageUp = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
/** By bits: the remainder of numbers above 2^31 is a slow call. */
export const isAligned = (address: number): boolean => (address & (PAGE_SIZE - 1)) === 0;
export const pageOf = (address: number): number => Math.floor(address / PAGE_SIZE);

/** Index of the first mapping that ends above `address`: the one that contains it, or the next one. */
export function indexAt({ vmas }: Mm, address: number): number {
  let low = 0;
  let high = vmas.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (vmas[middle]!.end > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The mapping that contains an address. */
export function vmaAt(mm: Mm, address: number): Vma | undefined {
  const vma = mm.vmas[indexAt(mm, address)];
  return vma !== undefined && vma.start <= address ? vma : undefined;
}

/** The mappings that overlap a range, in order. */
export function vmasIn(mm: Mm, start: number, end: number): Vma[] {
  const found: Vma[] = [];
  for (let i = indexAt(mm, start); i < mm.vmas.length && mm.vmas[i]!.start < end; i++)
    found.push(mm.vmas[i]!);
  return found;
}

/** Where the mappings from `start` on leave the first gap before `end`; `end` when they leave none. */
export function coveredTo(mm: Mm, start: number, end: number): number {
  let at = start;
  for (let i = indexAt(mm, start); at < end; i++) {
    const vma = mm.vmas[i];
    if (vma === undefined || vma.start > at) return at;
    at = vma.end;
  }
  return end;
}

/** The lowest address a new mapping below `vma` must leave free. */
export const gapStart = (vma: Vma): number =>
  vma.growsDown ? Math.max(0, vma.start - STACK_GAP) : vma.start;

/** Whether a range is free, with the guard gap of a stack above it. */
export function isFree(mm: Mm, start: number, length: number): boolean {
  const next = mm.vmas[indexAt(mm, start)];
  return start + length <= USER_END && (next === undefined || start + length <= gapStart(next));
}

/** A second reference to what a mapping maps. */
export function holdObject(m: Context, id: PageObjectId | null): void {
  if (id === null) return;
  const object = m.objects.get(id);
  object.refs++;
  object.mappings++;
  if (object.watched) m.objects.watcher?.mapped(id);
}

export function dropObject(m: Context, id: PageObjectId | null): void {
  if (id === null) return;
  const object = m.objects.get(id);
  object.mappings--;
  if (object.watched) m.objects.watcher?.unmapped(id);
  m.objects.release(id);
}

/** Makes `address` a border between two mappings, if it lies inside one. */
export function splitAt(m: Context, mm: Mm, address: number): void {
  const i = indexAt(mm, address);
  const vma = mm.vmas[i];
  if (vma === undefined || vma.start >= address) return;
  const offset = vma.object === null ? 0 : vma.offset + (address - vma.start);
  mm.vmas.splice(i + 1, 0, { ...vma, start: address, offset });
  vma.end = address;
  holdObject(m, vma.object);
}

/** So many bytes more are mapped. */
export function hasGrown(mm: Mm, bytes: number): void {
  mm.total += bytes;
  if (mm.total > mm.totalPeak) mm.totalPeak = mm.total;
}

/** Adds a mapping where nothing is, and merges it with its neighbours. Takes a reference to its object. */
export function insertVma(m: Context, mm: Mm, vma: Vma): void {
  holdObject(m, vma.object);
  mm.vmas.splice(indexAt(mm, vma.start), 0, vma);
  hasGrown(mm, vma.end - vma.start);
  mergeIn(m, mm, vma.start, vma.end);
}

/** Forgets the mappings in a range. Preconditions: its ends are borders. */
export function removeVmas(m: Context, mm: Mm, start: number, end: number): void {
  const from = indexAt(mm, start);
  let to = from;
  while (to < mm.vmas.length && mm.vmas[to]!.start < end) to++;
  for (const vma of mm.vmas.splice(from, to - from)) {
    mm.total -= vma.end - vma.start;
    dropObject(m, vma.object);
  }
}

/** Merges equal neighbours inside a range and across its ends. */
export function mergeIn(m: Context, mm: Mm, start: number, end: number): void {
  const { vmas } = mm;
  for (let i = Math.max(1, indexAt(mm, start)); i < vmas.length && vmas[i]!.start <= end; ) {
    const low = vmas[i - 1]!;
    const high = vmas[i]!;
    if (!canMerge(low, high)) {
      i++;
      continue;
    }
    low.end = high.end;
    vmas.splice(i, 1);
    dropObject(m, high.object);
  }
}

function canMerge(low: Vma, high: Vma): boolean {
  return (
    low.end === high.start &&
    low.prot === high.prot &&
    low.object === high.object &&
    (low.object === null || low.offset + (low.end - low.start) === high.offset) &&
    low.shared === high.shared &&
    low.mayWrite === high.mayWrite &&
    low.growsDown === high.growsDown &&
    low.name === high.name &&
    low.inode === high.inode &&
    low.dontFork === high.dontFork &&
    low.wipeOnFork === high.wipeOnFork &&
    low.locked === high.locked &&
    low.lockedOnFault === high.lockedOnFault &&
    low.sealed === high.sealed &&
    low.label === high.label
  );
}

/** Bytes of address space in use, and of it what RLIMIT_DATA counts: private, writable, no stack. */
export function sizeOf(mm: Mm): { total: number; data: number } {
  let data = 0;
  for (const vma of mm.vmas) if (isData(vma)) data += vma.end - vma.start;
  return { total: mm.total, data };
}

export const isData = ({ shared, prot, growsDown }: Pick<Vma, 'shared' | 'prot' | 'growsDown'>): boolean =>
  !shared && !growsDown && (prot & 2) !== 0;
