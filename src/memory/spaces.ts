/** Address spaces, as the kernel uses them: every operation on an `Mm` in one place. */
import type { Errno } from '../abi/index.ts';
import { type Locking, madvise, mincore, mlock, msync, nameVmas, populate, seal } from './advise.ts';
import type { Context } from './context.ts';
import { fault } from './fault.ts';
import { chooseAddress, type MapRequest, mmap, munmap, setBrk } from './mmap.ts';
import { forgetReferences, mprotect } from './protect.ts';
import { mremap, type RemapRequest } from './remap.ts';
import { createMm, forkMm, reapMm, releaseMm } from './space.ts';
import { entriesOf, type PageEntry, tableBytes, type VmaStatistics, vmaStatistics } from './statistics.ts';
import { activate } from './tags.ts';
import type { Access, FaultOutcome, MemoryLimits, Mm, MmId, Vma } from './types.ts';
import { sizeOf, vmaAt } from './vma.ts';

/** Who hears of copies of address spaces, and of their ends while everything is still there. */
export interface SpaceWatcher {
  forked(from: Mm, to: Mm): void;
  ending(mm: Mm): void;
}

export class AddressSpaces {
  /** Must change nothing: the guest runs as without it. */
  watcher: SpaceWatcher | null = null;
  private readonly m: Context;

  constructor(m: Context) {
    this.m = m;
  }

  /** The live ones, by id. */
  get all(): ReadonlyMap<MmId, Mm> {
    return this.m.mms;
  }

  /** An empty address space with one user. */
  create(): Mm | 'ENOMEM' {
    return createMm(this.m);
  }

  /** A copy-on-write copy with one user. */
  fork(mm: Mm): Mm | 'ENOMEM' {
    const copy = forkMm(this.m, mm);
    if (this.watcher !== null && copy !== 'ENOMEM') this.watcher.forked(mm, copy);
    return copy;
  }

  /** CLONE_VM: one user more. */
  retain(mm: Mm): void {
    mm.users++;
  }

  /** One user less; the last one frees everything. */
  release(mm: Mm): void {
    if (this.watcher !== null && mm.users === 1) this.watcher.ending(mm);
    releaseMm(this.m, mm);
  }

  /** The out-of-memory killer takes all pages of a process that dies; gives whether that freed anything. */
  reap(mm: Mm): boolean {
    return reapMm(this.m, mm);
  }

  /** The TLB tag to run with. Ask before every entry to the guest: changes of mappings renew it. */
  activate(mm: Mm): number {
    return activate(this.m, mm);
  }

  /** Serves a page fault. Without limits it grows a stack up to `mm.stackLimit`. */
  fault(mm: Mm, address: number, access: Access, limits?: MemoryLimits): FaultOutcome {
    const allowed = limits ?? { addressSpace: Infinity, data: Infinity, stack: mm.stackLimit };
    return fault(this.m, mm, address, access, allowed);
  }

  mmap(mm: Mm, request: MapRequest): number | Errno {
    return mmap(this.m, mm, request);
  }

  munmap(mm: Mm, addr: number, length: number): 0 | Errno {
    return munmap(this.m, mm, addr, length);
  }

  mprotect(mm: Mm, addr: number, length: number, prot: number): 0 | Errno {
    return mprotect(this.m, mm, addr, length, prot);
  }

  mremap(mm: Mm, request: RemapRequest): number | Errno {
    return mremap(this.m, mm, request);
  }

  madvise(mm: Mm, addr: number, length: number, advice: number): 0 | Errno {
    return madvise(this.m, mm, addr, length, advice);
  }

  forgetReferences(mm: Mm, spared: 'nothing' | 'files' | 'anonymous'): void {
    forgetReferences(this.m, mm, spared);
  }

  msync(mm: Mm, addr: number, length: number, flags: number): 0 | Errno {
    return msync(mm, addr, length, flags);
  }

  mincore(mm: Mm, addr: number, length: number): Uint8Array | Errno {
    return mincore(this.m, mm, addr, length);
  }

  /** mlock and munlock. */
  mlock(mm: Mm, addr: number, length: number, how: Locking): 0 | Errno {
    return mlock(this.m, mm, addr, length, how);
  }

  seal(mm: Mm, addr: number, length: number): 0 | Errno {
    return seal(this.m, mm, addr, length);
  }

  /** PR_SET_VMA_ANON_NAME; null takes the name away. */
  name(mm: Mm, addr: number, length: number, label: string | null): 0 | Errno {
    return nameVmas(this.m, mm, addr, length, label);
  }

  /** The program break afterwards: the wish, or what it was. */
  brk(mm: Mm, wish: number, limits?: MemoryLimits): number {
    return setBrk(this.m, mm, wish, limits);
  }

  /** MAP_POPULATE: brings in the pages of a range as far as memory allows. */
  populate(mm: Mm, start: number, end: number): void {
    populate(this.m, mm, start, end);
  }

  /** Where mmap would put `length` bytes, for whoever places several mappings as one (exec). */
  freeRange(mm: Mm, length: number, hint = 0): number | 'ENOMEM' {
    return chooseAddress(mm, hint, length);
  }

  vmaAt(mm: Mm, address: number): Vma | undefined {
    return vmaAt(mm, address);
  }

  /** Bytes of address space, and of private writable memory in it. */
  sizeOf(mm: Mm): { total: number; data: number } {
    return sizeOf(mm);
  }

  entriesOf(mm: Mm, start?: number, end?: number): PageEntry[] {
    return entriesOf(this.m, mm, start, end);
  }

  statistics(mm: Mm, vma: Vma): VmaStatistics {
    return vmaStatistics(this.m, mm, vma);
  }

  tableBytes(mm: Mm): number {
    return tableBytes(this.m, mm);
  }
}
