/**
 * Interval timers (man 2 setitimer): real time through the timer queue, virtual and profiling time by the
 * processor time the process has used, checked where that is charged.
 */

import { SIGNAL } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import type { Kernel } from './kernel.ts';
import { RLIMIT, setLimit } from './rlimit.ts';
import { sigInfo } from './siginfo.ts';
import { sendToGroup } from './signal.ts';
import type { IntervalTimer, ThreadGroup } from './types.ts';

export const DISARMED: IntervalTimer = { next: NEVER, interval: 0 as Nanos };

/** The real-time timer of a process fired: SIGALRM. The next period begins when somebody takes the signal. */
export function realTimerFired(k: Kernel, group: ThreadGroup): void {
  if (group.realTimer.interval === 0) group.realTimer = DISARMED;
  sendToGroup(k, group, sigInfo(SIGNAL.SIGALRM));
}

/** SIGALRM was taken: the timer that is due goes on, its periods counted from the last (Linux: it_real_fn). */
export function rearmRealTimer(k: Kernel, group: ThreadGroup): void {
  if (group.realTimer.next > k.now()) return;
  const next = nextPeriod(group.realTimer, k.now());
  group.realTimer = { ...group.realTimer, next };
  k.timers.arm(next, 'itimer', group.tgid);
}

function nextPeriod({ next, interval }: IntervalTimer, now: Nanos): Nanos {
  if (interval === 0) return NEVER;
  const missed = Math.floor((now - next) / interval);
  return (next + (missed + 1) * interval) as Nanos;
}

/** Processor time of all threads, living and gone: user only, or user and system. */
export function processTime(k: Kernel, group: ThreadGroup, which: 'user' | 'all'): Nanos {
  let total: number = group.usage.userTime + (which === 'all' ? group.usage.systemTime : 0);
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    total += task.userTime + (which === 'all' ? task.systemTime : 0);
  }
  return total as Nanos;
}

const CPU_TIMERS = [
  ['virtualTimer', 'user', SIGNAL.SIGVTALRM],
  ['profTimer', 'all', SIGNAL.SIGPROF],
] as const;

/** Sends SIGVTALRM and SIGPROF that came due. Called whenever processor time was charged to the process. */
export function checkCpuTimers(k: Kernel, group: ThreadGroup): void {
  for (const [name, which, signo] of CPU_TIMERS) {
    const timer = group[name];
    if (timer.next >= NEVER) continue;
    const used = processTime(k, group, which);
    if (used < timer.next) continue;
    group[name] = { ...timer, next: nextPeriod(timer, used) };
    sendToGroup(k, group, sigInfo(signo));
  }
}

/** How long the process may run before one of its processor-time timers is due; NEVER when none is set. */
export function untilCpuTimer(k: Kernel, group: ThreadGroup): Nanos {
  let least: number = NEVER;
  for (const [name, which] of CPU_TIMERS) {
    const { next } = group[name];
    if (next < NEVER) least = Math.min(least, Math.max(1, next - processTime(k, group, which)));
  }
  return least as Nanos;
}

/** RLIMIT_CPU: SIGXCPU at the soft limit and once a second after it, SIGKILL at the hard one. */
export function checkCpuLimit(k: Kernel, group: ThreadGroup): void {
  const { soft, hard } = group.rlimits[RLIMIT.RLIMIT_CPU]!;
  const seconds = processTime(k, group, 'all') / 1e9;
  if (seconds < soft) return;
  // Linux raises the soft limit itself to know when the next second is over.
  setLimit(group, RLIMIT.RLIMIT_CPU, { soft: soft + 1, hard });
  sendToGroup(k, group, sigInfo(seconds >= hard ? SIGNAL.SIGKILL : SIGNAL.SIGXCPU));
}

/** Is there a limit to check? */
export const hasCpuLimit = (group: ThreadGroup): boolean =>
  group.rlimits[RLIMIT.RLIMIT_CPU]!.soft !== Number.POSITIVE_INFINITY;
