/**
 * How long a task was in each state, in equal slots of virtual time. When the run outgrows the slots, each two
 * become one of double width: exact sums at a resolution that fits any run.
 */

export type TaskState = 'running' | 'ready' | 'blocked' | 'stopped' | 'zombie' | 'gone';

/** States that take time, in the order of their sums. */
export const COUNTED = [
  'running',
  'ready',
  'blocked',
  'stopped',
  'zombie',
] as const satisfies readonly TaskState[];
export type Counted = (typeof COUNTED)[number];

/** Virtual nanoseconds in each state. */
export type StateTimes = Record<Counted, number>;

export const noTimes = (): StateTimes => ({ running: 0, ready: 0, blocked: 0, stopped: 0, zombie: 0 });

const SLOTS = 1024;
const FIRST_WIDTH = 1;

export class StateTrack {
  readonly begin: number;
  #width = FIRST_WIDTH;
  #state: TaskState = 'ready';
  #since: number;
  readonly #sums: Readonly<Record<Counted, Float64Array>> = {
    running: new Float64Array(SLOTS),
    ready: new Float64Array(SLOTS),
    blocked: new Float64Array(SLOTS),
    stopped: new Float64Array(SLOTS),
    zombie: new Float64Array(SLOTS),
  };

  constructor(begin: number) {
    this.begin = begin;
    this.#since = begin;
  }

  /** The task is in another state from now on. */
  enter(at: number, state: TaskState): void {
    this.#fill(at);
    this.#state = state;
  }

  /** Virtual nanoseconds in each state between two instants. */
  between(from: number, to: number): Readonly<StateTimes> {
    this.#fill(Math.max(to, this.#since));
    const total = noTimes();
    const first = Math.max(0, Math.floor(from / this.#width));
    const last = Math.min(SLOTS - 1, Math.ceil(to / this.#width) - 1);
    for (let slot = first; slot <= last; slot++) {
      const start = Math.max(this.begin, slot * this.#width);
      const end = Math.min(this.#since, (slot + 1) * this.#width);
      const share = (Math.min(to, end) - Math.max(from, start)) / (end - start);
      if (!(share > 0)) continue;
      for (const state of COUNTED) total[state] += this.#sums[state][slot]! * share;
    }
    return total;
  }

  #fill(until: number): void {
    const state = this.#state;
    const from = this.#since;
    this.#since = Math.max(from, until);
    if (state === 'gone') return;
    while (until > SLOTS * this.#width) this.#halve();
    const sums = this.#sums[state];
    for (let at = from; at < until; ) {
      const slot = Math.floor(at / this.#width);
      const end = Math.min(until, (slot + 1) * this.#width);
      sums[slot]! += end - at;
      at = end;
    }
  }

  #halve(): void {
    this.#width *= 2;
    for (const state of COUNTED) {
      const sums = this.#sums[state];
      for (let slot = 0; slot < SLOTS / 2; slot++) sums[slot] = sums[2 * slot]! + sums[2 * slot + 1]!;
      sums.fill(0, SLOTS / 2);
    }
  }
}
