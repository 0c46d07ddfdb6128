/**
 * Job control: a stop signal halts every thread of a process where it stands, SIGCONT lets all go on. A
 * stopped task keeps its wait: what it waits for may come while it is stopped.
 *
 * Linux: kernel/signal.c, do_signal_stop(), prepare_signal().
 */
import { EVENT } from '../events/index.ts';
import { setRun } from './block.ts';
import { membersOf, newsChanged } from './family.ts';
import type { Kernel } from './kernel.ts';
import { groupContinues, groupStop } from './trace-stop.ts';
import { isInTraceStop, isTraced } from './tracing.ts';
import type { ThreadGroup } from './types.ts';

/** Wait status of a process that `signo` stopped. */
const stoppedStatus = (signo: number) => (signo << 8) | 0x7f;

export function stopGroup(k: Kernel, group: ThreadGroup, signo: number): void {
  group.stoppedBy = signo;
  group.stopReport = stoppedStatus(signo);
  group.continueReport = false;
  newsChanged(k, group);
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (task.run === 'zombie') continue;
    if (isTraced(task)) {
      groupStop(k, task);
      continue;
    }
    if (task.run !== 'ready' && task.run !== 'running' && task.run !== 'blocked') continue;
    k.events.record(EVENT.stop, k.now(), task.cpu, tid, signo);
    k.tracer?.onStop(task, signo);
    setRun(k, task, 'stopped');
  }
}

/** Lets a stopped process go on; gives whether it was stopped. */
export function continueGroup(k: Kernel, group: ThreadGroup): boolean {
  if (group.stoppedBy === 0) return false;
  group.stoppedBy = 0;
  group.stopReport = -1;
  newsChanged(k, group);
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    if (task.run === 'zombie') continue;
    if (isTraced(task)) groupContinues(k, task);
    if (task.run !== 'stopped' || isInTraceStop(task)) continue;
    k.events.record(EVENT.stop, k.now(), task.cpu, tid, 0);
    setRun(k, task, task.wait === null ? 'ready' : 'blocked');
  }
  return true;
}

/**
 * Is nobody left who could continue this process group: no member has a parent in another group of the same
 * session? Terminal stop signals do nothing then (POSIX "orphaned process group").
 */
export function isOrphanedGroup(k: Kernel, pgid: number, leaving?: ThreadGroup): boolean {
  for (const member of membersOf(k, pgid)) {
    if (member === leaving || member.life !== 'live') continue;
    const parent = member.parent === 0 ? undefined : k.groups.get(member.parent);
    if (parent === undefined || parent.tgid === 1) continue;
    if (parent.pgid !== pgid && parent.sid === member.sid) return false;
  }
  return true;
}
