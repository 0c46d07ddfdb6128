/**
 * What a scheduling policy is: pure functions over plain data that order the ready tasks of the ordinary class.
 * Real-time tasks go before all of them, whatever the policy (scheduler.ts); who runs where is carried out by
 * schedule.ts.
 */
import type { Nanos } from '../../base/index.ts';
import type { Task } from '../types.ts';

/**
 * Why a task came into the ready queue. `slice`: its time was over; `preempt`: another one goes first; `change`: its
 * nice value or class is another one, or the policy is; `renew`: all who are ready are ranked anew.
 */
export type ReadyReason = 'new' | 'wake' | 'preempt' | 'slice' | 'yield' | 'change' | 'renew';

/**
 * What policies see of a task, and what is theirs: the numbers `vruntime` and `rank`, and `own`, which the policy
 * itself has made.
 */
export interface Schedulable<Own = unknown>
  extends Pick<
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
  > {
  own: Own;
}

/** What every policy may keep beside its tasks; its own state is in the same record. */
export interface PolicyState {
  /** Length of an ordinary slice. */
  readonly quantum: Nanos;
  /** Virtual time of what is being decided. */
  now: Nanos;
  /** How far the tasks have come that were let run: who slept does not begin before it. */
  floor: number;
  /** When all ready tasks are to be ranked anew; by a policy that has `renew`. */
  due: number;
}

/**
 * A scheduling policy: where a task stands, how long it may run, who goes before whom. `State` and `Own` are plain
 * data, which snapshots keep.
 */
export interface Policy<State extends object = object, Own = unknown> {
  readonly name: string;
  /** What it remembers beside its tasks, at the beginning. */
  state?(quantum: Nanos, seed: number): State;
  /** What it remembers of a task, at the beginning. */
  own?(): Own;
  /** A task becomes ready: gives its rank. The least rank runs next, equal ones in order of arrival. */
  ready(state: PolicyState & State, task: Schedulable<Own>, why: ReadyReason): number;
  /** The time `due` has come: sets the next one. All ready tasks are then ranked anew. */
  renew?(state: PolicyState & State): void;
  /** May a ready task be chosen now? Those who may go before those who may not. All may unless this is there. */
  eligible?(state: PolicyState & State, task: Schedulable<Own>): boolean;
  /** The task is given a CPU. */
  begin(state: PolicyState & State, task: Schedulable<Own>): void;
  /** It ran for so long: told when it leaves its CPU, at the end of a slice, and when others ask for the CPU. */
  ran(state: PolicyState & State, task: Schedulable<Own>, time: Nanos): void;
  /** How long it may run before the timer asks again. */
  slice(state: PolicyState & State, task: Schedulable<Own>): Nanos;
  /** Does a task that has just been woken, or is new, take the CPU from the one that runs? */
  preempts(
    state: PolicyState & State,
    woken: Schedulable<Own>,
    running: Schedulable<Own>,
    why: ReadyReason,
  ): boolean;
  /** The running task's slice is over, it yields, or somebody asked: does it go on before the first who waits? */
  goesOn(
    state: PolicyState & State,
    running: Schedulable<Own>,
    first: Schedulable<Own> | null,
    why: ReadyReason,
  ): boolean;
  /** It competes no more: it blocks, stops or ends. */
  left?(state: PolicyState & State, task: Schedulable<Own>): void;
  /** On several CPUs, whom a woken task may replace: the running one with the greatest number. */
  standing?(state: PolicyState & State, running: Schedulable<Own>): number;
}
