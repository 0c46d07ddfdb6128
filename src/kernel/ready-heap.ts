/** A binary heap of ready tasks that know their place in it, so that any of them can leave. */
import type { Schedulable } from './policy/policy.ts';

/** Does one run before the other? By level, the policy's rank, and arrival. */
export const isBefore = (a: Schedulable, b: Schedulable): boolean =>
  a.level !== b.level ? a.level < b.level : a.rank !== b.rank ? a.rank < b.rank : a.turn < b.turn;

/** Puts a task into the heap. */
export function pushReady(heap: Schedulable[], task: Schedulable): void {
  heap.push(task);
  rise(heap, task, heap.length - 1);
}

/** Takes a task out of the heap, wherever it is. */
export function removeReady(heap: Schedulable[], task: Schedulable): void {
  const at = task.slot;
  const last = heap.pop()!;
  task.slot = -1;
  if (last === task) return;
  if (at > 0 && isBefore(last, heap[(at - 1) >> 1]!)) rise(heap, last, at);
  else sink(heap, last, at);
}

/** Puts a heap in order again whose ranks have changed. */
export function orderReady(heap: Schedulable[]): void {
  for (let at = heap.length >> 1; at-- > 0; ) sink(heap, heap[at]!, at);
}

/**
 * The first of those that may run, if it goes before `best`. Looks at nobody behind one that may; so it costs no more
 * than there are tasks that may not run now and would be first.
 */
export function firstEligible(
  heap: readonly Schedulable[],
  best: Schedulable | null,
  mayRun: (task: Schedulable) => boolean,
  at = 0,
): Schedulable | null {
  const task = heap[at];
  if (task === undefined || (best !== null && isBefore(best, task))) return best;
  if (mayRun(task)) return task;
  const left = firstEligible(heap, best, mayRun, 2 * at + 1);
  return firstEligible(heap, left, mayRun, 2 * at + 2);
}

function rise(heap: Schedulable[], task: Schedulable, from: number): void {
  let at = from;
  while (at > 0) {
    const parent = heap[(at - 1) >> 1]!;
    if (!isBefore(task, parent)) break;
    heap[at] = parent;
    parent.slot = at;
    at = (at - 1) >> 1;
  }
  heap[at] = task;
  task.slot = at;
}

function sink(heap: Schedulable[], task: Schedulable, from: number): void {
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    const next = heap[child]!;
    if (!isBefore(next, task)) break;
    heap[at] = next;
    next.slot = at;
    at = child;
  }
  heap[at] = task;
  task.slot = at;
}
