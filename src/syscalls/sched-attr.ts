/** sched_setattr and sched_getattr: policy, nice value and priority in one extensible structure. man 2 sched_setattr. */
import { type Kernel, syscall } from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { int, pointer, uint } from './args.ts';
import { KEPT, taskOf, whyNotPolicy } from './sched.ts';

/** Sizes of struct sched_attr: without and with utilisation clamps. */
const SIZE_VER0 = 48;
const SIZE_VER1 = 56;
const MAX_SIZE = 4096;
const SCHED_DEADLINE = 6;

function setAttr(k: Kernel, tid: number, addr: number, bits: number): Outcome {
  if (addr === 0 || tid < 0 || bits !== 0) return 'EINVAL';
  const told = k.user.readU32(addr);
  if (told === undefined) return 'EFAULT';
  const length = told === 0 ? SIZE_VER0 : told;
  if (length < SIZE_VER0 || length > MAX_SIZE) return k.user.writeU32(addr, SIZE_VER1) ? 'E2BIG' : 'EFAULT';
  const bytes = new Uint8Array(length);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  if (bytes.subarray(SIZE_VER1).some((byte) => byte !== 0)) return 'E2BIG';
  const task = taskOf(k, tid);
  if (task === undefined) return 'ESRCH';
  const view = new DataView(bytes.buffer);
  const [policy, nice, priority] = [
    view.getUint32(4, true),
    view.getInt32(16, true),
    view.getUint32(20, true),
  ];
  if (policy === SCHED_DEADLINE) return 'EINVAL';
  const refused = whyNotPolicy(k, task, policy, priority);
  if (refused !== null) return refused;
  if (nice < -20 || nice > 19) return 'EINVAL';
  if (nice < task.nice && k.task.credentials.euid !== 0) return 'EPERM';
  Object.assign(task, { policy, nice, priority });
  return 0;
}

const SET_ERRORS = ['E2BIG', 'EFAULT', 'EINVAL', 'EPERM', 'ESRCH'] as const;

export const schedSetattr = syscall({
  nr: 274,
  name: 'sched_setattr',
  args: [int, pointer, uint],
  errors: SET_ERRORS,
  interrupted: 'never blocks',
  support: KEPT,
  run: setAttr,
});

export const schedGetattr = syscall({
  nr: 275,
  name: 'sched_getattr',
  args: [int, pointer, uint, uint],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, tid, addr, length, bits) {
    if (addr === 0 || tid < 0 || bits !== 0 || length < SIZE_VER0 || length > MAX_SIZE) return 'EINVAL';
    const task = taskOf(k, tid);
    if (task === undefined) return 'ESRCH';
    const view = new DataView(new ArrayBuffer(Math.min(length, SIZE_VER1)));
    view.setUint32(0, view.byteLength, true);
    view.setUint32(4, task.policy, true);
    view.setInt32(16, task.nice, true);
    view.setUint32(20, task.priority, true);
    return k.user.copyOut(addr, new Uint8Array(view.buffer)) ? 0 : 'EFAULT';
  },
});

export const SCHED_ATTR_CALLS = [schedSetattr, schedGetattr];
