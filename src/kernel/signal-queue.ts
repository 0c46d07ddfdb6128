/**
 * Queues of pending signals, and how many of them a user has: RLIMIT_SIGPENDING counts queued signals and POSIX
 * timers of all processes of a user. Linux: kernel/signal.c, sigqueue_alloc() and __send_signal_locked().
 */
import { SI, SIGRTMIN } from '../abi/index.ts';
import type { Kernel } from './kernel.ts';
import { limitOf, RLIMIT } from './rlimit.ts';
import type { SigInfo, Task, ThreadGroup } from './types.ts';

/** Counts one more for a user. */
export function countQueued(k: Kernel, uid: number): void {
  k.queuedSignals.set(uid, (k.queuedSignals.get(uid) ?? 0) + 1);
}

export function uncountQueued(k: Kernel, uid: number): void {
  const rest = (k.queuedSignals.get(uid) ?? 1) - 1;
  if (rest > 0) k.queuedSignals.set(uid, rest);
  else k.queuedSignals.delete(uid);
}

/** Has the user of this task as much queued as the process may add to? */
export const isQueueFull = (k: Kernel, group: ThreadGroup, uid: number): boolean =>
  (k.queuedSignals.get(uid) ?? 0) >= limitOf(group, RLIMIT.RLIMIT_SIGPENDING);

/** A signal has left its queue. */
export function leaveQueue(k: Kernel, info: SigInfo): void {
  if (info.owner >= 0) uncountQueued(k, info.owner);
}

/** What became of a signal that was sent. */
export type Queued = 'queued' | 'known' | 'EAGAIN';

/** Puts a signal into a queue. A standard signal is pending at most once; real-time signals queue. */
export function enqueue(
  k: Kernel,
  group: ThreadGroup,
  task: Task,
  pending: SigInfo[],
  info: SigInfo,
): Queued {
  const { signo, code } = info;
  const isKnown = () => pending.some((other) => other.signo === signo);
  if (signo < SIGRTMIN && isKnown()) return 'known';
  const uid = task.credentials.ruid;
  // The kernel's own standard signals and those of kill(2) always find room.
  const needsRoom = signo >= SIGRTMIN || code < 0;
  if (!needsRoom || !isQueueFull(k, group, uid)) {
    countQueued(k, uid);
    pending.push({ ...info, owner: uid });
    return 'queued';
  }
  if (signo >= SIGRTMIN && code !== SI.SI_USER) return 'EAGAIN';
  if (isKnown()) return 'known';
  pending.push({ ...info, code: SI.SI_USER, pid: 0, uid: 0, status: 0, valueHi: 0, owner: -1 });
  return 'queued';
}
