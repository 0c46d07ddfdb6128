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
