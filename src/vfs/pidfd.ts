/** pidfd_open(2) and CLONE_PIDFD: a process as a file that becomes readable when it ends. Linux: kernel/pid.c. */
import { O } from '../abi/index.ts';
import { bug } from '../base/index.ts';
import { type FileOps, NO_FILES, NO_OPS } from './file-ops.ts';
import { notify } from './notify.ts';
import { newFile } from './open-file.ts';
import { type FileId, type OpenFile, POLLHUP, POLLIN, POLLRDNORM, type QueueId } from './types.ts';
import type { Vfs } from './vfs.ts';

export interface Pidfd {
  readonly id: number;
  /** The process, or the thread (PIDFD_THREAD). */
  readonly pid: number;
  /** It stands for that thread alone (PIDFD_THREAD). */
  readonly isThread: boolean;
  state: 'running' | 'exited' | 'reaped';
  readonly queue: QueueId;
}

/** PIDFD_THREAD of pidfd_open(2). */
export const PIDFD_THREAD = O.O_EXCL;

/** Makes a pidfd of a process or thread that is there; `hasExited` for a zombie. */
export function newPidfd(vfs: Vfs, pid: number, flags: number, hasExited = false): FileId {
  const pidfd: Pidfd = {
    id: vfs.nextId++,
    pid,
    isThread: (flags & PIDFD_THREAD) !== 0,
    state: hasExited ? 'exited' : 'running',
    queue: vfs.host.newQueue(),
  };
  vfs.pidfds.set(pidfd.id, pidfd);
  const path = 'anon_inode:[pidfd]';
  return newFile(vfs, {
    kind: 'pidfd',
    flags: O.O_RDWR | (flags & (O.O_NONBLOCK | PIDFD_THREAD)),
    path,
    channel: pidfd.id,
  });
}

const pidfdOf = (vfs: Vfs, file: OpenFile): Pidfd =>
  vfs.pidfds.get(file.channel) ?? bug(`there is no pidfd ${file.channel}`);

/** The process a pidfd stands for; 0 once it has been reaped. */
export function pidOf(vfs: Vfs, file: OpenFile): number {
  const { pid, state } = pidfdOf(vfs, file);
  return state === 'reaped' ? 0 : pid;
}

/** Does it stand for one thread? */
export const isThreadPidfd = (vfs: Vfs, file: OpenFile): boolean => pidfdOf(vfs, file).isThread;

/** The queue woken when the process ends: waitid(P_PIDFD) may wait here, too. */
export const pidfdQueue = (vfs: Vfs, file: OpenFile): QueueId => pidfdOf(vfs, file).queue;

function tell(vfs: Vfs, pid: number, state: 'exited' | 'reaped'): void {
  for (const pidfd of vfs.pidfds.values()) {
    if (pidfd.pid !== pid || pidfd.state === 'reaped') continue;
    pidfd.state = state;
    notify(vfs, pidfd.queue);
  }
}

/** The kernel tells: the process is a zombie now. */
export const processExited = (vfs: Vfs, pid: number): void => tell(vfs, pid, 'exited');

/** The kernel tells: the process was reaped, its number may be used again. */
export const processReaped = (vfs: Vfs, pid: number): void => tell(vfs, pid, 'reaped');

/** The kernel tells: a thread has ended. Leaders stay until their process is reaped, others are gone. */
export function threadExited(vfs: Vfs, tid: number, isLeader: boolean): void {
  for (const pidfd of vfs.pidfds.values()) {
    if (pidfd.pid !== tid || !pidfd.isThread || pidfd.state !== 'running') continue;
    pidfd.state = isLeader ? 'exited' : 'reaped';
    notify(vfs, pidfd.queue);
  }
}

const BITS = { running: 0, exited: POLLIN | POLLRDNORM, reaped: POLLIN | POLLRDNORM | POLLHUP };

export const PIDFD_OPS: FileOps = {
  ...NO_OPS,
  poll: (vfs, file) => BITS[pidfdOf(vfs, file).state],
  queues: (vfs, file) => [pidfdOf(vfs, file).queue],
  close: (vfs, file) => {
    vfs.pidfds.delete(file.channel);
    return NO_FILES;
  },
};
