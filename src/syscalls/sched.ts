/** Scheduling: yielding and policies. man 7 sched; Linux: kernel/sched/syscalls.c. */
import type { Errno } from '../abi/index.ts';
import { isRealTime, type Kernel, RR_SLICE, SCHED, syscall } from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, outTimespec, struct } from './args.ts';
import { changePolicy, isKnown, taskOf } from './sched-change.ts';
import { policy, policyResult } from './text/process.ts';
import { timespecOf } from './time-struct.ts';

const base = { interrupted: 'never blocks', support: 'full' } as const;

export const schedYield = syscall({
  nr: 124,
  name: 'sched_yield',
  args: [],
  errors: [],
  ...base,
  run(k) {
    k.cpu.yields = true;
    return 0;
  },
});

const SCHED_RESET_ON_FORK = 0x40000000;
const paramText = (k: Kernel, addr: number) => {
  const priority = k.user.readI32(addr);
  return priority === undefined ? null : `[${priority}]`;
};

/** What is missing of every call that changes a policy. */
export const NO_DEADLINES = { partial: 'SCHED_DEADLINE is EINVAL' } as const;
const CHANGE_ERRORS: readonly Errno[] = ['EFAULT', 'EINVAL', 'EPERM', 'ESRCH'];

function setPolicy(k: Kernel, tid: number, wanted: number | null, addr: number): Outcome {
  if (tid < 0 || addr === 0) return 'EINVAL';
  const priority = k.user.readI32(addr);
  if (priority === undefined) return 'EFAULT';
  const task = taskOf(k, tid);
  if (task === undefined) return 'ESRCH';
  return changePolicy(k, task, {
    policy: wanted === null ? task.policy : wanted & ~SCHED_RESET_ON_FORK,
    resetOnFork: wanted === null ? task.resetOnFork : (wanted & SCHED_RESET_ON_FORK) !== 0,
    priority,
    nice: task.nice,
  });
}

export const schedSetscheduler = syscall({
  nr: 119,
  name: 'sched_setscheduler',
  args: [int, policy, struct(paramText)],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: NO_DEADLINES,
  run: (k, tid, wanted, addr) => (wanted < 0 ? 'EINVAL' : setPolicy(k, tid, wanted, addr)),
});

export const schedSetparam = syscall({
  nr: 118,
  name: 'sched_setparam',
  args: [int, struct(paramText)],
  errors: CHANGE_ERRORS,
  ...base,
  run: (k, tid, addr) => setPolicy(k, tid, null, addr),
});

export const schedGetscheduler = syscall({
  nr: 120,
  name: 'sched_getscheduler',
  args: [int],
  result: policyResult,
  errors: ['EINVAL', 'ESRCH'],
  ...base,
  run(k, tid) {
    if (tid < 0) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    return task.policy | (task.resetOnFork ? SCHED_RESET_ON_FORK : 0);
  },
});

export const schedGetparam = syscall({
  nr: 121,
  name: 'sched_getparam',
  args: [int, struct(paramText, 'after')],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  ...base,
  run(k, tid, addr) {
    if (tid < 0 || addr === 0) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    return k.user.writeU32(addr, task.priority) ? 0 : 'EFAULT';
  },
});

/** Its range is told by kernels without it, too. */
const SCHED_EXT = 7;

const bound = (nr: number, name: string, realTime: number) =>
  syscall({
    nr,
    name,
    args: [policy],
    errors: ['EINVAL'],
    ...base,
    run: (_k, which) =>
      isRealTime(which)
        ? realTime
        : isKnown(which) || which === SCHED.SCHED_DEADLINE || which === SCHED_EXT
          ? 0
          : 'EINVAL',
  });

export const schedRrGetInterval = syscall({
  nr: 127,
  name: 'sched_rr_get_interval',
  args: [int, outTimespec],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  ...base,
  run(k, tid, addr) {
    if (tid < 0) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    const realTime = task.policy === SCHED.SCHED_RR ? RR_SLICE : 0;
    return timespecOf.write(k, addr, isRealTime(task.policy) ? realTime : k.options.quantum) ? 0 : 'EFAULT';
  },
});

export const SCHED_CALLS = [
  schedYield,
  schedSetscheduler,
  schedSetparam,
  schedGetscheduler,
  schedGetparam,
  bound(125, 'sched_get_priority_max', 99),
  bound(126, 'sched_get_priority_min', 1),
  schedRrGetInterval,
];
