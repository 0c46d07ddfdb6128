/**
 * A run as lanes: for each task the states it went through and why, for each CPU who had it, and what went from one
 * task to another. Made from the events of a recording; all views and exports of a timeline are made from it.
 */
import { SIGNAL, signalName } from '../abi/index.ts';
import { type EventRecord, OTHER_SPACE, SWITCH_REASONS, WAKE_REASONS } from '../events/index.ts';
import { type Life, Lineage } from '../views/index.ts';

/** A state that takes time. */
export type SliceState = 'ready' | 'running' | 'blocked' | 'stopped' | 'zombie';

/** Why a task came into a state. */
export type Cause =
  | { readonly why: 'made' | 'yield' | 'slice' | 'continued' | 'started' }
  | { readonly why: 'dispatch'; readonly waited: number }
  | { readonly why: 'preempted'; readonly by: string }
  | { readonly why: 'waits'; readonly on: string; readonly detail: number }
  | { readonly why: 'woken'; readonly reason: (typeof WAKE_REASONS)[number]; readonly by: number }
  | { readonly why: 'stopped'; readonly signal: string }
  | { readonly why: 'ended'; readonly status: number };

/** A stay in one state. Times are virtual nanoseconds. */
export interface Slice {
  readonly from: number;
  to: number;
  readonly state: SliceState;
  /** Where it runs, -1 when it does not. */
  readonly cpu: number;
  cause: Cause;
}

/** What happened to a task at an instant. */
export interface Mark {
  readonly at: number;
  readonly event: number;
  readonly kind: 'exec' | 'signal' | 'exit';
  readonly text: string;
}

export interface TaskLane {
  readonly life: Life;
  readonly slices: Slice[];
  readonly marks: Mark[];
}

/** A stay of a task on a CPU. */
export interface Stay {
  readonly from: number;
  to: number;
  readonly tid: number;
  /** Null when it had the CPU before, too. */
  readonly switched: Switch | null;
}

/** A context switch. */
export interface Switch {
  /** Whom it followed (0: nobody), and why that one left. */
  readonly from: number;
  readonly how: (typeof SWITCH_REASONS)[number];
  /** Is the address space another one? */
  readonly newSpace: boolean;
  /** Virtual nanoseconds. */
  readonly cost: number;
}

/** What kinds of arrows there are. `pipe` is a wake-up by data, room or an end of a pipe or socket. */
export const FLOW_KINDS = ['fork', 'wake', 'pipe', 'signal'] as const;

export interface Flow {
  readonly kind: (typeof FLOW_KINDS)[number];
  readonly at: number;
  readonly event: number;
  readonly from: number;
  readonly to: number;
  /** The signal's name, or what the one who is woken had waited for. */
  readonly text: string;
}

const CHANNELS = /^(pipe|socket|fifo|accept|connect|eventfd|msg)/;

export class Timeline {
  /** In the order of birth; a number that is given anew begins a lane of its own. */
  readonly lanes: TaskLane[] = [];
  readonly cpus: Stay[][] = [];
  readonly flows: Flow[] = [];
  readonly lineage: Lineage;
  /** Instant of the last event. */
  end = 0;
  switches = 0;
  preemptions = 0;
  readonly #nameOf: (id: number) => string;
  readonly #now = new Map<number, TaskLane>();
  /** By CPU: the switch to the task that is dispatched next. */
  readonly #switched: (Switch | null)[] = [];

  /** @param nameOf - the text of an event's field that ends in `Name` */
  constructor(nameOf: (id: number) => string) {
    this.#nameOf = nameOf;
    this.lineage = new Lineage(nameOf);
  }

  /** Takes the next event. */
  take(event: EventRecord): void {
    this.end = Math.max(this.end, event.at);
    this.lineage.take(event);
    if (event.kind === 'fork') this.#begin(event.fields['child']!, event.at, { why: 'made' });
    else if (event.tid !== 0 && !this.#now.has(event.tid))
      this.#begin(event.tid, event.at, { why: 'started' });
    TELL[event.kind]?.(this, event, this.#nameOf);
  }

  /** No more events come: what lasts still, lasts to the end. */
  finish(end = this.end): void {
    this.end = Math.max(this.end, end);
    const last = [...this.lanes.map(({ slices }) => slices), ...this.cpus].map((stays) => stays.at(-1));
    for (const stay of last) if (stay !== undefined && stay.to < stay.from) stay.to = this.end;
  }

  laneOf(tid: number): TaskLane | undefined {
    return this.#now.get(tid);
  }

  #begin(tid: number, at: number, cause: Cause): void {
    const lane: TaskLane = { life: this.lineage.of(tid, at), slices: [], marks: [] };
    this.lanes.push(lane);
    this.#now.set(tid, lane);
    this.enter(tid, at, 'ready', cause);
  }

  /** The task is in another state from now on; null when it is gone. */
  enter(tid: number, at: number, state: SliceState | null, cause: Cause, cpu = -1): void {
    const slices = this.#now.get(tid)?.slices;
    if (slices === undefined) return;
    const last = slices.at(-1);
    if (last !== undefined && last.to < last.from) last.to = at;
    if (state !== null) slices.push({ from: at, to: -1, state, cpu, cause });
  }

  /** A context switch: the next dispatch on the CPU belongs to it. */
  switchTo(cpu: number, switched: Switch): void {
    this.switches++;
    this.#switched[cpu] = switched;
  }

  /** The task has the CPU. */
  arrive(cpu: number, tid: number, at: number): void {
    this.#stays(cpu).push({ from: at, to: -1, tid, switched: this.#switched[cpu] ?? null });
    this.#switched[cpu] = null;
  }

  /** The task has left the CPU. */
  leave(cpu: number, tid: number, at: number): void {
    const stay = this.#stays(cpu).at(-1);
    if (stay?.tid === tid && stay.to < stay.from) stay.to = at;
  }

  #stays(cpu: number): Stay[] {
    while (this.cpus.length <= cpu) this.cpus.push([]);
    return this.cpus[cpu]!;
  }
}

