/** System V shared memory: shmget, shmat, shmdt, shmctl. man 2 shmop. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import {
  attachments,
  capable,
  destroySegment,
  getObject,
  highestIndex,
  IPC,
  type Kernel,
  limitOf,
  mayControl,
  mayUse,
  memoryLimits,
  newSegment,
  objectsOf,
  RLIMIT,
  type Segment,
  SHM_LOCKED,
  segmentOf,
  syscall,
  totalPages,
} from '../kernel/index.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../memory/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, int, oneOf, pointer, size } from './args.ts';
import { applyPerm, IPC_FLAGS, PERM_SIZE, readPerm, Struct } from './ipc-perm.ts';

const PAGE = 4096;
const SHM_HUGETLB = 0o4000;
const SHM = { SHM_RDONLY: 0o10000, SHM_RND: 0o20000, SHM_REMAP: 0o40000, SHM_EXEC: 0o100000 };

export const shmget = syscall({
  nr: 194,
  name: 'shmget',
  args: [int, size, flags({ ...IPC_FLAGS, SHM_HUGETLB, SHM_NORESERVE: 0o10000 })],
  errors: ['EACCES', 'EEXIST', 'EINVAL', 'ENOENT', 'ENOMEM', 'ENOSPC'],
  interrupted: 'never blocks',
  support: { partial: 'SHM_HUGETLB is EINVAL' },
  run: (k, key, bytes, how) =>
    getObject(
      k,
      k.ipc.segments,
      { key, flags: how },
      {
        fits: (segment) => bytes <= segment.size,
        create: () =>
          (how & SHM_HUGETLB) !== 0 ? 'EINVAL' : newSegment(k, { key, size: bytes, flags: how }),
      },
    ),
});

/** Where it is to be attached; 0 leaves the choice. Linux: do_shmat(). */
function placeOf(addr: number, how: number): number | 'EINVAL' {
  const remaps = (how & SHM.SHM_REMAP) !== 0;
  const place = (how & SHM.SHM_RND) !== 0 ? addr - (addr % PAGE) : addr;
  return place % PAGE !== 0 || (place === 0 && remaps) || (place === 0 && addr !== 0 && remaps)
    ? 'EINVAL'
    : place;
}

