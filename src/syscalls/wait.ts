/** wait4 and waitid: which child has something to report, and how it is told. */
import { type Errno, SI, SIGNAL } from '../abi/index.ts';
import {
  type ChildReport,
  type ChildSelector,
  encodeSigInfo,
  findReport,
  type Kernel,
  leaderOf,
  type Pgid,
  settleEnd,
  sigInfo,
  syscall,
  type Tgid,
  takeReport,
  type Usage,
  W,
} from '../kernel/index.ts';
import { type Outcome, pidOf } from '../vfs/index.ts';
import { flags, int, oneOf } from './args.ts';
import { fileAt } from './path.ts';
import { outInfo, outStatus, outUsage } from './text/process.ts';
import { writeUsage } from './usage.ts';

/** In strace's order. */
const OPTIONS = {
  WNOHANG: W.WNOHANG,
  WSTOPPED: W.WUNTRACED,
  WEXITED: W.WEXITED,
  WCONTINUED: W.WCONTINUED,
  WNOWAIT: W.WNOWAIT,
  __WCLONE: W.__WCLONE,
  __WALL: W.__WALL,
  __WNOTHREAD: W.__WNOTHREAD,
};
const WAIT4_OPTIONS = W.WNOHANG | W.WUNTRACED | W.WCONTINUED | W.__WNOTHREAD | W.__WCLONE | W.__WALL;
const WAITID_OPTIONS = WAIT4_OPTIONS | W.WEXITED | W.WNOWAIT;

/** All a process and the children it has waited for used. */
function usageOf({ group }: ChildReport): Usage {
  const { usage: own, childUsage: children } = group;
  return {
    ...own,
    userTime: (own.userTime + children.userTime) as Usage['userTime'],
    systemTime: (own.systemTime + children.systemTime) as Usage['systemTime'],
    minorFaults: own.minorFaults + children.minorFaults,
    majorFaults: own.majorFaults + children.majorFaults,
    voluntarySwitches: own.voluntarySwitches + children.voluntarySwitches,
    involuntarySwitches: own.involuntarySwitches + children.involuntarySwitches,
    maxRss: Math.max(own.maxRss, children.maxRss),
  };
}

/** Looks for a report, waits for one, or says that there is none yet: `nothing`. */
function ask(k: Kernel, select: ChildSelector, options: number, nothing: number): ChildReport | Outcome {
  const found = findReport(k, select, options);
  if (found !== null) return found;
  return (options & W.WNOHANG) !== 0 ? nothing : k.waitOn('child', [k.group.childQueue]);
}

const isReport = (found: ChildReport | Outcome): found is ChildReport =>
  typeof found === 'object' && 'what' in found;

/** The report has been told: a zombie goes. */
function settle(k: Kernel, report: ChildReport): void {
  if (report.what === 'exited') settleEnd(k, report);
  else takeReport(k, report);
}

function selectPid(k: Kernel, pid: number): ChildSelector {
  if (pid === -1) return { by: 'any' };
  if (pid > 0) return { by: 'pid', pid: pid as Tgid };
  return { by: 'pgid', pgid: (pid === 0 ? k.group.pgid : -pid) as Pgid };
}

export const wait4 = syscall({
  nr: 260,
  name: 'wait4',
  args: [int, outStatus, flags(OPTIONS), outUsage],
  errors: ['ECHILD', 'EFAULT', 'EINTR', 'EINVAL', 'ESRCH'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, pid, status, options, rusage) {
    if ((options & ~WAIT4_OPTIONS) !== 0) return 'EINVAL';
    if (pid === -(2 ** 31)) return 'ESRCH';
    const found = ask(k, selectPid(k, pid), options | W.WEXITED, 0);
    if (!isReport(found)) return found;
    const { tid } = found;
    const told = status === 0 || k.user.writeU32(status, found.status);
    const counted = rusage === 0 || writeUsage(k, rusage, usageOf(found));
    settle(k, found);
    return told && counted ? tid : 'EFAULT';
  },
});

const P = { P_ALL: 0, P_PID: 1, P_PGID: 2, P_PIDFD: 3 };

function selectId(k: Kernel, type: number, id: number): ChildSelector | 'EINVAL' | 'EBADF' {
  if (type === P.P_ALL) return { by: 'any' };
  if (type === P.P_PID) return id <= 0 ? 'EINVAL' : { by: 'pid', pid: id as Tgid };
  if (type === P.P_PGID)
    return id < 0 ? 'EINVAL' : { by: 'pgid', pgid: (id === 0 ? k.group.pgid : id) as Pgid };
  if (type !== P.P_PIDFD || id < 0) return 'EINVAL';
  const file = fileAt(k, id);
  if (typeof file === 'string' || file.kind !== 'pidfd') return 'EBADF';
  return { by: 'pid', pid: pidOf(k.vfs, file) as Tgid };
}

/** siginfo_t of a report (man 2 waitid). */
function reportInfo(k: Kernel, { group, tid, what, status }: ChildReport): Uint8Array {
  const uid = leaderOf(k, group).credentials.ruid;
  const told = (code: number, value: number) =>
    encodeSigInfo(sigInfo(SIGNAL.SIGCHLD, { code, pid: tid, uid, status: value }));
  if (what === 'stopped') return told(SI.CLD_STOPPED, status >> 8);
  if (what === 'trapped') return told(SI.CLD_TRAPPED, status >> 8);
  if (what === 'continued') return told(SI.CLD_CONTINUED, SIGNAL.SIGCONT);
  const signo = status & 0x7f;
  return signo === 0 ? told(SI.CLD_EXITED, status >> 8) : told(SI.CLD_KILLED, signo);
}

/** Nothing to report: si_signo and si_pid are zero (POSIX). The rest of siginfo is left as it was. */
function writeNothing(k: Kernel, info: number): boolean {
  return [0, 4, 8, 16, 20, 24].every((at) => k.user.writeU32(info + at, 0));
}

function findFor(k: Kernel, type: number, id: number, options: number): ReturnType<typeof ask> | Errno {
  if ((options & ~WAITID_OPTIONS) !== 0) return 'EINVAL';
  if ((options & (W.WEXITED | W.WSTOPPED | W.WCONTINUED)) === 0) return 'EINVAL';
  const select = selectId(k, type, id);
  return typeof select === 'string' ? select : ask(k, select, options, 0);
}

export const waitid = syscall({
  nr: 95,
  name: 'waitid',
  args: [oneOf(P), int, outInfo, flags(OPTIONS), outUsage],
  errors: ['EBADF', 'ECHILD', 'EFAULT', 'EINTR', 'EINVAL'],
  interrupted: 'ERESTARTSYS',
  support: 'full',
  run(k, type, id, info, options, rusage) {
    const found = findFor(k, type, id, options);
    if (!isReport(found)) {
      if (typeof found === 'object') return found;
      // Also a call that fails says that it found nobody.
      return info === 0 || writeNothing(k, info) ? found : 'EFAULT';
    }
    const told = info === 0 || k.user.copyOut(info, reportInfo(k, found));
    const counted = rusage === 0 || writeUsage(k, rusage, usageOf(found));
    if ((options & W.WNOWAIT) === 0) settle(k, found);
    return told && counted ? 0 : 'EFAULT';
  },
});

export const WAIT_CALLS = [wait4, waitid];
