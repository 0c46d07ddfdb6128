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
  /** Puts a task into the order. */
  readonly add: (order: ReadyEntry[], entry: ReadyEntry, why: ReadyReason) => void;
  /** Index of the task to run next on one of these CPUs (a bit mask), or -1. */
  readonly pick: (order: readonly ReadyEntry[], cpus: number) => number;
  /** How long it may run before the timer asks again. */
  readonly slice: (quantum: Nanos) => Nanos;
}

/** In order of arrival, each for one quantum. */
export const roundRobin: Policy = {
  name: 'rr',
  add: (order, entry) => {
    order.push(entry);
  },
  pick: (order, cpus) => {
    for (let at = 0; at < order.length; at++) if ((order[at]!.affinity & cpus) !== 0) return at;
    return -1;
  },
  slice: (quantum) => quantum,
};

/** The ready tasks under one policy. */
export class Scheduler {
  readonly policy: Policy;
  readonly order: ReadyEntry[] = [];

  constructor(policy: Policy) {
    this.policy = policy;
  }

  add(task: Task, why: ReadyReason): void {
    this.policy.add(this.order, { tid: task.tid, affinity: task.affinity }, why);
  }

  /** The task to run next on one of these CPUs, left in the queue; 0 when there is none. */
  peek(cpus: number): Tid | 0 {
    if (this.order.length === 0) return 0;
    const at = this.policy.pick(this.order, cpus);
    return at < 0 ? 0 : this.order[at]!.tid;
  }

  remove(tid: Tid): void {
    const { order } = this;
    let at = 0;
    while (at < order.length && order[at]!.tid !== tid) at++;
    if (at === 0) order.shift();
    else if (at < order.length) order.splice(at, 1);
  }

  /** A ready task may run on other CPUs than before. */
  allow(tid: Tid, affinity: number): void {
    const entry = this.order.find((each) => each.tid === tid);
    if (entry !== undefined) entry.affinity = affinity;
  }

  /** Ready tasks in the order they would run. */
  list(): readonly Tid[] {
    return this.order.map(({ tid }) => tid);
  }
}
