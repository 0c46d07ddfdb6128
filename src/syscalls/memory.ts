/** Address spaces: mmap and its kin, and the heap's end. man 2 mmap, mprotect, mremap, madvise, brk. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, memoryLimits, syscall } from '../kernel/index.ts';
import { layout, type PageObjectId, PROT_EXEC, PROT_READ, PROT_WRITE } from '../memory/index.ts';
import {
  inodeOf,
  MS_NOEXEC,
  type OpenFile,
  type Outcome,
  reads,
  sealsForbidWrite,
  writes,
} from '../vfs/index.ts';
import { fd, flags, oneOf, pointer, size } from './args.ts';
import { openFile } from './file.ts';
import { whyNotLock } from './memory-lock.ts';
import { fileOffset, newAddress, residence } from './text/memory.ts';

const PROT = { PROT_READ, PROT_WRITE, PROT_EXEC, PROT_GROWSDOWN: 0x01000000, PROT_GROWSUP: 0x02000000 };
const protection = flags(PROT, 'PROT_NONE');

const MAP = {
  MAP_SHARED: 1,
  MAP_PRIVATE: 2,
  MAP_SHARED_VALIDATE: 3,
  MAP_FIXED: 0x10,
  MAP_ANONYMOUS: 0x20,
  MAP_GROWSDOWN: 0x100,
  MAP_DENYWRITE: 0x800,
  MAP_EXECUTABLE: 0x1000,
  MAP_LOCKED: 0x2000,
  MAP_NORESERVE: 0x4000,
  MAP_POPULATE: 0x8000,
  MAP_NONBLOCK: 0x10000,
  MAP_STACK: 0x20000,
  MAP_HUGETLB: 0x40000,
  MAP_SYNC: 0x80000,
  MAP_FIXED_NOREPLACE: 0x100000,
} as const;
const { MAP_SHARED_VALIDATE: _, ...MAP_BITS } = MAP;
const mapFlags = flags({ ...MAP_BITS, MAP_FIXED_NOREPLACE: MAP.MAP_FIXED_NOREPLACE }, 'MAP_FILE');

/** What lies behind a mapping: which pages, and what the descriptor allows. */
interface Backing {
  readonly object: PageObjectId | null;
  readonly mayWrite: boolean;
  readonly name: string;
  readonly inode: number;
}
const ANONYMOUS: Backing = { object: null, mayWrite: true, name: '', inode: 0 };

/** man 2 mmap: which open modes a mapping needs. */
function allows(file: OpenFile, prot: number, shared: boolean): boolean {
  if (!reads(file.flags)) return false;
  return !(shared && (prot & PROT_WRITE) !== 0 && !writes(file.flags));
}

function backing(k: Kernel, number: number, prot: number, shared: boolean): Backing | Errno {
  const file = openFile(k, number);
  if (file === undefined) return 'EBADF';
  if (!allows(file, prot, shared)) return 'EACCES';
  const mount = file.mount === 0 ? undefined : k.vfs.mounts.get(file.mount);
  if (mount !== undefined && (mount.flags & MS_NOEXEC) !== 0 && (prot & PROT_EXEC) !== 0) return 'EPERM';
  const { pages } = k.vfs.ops[file.kind];
  if (pages === null) return 'ENODEV';
  const sealed = file.inode !== 0 && shared && sealsForbidWrite(inodeOf(k.vfs, file.inode));
  if (sealed && (prot & PROT_WRITE) !== 0) return 'EPERM';
  const object = pages(k.vfs, file);
  if (object === 'anonymous') return ANONYMOUS;
  if (typeof object === 'string') return object;
  return { object, mayWrite: writes(file.flags) && !sealed, name: file.path, inode: file.inode };
}

const isAligned = (addr: number): boolean => addr % layout.PAGE_SIZE === 0;

/** A length of 64 bits in whole pages: what is nearly 2^64 wraps to nothing, as Linux's PAGE_ALIGN does. */
const inPages = (length: number): number => (length > 2 ** 64 - layout.PAGE_SIZE ? 0 : length);

