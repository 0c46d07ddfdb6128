/** System V semaphores: semget, semop and semtimedop; semctl is in sem-control.ts. man 2 semop. */
import {
  addWait,
  forgetWait,
  getObject,
  type Kernel,
  mayUse,
  mayWait,
  newSet,
  operate,
  SEM_DONE,
  SEM_FAILED,
  SEM_REMOVED,
  SEM_UNDO,
  type SemOp,
  type SemSet,
  semSetOf,
  syscall,
  undoFor,
  update,
} from '../kernel/index.ts';
import type { Outcome } from '../vfs/index.ts';
import { flags, inTimespec, int, pointer, size } from './args.ts';
import { IPC_FLAGS } from './ipc-perm.ts';
import { timespecOf } from './time-struct.ts';

export const semget = syscall({
  nr: 190,
  name: 'semget',
  args: [int, int, flags(IPC_FLAGS)],
  errors: ['EACCES', 'EEXIST', 'EINVAL', 'ENOENT', 'ENOSPC'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, key, count, how) {
    if (count < 0 || count > k.ipc.limits.semmsl) return 'EINVAL';
    const fits = ({ values }: SemSet) => count <= values.length;
    return getObject(
      k,
      k.ipc.sets,
      { key, flags: how },
      { fits, create: () => newSet(k, { key, count, flags: how }) },
    );
  },
});

/** Bytes of struct sembuf. */
const SEMBUF = 6;

function readOps(k: Kernel, addr: number, count: number): readonly SemOp[] | 'EFAULT' {
  const bytes = new Uint8Array(count * SEMBUF);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count }, (_, i) => ({
    index: view.getUint16(i * SEMBUF, true),
    delta: view.getInt16(i * SEMBUF + 2, true),
    flags: view.getInt16(i * SEMBUF + 4, true),
  }));
}

const changes = ({ delta }: SemOp) => delta !== 0;

/** Linux: __do_semtimedop(). */
function start(k: Kernel, id: number, addr: number, count: number): Outcome {
  if (count > k.ipc.limits.semopm) return 'E2BIG';
  if (count < 1) return 'EINVAL';
  const ops = readOps(k, addr, count);
  if (ops === 'EFAULT') return ops;
  if (id < 0) return 'EINVAL';
  const set = semSetOf(k, id);
  if (set === undefined) return 'EINVAL';
  const alters = ops.some(changes);
  if (ops.some(({ index }) => index >= set.values.length)) return 'EFBIG';
  if (!mayUse(k, set.perm, alters ? 0o222 : 0o444)) return 'EACCES';
  const undoes = ops.some((op) => changes(op) && (op.flags & SEM_UNDO) !== 0);
  const undo = undoes ? undoFor(k, set) : 0;
  const blocking = operate(set, ops, undo, k.group.tgid);
  if (blocking === null) {
    set.operated = k.wall().sec;
    if (alters)
      update(
        k,
        set,
        ops.filter(changes).map(({ index }) => index),
      );
    return 0;
  }
  if (blocking === 'ERANGE') return blocking;
  if (!mayWait(blocking) || k.expired()) return 'EAGAIN';
  k.call.note = 0;
  addWait(set, { tid: k.task.tid, ops, undo, pid: k.group.tgid, blocking });
  return k.waitOn('semop', [], id);
}

/** Whoever made the operations possible has done them; otherwise the time is up, or a signal has come. */
function finish(k: Kernel, id: number, addr: number, count: number): Outcome {
  const { note } = k.call;
  if (note === SEM_DONE) return 0;
  if (note === SEM_REMOVED) return 'EIDRM';
  if (note === SEM_FAILED) return 'ERANGE';
  forgetWait(k, k.task, id);
  return k.expired() ? 'EAGAIN' : start(k, id, addr, count);
}

function interrupt(k: Kernel, id: number): null {
  forgetWait(k, k.task, id);
  return null;
}

const errors = [
  'E2BIG',
  'EACCES',
  'EAGAIN',
  'EFAULT',
  'EFBIG',
  'EIDRM',
  'EINTR',
  'EINVAL',
  'ERANGE',
] as const;

export const semop = syscall({
  nr: 193,
  name: 'semop',
  args: [int, pointer, size],
  errors,
  interrupted: 'EINTR',
  support: 'full',
  run(k, id, addr, count) {
    return start(k, id, addr, count);
  },
  resume: finish,
  cut: interrupt,
});

export const semtimedop = syscall({
  nr: 192,
  name: 'semtimedop',
  args: [int, pointer, size, inTimespec],
  errors,
  interrupted: 'EINTR',
  support: 'full',
  run(k, id, addr, count, timeout) {
    if (timeout !== 0) {
      const time = timespecOf.read(k, timeout);
      if (typeof time === 'string') return time;
      k.deadline(time);
    }
    return start(k, id, addr, count);
  },
  resume: finish,
  cut: interrupt,
});

export const SEM_CALLS = [semget, semop, semtimedop];
