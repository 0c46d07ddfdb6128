/** Clocks of processor time: of processes and threads, named by negative numbers or by two ids. Linux: kernel/time/posix-cpu-timers.c. */
import { type Nanos, NEVER } from '../base/index.ts';
import type { Kernel } from './kernel.ts';
import type { CpuClock, PosixTimer, Tgid, ThreadGroup, Tid } from './types.ts';

const CLOCK_PROCESS_CPUTIME_ID = 2;
const CLOCK_THREAD_CPUTIME_ID = 3;

/** Which times a clock adds up: the low two bits of a negative id. */
const WHICH = ['all', 'user', 'all'] as const;
const PER_THREAD = 4;

/** Does the clock stand still while somebody does not run? */
export const isCpuClock = (clock: number): boolean =>
  clock < 0 || clock === CLOCK_PROCESS_CPUTIME_ID || clock === CLOCK_THREAD_CPUTIME_ID;

/** What the clock measures for the current task; undefined when there is no such process or thread. */
export function cpuClockOf(k: Kernel, clock: number): CpuClock | undefined {
  const own = { tid: 0 as const, tgid: k.group.tgid, which: 'all' as const };
  if (clock === CLOCK_PROCESS_CPUTIME_ID) return own;
  if (clock === CLOCK_THREAD_CPUTIME_ID) return { ...own, tid: k.task.tid };
  const which = WHICH[clock & 3];
  if (which === undefined) return undefined;
  const pid = ~(clock >> 3);
  if ((clock & PER_THREAD) === 0) {
    const group = pid === 0 ? k.group : k.groups.get(pid as Tgid);
    return group && { tid: 0, tgid: group.tgid, which };
  }
  const task = pid === 0 ? k.task : k.tasks.get(pid as Tid);
  return task?.group === k.group.tgid ? { tid: task.tid, tgid: task.group, which } : undefined;
}

/** How far the clock has come; NEVER when what it measures has gone. */
export function readCpuClock(k: Kernel, { tid, tgid, which }: CpuClock): Nanos {
  if (tid === 0) {
    const group = k.groups.get(tgid);
    return group === undefined ? NEVER : processTime(k, group, which);
  }
  const task = k.tasks.get(tid);
  return (task === undefined ? NEVER : task.userTime + (which === 'all' ? task.systemTime : 0)) as Nanos;
}

/** Where a timer's clock stands. */
export const clockNow = (k: Kernel, { cpu }: PosixTimer): Nanos =>
  cpu === null ? k.now() : readCpuClock(k, cpu);

/** Processor time of all threads, living and gone: user only, or user and system. */
export function processTime(k: Kernel, group: ThreadGroup, which: 'user' | 'all'): Nanos {
  let total: number = group.usage.userTime + (which === 'all' ? group.usage.systemTime : 0);
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    // A leader that has ended is in the sum already.
    if (task.run !== 'zombie') total += task.userTime + (which === 'all' ? task.systemTime : 0);
  }
  return total as Nanos;
}
