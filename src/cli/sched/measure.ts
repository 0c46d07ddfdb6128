/** What a run comes to, from its events: the times of each task, and the sums a comparison is made of. */
import type { EventRecord } from '../../host-node/index.ts';
import { Lane } from './lane.ts';

/** One task (thread) of the run, in virtual nanoseconds. */
export interface TaskTimes {
  readonly tid: number;
  program: string;
  readonly born: number;
  /** Its end; -1 when it had none. */
  ended: number;
  firstRun: number;
  cpu: number;
  waiting: number;
  dispatches: number;
  /** What it would have had of equal shares while it was ready or running. */
  share: number;
}

/** What a run comes to. Times are virtual nanoseconds; means are over the tasks that ended. */
export interface Measures {
  readonly tasks: number;
  readonly elapsed: number;
  readonly turnaround: number;
  readonly waiting: number;
  readonly response: number;
  /** Tasks that ended in a second. */
  readonly throughput: number;
  readonly switches: number;
  readonly preemptions: number;
  /** Part of the used processor time that went into context switches. */
  readonly overhead: number;
  /** Jain's index over what tasks got of their equal shares, each counted by its share. */
  readonly fairness: number;
  /** Part of the processors' time that was used. */
  readonly utilization: number;
}

const INIT = 1;

/** Takes the events of a run as they come. */
export class Measuring {
  readonly tasks = new Map<number, TaskTimes>();
  readonly lanes: readonly Lane[];
  /** From the first task's birth to the last event about one. */
  from = -1;
  to = 0;
  switches = 0;
  preemptions = 0;
  /** Events that nobody read in time. */
  lost = 0;
  #switchTime = 0;
  #next = 0;
  /** The equal share of one who has been runnable all the time. */
  #shared = 0;
  #sharedAt = 0;
  /** Who is ready or running, with the equal share at its begin. */
  readonly #runnable = new Map<number, number>();
  readonly #running = new Map<number, { readonly cpu: number; readonly since: number }>();
  readonly #nameOf: (id: number) => string;

  constructor(cpus: number, nameOf: (id: number) => string) {
    this.lanes = Array.from({ length: cpus }, () => new Lane());
    this.#nameOf = nameOf;
  }

  /** Number of the first event not yet taken. */
  get next(): number {
    return this.#next;
  }

  take(records: readonly EventRecord[]): void {
    for (const record of records) {
      this.#next = record.seq + 1;
      if (record.tid > INIT) this.#tell(record);
    }
  }

  #tell(record: EventRecord): void {
    const { at, tid, cpu, fields } = record;
    this.to = Math.max(this.to, at);
    this.#share(at);
    switch (record.kind) {
      case 'fork':
        this.#taskOf(fields['child']!, at, this.#taskOf(tid, at).program);
        break;
      case 'exec':
        this.#taskOf(tid, at).program = this.#nameOf(fields['commName']!);
        break;
      case 'switch':
        this.switches++;
        this.#switchTime += fields['cost']!;
        this.lanes[cpu]!.add(SWITCHING, at, at + fields['cost']!);
        break;
      case 'dispatch':
        this.#dispatch(this.#taskOf(tid, at), cpu, at, fields['waited']!);
        break;
      case 'preempt':
        this.preemptions++;
        this.#leave(tid, at);
        break;
      case 'yield':
        this.#leave(tid, at);
        break;
      case 'wake':
        this.#compete(tid);
        break;
      case 'block':
      case 'stop':
        this.#leave(tid, at);
        this.#rest(tid);
        break;
      case 'exit':
        this.#leave(tid, at);
        this.#rest(tid);
        this.#taskOf(tid, at).ended = at;
        break;
    }
  }

  #taskOf(tid: number, at: number, program = ''): TaskTimes {
    const known = this.tasks.get(tid);
    if (known !== undefined) return known;
    if (this.from < 0) this.from = at;
    const made = {
      tid,
      program,
      born: at,
      ended: -1,
      firstRun: -1,
      cpu: 0,
      waiting: 0,
      dispatches: 0,
      share: 0,
    };
    this.tasks.set(tid, made);
    this.#compete(tid);
    return made;
  }

  #dispatch(task: TaskTimes, cpu: number, at: number, waited: number): void {
    this.#compete(task.tid);
    task.dispatches++;
    task.waiting += waited;
    if (task.firstRun < 0) task.firstRun = at;
    this.#running.set(task.tid, { cpu, since: at });
  }

  /** Time passes for those who compete. */
  #share(at: number): void {
    const passed = Math.max(0, at - this.#sharedAt);
    if (this.#runnable.size > 0)
      this.#shared += passed * Math.min(1, this.lanes.length / this.#runnable.size);
    this.#sharedAt += passed;
  }

  #compete(tid: number): void {
    if (!this.#runnable.has(tid)) this.#runnable.set(tid, this.#shared);
  }

  #rest(tid: number): void {
    const since = this.#runnable.get(tid);
    const task = this.tasks.get(tid);
    if (since === undefined || task === undefined) return;
    this.#runnable.delete(tid);
    task.share += this.#shared - since;
  }

  #leave(tid: number, at: number): void {
    const stay = this.#running.get(tid);
    if (stay === undefined) return;
    this.#running.delete(tid);
    this.#taskOf(tid, at).cpu += at - stay.since;
    this.lanes[stay.cpu]!.add(tid, stay.since, at);
  }

  /** The sums, when the run is over. */
  measures(): Measures {
    const ended = [...this.tasks.values()].filter((task) => task.ended >= 0 && task.firstRun >= 0);
    const mean = (of: (task: TaskTimes) => number) =>
      ended.length === 0 ? 0 : ended.reduce((sum, task) => sum + of(task), 0) / ended.length;
    const elapsed = Math.max(1, this.to - Math.max(0, this.from));
    const busy = [...this.tasks.values()].reduce((sum, { cpu }) => sum + cpu, 0);
    const used = busy + this.#switchTime;
    return {
      tasks: ended.length,
      elapsed,
      turnaround: mean((task) => task.ended - task.born),
      waiting: mean((task) => task.waiting),
      response: mean((task) => task.firstRun - task.born),
      throughput: (ended.length * 1e9) / elapsed,
      switches: this.switches,
      preemptions: this.preemptions,
      overhead: used === 0 ? 0 : this.#switchTime / used,
      fairness: jain(ended),
      utilization: Math.min(1, used / (elapsed * this.lanes.length)),
    };
  }
}

/** In a lane: the processor is between two tasks. */
export const SWITCHING = -1;

/**
 * Jain's index over what tasks got of their equal shares, each counted by its share, so that one who hardly wants
 * anything hardly counts: 1 when all got theirs, near 0 when few got all.
 */
export function jain(tasks: readonly Pick<TaskTimes, 'cpu' | 'share'>[]): number {
  let [got, all, squares] = [0, 0, 0];
  for (const { cpu, share } of tasks) {
    if (share <= 0) continue;
    got += cpu;
    all += share;
    squares += (cpu * cpu) / share;
  }
  return squares === 0 ? 1 : (got * got) / (all * squares);
}
