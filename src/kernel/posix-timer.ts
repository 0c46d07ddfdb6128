/**
 * POSIX timers (man 2 timer_create): those of wall and monotonic clocks through the timer queue, those of processor
 * time through cpu-timer.ts. One that repeats stands still until its signal is taken; what it missed is its overrun.
 *
 * Linux: kernel/time/posix-timers.c.
 */
import { SI } from '../abi/index.ts';
import { type Nanos, NEVER } from '../base/index.ts';
import { clockNow, isCpuClock } from './cpu-clock.ts';
import { armCpuTimer, disarmCpuTimer } from './cpu-timer.ts';
import type { Kernel } from './kernel.ts';
import { sigInfo } from './siginfo.ts';
import { sendTimerSignal } from './signal.ts';
import { uncountQueued } from './signal-queue.ts';
import type { PosixTimer, SigInfo, ThreadGroup } from './types.ts';

export const SIGEV = { SIGEV_SIGNAL: 0, SIGEV_NONE: 1, SIGEV_THREAD: 2, SIGEV_THREAD_ID: 4 } as const;

/** The most timer_getoverrun tells. */
const DELAYTIMER_MAX = 0x7fffffff;

/** Puts a timer where its clock will find it, or takes it away from there when it is disarmed. */
export function armPosixTimer(k: Kernel, timer: PosixTimer, next: Nanos): void {
  timer.next = next;
  if (timer.notify === SIGEV.SIGEV_NONE) return;
  if (!isCpuClock(timer.clock)) k.timers.arm(next, 'posix', timer.key);
  else if (next < NEVER) armCpuTimer(k, timer);
  else disarmCpuTimer(k, timer);
}

/** It is due: its signal is sent, unless it still waits to be taken. */
export function posixTimerFired(k: Kernel, timer: PosixTimer): void {
  const group = k.groups.get(timer.group);
  if (group === undefined) return;
  timer.isDue = true;
  const outcome = sendTimerSignal(k, group, timer, infoOf(timer));
  // Nobody will take a signal that is ignored: the timer goes on by itself.
  if (outcome === 'ignored') forward(k, timer);
}

function infoOf({ id, key, signo, valueLo, valueHi }: PosixTimer): SigInfo {
  return sigInfo(signo, { code: SI.SI_TIMER, pid: id, status: valueLo, valueHi, timer: key });
}

/** Counts the periods that have passed, and arms the timer for the one after them. */
function forward(k: Kernel, timer: PosixTimer): void {
  timer.isDue = false;
  const now = clockNow(k, timer);
  if (timer.interval === 0) {
    armPosixTimer(k, timer, NEVER);
    return;
  }
  const missed = Math.max(0, Math.floor((now - timer.next) / timer.interval));
  timer.overrun += missed;
  armPosixTimer(k, timer, Math.min(timer.next + (missed + 1) * timer.interval, NEVER) as Nanos);
}

/** Its signal is being taken: the siginfo with the overrun, and the timer goes on. Linux: posixtimer_rearm(). */
export function timerSignalTaken(k: Kernel, info: SigInfo): SigInfo {
  const timer = k.posixTimers.get(info.timer);
  if (timer === undefined || !timer.isDue) return info;
  forward(k, timer);
  timer.lastOverrun = Math.min(timer.overrun, DELAYTIMER_MAX);
  timer.overrun = 0;
  return { ...info, uid: timer.lastOverrun };
}

/** Time left, 0 when it does not run. A timer without a signal counts its periods only when somebody asks. */
export function timeLeft(k: Kernel, timer: PosixTimer): number {
  const isSilent = timer.notify === SIGEV.SIGEV_NONE;
  const now = clockNow(k, timer);
  if (timer.next >= NEVER || (timer.interval === 0 && (timer.isDue || (isSilent && now >= timer.next))))
    return 0;
  let { next } = timer;
  if (timer.interval > 0 && now >= next)
    next = (next + (Math.floor((now - next) / timer.interval) + 1) * timer.interval) as Nanos;
  return Math.max(1, next - now);
}

/** timer_delete(2). A signal that waits to be taken stays. */
export function deletePosixTimer(k: Kernel, group: ThreadGroup, timer: PosixTimer): void {
  armPosixTimer(k, timer, NEVER);
  k.posixTimers.delete(timer.key);
  uncountQueued(k, timer.owner);
  group.timers?.delete(timer.id);
}

/** exec and exit: no timer outlives its program. */
export function deleteAllTimers(k: Kernel, group: ThreadGroup): void {
  if (group.timers === null) return;
  for (const key of group.timers.values()) deletePosixTimer(k, group, k.posixTimers.get(key)!);
  group.timers = null;
}
