/** Sending signals: to processes, groups and threads. man 2 kill, tgkill, rt_sigqueueinfo. */
import { SI, SIGRTMAX } from '../abi/index.ts';
import {
  type Kernel,
  maySignal,
  membersOf,
  sentBy,
  syscall,
  type Tgid,
  type ThreadGroup,
  type Tid,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, struct } from './args.ts';
import { readSigInfo } from './siginfo.ts';
import { infoText, signo } from './signal-arg.ts';

const isLive = ({ life }: ThreadGroup) => life === 'live';

/** Pid selectors of kill(2): a process, the caller's group, everybody, another group. */
function targets(k: Kernel, pid: number): ThreadGroup[] {
  const one = pid > 0 ? k.groups.get(pid as Tgid) : undefined;
  if (pid > 0) return one === undefined ? [] : [one];
  if (pid === -1)
    return [...k.groups.values()].filter((group) => isLive(group) && group.tgid !== 1 && group !== k.group);
  // Signals to zombies go nowhere, but they are there.
  return membersOf(k, pid === 0 ? k.group.pgid : -pid);
}

export const kill = syscall({
  nr: 129,
  name: 'kill',
  args: [int, signo],
  errors: ['EINVAL', 'ESRCH', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, pid, signo) {
    const found = targets(k, pid);
    if (found.length === 0) return 'ESRCH';
    if (signo < 0 || signo > SIGRTMAX) return 'EINVAL';
    const allowed = found.filter((group) => maySignal(k, group, signo));
    // Who signals everybody is not told that some would not listen.
    if (allowed.length === 0) return pid === -1 ? 0 : 'EPERM';
    if (signo !== 0) for (const group of allowed) k.signalGroup(group, sentBy(k, signo, SI.SI_USER));
    return 0;
  },
});

function toThread(k: Kernel, tgid: number | null, tid: number, signo: number): Outcome {
  if (tid <= 0 || (tgid !== null && tgid <= 0)) return 'EINVAL';
  const task = k.tasks.get(tid as Tid);
  if (task === undefined || (tgid !== null && task.group !== tgid)) return 'ESRCH';
  const group = k.groups.get(task.group)!;
  if (signo < 0 || signo > SIGRTMAX) return 'EINVAL';
  if (!maySignal(k, group, signo)) return 'EPERM';
  return signo === 0 ? 0 : k.signalTask(task, sentBy(k, signo, SI.SI_TKILL));
}

export const tgkill = syscall({
  nr: 131,
  name: 'tgkill',
  args: [int, int, signo],
  errors: ['EAGAIN', 'EINVAL', 'ESRCH', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, tgid, tid, signo) => toThread(k, tgid, tid, signo),
});

export const tkill = syscall({
  nr: 130,
  name: 'tkill',
  args: [int, signo],
  errors: ['EAGAIN', 'EINVAL', 'ESRCH', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run: (k, tid, signo) => toThread(k, null, tid, signo),
});

/** A sender may not pretend to be the kernel or kill(2) towards others (man 2 rt_sigqueueinfo). */
function readInfo(k: Kernel, addr: number, signo: number, toSelf: boolean) {
  const info = readSigInfo(k, addr, signo);
  if (typeof info === 'string') return info;
  return (info.code >= 0 || info.code === SI.SI_TKILL) && !toSelf ? 'EPERM' : info;
}

export const rtSigqueueinfo = syscall({
  nr: 138,
  name: 'rt_sigqueueinfo',
  args: [int, signo, struct(infoText)],
  errors: ['E2BIG', 'EAGAIN', 'EINVAL', 'ESRCH', 'EPERM', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, tgid, signo, info) {
    const sent = readInfo(k, info, signo, tgid === k.task.tid);
    if (typeof sent === 'string') return sent;
    const group = tgid <= 0 ? undefined : k.groups.get(tgid as Tgid);
    if (group === undefined) return 'ESRCH';
    if (signo < 0 || signo > SIGRTMAX) return 'EINVAL';
    if (!maySignal(k, group, signo)) return 'EPERM';
    return signo === 0 ? 0 : k.signalGroup(group, sent);
  },
});

export const rtTgsigqueueinfo = syscall({
  nr: 240,
  name: 'rt_tgsigqueueinfo',
  args: [int, int, signo, struct(infoText)],
  errors: ['E2BIG', 'EAGAIN', 'EINVAL', 'ESRCH', 'EPERM', 'EFAULT'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, tgid, tid, signo, info) {
    const sent = readInfo(k, info, signo, tid === k.task.tid);
    if (sent === 'EFAULT') return sent;
    if (tgid <= 0 || tid <= 0) return 'EINVAL';
    if (typeof sent === 'string') return sent;
    const task = k.tasks.get(tid as Tid);
    if (task === undefined || task.group !== tgid) return 'ESRCH';
    if (signo < 0 || signo > SIGRTMAX) return 'EINVAL';
    if (!maySignal(k, k.groups.get(task.group)!, signo)) return 'EPERM';
    return signo === 0 ? 0 : k.signalTask(task, sent);
  },
});

export const SIGNAL_SEND_CALLS = [kill, tgkill, tkill, rtSigqueueinfo, rtTgsigqueueinfo];
