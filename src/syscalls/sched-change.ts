/** Who may change how a task is scheduled, and to what. Linux: kernel/sched/syscalls.c __sched_setscheduler(). */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import {
  capable,
  isRealTime,
  type Kernel,
  limitOf,
  RLIMIT,
  reschedule,
  SCHED,
  type Task,
  type Tid,
} from '../kernel/index.ts';

export const isKnown = (policy: number): boolean =>
  policy !== SCHED.SCHED_DEADLINE && Object.values(SCHED).includes(policy as 0);

/** The task of a tid; 0 is the caller. */
export const taskOf = (k: Kernel, tid: number): Task | undefined =>
  tid === 0 ? k.task : k.tasks.get(tid as Tid);

/** Does the caller have CAP_SYS_NICE? */
export const isPrivileged = (k: Kernel): boolean => capable(k, CAP.CAP_SYS_NICE);

/** May the caller change how this task is scheduled? */
export const mayChange = (k: Kernel, task: Task): boolean => isPrivileged(k) || isOwner(k, task);

function isOwner(k: Kernel, { credentials }: Task): boolean {
  const { euid } = k.task.credentials;
  return euid === credentials.ruid || euid === credentials.euid;
}

/** May a task have this nice value without privilege? RLIMIT_NICE counts from 1 for 19 to 40 for -20. */
export const isNiceAllowed = (k: Kernel, task: Task, nice: number): boolean =>
  nice >= task.nice || 20 - nice <= limitOf(k.groups.get(task.group)!, RLIMIT.RLIMIT_NICE);

/** What a task is to become. */
export interface Wanted {
  readonly policy: number;
  readonly priority: number;
  readonly nice: number;
  readonly resetOnFork: boolean;
}

const isFair = (policy: number) => policy === SCHED.SCHED_OTHER || policy === SCHED.SCHED_BATCH;

/** Does this need CAP_SYS_NICE? */
function needsPrivilege(k: Kernel, task: Task, wanted: Wanted): boolean {
  const { policy, priority, nice } = wanted;
  if (isFair(policy) && !isNiceAllowed(k, task, nice)) return true;
  if (isRealTime(policy)) {
    const limit = limitOf(k.groups.get(task.group)!, RLIMIT.RLIMIT_RTPRIO);
    if (policy !== task.policy && limit === 0) return true;
    if (priority > task.priority && priority > limit) return true;
  }
  const leavesIdle = task.policy === SCHED.SCHED_IDLE && policy !== SCHED.SCHED_IDLE;
  if (leavesIdle && 20 - task.nice > limitOf(k.groups.get(task.group)!, RLIMIT.RLIMIT_NICE)) return true;
  return !isOwner(k, task) || (task.resetOnFork && !wanted.resetOnFork);
}

/** Gives a task another policy with its parameters, or says why not. */
export function changePolicy(k: Kernel, task: Task, wanted: Wanted): 0 | Errno {
  const { policy, priority, nice, resetOnFork } = wanted;
  if (!isKnown(policy) || priority < 0 || priority > 99) return 'EINVAL';
  if (isRealTime(policy) !== (priority !== 0)) return 'EINVAL';
  if (!isPrivileged(k) && needsPrivilege(k, task, wanted)) return 'EPERM';
  task.resetOnFork = resetOnFork;
  const isSame = policy === task.policy && priority === task.priority;
  if (isSame && (!isFair(policy) || nice === task.nice)) return 0;
  reschedule(k, task, { policy, priority, ...(isFair(policy) ? { nice } : {}) });
  return 0;
}
