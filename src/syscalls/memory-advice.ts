/**
 * Memory calls beside mmap: remap_file_pages, process_madvise, process_mrelease, and those of features that are not
 * built in. man 2 remap_file_pages, process_madvise.
 */
import { CAP, type Errno } from '../abi/index.ts';
import { capable, type Kernel, mayTrace, memoryLimits, syscall, type Tgid } from '../kernel/index.ts';
import { layout, type Mm, type MmId } from '../memory/index.ts';
import { type OpenFile, pidOf } from '../vfs/index.ts';
import { fd, oneOf, pointer, size, uint } from './args.ts';
import { openFile } from './file.ts';
import { readRanges } from './iovec.ts';

export const remapFilePages = syscall({
  nr: 234,
  name: 'remap_file_pages',
  args: [pointer, size, size, size, size],
  errors: ['EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  // Made of ordinary mappings, as in Linux since 4.0.
  run(k, addr, length, prot, page, _how) {
    const start = addr - (addr % layout.PAGE_SIZE);
    const bytes = length - (length % layout.PAGE_SIZE);
    if (prot !== 0 || bytes === 0 || start + bytes > layout.USER_END) return 'EINVAL';
    const vma = k.memory.spaces.vmaAt(k.mm, start);
    if (vma === undefined || !vma.shared || vma.object === null || start + bytes > vma.end) return 'EINVAL';
    const { object, name, inode, mayWrite, locked } = vma;
    const offset = page * layout.PAGE_SIZE;
    if (!Number.isSafeInteger(offset + bytes)) return 'EINVAL';
    const request = { addr: start, length: bytes, prot: vma.prot, shared: true, fixed: true, object, offset };
    const limits = memoryLimits(k.group);
    const made = k.memory.spaces.mmap(k.mm, { ...request, name, inode, mayWrite, locked, limits });
    if (typeof made === 'number') return 0;
    return made === 'ENOMEM' || made === 'EPERM' ? made : 'EINVAL';
  },
});

const ADVICE = { MADV_WILLNEED: 3, MADV_COLD: 20, MADV_PAGEOUT: 21, MADV_COLLAPSE: 25 };
const FOR_OTHERS = new Set(Object.values(ADVICE));

/** The process behind a pidfd that still lives, or why there is none. */
function processAt(k: Kernel, file: OpenFile | undefined): Tgid | 'EBADF' | 'ESRCH' {
  if (file?.kind !== 'pidfd') return 'EBADF';
  const pid = pidOf(k.vfs, file) as Tgid;
  return k.groups.has(pid) ? pid : 'ESRCH';
}

/** The memory of a process whose leader may have gone before others. */
function memoryOf(k: Kernel, tgid: Tgid): Mm | undefined {
  for (const tid of k.groups.get(tgid)!.threads) {
    const mm = k.mms.get(k.tasks.get(tid)!.mm as MmId);
    if (mm !== undefined) return mm;
  }
  return undefined;
}

/** Another user's process is nobody's to advise. Linux: CAP_SYS_NICE and ptrace_may_access(). */
function mayAdvise(k: Kernel, tgid: Tgid): boolean {
  if (tgid === k.group.tgid) return true;
  const [tid] = k.groups.get(tgid)!.threads;
  return mayTrace(k, k.tasks.get(tid!)!) && capable(k, CAP.CAP_SYS_NICE);
}

export const processMadvise = syscall({
  nr: 440,
  name: 'process_madvise',
  args: [fd, pointer, size, oneOf(ADVICE), uint],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'ENOMEM', 'EPERM', 'ESRCH', 'EACCES', 'EAGAIN'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, vector, count, advice, bits) {
    if (bits !== 0) return 'EINVAL';
    const ranges = readRanges(k, vector, count);
    if (typeof ranges === 'string') return ranges;
    const tgid = processAt(k, openFile(k, number));
    if (typeof tgid === 'string') return tgid;
    if (!FOR_OTHERS.has(advice)) return 'EINVAL';
    const mm = memoryOf(k, tgid);
    if (mm === undefined) return 'ESRCH';
    if (!mayAdvise(k, tgid)) return 'EPERM';
    let done = 0;
    for (const { addr, length } of ranges) {
      const error: 0 | Errno = k.memory.spaces.madvise(mm, addr, length, advice);
      if (error !== 0) return done > 0 ? done : error;
      done += length;
    }
    return done;
  },
});

export const processMrelease = syscall({
  nr: 448,
  name: 'process_mrelease',
  args: [fd, uint],
  errors: ['EBADF', 'EINVAL', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  // A process that ends gives its memory back at once: there is never anything left to take.
  run(k, number, bits) {
    if (bits !== 0) return 'EINVAL';
    const tgid = processAt(k, openFile(k, number));
    if (typeof tgid === 'string') return tgid;
    return memoryOf(k, tgid) === undefined ? 'ESRCH' : 'EINVAL';
  },
});

export const mseal = syscall({
  nr: 462,
  name: 'mseal',
  args: [pointer, size, uint],
  errors: ['EINVAL', 'ENOMEM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, addr, length, bits) => (bits !== 0 ? 'EINVAL' : k.memory.spaces.seal(k.mm, addr, length)),
});

const refuse = (nr: number, name: string, why: string) =>
  syscall({
    nr,
    name,
    args: [],
    errors: ['ENOSYS'],
    interrupted: 'never blocks',
    support: { refused: 'ENOSYS', why },
    run: () => 'ENOSYS',
  });

const NO_NUMA = 'as a kernel built without CONFIG_NUMA: all memory is equally near';
const NO_KEYS = 'as on every riscv64: its processors have no protection keys';

const REFUSED = [
  refuse(235, 'mbind', NO_NUMA),
  refuse(236, 'get_mempolicy', NO_NUMA),
  refuse(237, 'set_mempolicy', NO_NUMA),
  refuse(238, 'migrate_pages', NO_NUMA),
  refuse(239, 'move_pages', NO_NUMA),
  refuse(450, 'set_mempolicy_home_node', NO_NUMA),
  refuse(288, 'pkey_mprotect', NO_KEYS),
  refuse(289, 'pkey_alloc', NO_KEYS),
  refuse(290, 'pkey_free', NO_KEYS),
  refuse(447, 'memfd_secret', 'as a kernel built without CONFIG_SECRETMEM'),
  refuse(453, 'map_shadow_stack', 'as on every riscv64 of Linux 6.12: there are no shadow stacks'),
];

export const MEMORY_ADVICE_CALLS = [remapFilePages, processMadvise, processMrelease, mseal, ...REFUSED];
