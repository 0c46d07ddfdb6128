/**
 * What the events of a run tell about its tasks: who began whom, what each ran, how it ended, and in which
 * state it was when. Made from events only, as they come; takes the same room however long the run is.
 */
import type { EventRecord } from '../host-node/index.ts';
import { StateTrack, type TaskState } from '../timeline/index.ts';

/** A thread, as the events tell. A process is the one whose tid is its group's number. */
export interface TaskHistory {
  readonly tid: number;
  /** The process it belongs to. */
  readonly group: number;
  /** The process that made it; 0 for those the machine or the host began with. */
  readonly parent: number;
  /** The program of its last exec as the kernel names it (comm), empty when it runs what its parent ran. */
  program: string;
  /** Wait status, null while it lives. */
  status: number | null;
  /** Who adopted it, 0 for nobody. */
  adoptedBy: number;
}

/** Sums over a whole run. */
export interface Totals {
  switches: number;
  preemptions: number;
  /** Records that were lost because nobody read them in time. */
  lost: number;
}

/** Which state a task is in after an event about it. */
const AFTER: Readonly<Record<string, TaskState>> = {
  dispatch: 'running',
  preempt: 'ready',
  yield: 'ready',
  block: 'blocked',
  wake: 'ready',
};

export class History {
  readonly tasks = new Map<number, TaskHistory>();
  readonly states = new Map<number, StateTrack>();
  readonly totals: Totals = { switches: 0, preemptions: 0, lost: 0 };
  /** Virtual time of the last event, and of the first fork (null before). */
  end = 0;
  firstFork: number | null = null;
  readonly #nameOf: (id: number) => string;

  constructor(nameOf: (id: number) => string) {
    this.#nameOf = nameOf;
  }

  /** Takes records, in order; so many before them were lost. */
  take(records: readonly EventRecord[], dropped = 0): void {
    this.totals.lost += dropped;
    for (const record of records) {
      this.end = Math.max(this.end, record.at);
      TELL[record.kind]?.(this, record);
      const state = record.kind === 'stop' ? stopState(record) : AFTER[record.kind];
      if (state !== undefined && record.tid !== 0) this.enter(record.tid, record.at, state);
    }
  }

  /** The record of a task, made when it is first heard of. */
  taskOf(tid: number): TaskHistory {
    return this.tasks.get(tid) ?? this.add(tid, tid, 0);
  }

  add(tid: number, group: number, parent: number): TaskHistory {
    const made: TaskHistory = { tid, group, parent, program: '', status: null, adoptedBy: 0 };
    this.tasks.set(tid, made);
    return made;
  }

  nameOf = (id: number): string => this.#nameOf(id);

  enter(tid: number, at: number, state: TaskState): void {
    this.taskOf(tid);
    this.born(tid, at);
    this.states.get(tid)!.enter(at, state);
  }

  /** A task's life begins: it is ready. */
  born(tid: number, at: number): void {
    if (!this.states.has(tid)) this.states.set(tid, new StateTrack(at));
  }
}

const stopState = ({ fields }: EventRecord): TaskState => (fields['signo'] === 0 ? 'ready' : 'stopped');

type Tell = (history: History, record: EventRecord) => void;

/** What each kind of event adds to the story. */
const TELL: Readonly<Record<string, Tell>> = {
  fork(history, { at, tid, fields }) {
    const child = fields['child']!;
    const maker = history.taskOf(tid);
    history.firstFork ??= at;
    history.add(child, fields['group']!, maker.group);
    history.born(child, at);
  },
  exec(history, { tid, fields }) {
    history.taskOf(tid).program = history.nameOf(fields['commName']!);
  },
  exit(history, { at, tid, fields }) {
    history.taskOf(tid).status = fields['status']!;
    history.enter(tid, at, tid === fields['group'] ? 'zombie' : 'gone');
  },
  reap(history, { at, fields }) {
    history.enter(fields['child']!, at, 'gone');
  },
  reparent(history, { fields }) {
    history.taskOf(fields['child']!).adoptedBy = fields['to']!;
  },
  switch(history) {
    history.totals.switches++;
  },
  preempt(history) {
    history.totals.preemptions++;
  },
};
