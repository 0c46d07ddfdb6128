/**
 * Futexes with priority inheritance: the word holds its owner's number, and while tasks wait the kernel knows the owner,
 * too, lends it their priority, and hands the lock to the strongest of them.
 *
 * man 2 futex, "Priority-inheritance futexes"; Linux: kernel/futex/pi.c
 */
import type { Errno } from '../abi/index.ts';
import type { MmId } from '../memory/index.ts';
import type { Outcome, QueueId } from '../vfs/index.ts';
import { moveWaiter, waitersAt, wakeTask } from './block.ts';
import {
  exitRobustList,
  FUTEX_OWNER_DIED,
  FUTEX_TID_MASK,
  FUTEX_WAITERS,
  futexQueue,
  knownQueue,
} from './futex.ts';
import type { Kernel } from './kernel.ts';
import { inherit } from './preempt.ts';
import { ORDINARY } from './scheduler.ts';
import { asUnsigned64 } from './syscall.ts';
import type { Task, Tid } from './types.ts';

/** How the views name the waits: for the lock, and for being moved to it. */
export const PI_WAIT = 'futex-pi';
export const REQUEUE_WAIT = 'futex-requeue';

/** So long a chain of locks is followed (Linux: max_lock_depth is 1024). */
const MAX_DEPTH = 1024;

/** Index of the low word of the second address, which WAIT_REQUEUE_PI names. */
const OTHER = 8;

const taskOf = (k: Kernel, tid: Tid | undefined): Task | undefined =>
  tid === undefined ? undefined : k.tasks.get(tid);

/** The strongest of those that wait, the first of equals. */
function strongest(k: Kernel, queue: QueueId): Task | undefined {
  let found: Task | undefined;
  for (const tid of waitersAt(k, queue)) {
    const task = k.tasks.get(tid)!;
    if (found === undefined || task.level < found.level) found = task;
  }
  return found;
}

/** Lends an owner what its waiters have, and so on along the locks that owners wait for themselves. */
function lend(k: Kernel, owner: Task | undefined): void {
  let task = owner;
  for (let depth = 0; task !== undefined && depth < MAX_DEPTH; depth++) {
    let level: number = ORDINARY;
    for (const [queue, tid] of k.piOwners)
      if (tid === task.tid) level = Math.min(level, strongest(k, queue)?.level ?? ORDINARY);
    if (task.inherited === level) return;
    inherit(k, task, level);
    task = nextInChain(k, task);
  }
}

/** Who has the lock that a task waits for. */
function nextInChain(k: Kernel, { wait }: Task): Task | undefined {
  return wait?.on === PI_WAIT ? taskOf(k, k.piOwners.get(wait.queues[0]!)) : undefined;
}

function wouldDeadlock(k: Kernel, owner: Task): boolean {
  let task: Task | undefined = owner;
  for (let depth = 0; task !== undefined && depth < MAX_DEPTH; depth++) {
    if (task === k.task) return true;
    task = nextInChain(k, task);
  }
  return false;
}

/** The task that the word names, as far as it can still unlock. Linux: attach_to_pi_owner(). */
function holderOf(k: Kernel, word: number): Task | undefined {
  const task = k.tasks.get((word & FUTEX_TID_MASK) as Tid);
  return task === undefined || task.run === 'zombie' || task.run === 'dead' ? undefined : task;
}

/** Where a lock stands. */
interface Lock {
  readonly addr: number;
  readonly isPrivate: boolean;
}

/** The owner of a lock that is not free, after the word has been told that somebody waits. */
function ownerOf(k: Kernel, { addr, isPrivate }: Lock, word: number): Task | Errno {
  const queue = knownQueue(k, addr, isPrivate);
  const known = queue === undefined ? undefined : k.piOwners.get(queue);
  if (known !== undefined && known !== (word & FUTEX_TID_MASK)) return 'EINVAL';
  const owner = holderOf(k, word);
  if (owner === undefined) return 'ESRCH';
  return k.user.writeU32(addr, word | FUTEX_WAITERS) ? owner : 'EFAULT';
}

/** FUTEX_LOCK_PI and FUTEX_TRYLOCK_PI. Linux: futex_lock_pi(). */
export function lockPi(k: Kernel, lock: Lock, waits: boolean): Outcome {
  const { addr, isPrivate } = lock;
  const { task } = k;
  const word = k.user.readI32(addr);
  if (word === undefined) return 'EFAULT';
  if ((word & FUTEX_TID_MASK) === task.tid) return 'EDEADLK';
  if ((word & FUTEX_TID_MASK) === 0)
    return k.user.writeU32(addr, (word & FUTEX_OWNER_DIED) | task.tid) ? 0 : 'EFAULT';
  const owner = ownerOf(k, lock, word);
  if (typeof owner === 'string') return owner;
  if (!waits) return 'EAGAIN';
  if (wouldDeadlock(k, owner)) return 'EDEADLK';
  if (k.expired()) return 'ETIMEDOUT';
  const queue = futexQueue(k, addr, isPrivate);
  k.piOwners.set(queue, owner.tid);
  if (task.level < owner.level) {
    inherit(k, owner, task.level);
    lend(k, nextInChain(k, owner));
  }
  return k.waitOn(PI_WAIT, [queue], addr);
}

