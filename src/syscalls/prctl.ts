/** prctl: small attributes of tasks and processes. man 2 prctl; Linux: kernel/sys.c. */
import { SECBIT, SIGRTMAX } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8 } from '../base/index.ts';
import { isRealTime, type Kernel, renameTask, syscall, TIMER_SLACK } from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { ambient, dropBounding, readBounding, setKeepCaps, setSecurebits } from './prctl-caps.ts';
import { setMm, setVma } from './prctl-memory.ts';
import { prctlGetSeccomp, prctlSetSeccomp } from './seccomp.ts';
import { PR, prctlArgument, prctlOption, prctlResult } from './text/prctl.ts';

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
  renameTask(k, k.task, decodeUtf8(bytes, 0, bytes.indexOf(0)));
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
  [PR.PR_GET_KEEPCAPS]: (k) => Number((k.task.credentials.securebits & SECBIT.SECBIT_KEEP_CAPS) !== 0),
  [PR.PR_SET_KEEPCAPS]: setKeepCaps,
  [PR.PR_CAPBSET_READ]: readBounding,
  [PR.PR_CAPBSET_DROP]: dropBounding,
  [PR.PR_GET_SECUREBITS]: (k) => k.task.credentials.securebits,
  [PR.PR_SET_SECUREBITS]: setSecurebits,
  [PR.PR_CAP_AMBIENT]: ambient,
  // PR_TIMING_STATISTICAL is the only way of counting that Linux has.
  [PR.PR_GET_TIMING]: () => 0,
  [PR.PR_SET_TIMING]: (_k, how) => (how === 0 ? 0 : 'EINVAL'),
  [PR.PR_SET_TIMERSLACK](k, nanos) {
    if (!isRealTime(k.task.policy)) k.task.timerSlack = nanos > 0 ? nanos : TIMER_SLACK;
    return 0;
  },
  [PR.PR_GET_TIMERSLACK]: (k) => (isRealTime(k.task.policy) ? 0 : k.task.timerSlack),
  [PR.PR_SET_MM]: setMm,
  [PR.PR_SET_VMA]: setVma,
  [PR.PR_GET_TID_ADDRESS]: (k, addr) => (k.user.writeU64(addr, k.task.clearChildTid) ? 0 : 'EFAULT'),
  [PR.PR_SET_THP_DISABLE](k, value, ...rest) {
    if (!allZero(rest)) return 'EINVAL';
    k.group.noHugePages = value !== 0;
    return 0;
  },
  [PR.PR_GET_THP_DISABLE]: (k, ...rest) => (allZero(rest) ? Number(k.group.noHugePages) : 'EINVAL'),
  [PR.PR_GET_AUXV](k, addr, length, ...rest) {
    if (!allZero(rest)) return 'EINVAL';
    const { auxv } = k.mm;
    return k.user.copyOut(addr, auxv.subarray(0, Math.min(length, auxv.length))) ? auxv.length : 'EFAULT';
  },
};

export const prctl = syscall({
  nr: 167,
  name: 'prctl',
  args: [prctlOption, prctlArgument, prctlArgument, prctlArgument, prctlArgument],
  result: prctlResult,
  errors: ['EACCES', 'EBADF', 'EBUSY', 'EFAULT', 'EINVAL', 'ENOMEM', 'EPERM'],
  interrupted: 'never blocks',
  support: {
    partial:
      'PR_MCE_KILL, speculation, core scheduling and what other architectures have are EINVAL; PR_SET_MM_EXE_FILE is EBUSY',
  },
  run: (k, option, a, b, c, d) => OPTIONS[option]?.(k, a, b, c, d) ?? 'EINVAL',
});

export const PRCTL_CALLS = [prctl];
