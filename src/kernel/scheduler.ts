/**
 * The ready queue: real-time tasks by priority, and behind them the ordinary ones as the policy orders them. Tasks
 * that may run on the same CPUs wait in one heap, so that no operation costs more than the logarithm of their number.
 */
import { bug, isProblem, type Nanos, NEVER } from '../base/index.ts';
import { type PolicyChoice, policyOf, type TellFault } from './policy/named.ts';
import type { Policy, PolicyState, ReadyReason, Schedulable } from './policy/policy.ts';
import { firstEligible, isBefore, orderReady, pushReady, removeReady } from './ready-heap.ts';
import type { Tid } from './types.ts';

/** Linux's policies (man 7 sched). */
export const SCHED = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
} as const;

/** Does the policy go before all ordinary ones? */
export const isRealTime = (policy: number): boolean =>
  policy === SCHED.SCHED_FIFO || policy === SCHED.SCHED_RR;

/** The level of everybody who is not real-time; also "nobody's priority is inherited". */
export const ORDINARY = 100;

/** The level a task runs at: 0 for priority 99 up to 98 for priority 1, its own or one it inherits (Linux: p->prio). */
export const levelOf = ({ policy, priority, inherited }: Schedulable): number =>
  Math.min(isRealTime(policy) ? 99 - priority : ORDINARY, inherited);

/** Linux: RR_TIMESLICE. */
export const RR_SLICE = 100_000_000 as Nanos;

/** Ready tasks that may run on the same CPUs. */
interface Lane {
  readonly cpus: number;
  readonly heap: Schedulable[];
}

/** All there is beside the tasks themselves. */
export interface SavedScheduler {
  readonly choice: PolicyChoice;
  readonly lanes: readonly Lane[];
  /** The policy's own record with what all have in it. */
  readonly state: PolicyState;
  readonly turns: readonly [first: number, last: number];
}

const NONE: object = {};

/** The ready tasks under one policy. */
export class Scheduler {
  readonly quantum: Nanos;
  /** Does the policy want to hear of tasks that block, stop or end? */
  tellsLeaving = false;
  readonly #seed: number;
  readonly #tell: TellFault;
  #choice!: PolicyChoice;
  #policy!: Policy;
  #state!: PolicyState;
  #lanes: Lane[] = [];
  #size = 0;
  /** Turns given out, behind the others and before them. */
  #last = 0;
  #first = 0;

  /** `tell` hears of the first fault of a user's policy. */
  constructor(choice: PolicyChoice, quantum: Nanos, seed = 0, tell: TellFault = () => {}) {
    this.quantum = quantum;
    this.#seed = seed;
    this.#tell = tell;
    this.use(choice, 0 as Nanos);
  }

  /** What is asked next is asked at this time. So small that it is inlined: a time that is passed on is boxed. */
  at(now: Nanos): void {
    this.#state.now = now;
  }

  /** The name of the policy. */
  get name(): string {
    return this.#policy.name;
  }

  /** What the policy remembers beside its tasks. */
  get state(): PolicyState {
    return this.#state;
  }

