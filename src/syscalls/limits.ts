/** Resource limits and prctl: what a process may use, and small attributes of tasks. */
import { SIGRTMAX } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import {
  type Arg,
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
import { int, oneOf, pointer, struct } from './args.ts';
import { prctlGetSeccomp, prctlSetSeccomp } from './seccomp.ts';

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

const limitText = (k: Kernel, addr: number): string | null => {
  const limit = readLimit(k, addr);
  if (limit === 'EFAULT') return null;
  const word = (n: number) => (n === Number.POSITIVE_INFINITY ? 'RLIM64_INFINITY' : String(n));
  return `{rlim_cur=${word(limit.soft)}, rlim_max=${word(limit.hard)}}`;
};
const inLimit = struct(limitText);
const outLimit = struct(limitText, 'after');

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
    if (raises && k.task.credentials.euid !== 0) return 'EPERM';
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
    const { ruid, euid } = k.task.credentials;
    if (target !== k.group && euid !== 0 && ruid !== theirs.ruid) return 'EPERM';
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
  run: (k, which, old) => (old === 0 ? 'EFAULT' : change(k, k.group.tgid, which, 0, old)),
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

const PR = {
  PR_SET_PDEATHSIG: 1,
  PR_GET_PDEATHSIG: 2,
  PR_GET_DUMPABLE: 3,
  PR_SET_DUMPABLE: 4,
  PR_SET_NAME: 15,
  PR_GET_NAME: 16,
  PR_GET_SECCOMP: 21,
  PR_SET_SECCOMP: 22,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_GET_CHILD_SUBREAPER: 37,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_GET_NO_NEW_PRIVS: 39,
};
/** TASK_COMM_LEN, with the NUL. */
const COMM = 16;

function setName(k: Kernel, addr: number): Outcome {
  const bytes = new Uint8Array(COMM);
  for (let i = 0; i < COMM - 1; i++) {
    const byte = k.user.readU8(addr + i);
    if (byte === undefined) return 'EFAULT';
    if (byte === 0) break;
    bytes[i] = byte;
  }
  k.task.comm = decodeUtf8(bytes, 0, bytes.indexOf(0));
  return 0;
}

function getName(k: Kernel, addr: number): Outcome {
  const bytes = new Uint8Array(COMM);
  bytes.set(encodeUtf8(k.task.comm).subarray(0, COMM - 1));
  return k.user.copyOut(addr, bytes) ? 0 : 'EFAULT';
}

type Option = (k: Kernel, value: number, ...rest: readonly number[]) => Outcome;
const allZero = (rest: readonly number[]) => rest.every((value) => value === 0);

const OPTIONS: Readonly<Record<number, Option>> = {
  [PR.PR_SET_NAME]: setName,
  [PR.PR_GET_NAME]: getName,
  [PR.PR_SET_PDEATHSIG](k, signo) {
    if (signo < 0 || signo > SIGRTMAX) return 'EINVAL';
    k.task.parentDeathSignal = signo;
    return 0;
  },
  [PR.PR_GET_PDEATHSIG]: (k, addr) => (k.user.writeU32(addr, k.task.parentDeathSignal) ? 0 : 'EFAULT'),
  [PR.PR_GET_DUMPABLE]: (k) => k.group.dumpable,
  [PR.PR_SET_DUMPABLE](k, value) {
    if (value !== 0 && value !== 1) return 'EINVAL';
    k.group.dumpable = value;
    return 0;
  },
  [PR.PR_GET_SECCOMP]: (k) => prctlGetSeccomp(k),
  [PR.PR_SET_SECCOMP]: (k, mode, addr) => prctlSetSeccomp(k, mode, addr!),
  [PR.PR_SET_CHILD_SUBREAPER](k, value) {
    k.group.subreaper = value !== 0;
    return 0;
  },
  [PR.PR_GET_CHILD_SUBREAPER]: (k, addr) => (k.user.writeU32(addr, k.group.subreaper ? 1 : 0) ? 0 : 'EFAULT'),
  [PR.PR_SET_NO_NEW_PRIVS](k, value, ...rest) {
    if (value !== 1 || !allZero(rest)) return 'EINVAL';
    k.task.noNewPrivileges = true;
    return 0;
  },
  [PR.PR_GET_NO_NEW_PRIVS]: (k, ...rest) => (allZero(rest) ? Number(k.task.noNewPrivileges) : 'EINVAL'),
};

export const prctl = syscall({
  nr: 167,
  name: 'prctl',
  args: [oneOf(PR), pointer, pointer, pointer, pointer],
  errors: ['EACCES', 'EFAULT', 'EINVAL', 'ENOMEM'],
  interrupted: 'never blocks',
  support: {
    partial: 'NAME, PDEATHSIG, DUMPABLE, SECCOMP, CHILD_SUBREAPER and NO_NEW_PRIVS; others are EINVAL',
  },
  run: (k, option, a, b, c, d) => OPTIONS[option]?.(k, a, b, c, d) ?? 'EINVAL',
});

export const LIMIT_CALLS = [prlimit64, getrlimit, setrlimit, prctl];
