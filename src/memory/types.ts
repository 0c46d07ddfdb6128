/** The records of memory management: what was asked for (VMAs) apart from what is there (page tables in frames). */
import type { Id } from '../base/index.ts';

/** A 4 KiB frame of guest memory, numbered from byte 0 of the WebAssembly memory. Zero is no frame. */
export type Frame = Id<'Frame'>;
export type MmId = Id<'MmId'>;
export type PageObjectId = Id<'PageObjectId'>;

export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;

/**
 * Pages that have a life of their own: a file's page cache, shared anonymous memory, System V segments.
 * Mappings and open files name it by id and keep it alive by `refs`.
 */
export interface PageObject {
  readonly id: PageObjectId;
  /** Page number → frame, for the pages that are there. */
  readonly pages: Map<number, Frame>;
  /** Bytes. Touching a mapped page wholly beyond the end is SIGBUS. */
  size: number;
  /** True when an absent page is read through the `PageFiller`; otherwise it is zero. */
  filled: boolean;
  /** Bytes at or above this are zero even if `filled`: the file was once truncated to it. */
  filledSize: number;
  /** Pages of a filled object that were written: they can no longer be dropped and filled again. */
  readonly dirty: Set<number>;
  /** Open files and mappings that hold it; at zero its pages are freed. */
  refs: number;
  /** How many of `refs` are mappings: zero means no address space needs to hear of a truncation. */
  mappings: number;
  /** The kernel wants to hear when a mapping of it begins or ends (System V shared memory). */
  watched: boolean;
}

/** Where the bytes of a filled page object come from: the VFS, on behalf of an image layer. Synchronous. */
export interface PageFiller {
  fill(object: PageObjectId, page: number, into: Uint8Array): void;
}

/** One mapping, as `/proc/PID/maps` lists it. `start` and `end` are page-aligned; `end` is exclusive. */
export interface Vma {
  start: number;
  end: number;
  /** PROT_* bits. */
  prot: number;
  /** MAP_SHARED: writes reach the object. Private writes are copied first. */
  shared: boolean;
  /** False for a shared mapping of a file opened without write access: mprotect may not add PROT_WRITE. */
  mayWrite: boolean;
  /** A stack: a fault just below grows it down to the stack limit. */
  growsDown: boolean;
  /** What is mapped, or null for private anonymous memory. */
  object: PageObjectId | null;
  /** Byte offset of `start` in the object, page-aligned. */
  offset: number;
  /** Path or `[heap]`, `[stack]`, `[vdso]`…, for the views; empty for anonymous memory. */
  name: string;
  /** Device and inode of a file mapping for the views, 0 otherwise. */
  inode: number;
  /** madvise(MADV_DONTFORK), MADV_WIPEONFORK, mlock: kept because fork and the views honour them. */
  dontFork: boolean;
  wipeOnFork: boolean;
  locked: boolean;
  /** MLOCK_ONFAULT: nothing was brought in when it was locked. */
  lockedOnFault: boolean;
  /** mseal(2): it stays as it is. */
  sealed: boolean;
  /** What prctl(PR_SET_VMA_ANON_NAME) calls anonymous memory. */
  label: string | null;
}

/** An address space, shared by the tasks that were cloned with CLONE_VM. */
export interface Mm {
  readonly id: MmId;
  /** Sv39 root table. */
  root: Frame;
  /** Tag of its TLB entries, renewed when its mappings shrink: take it from `AddressSpaces.activate`. 0 is none. */
  asid: number;
  /** Sorted by address, never overlapping. */
  vmas: Vma[];
  /** Tasks that run in it. */
  users: number;
  brkStart: number;
  brk: number;
  /** mmap chooses addresses below this, downwards. */
  mmapTop: number;
  /** RLIMIT_STACK as the kernel last told, for growth by the kernel's own copies. Bytes. */
  stackLimit: number;
  /** mlockall(MCL_FUTURE): what is mapped from now on is locked. */
  locksFuture: boolean;
  /** MCL_ONFAULT with it. */
  locksOnFault: boolean;
  /** Where the views find the program's code, data, stack, arguments and environment. */
  codeStart: number;
  codeEnd: number;
  dataStart: number;
  dataEnd: number;
  stackStart: number;
  argStart: number;
  argEnd: number;
  envStart: number;
  envEnd: number;
  /** Raw auxiliary vector, for /proc/PID/auxv. */
  auxv: Uint8Array;
  /** Resident pages by kind, and the highest total seen. */
  rssAnon: number;
  rssFile: number;
  rssShmem: number;
  rssPeak: number;
  /** Bytes of all mappings, and the most there were. */
  total: number;
  totalPeak: number;
  /** Faults served: minor (no fill) and major (a page was filled from a layer). */
  /** Its process is being killed for its memory, which has gone already: whatever reaches for it is refused. */
  isReaped: boolean;
  minorFaults: number;
  majorFaults: number;
}

export type Access = 'read' | 'write' | 'exec';

/**
 * How a page fault ended. The last four become a signal (or an OOM kill), the others are served: `file` took a
 * page of an object as it is, `copy-on-write` copied a frame, `spurious` had only permission bits to change.
 */
export type FaultOutcome =
  | 'demand-zero'
  | 'file'
  | 'copy-on-write'
  | 'stack-growth'
  | 'spurious'
  | 'SEGV_MAPERR'
  | 'SEGV_ACCERR'
  | 'BUS_ADRERR'
  | 'out-of-memory';

/** What kind of memory a frame holds now; an index of `Frames.usage`. */
export type FrameKind = number;

/** What the limits of a process allow when memory is asked for. Bytes; Infinity for none. */
export interface MemoryLimits {
  readonly addressSpace: number;
  readonly data: number;
  readonly stack: number;
}

/** The processor's caches, told when mappings or frames change under them. */
export interface Tlb {
  flushPage(va: number, asid: number): void;
  flushAll(): void;
  /** The kernel wrote into a frame that may hold decoded code. */
  frameWritten(frame: Frame): void;
  frameFreed(frame: Frame): void;
}
