/**
 * The states of a task and the two primitives that every wait in the kernel is made of: `block` and `wake`.
 * A blocked task is data: its call, what it waits for, and a place in each queue.
 *
 *     new → ready ⇄ running → blocked → ready      stopped ⇄ ready, blocked      → zombie → dead
 */
import { type Nanos, NEVER } from '../base/index.ts';
import { EVENT, LEFT, WAKE_REASONS } from '../events/index.ts';
import type { QueueId } from '../vfs/index.ts';
import type { Kernel } from './kernel.ts';
import type { ReadyReason } from './policy/policy.ts';
import { account, ask } from './preempt.ts';
import type { RunKind, Task, Tid, Wait } from './types.ts';

/** Moves a task to another state: out of the ready queue or off its CPU, and into the ready queue. */
export function setRun(k: Kernel, task: Task, next: RunKind, why: ReadyReason = 'wake'): void {
  const now = k.now();
  const spent = Math.max(0, now - task.since);
  if (task.run === 'ready') {
    k.scheduler.remove(task);
    task.readyTime = (task.readyTime + spent) as Nanos;
  } else if (task.run === 'running') vacate(k, task, reasonOf(next, why));
  else if (task.run === 'blocked') task.blockedTime = (task.blockedTime + spent) as Nanos;
  task.run = next;
  task.since = now;
  if (next !== 'ready') {
    if (k.scheduler.tellsLeaving) k.scheduler.left(task);
    return;
  }
  k.scheduler.at(now);
  k.scheduler.add(task, why);
  if (why === 'wake' || why === 'new') ask(k, task, why);
}

/** What the next one on the CPU is told of why this one left it: comparisons, because a table costs more here. */
function reasonOf(next: RunKind, why: ReadyReason): number {
  if (next === 'blocked') return LEFT.blocked;
  if (next === 'ready') return why === 'slice' ? LEFT.slice : why === 'preempt' ? LEFT.preempted : LEFT.yield;
  return next === 'stopped' ? LEFT.stopped : LEFT.exited;
}

function vacate(k: Kernel, task: Task, left: number): void {
  const cpu = k.cpus[task.cpu]!;
  account(k, cpu, task);
  cpu.left = left;
  cpu.leftFor = left === LEFT.preempted && cpu.askedBy !== 0 ? k.events.intern(`task ${cpu.askedBy}`) : 0;
  cpu.leftSpace = task.mm;
  cpu.task = 0;
  cpu.trap = null;
  task.sliceLeft = Math.max(0, cpu.sliceEnd - cpu.clock);
}

/** Takes the current task off its CPU until the wait ends. */
export function block(k: Kernel, wait: Wait): void {
  const { task } = k;
  task.wait = wait;
  for (const queue of wait.queues) enterQueue(k, queue, task.tid);
  if (wait.until < NEVER) k.timers.arm(wait.until, 'wait', task.tid);
  task.timesBlocked++;
  const on = k.events.intern(wait.on);
  k.events.record(EVENT.block, k.clock, k.cpu.id, task.tid, on, wait.detail, wait.until);
  setRun(k, task, 'blocked');
  k.cpus[task.cpu]!.leftFor = on;
}

/** Ends a task's wait, whatever it was for. A stopped task stays stopped, but no longer waits. */
export function wakeTask(k: Kernel, task: Task, why: Task['wokenBy']): void {
  if (task.wait === null) return;
  endWait(k, task);
  task.wokenBy = why;
  const by = why !== 'timeout' && isActing(k) ? k.task.tid : 0;
  k.events.record(EVENT.wake, k.now(), task.cpu, task.tid, WAKE_REASONS.indexOf(why), by);
  if (task.run === 'blocked') setRun(k, task, 'ready');
}

/** Is what happens done by the current task? It runs, or is ending right now. */
const isActing = (k: Kernel): boolean =>
  k.task.run === 'running' ||
  ((k.task.run === 'zombie' || k.task.run === 'dead') && k.task.since === k.now());

