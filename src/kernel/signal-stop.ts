/**
 * Job control: a stop signal halts every thread of a process where it stands, SIGCONT lets all go on. A
 * stopped task keeps its wait: what it waits for may come while it is stopped.
 *
 * Linux: kernel/signal.c, do_signal_stop(), prepare_signal().
 */
import { SI, SIGNAL } from '../abi/index.ts';
import { setRun } from './block.ts';
import type { Kernel } from './kernel.ts';
import { notifyParent } from './signal.ts';
import type { ThreadGroup } from './types.ts';

/** Wait status of a process that `signo` stopped. */
const stoppedStatus = (signo: number) => (signo << 8) | 0x7f;

export function stopGroup(k: Kernel, group: ThreadGroup, signo: number): void {
  group.stoppedBy = signo;
  group.stopReport = stoppedStatus(signo);
  group.continueReport = false;
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (task.run === 'ready' || task.run === 'running' || task.run === 'blocked') setRun(k, task, 'stopped');
  }
  notifyParent(k, group, SI.CLD_STOPPED, signo);
}

/** Lets a stopped process go on; `silently` when it is only to die. */
export function continueGroup(k: Kernel, group: ThreadGroup, how: 'told' | 'silently' = 'told'): void {
  if (group.stoppedBy === 0) return;
  group.stoppedBy = 0;
  group.stopReport = -1;
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (task.run === 'stopped') setRun(k, task, task.wait === null ? 'ready' : 'blocked');
  }
  if (how === 'silently') return;
  group.continueReport = true;
  notifyParent(k, group, SI.CLD_CONTINUED, SIGNAL.SIGCONT);
}

/**
 * Is nobody left who could continue this process group: no member has a parent in another group of the same
 * session? Terminal stop signals do nothing then (POSIX "orphaned process group").
 */
export function isOrphanedGroup(k: Kernel, pgid: number, leaving?: ThreadGroup): boolean {
  for (const member of k.groups.values()) {
    if (member.pgid !== pgid || member === leaving || member.life !== 'live') continue;
    const parent = member.parent === 0 ? undefined : k.groups.get(member.parent);
    if (parent === undefined || parent.tgid === 1) continue;
    if (parent.pgid !== pgid && parent.sid === member.sid) return false;
  }
  return true;
}
