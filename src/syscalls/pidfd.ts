/** pidfd_open, pidfd_send_signal: processes by descriptor. */
import { O, SI, SIGRTMAX } from '../abi/index.ts';
import { decodeSigInfo, maySignal, sentBy, syscall, type Tgid, type Tid } from '../kernel/index.ts';
import { installFd, newPidfd, pidOf, processOfDirectory } from '../vfs/index.ts';
import { fd, flags, int, pointer, uint } from './args.ts';
import { fileAt } from './path.ts';

export const pidfdOpen = syscall({
  nr: 434,
  name: 'pidfd_open',
  args: [int, flags({ PIDFD_NONBLOCK: O.O_NONBLOCK })],
  errors: ['EINVAL', 'EMFILE', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, pid, bits) {
    if (pid <= 0 || (bits & ~O.O_NONBLOCK) !== 0) return 'EINVAL';
    const group = k.groups.get(pid as Tgid);
    // A thread that leads no process is there, but not as a process.
    if (group === undefined) return k.tasks.has(pid as Tid) ? 'EINVAL' : 'ESRCH';
    return installFd(k.vfs, k.files, newPidfd(k.vfs, pid, bits, group.life === 'zombie'), true);
  },
});

export const pidfdSendSignal = syscall({
  nr: 424,
  name: 'pidfd_send_signal',
  args: [fd, int, pointer, uint],
  errors: ['EBADF', 'EFAULT', 'EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: { partial: 'the flags of Linux 6.9 (thread, process group) are refused with EINVAL' },
  run(k, number, signo, info, bits) {
    if (bits !== 0) return 'EINVAL';
    const file = fileAt(k, number);
    if (typeof file === 'string') return file;
    const isPidfd = file.kind === 'pidfd';
    const pid = isPidfd ? pidOf(k.vfs, file) : processOfDirectory(k.vfs, file);
    if (pid === 0) return isPidfd ? 'ESRCH' : 'EBADF';
    const group = k.groups.get(pid as Tgid);
    if (group === undefined) return 'ESRCH';
    const bytes = new Uint8Array(128);
    if (info !== 0 && !k.user.copyIn(info, bytes)) return 'EFAULT';
    const sent = info === 0 ? sentBy(k, signo, SI.SI_USER) : decodeSigInfo(bytes);
    if (sent.signo !== signo || signo < 0 || signo > SIGRTMAX) return 'EINVAL';
    const forges = info !== 0 && (sent.code >= 0 || sent.code === SI.SI_TKILL) && group !== k.group;
    if (forges || !maySignal(k, group, signo)) return 'EPERM';
    if (signo !== 0) k.signalGroup(group, sent);
    return 0;
  },
});

export const PIDFD_CALLS = [pidfdOpen, pidfdSendSignal];
