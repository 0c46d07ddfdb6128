/** Which of the pending signals is taken next. Linux: kernel/signal.c, next_signal() and dequeue_signal(). */
import { SIGNAL } from '../abi/index.ts';
import type { Kernel } from './kernel.ts';
import { timerSignalTaken } from './posix-timer.ts';
import { rearmRealTimer } from './real-timer.ts';
import { leaveQueue } from './signal-queue.ts';
import { has, setOf } from './signal-set.ts';
import type { SigInfo, Task, ThreadGroup } from './types.ts';

/** Signals of faults come first (Linux: SYNCHRONOUS_MASK), then the lowest number, in order of arrival. */
const SYNCHRONOUS = setOf(
  SIGNAL.SIGSEGV,
  SIGNAL.SIGBUS,
  SIGNAL.SIGILL,
  SIGNAL.SIGTRAP,
  SIGNAL.SIGFPE,
  SIGNAL.SIGSYS,
);

function takeFrom(pending: SigInfo[], wanted: (signo: number) => boolean): SigInfo | undefined {
  let best = -1;
  const rank = (signo: number) => (has(SYNCHRONOUS, signo) ? signo : signo + 100);
  pending.forEach((info, at) => {
    if (wanted(info.signo) && (best < 0 || rank(info.signo) < rank(pending[best]!.signo))) best = at;
  });
  return best < 0 ? undefined : pending.splice(best, 1)[0];
}

/** Takes the next signal that satisfies `wanted`: the thread's own before the process's. */
export function dequeue(
  k: Kernel,
  group: ThreadGroup,
  task: Task,
  wanted: (signo: number) => boolean,
): SigInfo | undefined {
  const own = takeFrom(task.pending, wanted);
  const taken = own ?? takeFrom(group.pending, wanted);
  if (taken === undefined) return undefined;
  leaveQueue(k, taken);
  if (own === undefined && taken.signo === SIGNAL.SIGALRM) rearmRealTimer(k, group);
  return taken.timer === 0 ? taken : timerSignalTaken(k, taken);
}
