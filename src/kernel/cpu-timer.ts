/**
 * Who waits for processor time to pass: timers, sleepers and limits of a process. What it may still use before one of
 * them is due is kept in one number, so that charging time costs nothing while nobody waits.
 */
import { type Nanos, NEVER } from '../base/index.ts';
import { processTime, readCpuClock } from './cpu-clock.ts';
import type { Kernel } from './kernel.ts';
import { RLIMIT } from './rlimit.ts';
import type { CpuAlarm, CpuClock, IntervalTimer, PosixTimer, ThreadGroup, Tid } from './types.ts';

/** Arms a timer of a clock of processor time. */
export function armCpuTimer(k: Kernel, timer: PosixTimer): void {
  const { key, cpu, next } = timer;
  const group = cpu === null ? undefined : k.groups.get(cpu.tgid);
  if (group === undefined || cpu === null) return;
  setAlarm(k, group, { cpu, next, timer: key, tid: 0 });
}

/** Wakes a task when a clock of processor time has come so far. */
export function armCpuSleep(k: Kernel, tid: Tid, cpu: CpuClock, next: Nanos): void {
  const group = k.groups.get(cpu.tgid);
  if (group !== undefined) setAlarm(k, group, { cpu, next, timer: 0, tid });
}

export function disarmCpuTimer(k: Kernel, { key, cpu }: PosixTimer): void {
  const group = cpu === null ? undefined : k.groups.get(cpu.tgid);
  if (group === undefined) return;
  group.cpuAlarms = group.cpuAlarms.filter(({ timer }) => timer !== key);
}

function setAlarm(k: Kernel, group: ThreadGroup, alarm: CpuAlarm): void {
  const others = group.cpuAlarms.filter(({ timer, tid }) => timer !== alarm.timer || tid !== alarm.tid);
  group.cpuAlarms = [...others, alarm];
  planCpuTimers(k, group);
}

/** The interval timers of processor time, by the clock each runs by. */
export const CPU_ITIMERS = [
  ['virtualTimer', 'user'],
  ['profTimer', 'all'],
] as const;

/** Computes how much the process may use before something is due. To be called when anything of it has changed. */
export function planCpuTimers(k: Kernel, group: ThreadGroup): void {
  let budget = Number.POSITIVE_INFINITY;
  for (const [name, which] of CPU_ITIMERS) {
    const { next }: IntervalTimer = group[name];
    if (next < NEVER) budget = Math.min(budget, next - processTime(k, group, which));
  }
  const { soft } = group.rlimits[RLIMIT.RLIMIT_CPU]!;
  if (soft < NEVER / 1e9) budget = Math.min(budget, soft * 1e9 - processTime(k, group, 'all'));
  for (const { cpu, next } of group.cpuAlarms) {
    const now = readCpuClock(k, cpu);
    if (now < NEVER) budget = Math.min(budget, next - now);
  }
  group.cpuBudget = Math.max(1, budget);
}

/** Takes those timers and sleepers that are due. */
export function takeDueAlarms(k: Kernel, group: ThreadGroup): readonly CpuAlarm[] {
  const isDue = ({ cpu, next }: CpuAlarm) => readCpuClock(k, cpu) >= next;
  const due = group.cpuAlarms.filter(isDue);
  if (due.length > 0) group.cpuAlarms = group.cpuAlarms.filter((alarm) => !due.includes(alarm));
  return due;
}
