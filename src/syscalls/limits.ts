/** Resource limits: what a process may use. */
import { CAP } from '../abi/index.ts';
import {
  type Arg,
  capable,
  type Kernel,
  leaderOf,
  planCpuTimers,
  RLIM_NLIMITS,
  RLIMIT,
  type Rlimit,
  setLimit,
  syscall,
  type Tgid,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, oneOf } from './args.ts';
import { inLimit, outLimit } from './text/process.ts';

const resource: Arg<number> = oneOf(RLIMIT);

/** RLIM64_INFINITY is all ones. */
function readWord(k: Kernel, addr: number): number | undefined {
  const [lo, hi] = [k.user.readU32(addr), k.user.readU32(addr + 4)];
  if (lo === undefined || hi === undefined) return undefined;
  return lo === 0xffffffff && hi === 0xffffffff ? Number.POSITIVE_INFINITY : hi * 2 ** 32 + lo;
}

const writeWord = (k: Kernel, addr: number, value: number): boolean =>
  k.user.writeU64(addr, value === Number.POSITIVE_INFINITY ? -1 : value);

const readLimit = (k: Kernel, addr: number): Rlimit | 'EFAULT' => {
  const [soft, hard] = [readWord(k, addr), readWord(k, addr + 8)];
  return soft === undefined || hard === undefined ? 'EFAULT' : { soft, hard };
};

function change(k: Kernel, tgid: Tgid, which: number, next: number, old: number): Outcome {
  if (which < 0 || which >= RLIM_NLIMITS) return 'EINVAL';
  const group = k.groups.get(tgid);
  if (group === undefined) return 'ESRCH';
  const before = group.rlimits[which]!;
  if (next !== 0) {
    const limit = readLimit(k, next);
    if (limit === 'EFAULT') return limit;
    if (limit.soft > limit.hard) return 'EINVAL';
    const raises = limit.hard > before.hard;
    if (raises && !capable(k, CAP.CAP_SYS_RESOURCE)) return 'EPERM';
    // What `--max-open-files` and `--max-processes` say holds for root, too.
    if (which === RLIMIT.RLIMIT_NOFILE && limit.hard > k.options.maxOpenFiles) return 'EPERM';
    setLimit(group, which, limit);
    if (which === RLIMIT.RLIMIT_CPU) planCpuTimers(k, group);
    if (which === RLIMIT.RLIMIT_STACK) tellStack(k, tgid, limit.soft);
  }
  if (old === 0) return 0;
  return writeWord(k, old, before.soft) && writeWord(k, old + 8, before.hard) ? 0 : 'EFAULT';
}

/** The memory layer grows stacks by itself, up to what it was told last. */
function tellStack(k: Kernel, tgid: Tgid, limit: number): void {
  const { threads } = k.groups.get(tgid)!;
  for (const tid of threads) {
    const mm = k.mms.get(k.tasks.get(tid)!.mm as never);
    if (mm !== undefined) mm.stackLimit = limit;
  }
}

const LIMIT_ERRORS = ['EFAULT', 'EINVAL', 'EPERM', 'ESRCH'] as const;

export const prlimit64 = syscall({
  nr: 261,
  name: 'prlimit64',
  args: [int, resource, inLimit, outLimit],
  errors: LIMIT_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run(k, pid, which, next, old) {
    const target = pid === 0 ? k.group : k.groups.get(pid as Tgid);
    if (target === undefined) return 'ESRCH';
    const theirs = leaderOf(k, target).credentials;
    const { ruid, rgid } = k.task.credentials;
    const isOurs =
      [theirs.ruid, theirs.euid, theirs.suid].every((uid) => uid === ruid) &&
      [theirs.rgid, theirs.egid, theirs.sgid].every((gid) => gid === rgid);
    if (target !== k.group && !isOurs && !capable(k, CAP.CAP_SYS_RESOURCE)) return 'EPERM';
    return change(k, target.tgid, which, next, old);
  },
});

export const getrlimit = syscall({
  nr: 163,
  name: 'getrlimit',
  args: [resource, outLimit],
  errors: LIMIT_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run(k, which, old) {
    const isThere = which >= 0 && which < RLIM_NLIMITS;
    return isThere && old === 0 ? 'EFAULT' : change(k, k.group.tgid, which, 0, old);
  },
});

export const setrlimit = syscall({
  nr: 164,
  name: 'setrlimit',
  args: [resource, inLimit],
  errors: LIMIT_ERRORS,
  interrupted: 'never blocks',
  support: 'full',
  run: (k, which, next) => (next === 0 ? 'EFAULT' : change(k, k.group.tgid, which, next, 0)),
});

export const LIMIT_CALLS = [prlimit64, getrlimit, setrlimit];