/** What no address space and no file could have, before anything else is asked. Linux: do_mmap(). */
function whyTooMuch(length: number, offset: number): Errno | null {
  if (length === 0) return 'EINVAL';
  if (inPages(length) === 0) return 'ENOMEM';
  if (length > layout.USER_END) return 'ENOMEM';
  return offset + length >= 2 ** 63 ? 'EOVERFLOW' : null;
}

export const mmap = syscall({
  nr: 222,
  name: 'mmap',
  args: [pointer, size, protection, mapFlags, fd, fileOffset],
  errors: [
    'EACCES',
    'EAGAIN',
    'EBADF',
    'EEXIST',
    'EINVAL',
    'ENODEV',
    'ENOMEM',
    'EOPNOTSUPP',
    'EOVERFLOW',
    'EPERM',
  ],
  interrupted: 'never blocks',
  support: { partial: 'MAP_HUGETLB and MAP_SYNC are refused' },
  result: 'hex',
  run(k, addr, length, prot, how, number, offset): Outcome {
    const type = how & 3;
    if (!isAligned(offset)) return 'EINVAL';
    if ((how & MAP.MAP_ANONYMOUS) === 0 && openFile(k, number) === undefined) return 'EBADF';
    const tooMuch = whyTooMuch(length, how & MAP.MAP_ANONYMOUS ? 0 : offset);
    if (tooMuch !== null) return tooMuch;
    if (type === 0) return 'EINVAL';
    if (how & MAP.MAP_HUGETLB) return 'ENOMEM';
    if (type === MAP.MAP_SHARED_VALIDATE && how & MAP.MAP_SYNC) return 'EOPNOTSUPP';
    const shared = (type & MAP.MAP_SHARED) !== 0;
    const behind = how & MAP.MAP_ANONYMOUS ? ANONYMOUS : backing(k, number, prot, shared);
    if (typeof behind === 'string') return behind;
    const { object, mayWrite, name, inode } = behind;
    const lockedOnFault = (how & MAP.MAP_LOCKED) === 0 && k.mm.locksOnFault;
    const locked = (how & MAP.MAP_LOCKED) !== 0 || k.mm.locksFuture;
    const refused = locked ? whyNotLock(k, length) : null;
    if (refused !== null) return refused === 'ENOMEM' ? 'EAGAIN' : refused;
    const start = k.memory.spaces.mmap(k.mm, {
      addr,
      length,
      prot: prot & (PROT_READ | PROT_WRITE | PROT_EXEC),
      shared,
      fixed: (how & (MAP.MAP_FIXED | MAP.MAP_FIXED_NOREPLACE)) !== 0,
      noReplace: (how & MAP.MAP_FIXED_NOREPLACE) !== 0,
      growsDown: (how & MAP.MAP_GROWSDOWN) !== 0,
      locked,
      lockedOnFault,
      object,
      offset: how & MAP.MAP_ANONYMOUS ? 0 : offset,
      mayWrite: mayWrite || !shared,
      ...(name !== '' && { name }),
      inode,
      limits: memoryLimits(k.group),
    });
    if (typeof start === 'number' && ((locked && !lockedOnFault) || how & MAP.MAP_POPULATE))
      k.memory.spaces.populate(k.mm, start, start + length);
    return start;
  },
});

