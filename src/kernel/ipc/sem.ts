/**
 * System V semaphores: sets of values that a list of operations changes as a whole, or waits for. Whoever makes an
 * operation possible does it for the one that waits, so that nobody can come in between.
 *
 * man 2 semop, semctl; Linux: ipc/sem.c
 */
import type { Errno } from '../../abi/index.ts';
import { wakeTask } from '../block.ts';
import type { Kernel } from '../kernel.ts';
import type { Task, Tid } from '../types.ts';
import { addObject, IPC, type IpcPerm, objectOf, removeObject } from './table.ts';

export interface SemOp {
  readonly index: number;
  readonly delta: number;
  readonly flags: number;
}

/** A task that waits for its operations to become possible. */
export interface SemWait {
  readonly tid: Tid;
  readonly ops: readonly SemOp[];
  /** The list for undoing, 0 for none. */
  readonly undo: number;
  readonly pid: number;
  /** Which operation is in the way. */
  blocking: SemOp;
}

export interface SemSet {
  readonly perm: IpcPerm;
  readonly values: number[];
  /** Who changed each last. */
  readonly pids: number[];
  /** In order of arrival: by semaphore, those with one operation; apart, those with several. */
  readonly waiting: Map<number, Map<Tid, SemWait>>;
  readonly complex: Map<Tid, SemWait>;
  /** What the end of a process takes back, by the number of its list. */
  readonly undos: Map<number, number[]>;
  operated: number;
  changed: number;
}

/** Linux: struct sem_undo_list, shared by CLONE_SYSVSEM. */
export interface UndoList {
  users: number;
  /** The sets it has values for. */
  readonly sets: Set<number>;
}

export const SEM_UNDO = 0o10000;
export const SEMVMX = 32767;
/** In the note of a call that waited: how its wait ended. */
export const SEM_DONE = 1;
export const SEM_REMOVED = 2;

export const setOf = (k: Kernel, id: number): SemSet | undefined => objectOf(k.ipc.sets, id);

/** Semaphores of all sets together. */
export function totalSemaphores(k: Kernel): number {
  let total = 0;
  for (const set of k.ipc.sets.slots) total += set?.values.length ?? 0;
  return total;
}

export function newSet(
  k: Kernel,
  { key, count, flags }: { readonly key: number; readonly count: number; readonly flags: number },
): SemSet | Errno {
  const { sets, limits } = k.ipc;
  if (count === 0) return 'EINVAL';
  if (totalSemaphores(k) + count > limits.semmns || sets.used >= limits.semmni) return 'ENOSPC';
  return addObject(k, sets, key, flags, (perm) => ({
    perm,
    values: new Array<number>(count).fill(0),
    pids: new Array<number>(count).fill(0),
    waiting: new Map(),
    complex: new Map(),
    undos: new Map(),
    operated: 0,
    changed: k.wall().sec,
  }));
}

/** Does all operations, or none: then it gives the one in the way, or ERANGE. Linux: perform_atomic_semop(). */
export function operate(
  set: SemSet,
  ops: readonly SemOp[],
  undo: number,
  pid: number,
): null | SemOp | 'ERANGE' {
  const { values, pids } = set;
  const takenBack = undo === 0 ? undefined : set.undos.get(undo);
  let done = 0;
  let why: null | SemOp | 'ERANGE' = null;
  for (; done < ops.length; done++) {
    const op = ops[done]!;
    const value = values[op.index]! + op.delta;
    if (op.delta === 0 ? value !== 0 : value < 0) why = op;
    else if (value > SEMVMX) why = 'ERANGE';
    else if (takenBack !== undefined && (op.flags & SEM_UNDO) !== 0) {
      const back = takenBack[op.index]! - op.delta;
      if (back < -SEMVMX - 1 || back > SEMVMX) why = 'ERANGE';
      else takenBack[op.index] = back;
    }
    if (why !== null) break;
    values[op.index] = value;
  }
  if (why === null) {
    for (const { index } of ops) pids[index] = pid;
    return null;
  }
  while (--done >= 0) {
    const { index, delta, flags } = ops[done]!;
    values[index]! -= delta;
    if (takenBack !== undefined && (flags & SEM_UNDO) !== 0) takenBack[index]! += delta;
  }
  return why;
}

/** The task waits until its operations are possible. */
export function addWait(set: SemSet, wait: SemWait): void {
  const { ops, tid } = wait;
  if (ops.length > 1) {
    set.complex.set(tid, wait);
    return;
  }
  const { index } = ops[0]!;
  const known = set.waiting.get(index);
  if (known === undefined) set.waiting.set(index, new Map([[tid, wait]]));
  else known.set(tid, wait);
}

function dropWait(set: SemSet, { ops, tid }: SemWait): void {
  if (ops.length > 1) {
    set.complex.delete(tid);
    return;
  }
  const { index } = ops[0]!;
  const known = set.waiting.get(index);
  known?.delete(tid);
  if (known?.size === 0) set.waiting.delete(index);
}

