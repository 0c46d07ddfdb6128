/** Somebody sets the wall clock: what waits for an absolute time of day waits for another instant then. */
import { type Nanos, NEVER } from '../base/index.ts';
import { type Timestamp, wallClockSet } from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';
import { armPosixTimer } from './posix-timer.ts';

/** Sets the wall clock. Linux: clock_was_set(). */
export function setWallClock(k: Kernel, to: Timestamp): void {
  const from = k.wall();
  const by = (to.sec - from.sec) * 1e9 + (to.nsec - from.nsec);
  const nsec = k.epoch.nsec + (to.nsec - from.nsec);
  const carry = Math.floor(nsec / 1e9);
  k.epoch = { sec: k.epoch.sec + (to.sec - from.sec) + carry, nsec: nsec - carry * 1e9 };
  const moved = (at: number) => Math.max(0, at - by) as Nanos;
  for (const task of k.tasks.values()) {
    const { call, wait } = task;
    if (call === null || wait === null || !call.isWall || wait.until >= NEVER) continue;
    call.deadline = moved(call.deadline);
    task.wait = { ...wait, until: call.deadline as Nanos };
    k.timers.arm(task.wait.until, 'wait', task.tid);
  }
  for (const timer of k.posixTimers.values())
    if (timer.isWall && timer.next < NEVER && !timer.isDue) armPosixTimer(k, timer, moved(timer.next));
  wallClockSet(k.vfs, by);
}
