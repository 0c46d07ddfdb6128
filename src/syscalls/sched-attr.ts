/** sched_setattr and sched_getattr: policy, nice value and priority in one extensible structure. man 2 sched_setattr. */
import { isRealTime, type Kernel, SCHED, syscall, type Task } from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, uint } from './args.ts';
import { NO_DEADLINES } from './sched.ts';
import { changePolicy, taskOf } from './sched-change.ts';
import { inAttributes, outAttributes } from './text/process.ts';

/** Sizes of struct sched_attr: without and with utilisation clamps. */
const SIZE_VER0 = 48;
const SIZE_VER1 = 56;
const MAX_SIZE = 4096;

const FLAG = {
  RESET_ON_FORK: 1,
  KEEP_POLICY: 8,
  KEEP_PARAMS: 16,
  UTIL_CLAMP: 0x60,
  ALL: 0x7f,
} as const;

/** What the caller's structure says. */
interface Attributes {
  readonly policy: number;
  readonly flags: number;
  readonly nice: number;
  readonly priority: number;
  /** It has flags that mean nothing. */
  readonly isUnknown: boolean;
}

function readAttributes(k: Kernel, addr: number): Attributes | 'EFAULT' | 'EINVAL' | 'E2BIG' {
  const told = k.user.readU32(addr);
  if (told === undefined) return 'EFAULT';
  const length = told === 0 ? SIZE_VER0 : told;
  const tooBig = () => (k.user.writeU32(addr, SIZE_VER1) ? 'E2BIG' : 'EFAULT');
  if (length < SIZE_VER0 || length > MAX_SIZE) return tooBig();
  const bytes = new Uint8Array(length);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  if (bytes.subarray(SIZE_VER1).some((byte) => byte !== 0)) return tooBig();
  const view = new DataView(bytes.buffer);
  const flags = view.getUint32(8, true);
  if ((flags & FLAG.UTIL_CLAMP) !== 0 && length < SIZE_VER1) return 'EINVAL';
  const isUnknown = (flags & ~FLAG.ALL) !== 0 || view.getUint32(12, true) !== 0;
  const nice = Math.max(-20, Math.min(19, view.getInt32(16, true)));
  return { policy: view.getInt32(4, true), flags, nice, priority: view.getUint32(20, true), isUnknown };
}

function setAttributes(k: Kernel, tid: number, addr: number, bits: number): Outcome {
  if (addr === 0 || tid < 0 || bits !== 0) return 'EINVAL';
  const wanted = readAttributes(k, addr);
  if (typeof wanted === 'string') return wanted;
  if (wanted.policy < 0) return 'EINVAL';
  const task = taskOf(k, tid);
  if (task === undefined) return 'ESRCH';
  if (wanted.isUnknown) return 'EINVAL';
  const { flags } = wanted;
  const keeps = (flags & FLAG.KEEP_POLICY) !== 0;
  const { nice, priority } = (flags & FLAG.KEEP_PARAMS) !== 0 ? task : wanted;
  // As a kernel built without utilisation clamping.
  if ((flags & FLAG.UTIL_CLAMP) !== 0) return 'EOPNOTSUPP';
  return changePolicy(k, task, {
    policy: keeps ? task.policy : wanted.policy,
    resetOnFork: keeps ? task.resetOnFork : (flags & FLAG.RESET_ON_FORK) !== 0,
    nice,
    priority,
  });
}

export const schedSetattr = syscall({
  nr: 274,
  name: 'sched_setattr',
  args: [int, inAttributes, uint],
  errors: ['E2BIG', 'EFAULT', 'EINVAL', 'EOPNOTSUPP', 'EPERM', 'ESRCH'],
  interrupted: 'never blocks',
  support: NO_DEADLINES,
  run: setAttributes,
});

function encode(k: Kernel, task: Task, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, length, true);
  view.setUint32(4, task.policy, true);
  view.setUint32(8, task.resetOnFork ? FLAG.RESET_ON_FORK : 0, true);
  if (isRealTime(task.policy)) view.setUint32(20, task.priority, true);
  else {
    view.setInt32(16, task.nice, true);
    if (task.policy !== SCHED.SCHED_IDLE) view.setUint32(24, k.options.quantum, true);
  }
  return new Uint8Array(view.buffer);
}

export const schedGetattr = syscall({
  nr: 275,
  name: 'sched_getattr',
  args: [int, outAttributes, uint, uint],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, tid, addr, length, bits) {
    if (addr === 0 || tid < 0 || bits !== 0 || length < SIZE_VER0 || length > MAX_SIZE) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    return k.user.copyOut(addr, encode(k, task, Math.min(length, SIZE_VER1))) ? 0 : 'EFAULT';
  },
});

export const SCHED_ATTR_CALLS = [schedSetattr, schedGetattr];
