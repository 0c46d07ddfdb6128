/**
 * The ready queue and the policy that orders it. A policy is pure: it looks at plain data and decides; who
 * runs where is carried out by schedule.ts.
 */
import type { Nanos } from '../base/index.ts';
import type { Task, Tid } from './types.ts';

/** Why a task came into the ready queue. */
export type ReadyReason = 'new' | 'wake' | 'preempt' | 'yield';

/** A task that is ready, as policies see it. */
export interface ReadyEntry {
  readonly tid: Tid;
  /** CPUs it may run on, one bit each. */
  affinity: number;
}

/** A scheduling policy over its own order of the ready tasks. */
export interface Policy {
  readonly name: string;
  /** Puts a task into the order, which begins at `first`. */
  readonly add: (order: ReadyEntry[], entry: ReadyEntry, why: ReadyReason, first: number) => void;
  /** Index, not before `first`, of the task to run next on one of these CPUs (a bit mask), or -1. */
  readonly pick: (order: readonly ReadyEntry[], cpus: number, first: number) => number;
  /** How long it may run before the timer asks again. */
  readonly slice: (quantum: Nanos) => Nanos;
}

/** In order of arrival, each for one quantum. */
export const roundRobin: Policy = {
  name: 'rr',
  add: (order, entry) => {
    order.push(entry);
  },
  pick: (order, cpus, first) => {
    for (let at = first; at < order.length; at++) if ((order[at]!.affinity & cpus) !== 0) return at;
    return -1;
  },
  slice: (quantum) => quantum,
};

/** Before so many have left at the front, the list is not moved up. */
const SPARE = 64;

/** The ready tasks under one policy. */
export class Scheduler {
  readonly policy: Policy;
  /** What stands before `#first` has left: moving the rest up each time would cost with the number of tasks. */
  #order: ReadyEntry[] = [];
  #first = 0;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  get size(): number {
    return this.#order.length - this.#first;
  }

  add(task: Task, why: ReadyReason): void {
    this.policy.add(this.#order, { tid: task.tid, affinity: task.affinity }, why, this.#first);
  }

  /** The task to run next on one of these CPUs, left in the queue; 0 when there is none. */
  peek(cpus: number): Tid | 0 {
    if (this.#order.length === this.#first) return 0;
    const at = this.policy.pick(this.#order, cpus, this.#first);
    return at < 0 ? 0 : this.#order[at]!.tid;
  }

  remove(tid: Tid): void {
    const order = this.#order;
    let at = this.#first;
    while (at < order.length && order[at]!.tid !== tid) at++;
    if (at === order.length) return;
    if (at === this.#first) this.#leaveFront();
    else order.splice(at, 1);
  }

  #leaveFront(): void {
    const order = this.#order;
    if (order.length === 1) {
      order.pop();
      return;
    }
    this.#first++;
    if (this.#first === order.length) order.length = this.#first = 0;
    else if (this.#first > SPARE && this.#first > order.length / 2) {
      order.copyWithin(0, this.#first);
      order.length -= this.#first;
      this.#first = 0;
    }
  }

  /** A ready task may run on other CPUs than before. */
  allow(tid: Tid, affinity: number): void {
    const entry = this.list().find((each) => each.tid === tid);
    if (entry !== undefined) entry.affinity = affinity;
  }

  /** Ready tasks in the order they would run. */
  list(): readonly ReadyEntry[] {
    return this.#order.slice(this.#first);
  }

  /** Has these tasks ready, in this order. */
  load(order: readonly ReadyEntry[]): void {
    this.#order = order.slice();
    this.#first = 0;
  }
}
