/**
 * What a scheduling policy is: pure functions over plain data that order the ready tasks of the ordinary class.
 * Real-time tasks go before all of them, whatever the policy (scheduler.ts); who runs where is carried out by
 * schedule.ts.
 */
import type { Nanos } from '../../base/index.ts';
import type { Task } from '../types.ts';

/** Why a task came into the ready queue. `slice`: its time was over; `preempt`: another one goes first. */
export type ReadyReason = 'new' | 'wake' | 'preempt' | 'slice' | 'yield' | 'change';

/** What policies see of a task, and the two numbers that are theirs: `vruntime` and `rank`. */
export type Schedulable = Pick<
  Task,
  | 'tid'
  | 'affinity'
  | 'policy'
  | 'nice'
  | 'priority'
  | 'inherited'
  | 'sliceLeft'
  | 'level'
  | 'rank'
  | 'turn'
  | 'slot'
  | 'vruntime'
>;

/** What a policy remembers beside its tasks. */
export interface PolicyState {
  /** Length of an ordinary slice. */
  readonly quantum: Nanos;
  /** How far the tasks have come that were let run: who slept does not begin before it. */
  floor: number;
}

/** A scheduling policy: where a task stands, how long it may run, who goes before whom. */
export interface Policy {
  readonly name: string;
  /** A task becomes ready: gives its rank. The least rank runs next, equal ones in order of arrival. */
  readonly ready: (state: PolicyState, task: Schedulable, why: ReadyReason) => number;
  /** The task is given a CPU. */
  readonly begin: (state: PolicyState, task: Schedulable) => void;
  /** It ran for so long: told when it leaves its CPU, at the end of a slice, and when others ask for the CPU. */
  readonly ran: (state: PolicyState, task: Schedulable, time: Nanos) => void;
  /** How long it may run before the timer asks again. */
  readonly slice: (state: PolicyState, task: Schedulable) => Nanos;
  /** Does a task that has just been woken take the CPU from the one that runs? */
  readonly preempts: (state: PolicyState, woken: Schedulable, running: Schedulable) => boolean;
  /** The running task's slice is over, it yields, or somebody asked: does it go on before the first who waits? */
  readonly goesOn: (
    state: PolicyState,
    running: Schedulable,
    first: Schedulable | null,
    why: ReadyReason,
  ) => boolean;
}