export const shmat = syscall({
  nr: 196,
  name: 'shmat',
  args: [int, pointer, flags(SHM)],
  errors: ['EACCES', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  result: 'hex',
  run(k, id, addr, how): Outcome {
    const place = placeOf(addr, how);
    if (typeof place === 'string') return place;
    const segment = segmentOf(k, id);
    if (segment === undefined) return 'EINVAL';
    const readOnly = (how & SHM.SHM_RDONLY) !== 0;
    const executes = (how & SHM.SHM_EXEC) !== 0;
    if (!mayUse(k, segment.perm, (readOnly ? 0o444 : 0o666) | (executes ? 0o111 : 0))) return 'EACCES';
    const start = k.memory.spaces.mmap(k.mm, {
      addr: place,
      length: segment.size,
      prot: PROT_READ | (readOnly ? 0 : PROT_WRITE) | (executes ? PROT_EXEC : 0),
      shared: true,
      fixed: place !== 0,
      noReplace: place !== 0 && (how & SHM.SHM_REMAP) === 0,
      object: segment.pages,
      mayWrite: !readOnly,
      name: `/SYSV${(segment.perm.key >>> 0).toString(16).padStart(8, '0')} (deleted)`,
      inode: 0,
      limits: memoryLimits(k.group),
    });
    return start === 'EEXIST' ? 'EINVAL' : start;
  },
});

/** All pieces of the attachment that began at an address. Linux: ksys_shmdt(). */
function detach(k: Kernel, addr: number): 0 | Errno {
  const first = k.mm.vmas.find(
    ({ start, offset, object }) =>
      start >= addr && start - offset === addr && object !== null && k.ipc.byPages.has(object),
  );
  if (first === undefined) return 'EINVAL';
  const { object } = first;
  const end = addr + Math.ceil(k.ipc.byPages.get(object!)!.size / PAGE) * PAGE;
  const pieces = k.mm.vmas.filter(
    (vma) => vma.object === object && vma.start - vma.offset === addr && vma.end <= end,
  );
  for (const { start, end: last } of pieces) {
    const error = k.memory.spaces.munmap(k.mm, start, last - start);
    if (error !== 0) return error;
  }
  return 0;
}

export const shmdt = syscall({
  nr: 197,
  name: 'shmdt',
  args: [pointer],
  errors: ['EINVAL', 'ENOMEM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, addr) => (addr % PAGE !== 0 ? 'EINVAL' : detach(k, addr)),
});

const CMD = { SHM_LOCK: 11, SHM_UNLOCK: 12, SHM_STAT: 13, SHM_INFO: 14, SHM_STAT_ANY: 15 };

function giveStat(k: Kernel, segment: Segment, addr: number): boolean {
  const { perm, size: bytes, attached, detached, changed, creator, lastPid } = segment;
  return new Struct(112)
    .perm(perm)
    .u64(PERM_SIZE, bytes, attached, detached, changed)
    .u32(80, creator, lastPid)
    .u64(88, attachments(k, segment))
    .give(k, addr);
}

function stat(k: Kernel, id: number, addr: number, cmd: number): Outcome {
  const byIndex = cmd !== IPC.IPC_STAT;
  const segment = byIndex ? (k.ipc.segments.slots[id] ?? undefined) : segmentOf(k, id);
  if (segment === undefined) return 'EINVAL';
  if (cmd !== CMD.SHM_STAT_ANY && !mayUse(k, segment.perm, 0o444)) return 'EACCES';
  if (!giveStat(k, segment, addr)) return 'EFAULT';
  return byIndex ? segment.perm.id : 0;
}

function limitsInfo(k: Kernel, addr: number): Outcome {
  const { shmmax, shmmni, shmall } = k.ipc.limits;
  const info = new Struct(72).u64(0, shmmax, 1, shmmni, shmmni, shmall);
  return info.give(k, addr) ? highestIndex(k.ipc.segments) : 'EFAULT';
}

function useInfo(k: Kernel, addr: number): Outcome {
  const resident = objectsOf(k.ipc.segments).reduce(
    (sum, { pages }) => sum + k.memory.objects.get(pages).pages.size,
    0,
  );
  const info = new Struct(48).u32(0, k.ipc.segments.used).u64(8, totalPages(k), resident);
  return info.give(k, addr) ? highestIndex(k.ipc.segments) : 'EFAULT';
}

function set(k: Kernel, id: number, addr: number): Outcome {
  const wish = readPerm(k, addr, PERM_SIZE);
  if (wish === 'EFAULT') return wish;
  const segment = segmentOf(k, id);
  if (segment === undefined) return 'EINVAL';
  const error = applyPerm(k, segment.perm, wish.perm);
  if (error === 0) segment.changed = k.wall().sec;
  return error;
}

function remove(k: Kernel, id: number): Outcome {
  const segment = segmentOf(k, id);
  if (segment === undefined) return 'EINVAL';
  if (!mayControl(k, segment.perm)) return 'EPERM';
  destroySegment(k, segment);
  return 0;
}

/** SHM_LOCK and SHM_UNLOCK: nothing is ever paged out, so that only the mark is left to set. */
function lock(k: Kernel, id: number, locked: boolean): Outcome {
  const segment = segmentOf(k, id);
  if (segment === undefined) return 'EINVAL';
  const { euid } = k.task.credentials;
  if (!capable(k, CAP.CAP_IPC_LOCK)) {
    if (euid !== segment.perm.uid && euid !== segment.perm.cuid) return 'EPERM';
    if (locked && limitOf(k.group, RLIMIT.RLIMIT_MEMLOCK) === 0) return 'EPERM';
    if (locked && segment.size > limitOf(k.group, RLIMIT.RLIMIT_MEMLOCK)) return 'ENOMEM';
  }
  if (locked) segment.perm.mode |= SHM_LOCKED;
  else segment.perm.mode &= ~SHM_LOCKED;
  return 0;
}

const CONTROL: Readonly<Record<number, (k: Kernel, id: number, addr: number, cmd: number) => Outcome>> = {
  [IPC.IPC_RMID]: remove,
  [IPC.IPC_SET]: set,
  [IPC.IPC_STAT]: stat,
  [IPC.IPC_INFO]: (k, _id, addr) => limitsInfo(k, addr),
  [CMD.SHM_LOCK]: (k, id) => lock(k, id, true),
  [CMD.SHM_UNLOCK]: (k, id) => lock(k, id, false),
  [CMD.SHM_STAT]: stat,
  [CMD.SHM_INFO]: (k, _id, addr) => useInfo(k, addr),
  [CMD.SHM_STAT_ANY]: stat,
};
const { IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO } = IPC;

export const shmctl = syscall({
  nr: 195,
  name: 'shmctl',
  args: [int, oneOf({ IPC_RMID, IPC_SET, IPC_STAT, IPC_INFO, ...CMD }), pointer],
  errors: ['EACCES', 'EFAULT', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, id, cmd, addr) => (id < 0 ? 'EINVAL' : (CONTROL[cmd]?.(k, id, addr, cmd) ?? 'EINVAL')),
});

export const SHM_CALLS = [shmget, shmat, shmdt, shmctl];