  /** Another policy begins: the queue must be empty, and no task have anything of the former's. */
  use(choice: PolicyChoice, now: Nanos): void {
    const policy = this.#choose(choice);
    const due = policy.renew === undefined ? NEVER : 0;
    this.#state = {
      ...(policy.state?.(this.quantum, this.#seed) ?? NONE),
      quantum: this.quantum,
      now,
      floor: 0,
      due,
    };
  }

  #choose(choice: PolicyChoice): Policy {
    const policy = policyOf(choice, this.#tell);
    if (isProblem(policy)) bug(policy.sentence);
    this.#choice = choice;
    this.#policy = policy;
    this.tellsLeaving = policy.left !== undefined;
    return policy;
  }

  /** A running task comes under the policy. */
  take(task: Schedulable): void {
    if (task.level !== ORDINARY) return;
    task.rank = this.#rank(task, 'change');
  }

  #rank(task: Schedulable, why: ReadyReason): number {
    const policy = this.#policy;
    if (policy.own !== undefined && task.own === null) task.own = policy.own();
    return policy.ready(this.#state, task, why);
  }

  get size(): number {
    return this.#size;
  }

  add(task: Schedulable, why: ReadyReason): void {
    const isOrdinary = task.level === ORDINARY;
    task.rank = isOrdinary ? this.#rank(task, why) : 0;
    // Who had to make way for a higher priority is the first of its own again (man 7 sched).
    task.turn = why === 'preempt' && !isOrdinary ? --this.#first : ++this.#last;
    pushReady(this.#laneOf(task.affinity), task);
    this.#size++;
  }

  #laneOf(cpus: number): Schedulable[] {
    if (this.#lanes[0]?.cpus === cpus) return this.#lanes[0].heap;
    for (const lane of this.#lanes) if (lane.cpus === cpus) return lane.heap;
    const heap: Schedulable[] = [];
    this.#lanes.push({ cpus, heap });
    return heap;
  }

  /** The task to run next on one of these CPUs, left in the queue; null when there is none. */
  first(cpus: number): Schedulable | null {
    if (this.#size === 0) return null;
    if (this.#state.now >= this.#state.due) this.#renew();
    if (this.#policy.eligible !== undefined) return this.#firstEligible(cpus);
    let best: Schedulable | null = null;
    for (const lane of this.#lanes) {
      const first = (lane.cpus & cpus) === 0 ? undefined : lane.heap[0];
      if (first !== undefined && (best === null || isBefore(first, best))) best = first;
    }
    return best;
  }

  #firstEligible(cpus: number): Schedulable | null {
    const mayRun = (task: Schedulable) =>
      task.level !== ORDINARY || this.#policy.eligible!(this.#state, task);
    let best: Schedulable | null = null;
    let instead: Schedulable | null = null;
    for (const { cpus: own, heap } of this.#lanes) {
      if ((own & cpus) === 0) continue;
      best = firstEligible(heap, best, mayRun);
      if (instead === null || isBefore(heap[0]!, instead)) instead = heap[0]!;
    }
    return best ?? instead;
  }

  #renew(): void {
    this.#policy.renew!(this.#state);
    for (const { heap } of this.#lanes) {
      for (const task of heap) if (task.level === ORDINARY) task.rank = this.#rank(task, 'renew');
      orderReady(heap);
    }
  }

  /** The same by its number; 0 when there is none. */
  peek(cpus: number): Tid | 0 {
    return this.first(cpus)?.tid ?? 0;
  }

  remove(task: Schedulable): void {
    if (task.slot < 0) return;
    const heap = this.#laneOf(task.affinity);
    removeReady(heap, task);
    this.#size--;
    if (heap.length === 0 && this.#lanes.length > 1)
      this.#lanes = this.#lanes.filter((lane) => lane.heap !== heap);
  }

  /** A task may run on other CPUs than before. */
  allow(task: Schedulable, affinity: number): void {
    const isReady = task.slot >= 0;
    if (isReady) this.remove(task);
    task.affinity = affinity;
    if (!isReady) return;
    pushReady(this.#laneOf(affinity), task);
    this.#size++;
  }

  /** A task was given a CPU: how long it may keep it. */
  begin(task: Schedulable): Nanos {
    if (task.level === ORDINARY) this.#policy.begin(this.#state, task);
    return this.slice(task);
  }

  slice(task: Schedulable): Nanos {
    if (task.level === ORDINARY) return this.#policy.slice(this.#state, task);
    if (task.policy !== SCHED.SCHED_RR) return NEVER;
    return (task.sliceLeft > 0 && task.sliceLeft < RR_SLICE ? task.sliceLeft : RR_SLICE) as Nanos;
  }

  ran(task: Schedulable, time: Nanos): void {
    if (task.level === ORDINARY) this.#policy.ran(this.#state, task, time);
  }

  /** The task blocks, stops or ends. */
  left(task: Schedulable): void {
    if (this.#policy.left !== undefined && task.level === ORDINARY && task.own !== null)
      this.#policy.left(this.#state, task);
  }

  /** On which of several CPUs a woken task may run best: where this is greatest, of those of the same level. */
  standing(running: Schedulable): number {
    return this.#policy.standing?.(this.#state, running) ?? running.vruntime;
  }

  /** Does a task that has just become ready take the CPU from the one that runs? */
  preempts(woken: Schedulable, running: Schedulable, why: ReadyReason): boolean {
    if (woken.level !== running.level) return woken.level < running.level;
    return running.level === ORDINARY && this.#policy.preempts(this.#state, woken, running, why);
  }

  /** Does the running task go on before the first who waits for one of these CPUs? */
  goesOn(running: Schedulable, cpus: number, why: ReadyReason): boolean {
    const first = this.first(cpus);
    if (first !== null && first.level !== running.level) return running.level < first.level;
    if (running.level === ORDINARY) return this.#policy.goesOn(this.#state, running, first, why);
    return first === null || why === 'preempt';
  }

  /** Ready tasks in the order they would run. */
  list(): readonly Schedulable[] {
    return this.#lanes.flatMap(({ heap }) => heap).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  save(): SavedScheduler {
    return { choice: this.#choice, lanes: this.#lanes, state: this.#state, turns: [this.#first, this.#last] };
  }

  load({ choice, lanes, state, turns }: SavedScheduler): void {
    this.#choose(choice);
    this.#lanes = lanes.map(({ cpus, heap }) => ({ cpus, heap: heap.slice() }));
    this.#size = lanes.reduce((sum, { heap }) => sum + heap.length, 0);
    this.#state = state;
    [this.#first, this.#last] = turns;
  }
}
