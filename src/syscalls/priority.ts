/** Nice values and the priority of input and output: of a task, a process group, a user. man 2 setpriority, ioprio_set. */
import type { Errno } from '../abi/index.ts';
import { type Kernel, membersOf, reschedule, syscall, type Task, type ThreadGroup } from '../kernel/index.ts';
import { int, oneOf } from './args.ts';
import { isNiceAllowed, isPrivileged, mayChange, taskOf } from './sched-change.ts';
import { ioPriority, ioPriorityResult } from './text/process.ts';

const PRIO = { PRIO_PROCESS: 0, PRIO_PGRP: 1, PRIO_USER: 2 };

const isLive = ({ life }: ThreadGroup) => life === 'live';

function tasksOf(k: Kernel, which: number, who: number): Task[] | 'EINVAL' {
  const of = (group: ThreadGroup) => Array.from(group.threads, (tid) => k.tasks.get(tid)!);
  if (which === PRIO.PRIO_PROCESS) {
    const task = taskOf(k, who);
    return task === undefined ? [] : [task];
  }
  if (which === PRIO.PRIO_PGRP) {
    const pgid = who === 0 ? k.group.pgid : who;
    return membersOf(k, pgid).filter(isLive).flatMap(of);
  }
  const uid = who === 0 ? k.task.credentials.ruid : who;
  if (which !== PRIO.PRIO_USER) return 'EINVAL';
  const all = [...k.groups.values()].filter(isLive).flatMap(of);
  return all.filter(({ credentials }) => credentials.ruid === uid);
}

/** Does it to all: one that is refused does not spare the others, and is what the caller hears of. */
function forAll(tasks: readonly Task[] | 'EINVAL', change: (task: Task) => Errno | null): 0 | Errno {
  if (tasks === 'EINVAL') return tasks;
  let result: 0 | Errno = tasks.length === 0 ? 'ESRCH' : 0;
  for (const task of tasks) result = change(task) ?? result;
  return result;
}

const MIN_NICE = -20;
const MAX_NICE = 19;

export const setpriority = syscall({
  nr: 140,
  name: 'setpriority',
  args: [oneOf(PRIO), int, int],
  errors: ['EACCES', 'EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, which, who, wanted) {
    const nice = Math.max(MIN_NICE, Math.min(MAX_NICE, wanted));
    return forAll(tasksOf(k, which, who), (task) => {
      if (!mayChange(k, task)) return 'EPERM';
      if (!isPrivileged(k) && !isNiceAllowed(k, task, nice)) return 'EACCES';
      if (nice !== task.nice) reschedule(k, task, { nice });
      return null;
    });
  },
});

export const getpriority = syscall({
  nr: 141,
  name: 'getpriority',
  args: [oneOf(PRIO), int],
  errors: ['EINVAL', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, which, who) {
    const tasks = tasksOf(k, which, who);
    if (tasks === 'EINVAL') return tasks;
    // The call gives 20 - nice, so that no result is negative (man 2 getpriority).
    return tasks.length === 0 ? 'ESRCH' : Math.max(...tasks.map(({ nice }) => 20 - nice));
  },
});

const IOPRIO_WHO = { IOPRIO_WHO_PROCESS: 1, IOPRIO_WHO_PGRP: 2, IOPRIO_WHO_USER: 3 };
const CLASS = { NONE: 0, RT: 1, BE: 2, IDLE: 3 };
const CLASS_SHIFT = 13;
const LEVELS = 7;

export const ioprioSet = syscall({
  nr: 30,
  name: 'ioprio_set',
  args: [oneOf(IOPRIO_WHO), int, ioPriority],
  errors: ['EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: { partial: 'kept and told: the disk serves requests in order of arrival' },
  run(k, which, who, ioprio) {
    const kind = (ioprio >> CLASS_SHIFT) & 7;
    if (kind === CLASS.RT && !isPrivileged(k)) return 'EPERM';
    if (kind > CLASS.IDLE || (kind === CLASS.NONE && (ioprio & LEVELS) !== 0)) return 'EINVAL';
    return forAll(tasksOf(k, which - 1, who), (task) => {
      const { euid, ruid } = k.task.credentials;
      const isMine = [euid, ruid].includes(task.credentials.ruid);
      if (!isMine && !isPrivileged(k)) return 'EPERM';
      task.ioPriority = ioprio & 0xffff;
      return null;
    });
  },
});

/** Who has set nothing is served as its nice value says. */
const effective = ({ ioPriority, nice }: Task): number =>
  ioPriority >> CLASS_SHIFT === CLASS.NONE
    ? (CLASS.BE << CLASS_SHIFT) | Math.floor((nice + 20) / 5)
    : ioPriority;

export const ioprioGet = syscall({
  nr: 31,
  name: 'ioprio_get',
  args: [oneOf(IOPRIO_WHO), int],
  result: ioPriorityResult,
  errors: ['EINVAL', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, which, who) {
    const tasks = tasksOf(k, which - 1, who);
    if (tasks === 'EINVAL') return tasks;
    if (tasks.length === 0) return 'ESRCH';
    if (which === IOPRIO_WHO.IOPRIO_WHO_PROCESS) return tasks[0]!.ioPriority;
    return Math.min(...tasks.map(effective));
  },
});

export const PRIORITY_CALLS = [setpriority, getpriority, ioprioSet, ioprioGet];
