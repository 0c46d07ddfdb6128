/** The real-time interval timer's signal is taken: its next period begins. Linux: it_real_fn(), dequeue_signal(). */
import { type Nanos, NEVER } from '../base/index.ts';
import type { Kernel } from './kernel.ts';
import type { IntervalTimer, ThreadGroup } from './types.ts';

/** A timer that does not run. */
export const DISARMED: IntervalTimer = { next: NEVER, interval: 0 as Nanos };

/** SIGALRM was taken: the timer that is due goes on, its periods counted from the last. */
export function rearmRealTimer(k: Kernel, group: ThreadGroup): void {
  const { next, interval } = group.realTimer;
  const now = k.now();
  if (next > now || interval === 0) return;
  const later = (next + (Math.floor((now - next) / interval) + 1) * interval) as Nanos;
  group.realTimer = { interval, next: later };
  k.timers.arm(later, 'itimer', group.tgid);
}
