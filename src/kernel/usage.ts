/** What processes have used: sums over threads, kept when a thread goes, handed to the parent at the reap. */
import type { Nanos } from '../base/index.ts';
import type { Kernel } from './kernel.ts';
import { newUsage } from './task.ts';
import type { Task, ThreadGroup, Usage } from './types.ts';

/** Adds one thread's counts to a sum. */
export function addTask(sum: Usage, task: Task): void {
  sum.userTime = (sum.userTime + task.userTime) as Nanos;
  sum.systemTime = (sum.systemTime + task.systemTime) as Nanos;
  sum.minorFaults += task.minorFaults;
  sum.majorFaults += task.majorFaults;
  sum.voluntarySwitches += task.timesBlocked;
  sum.involuntarySwitches += task.timesPreempted;
  addTransfers(sum, task);
}

export function addUsage(sum: Usage, more: Usage): void {
  sum.userTime = (sum.userTime + more.userTime) as Nanos;
  sum.systemTime = (sum.systemTime + more.systemTime) as Nanos;
  sum.minorFaults += more.minorFaults;
  sum.majorFaults += more.majorFaults;
  sum.voluntarySwitches += more.voluntarySwitches;
  sum.involuntarySwitches += more.involuntarySwitches;
  sum.maxRss = Math.max(sum.maxRss, more.maxRss);
  addTransfers(sum, more);
}

/** What calls moved (Linux: task_io_account). */
function addTransfers(sum: Usage, more: Pick<Usage, 'rchar' | 'wchar' | 'syscr' | 'syscw'>): void {
  sum.rchar += more.rchar;
  sum.wchar += more.wchar;
  sum.syscr += more.syscr;
  sum.syscw += more.syscw;
}

/** All a process has used so far: threads that have gone and threads that live. */
export function groupUsage(k: Kernel, group: ThreadGroup): Usage {
  const sum = { ...group.usage };
  for (const tid of group.threads) {
    const task = k.tasks.get(tid)!;
    // A dead leader's counts are already in `usage`.
    if (task.run !== 'zombie') addTask(sum, task);
    const mm = k.mms.get(task.mm as never);
    if (mm !== undefined) sum.maxRss = Math.max(sum.maxRss, mm.rssPeak);
  }
  return sum;
}

/** One thread's counts, for RUSAGE_THREAD. */
export function taskUsage(k: Kernel, task: Task): Usage {
  const sum = newUsage();
  addTask(sum, task);
  sum.maxRss = k.mms.get(task.mm as never)?.rssPeak ?? 0;
  return sum;
}