/** Takes a task out of all queues and disarms its deadline: before it looks again, or because it dies. */
export function endWait(k: Kernel, task: Task): void {
  const { wait } = task;
  if (wait === null) return;
  for (const queue of wait.queues) leaveQueue(k, queue, task.tid);
  if (wait.until < NEVER) k.timers.cancel('wait', task.tid);
  task.wait = null;
}

function enterQueue(k: Kernel, queue: QueueId, tid: Tid): void {
  const waiters = k.queues.get(queue);
  if (waiters === undefined) k.queues.set(queue, [tid]);
  else if (waiters.push(tid) === 1) k.counters.emptyQueues--;
}

function leaveQueue(k: Kernel, queue: QueueId, tid: Tid): void {
  const waiters = k.queues.get(queue);
  const at = waiters === undefined ? -1 : waiters.indexOf(tid);
  if (waiters === undefined || at < 0) return;
  if (waiters.length > 1) waiters.splice(at, 1);
  else {
    waiters.pop();
    k.counters.emptyQueues++;
  }
  if (k.counters.emptyQueues > spareQueues(k)) forgetEmptyQueues(k);
}

/**
 * So many queues are kept although nobody waits there. Whoever waits once waits again, and a Map of which
 * entries come and go costs ten times as much as one that stays as it is.
 */
export const spareQueues = (k: Kernel): number => Math.max(64, k.queues.size >> 1);

function forgetEmptyQueues(k: Kernel): void {
  for (const [queue, { length }] of k.queues) if (length === 0) k.queues.delete(queue);
  k.counters.emptyQueues = 0;
  for (const [space, words] of k.futexes) {
    for (const [at, queue] of words) if (!k.queues.has(queue)) words.delete(at);
    if (words.size === 0) k.futexes.delete(space);
  }
}

/** A queue that is there before anybody waits at it: a word of memory leads to it. */
export function newEmptyQueue(k: Kernel): QueueId {
  const queue = k.newQueue();
  k.queues.set(queue, []);
  k.counters.emptyQueues++;
  return queue;
}

/** Forgets a queue at which nobody waits. */
export function dropEmptyQueue(k: Kernel, queue: QueueId): void {
  if (k.queues.get(queue)?.length !== 0) return;
  k.queues.delete(queue);
  k.counters.emptyQueues--;
}

const NOBODY: readonly Tid[] = [];

/** Who waits at a queue, in order of arrival. */
export const waitersAt = (k: Kernel, queue: QueueId): readonly Tid[] => k.queues.get(queue) ?? NOBODY;

/** Makes every task, or at most `count`, that waits at the queue look again; gives how many. */
export function wakeQueue(k: Kernel, queue: QueueId, count: number): number {
  const waiters = k.queues.get(queue);
  if (waiters === undefined || waiters.length === 0 || count <= 0) return 0;
  if (waiters.length === 1) {
    wakeTask(k, k.tasks.get(waiters[0]!)!, 'event');
    return 1;
  }
  // All at once, so that nobody is looked for among those who come after.
  const woken = count < waiters.length ? waiters.slice(0, count) : empty(k, queue, waiters);
  for (const tid of woken) wakeTask(k, k.tasks.get(tid)!, 'event');
  return woken.length;
}

/** Takes everybody out of a queue. */
function empty(k: Kernel, queue: QueueId, waiters: readonly Tid[]): readonly Tid[] {
  k.queues.set(queue, []);
  k.counters.emptyQueues++;
  return waiters;
}

/** Moves a waiter to the end of another queue without waking it (futex requeue). */
export function moveWaiter(k: Kernel, task: Task, from: QueueId, to: QueueId): void {
  // In this order, so that the target is not forgotten meanwhile.
  enterQueue(k, to, task.tid);
  leaveQueue(k, from, task.tid);
  task.wait = { ...task.wait!, queues: task.wait!.queues.map((queue) => (queue === from ? to : queue)) };
}
