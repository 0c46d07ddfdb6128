/** pidfd_open, pidfd_send_signal: processes by descriptor. */
import { type Errno, O, SI, SIGRTMAX } from '../abi/index.ts';
import {
  type Kernel,
  maySignal,
  membersOf,
  type Pgid,
  type SigInfo,
  sentBy,
  syscall,
  type Tgid,
  type Tid,
} from '../kernel/index.ts';
import { installFd, isThreadPidfd, newPidfd, PIDFD_THREAD, pidOf, processOfDirectory } from '../vfs/index.ts';
import { fd, flags, int, pointer } from './args.ts';
import { fileAt } from './path.ts';
import { readSigInfo } from './siginfo.ts';

export const pidfdOpen = syscall({
  nr: 434,
  name: 'pidfd_open',
  args: [int, flags({ PIDFD_NONBLOCK: O.O_NONBLOCK, PIDFD_THREAD })],
  errors: ['EINVAL', 'EMFILE', 'ENFILE', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, pid, bits) {
    if (pid <= 0 || (bits & ~(O.O_NONBLOCK | PIDFD_THREAD)) !== 0) return 'EINVAL';
    const task = k.tasks.get(pid as Tid);
    const group = k.groups.get(pid as Tgid);
    if (task === undefined && group === undefined) return 'ESRCH';
    const isThread = (bits & PIDFD_THREAD) !== 0;
    // A thread that leads no process is there, but not as a process.
    if (isThread ? task === undefined : group === undefined) return 'EINVAL';
    const hasExited = isThread ? task!.run === 'zombie' : group!.life === 'zombie';
    return installFd(k.vfs, k.files, newPidfd(k.vfs, pid, bits, hasExited), true);
  },
});

const SCOPE = { PIDFD_SIGNAL_THREAD: 1, PIDFD_SIGNAL_THREAD_GROUP: 2, PIDFD_SIGNAL_PROCESS_GROUP: 4 };
type Scope = 'thread' | 'process' | 'group';
const SCOPES: Readonly<Record<number, Scope>> = {
  [SCOPE.PIDFD_SIGNAL_THREAD]: 'thread',
  [SCOPE.PIDFD_SIGNAL_THREAD_GROUP]: 'process',
  [SCOPE.PIDFD_SIGNAL_PROCESS_GROUP]: 'group',
};

/** Sends to whom the scope means: at least one must be there, and one must allow it. */
function send(k: Kernel, pid: number, scope: Scope, info: SigInfo): 0 | Errno {
  const { signo } = info;
  const task = k.tasks.get(pid as Tid);
  const group = k.groups.get((task?.group ?? pid) as Tgid);
  const targets = scope === 'group' ? membersOf(k, pid as Pgid) : group === undefined ? [] : [group];
  if (targets.length === 0) return 'ESRCH';
  const allowed = targets.filter((target) => maySignal(k, target, signo));
  if (allowed.length === 0) return 'EPERM';
  if (signo === 0) return 0;
  for (const target of allowed) {
    if (scope === 'thread' && task !== undefined) k.signalTask(task, info);
    else k.signalGroup(target, info);
  }
  return 0;
}

export const pidfdSendSignal = syscall({
  nr: 424,
  name: 'pidfd_send_signal',
  args: [fd, int, pointer, flags(SCOPE)],
  errors: ['E2BIG', 'EBADF', 'EFAULT', 'EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, number, signo, info, bits) {
    if (bits !== 0 && SCOPES[bits] === undefined) return 'EINVAL';
    const file = fileAt(k, number);
    if (typeof file === 'string') return file;
    const isPidfd = file.kind === 'pidfd';
    const pid = isPidfd ? pidOf(k.vfs, file) : processOfDirectory(k.vfs, file);
    if (pid === 0) return isPidfd ? 'ESRCH' : 'EBADF';
    const scope = SCOPES[bits] ?? (isPidfd && isThreadPidfd(k.vfs, file) ? 'thread' : 'process');
    const sent =
      info === 0 ? sentBy(k, signo, scope === 'thread' ? SI.SI_TKILL : SI.SI_USER) : readSigInfo(k, info);
    if (typeof sent === 'string') return sent;
    if (sent.signo !== signo || signo < 0 || signo > SIGRTMAX) return 'EINVAL';
    const isOwn = pid === (k.task.tid as number) && scope !== 'group';
    if (info !== 0 && (sent.code >= 0 || sent.code === SI.SI_TKILL) && !isOwn) return 'EPERM';
    return send(k, pid, scope, sent);
  },
});

export const PIDFD_CALLS = [pidfdOpen, pidfdSendSignal];