type Tell = (timeline: Timeline, event: EventRecord, nameOf: (id: number) => string) => void;

/** What each kind of event adds. */
const TELL: Readonly<Record<string, Tell>> = {
  fork(timeline, { at, seq, tid, fields }) {
    const made = fields['child'] === fields['group'] ? 'process' : 'thread';
    timeline.flows.push({ kind: 'fork', at, event: seq, from: tid, to: fields['child']!, text: made });
  },
  dispatch(timeline, { at, cpu, tid, fields }) {
    timeline.enter(tid, at, 'running', { why: 'dispatch', waited: fields['waited']! }, cpu);
    timeline.arrive(cpu, tid, at);
  },
  switch(timeline, { at, cpu, fields }, nameOf) {
    const how = SWITCH_REASONS[fields['how']! & (OTHER_SPACE - 1)]!;
    const from = fields['from']!;
    const newSpace = (fields['how']! & OTHER_SPACE) !== 0;
    timeline.switchTo(cpu, { from, how, newSpace, cost: fields['cost']! });
    const left = timeline.laneOf(from)?.slices.at(-1);
    if (how === 'preempted' && left?.cause.why === 'slice' && left.from <= at)
      left.cause = { why: 'preempted', by: nameOf(fields['forName']!) };
  },
  preempt(timeline, { at, cpu, tid }) {
    timeline.preemptions++;
    timeline.leave(cpu, tid, at);
    timeline.enter(tid, at, 'ready', { why: 'slice' });
  },
  yield(timeline, { at, cpu, tid }) {
    timeline.leave(cpu, tid, at);
    timeline.enter(tid, at, 'ready', { why: 'yield' });
  },
  block(timeline, { at, cpu, tid, fields }, nameOf) {
    timeline.leave(cpu, tid, at);
    timeline.enter(tid, at, 'blocked', {
      why: 'waits',
      on: nameOf(fields['onName']!),
      detail: fields['detail']!,
    });
  },
  wake(timeline, { at, seq, tid, fields }) {
    const reason = WAKE_REASONS[fields['reason']!]!;
    const by = fields['by']!;
    const cause = timeline.laneOf(tid)?.slices.at(-1)?.cause;
    const on = cause?.why === 'waits' ? cause.on : '';
    timeline.enter(tid, at, 'ready', { why: 'woken', reason, by });
    if (by === 0 || by === tid || reason !== 'event') return;
    timeline.flows.push({
      kind: CHANNELS.test(on) ? 'pipe' : 'wake',
      at,
      event: seq,
      from: by,
      to: tid,
      text: on,
    });
  },
  stop(timeline, { at, cpu, tid, fields }) {
    const signo = fields['signo']!;
    timeline.leave(cpu, tid, at);
    if (signo === 0) timeline.enter(tid, at, 'ready', { why: 'continued' });
    else timeline.enter(tid, at, 'stopped', { why: 'stopped', signal: signalName(signo) });
  },
  signal(timeline, { at, seq, tid, fields }) {
    const signo = fields['signo']!;
    timeline.laneOf(tid)?.marks.push({ at, event: seq, kind: 'signal', text: signalName(signo) });
    const from = fields['from']!;
    // A child's end sends one by itself: the wake-up of its parent tells that.
    if (from === 0 || from === tid || signo === SIGNAL.SIGCHLD) return;
    timeline.flows.push({ kind: 'signal', at, event: seq, from, to: tid, text: signalName(signo) });
  },
  exec(timeline, { at, seq, tid, fields }, nameOf) {
    timeline.laneOf(tid)?.marks.push({ at, event: seq, kind: 'exec', text: nameOf(fields['pathName']!) });
  },
  exit(timeline, { at, seq, cpu, tid, fields }) {
    const status = fields['status']!;
    timeline.leave(cpu, tid, at);
    timeline.laneOf(tid)?.marks.push({ at, event: seq, kind: 'exit', text: String(status) });
    timeline.enter(tid, at, tid === fields['group'] ? 'zombie' : null, { why: 'ended', status });
  },
  reap(timeline, { at, fields }) {
    timeline.enter(fields['child']!, at, null, { why: 'ended', status: fields['status']! });
  },
};