export const munmap = syscall({
  nr: 215,
  name: 'munmap',
  args: [pointer, size],
  errors: ['EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, addr, length) => k.memory.spaces.munmap(k.mm, addr, length),
});

export const mprotect = syscall({
  nr: 226,
  name: 'mprotect',
  args: [pointer, size, protection],
  errors: ['EACCES', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'PROT_GROWSDOWN and PROT_GROWSUP are EINVAL' },
  run(k, addr, length, prot) {
    if (!isAligned(addr)) return 'EINVAL';
    if (length === 0) return 0;
    // The end would lie before the start.
    if (addr + Math.ceil(length / layout.PAGE_SIZE) * layout.PAGE_SIZE >= 2 ** 64) return 'ENOMEM';
    return k.memory.spaces.mprotect(k.mm, addr, length, prot);
  },
});

const MREMAP = { MREMAP_MAYMOVE: 1, MREMAP_FIXED: 2, MREMAP_DONTUNMAP: 4 };

export const mremap = syscall({
  nr: 216,
  name: 'mremap',
  args: [pointer, size, size, flags(MREMAP), newAddress],
  errors: ['EAGAIN', 'EFAULT', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  result: 'hex',
  run(k, addr, oldLength, newLength, how, newAddr) {
    if ((how & ~7) !== 0) return 'EINVAL';
    return k.memory.spaces.mremap(k.mm, {
      addr,
      oldLength: inPages(oldLength),
      newLength: inPages(newLength),
      mayMove: (how & MREMAP.MREMAP_MAYMOVE) !== 0,
      fixed: (how & MREMAP.MREMAP_FIXED) !== 0,
      dontUnmap: (how & MREMAP.MREMAP_DONTUNMAP) !== 0,
      newAddr,
      limits: memoryLimits(k.group),
    });
  },
});

const ADVICE = {
  MADV_NORMAL: 0,
  MADV_RANDOM: 1,
  MADV_SEQUENTIAL: 2,
  MADV_WILLNEED: 3,
  MADV_DONTNEED: 4,
  MADV_FREE: 8,
  MADV_REMOVE: 9,
  MADV_DONTFORK: 10,
  MADV_DOFORK: 11,
  MADV_MERGEABLE: 12,
  MADV_UNMERGEABLE: 13,
  MADV_HUGEPAGE: 14,
  MADV_NOHUGEPAGE: 15,
  MADV_DONTDUMP: 16,
  MADV_DODUMP: 17,
  MADV_WIPEONFORK: 18,
  MADV_KEEPONFORK: 19,
  MADV_COLD: 20,
  MADV_PAGEOUT: 21,
  MADV_POPULATE_READ: 22,
  MADV_POPULATE_WRITE: 23,
};

export const madvise = syscall({
  nr: 233,
  name: 'madvise',
  args: [pointer, size, oneOf(ADVICE)],
  errors: ['EACCES', 'EAGAIN', 'EBADF', 'EFAULT', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: {
    partial: 'advice that only guides caches is accepted as such; memory poisoning and KSM are EINVAL',
  },
  run: (k, addr, length, advice) => k.memory.spaces.madvise(k.mm, addr, length, advice),
});

/** The raw call gives the end of the heap, the old one when the wish cannot be met. */
export const brk = syscall({
  nr: 214,
  name: 'brk',
  args: [pointer],
  errors: [],
  interrupted: 'never blocks',
  support: 'full',
  result: 'hex',
  run: (k, wish) => k.memory.spaces.brk(k.mm, wish, memoryLimits(k.group)),
});

export const msync = syscall({
  nr: 227,
  name: 'msync',
  args: [pointer, size, flags({ MS_SYNC: 4, MS_ASYNC: 1, MS_INVALIDATE: 2 })],
  errors: ['EBUSY', 'EINVAL', 'ENOMEM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, addr, length, how) => k.memory.spaces.msync(k.mm, addr, inPages(length), how),
});

export const mincore = syscall({
  nr: 232,
  name: 'mincore',
  args: [pointer, size, residence],
  errors: ['EAGAIN', 'EFAULT', 'EINVAL', 'ENOMEM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, addr, length, to) {
    const resident = k.memory.spaces.mincore(k.mm, addr, length);
    if (typeof resident === 'string') return resident;
    return k.user.copyOut(to, resident) ? 0 : 'EFAULT';
  },
});

const lockCall = (nr: number, name: string, locked: boolean) =>
  syscall({
    nr,
    name,
    args: [pointer, size],
    errors: ['EAGAIN', 'EINVAL', 'ENOMEM', 'EPERM'],
    interrupted: 'never blocks',
    support: 'full',
    run: (k, addr, length) =>
      (addr + inPages(length) >= 2 ** 64 - layout.PAGE_SIZE && inPages(length) > 0 ? 'EINVAL' : null) ??
      (locked ? whyNotLock(k, inPages(length), addr) : null) ??
      k.memory.spaces.mlock(k.mm, addr, inPages(length), locked ? 'locked' : 'unlocked'),
  });

export const mlock = lockCall(228, 'mlock', true);
export const munlock = lockCall(229, 'munlock', false);

export const MEMORY_CALLS = [mmap, munmap, mprotect, mremap, madvise, brk, msync, mincore, mlock, munlock];
