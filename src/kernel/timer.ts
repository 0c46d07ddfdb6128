/**
 * The timer queue: which deadline comes next. Whoever armed a timer looks again when it fires, so an entry
 * is just a time, what kind of thing it belongs to, and which one.
 */
import { type Nanos, NEVER } from '../base/index.ts';

/** What a deadline belongs to: a blocked task's wait, a process's real-time interval timer, a timerfd, a device, a POSIX timer. */
export const TIMER_KINDS = ['wait', 'itimer', 'timerfd', 'device', 'posix'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

export interface DueTimer {
  readonly kind: TimerKind;
  readonly id: number;
}

interface Entry extends DueTimer {
  at: Nanos;
  /** Order of arming: equal deadlines fire in it. */
  seq: number;
  /** Where in the heap it stands. */
  slot: number;
}

const keyOf = (kind: TimerKind, id: number) => id * TIMER_KINDS.length + TIMER_KINDS.indexOf(kind);
const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** A binary heap whose entries know their place, so that any of them can move or leave; one deadline per (kind, id). */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  readonly #live = new Map<number, Entry>();
  #seq = 0;

  /** Sets (or moves) the deadline of this thing; NEVER disarms it. */
  arm(at: Nanos, kind: TimerKind, id: number): void {
    if (at >= NEVER) {
      this.cancel(kind, id);
      return;
    }
    const key = keyOf(kind, id);
    const seq = this.#seq++;
    let entry = this.#live.get(key);
    if (entry === undefined) {
      entry = { at, kind, id, seq, slot: this.#heap.length };
      this.#live.set(key, entry);
      this.#heap.push(entry);
    } else {
      entry.at = at;
      entry.seq = seq;
    }
    this.#settle(entry);
  }

  cancel(kind: TimerKind, id: number): void {
    const key = keyOf(kind, id);
    const entry = this.#live.get(key);
    if (entry === undefined) return;
    this.#live.delete(key);
    this.#remove(entry);
  }

  /** When the next timer fires; NEVER when none is armed. */
  next(): Nanos {
    return this.#heap[0]?.at ?? NEVER;
  }

  /** When this thing's own timer fires. */
  deadlineOf(kind: TimerKind, id: number): Nanos {
    return this.#live.get(keyOf(kind, id))?.at ?? NEVER;
  }

  /** Takes the first timer that is due, or nothing. */
  popDue(now: Nanos): DueTimer | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#live.delete(keyOf(first.kind, first.id));
    this.#remove(first);
    return first;
  }

  /** The armed timers in firing order, for views and state hashes. */
  list(): readonly (DueTimer & { readonly at: Nanos })[] {
    const order = this.#heap.slice().sort((a, b) => a.at - b.at || a.seq - b.seq);
    return order.map(({ kind, id, at }) => ({ kind, id, at }));
  }

  #remove(entry: Entry): void {
    const last = this.#heap.pop()!;
    if (last === entry) return;
    last.slot = entry.slot;
    this.#settle(last);
  }

  /** Brings an entry, as if it stood at its slot, to where it belongs. */
  #settle(entry: Entry): void {
    const at = entry.slot;
    const parent = (at - 1) >> 1;
    if (at > 0 && before(entry, this.#heap[parent]!)) this.#up(entry, at);
    else this.#down(entry, at);
  }

  #up(entry: Entry, from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1]!;
      if (!before(entry, parent)) break;
      heap[at] = parent;
      parent.slot = at;
      at = (at - 1) >> 1;
    }
    heap[at] = entry;
    entry.slot = at;
  }

  #down(entry: Entry, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      const next = heap[child]!;
      if (!before(next, entry)) break;
      heap[at] = next;
      next.slot = at;
      at = child;
    }
    heap[at] = entry;
    entry.slot = at;
  }
}
