/** Scheduling: yielding, affinity, policies and nice values. man 7 sched; Linux: kernel/sched/syscalls.c. */
import type { Errno } from '../abi/index.ts';
import { allCpus, type Kernel, syscall, type Task, type Tid } from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, oneOf, outTimespec, pointer, size, struct } from './args.ts';
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

/** The task of a tid; 0 is the caller. */
export const taskOf = (k: Kernel, tid: number): Task | undefined =>
  tid === 0 ? k.task : k.tasks.get(tid as Tid);

/** May the caller change how this task is scheduled? */
export const mayChange = (k: Kernel, task: Task): boolean => {
  const { euid } = k.task.credentials;
  return euid === 0 || euid === task.credentials.ruid || euid === task.credentials.euid;
};

/** Bytes of a cpu_set_t as the kernel counts it: one word. */
const MASK_BYTES = 8;

const maskText = (k: Kernel, addr: number): string | null => {
  const mask = k.user.readU32(addr);
  if (mask === undefined) return null;
  const cpus: number[] = [];
  for (let cpu = 0; cpu < 32; cpu++) if ((mask & (1 << cpu)) !== 0) cpus.push(cpu);
  return `[${cpus.join(' ')}]`;
};

export const schedSetaffinity = syscall({
  nr: 122,
  name: 'sched_setaffinity',
  args: [int, size, struct(maskText)],
  errors: ['EFAULT', 'EINVAL', 'EPERM', 'ESRCH'],
  ...base,
  run(k, tid, length, addr) {
    const bytes = new Uint8Array(4);
    if (!k.user.copyIn(addr, bytes.subarray(0, Math.min(length, 4)))) return 'EFAULT';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    if (!mayChange(k, task)) return 'EPERM';
    const mask = new DataView(bytes.buffer).getInt32(0, true) & allCpus(k.cpus.length);
    if (mask === 0) return 'EINVAL';
    task.affinity = mask;
    k.scheduler.allow(task.tid, mask);
    const cpu = k.cpus[task.cpu]!;
    if (cpu.task === task.tid && (mask & (1 << cpu.id)) === 0) cpu.yields = true;
    return 0;
  },
});

export const schedGetaffinity = syscall({
  nr: 123,
  name: 'sched_getaffinity',
  args: [int, size, struct(maskText, 'after')],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  ...base,
  run(k, tid, length, addr) {
    if (length < MASK_BYTES || length % 8 !== 0) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    return k.user.writeU64(addr, task.affinity >>> 0) ? MASK_BYTES : 'EFAULT';
  },
});

const POLICIES = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
};
const SCHED_RESET_ON_FORK = 0x40000000;
const isRealTime = (policy: number) => policy === POLICIES.SCHED_FIFO || policy === POLICIES.SCHED_RR;
const isKnown = (policy: number) => [0, 1, 2, 3, 5].includes(policy);
const policy = oneOf(POLICIES);
const paramText = (k: Kernel, addr: number) => {
  const priority = k.user.readI32(addr);
  return priority === undefined ? null : `[${priority}]`;
};

/** Policies are kept and told; the machine's own policy schedules (`--policy`). */
export const KEPT = { partial: 'kept and told; who runs is decided by the machine’s own policy' } as const;
const CHANGE_ERRORS: readonly Errno[] = ['EFAULT', 'EINVAL', 'EPERM', 'ESRCH'];

/** Why the caller may not give a task this policy and priority, or null. */
export function whyNotPolicy(k: Kernel, task: Task, policy: number, priority: number): Errno | null {
  if (!isKnown(policy)) return 'EINVAL';
  const [least, most] = isRealTime(policy) ? [1, 99] : [0, 0];
  if (priority < least || priority > most) return 'EINVAL';
  const may = mayChange(k, task) && (!isRealTime(policy) || k.task.credentials.euid === 0);
  return may ? null : 'EPERM';
}

function setPolicy(k: Kernel, tid: number, wanted: number | null, addr: number): Outcome {
  if (tid < 0 || addr === 0) return 'EINVAL';
  const priority = k.user.readI32(addr);
  if (priority === undefined) return 'EFAULT';
  const task = taskOf(k, tid);
  if (task === undefined) return 'ESRCH';
  const policy = wanted === null ? task.policy : wanted & ~SCHED_RESET_ON_FORK;
  const refused = whyNotPolicy(k, task, policy, priority);
  if (refused !== null) return refused;
  task.policy = policy;
  task.priority = priority;
  return 0;
}

export const schedSetscheduler = syscall({
  nr: 119,
  name: 'sched_setscheduler',
  args: [int, policy, struct(paramText)],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: KEPT,
  run: (k, tid, wanted, addr) => (wanted < 0 ? 'EINVAL' : setPolicy(k, tid, wanted, addr)),
});

export const schedSetparam = syscall({
  nr: 118,
  name: 'sched_setparam',
  args: [int, struct(paramText)],
  errors: CHANGE_ERRORS,
  interrupted: 'never blocks',
  support: KEPT,
  run: (k, tid, addr) => setPolicy(k, tid, null, addr),
});

export const schedGetscheduler = syscall({
  nr: 120,
  name: 'sched_getscheduler',
  args: [int],
  errors: ['EINVAL', 'ESRCH'],
  ...base,
  run: (k, tid) => (tid < 0 ? 'EINVAL' : (taskOf(k, tid)?.policy ?? 'ESRCH')),
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

const bound = (nr: number, name: string, realTime: number) =>
  syscall({
    nr,
    name,
    args: [policy],
    errors: ['EINVAL'],
    ...base,
    run: (_k, which) =>
      isRealTime(which) ? realTime : isKnown(which) || which === POLICIES.SCHED_DEADLINE ? 0 : 'EINVAL',
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
    const interval = task.policy === POLICIES.SCHED_FIFO ? 0 : k.options.quantum;
    return timespecOf.write(k, addr, interval) ? 0 : 'EFAULT';
  },
});

export const getcpu = syscall({
  nr: 168,
  name: 'getcpu',
  args: [pointer, pointer, pointer],
  errors: ['EFAULT'],
  ...base,
  run(k, cpu, node) {
    const told = cpu === 0 || k.user.writeU32(cpu, k.cpu.id);
    return told && (node === 0 || k.user.writeU32(node, 0)) ? 0 : 'EFAULT';
  },
});

export const SCHED_CALLS = [
  schedYield,
  schedSetaffinity,
  schedGetaffinity,
  schedSetscheduler,
  schedSetparam,
  schedGetscheduler,
  schedGetparam,
  bound(125, 'sched_get_priority_max', 99),
  bound(126, 'sched_get_priority_min', 1),
  schedRrGetInterval,
  getcpu,
];
