/** mlock2, mlockall and munlockall. Nothing is ever paged out: locking brings pages in and is remembered. */
import { syscall } from '../kernel/index.ts';
import { flags, pointer, size } from './args.ts';

const MLOCK_ONFAULT = 1;

export const mlock2 = syscall({
  nr: 284,
  name: 'mlock2',
  args: [pointer, size, flags({ MLOCK_ONFAULT })],
  errors: ['EAGAIN', 'EINVAL', 'ENOMEM'],
  interrupted: 'never blocks',
  support: { partial: 'MLOCK_ONFAULT brings the pages in at once' },
  run: (k, addr, length, bits) =>
    (bits & ~MLOCK_ONFAULT) !== 0 ? 'EINVAL' : k.memory.spaces.mlock(k.mm, addr, length, true),
});

const MCL = { MCL_CURRENT: 1, MCL_FUTURE: 2, MCL_ONFAULT: 4 };
const KNOWN = 7;
const NOW = {
  partial: 'what is mapped now is locked; what is mapped later is never paged out, either',
} as const;

export const mlockall = syscall({
  nr: 230,
  name: 'mlockall',
  args: [flags(MCL)],
  errors: ['EINVAL'],
  interrupted: 'never blocks',
  support: NOW,
  run(k, bits) {
    if (bits === 0 || (bits & ~KNOWN) !== 0 || bits === MCL.MCL_ONFAULT) return 'EINVAL';
    // As on Linux, a mapping whose pages cannot be brought in does not make the call fail.
    if ((bits & MCL.MCL_CURRENT) !== 0)
      for (const { start, end } of [...k.mm.vmas]) k.memory.spaces.mlock(k.mm, start, end - start, true);
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
    for (const { start, end } of [...k.mm.vmas]) k.memory.spaces.mlock(k.mm, start, end - start, false);
    return 0;
  },
});

export const MEMORY_LOCK_CALLS = [mlock2, mlockall, munlockall];