/** The address by which a waiter knows the lock. */
function addressFor({ ownCall, wait }: Task): number {
  const at = wait?.on === PI_WAIT && wait.detail !== 0 ? 0 : OTHER;
  return asUnsigned64(ownCall.words[at]!, ownCall.words[at + 1]!);
}

/** The lock goes to the strongest waiter. `died` tells it that the last owner has not unlocked. */
function handOver(k: Kernel, queue: QueueId, died: number): void {
  const owner = taskOf(k, k.piOwners.get(queue));
  const next = strongest(k, queue);
  if (next === undefined) k.piOwners.delete(queue);
  else {
    const mm = k.mms.get(next.mm as MmId);
    if (mm !== undefined)
      k.memory.user.writeU32(mm, addressFor(next), (FUTEX_WAITERS | died | next.tid) >>> 0);
    wakeTask(k, next, 'event');
    if (waitersAt(k, queue).length === 0) k.piOwners.delete(queue);
    else k.piOwners.set(queue, next.tid);
    lend(k, next);
  }
  lend(k, owner);
}

/** FUTEX_UNLOCK_PI. */
export function unlockPi(k: Kernel, { addr, isPrivate }: Lock): Outcome {
  const word = k.user.readI32(addr);
  if (word === undefined) return 'EFAULT';
  if ((word & FUTEX_TID_MASK) !== k.task.tid) return 'EPERM';
  const queue = knownQueue(k, addr, isPrivate);
  if (queue !== undefined && k.piOwners.has(queue)) {
    if (k.piOwners.get(queue) !== k.task.tid) return 'EINVAL';
    handOver(k, queue, 0);
    return 0;
  }
  return k.user.writeU32(addr, 0) ? 0 : 'EFAULT';
}

/** Somebody does not wait for this lock any more: its owner may have lent too much. */
export function settlePi(k: Kernel, { addr, isPrivate }: Lock): void {
  const queue = k.piOwners.size === 0 ? undefined : knownQueue(k, addr, isPrivate);
  if (queue !== undefined) settle(k, queue);
}

function settle(k: Kernel, queue: QueueId): void {
  const owner = taskOf(k, k.piOwners.get(queue));
  if (waitersAt(k, queue).length === 0) k.piOwners.delete(queue);
  lend(k, owner);
}

/**
 * FUTEX_CMP_REQUEUE_PI: gives the second lock to the first waiter if it is free, and lets it and others wait there
 * otherwise. Linux: futex_requeue() with requeue_pi.
 */
export function requeuePi(k: Kernel, from: number, to: Lock, many: number): Outcome {
  const queue = knownQueue(k, from, to.isPrivate);
  const waiting = queue === undefined ? [] : waitersAt(k, queue).slice(0, many + 1);
  const tasks = waiting.map((tid) => k.tasks.get(tid)!);
  const isMeant = ({ wait, ownCall: { words } }: Task) =>
    wait?.on === REQUEUE_WAIT && asUnsigned64(words[OTHER]!, words[OTHER + 1]!) === to.addr;
  if (!tasks.every(isMeant)) return 'EINVAL';
  if (tasks.length === 0) return 0;
  const word = k.user.readI32(to.addr);
  if (word === undefined) return 'EFAULT';
  let rest = tasks;
  let owner: Task | Errno;
  if ((word & FUTEX_TID_MASK) === 0) {
    owner = tasks[0]!;
    rest = tasks.slice(1);
    const more = rest.length > 0 ? FUTEX_WAITERS : 0;
    if (!k.user.writeU32(to.addr, ((word & FUTEX_OWNER_DIED) | more | owner.tid) >>> 0)) return 'EFAULT';
    wakeTask(k, owner, 'event');
  } else owner = ownerOf(k, to, word);
  if (typeof owner === 'string') return owner;
  const target = futexQueue(k, to.addr, to.isPrivate);
  for (const task of rest) {
    moveWaiter(k, task, queue!, target);
    task.wait = { ...task.wait!, on: PI_WAIT, detail: 0 };
  }
  if (rest.length > 0) k.piOwners.set(target, owner.tid);
  lend(k, owner);
  return tasks.length;
}

/** A task leaves its memory: its locks are marked, and go to those that wait for them. Linux: futex_cleanup(). */
export function leaveFutexes(k: Kernel, task: Task): void {
  exitRobustList(k, task);
  if (k.piOwners.size === 0) return;
  for (const [queue, owner] of [...k.piOwners]) {
    if (owner === task.tid) handOver(k, queue, FUTEX_OWNER_DIED);
    else if (waitersAt(k, queue).length === 0) settle(k, queue);
    else lend(k, taskOf(k, owner));
  }
  inherit(k, task, ORDINARY);
}
