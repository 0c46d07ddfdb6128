/** mlock2, mlockall and munlockall. Nothing is ever paged out: locking brings pages in and is remembered. */
import { CAP } from '../abi/index.ts';
import { capable, type Kernel, limitOf, RLIMIT, syscall } from '../kernel/index.ts';
import { flags, pointer, size } from './args.ts';

/** RLIMIT_MEMLOCK binds all without CAP_IPC_LOCK: EPERM when nothing may be locked, ENOMEM when it would be too much. */
export function whyNotLock(k: Kernel, length: number, addr = 0): 'EPERM' | 'ENOMEM' | null {
  if (capable(k, CAP.CAP_IPC_LOCK)) return null;
  const limit = limitOf(k.group, RLIMIT.RLIMIT_MEMLOCK);
  if (limit === 0) return 'EPERM';
  if (limit === Infinity) return null;
  let locked = length;
  for (const { locked: isLocked, start, end } of k.mm.vmas) {
    if (!isLocked) continue;
    // What is locked already does not count twice. Linux: count_mm_mlocked_page_nr().
    const overlap = Math.max(0, Math.min(end, addr + length) - Math.max(start, addr));
    locked += end - start - overlap;
  }
  return locked > limit ? 'ENOMEM' : null;
}

function unlockedBytes(k: Kernel): number {
  let sum = 0;
  for (const { locked, start, end } of k.mm.vmas) if (!locked) sum += end - start;
  return sum;
}

const MLOCK_ONFAULT = 1;

export const mlock2 = syscall({
  nr: 284,
  name: 'mlock2',
  args: [pointer, size, flags({ MLOCK_ONFAULT })],
  errors: ['EAGAIN', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, addr, length, bits) =>
    (bits & ~MLOCK_ONFAULT) !== 0
      ? 'EINVAL'
      : (whyNotLock(k, length, addr) ??
        k.memory.spaces.mlock(k.mm, addr, length, bits === MLOCK_ONFAULT ? 'on fault' : 'locked')),
});

const MCL = { MCL_CURRENT: 1, MCL_FUTURE: 2, MCL_ONFAULT: 4 };
const KNOWN = 7;
const NOW = {
  partial:
    'with MCL_FUTURE the heap and stacks that grow later come when they are touched: nothing is ever paged out',
} as const;

export const mlockall = syscall({
  nr: 230,
  name: 'mlockall',
  args: [flags(MCL)],
  errors: ['EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: NOW,
  run(k, bits) {
    if (bits === 0 || (bits & ~KNOWN) !== 0 || bits === MCL.MCL_ONFAULT) return 'EINVAL';
    const more = (bits & MCL.MCL_CURRENT) !== 0 ? unlockedBytes(k) : 0;
    const refused = whyNotLock(k, more);
    if (refused !== null) return refused;
    const isOnFault = (bits & MCL.MCL_ONFAULT) !== 0;
    k.mm.locksFuture = (bits & MCL.MCL_FUTURE) !== 0;
    k.mm.locksOnFault = k.mm.locksFuture && isOnFault;
    // As on Linux, a mapping whose pages cannot be brought in does not make the call fail.
    if ((bits & MCL.MCL_CURRENT) !== 0)
      for (const { start, end } of [...k.mm.vmas])
        k.memory.spaces.mlock(k.mm, start, end - start, isOnFault ? 'on fault' : 'locked');
    return 0;
  },
});

export const munlockall = syscall({
  nr: 231,
  name: 'munlockall',
  args: [],
  errors: [],
  interrupted: 'never blocks',
  support: NOW,
  run(k) {
    k.mm.locksFuture = false;
    k.mm.locksOnFault = false;
    for (const { start, end } of [...k.mm.vmas]) k.memory.spaces.mlock(k.mm, start, end - start, 'unlocked');
    return 0;
  },
});

export const MEMORY_LOCK_CALLS = [mlock2, mlockall, munlockall];