/** A wait that ended otherwise: by a signal, a timeout or the task's end. */
export function forgetWait(k: Kernel, task: Task, id: number): void {
  const set = setOf(k, id);
  if (set === undefined) return;
  set.complex.delete(task.tid);
  for (const [index, waits] of set.waiting) {
    if (waits.delete(task.tid) && waits.size === 0) set.waiting.delete(index);
  }
}

/** Ends a wait; `how` is found by the call when it looks again. */
function endWith(k: Kernel, wait: SemWait, how: number): void {
  const task = k.tasks.get(wait.tid);
  if (task?.call == null) return;
  task.call.note = how;
  wakeTask(k, task, 'event');
}

/** Values have changed: does what has become possible for those that wait. Linux: do_smart_update(). */
export function update(k: Kernel, set: SemSet, touched: Iterable<number>): void {
  const dirty = new Set(touched);
  while (dirty.size > 0) {
    const [index] = dirty;
    dirty.delete(index!);
    for (const waits of [set.waiting.get(index!), set.complex])
      if (waits !== undefined) serve(k, set, waits, dirty);
  }
}

function serve(k: Kernel, set: SemSet, waits: ReadonlyMap<Tid, SemWait>, dirty: Set<number>): void {
  for (const wait of [...waits.values()]) {
    const { ops } = wait;
    const isStuck = (op: SemOp) =>
      op.delta === 0 ? set.values[op.index] !== 0 : set.values[op.index]! + op.delta < 0;
    if (ops.length === 1 && isStuck(ops[0]!)) continue;
    const result = operate(set, ops, wait.undo, wait.pid);
    if (result !== null && result !== 'ERANGE') {
      wait.blocking = result;
      continue;
    }
    dropWait(set, wait);
    endWith(k, wait, result === null ? SEM_DONE : SEM_FAILED);
    if (result === null) {
      set.operated = k.wall().sec;
      for (const { index, delta } of ops) if (delta !== 0) dirty.add(index);
    }
  }
}
/** A wait that ended with ERANGE. */
export const SEM_FAILED = 3;

/** GETNCNT and GETZCNT: who waits because of one semaphore. Linux: count_semcnt(). */
export function countWaiting(set: SemSet, index: number, forZero: boolean): number {
  let count = 0;
  const counts = ({ blocking }: SemWait) => blocking.index === index && (blocking.delta === 0) === forZero;
  for (const wait of set.waiting.get(index)?.values() ?? []) if (counts(wait)) count++;
  for (const wait of set.complex.values()) if (counts(wait)) count++;
  return count;
}

/** IPC_RMID: those that wait hear of it. */
export function destroySet(k: Kernel, set: SemSet): void {
  for (const id of set.undos.keys()) k.ipc.undos.get(id)?.sets.delete(set.perm.id);
  const waits = [...set.waiting.values()].flatMap((some) => [...some.values()]);
  removeObject(k.ipc.sets, set.perm);
  for (const wait of [...waits, ...set.complex.values()]) endWith(k, wait, SEM_REMOVED);
}

/** The current task's list for undoing, with room for a set. */
export function undoFor(k: Kernel, set: SemSet): number {
  const { task, ipc } = k;
  if (task.semUndo === 0) task.semUndo = newUndoList(k);
  ipc.undos.get(task.semUndo)!.sets.add(set.perm.id);
  if (!set.undos.has(task.semUndo)) set.undos.set(task.semUndo, new Array<number>(set.values.length).fill(0));
  return task.semUndo;
}

function newUndoList(k: Kernel): number {
  const id = k.ipc.nextUndo++;
  k.ipc.undos.set(id, { users: 1, sets: new Set() });
  return id;
}

/** CLONE_SYSVSEM: parent and child take back together, when the last of them ends. */
export function shareUndo(k: Kernel, parent: Task, child: Task): void {
  if (parent.semUndo === 0) parent.semUndo = newUndoList(k);
  k.ipc.undos.get(parent.semUndo)!.users++;
  child.semUndo = parent.semUndo;
}

/** A task ends, or leaves its list: the last one takes back what SEM_UNDO counted. Linux: exit_sem(). */
export function leaveUndo(k: Kernel, task: Task): void {
  const id = task.semUndo;
  if (id === 0) return;
  task.semUndo = 0;
  const list = k.ipc.undos.get(id)!;
  if (--list.users > 0) return;
  k.ipc.undos.delete(id);
  for (const setId of list.sets) {
    const set = setOf(k, setId)!;
    const changes = set.undos.get(id)!;
    set.undos.delete(id);
    const touched = changes.flatMap((change, index) => (change === 0 ? [] : [index]));
    for (const index of touched) {
      set.values[index] = Math.min(SEMVMX, Math.max(0, set.values[index]! + changes[index]!));
      set.pids[index] = task.group;
    }
    if (touched.length === 0) continue;
    set.operated = k.wall().sec;
    update(k, set, touched);
  }
}

/** Does it wait rather than fail? */
export const mayWait = ({ flags }: SemOp): boolean => (flags & IPC.IPC_NOWAIT) === 0;
