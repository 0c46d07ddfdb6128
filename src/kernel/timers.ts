/** What happens when a deadline comes, by the kind of thing it belongs to. */
import type { Nanos } from '../base/index.ts';
import { deviceInterrupt, timerfdFired } from '../vfs/index.ts';
import { wakeTask } from './block.ts';
import { realTimerFired } from './itimer.ts';
import type { Kernel } from './kernel.ts';
import { posixTimerFired } from './posix-timer.ts';
import type { TimerKind } from './timer.ts';
import type { Tgid, Tid } from './types.ts';

const FIRE: Readonly<Record<TimerKind, (k: Kernel, id: number) => void>> = {
  wait: (k, tid) => {
    const task = k.tasks.get(tid as Tid);
    if (task !== undefined) wakeTask(k, task, 'timeout');
  },
  itimer: (k, tgid) => {
    const group = k.groups.get(tgid as Tgid);
    if (group?.life === 'live') realTimerFired(k, group);
  },
  posix: (k, key) => {
    const timer = k.posixTimers.get(key);
    if (timer !== undefined) posixTimerFired(k, timer);
  },
  timerfd: (k, id) => timerfdFired(k.vfs, id),
  device: (k, id) => deviceInterrupt(k.vfs, id),
};

/** Fires every timer that is due at this time. */
export function fireTimers(k: Kernel, now: Nanos): void {
  k.clock = now;
  for (let due = k.timers.popDue(now); due !== undefined; due = k.timers.popDue(now))
    FIRE[due.kind](k, due.id);
}
