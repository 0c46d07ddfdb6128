/** Nice values: of a task, a process group, a user. man 2 setpriority. */
import { type Kernel, membersOf, syscall, type Task, type ThreadGroup } from '../kernel/index.ts';
import { int, oneOf } from './args.ts';
import { KEPT, mayChange, taskOf } from './sched.ts';

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

const MIN_NICE = -20;
const MAX_NICE = 19;

export const setpriority = syscall({
  nr: 140,
  name: 'setpriority',
  args: [oneOf(PRIO), int, int],
  errors: ['EACCES', 'EINVAL', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: KEPT,
  run(k, which, who, wanted) {
    const tasks = tasksOf(k, which, who);
    if (tasks === 'EINVAL') return tasks;
    if (tasks.length === 0) return 'ESRCH';
    const nice = Math.max(MIN_NICE, Math.min(MAX_NICE, wanted));
    for (const task of tasks) {
      if (!mayChange(k, task)) return 'EPERM';
      if (nice < task.nice && k.task.credentials.euid !== 0) return 'EACCES';
      task.nice = nice;
    }
    return 0;
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

export const PRIORITY_CALLS = [setpriority, getpriority];
