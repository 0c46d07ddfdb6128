/**
 * Interval timers (man 2 setitimer): real time through the timer queue, virtual and profiling time by the
 * processor time the process has used, as the limit of it and the timers of its clocks (cpu-timer.ts).
 */

import { SIGNAL } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import { wakeTask } from './block.ts';
import { processTime } from './cpu-clock.ts';
import { CPU_ITIMERS, planCpuTimers, takeDueAlarms } from './cpu-timer.ts';
import type { Kernel } from './kernel.ts';
import { posixTimerFired } from './posix-timer.ts';
import { DISARMED } from './real-timer.ts';
import { RLIMIT, setLimit } from './rlimit.ts';
import { sigInfo } from './siginfo.ts';
import { sendToGroup } from './signal.ts';
import type { IntervalTimer, ThreadGroup } from './types.ts';

/** The real-time timer of a process fired: SIGALRM. The next period begins when somebody takes the signal. */
export function realTimerFired(k: Kernel, group: ThreadGroup): void {
  if (group.realTimer.interval === 0) group.realTimer = DISARMED;
  sendToGroup(k, group, sigInfo(SIGNAL.SIGALRM));
}

function nextPeriod({ next, interval }: IntervalTimer, now: Nanos): Nanos {
  if (interval === 0) return NEVER;
  const missed = Math.floor((now - next) / interval);
  return (next + (missed + 1) * interval) as Nanos;
}

const SIGNALS = { virtualTimer: SIGNAL.SIGVTALRM, profTimer: SIGNAL.SIGPROF };

/** The process has used what it might: fires what is due. Called where processor time is charged. */
export function cpuTimersDue(k: Kernel, group: ThreadGroup): void {
  for (const [name, which] of CPU_ITIMERS) {
    const timer = group[name];
    const used = timer.next < NEVER ? processTime(k, group, which) : 0;
    if (timer.next >= NEVER || used < timer.next) continue;
    group[name] = { ...timer, next: nextPeriod(timer, used as Nanos) };
    sendToGroup(k, group, sigInfo(SIGNALS[name]));
  }
  checkCpuLimit(k, group);
  for (const { timer, tid } of takeDueAlarms(k, group)) {
    const posix = k.posixTimers.get(timer);
    const sleeper = k.tasks.get(tid as never);
    if (posix !== undefined) posixTimerFired(k, posix);
    else if (sleeper?.wait?.on === 'cpu-clock') wakeTask(k, sleeper, 'timeout');
  }
  planCpuTimers(k, group);
}

/** RLIMIT_CPU: SIGXCPU at the soft limit and once a second after it, SIGKILL at the hard one. */
function checkCpuLimit(k: Kernel, group: ThreadGroup): void {
  const { soft, hard } = group.rlimits[RLIMIT.RLIMIT_CPU]!;
  if (soft === Number.POSITIVE_INFINITY) return;
  const seconds = processTime(k, group, 'all') / 1e9;
  if (seconds < soft) return;
  // Linux raises the soft limit itself to know when the next second is over.
  setLimit(group, RLIMIT.RLIMIT_CPU, { soft: soft + 1, hard });
  sendToGroup(k, group, sigInfo(seconds >= hard ? SIGNAL.SIGKILL : SIGNAL.SIGXCPU));
}
